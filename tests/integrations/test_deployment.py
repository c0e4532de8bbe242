"""The configurations of the deployment page are started, each as it is written."""

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from example_programs import EXAMPLES
from integrations.test_proxies import NGINX, add, nginx, program
from machine import installed, missing
from rules.markdown import Page
from rules.source_tree import ROOT
from servers import Server, free_port, running, wait_until

SECONDS = 30
DEPLOY = Page(ROOT / "docs" / "how-to" / "deploy.md")
SIZING = Page(ROOT / "docs" / "how-to" / "sizing.md")
HELLO = EXAMPLES / "hello"


def documented(title: str) -> str:
    return next(block.text for block in DEPLOY.blocks if block.title == title)


def server_commands() -> list[str]:
    """Return the commands that serve one process on port 8000."""
    consoles = "\n".join(block.text for block in DEPLOY.blocks if block.language == "console")
    return [line[2:] for line in consoles.splitlines() if "8000" in line]


def as_modules(words: Sequence[str], changes: Mapping[str, str]) -> list[str]:
    """Return a command as one of this Python, with other words."""
    name, *rest = [changes.get(word, word) for word in words]
    return [sys.executable, "-m", name, *rest]


def status(port: int) -> int:
    """Return the status of the page at a port, or 0 without a response."""
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    with closing(connection):
        try:
            connection.request("GET", "/")
            return connection.getresponse().status
        except (OSError, HTTPException):
            return 0


def test_there_is_a_command_for_each_server() -> None:
    assert [command.split()[0] for command in server_commands()] == [
        "uvicorn",
        "granian",
        "hypercorn",
        "gunicorn",
    ]


@pytest.mark.parametrize("command", server_commands(), ids=lambda text: text.split()[0])
def test_a_server_answers_after_nginx_and_stops(tmp_path: Path, command: str) -> None:
    installed(command.split(maxsplit=1)[0])
    inner = free_port()
    words = as_modules(
        shlex.split(command), {"8000": str(inner), "127.0.0.1:8000": f"127.0.0.1:{inner}"}
    )
    with ExitStack() as stack:
        server = stack.enter_context(running(words, cwd=HELLO, port=inner))
        port = stack.enter_context(nginx(tmp_path, inner))

        assert wait_until(lambda: status(port) == 200)
        assert server.stop(signal.SIGTERM, within_seconds=SECONDS) in {0, -signal.SIGTERM}


def test_systemd_knows_every_line_of_the_unit(tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze") or missing("systemd", "systemd is not installed")
    unit = documented("app.service").replace("/srv/app/.venv/bin/uvicorn", sys.executable)
    (tmp_path / "app.service").write_text(unit.replace("User=app\n", ""), encoding="utf-8")

    found = subprocess.run(
        [verify, "verify", tmp_path / "app.service"],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )

    assert [line for line in found.stderr.splitlines() if "app.service" in line] == []


def test_the_command_of_the_unit_answers_on_its_socket() -> None:
    unit = documented("app.service")
    [line] = [line for line in unit.splitlines() if line.startswith("ExecStart=")]
    words = shlex.split(line.removeprefix("ExecStart="))
    with ExitStack() as stack:
        # A worker of nginx that root has started is another user, who cannot enter `tmp_path`.
        folder = Path(stack.enter_context(TemporaryDirectory()))
        folder.chmod(0o755)  # as that of systemd's `RuntimeDirectory`
        socket = folder / "app.sock"
        words = as_modules(["uvicorn", *words[1:]], {"/run/app/app.sock": str(socket)})
        # nginx listens first, and its port is the one that answers.
        port = stack.enter_context(nginx_of(folder, f"server unix:{socket} max_fails=0;"))
        stack.enter_context(running(words, cwd=HELLO, port=port))

        assert wait_until(lambda: status(port) == 200)


def test_the_command_of_the_container_starts_without_a_shell() -> None:
    lines = documented("Dockerfile").splitlines()
    [command] = [json.loads(line[4:]) for line in lines if line.startswith("CMD ")]
    port = free_port()

    with running(as_modules(command, {"8000": str(port)}), cwd=HELLO, port=port) as server:
        assert wait_until(lambda: status(port) == 200)
        assert server.stop(signal.SIGTERM, within_seconds=SECONDS) in {0, -signal.SIGTERM}

    assert "USER app" in lines


@contextmanager
def nginx_of(folder: Path, servers: str) -> Iterator[int]:
    """Run nginx with the documented settings before other servers; return its port."""
    port = free_port()
    text = next(block.text for block in DEPLOY.blocks if block.language == "nginx")
    line = next(line for line in text.splitlines() if "server 127.0.0.1:8000" in line)
    text = text.replace(line, servers).replace("listen 80", f"listen 127.0.0.1:{port}")
    file = folder / "nginx.conf"
    file.write_text(NGINX.format(folder=folder, text=text), encoding="utf-8")
    with running([program("nginx"), "-p", folder, "-c", file], cwd=folder, port=port):
        yield port


def instance(port: int) -> Sequence[str]:
    return [sys.executable, "-m", "uvicorn", "main:app", "--port", str(port)]


@pytest.mark.parametrize(
    ("option", "statuses"),
    [("max_fails=0", {200}), ("max_fails=1 fail_timeout=600s", {502})],
    ids=["as documented", "as by default"],
)
def test_two_restarts_in_a_row_leave_nginx_with_a_server(
    tmp_path: Path, option: str, statuses: set[int]
) -> None:
    first, second = free_port(), free_port()
    servers = "".join(f"server 127.0.0.1:{port} {option};" for port in (first, second))
    with ExitStack() as stack:
        other = stack.enter_context(running(instance(second), cwd=HELLO, port=second))
        port = stack.enter_context(nginx_of(tmp_path, servers))
        with running(instance(first), cwd=HELLO, port=first):
            assert wait_until(lambda: status(port) == 200)
        assert [status(port) for _ in range(4)] == [200] * 4  # while the first one is down

        with running(instance(first), cwd=HELLO, port=first) as restarted:
            restart_of(other)
            found = {status(port) for _ in range(4)}
            assert status(restarted.port) == 200

    assert found == statuses


def restart_of(server: Server) -> None:
    """Stop a server, as the first half of its restart."""
    server.stop(signal.SIGTERM, within_seconds=SECONDS)


def test_a_server_that_is_marked_down_before_its_stop_loses_no_action(tmp_path: Path) -> None:
    first, second = free_port(), free_port()
    lines = [f"server 127.0.0.1:{port} max_fails=0;" for port in (first, second)]
    with ExitStack() as stack:
        leaving = stack.enter_context(running(instance(first), cwd=HELLO, port=first))
        stack.enter_context(running(instance(second), cwd=HELLO, port=second))
        port = stack.enter_context(nginx_of(tmp_path, "".join(lines)))
        assert wait_until(lambda: status(port) == 200)

        file = tmp_path / "nginx.conf"
        marked = file.read_text(encoding="utf-8").replace(lines[0], lines[0][:-1] + " down;")
        file.write_text(marked, encoding="utf-8")
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGHUP)
        assert wait_until(lambda: asked(leaving, port, times=6) == 0)
        restart_of(leaving)

        assert {add(port) for _ in range(10)} == {204}


def asked(server: Server, port: int, *, times: int) -> int:
    """Return how many of a number of requests to the proxy a server gets."""
    before = server.output().count("GET / ")
    assert {status(port) for _ in range(times)} == {200}
    return server.output().count("GET / ") - before


def test_nginx_takes_the_limits_of_the_sizing_page(tmp_path: Path) -> None:
    limits = next(block.text for block in SIZING.blocks if block.language == "nginx")
    text = NGINX.format(folder=tmp_path, text="").replace("events {}", limits)
    file = tmp_path / "nginx.conf"
    file.write_text(text, encoding="utf-8")

    found = subprocess.run(
        [program("nginx"), "-t", "-p", tmp_path, "-c", file],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )

    assert (found.returncode, "test is successful" in found.stderr) == (0, True)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_program_on_the_port_of_another_says_what_to_write(workers: int, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        (tmp_path / "main.py").write_text(
            "from starlette.applications import Starlette\n"
            "from fatmorph import serve\n"
            "app = Starlette()\n"
            f'if __name__ == "__main__":\n    serve(app, port={port}, workers={workers})\n'
        )

        found = subprocess.run(
            [sys.executable, "main.py"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    assert found.returncode == 1
    assert found.stderr.endswith(
        f"fatmorph.errors.ServeError: cannot listen on 127.0.0.1:{port}\n"
        f"  where: serve(…, host='127.0.0.1', port={port})\n"
        "  why:   another program uses the port, such as an earlier start of this one\n"
        f"  fix:   serve(app, port={port + 1})  (or stop that program)\n"
    )
