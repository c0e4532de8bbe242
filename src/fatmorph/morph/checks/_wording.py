"""All texts of the findings, in one table that a test compares with the documentation.

Each entry: severity, what is wrong, why that matters, and the code to write instead; with the
words between braces filled in by the rule that reports it. `docs/reference/check.md` has them all.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from fatmorph.morph.checks._vocabulary import (
    CANCELS_BY_ELEMENT_BEFORE,
    CANCELS_BY_URL_SINCE,
    EMPTY_IDS_MATTER_BEFORE,
    NAMED_IDS_MATTER_BEFORE,
)
from fatmorph.morph.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ("WORDING", "worded")

WORDING: Final[Mapping[str, tuple[Severity, str, str, str]]] = MappingProxyType(
    {
        # ------------------------------------------------------------ errors of one page
        "duplicate-id": (
            "error",
            "{count} elements have the id {id}, the first is {first}",
            "an id that is given twice names neither element; with different tags the patch throws",
            'id=dom_id("{tag}", item.id)',
        ),
        "empty-id": (
            "error",
            "<{tag}> has an empty id",
            (
                "it counts as an id, and the patch throws when the next page has one too, in "
                f"clients before {EMPTY_IDS_MATTER_BEFORE}"
            ),
            'id=dom_id("{tag}", item.id)  (or None for no id)',
        ),
        "page-end": (
            "error",
            "<{tag}> holds {text} in its content",
            "Datastar looks for it in the text of a patch, and would take a part for a whole page",
            'text.replace("</", "<\\\\/")  (in a script; a comment cannot hold it)',
        ),
        "noscript": (
            "error",
            "<noscript> is part of what is patched",
            (
                "a patch is read with scripting off, so its content becomes real: images load, "
                "redirects redirect"
            ),
            "w.html(page)  (with the noscript; leave it out of what w.patch() sends)",
        ),
        "shadow-root": (
            "error",
            "<template> declares a shadow root",
            "only the browser's own loading of a page makes one; in a patch it stays a template",
            'this.attachShadow({{mode: "open"}})  (in the custom element\'s script)',
        ),
        "misnested": (
            "error",
            "<{tag}> is in <{parent}>",
            "{reason}",
            "{fix}",
        ),
        "too-deep": (
            "error",
            "<{tag}> is nested more than 512 elements deep",
            "browsers put deeper elements beside their parents instead of into them",
            "h.{tag}(…)  (higher up)",
        ),
        "datastar-value": (
            "error",
            "{name} of <{tag}> {wrong}",
            "the client throws there, and leaves every later attribute of the page unapplied",
            "{fix}",
        ),
        "dead-expression": (
            "error",
            "{name} of <{tag}> fails when it runs",
            "{reason}",
            "{fix}",
        ),
        "action-as-text": (
            "error",
            "<{tag}> shows the text {action}",
            "an action is the expression of an attribute, which says when it runs",
            'h.{tag}(data.on("click", at.{method}(…)), …)',
        ),
        "neutral-url": (
            "error",
            "{name} of <{tag}> has a URL that may run code",
            "it was written with unsafe: before it, a scheme that no browser follows",
            "{fix}  (if no user has a say in it)",
        ),
        "root-without-id": (
            "error",
            "<{tag}> is patched without an id",
            (
                "without a selector the client looks for the element with the same id; this one is "
                "skipped"
            ),
            'h.{tag}({{"id": "{tag}"}}, …)  (or w.patch(view, selector="…"))',
        ),
        "namespace-roots": (
            "error",
            "a patch in the namespace {namespace} has {count} roots",
            "the client drops every second one",
            "svg.g(…)  (around all of them; mathml.mrow(…) for formulas)",
        ),
        "namespace-missing": (
            "error",
            "<{tag}> is patched as HTML",
            "outside of its <svg> or <math> it becomes an unknown element, which shows nothing",
            'w.patch(view, namespace="{namespace}")',
        ),
        "details-of-one-name": (
            "error",
            "<details> named {name} is open, and so is {first}",
            "the browser keeps one of a name open, and closes this one",
            'h.details({{"name": {name}}}, …)  (open on one of them only)',
        ),
        # ---------------------------------------------------------- warnings of one page
        "generated-without-id": (
            "warning",
            "{count} of {total} generated <{tag}> have no id",
            (
                "the browser knows them by their place: with one more in front, each takes "
                "over what its neighbour was, had focused, typed or opened"
            ),
            'h.{tag}({{"id": dom_id("{tag}", item.id)}}, …)',
        ),
        "state-without-id": (
            "warning",
            "<{tag}> has {state} and no id, among other <{among}>",
            (
                "the browser knows it by its place: with another in front, its content goes to "
                "its neighbour"
            ),
            'h.{tag}({{"id": "{id}"}}, …)',
        ),
        "open-not-preserved": (
            "warning",
            "<{tag}> closes when it is patched",
            (
                "the browser writes open when a person opens it, and a patch removes what you "
                "did not render"
            ),
            'h.{tag}(data.preserve_attr("open"), …)',
        ),
        "stylesheet-can-shift": (
            "warning",
            "<link> {href} has no id, and generated elements come before it",
            "with one more in front its href moves on to the next link, and both are loaded again",
            'h.link(id="{id}", rel="stylesheet", href={href})',
        ),
        "signals-can-reset": (
            "warning",
            "<{tag}> sets signals, and is generated",
            "a move sets them back to what you rendered, whatever the user has done since",
            "data.signals({{…}}, if_missing=True)",
        ),
        "subscription-can-move": (
            "warning",
            "<{tag}> holds a subscription, and can be moved",
            "a move runs data-init again, which ends the stream and opens another",
            'h.body(data.init(at.subscribe("/subscribe")), …)',
        ),
        "same-subscription": (
            "warning",
            "<{tag}> asks for {url}, as {first} does",
            "a request ends the one before it that has the same method and URL",
            'h.body(data.init(at.subscribe("/subscribe")), …)  (one stream for the page)',
        ),
        "action-ends-stream": (
            "warning",
            "<{tag}> holds a subscription, and sends other requests too",
            (
                f"in clients before {CANCELS_BY_ELEMENT_BEFORE} a request ends the one before it "
                "of the same element, and the page is no longer subscribed"
            ),
            'h.body(data.init(at.subscribe("/subscribe")), h.main(data.on("click", …), …))',
        ),
        "same-action": (
            "warning",
            "<{tag}> sends {method} to {url}, as {first} does",
            (
                "a request ends the one before it that has the same method and URL, anywhere in "
                f"the page, in clients since {CANCELS_BY_URL_SINCE}"
            ),
            'at.{method}(f"/items/{{item.id}}")  (or request_cancellation="disabled")',
        ),
        "preserve-attr-list": (
            "warning",
            "data-preserve-attr of <{tag}> has {wrong} between its names",
            "the client splits it at spaces, so it preserves none of these attributes",
            'data.preserve_attr("value", "checked")',
        ),
        "dead-listener": (
            "warning",
            "<{tag}> listens for {event}, an event that no browser sends",
            "{reason}",
            "{fix}",
        ),
        "unread-attribute": (
            "warning",
            "the client does not read {name} of <{tag}>",
            "{reason}",
            "{fix}",
        ),
        "signal-without-dollar": (
            "warning",
            "{name} of <{tag}> has the name of the signal {signal} without its $",
            "to JavaScript it is a variable, which does not exist, so the expression fails",
            "{fix}",
        ),
        "client-missing": (
            "warning",
            "the page has Datastar attributes, and no script",
            "without its client nothing reads them: no click is sent, and no patch arrives",
            "h.head(datastar_script(), …)",
        ),
        "misspelt-attribute": (
            "warning",
            "<{tag}> has the attribute {name}, which no standard has",
            "a browser ignores it; it is almost {meant}",
            '{keyword}=…  (or {{"data-{name}": …}} for an attribute of your own)',
        ),
        "ids-on-cells": (
            "warning",
            "{count} cells have ids, in rows that have ids",
            "the client compares all ids in every patch: that takes 3 to 7 times as long as rows",
            'h.tr({{"id": dom_id("row", item.id)}}, [h.td(…), h.td(…)])',
        ),
        "stream-sends-input": (
            "warning",
            "<{tag}> binds {what} to {signal}, which the page's stream sends",
            "servers refuse a long URL (nginx more than 8 kB), and the page then stays as it is",
            '{limit}at.subscribe("/subscribe", include="^user_id$")  (only what the stream reads)',
        ),
        "signal-after-request": (
            "warning",
            "{name} of <{tag}> sends {signal}, which {creator} creates later",
            (
                "the client applies attributes in the order of the page, so the first request "
                "goes without the signal, or with an empty text"
            ),
            "h.body({fix}, data.init(…), …)  (the signal first)",
        ),
        "control-named-id": (
            "warning",
            "<{tag}> is called id, in a <form>",
            (
                f"in clients before {NAMED_IDS_MATTER_BEFORE} form.id is this control, so every "
                "patch makes a new form"
            ),
            'h.{tag}(name="item_id")',
        ),
        # --------------------------------------------------------------- problems of a change
        "html-id-changed": (
            "error",
            "the id of <html> changes from {before} to {after}",
            "the client throws, and applies nothing",
            'h.html({{"id": {before}}}, …)',
        ),
        "id-changed-tag": (
            "warning",
            "the id {id} changes from <{before}> to <{after}>",
            "an element of another tag is a new element: the content of the old one is gone",
            'id="{name}-{after}"  (an id of its own)',
        ),
        "id-changed-parent": (
            "warning",
            "<{tag}> {id} changes from {before} to {after}",
            (
                "it is followed only if no element without an id can become it, and starts again: "
                "its Datastar attributes are applied again"
            ),
            "h.{tag}(…)  (under the same parent, hidden or styled instead of moved)",
        ),
        "init-runs-again": (
            "warning",
            "data-init of <{tag}> runs again, because {because}",
            "so everything that it starts is started again",
            "h.body(data.init(…), …)  (where nothing moves, with a text that stays the same)",
        ),
        "signals-reset": (
            "warning",
            "{name} of <{tag}> changes its text",
            "all its signals are set again, also those that the user has changed",
            "data.signals({{…}}, if_missing=True)  (and w.patch_signals() for changes)",
        ),
        "id-lost": (
            "warning",
            "<{tag}> loses its id {id}",
            "an element with an id never becomes one without, so {state} and the focus are gone",
            "h.{tag}(id={id})  (in every version of the page)",
        ),
        "state-lost": (
            "warning",
            "<{tag}> is recreated, or takes over another one",
            "an element around it has become another, so {state} and the focus are gone",
            'h.{tag}({{"id": "{tag}"}}, …)  (or an id for what comes and goes)',
        ),
        "value-overwritten": (
            "warning",
            "the value of <{tag}> changes",
            "the client writes it into the field, over the text that the user has typed since",
            'h.{tag}(data.bind("…"))  (or data.preserve_attr("value"), or no value)',
        ),
        "focus-moves": (
            "warning",
            "<{tag}> takes over the place of another <{tag}>",
            "the focus stays in that place, so the next press of Enter does another thing",
            'h.{tag}({{"id": "save"}}, …)',
        ),
        "outside-prefix": (
            "warning",
            "{count} URLs lead out of {root_path}, the first is {url}",
            "the application is mounted below {root_path}, and a browser asks at the root",
            "c.url({url})",
        ),
        "stylesheet-shifts": (
            "warning",
            "<link> {href} moves to another place among the links",
            (
                "a link without an id takes over the href of the one in its place, and both are "
                "loaded again"
            ),
            'h.link(id="{id}", rel="stylesheet", href={href})',
        ),
    }
)


def worded(code: str, path: str, *, place: str = "", **words: object) -> Finding:
    """Return the finding with a code, with its words filled in."""
    severity, what, reason, fix = WORDING[code]
    what, reason, fix = (part.format(**words) for part in (what, reason, fix))
    return Finding(severity, code, path, what, reason, fix, place)
