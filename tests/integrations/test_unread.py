"""A peer that never reads is dropped by the system, after the log has shown the reason."""

import select
import socket
import sys
from pathlib import Path

import pytest

from clients import HOST
from servers import Server, running

FOLDER = Path(__file__).parent
REQUEST = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"
STATUS = b"HTTP/1.1 200"
# The peer's system probes the server every second; a browser's system does so less often.
KEEP_ALIVE = {"SO_KEEPALIVE": socket.SOL_SOCKET} | dict.fromkeys(
    ("TCP_KEEPIDLE", "TCP_KEEPINTVL"), socket.IPPROTO_TCP
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the option is Linux's own")


def connected(server: Server) -> socket.socket:
    return socket.create_connection((HOST, server.port), timeout=20)


def wait_until_dropped(peer: socket.socket) -> None:
    """Wait, without reading, until the server's system has dropped the connection."""
    for option, level in KEEP_ALIVE.items():
        peer.setsockopt(level, getattr(socket, option), 1)
    poller = select.poll()
    poller.register(peer, 0)  # only errors
    assert poller.poll(20_000), "the connection is still open after 20 seconds"


@pytest.mark.parametrize("workers", [1, 2])
def test_a_peer_that_never_reads_is_dropped_and_an_idle_one_is_not(workers: int) -> None:
    command = [sys.executable, "unread_app.py", "{port}", str(workers)]

    with running(command, FOLDER) as server, connected(server) as idle, connected(server) as peer:
        peer.sendall(REQUEST)
        wait_until_dropped(peer)
        idle.sendall(REQUEST)
        status = idle.recv(len(STATUS))
        output = server.output()

    assert status == STATUS
    assert "cut a stream: nothing was read for 0.3 seconds (" in output
    assert "Traceback" not in output
