"""The proxy settings of the documentation: events arrive at once, and endings reach the browser."""

import shutil
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from pathlib import Path

import pytest

from example_programs import EXAMPLES, example_command
from machine import missing
from rules.markdown import Page
from rules.source_tree import ROOT
from servers import Server, free_port, running

SECONDS = 30
DEPLOY = Page(ROOT / "docs" / "how-to" / "deploy.md")
# The parts of nginx's configuration that every installation has already.
NGINX = """daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{ access_log off;
client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
{text} }}"""
CADDY = "{{\nadmin off\nauto_https off\n}}\n{text}"


@contextmanager
def nginx(folder: Path, application: int) -> Iterator[int]:
    """Run nginx with the documented settings before an application; return the proxy's port."""
    port = free_port()
    text = documented("nginx").replace("127.0.0.1:8000", f"127.0.0.1:{application}")
    text = NGINX.format(folder=folder, text=text.replace("listen 80", f"listen 127.0.0.1:{port}"))
    file = folder / "nginx.conf"
    file.write_text(text, encoding="utf-8")
    with running([program("nginx"), "-p", folder, "-c", file], cwd=folder, port=port):
        yield port


@contextmanager
def caddy(folder: Path, application: int) -> Iterator[int]:
    """Run Caddy with the documented settings before an application; return the proxy's port."""
    port = free_port()
    text = documented("text").replace("127.0.0.1:8000", f"127.0.0.1:{application}")
    text = CADDY.format(text=text.replace("example.com", f"http://127.0.0.1:{port}"))
    (folder / "Caddyfile").write_text(text, encoding="utf-8")
    command = [program("caddy"), "run", "--config", "Caddyfile", "--adapter", "caddyfile"]
    env = {"XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    with running(command, cwd=folder, env=env, port=port):
        yield port


def documented(language: str) -> str:
    return next(block.text for block in DEPLOY.blocks if block.language == language)


def program(name: str) -> str:
    return shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/bin") or missing(
        name, f"no {name} is installed: apt-get install {name}"
    )


@pytest.fixture
def application() -> Iterator[Server]:
    with running(example_command(), cwd=EXAMPLES / "hello") as server:
        yield server


@pytest.fixture(params=[nginx, caddy], ids=["nginx", "caddy"])
def port(request: pytest.FixtureRequest, tmp_path: Path, application: Server) -> Iterator[int]:
    with request.param(tmp_path, application.port) as port:
        yield port


def test_every_event_arrives_at_once(port: int) -> None:
    with opened(port) as stream:
        first = next_page(stream)
        status = add(port)
        second = next_page(stream)

    assert (status, ">0</output>" in first, ">1</output>" in second) == (204, True, True)


def test_a_stream_ends_with_its_server(application: Server, port: int) -> None:
    with opened(port) as stream:
        next_page(stream)

        application.stop(signal.SIGTERM)

        assert rest(stream) == b""


@pytest.mark.parametrize("port", [nginx], indirect=True, ids=["nginx"])
def test_nginx_passes_on_that_a_response_is_incomplete(application: Server, port: int) -> None:
    with opened(port) as stream:
        next_page(stream)

        application.stop(signal.SIGTERM)

        with pytest.raises(IncompleteRead):
            stream.read()


@contextmanager
def opened(port: int) -> Iterator[HTTPResponse]:
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    connection.request("GET", "/subscribe", headers={"datastar-request": "true"})
    with closing(connection), connection.getresponse() as response:
        yield response


def next_page(stream: HTTPResponse) -> str:
    """Read on until the end of an event that contains a page."""
    lines = []
    while not lines or lines[-1] != b"\n" or not any(b"</html>" in line for line in lines):
        lines.append(stream.readline())
        assert lines[-1], "the stream has ended"
    return b"".join(lines).decode()


def rest(stream: HTTPResponse) -> bytes:
    """Return what arrives before the end, complete or not, without lines for the client."""
    try:
        received = stream.read()
    except IncompleteRead as error:
        received = error.partial
    return b"".join(line for line in received.splitlines() if not line.startswith(b"retry:"))


def add(port: int) -> int:
    """Press the button, as a browser does that sees the proxy's address."""
    origin = f"http://127.0.0.1:{port}"
    headers = {"datastar-request": "true", "origin": origin, "content-type": "application/json"}
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    with closing(connection):
        connection.request("POST", "/add", "{}", headers)
        return connection.getresponse().status
