"""Server-sent events for the Datastar client: values in, the bytes of one event out.

It changes nothing in a payload except line ends, which server-sent events carry as LF, and it
never lets a payload break out of its field. It opens no stream and keeps no state.

Sources: https://html.spec.whatwg.org/multipage/server-sent-events.html and
https://data-star.dev/reference/sse_events
"""

from fatmorph.datastar.events._elements import (
    PatchMode,
    patch_elements,
    remove_elements,
)
from fatmorph.datastar.events._event import DatastarEvent, as_text, comment
from fatmorph.datastar.events._history import push_url, replace_url
from fatmorph.datastar.events._scripts import execute_script, navigate
from fatmorph.datastar.events._signals import patch_signals, remove_signals

__all__ = (
    "DatastarEvent",
    "PatchMode",
    "as_text",
    "comment",
    "execute_script",
    "navigate",
    "patch_elements",
    "patch_signals",
    "push_url",
    "remove_elements",
    "remove_signals",
    "replace_url",
)
