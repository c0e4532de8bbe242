"""The id of an open page: its browser makes it, and sends it with each of the page's requests.

It is a signal, which actions send with all others. A request that does not send all signals, such
as a form's or a subscription's, has it in a header. Handlers do not see it among their signals.

The id is a secret of 128 random bits: a page that knows another page's id could act as that page.

Source: https://www.w3.org/TR/webcrypto/#Crypto-method-getRandomValues, which needs no HTTPS
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress

import msgspec

__all__ = ("ID_HEADER", "ID_SIGNAL", "NEW_ID", "PAGE_ID_OR_EMPTY", "id_of_page", "without_page_id")

ID_SIGNAL = "fatmorph_page"
ID_HEADER = "Fatmorph-State"
# Reading a signal that does not exist would create it, in a page without an id too.
PAGE_ID_OR_EMPTY = f"'{ID_SIGNAL}' in $ ? ${ID_SIGNAL} : ''"
NEW_ID = "crypto.getRandomValues(new Uint32Array(4)).join('-')"

PAGE_ID = re.compile(r"[0-9]{1,10}(?:-[0-9]{1,10}){3}")
NAME = f'"{ID_SIGNAL}"'.encode()


class _Sent(msgspec.Struct):
    """The signals of a request, of which only the id is decoded."""

    fatmorph_page: msgspec.Raw = msgspec.Raw(b"null")


_sent = msgspec.json.Decoder(_Sent)
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
INVALID = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)


def id_of_page(headers: Mapping[str, str], raw_signals: bytes) -> str | None:
    """Return the id of the page that sent a request; None if it sent none.

    Args:
        headers: Found in any letter case.
        raw_signals: The request's signals, as JSON.

    Example:
        >>> id_of_page({}, b'{"count":1,"fatmorph_page":"7-8-9-10"}')
        '7-8-9-10'
    """
    found = headers.get(ID_HEADER)
    if found is None and NAME in raw_signals:
        with suppress(*INVALID):  # signals() refuses them as such
            found = msgspec.json.decode(_sent.decode(raw_signals).fatmorph_page, type=str)
    return found if found is not None and PAGE_ID.fullmatch(found) else None


def without_page_id(raw_signals: bytes) -> bytes:
    """Return signals, as JSON, without the id of the page.

    Example:
        >>> without_page_id(b'{"count":1,"fatmorph_page":"7-8-9-10"}')
        b'{"count":1}'
    """
    if NAME in raw_signals:
        with suppress(*INVALID):
            members = _members.decode(raw_signals)
            members.pop(ID_SIGNAL, None)
            return msgspec.json.encode(members)
    return raw_signals
