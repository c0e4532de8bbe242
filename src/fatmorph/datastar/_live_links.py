"""An element that morphs in the page that a link leads to, instead of loading it.

A link of its page asks for its URL as an action does; the response is a page, and the client morphs
it. The element does the rest of what a browser does: the address, the history, the scroll position
and the focus. Numbered rules:

1. The address changes first, so that the browser gives each entry of its history the right title.
   A second link that is clicked while a page is under way takes over the entry of the first one.
2. Any response that patches nothing, such as an error, a file or a redirect to another site, is
   loaded by the browser.
3. Each entry of the history keeps its scroll position. The browser restores it too early, while
   the page that is left is still shown.
4. A redirect by `w.redirect()` takes over the entry, as it does in a browser: `isAsking` tells its
   script that a link is being followed.
5. Without this element in a new page, its links are the browser's own again, and the back button
   loads pages.

There is one set of listeners for each document: the newest element replaces those before.

Source: https://html.spec.whatwg.org/multipage/nav-history-apis.html and
https://data-star.dev/reference/actions#events
"""

from __future__ import annotations

from fatmorph.datastar._attributes.fetch import fetch_text
from fatmorph.datastar._page_script import page_script
from fatmorph.markup._element import Element, Tag
from fatmorph.markup.escape import JSExpression

__all__ = ("live_links",)

DIV = Tag("div")
GET = fetch_text(
    "get",
    JSExpression("location.href"),
    {
        "payload": {},
        # The client would otherwise end other requests, or none.
        "request_cancellation": JSExpression("request"),
        "retry_max_count": 0,
    },
)
SCRIPT = f"""\
(() => {{
document.liveLinks?.abort();
const {{signal}} = document.liveLinks = new AbortController();
const listen = (target, type, react) => target.addEventListener(type, react, {{signal}});
const address = () => location.pathname + location.search;
const save = () => history.replaceState({{...history.state, scroll: [scrollX, scrollY]}}, '');
let shown = address(), pending = 0, isShown = true, request, position, scrollTimer;
const ask = place => {{
if (!el.isConnected) return location.reload();
position = place;
isShown = false;
document.liveLinks.isAsking = true;
request?.abort();
request = new AbortController();
pending++;
{GET}.catch(() => {{}});
}};
const show = () => {{
isShown = true;
document.liveLinks.isAsking = false;
shown = address();
const detail = {{type: 'datastar-navigate', el}};
document.dispatchEvent(new CustomEvent('datastar-fetch', {{detail}}));
const first = document.querySelector('[autofocus]');
if (first) first.focus({{preventScroll: true}});
else document.activeElement?.blur();
if (!position && location.hash) location.replace(location.href);
else scrollTo({{left: position?.[0] || 0, top: position?.[1] || 0, behavior: 'instant'}});
save();
}};
listen(document, 'click', click => {{
const link = click.target.closest?.('a[href]');
if (!link || click.defaultPrevented || click.button || !el.isConnected) return;
if (click.metaKey || click.ctrlKey || click.shiftKey || click.altKey) return;
if (link.origin != location.origin || link.target || link.hasAttribute('download')) return;
if (link.pathname + link.search == shown && link.href.includes('#')) return;
click.preventDefault();
if (isShown) save();
const isNew = isShown && link.href != location.href;
history[isNew ? 'pushState' : 'replaceState']({{}}, '', link.href);
ask();
}});
listen(window, 'popstate', ({{state}}) => {{
if (!isShown || address() != shown) ask(state?.scroll || [0, 0]);
}});
listen(window, 'scroll', () => {{
clearTimeout(scrollTimer);
scrollTimer = setTimeout(() => isShown && save(), 200);
}});
listen(document, 'datastar-fetch', ({{detail: {{type, el: owner}}}}) => {{
if (owner != el) return isShown && (shown = address());
if (type == 'datastar-patch-elements' && !isShown) show();
if (type == 'finished' && pending && !--pending && !isShown) location.reload();
}});
}})()"""
WATCH = page_script(SCRIPT)


def live_links() -> Element:
    """Return an element that turns the links of its page into live navigation.

    A click on a link to this site asks for its URL as an action does, and the page in the response
    is morphed in, with its title, address and history. Everything else stays the browser's own:
    other sites, fragments of the page, links with `target` or `download`, clicks with a modifier
    key or the middle button, and all links without JavaScript. Put it into the body, once in
    each page.

    Example:
        >>> from fatmorph import h
        >>> h.body(live_links()).children[0].attributes["id"]
        'live-links'

    Source: https://html.spec.whatwg.org/multipage/browsing-the-web.html
    """
    return DIV(WATCH, id="live-links", hidden=True, data_ignore_morph=True)
