"""Numbers and lines of the log of a served program, as the documentation collects them."""

import re
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path

import pytest

from documented_programs import write_program
from servers import Server, free_port, running, wait_until

SECONDS = 30
STREAMS = 12


def free_pair() -> int:
    """Return the first of two ports, one after the other, that are free."""
    first, second = free_port(), free_port()
    while second != first + 1:
        first, second = second, free_port()
    return first


@pytest.fixture
def first_port() -> int:
    return free_pair()


@pytest.fixture
def server(tmp_path: Path, first_port: int) -> Iterator[Server]:
    port = free_port()
    changes = {"FIRST_PORT, WORKERS = 9100": f"FIRST_PORT, WORKERS = {first_port}"}
    write_program("how-to/metrics.md", tmp_path, {**changes, "port=8000": f"port={port}"})
    with running([sys.executable, "main.py"], cwd=tmp_path, port=port) as server:
        yield server


def text_of(port: int) -> str:
    """Return the numbers of a worker, or nothing if it does not serve them yet."""
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    with closing(connection):
        try:
            connection.request("GET", "/metrics")
            return connection.getresponse().read().decode()
        except (OSError, HTTPException):
            return ""


def total(texts: list[str], name: str) -> float:
    values = (re.findall(rf"^{name}(?:\{{.*\}})? ([0-9.]+)$", text, re.MULTILINE) for text in texts)
    return sum(float(value) for found in values for value in found)


def opened(stack: ExitStack, port: int) -> HTTPResponse:
    connection = stack.enter_context(closing(HTTPConnection("127.0.0.1", port, timeout=SECONDS)))
    connection.request("GET", "/subscribe", headers={"datastar-request": "true"})
    return stack.enter_context(connection.getresponse())


def test_the_numbers_of_all_workers_add_up(server: Server, first_port: int) -> None:
    def texts() -> list[str]:
        return [text_of(first_port), text_of(first_port + 1)]

    assert wait_until(lambda: all(texts()))
    with ExitStack() as stack:
        for _ in range(STREAMS):
            opened(stack, server.port).readline()

        assert wait_until(lambda: total(texts(), "fatmorph_streams_open") == STREAMS)

    assert wait_until(lambda: total(texts(), "fatmorph_endings_total") == STREAMS)
    found = texts()
    workers = [set(re.findall(r'worker="(\d+)"', text)) for text in found]
    assert [len(numbers) for numbers in workers] == [1, 1]
    assert workers[0] != workers[1]
    assert total(found, "fatmorph_streams_open") == 0
    assert total(found, "fatmorph_streams_total") == STREAMS
    assert total(found, "fatmorph_page_streams_total") == STREAMS


def test_a_served_program_shows_the_lines_of_its_streams(server: Server) -> None:
    with ExitStack() as stack:
        opened(stack, server.port).readline()

    assert server.prints("stream ended: client left after ", after=0, within_seconds=SECONDS)
    assert re.search(r"^INFO: +stream ended: .*: GET /subscribe$", server.output(), re.MULTILINE)
    server.stop(signal.SIGTERM, within_seconds=SECONDS)
