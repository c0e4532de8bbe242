"""The examples as programs: started as in their READMEs, requested over real sockets."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from pathlib import Path

import pytest

from example_programs import EXAMPLES, example_command
from fatmorph import datastar_script
from servers import Server, running

SECONDS = 30
MAX_PICTURE_BYTES = 60_000
STREAMS = {
    "chat": "/rooms/kitchen/live",
    "dashboard": "/subscribe",
    "hello": "/subscribe",
    "infinite_scroll": "/subscribe",
    "search": "/subscribe",
    "tiles": "/subscribe",
    "todo": "/subscribe",
    "upload": "/subscribe",
    "validation": "/subscribe",
    "wizard": "/subscribe",
}
NAMES = sorted(STREAMS)
TESTED = sorted(path.parent.name for path in EXAMPLES.glob("*/test_*.py"))
UVICORN = [sys.executable, "-m", "uvicorn", "main:app", "--port", "{port}"]


@pytest.fixture(scope="module", params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def example(name: str) -> Iterator[Server]:
    with running(example_command(), cwd=EXAMPLES / name) as server:
        yield server


@pytest.fixture(scope="module")
def tiles() -> Iterator[Server]:
    with running(example_command(), cwd=EXAMPLES / "tiles") as server:
        yield server


def test_an_example_is_a_folder_with_a_program_and_a_readme() -> None:
    folders = {path.name: path for path in EXAMPLES.iterdir() if path.is_dir()}
    del folders["look"]  # the style sheet of all examples

    assert sorted(folders) == sorted({*NAMES, *TESTED})
    assert [name for name in folders if not (folders[name] / "README.md").is_file()] == []
    assert [name for name in folders if not (folders[name] / "main.py").is_file()] == []


def test_the_gallery_names_every_example_and_its_pictures_are_small() -> None:
    gallery = (EXAMPLES.parent / "docs/examples.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[.+\]\(\.\./examples/(?!board)(.+)\)", gallery)  # Board's is animated
    pictures = [EXAMPLES / path for path in shown]
    named = set(re.findall(r"\.\./examples/(\w+)/README\.md", gallery)) - {"look"}

    assert sorted(named) == sorted({*NAMES, *TESTED})
    assert [path for path in pictures if path.stat().st_size > MAX_PICTURE_BYTES] == []


def test_an_example_loads_the_client_from_its_cdn(example: Server) -> None:
    _, page = get(example, "/")

    assert str(datastar_script()) in page


def test_the_page_and_the_stream_of_an_example_show_the_same_page(
    name: str, example: Server
) -> None:
    _, page = get(example, "/")

    with open_stream(example, STREAMS[name]) as stream:
        patched = next_page(stream)

    assert stream.getheader("content-type") == "text/event-stream"
    assert patched.startswith("<!doctype html><html")
    assert patched.endswith("</html>")
    assert controls(page) == controls(patched) > 0


def test_an_example_serves_the_client_that_its_option_names(name: str, tmp_path: Path) -> None:
    client = tmp_path / "datastar.js"
    client.write_text("// a client", encoding="utf-8")

    with running(example_command(client), cwd=EXAMPLES / name) as server:
        _, page = get(server, "/")
        content_type, script = get(server, "/datastar.js")

    assert str(datastar_script("/datastar.js")) in page
    assert script == "// a client"
    assert content_type.startswith("text/javascript")


@pytest.mark.parametrize("tested", TESTED)
def test_the_tests_of_an_example_pass_as_its_readme_starts_them(tested: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]

    result = subprocess.run(
        command, check=False, cwd=EXAMPLES / tested, capture_output=True, text=True
    )

    assert result.returncode == 0, result.stdout + result.stderr
    assert " passed" in result.stdout


@pytest.mark.parametrize("program", ["main", "django_main"])
def test_board_asks_for_a_login_and_keeps_its_files_where_it_is_told(
    program: str, tmp_path: Path
) -> None:
    command = [sys.executable, f"{program}.py"]

    with running(command, cwd=EXAMPLES / "board", env={"BOARD_DATA": str(tmp_path)}) as server:
        _, page = get(server, "/login")
        moved = post(server, "/cards/1/move?column=done&before=", {})

    assert "<title>Log in" in page
    assert moved == 303
    assert sorted(path.name for path in tmp_path.iterdir()) == ["board.db", "pictures"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", [example_command(), UVICORN], ids=["python", "uvicorn"])
def test_tiles_ends_at_once_with_open_pages(command: list[str], number: int) -> None:
    with running(command, cwd=EXAMPLES / "tiles") as server, ExitStack() as stack:
        streams = [stack.enter_context(open_stream(server, "/subscribe")) for _ in range(3)]
        first_pages = [next_page(stream) for stream in streams]

        exit_code = server.stop(number, within_seconds=5)
        rest = [broken_off(stream) for stream in streams]

        assert [page[-7:] for page in first_pages] == ["</html>"] * 3
        assert [events.endswith(b"\n\n") for events in rest[:2]] == [True] * 2
        assert exit_code in {0, -number, 128 + number}
        assert "Traceback" not in server.output()


def test_tiles_serves_its_stylesheet_and_its_icon(tiles: Server) -> None:
    style_type, _ = get(tiles, "/static/style.css")
    icon_type, _ = get(tiles, "/static/icon.svg")

    assert (style_type, icon_type) == ("text/css; charset=utf-8", "image/svg+xml")


def test_tiles_ignores_a_tile_that_is_not_on_the_board(tiles: Server) -> None:
    assert post(tiles, "/paint/25", {"user_id": "ada"}) == 204
    assert post(tiles, "/paint/-1", {"user_id": "ada"}) == 404

    _, page = get(tiles, "/")

    assert "painted" not in page


def test_tiles_refuses_a_user_id_that_is_not_text(tiles: Server) -> None:
    assert post(tiles, "/paint/3", {"user_id": 7}) == 400


def get(server: Server, path: str) -> tuple[str, str]:
    """Return the content type and the body of a 200."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    assert response.status == 200, body
    return response.headers["content-type"], body


def controls(page: str) -> int:
    return page.count("<button") + page.count("<input")


def post(server: Server, path: str, signals: object) -> int:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
    connection.request("POST", path, json.dumps(signals), {"content-type": "application/json"})
    status = connection.getresponse().status
    connection.close()
    return status


@contextmanager
def open_stream(server: Server, path: str) -> Iterator[HTTPResponse]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
    headers = {"datastar-request": "true", "fatmorph-state": "1-2-3-4"}
    connection.request("GET", path, headers=headers)
    with closing(connection), connection.getresponse() as response:
        yield response


def broken_off(stream: HTTPResponse) -> bytes:
    """Return the rest of a stream that is cut, which makes every page connect again."""
    with pytest.raises(IncompleteRead) as caught:
        stream.read()
    return caught.value.partial


def next_page(stream: HTTPResponse) -> str:
    """Return the elements of the next event."""
    prefix = b"data: elements "
    lines = []
    while line := stream.readline().rstrip(b"\n"):
        lines.append(line)
    return b"\n".join(line.removeprefix(prefix) for line in lines if prefix in line).decode()
