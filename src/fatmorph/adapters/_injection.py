"""Handlers in frameworks that inject dependencies: they have more parameters than `c` and `w`.

Such a framework inspects a function's signature to learn its dependencies, so it gets a signature
without the first two parameters.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, TypeVar

from fatmorph.adapters._handler_end import check_handler
from fatmorph.settings import Settings

__all__ = ("InjectedHandler", "injected")

T = TypeVar("T")
InjectedHandler: TypeAlias = Callable[..., Awaitable[None]]
"""`async def handler(c: Context, w: Writer, …) -> None`, with parameters of the framework's"""


def injected(
    handler: InjectedHandler, response: Callable[..., T], settings: Settings | None, **own: Any
) -> Callable[..., Awaitable[T]]:
    """Return a function that takes the handler's further parameters and returns a response.

    Called with `c` and `w` as well, it is the handler itself.

    Args:
        handler: Takes `c` and `w`, and the framework's dependencies.
        response: The class of the response, which takes a Handler, `settings` and `own`.
        settings: The limits and the policies of the route.
        own: Annotations of dependencies that only the response needs. The framework passes them
            under other names, because the handler may have parameters with the same names.

    Raises:
        HandlerError: If the handler is not async, or does not take `c` and `w` first.
    """
    check_handler(handler, has_dependencies=True)
    names = {f"fatmorph_{name}": name for name in own}

    @functools.wraps(handler)
    async def endpoint(*own_arguments: Any, **parameters: Any) -> Any:  # Any: T, or the handler's
        if own_arguments:  # `c` and `w`, in a test
            return await handler(*own_arguments, **parameters)
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
