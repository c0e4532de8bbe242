"""Every action of Datastar, as the client reads it, and every mistake that is refused."""

import math

import pytest
from datastar_py.attributes import JSExpression

from fatmorph import at
from fatmorph.errors import DatastarError

PAGE_ID = "{'Fatmorph-State': 'fatmorph_page' in $ ? $fatmorph_page : ''}"

EXPRESSIONS = [
    (at.get("/search"), "@get('/search')"),
    (at.post("/save"), "@post('/save')"),
    (at.put("/row/1"), "@put('/row/1')"),
    (at.patch("/row/1"), "@patch('/row/1')"),
    (at.delete("/row/1"), "@delete('/row/1')"),
    (at.query("/search"), "@query('/search')"),
    (at.get("/O'Hara?a=1&b=2"), r"@get('/O\x27Hara?a=1\x26b=2')"),
    (at.get(JSExpression("`/row/${$id}`")), "@get(`/row/${$id}`)"),
    (
        at.post("/login", content_type="form"),
        f"@post('/login', {{contentType: 'form', headers: {PAGE_ID}}})",
    ),
    (
        at.post("/login", content_type="form", selector="#login"),
        (f"@post('/login', {{contentType: 'form', selector: '#login', headers: {PAGE_ID}}})"),
    ),
    (
        at.get("/", include="^user"),
        (f"@get('/', {{headers: {PAGE_ID}, filterSignals: {{include: /^user/}}}})"),
    ),
    (
        at.get("/", include=r"^a\.b/", exclude=JSExpression("/x/i")),
        (
            f"@get('/', {{headers: {PAGE_ID}, "
            r"filterSignals: {include: /^a\.b\x2f/, exclude: /x/i}})"
        ),
    ),
    (
        at.post("/", payload={"id": 7}),
        f"@post('/', {{payload: {{id: 7}}, headers: {PAGE_ID}}})",
    ),
    (
        at.post("/", payload=JSExpression("{id: $id}")),
        f"@post('/', {{payload: {{id: $id}}, headers: {PAGE_ID}}})",
    ),
    (
        at.post("/", payload=0),
        f"@post('/', {{payload: 0, headers: {PAGE_ID}}})",
    ),
    (
        at.get("/", headers={"X-Token": "t", "Accept": JSExpression("$type")}),
        "@get('/', {headers: {'X-Token': 't', Accept: $type}})",
    ),
    (
        at.get("/", send_nonce=True),
        (
            "@get('/', {headers: {'Fatmorph-Nonce': "
            "document.querySelector('script[nonce]')?.nonce ?? ''}})"
        ),
    ),
    (
        at.post("/", headers={"X-Token": "t"}, send_nonce=True),
        (
            "@post('/', {headers: {'X-Token': 't', 'Fatmorph-Nonce': "
            "document.querySelector('script[nonce]')?.nonce ?? ''}})"
        ),
    ),
    (at.get("/", send_nonce=False), "@get('/')"),
    (at.get("/", send_nonce=None), "@get('/')"),
    (at.get("/", open_when_hidden=True), "@get('/', {openWhenHidden: true})"),
    (at.post("/", open_when_hidden=False), "@post('/', {openWhenHidden: false})"),
    (
        at.get("/", request_cancellation="cleanup"),
        "@get('/', {requestCancellation: 'cleanup'})",
    ),
    (
        at.get("/", request_cancellation=JSExpression("$controller")),
        "@get('/', {requestCancellation: $controller})",
    ),
    (at.get("/", retry="always"), "@get('/', {retry: 'always'})"),
    (at.get("/", retry=None), "@get('/')"),
    (
        at.get(
            "/",
            retry_max_count=0,
            retry_max_wait=4,
            retry_scaler=1.5,
            retry_interval=2,
            retry="error",
        ),
        (
            "@get('/', {retry: 'error', retryInterval: 2, retryScaler: 1.5, retryMaxWait: 4, "
            "retryMaxCount: 0})"
        ),
    ),
    (at.get("/", retry_max_count=math.inf), "@get('/', {retryMaxCount: Infinity})"),
    (at.peek("$n"), "@peek(() => $n)"),
    (at.peek("{a: $n}"), "@peek(() => ({a: $n}))"),
    (at.set_all(""), "@setAll('')"),
    (at.set_all(None, include="^form"), "@setAll(null, {include: /^form/})"),
    (at.set_all([1], exclude="x"), "@setAll([1], {exclude: /x/})"),
    (at.set_all(JSExpression("$on")), "@setAll($on)"),
    (at.toggle_all(), "@toggleAll()"),
    (
        at.toggle_all(include="^menu", exclude="x$"),
        "@toggleAll({include: /^menu/, exclude: /x$/})",
    ),
    (at.clipboard("it's"), r"@clipboard('it\x27s')"),
    (at.clipboard(JSExpression("$link"), is_base64=True), "@clipboard($link, true)"),
    (at.fit("$n", 0, 100, 0, 1), "@fit($n, 0, 100, 0, 1)"),
    (at.fit(5, 0, 10, 0, 1.5, should_clamp=True), "@fit(5, 0, 10, 0, 1.5, true)"),
    (
        at.fit("$n", 0, JSExpression("$max"), 0, 1, should_round=True),
        "@fit($n, 0, $max, 0, 1, false, true)",
    ),
    (at.intl("number", 5), "@intl('number', 5)"),
    (
        at.intl("datetime", JSExpression("$when"), {"dateStyle": "long"}, ["de", "en"]),
        "@intl('datetime', $when, {dateStyle: 'long'}, ['de', 'en'])",
    ),
    (at.intl("pluralRules", 1, locale="de"), "@intl('pluralRules', 1, {}, 'de')"),
]


@pytest.mark.parametrize(("expression", "written"), EXPRESSIONS)
def test_an_action_is_spelled_as_the_client_reads_it(expression: str, written: str) -> None:
    assert expression == written


REFUSALS = [
    (lambda: at.get(""), "cannot use '' as a URL"),
    (lambda: at.get(" "), "cannot use ' ' as a URL"),
    (lambda: at.get(7), "cannot use 7 as a URL"),
    (lambda: at.get("/", retry="sometimes"), "cannot use 'sometimes' as retry"),
    (lambda: at.get("/", retrys="always"), "no option is called 'retrys'"),
    (lambda: at.get("/", content_type="xml"), "cannot use 'xml' as content_type"),
    (
        lambda: at.get("/", request_cancellation="abort"),
        "cannot use 'abort' as request_cancellation",
    ),
    (lambda: at.get("/", open_when_hidden=1), "cannot use 1 as open_when_hidden"),
    (lambda: at.get("/", send_nonce="n0nce"), "cannot use 'n0nce' as send_nonce"),
    (lambda: at.get("/", nonce="n0nce"), "no option is called 'nonce'"),
    (lambda: at.get("/", headers="X", send_nonce=True), "cannot use 'X' as headers"),
    (lambda: at.get("/", retry_interval=0), "cannot use 0 as retry_interval"),
    (lambda: at.get("/", retry_interval="1s"), "cannot use '1s' as retry_interval"),
    (lambda: at.get("/", retry_max_wait=True), "cannot use True as retry_max_wait"),
    (lambda: at.get("/", retry_scaler=0.5), "cannot use 0.5 as retry_scaler"),
    (lambda: at.get("/", retry_scaler=math.inf), "cannot use inf as retry_scaler"),
    (lambda: at.get("/", retry_max_count=-1), "cannot use -1 as retry_max_count"),
    (lambda: at.get("/", retry_max_count=1.5), "cannot use 1.5 as retry_max_count"),
    (lambda: at.get("/", retry_max_count=math.nan), "cannot use nan as retry_max_count"),
    (lambda: at.get("/", selector="#f"), "cannot use selector without content_type='form'"),
    (lambda: at.get("/", content_type="form", selector=" "), "cannot use ' ' as selector"),
    (
        lambda: at.post("/", content_type="form", payload=1),
        "cannot use payload without content_type='json'",
    ),
    (
        lambda: at.post("/", content_type="form", include="a"),
        "cannot use include together with a form",
    ),
    (lambda: at.post("/", payload=1, exclude="a"), "cannot use exclude together with a payload"),
    (lambda: at.post("/", payload={1}), "cannot write set as a JavaScript literal"),
    (lambda: at.get("/", include=5), "cannot write 5 as a JavaScript regular expression"),
    (lambda: at.get("/", headers="X: 1"), "cannot use 'X: 1' as headers"),
    (lambda: at.get("/", headers={"X Y": "1"}), "cannot use 'X Y' as headers"),
    (lambda: at.get("/", headers={"X": "a\nb"}), "cannot use str as the value of a header"),
    (lambda: at.get("/", headers={"X": 1}), "cannot use int as the value of a header"),
    (lambda: at.peek(""), "cannot write an empty expression"),
    (lambda: at.clipboard(5), "cannot copy int"),
    (lambda: at.fit("", 0, 1, 0, 1), "cannot write an empty expression"),
    (lambda: at.intl("numbr", 5), "no format is called 'numbr'"),
]


@pytest.mark.parametrize(("call", "line"), REFUSALS)
def test_a_mistake_that_the_client_would_ignore_or_reject_is_refused(call, line: str) -> None:
    with pytest.raises(DatastarError) as raised:
        call()

    assert raised.value.what == line
    assert all((raised.value.where, raised.value.why, raised.value.fix))


@pytest.mark.parametrize(
    ("call", "fix"),
    [
        (lambda: at.get("/", retrys="always"), "retry=…  (did you mean 'retry'?)"),
        (lambda: at.post("/", data={"id": 1}), "payload=…"),
        (lambda: at.post("/", json={"id": 1}), "payload=…"),
        (lambda: at.put("/", signals={"id": 1}), "payload=…"),
        (lambda: at.put("/", signals="id"), 'include="^name$"'),
        (lambda: at.get("/", params={"id": 1}), 'at.get(f"/search?{urlencode(params)}")'),
        (lambda: at.get("/", method="POST"), "at.post(url)"),
        (
            lambda: at.get("/", timeout=3),
            (
                "at.get(url)  (with any of content_type, selector, include, exclude, payload, "
                "headers, send_nonce, open_when_hidden, request_cancellation, retry, "
                "retry_interval, retry_scaler, retry_max_wait, retry_max_count)"
            ),
        ),
        (lambda: at.post("/", form="#f"), 'content_type="form"'),
        (
            lambda: at.get("/", target="#list"),
            'w.patch(view, selector="#target")  (the handler decides)',
        ),
        (
            lambda: at.get("/", debounce="1s"),
            'data.on("input", at.get(url), debounce="300ms")',
        ),
        (
            lambda: at.get("/", indicator="busy"),
            'data.indicator("busy")  (as an attribute of the element)',
        ),
        (
            lambda: at.delete("/", confirm="Sure?"),
            "f\"confirm('Sure?') && {at.delete(url)}\"",
        ),
        (lambda: at.get("/", retries=3), "retry_max_count=…"),
        (lambda: at.get("/", backoff=2), "retry_scaler=…"),
        (lambda: at.post("/", csrf_token="t"), 'headers={"X-CSRFToken": token}'),
        (lambda: at.post("/", cancel="auto"), "request_cancellation=…"),
        (lambda: at.get("/", include_signals="a"), "include=…  (did you mean 'include'?)"),
        (lambda: at.get("/", retry="alway"), 'retry="always"'),
        (lambda: at.intl("numbr", 5), "at.intl(\"number\", …)  (did you mean 'number'?)"),
    ],
)
def test_a_near_miss_is_suggested(call, fix: str) -> None:
    with pytest.raises(DatastarError) as raised:
        call()

    assert raised.value.fix == fix


def test_a_headers_value_stays_out_of_the_message() -> None:
    with pytest.raises(DatastarError) as raised:
        at.get("/", headers={"Authorization": "secret\n"})

    assert str(raised.value) == (
        "cannot use str as the value of a header\n"
        "  where: at.get, headers, Authorization\n"
        "  why:   the browser sends text of one line in Latin-1, and throws for anything else\n"
        '  fix:   {"Authorization": urllib.parse.quote(value)}'
    )
