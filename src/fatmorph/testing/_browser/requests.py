"""The request of a backend action, as the client sends it.

Source: https://data-star.dev/reference/actions#options
"""

# Any is the type of every value of JavaScript.
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from fatmorph.morph._matching.nodes import Node
from fatmorph.testing._browser.fields import MULTIPART, File, encoded_form, form_of, kind_of
from fatmorph.testing._browser.tab import Tab
from fatmorph.testing._browser.validity import invalid_fields
from fatmorph.testing._expressions.evaluator import Late
from fatmorph.testing._expressions.tokens import NotUnderstoodError
from fatmorph.testing._expressions.values import text_of
from fatmorph.testing._server import Request

__all__ = ("IN_URL", "action_request", "form_request", "json_text")

ACCEPT = "text/event-stream, text/html, application/json"
# The methods whose signals are in the URL.
IN_URL = frozenset({"GET", "DELETE"})
URLENCODED = "application/x-www-form-urlencoded"
# The client makes a text of a file that it cannot send.
FILE_TEXT = "[object File]"


def action_request(
    tab: Tab,
    node: Node,
    method: str,
    url: str,
    options: Mapping[str, Any],  # Any: values of JavaScript
    *,
    submitter: Node | None,
) -> Request | None:
    """Return the request of an action; None if the form that it sends is not valid.

    Args:
        tab: The page.
        node: The element of the action.
        method: In capital letters.
        url: Relative to the page.
        options: The action's second argument.
        submitter: The button that was clicked.

    Raises:
        NotUnderstoodError: An option that only a browser can read.
    """
    headers = {"accept": ACCEPT, "datastar-request": "true"}
    address = tab.absolute(url)
    body = b""
    if options.get("contentType", "json") == "form":
        form = _form(tab, node, options)
        if "novalidate" not in form.attributes and invalid_fields(tab.fields, form):
            return None
        entries = [*tab.fields.entries(form, None), *_sent_by(node, form, submitter)]
        pairs = [(name, v if isinstance(v, str) else FILE_TEXT) for name, v in entries]
        is_multipart = form.attributes.get("enctype", "").lower() == MULTIPART
        content_type, body = encoded_form(entries, MULTIPART) if is_multipart else (URLENCODED, b"")
        if method in IN_URL:
            address, body = _with_query(address, pairs, is_added=True), b""
        elif not is_multipart:
            body = urlencode(pairs).encode()
    else:
        content_type = "application/json"
        text = json_text(_payload(tab, options))
        if method in IN_URL:
            address = _with_query(address, [("datastar", text)], is_added=False)
        else:
            body = text.encode()
    if method not in IN_URL or content_type == URLENCODED:
        headers["content-type"] = content_type
    given = options.get("headers") or {}
    headers |= {name.lower(): _header_text(value) for name, value in given.items()}
    return Request(method, address, headers, body)


def form_request(tab: Tab, form: Node, submitter: Node | None) -> Request:
    """Return the request with which a browser sends a form by itself."""
    attributes = {} if submitter is None else submitter.attributes
    action = attributes.get("formaction", form.attributes.get("action", ""))
    method = attributes.get("formmethod", form.attributes.get("method", "get")).upper()
    enctype = attributes.get("formenctype", form.attributes.get("enctype", ""))
    entries = list(tab.fields.entries(form, submitter))
    address = tab.absolute(action or tab.url)
    if method != "POST":
        pairs = [(name, value if isinstance(value, str) else value.name) for name, value in entries]
        parts = urlsplit(address)
        return Request("GET", urlunsplit((*parts[:3], urlencode(pairs), "")))
    content_type, body = encoded_form(entries, enctype)
    return Request("POST", address, {"content-type": content_type}, body)


def _sent_by(node: Node, form: Node, submitter: Node | None) -> list[tuple[str, str | File]]:
    """Return the name and the value of the button that the client adds to a form."""
    button = submitter if node is form else node
    if button is None or not (button.name == "button" or kind_of(button) == "submit"):
        return []
    name = button.attributes.get("name", "")
    return [(name, button.attributes.get("value", ""))] if name else []


def json_text(value: Any) -> str:  # Any: a value of JavaScript
    """Return `JSON.stringify(value)`; an element is an empty object."""
    return json.dumps(
        _json_value(value), ensure_ascii=False, separators=(",", ":"), default=_json_object
    )


def _json_value(value: Any) -> Any:
    """Return a value whose numbers are written as JavaScript writes them."""
    if isinstance(value, dict):
        return {name: _json_value(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_json_value(item) for item in value]
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() else value


def _json_object(value: object) -> object:
    if isinstance(value, Late):
        raise value.error
    return {}


def _header_text(value: Any) -> str:  # Any: a value of JavaScript
    if isinstance(value, Late):
        raise value.error
    return text_of(value)


def _payload(tab: Tab, options: Mapping[str, Any]) -> Any:
    if "payload" in options:
        return options["payload"]
    patterns = options.get("filterSignals") or {}
    return tab.signals.sent(_pattern(patterns, "include"), _pattern(patterns, "exclude"))


def _pattern(patterns: Mapping[str, Any], name: str) -> re.Pattern[str] | None:
    value = patterns.get(name)
    if isinstance(value, str):
        return re.compile(value.removeprefix("/").removesuffix("/"))
    if value is not None and not isinstance(value, re.Pattern):
        raise NotUnderstoodError(f"the {name} of filterSignals")
    return value


def _form(tab: Tab, node: Node, options: Mapping[str, Any]) -> Node:
    selector = options.get("selector")
    if selector is not None:
        form = next(iter(tab.select(text_of(selector))), None)
    else:
        form = node if node.name == "form" else form_of(node)
    if form is None:
        raise NotUnderstoodError("an action that sends a form, without a form")
    return form


def _with_query(address: str, pairs: list[tuple[str, str]], *, is_added: bool) -> str:
    parts = urlsplit(address)
    names = set() if is_added else {name for name, _ in pairs}
    known = [
        pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in names
    ]
    return urlunsplit((*parts[:3], urlencode([*known, *pairs]), ""))
