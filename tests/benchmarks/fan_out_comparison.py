"""The pages that a server of fan_out.py leaves in a browser, compared with the expected ones.

A stream may send the whole page, or the part of it that has changed: the simulation of the browser
applies it.
"""

from __future__ import annotations

import http.client
import sys
from collections.abc import Iterator

from board import data_of, view_of
from contenders.same_page import difference, parsed
from load import HOST

from fatmorph import Markup
from fatmorph.markup._render import render_bytes
from fatmorph.morph import simulate
from fatmorph.testing import Event
from fatmorph.testing._events import EventReader
from sent_patches import patch_of
from servers import Server

__all__ = ("refuse_differences",)

CHANGES = 12
DOCTYPE = "<!doctype html>"


def refuse_differences(name: str, page: str, server: Server, *, is_made_once: bool) -> None:
    """End the program if a page is another one, at first or after one of some changes.

    Args:
        name: The server's, for the message.
        page: The name of its page.
        server: The server.
        is_made_once: Whether it sends its first page for ever.
    """
    board, view = data_of(page), view_of("fatmorph_rows" if page == "rows" else "fatmorph", page)
    connection = http.client.HTTPConnection(HOST, server.port)
    connection.request("GET", "/stream?user=ada")
    response = connection.getresponse()
    for change, shown in zip(range(CHANGES), shown_pages(response), strict=False):
        expected = parsed(render_bytes(view("ada", *board.arguments)))
        if found := difference(expected, parsed(shown.encode())):
            sys.exit(f"{name} leaves another page after {change} changes: {found}")
        request_change(server.port)
        if not is_made_once:
            board.change()
    response.close()
    connection.close()


def request_change(port: int) -> None:
    connection = http.client.HTTPConnection(HOST, port)
    connection.request("POST", "/change")
    connection.getresponse()
    connection.close()


def shown_pages(response: http.client.HTTPResponse) -> Iterator[str]:
    """Yield the page that a browser shows after each event that patches elements."""
    shown = ""
    for event in events(response):
        patched = event.elements
        if patched is None:
            continue  # the id of a page
        if "</html>" in patched:
            shown = patched
        else:
            # The simulation has no document type, which no patch changes.
            shown = DOCTYPE + simulate(Markup(shown), (patch_of(event),)).html
        yield shown


def events(response: http.client.HTTPResponse) -> Iterator[Event]:
    reader = EventReader()
    while line := response.readline():
        yield from reader.feed(line)
    sys.exit("the server ended the stream")
