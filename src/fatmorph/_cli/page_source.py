"""The text of a page that the command line names: a file, a URL, or the standard input.

Source: https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding
"""

from __future__ import annotations

import codecs
import re
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from fatmorph.errors import CommandError, short_repr

__all__ = ("read_page",)

FIX = "python -m fatmorph convert page.html"
TIMEOUT_SECONDS = 20
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
PRESCANNED_BYTES = 1024
META = re.compile(rb"<meta[^>]*?charset\s*=\s*[\"']?\s*([-\w:.]+)", re.IGNORECASE)
# Names that mean windows-1252 to a browser: https://encoding.spec.whatwg.org/#names-and-labels
WINDOWS_1252 = frozenset(("ascii", "iso-8859-1", "iso8859-1", "latin1", "l1", "us-ascii"))
WINDOWS_31J = frozenset(("shift_jis", "shift-jis", "sjis", "x-sjis"))


def read_page(name: str) -> str:
    """Return the text of a page.

    Args:
        name: A file, a URL, or `-` for the standard input.

    Raises:
        CommandError: There is no such page, it is empty, or its encoding does not fit.
    """
    if re.match("https?://", name, re.IGNORECASE):
        content, encoding = _from_url(name)
    else:
        content, encoding = _from_input() if name == "-" else _from_file(name), ""
    text = _decoded(name, content, encoding)
    if not text.strip():
        raise CommandError(f"cannot convert {name}", why="it is empty", fix=FIX)
    return text


def _from_file(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise CommandError(
            f"cannot read {name}", where=str(Path.cwd()), why=why.lower(), fix=FIX
        ) from None


def _from_input() -> bytes:
    if sys.stdin.isatty():
        why = "nothing is piped into the command"
        raise CommandError("cannot convert a page without its name", why=why, fix=FIX)
    return sys.stdin.buffer.read()


def _from_url(url: str) -> tuple[bytes, str]:
    # A name that servers know: some refuse the one of Python.
    request = Request(url, headers={"User-Agent": "Mozilla/5.0 (fatmorph)"})  # noqa: S310 - checked
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310 - likewise
            content: bytes = response.read()
            return content, response.headers.get_content_charset("")
    except (OSError, ValueError) as error:
        if isinstance(error, HTTPError):
            error.close()  # it holds the connection
        why = str(getattr(error, "reason", None) or error)
        raise CommandError(
            f"cannot read {url}", why=why, fix=f"{FIX}  (the page, saved as a file)"
        ) from None


def _decoded(name: str, content: bytes, encoding: str) -> str:
    for mark, marked in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            content, encoding = content.removeprefix(mark), marked
            break
    else:
        declared = META.search(content[:PRESCANNED_BYTES])
        encoding = encoding or (declared[1].decode().lower() if declared else "utf-8")
    try:
        return content.decode(_codec(encoding))
    except LookupError:
        why = f"Python knows no encoding called {short_repr(encoding)}"
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        why = f"line {line} is not {encoding}: {short_repr(content[error.start : error.start + 8])}"
    fix = 'save the file as UTF-8, or declare its encoding: <meta charset="windows-1252">'
    raise CommandError(f"cannot read {name}", why=why, fix=fix)


def _codec(encoding: str) -> str:
    if encoding in WINDOWS_1252:
        return "windows-1252"
    return "cp932" if encoding in WINDOWS_31J else encoding
