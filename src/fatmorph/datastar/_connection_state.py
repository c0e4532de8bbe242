"""An element that tells the person about the page's connection, and a watchdog for its stream.

The client fires `datastar-fetch` events, whose detail has the type and the element of a request:

1. `retrying` (network errors) and `error` (4xx, 5xx) begin a wait. Clients before Datastar 1.0.2
   fire nothing when a stream ends and is asked for again, and no client fires anything when a
   retry succeeds. So each subscription's stream begins with the event `datastar-open`.
2. `error` or `retries-failed`, and `finished` in the same turn, end a request that has failed.
3. `finished` of a subscription means that a response has ended it for good, unless it has written
   `datastar-unsubscribe`. A body may have other requests besides its subscription, so they are
   counted. Those that a `data-init` before this element has started are counted in its text,
   because this element was not listening yet. `live_links()` fires `datastar-navigate` when it has
   morphed in a page; streams that end in the same turn belonged to the page before.

4. The events of thin pages say how many ids the page has. A browser that has another number than
   after the last whole page has lost elements, or has others. The client then asks for the stream
   again, as if its tab had been away, and gets a whole page; at most every five seconds, so that a
   script which always adds elements costs little. In a page of 10,000 ids, counting takes two
   milliseconds, so it waits for the other events of a burst.

There is one listener for each document. It survives patches that remove the element, such as a
maintenance page, and finds a new one by its id.

Source: https://data-star.dev/reference/actions#events
"""

from __future__ import annotations

from fatmorph.datastar._page_script import page_script
from fatmorph.errors import DatastarError, short_repr
from fatmorph.markup._element import Element, Tag

__all__ = ("connection_state",)

DIV = Tag("div")

# After a response that ends the subscription, the page is loaded again in 2 to 4 seconds, unless it
# is being left for another one: the response may have been a redirect.
SCRIPT = """\
(() => {
if (document.connectionState) return;
document.connectionState = true;
const waiting = new Set(), refused = new Set(), streams = new Set(), open = new Map();
let isLate = false, isLeft = false, hasFailed = false, status = '', lateTimer, failedTimer;
let ids, others, mended = 0, compareTimer;
const find = () => document.getElementById('connection-state');
const set = (box, name, value) => value ? box.dataset[name] = value : delete box.dataset[name];
const show = () => {
const box = find(), state = hasFailed ? 'failed' : isLate ? 'reconnecting' : '';
if (!box) return;
set(box, 'status', state && status);
if ((box.dataset.state || '') == state) return;
set(box, 'state', state);
box.textContent = state && box.dataset[state];
};
const wait = el => {
if (!waiting.size) lateTimer = setTimeout(() => {isLate = true; show()}, 1000);
waiting.add(el);
};
const go = el => {
if (!waiting.delete(el) || waiting.size) return;
clearTimeout(lateTimer);
isLate = false;
show();
};
const fail = () => {
hasFailed = true;
clearTimeout(failedTimer);
failedTimer = setTimeout(() => {hasFailed = false; show()}, 10000);
show();
};
const refuse = (el, newStatus) => {
status = newStatus;
refused.add(el);
setTimeout(() => refused.delete(el));
};
const reload = el => {
if (el.isConnected) wait(el);
const timer = setTimeout(() => {
if (!open.get(el) && (el.isConnected || !find())) location.reload();
}, 2000 + Math.random() * 2000);
addEventListener('beforeunload', () => {clearTimeout(timer); go(el)}, {once: true});
};
const size = selector => document.querySelectorAll(selector).length;
const extra = () => size('[id]') - size('[data-ignore-morph] [id]') - ids;
const compare = () => {
compareTimer = 0;
if (!ids || extra() == (others ?? extra()) || Date.now() < mended + 5000) return;
mended = Date.now();
document.dispatchEvent(new Event('visibilitychange'));
};
const note = page => {
ids = page.ids;
if (ids && page.elements?.endsWith('</html>')) others = extra();
else if (ids) compareTimer ||= setTimeout(compare, 200);
};
const count = (el, by) => open.set(el, Math.max((open.get(el) || 0) + by, 0));
document.querySelectorAll('[data-init]').forEach(early => {
if (early.compareDocumentPosition(find()) & Node.DOCUMENT_POSITION_FOLLOWING)
count(early, early.dataset.init.split(/@(?:get|post|put|patch|delete)\\(/).length - 1);
});
document.addEventListener('datastar-fetch', ({detail: {type, el, argsRaw}}) => {
if (type == 'started') count(el, 1);
else if (type == 'error') refuse(el, argsRaw.status), wait(el);
else if (type == 'retries-failed') refuse(el, '');
else if (type == 'retrying') refused.has(el) || (status = ''), wait(el);
else go(el);
if (type == 'datastar-patch-elements') note(argsRaw);
if (type == 'datastar-open') streams.add(el), open.get(el) || open.set(el, 1);
if (type == 'datastar-unsubscribe') streams.delete(el);
if (type == 'datastar-navigate') isLeft = true, setTimeout(() => isLeft = false);
if (type == 'finished') {
count(el, -1);
if (refused.delete(el)) fail();
if (!open.get(el) && streams.delete(el) && !isLeft) reload(el);
}
});
})()"""
WATCH = page_script(SCRIPT)


def connection_state(
    *,
    reconnecting: str = "Reconnecting…",
    failed: str = "This action failed.",
    class_: str | None = None,
) -> Element:
    """Return an element that says when the page's connection is lost, or an action has failed.

    It is empty otherwise. Its `data-state` is `reconnecting` after more than a second without a
    stream, and `failed` for ten seconds after an action got an error; `data-status` then has the
    status of the response, if there was one. It also loads the page again when a response has ended
    its subscription for good, and asks for the whole page when a thin one has lost elements. Put it
    into the body, once in each page.

    Args:
        reconnecting: The text while the page waits for the server.
        failed: The text after an action has failed.
        class_: The element's class, for your styles; default none.

    Raises:
        DatastarError: An empty text, which could not be seen or heard.

    Example:
        >>> connection_state(reconnecting="Verbinde …").attributes["data-reconnecting"]
        'Verbinde …'

    Source: https://html.spec.whatwg.org/multipage/aria.html and
        https://www.w3.org/TR/wai-aria-1.2/#status
    """
    for name, text in (("reconnecting", reconnecting), ("failed", failed)):
        if not isinstance(text, str) or not text.strip():
            raise DatastarError(
                f"cannot show {short_repr(text)} as the text for {name}",
                where=f"connection_state, {name}",
                why="without a text, a person neither sees nor hears the state",
                fix=f'connection_state({name}="Please wait …")',
            )
    return DIV(
        WATCH,
        id="connection-state",
        class_=class_,
        role="status",
        data_ignore_morph=True,
        data_reconnecting=reconnecting,
        data_failed=failed,
    )
