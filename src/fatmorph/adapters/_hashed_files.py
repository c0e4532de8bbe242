"""Static files whose URLs contain a hash of their content, for Starlette and FastAPI.

Source: https://www.rfc-editor.org/rfc/rfc8246 (`immutable`)
"""

from __future__ import annotations

import os
import re
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from fatmorph.errors import StaticFileError, short_repr
from fatmorph.markup._suggestion import closest_name

__all__ = ("HashedFiles",)

DIGEST_CHARACTERS = 12  # 48 bits: two versions of one file never meet in them
HASHED = re.compile(
    rf"(?P<stem>.+)\.(?P<digest>[0-9a-f]{{{DIGEST_CHARACTERS}}})(?P<suffix>\.[^./\\]*)?"
)
FOR_A_YEAR = "public, max-age=31536000, immutable"
ASK_FIRST = "no-cache"  # keep it, but ask whether it is still the same


class HashedFiles(StaticFiles):
    """A folder of static files whose URLs change with their content.

    A browser keeps a file with a hash in its name for a year and does not ask for it again. A
    changed file has another URL, so an open page loads it with its next morph. Files are also
    served under their own names, such as those that a stylesheet names; for these, a browser asks
    each time whether they have changed.

    Args:
        directory: The folder.
        path: Where the folder is mounted, as the browser sees it.

    Raises:
        RuntimeError: There is no such folder.

    Example:
        files = HashedFiles("static")
        app = Starlette(routes=[Mount(files.path, files)])
        h.link(rel="stylesheet", href=files.url("style.css"))
    """

    def __init__(self, directory: str | os.PathLike[str], path: str = "/static") -> None:
        super().__init__(directory=directory)
        self.path: str = path.rstrip("/")
        """Where the folder is mounted, without a slash at its end."""
        self._digests: dict[str, tuple[tuple[int, int], str]] = {}

    def url(self, name: str) -> str:
        """Return the URL of a file, with a hash of its content.

        The file is read when it is new or has changed, which costs a look at its time and size.

        Args:
            name: The path within the folder: `"style.css"`, `"icons/new.svg"`.

        Raises:
            StaticFileError: There is no such file in the folder.
        """
        digest = self._digest(name)
        if digest is None:
            raise self._no_file(name)
        folder, slash, file = name.rpartition("/")
        stem, dot, suffix = file.rpartition(".")
        hashed = f"{stem}.{digest}.{suffix}" if stem and dot else f"{file}.{digest}"
        return f"{self.path}/{quote(folder + slash + hashed)}"

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the response for a file; Starlette calls it."""
        name, is_current = await run_in_threadpool(self._find, path)
        response = await super().get_response(name, scope)
        response.headers["cache-control"] = FOR_A_YEAR if is_current else ASK_FIRST
        return response

    def _find(self, path: str) -> tuple[str, bool]:
        """Return the name of the file at a path, and whether the path has its current hash."""
        match = HASHED.fullmatch(path)
        if match is None or self.lookup_path(path)[1] is not None:
            return path, False
        name = match["stem"] + (match["suffix"] or "")
        return name, self._digest(name) == match["digest"]

    def _digest(self, name: str) -> str | None:
        """Return the hash of a file's content, or None if there is no such file."""
        full_path, found = self.lookup_path(name)
        if found is None or not Path(full_path).is_file():
            return None
        version = (found.st_mtime_ns, found.st_size)
        known, digest = self._digests.get(full_path, (None, ""))
        if known != version:
            digest = sha256(Path(full_path).read_bytes()).hexdigest()[:DIGEST_CHARACTERS]
            self._digests[full_path] = version, digest
        return digest

    def _no_file(self, name: str) -> StaticFileError:
        folder = Path(self.all_directories[0])
        files = (path for path in sorted(folder.rglob("*")) if path.is_file())
        names = [path.relative_to(folder).as_posix() for path in files]
        near = closest_name(name, names)
        return StaticFileError(
            f"no static file is called {short_repr(name)}",
            where=folder.as_posix(),
            why="a URL has a hash of the file's content",
            fix=f"url({near or 'style.css'!r})" + (f"  (did you mean {near}?)" if near else ""),
        )
