"""The prefix under which an application is mounted, and URLs below it.

Servers and frameworks disagree about the path of a request under a prefix: some leave the prefix
out. Here the path always is that of the browser's URL, with the prefix.

Sources: https://asgi.readthedocs.io/en/latest/specs/www.html#http-connection-scope (`root_path`),
https://peps.python.org/pep-3333/#environ-variables (`SCRIPT_NAME`)
"""

from __future__ import annotations

import re
from urllib.parse import quote

from fatmorph._log import Limit, Log
from fatmorph.errors import ResponseError, short_repr

__all__ = ("full_path", "url_below", "with_slash")

# Browsers read a backslash as a slash, and drop tabs and line ends.
# https://url.spec.whatwg.org/#concept-basic-url-parser
ONE_SLASH = re.compile(r"/(?![\t\r\n]*[/\\])")

logger = Log("fatmorph.adapters")
# Every request has the prefix, and the mistake is one.
_limit = Limit(1)


def with_slash(root_path: str) -> str:
    """Return a prefix with a slash at its beginning and none at its end; empty for none.

    A server was told a prefix without the slash, as with `uvicorn --root-path shop`, if it has
    none. The URLs of the framework, such as those of `request.url_for()`, stay wrong, so the
    first one is logged.

    Example:
        >>> with_slash("/app/"), with_slash("/"), with_slash("")
        ('/app', '', '')
    """
    root_path = root_path.rstrip("/")
    if not root_path or root_path.startswith("/"):
        return root_path
    if _limit.left_out("slash") is not None:
        logger.warning(
            "the prefix %s does not begin with a slash, so URLs of the framework are wrong: "
            "start the server with --root-path /%s",
            root_path,
            root_path,
        )
    return f"/{root_path}"


def full_path(root_path: str, path: str) -> str:
    """Return the path of the browser's URL.

    Args:
        root_path: The prefix, without a slash at its end; empty for none.
        path: The decoded path, with the prefix or without it.

    Example:
        >>> full_path("/app", "/cart"), full_path("/app", "/app/cart"), full_path("", "/cart")
        ('/app/cart', '/app/cart', '/cart')
    """
    if root_path and not path.startswith("/"):
        path = f"/{path}"  # a server has put a prefix without a slash before it
    is_below = path == root_path or path.startswith(f"{root_path}/")
    return path if is_below else root_path + path


def url_below(root_path: str, path: str) -> str:
    """Return the URL of a path of the application.

    Args:
        root_path: The prefix, decoded.
        path: A path with its query and its fragment, encoded, as a view writes it.

    Raises:
        ResponseError: The path is not text, or does not begin with exactly one slash, so that it
            is relative to a page, or leads to another site.

    Example:
        >>> url_below("/räume", "/cart?saved=1")
        '/r%C3%A4ume/cart?saved=1'
    """
    if not isinstance(path, str):
        raise ResponseError(
            f"cannot put a prefix before {type(path).__name__}",
            where=f"c.url({short_repr(path)})",
            why="a path of the application is text",
            fix='c.url("/cart")',
        )
    if ONE_SLASH.match(path) is None:
        raise ResponseError(
            f"cannot put a prefix before {short_repr(path.partition('?')[0])}",
            where=f"c.url({short_repr(path.partition('?')[0])})",
            why="a path of the application begins with one slash",
            fix='c.url("/cart")',
        )
    url = quote(root_path) + path
    # The text between two slashes at the beginning would be a host. A prefix may come from a header
    # that a client can send: https://url.spec.whatwg.org/#url-serializing has the same answer.
    return f"/.{url}" if url.startswith("//") else url
