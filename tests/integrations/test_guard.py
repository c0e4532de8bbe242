"""The guard on real servers: which handshakes are accepted, and which are a 403."""

import json
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from clients import request
from machine import missing
from servers import Server, running

FOLDER = Path(__file__).parent
APPLICATION = "guarded_app:app"
SERVERS = {
    "uvicorn, websockets": f"uvicorn {APPLICATION} --port {{port}} --ws websockets",
    "uvicorn, websockets-sansio": f"uvicorn {APPLICATION} --port {{port}} --ws websockets-sansio",
    "uvicorn, wsproto": f"uvicorn {APPLICATION} --port {{port}} --ws wsproto",
    "hypercorn": f"hypercorn {APPLICATION} --bind 127.0.0.1:{{port}}",
    "daphne": f"daphne {APPLICATION} --port {{port}}",
    "granian": f"granian {APPLICATION} --interface asgi --port {{port}}",
}
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "Cookie": "session=victim",
}
CROSS_SITE = {"Origin": "https://evil.example"}

paths = pytest.mark.parametrize("path", ["/ws", "/mounted/ws"])


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Return each server in turn, with the guarded application."""
    command: str = SERVERS[request.param]
    package = command.split(maxsplit=1)[0]
    if find_spec(package) is None:
        missing(package, f"{package} is not installed: pip install {package}")
    with running([sys.executable, "-m", *command.split()], cwd=FOLDER) as server:
        yield server


def status(server: Server, path: str, headers: dict[str, str]) -> int:
    return request(server.port, path, headers=HANDSHAKE | headers)[0].status


def accepted(server: Server) -> int:
    return len(json.loads(request(server.port, "/accepted")[1]))


@paths
@pytest.mark.parametrize(
    "headers",
    [
        CROSS_SITE,
        {"Sec-Fetch-Site": "cross-site"} | CROSS_SITE,
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:3000"},
        {"Origin": "null"},
    ],
    ids=["by its origin", "by its own word", "a neighbour", "a sandbox"],
)
def test_a_handshake_of_another_site_is_refused_before_it_is_accepted(
    server: Server, path: str, headers: dict[str, str]
) -> None:
    before = accepted(server)

    assert (status(server, path, headers), accepted(server)) == (403, before)
    assert f"WebSocket {path}: cannot take a WebSocket from '" in server.output()


@paths
def test_a_handshake_of_the_own_site_of_a_partner_and_of_a_program_is_accepted(
    server: Server, path: str
) -> None:
    before = accepted(server)
    origins = [{"Origin": server.base_url}, {"Origin": "https://partner.example"}, {}]

    assert [status(server, path, headers) for headers in origins] == [101, 101, 101]
    assert accepted(server) == before + 3


@pytest.mark.parametrize("line_break", ["%0d%0a", "%0a", "%c2%85", "%e2%80%a8", "%0b"])
def test_a_path_begins_no_line_of_the_log(server: Server, line_break: str) -> None:
    path = f"/any{line_break}ERROR:%20root%20logged%20in%1b[2J"

    response, body = request(server.port, path, "POST", headers=CROSS_SITE)

    begun = [line for line in server.output().splitlines() if line.startswith("ERROR: root")]
    assert (response.status, begun) == (403, [])
    assert body == b"cannot take POST from 'https://evil.example'"
    assert response.getheader("x-content-type-options") == "nosniff"
    assert "\x1b" not in server.output()


def test_the_application_still_starts_and_answers(server: Server) -> None:
    response, _ = request(server.port, "/mounted/accepted", headers=CROSS_SITE)

    assert response.status == 200
