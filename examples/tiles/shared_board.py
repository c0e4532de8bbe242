"""A board and its painters in Redis or NATS: the same for all servers with the same address.

Every open page has an entry, which its server renews. The entries of a server that was killed
expire, so its painters leave the board.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol
from urllib.parse import urlsplit

__all__ = ("SharedBoard", "shared_board")

PRESENT_SECONDS = 10  # an entry expires so long after it was renewed
ANSWER_SECONDS = 5
TILES = "tiles:board"
PAINTERS = "tiles:painters"

log = logging.getLogger("fatmorph.tiles")


class SharedBoard(Protocol):
    """The state that all pages show, on any broker."""

    errors: tuple[type[Exception], ...]  # if the broker is away

    async def open(self) -> None: ...
    async def close(self) -> None: ...
    async def tiles(self) -> dict[int, str]: ...
    async def painters(self) -> list[str]: ...
    async def paint(self, tile: int, user_id: str) -> None: ...

    async def keep(self, pages: Mapping[str, str]) -> None:
        """Add or renew the entries of open pages: their ids → their users."""
        ...

    async def remove(self, page: str, user_id: str) -> None: ...


def shared_board(url: str) -> SharedBoard:
    """Return the board at an address; this does not connect yet.

    Raises:
        ValueError: The address is not one of Redis or NATS.
    """
    parts = urlsplit(url)
    if parts.scheme in {"redis", "rediss"} and not parts.query:
        return RedisBoard(url)
    if parts.scheme in {"nats", "tls"} and not parts.query:
        return NatsBoard(url)
    raise ValueError("the board of several servers is at redis://HOST:PORT or nats://HOST:PORT")


class RedisBoard:
    """The tiles are a hash; the painters are a sorted set, whose scores are when they expire."""

    def __init__(self, url: str) -> None:
        # Any: only one of the two client libraries may be installed.
        redis: Any = import_module("redis.asyncio")
        self.errors: tuple[type[Exception], ...] = (redis.RedisError, OSError)
        self._redis = redis.from_url(url, decode_responses=True, socket_timeout=ANSWER_SECONDS)

    async def open(self) -> None:
        """Do nothing: the client connects with its first command."""

    async def close(self) -> None:
        await self._redis.aclose()

    async def tiles(self) -> dict[int, str]:
        found: dict[str, str] = await self._redis.hgetall(TILES)
        return {int(tile): user_id for tile, user_id in found.items()}

    async def painters(self) -> list[str]:
        now = await self._seconds()
        found: list[str] = await self._redis.zrangebyscore(PAINTERS, now, "+inf")
        return sorted(entry.partition(" ")[2] for entry in found)

    async def paint(self, tile: int, user_id: str) -> None:
        await self._redis.hset(TILES, str(tile), user_id)

    async def keep(self, pages: Mapping[str, str]) -> None:
        now = await self._seconds()
        until = now + PRESENT_SECONDS
        entries = {f"{page} {user_id}": until for page, user_id in pages.items()}
        if entries:
            await self._redis.zadd(PAINTERS, entries)
        await self._redis.zremrangebyscore(PAINTERS, "-inf", now)

    async def remove(self, page: str, user_id: str) -> None:
        await self._redis.zrem(PAINTERS, f"{page} {user_id}")

    async def _seconds(self) -> float:
        # The clock of Redis, because those of several machines differ.
        now: tuple[int, int] = await self._redis.time()
        return now[0] + now[1] / 1_000_000


class NatsBoard:
    """Two buckets of JetStream: in that of the painters, NATS itself lets the entries expire."""

    def __init__(self, url: str) -> None:
        self._nats: Any = import_module("nats")
        self.errors: tuple[type[Exception], ...] = (self._nats.errors.Error, OSError)
        self._url = url

    async def open(self) -> None:
        self._client = await self._nats.connect(
            self._url, max_reconnect_attempts=-1, error_cb=_log_error
        )
        stream = self._client.jetstream(timeout=ANSWER_SECONDS)
        self._tiles = await stream.create_key_value(bucket=TILES.replace(":", "-"))
        self._painters = await stream.create_key_value(
            bucket=PAINTERS.replace(":", "-"), ttl=PRESENT_SECONDS
        )

    async def close(self) -> None:
        await self._client.close()

    async def tiles(self) -> dict[int, str]:
        found = await _values(self._tiles)
        return {int(tile): user_id for tile, user_id in found.items()}

    async def painters(self) -> list[str]:
        return sorted((await _values(self._painters)).values())

    async def paint(self, tile: int, user_id: str) -> None:
        await self._tiles.put(str(tile), user_id.encode())

    async def keep(self, pages: Mapping[str, str]) -> None:
        for page, user_id in list(pages.items()):
            if page in pages:  # it may have been closed meanwhile
                await self._painters.put(page, user_id.encode())

    async def remove(self, page: str, user_id: str) -> None:
        await self._painters.delete(page)


async def _log_error(error: Exception) -> None:
    # nats-py itself logs a traceback for each attempt to connect again.
    log.warning("NATS: %s", error)


async def _values(bucket: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    watcher = await bucket.watchall(ignore_deletes=True)
    async with asyncio.timeout(ANSWER_SECONDS):
        async for entry in watcher:
            if entry is None:  # these were all
                break
            found[entry.key] = (entry.value or b"").decode()
    await watcher.stop()
    return found
