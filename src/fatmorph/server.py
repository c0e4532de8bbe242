"""Serve an application with uvicorn, so that a stop is a matter of a moment.

Streams end just as promptly under `uvicorn main:app`. What this module adds is a start by
`python main.py`, also with several worker processes, and connections that give up a peer that
takes nothing.

Source: https://www.uvicorn.org/settings/
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from fatmorph.errors import MissingExtraError, ServeError, short_repr

__all__ = ("LogLevel", "serve")

LogLevel: TypeAlias = Literal["critical", "error", "warning", "info", "debug", "trace"]

# For whatever else may hold a connection open; streams end by themselves before this.
GRACEFUL_SHUTDOWN_SECONDS = 2
# By its name: it is uvicorn's own with one thing more, and uvicorn may not be installed.
PROTOCOL = "fatmorph.uvicorn_protocol:Protocol"


def serve(
    app: Callable[..., Any] | str,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 1,
    access_log: bool = True,
    log_level: LogLevel = "info",
) -> None:
    """Serve an ASGI application until SIGINT or SIGTERM.

    Args:
        app: The application, or where it is: `"main:app"`.
        host: Address to listen on; `"0.0.0.0"` for every interface.
        port: 0 takes any free port and logs it.
        workers: Processes, 1 or more; an in-memory Relay does not reach from one to another.
        access_log: Whether every request is logged.
        log_level: What is logged, and everything graver.

    Raises:
        ServeError: Several workers, and the application is no global name of `main.py`; or
            none.
        MissingExtraError: uvicorn is not installed.

    Example:
        if __name__ == "__main__":
            serve(app, port=8000)
    """
    try:
        import uvicorn  # noqa: PLC0415 - optional: the extra "serve"
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            "cannot serve without uvicorn",
            where="serve(…)",
            why="the server is an extra: any other ASGI server does as well",
            fix='pip install "fatmorph[serve]"',
        ) from error
    uvicorn.run(
        app if workers == 1 else _import_string(app, workers),
        host=host,
        port=port,
        workers=workers,
        access_log=access_log,
        log_level=log_level,
        http=PROTOCOL,
        timeout_graceful_shutdown=GRACEFUL_SHUTDOWN_SECONDS,
    )


def _import_string(app: Callable[..., Any] | str, workers: int) -> str:
    """Return where worker processes, which start anew from `main.py`, find the application."""
    if workers < 1:
        raise ServeError(
            f"cannot start {short_repr(workers)} workers",
            where="serve(…, workers=…)",
            why="somebody has to answer",
            fix="serve(app, workers=1)",
        )
    if isinstance(app, str):
        return app
    for name, value in vars(sys.modules["__main__"]).items():
        if value is app:
            return f"__main__:{name}"
    raise ServeError(
        "cannot start several workers with an application that has no global name",
        where=f"serve({short_repr(app)}, workers={workers})",
        why="each worker imports the program anew and looks the application up by its name",
        fix='serve("main:app", workers=2)  (with app = Starlette(…) at the top level of main.py)',
    )
