"""An ASGI server and its client, made of memory: one request, one whole response."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

__all__ = ("Answer", "answer")


@dataclass(frozen=True)
class Answer:
    """Be one response."""

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
    """Return the application's answer; its client stays until it has it."""
    sent: list[dict[str, Any]] = []
    waiting = [{"type": "http.request", "body": body, "more_body": False}]
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

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop()
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return Answer(
        status=sent[0]["status"],
        headers=[(k.decode(), v.decode()) for k, v in sent[0]["headers"]],
        body=b"".join(message["body"] for message in sent[1:]),
    )
