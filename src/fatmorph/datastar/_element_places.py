"""In development, an element of the page leads to the line that made it.

Each element of the page has its place in the attribute `data-made-at`. Alt-click opens the place by
a URL, in an application that the developer has chosen; the server runs nothing. Without a URL the
place is shown in a dialog, from which it can be copied.

The listener is one for each document. A `data-init` expression adds it, so no policy forbids it.
"""

from __future__ import annotations

from fatmorph.datastar._page_script import hidden_script
from fatmorph.datastar.events._elements import patch_elements

__all__ = ("places_event",)

SCRIPT = """\
(() => {
el.remove();
const root = document.documentElement;
if (root.leadsToPlaces) return;
root.leadsToPlaces = true;
addEventListener('click', event => {
const found = event.altKey && event.target.closest('[data-made-at]');
if (!found) return;
event.preventDefault();
event.stopImmediatePropagation();
const place = found.dataset.madeAt, end = place.lastIndexOf(':');
const line = place.slice(end + 1);
const file = encodeURI(place.slice(0, end)).replace(/[#?]/g, encodeURIComponent);
const template = TEMPLATE;
if (template) location.href = template.replace('{file}', () => file).replace('{line}', line);
else prompt('Made at', place);
}, true);
})()"""


def places_event(template: str) -> bytes:
    """Return the event that makes Alt-click open the line of an element.

    Args:
        template: The URL that opens a line, with `{file}` and `{line}`; empty for a dialog.
    """
    script = hidden_script(SCRIPT, TEMPLATE=template)
    return patch_elements(script, selector="body", mode="append")
