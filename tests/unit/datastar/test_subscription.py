"""A page's subscription: how it asks again, what it sends, and how it is marked."""

import pytest

from fatmorph import at
from fatmorph.errors import DatastarError
from fatmorph.markup.escape import JSExpression

PAGE = "'Fatmorph-Page': Math.random().toString(36).slice(2)"
STATE = "'Fatmorph-State': 'fatmorph_page' in $ ? $fatmorph_page : ''"
NOTHING = "'Fatmorph-Signals': 'include='"
SCALER = (
    "retryScaler: "
    "(scaler => (document.addEventListener('datastar-fetch', ({detail: {el: owner, type}}) => "
    "owner == el && (type == 'datastar-open' || type == 'datastar-stop') "
    "&& scaler.begin(type == 'datastar-stop')), scaler))"
    "({n: 3, at: [], recent() "
    "{return (this.at = this.at.filter(at => Date.now() - at < 10000)).length}, "
    "begin(isStop) {this.isRestart = isStop && this.recent() < 2, "
    "this.n = this.isRestart || !this.recent() ? 3 : 0}, "
    "valueOf() {return this.isRestart || this.at.push(Date.now()), "
    "this.n-- > 0 ? 1.25 : this.isRestart ? 2 : 2 + this.recent() / 2}})"
)
ENDS = "requestCancellation: 'cleanup'"
RETRIES = (
    f"{ENDS}, "
    "retry: 'always', retryInterval: {n: 0, end: 0, valueOf() {return "
    "Date.now() < this.end ? this.wait : ("
    "this.n = Date.now() - this.end < 3000 ? this.n + 1 : 0, "
    "this.wait = (80 + Math.random() * 40) * Math.min(2 ** this.n, 80), "
    "this.end = Date.now() + this.wait, this.wait)}}, "
    f"{SCALER}, retryMaxWait: 10000, retryMaxCount: Infinity"
)


@pytest.mark.parametrize(
    ("expression", "written"),
    [
        (
            at.subscribe("/subscribe"),
            (
                f"@get('/subscribe', {{payload: {{}}, headers: {{{PAGE}, {NOTHING}, {STATE}}}, "
                f"{RETRIES}}})"
            ),
        ),
        (
            at.subscribe("/s", include="^user_id$"),
            (
                f"@get('/s', {{headers: {{{PAGE}, 'Fatmorph-Signals': 'include=%5Euser_id%24', "
                f"{STATE}}}, "
                f"{RETRIES}, filterSignals: {{include: /^user_id$/}}}})"
            ),
        ),
        (
            at.subscribe("/s", include="^a", exclude="b$"),
            (
                f"@get('/s', {{headers: {{{PAGE}, 'Fatmorph-Signals': 'include=%5Ea', "
                f"{STATE}}}, "
                f"{RETRIES}, filterSignals: {{include: /^a/, exclude: /b$/}}}})"
            ),
        ),
        (
            at.subscribe("/s", include=JSExpression("/a/i")),
            (
                f"@get('/s', {{headers: {{{PAGE}, {STATE}}}, "
                f"{RETRIES}, filterSignals: {{include: /a/i}}}})"
            ),
        ),
        (
            at.subscribe("/s", payload={"user": 1}, headers={"X-Token": "t"}),
            (
                f"@get('/s', {{payload: {{user: 1}}, headers: {{{PAGE}, 'X-Token': 't', {STATE}}}, "
                f"{RETRIES}}})"
            ),
        ),
        (
            at.subscribe("/s", content_type="form"),
            f"@get('/s', {{contentType: 'form', headers: {{{PAGE}, {STATE}}}, {RETRIES}}})",
        ),
        (
            at.subscribe("/s", retry_interval=50, retry_max_count=3, open_when_hidden=True),
            (
                f"@get('/s', {{payload: {{}}, headers: {{{PAGE} + ' 50', {NOTHING}, {STATE}}}, "
                f"openWhenHidden: true, {ENDS}, retry: 'always', retryInterval: 50, {SCALER}, "
                "retryMaxWait: 10000, retryMaxCount: 3})"
            ),
        ),
        (
            at.get("/s", retry_interval=JSExpression("80 + Math.random() * 40")),
            "@get('/s', {retryInterval: 80 + Math.random() * 40})",
        ),
        (
            at.get("/s", retry_scaler=JSExpression("1 + Math.random()")),
            "@get('/s', {retryScaler: 1 + Math.random()})",
        ),
    ],
    ids=[
        *("plain", "included", "excluded", "a pattern of JavaScript", "a payload", "a form"),
        *("options", "an interval of JavaScript", "a scaler of JavaScript"),
    ],
)
def test_a_subscription_is_spelled_as_the_client_reads_it(expression: str, written: str) -> None:
    assert expression == written


def test_a_pattern_that_only_excludes_is_refused() -> None:
    with pytest.raises(DatastarError, match="cannot use exclude without include"):
        at.subscribe("/s", exclude="^draft$")
