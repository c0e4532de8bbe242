"""A client of a language server: what an editor asks while its user types."""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CAPABILITIES = {
    "workspace": {"configuration": True},
    "textDocument": {
        "completion": {"completionItem": {"documentationFormat": ["plaintext"]}},
        "hover": {"contentFormat": ["plaintext"]},
        "signatureHelp": {"signatureInformation": {"documentationFormat": ["plaintext"]}},
    },
}


class LanguageServer:
    """A running server, and the open file of its editor.

    Source: https://microsoft.github.io/language-server-protocol/
    """

    def __init__(self, process: subprocess.Popen[bytes], root: Path) -> None:
        self._process = process
        self._ids = itertools.count(1)
        self._versions = itertools.count(1)
        self._uri = (root / "typed_in_an_editor.py").as_uri()
        self._request(
            "initialize",
            processId=os.getpid(),
            rootUri=root.as_uri(),
            workspaceFolders=[{"uri": root.as_uri(), "name": root.name}],
            capabilities=CAPABILITIES,
        )
        self._notify("initialized")
        self._notify(
            "textDocument/didOpen",
            textDocument={"uri": self._uri, "languageId": "python", "version": 0, "text": ""},
        )

    def completions(self, text: str) -> list[str]:
        """Return the labels that are offered at `|`."""
        found = self._at_cursor("textDocument/completion", text)
        return [item["label"] for item in found["items"]]

    def hover(self, text: str) -> str:
        """Return the documentation of the name at `|`."""
        return str(self._at_cursor("textDocument/hover", text)["contents"]["value"])

    def parameter(self, text: str) -> str:
        """Return the documentation of the parameter at `|`."""
        help_ = self._at_cursor("textDocument/signatureHelp", text)
        [signature] = help_["signatures"]
        active = signature.get("activeParameter", help_.get("activeParameter"))
        return str(signature["parameters"][active]["documentation"]["value"])

    def _at_cursor(self, method: str, text: str) -> Any:
        before, after = text.split("|")
        change = {"text": before + after}
        document = {"uri": self._uri, "version": next(self._versions)}
        self._notify("textDocument/didChange", textDocument=document, contentChanges=[change])
        line, character = before.count("\n"), len(before.rpartition("\n")[2])
        position = {"line": line, "character": character}
        return self._request(method, textDocument={"uri": self._uri}, position=position)

    def _notify(self, method: str, **params: object) -> None:
        self._send({"method": method, "params": params})

    def _request(self, method: str, **params: object) -> Any:
        number = next(self._ids)
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._read()
            if "method" not in message and message.get("id") == number:
                return message["result"]
            if "method" in message and "id" in message:
                self._answer(message)

    def _answer(self, message: dict[str, Any]) -> None:
        """Answer the server's own request: nothing is configured."""
        is_question = message["method"] == "workspace/configuration"
        result = [{} for _ in message["params"]["items"]] if is_question else None
        self._send({"id": message["id"], "result": result})

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        length = 0
        while header := self._process.stdout.readline().strip():
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        return message


@contextmanager
def language_server(root: Path) -> Iterator[LanguageServer]:
    """Run basedpyright's server, which is pyright's in a package without downloads."""
    command = [str(Path(sys.executable).with_name("basedpyright-langserver")), "--stdio"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **pipes) as process:
        try:
            yield LanguageServer(process, root)
        finally:
            process.terminate()
