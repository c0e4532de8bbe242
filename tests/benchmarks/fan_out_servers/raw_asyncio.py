"""An asyncio protocol that writes an event built in advance: `raw_asyncio.py 8000`.

It implements just enough HTTP for the load generator. Its rate shows how fast the load generator
can read.
"""

from __future__ import annotations

import asyncio
import sys
from typing import cast

import uvloop
from board import Board, use_server_core
from views_fatmorph import page

from fatmorph.datastar.events import patch_elements

EVENT = patch_elements(page("ada", Board().colors))
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"

transports: set[asyncio.WriteTransport] = set()


class Connection(asyncio.Protocol):
    transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        if data.startswith(b"GET /stream"):
            transports.add(self.transport)
            self.transport.write(HEAD + EVENT)
        else:
            for transport in transports:
                transport.write(EVENT)
            self.transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    def connection_lost(self, error: Exception | None) -> None:
        transports.discard(self.transport)


async def main(port: int) -> None:
    use_server_core()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
