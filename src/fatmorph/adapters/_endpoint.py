"""Frameworks that inject dependencies: what a handler takes besides `c` and `w` is theirs.

They read a function's signature to learn what to pass it, so they are shown one without the
first two parameters. What they want in the head of a response joins the handler's own.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Concatenate, TypeAlias, TypeVar

from fatmorph.adapters._base import Handler
from fatmorph.adapters.asgi import Message, Send

__all__ = ("InjectedHandler", "injected", "with_headers")

T = TypeVar("T")
NOTHING: Mapping[str, Any] = MappingProxyType({})
InjectedHandler: TypeAlias = Callable[..., Awaitable[None]]
"""`async def handler(c: Context, w: Writer, …) -> None`, with parameters of the framework's"""


def injected(
    handler: InjectedHandler,
    respond_with: Callable[Concatenate[Handler, ...], T],
    response: type[T],
    *,
    own: Mapping[str, Any] = NOTHING,
) -> Callable[..., Awaitable[T]]:
    """Return a function of the handler's further parameters that returns a response.

    Args:
        handler: Takes `c` and `w`, and what the framework injects.
        respond_with: Makes the response of a Handler, and of `own` by name.
        response: What it makes.
        own: Names and annotations of what the framework injects for the response alone.
    """

    @functools.wraps(handler)
    async def endpoint(**parameters: Any) -> T:
        owned = {name: parameters.pop(name) for name in own}
        return respond_with(functools.partial(handler, **parameters), **owned)

    signature = inspect.signature(handler)
    parameters = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for parameter in list(signature.parameters.values())[2:]
    ] + [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation)
        for name, annotation in own.items()
    ]
    endpoint.__signature__ = signature.replace(  # type: ignore[attr-defined] # functions have it
        parameters=parameters, return_annotation=response
    )
    endpoint.__annotations__ = {p.name: p.annotation for p in parameters} | {"return": response}
    return endpoint


def with_headers(send: Send, headers: Iterable[tuple[bytes, bytes]]) -> Send:
    """Return a `send` that adds headers, but for those that the handler has written itself."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = list(message["headers"])
            names = {name for name, _ in own} - {b"set-cookie"}
            added = [header for header in headers if header[0].lower() not in names]
            message = {**message, "headers": own + added}
        await send(message)

    return send_with_headers
