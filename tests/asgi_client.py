"""An in-memory ASGI server and client: one request, one whole response."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

__all__ = ("Answer", "answer")


@dataclass(frozen=True)
class Answer:
    """A response that was received completely."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


async def answer(
    app: Callable[..., Awaitable[Any]],
    path: str,
    method: str = "GET",
    body: bytes = b"",
    headers: dict[str, str] | None = None,
) -> Answer:
    """Return the application's answer; the client stays until the answer is complete."""
    sent: list[dict[str, Any]] = []
    received: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    received.put_nowait({"type": "http.request", "body": body, "more_body": False})
    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [
            (k.encode(), v.encode()) for k, v in {"host": "test", **(headers or {})}.items()
        ],
        "server": ("test", 80),
        "client": ("127.0.0.1", 1),
    }

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)
        # A server reports the end of the response as a disconnect:
        # https://asgi.readthedocs.io/en/latest/specs/www.html#disconnect-receive-event
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            received.put_nowait({"type": "http.disconnect"})

    await app(scope, received.get, send)
    return Answer(
        status=sent[0]["status"],
        headers=[(k.decode(), v.decode()) for k, v in sent[0]["headers"]],
        body=b"".join(message["body"] for message in sent[1:]),
    )
