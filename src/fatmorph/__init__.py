"""Write a web page as one function; call it again whenever anything changes.

    from fatmorph import h, svg, mathml, data, at     h.div(…); Datastar's attributes and actions
    from fatmorph import fragment, comment, element, static, json_script, js, Markup, JSExpression
    from fatmorph import render, render_bytes, pretty, memo, dom_id, connection_state, live_links
    from fatmorph import datastar_script, Signals, Signal, signal    the client; a page's signals
    from fatmorph import Context, Writer, Relay, serve     a request, a response, a bus; uvicorn
    from fatmorph import Pages, Streams, in_thread, pending    pages, their streams, slow parts
    from fatmorph.types import Node, AttributeValue        what a component of yours takes

Frameworks are in `fatmorph.adapters`; names that need an event loop are imported at first use.
"""

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from fatmorph._catalogs import h, mathml, svg
from fatmorph._lazy_names import lazy_name as _lazy_name
from fatmorph.markup._attributes import Attrs
from fatmorph.markup._element import Element, Tag, comment, element, fragment, json_script, static
from fatmorph.markup._memo import memo
from fatmorph.markup._pretty import pretty
from fatmorph.markup._render import render, render_bytes

if TYPE_CHECKING:
    from fatmorph import at as at, data as data
    from fatmorph.context import Context
    from fatmorph.datastar._connection_state import connection_state
    from fatmorph.datastar._live_links import live_links
    from fatmorph.datastar._script import datastar_script
    from fatmorph.datastar._signal_classes import Signal, Signals, signal
    from fatmorph.markup.escape import JSExpression, js
    from fatmorph.morph.ids import dom_id
    from fatmorph.pages._pages import Pages
    from fatmorph.relay._relay import Relay
    from fatmorph.server import serve
    from fatmorph.streams import Streams
    from fatmorph.tasks import pending
    from fatmorph.threads import in_thread
    from fatmorph.writer import Writer

__version__ = "0.1.0"
__all__ = (
    "Attrs",
    "Context",
    "Element",
    "JSExpression",
    "Markup",
    "Pages",
    "Relay",
    "Signal",
    "Signals",
    "Streams",
    "Tag",
    "Writer",
    "at",
    "comment",
    "connection_state",
    "data",
    "datastar_script",
    "dom_id",
    "element",
    "fragment",
    "h",
    "in_thread",
    "js",
    "json_script",
    "live_links",
    "mathml",
    "memo",
    "pending",
    "pretty",
    "render",
    "render_bytes",
    "serve",
    "signal",
    "static",
    "svg",
)


def __getattr__(name: str) -> Any:  # Any: as many types as there are lazy names
    return globals().setdefault(name, _lazy_name(name))


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
