"""Compression on a real server, alone and with a middleware that compresses, too."""

import asyncio
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from clients import HOST, Events, request
from decoders import decoder
from servers import Server, running

FOLDER = Path(__file__).parent
ENCODINGS = ("zstd", "br", "gzip")
PAGE_BYTES = 10_000  # a small part of the page, but much more than one paragraph
SLOW_CLIENTS = 5
TICK_BYTES = 200_000  # the size of an event of /ticks


@pytest.fixture(scope="module", params=["app", "again"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Serve the application, with and without a middleware that compresses, too."""
    command = ["-m", "uvicorn", f"compressed_app:{request.param}", "--port", "{port}"]
    with running([sys.executable, *command, "--no-access-log"], cwd=FOLDER) as server:
        yield server


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_page_is_compressed_once_and_names_the_encoding(server: Server, encoding: str) -> None:
    _, plain = request(server.port, "/page")

    response, body = request(server.port, "/page", headers={"accept-encoding": encoding})

    assert decoder(encoding)(body) == plain
    assert response.getheader("content-encoding") == encoding
    assert response.getheader("content-length") == str(len(body))
    assert "accept-encoding" in response.getheader("vary", "").lower()


@pytest.mark.parametrize("path", ["/page", "/subscribe"])
def test_the_response_to_head_names_the_encoding_of_the_body(server: Server, path: str) -> None:
    response, body = request(server.port, path, "HEAD", headers={"accept-encoding": "zstd"})

    assert (response.getheader("content-encoding"), body) == ("zstd", b"")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_event_of_a_stream_can_be_decoded_on_arrival(server: Server, encoding: str) -> None:
    with closing(HTTPConnection(HOST, server.port, timeout=30)) as connection:
        connection.request("GET", "/subscribe", headers={"accept-encoding": encoding})
        response = connection.getresponse()
        read = decoder(encoding)

        events = []
        sizes = []
        for number in range(1, 5):
            sent = response.read1()
            events.append(read(sent))
            sizes.append(len(sent))
            request(server.port, f"/publish?number={number}", "POST")

    headlines = [re.findall(rb"<h1>(\d+)</h1>", event) for event in events]
    assert headlines == [[b"0"], [b"1"], [b"2"], [b"3"]]
    assert {event[-2:] for event in events} == {b"\n\n"}
    assert max(sizes) < PAGE_BYTES / 2
    assert [response.getheader(name) for name in ("content-encoding", "cache-control")] == [
        encoding,
        "no-store, no-transform",
    ]


async def test_clients_that_never_read_are_cut_without_affecting_others(server: Server) -> None:
    cut_before = cut_count(server)
    with ExitStack() as stack:
        for _ in range(SLOW_CLIENTS):
            client = stack.enter_context(socket.create_connection((HOST, server.port)))
            client.sendall(f"GET /ticks HTTP/1.1\r\nhost: {HOST}\r\n\r\n".encode())

        async with Events(server.port, "/ticks") as healthy:
            await healthy.until(b'"number":20,')
        async with asyncio.timeout(30):
            while cut_count(server) < cut_before + SLOW_CLIENTS:
                await asyncio.to_thread(request, server.port, "/page")

    lines = re.findall(r"cut a stream: (.*) \((\d+) bytes waiting, (.*) s without", server.output())
    assert [why for why, *_ in lines] == ["nothing was read for 1 seconds"] * SLOW_CLIENTS
    assert max(int(waiting) for _, waiting, _ in lines) < 1.5 * TICK_BYTES  # one event


def cut_count(server: Server) -> int:
    _, body = request(server.port, "/numbers")
    return int(re.findall(rb"^fatmorph_cut_total (\d+)$", body, flags=re.MULTILINE)[0])
