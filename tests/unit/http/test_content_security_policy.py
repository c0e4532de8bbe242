"""A Content-Security-Policy and its nonce: made, checked, sent with pages and used by scripts."""

from collections.abc import Callable

import pytest

from fatmorph import h
from fatmorph.adapters import respond
from fatmorph.adapters._handled_writer import HandledWriter
from fatmorph.context import Context
from fatmorph.errors import SettingsError
from fatmorph.http._content_security_policy import is_nonce, new_nonce
from fatmorph.settings import Settings
from fatmorph.testing import MemoryClient
from fatmorph.writer import Writer

NONCE = "AbCdEfGhIjKlMnOpQrSt-_"
STRICT = "script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'nonce-{nonce}'"
FILLED = STRICT.replace("{nonce}", NONCE)
PAGE_HEADERS = [("content-type", "text/html; charset=utf-8"), ("content-length", "8")]
PRIVATE = ("cache-control", "max-age=0, private, must-revalidate")


def test_every_nonce_is_different_and_hard_to_guess() -> None:
    nonces = {new_nonce() for _ in range(1000)}

    assert len(nonces) == 1000
    assert all(is_nonce(nonce) and len(nonce) == 22 for nonce in nonces)


@pytest.mark.parametrize("policy", ["default-src 'self'", STRICT, "script-src 'none'\t;", "x"])
def test_a_policy_that_a_header_can_carry_is_taken(policy: str) -> None:
    assert Settings(content_security_policy=policy).content_security_policy == policy


@pytest.mark.parametrize(
    ("policy", "what"),
    [
        ("", "cannot send '' as a Content-Security-Policy"),
        (" script-src 'self'", "cannot send \" script-src 'self'\" as a Content-Security-Policy"),
        ("a\r\nset-cookie: b", r"cannot send 'a\r\nset-cookie: b' as a Content-Security-Policy"),
        ("img-src é", "cannot send 'img-src é' as a Content-Security-Policy"),
        (b"x", "cannot send b'x' as a Content-Security-Policy"),
        ("script-src 'nonce-abc'", "cannot use \"'nonce-abc'\" in a Content-Security-Policy"),
        ("script-src 'NONCE-{nonce}'", "cannot use \"'NONCE-{nonce}'\" in a Content-…"),
        ("script-src nonce-{nonce}", "cannot use 'nonce-{nonce}' in a Content-Security-Policy"),
        ("script-src '{nonce}'; x", 'cannot use "{nonce}\'" in a Content-Security-Policy'),
        ("script-src 'nonce-{Nonce}'", "cannot use \"'nonce-{Nonce}'\" in a Content-…"),
        ("script-src {nonce}", "cannot use '{nonce}' in a Content-Security-Policy"),
        ("report-uri /{id}", "cannot use '{id}' in a Content-Security-Policy"),
    ],
)
def test_a_policy_that_would_not_protect_is_refused(policy: str, what: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings(content_security_policy=policy)

    assert raised.value.what == what.replace("Content-…", "Content-Security-Policy")


async def test_a_page_is_put_under_the_policy_with_its_nonce() -> None:
    transport = MemoryClient()
    settings = Settings(content_security_policy=STRICT)
    writer = HandledWriter(transport, settings=settings, nonce=NONCE)

    writer.html(h.p("a"))
    await writer.finish()

    assert transport.headers == [
        *PAGE_HEADERS,
        PRIVATE,
        ("content-security-policy", FILLED),
    ]


async def test_headers_of_the_handler_go_before_those_of_the_policy() -> None:
    transport = MemoryClient()
    settings = Settings(content_security_policy=STRICT)
    writer = HandledWriter(transport, settings=settings, nonce=NONCE)

    writer.headers["content-security-policy"] = "default-src 'none'"
    writer.headers["cache-control"] = "no-store"
    writer.html(h.p("a"))
    await writer.finish()

    assert transport.headers == [
        *PAGE_HEADERS,
        ("content-security-policy", "default-src 'none'"),
        ("cache-control", "no-store"),
    ]


@pytest.mark.parametrize(
    "write",
    [lambda w: w.text("a"), lambda w: w.json(1), lambda w: w.empty(), lambda w: w.patch(h.p())],
)
async def test_a_response_that_is_not_a_page_needs_no_policy(
    write: Callable[[Writer], None],
) -> None:
    transport = MemoryClient()
    settings = Settings(content_security_policy=STRICT)
    writer = HandledWriter(transport, settings=settings, nonce=NONCE)

    write(writer)
    await writer.finish()

    assert "content-security-policy" not in dict(transport.headers)


async def test_a_page_that_an_action_gets_stays_under_the_policy_of_the_page() -> None:
    transport = MemoryClient()
    settings = Settings(content_security_policy=STRICT)
    writer = HandledWriter(transport, settings=settings, nonce=NONCE, is_datastar=True)

    writer.html(h.p("a"))
    await writer.finish()

    assert transport.headers == [*PAGE_HEADERS, PRIVATE]


SCRIPTS = pytest.mark.parametrize(
    "write",
    [
        lambda w, **nonce: w.execute("alert(1)", **nonce),
        lambda w, **nonce: w.navigate("/next", **nonce),
        lambda w, **nonce: w.redirect("/next", **nonce),
    ],
    ids=["execute", "navigate", "redirect"],
)


async def script(write: Callable[..., None], **nonce: str | None) -> bytes:
    """Return the start tag of the script that is written for a page with NONCE."""
    transport = MemoryClient()
    writer = HandledWriter(transport, is_datastar=True, nonce=NONCE)

    write(writer, **nonce)
    await writer.finish()

    return transport.body.partition(b">")[0]


@SCRIPTS
async def test_a_script_has_the_nonce_of_its_page_by_itself(write: Callable[..., None]) -> None:
    assert await script(write) == (
        f'<script data-effect="el.remove()" nonce="{NONCE}" data-preserve-attr="nonce"'.encode()
    )


@SCRIPTS
async def test_a_nonce_of_the_handler_goes_before_that_of_the_page(
    write: Callable[..., None],
) -> None:
    assert b' nonce="n0nce" ' in await script(write, nonce="n0nce")


@SCRIPTS
async def test_an_empty_nonce_is_not_a_nonce(write: Callable[..., None]) -> None:
    assert await script(write, nonce="") == b'<script data-effect="el.remove()"'


async def answer(context: Context) -> MemoryClient:
    async def handler(c: Context, w: Writer) -> None:
        w.html(h.p(nonce=c.nonce))

    transport = MemoryClient()
    settings = Settings(content_security_policy="script-src 'nonce-{nonce}'")
    await respond(handler, context, transport, settings)
    return transport


async def test_the_policy_of_a_page_names_the_nonce_of_its_context() -> None:
    context = Context(method="GET", path="/")

    transport = await answer(context)

    policy = dict(transport.headers)["content-security-policy"]
    assert policy == f"script-src 'nonce-{context.nonce}'"
    assert f' nonce="{context.nonce}"'.encode() in transport.body


async def test_an_action_gets_the_nonce_that_its_page_sent() -> None:
    headers = [("datastar-request", "true"), ("fatmorph-nonce", NONCE)]
    context = Context(method="POST", path="/", headers=headers)

    async def handler(c: Context, w: Writer) -> None:
        w.execute("alert(1)")

    transport = MemoryClient()
    await respond(handler, context, transport)

    assert f' nonce="{NONCE}" '.encode() in transport.body


async def test_a_nonce_that_another_site_sent_is_never_seen() -> None:
    headers = [
        ("datastar-request", "true"),
        ("fatmorph-nonce", NONCE),
        ("sec-fetch-site", "cross-site"),
    ]

    transport = await answer(Context(method="GET", path="/", headers=headers))

    assert transport.status == 403
    assert NONCE.encode() not in transport.body
