"""Serve an application with uvicorn, with a fast shutdown.

Streams end just as quickly under `uvicorn main:app`. This module starts the server with
`python main.py`, also with several worker processes, and drops connections whose client reads
nothing.

Source: https://www.uvicorn.org/settings/
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from fatmorph.errors import MissingExtraError, ServeError, short_repr

__all__ = ("LogLevel", "serve")

LogLevel: TypeAlias = Literal["critical", "error", "warning", "info", "debug", "trace"]

# For other open connections; streams end earlier by themselves.
GRACEFUL_SHUTDOWN_SECONDS = 2
# By name: it is a subclass of a class of uvicorn, which may not be installed.
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
        app: The application, or its import path: `"main:app"`.
        host: Address to listen on; `"0.0.0.0"` for every interface.
        port: 0 selects a free port and logs it.
        workers: Number of processes, 1 or more; an in-memory Relay does not connect them.
        access_log: Whether to log every request.
        log_level: The lowest level that is logged.

    Raises:
        ServeError: Several workers, but the application is not a global name of `main.py`; or
            fewer than one worker.
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
            why="uvicorn is an optional dependency, because any ASGI server works",
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
    """Return the import path of the application for worker processes, which run `main.py` again."""
    if workers < 1:
        raise ServeError(
            f"cannot start {short_repr(workers)} workers",
            where="serve(…, workers=…)",
            why="at least one process must serve requests",
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
        why="each worker imports the program again and looks up the application by name",
        fix='serve("main:app", workers=2)  (with app = Starlette(…) at the top level of main.py)',
    )
