"""Frameworks that inject dependencies: what a handler takes besides `c` and `w` is theirs.

They read a function's signature to learn what to pass it, so they are shown one without the
first two parameters.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, TypeVar

from fatmorph.settings import Settings

__all__ = ("InjectedHandler", "injected")

T = TypeVar("T")
InjectedHandler: TypeAlias = Callable[..., Awaitable[None]]
"""`async def handler(c: Context, w: Writer, …) -> None`, with parameters of the framework's"""


def injected(
    handler: InjectedHandler, response: Callable[..., T], settings: Settings | None, **own: Any
) -> Callable[..., Awaitable[T]]:
    """Return a function of the handler's further parameters that returns a response.

    Args:
        handler: Takes `c` and `w`, and what the framework injects.
        response: The class of the response, which takes a Handler, `settings`, and `own`.
        settings: What the route allows its clients.
        own: Annotations of what the framework injects for the response alone. It passes them
            under other names, as the handler may have parameters of these.
    """
    names = {f"fatmorph_{name}": name for name in own}

    @functools.wraps(handler)
    async def endpoint(**parameters: Any) -> T:
        owned = {name: parameters.pop(injected_name) for injected_name, name in names.items()}
        return response(functools.partial(handler, **parameters), settings=settings, **owned)

    signature = inspect.signature(handler)
    parameters = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for parameter in list(signature.parameters.values())[2:]
    ] + [
        inspect.Parameter(injected_name, inspect.Parameter.KEYWORD_ONLY, annotation=own[name])
        for injected_name, name in names.items()
    ]
    endpoint.__signature__ = signature.replace(  # type: ignore[attr-defined] # functions have it
        parameters=parameters, return_annotation=response
    )
    endpoint.__annotations__ = {p.name: p.annotation for p in parameters} | {"return": response}
    return endpoint
