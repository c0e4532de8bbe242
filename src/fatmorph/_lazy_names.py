"""The names of the package that are imported when they are first used (PEP 562)."""

__all__ = ("MODULES",)

# Name → the module that it is in, or that it is.
MODULES = {
    "Context": "fatmorph.context",
    "JSExpression": "fatmorph.markup.escape",
    "Pages": "fatmorph.pages._pages",
    "Relay": "fatmorph.relay._memory",
    "Signal": "fatmorph.datastar._signal_classes",
    "Signals": "fatmorph.datastar._signal_classes",
    "Streams": "fatmorph.streams",
    "Writer": "fatmorph.writer",
    "at": "fatmorph.at",
    "connection_state": "fatmorph.datastar._connection_state",
    "data": "fatmorph.data",
    "datastar_script": "fatmorph.datastar._script",
    "dom_id": "fatmorph.morph.ids",
    "in_thread": "fatmorph.threads",
    "js": "fatmorph.markup.escape",
    "live_links": "fatmorph.datastar._live_links",
    "pending": "fatmorph.tasks",
    "serve": "fatmorph.server",
    "signal": "fatmorph.datastar._signal_classes",
}
