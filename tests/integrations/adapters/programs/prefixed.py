"""The programs are also served below a prefix: a request is passed on as by Starlette's `Mount`."""

from typing import Any

__all__ = ("PREFIX", "below", "below_wsgi")

PREFIX = "/prefix"


def below(app: Any) -> Any:
    """Return an ASGI application that also serves another one below the prefix."""

    async def prefixed(scope: Any, receive: Any, send: Any) -> None:
        if scope.get("path", "").startswith(f"{PREFIX}/"):
            scope = {**scope, "root_path": PREFIX}
        await app(scope, receive, send)

    return prefixed


def below_wsgi(app: Any) -> Any:
    """Return a WSGI application that also serves another one below the prefix."""

    def prefixed(environ: Any, start_response: Any) -> Any:
        path = environ["PATH_INFO"]
        if path.startswith(f"{PREFIX}/"):
            names = {"SCRIPT_NAME": PREFIX, "PATH_INFO": path.removeprefix(PREFIX)}
            environ = {**environ, **names}
        return app(environ, start_response)

    return prefixed
