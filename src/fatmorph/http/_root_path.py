"""The prefix under which an application is mounted, and URLs below it.

Servers and frameworks disagree about the path of a request under a prefix: some leave the prefix
out. Here the path always is that of the browser's URL, with the prefix.

Sources: https://asgi.readthedocs.io/en/latest/specs/www.html#http-connection-scope (`root_path`),
https://peps.python.org/pep-3333/#environ-variables (`SCRIPT_NAME`)
"""

from __future__ import annotations

import re
from urllib.parse import quote

from fatmorph.errors import ResponseError, short_repr

__all__ = ("full_path", "url_below")

# Browsers read a backslash as a slash, and drop tabs and line ends.
# https://url.spec.whatwg.org/#concept-basic-url-parser
ONE_SLASH = re.compile(r"/(?![\t\r\n]*[/\\])")


def full_path(root_path: str, path: str) -> str:
    """Return the path of the browser's URL.

    Args:
        root_path: The prefix, without a slash at its end; empty for none.
        path: The decoded path, with the prefix or without it.

    Example:
        >>> full_path("/app", "/cart"), full_path("/app", "/app/cart"), full_path("", "/cart")
        ('/app/cart', '/app/cart', '/cart')
    """
    is_below = path == root_path or path.startswith(f"{root_path}/")
    return path if is_below else root_path + path


def url_below(root_path: str, path: str) -> str:
    """Return the URL of a path of the application.

    Args:
        root_path: The prefix, decoded.
        path: A path with its query and its fragment, encoded, as a view writes it.

    Raises:
        ResponseError: The path does not begin with exactly one slash, so that it is relative to
            a page, or leads to another site.

    Example:
        >>> url_below("/räume", "/cart?saved=1")
        '/r%C3%A4ume/cart?saved=1'
    """
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
