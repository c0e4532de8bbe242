"""Serve an application with uvicorn, with a fast shutdown.

Streams end just as quickly under `uvicorn main:app`. This module starts the server with
`python main.py`, also with several worker processes, and drops connections whose client reads
nothing.

Source: https://www.uvicorn.org/settings/
"""

from __future__ import annotations

import errno
import inspect
import os
import re
import socket
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeAlias

from fatmorph._log import Log
from fatmorph.errors import MissingExtraError, ServeError, short_repr
from fatmorph.markup._suggestion import closest_name

__all__ = ("LogLevel", "serve")

LogLevel: TypeAlias = Literal["critical", "error", "warning", "info", "debug", "trace"]

# For other open connections; streams end earlier by themselves.
GRACEFUL_SHUTDOWN_SECONDS = 2
# By name: it is a subclass of a class of uvicorn, which may not be installed.
PROTOCOL = "fatmorph.uvicorn_protocol:Protocol"
LOGGER = "fatmorph"
# Tells the workers, which inherit it, that they are not alone.
WORKERS = "FATMORPH_WORKERS"
MAX_PORT = 65_535
# Why the system does not give an address to this program, and what to write instead.
NO_ADDRESS = (
    "this machine has no such address",
    'serve(app, host="127.0.0.1")  (or "0.0.0.0", for every interface)',
)
UNAVAILABLE = {
    errno.EADDRINUSE: (
        "another program uses the port, such as an earlier start of this one",
        "serve(app, port={next_port})  (or stop that program)",
    ),
    errno.EACCES: (
        "the system gives ports below 1024 only to privileged programs",
        "serve(app, port=8000)  (with a proxy in front of it)",
    ),
}
ROOT_PATH = re.compile(r"(?:/[^/]+)+")


def serve(
    app: Callable[..., Any] | str,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 1,
    access_log: bool = True,
    log_level: LogLevel = "info",
    **options: Any,
) -> None:
    """Serve an ASGI application until SIGINT or SIGTERM.

    Args:
        app: The application, or its import path: `"main:app"`.
        host: Address to listen on; `"0.0.0.0"` for every interface.
        port: 0 selects a free port and logs it.
        workers: Number of processes, 1 or more; an in-memory Relay does not connect them.
        access_log: Whether to log every request.
        log_level: The lowest level that is logged, also of fatmorph's own loggers, unless your
            program has configured them or the root logger before.
        options: Further options of `uvicorn.run()`, such as `uds`, `ssl_certfile`, `root_path`,
            `forwarded_allow_ips`, `limit_concurrency`, `backlog` and `timeout_keep_alive`.

    Raises:
        ServeError: Several workers, but the application is not a global name of `main.py`; fewer
            than one worker; a port that is not a whole number, or that another program uses; an
            option that uvicorn does not have; or a `root_path` that does not begin with a slash,
            or ends with one.
        MissingExtraError: uvicorn is not installed.

    Example:
        if __name__ == "__main__":
            serve(app, port=8000)

    Source: https://www.uvicorn.org/settings/
    """
    try:
        import uvicorn  # noqa: PLC0415 - optional: the extra "serve"
        from uvicorn.config import LOGGING_CONFIG  # noqa: PLC0415 - optional, too
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            "cannot serve without uvicorn",
            where="serve(…)",
            why="uvicorn is an optional dependency, because any ASGI server works",
            fix='pip install "fatmorph[serve]"',
        ) from error
    _check_port(port)
    _check_options(options, inspect.signature(uvicorn.run).parameters)
    target = app if workers == 1 else _import_string(app, workers)
    os.environ[WORKERS] = str(workers)
    defaults: dict[str, Any] = {  # Any: uvicorn's own
        "http": PROTOCOL,
        "timeout_graceful_shutdown": GRACEFUL_SHUTDOWN_SECONDS,
        "log_config": _log_config(LOGGING_CONFIG, log_level),
    }
    _run(
        uvicorn.run,
        target,
        host=host,
        port=port,
        workers=workers,
        access_log=access_log,
        log_level=log_level,
        **{**defaults, **options},
    )


def _check_port(port: object) -> None:
    if isinstance(port, int) and not isinstance(port, bool) and 0 <= port <= MAX_PORT:
        return
    raise ServeError(
        f"cannot listen on the port {short_repr(port)}",
        where="serve(…, port=…)",
        why=f"a port is a whole number, up to {MAX_PORT}",
        fix='serve(app, port=int(os.environ["PORT"]))'
        if isinstance(port, str)
        else "serve(app, port=8000)",
    )


def _run(
    run: Callable[..., None],
    target: Callable[..., Any] | str,
    *,
    host: str,
    port: int,
    **options: Any,  # Any: uvicorn's own
) -> None:
    """Run a server.

    Raises:
        ServeError: It exited, and this program cannot listen on the address.
        SystemExit: It exited for another reason.
    """
    try:
        run(target, host=host, port=port, **options)
    except SystemExit as error:
        stopped = error  # raised below, so that its traceback is not part of a clearer error
    else:
        return
    if options.keys().isdisjoint(("uds", "fd")):
        _check_address(host, port)
    raise stopped


def _check_address(host: str, port: int) -> None:
    """Refuse an address on which this program cannot listen.

    Raises:
        ServeError: The system gives it to another program, or to none.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        why, fix = UNAVAILABLE.get(error.errno or 0, NO_ADDRESS)
        raise ServeError(
            f"cannot listen on {host}:{port}",
            where=f"serve(…, host={short_repr(host)}, port={port})",
            why=why,
            fix=fix.format(next_port=port + 1),
        ) from error


def _check_options(options: Mapping[str, Any], known: Iterable[str]) -> None:
    for name in options:
        if name not in known:
            near = closest_name(name, tuple(known))
            raise ServeError(
                f"cannot pass the option {short_repr(name)} to uvicorn",
                where=f"serve(…, {name}=…)",
                why="it takes the arguments of uvicorn.run() alone",
                fix=f"serve(app, {near or 'uds'}=…)",
            )

    root_path = options.get("root_path", "")
    if root_path and ROOT_PATH.fullmatch(root_path) is None:
        prefix = root_path.strip("/")
        raise ServeError(
            f"cannot serve under the prefix {short_repr(root_path)}",
            where="serve(…, root_path=…)",
            why="uvicorn puts it before the path of each request, and pages before their URLs",
            fix=f'serve(app, root_path="/{prefix}")' if prefix else "serve(app)",
        )


def _log_config(config: dict[str, Any], level: LogLevel) -> dict[str, Any]:
    """Return uvicorn's configuration of logs, with our loggers if no handler gets their lines."""
    if Log(LOGGER).logger.hasHandlers():
        return config
    name = "DEBUG" if level == "trace" else level.upper()
    own = {"handlers": ["default"], "level": name, "propagate": False}
    return {**config, "loggers": {**config["loggers"], LOGGER: own}}


def _import_string(app: Callable[..., Any] | str, workers: int) -> str:
    """Return the import path of the application for worker processes, which run `main.py` again."""
    if not isinstance(workers, int) or workers < 1:
        raise ServeError(
            f"cannot start {short_repr(workers)} workers",
            where="serve(…, workers=…)",
            why="it is the number of the processes that serve requests, 1 or more",
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
