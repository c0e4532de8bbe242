"""The id of an open page: its browser makes it, and sends it with each of the page's requests.

It is a signal, which actions send with all others. A request that does not send all signals, such
as a form's or a subscription's, has it in a header. Handlers do not see it among their signals.

The id is a secret of 128 random bits: a page that knows another page's id could act as that page.

Source: https://www.w3.org/TR/webcrypto/#Crypto-method-getRandomValues, which needs no HTTPS
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ("ID_HEADER", "ID_SIGNAL", "NEW_ID", "PAGE_ID_OR_EMPTY", "id_of_page", "without_page_id")

ID_SIGNAL = "fatmorph_page"
ID_HEADER = "Fatmorph-State"
# Reading a signal that does not exist would create it, in a page without an id too.
PAGE_ID_OR_EMPTY = f"'{ID_SIGNAL}' in $ ? ${ID_SIGNAL} : ''"
NEW_ID = "crypto.getRandomValues(new Uint32Array(4)).join('-')"

PAGE_ID = re.compile(r"[0-9]{1,10}(?:-[0-9]{1,10}){3}")
# As JSON, in which a text cannot hold a quote that is not escaped. A client without an id sends "".
MEMBER = rb'"fatmorph_page"\s*:\s*"([0-9-]{0,43})"'
SENT = re.compile(MEMBER)
SENT_AND_COMMA = re.compile(rb",\s*" + MEMBER + rb"|" + MEMBER + rb"\s*,?")


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
    if found is None:
        sent = SENT.search(raw_signals)
        found = sent[1].decode() if sent else ""
    return found if PAGE_ID.fullmatch(found) else None


def without_page_id(raw_signals: bytes) -> bytes:
    """Return signals, as JSON, without the id of the page.

    Example:
        >>> without_page_id(b'{"count":1,"fatmorph_page":"7-8-9-10"}')
        b'{"count":1}'
    """
    if b'"fatmorph_page"' not in raw_signals:
        return raw_signals
    return SENT_AND_COMMA.sub(b"", raw_signals)
