"""A request that starts with the page takes the signals before it, as `check()` says."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from datastar_py.attributes import JSExpression
from playwright.sync_api import Page

from fatmorph import Element, at, data, datastar_script, h, render_bytes
from fatmorph.morph.checks import check

REQUEST = data.init(at.get("/search"))
LATE: list[dict[str, object]] = [{}]
COMPLETE: list[dict[str, object]] = [{"a": 1}]
VIEWS = {
    "before": (h.body(data.signals({"a": 1}), REQUEST), COMPLETE),
    "on an earlier element": (h.body(data.signals({"a": 1}), h.p(REQUEST)), COMPLETE),
    "after": (h.body(REQUEST, data.signals({"a": 1})), LATE),
    "on a later element": (h.body(REQUEST, h.p(data.signals({"a": 1}))), LATE),
    "computed": (h.body(REQUEST, h.p({"data-computed:a": "1"})), LATE),
    "an effect": (h.body(data.effect(at.get("/search")), h.p(data.signals({"a": 1}))), LATE),
    "an interval": (
        h.body(
            data.on_interval(at.get("/search"), duration="9s", leading=True),
            data.signals({"a": 1}),
        ),
        LATE,
    ),
    "a delay": (
        h.body(data.init(at.get("/search"), delay="10ms"), data.signals({"a": 1})),
        COMPLETE,
    ),
    "a field that is read": (
        h.body(
            data.init(at.get(JSExpression("`/search?a=${$a}`"))),
            h.input(data.bind("a"), id="a", value="1"),
        ),
        [{"a": ""}],
    ),
}


@pytest.mark.parametrize(("body", "sent"), VIEWS.values(), ids=VIEWS)
def test_the_first_request_has_the_signals_before_it(
    body: Element,
    sent: list[object],
    page: Page,
    datastar_bundle: Path,
    serve_responses: Callable[[dict[str, tuple[str, bytes]]], str],
) -> None:
    view = h.html(h.head(datastar_script("/datastar.js")), body)
    url = serve_responses(
        {
            "/": ("text/html", render_bytes(view)),
            "/datastar.js": ("text/javascript", datastar_bundle.read_bytes()),
            "/search": ("application/json", b"{}"),
        }
    )

    with page.expect_request("**/search*") as request:
        page.goto(url)

    [signals] = parse_qs(urlparse(request.value.url).query)["datastar"]
    codes = [finding.code for finding in check(view)]
    assert [json.loads(signals)] == sent
    assert codes == ([] if sent == COMPLETE else ["signal-after-request"])
