"""The header `cache-control`: the default of whole responses, and the ways to change it."""

from collections.abc import Callable

import pytest

from fatmorph import h
from fatmorph.adapters import respond
from fatmorph.context import Context
from fatmorph.errors import ResponseError, SettingsError
from fatmorph.http._cache_control import PRIVATE, check_is_personal, own_or_default
from fatmorph.settings import Settings
from fatmorph.testing import MemoryClient
from fatmorph.writer import Writer

NONCE_POLICY = "script-src 'nonce-{nonce}'"


async def sent(
    write: Callable[[Writer], None], settings: Settings | None = None, method: str = "GET"
) -> str | None:
    """Return the `cache-control` of a response."""

    async def handler(c: Context, w: Writer) -> None:
        write(w)

    client = MemoryClient()
    await respond(handler, Context(method=method, path="/"), client, settings)
    return dict(client.headers).get("cache-control")


@pytest.mark.parametrize(
    "write", [lambda w: w.html(h.p("Ada")), lambda w: w.text("Ada"), lambda w: w.json("Ada")]
)
async def test_a_whole_response_is_for_one_person(write: Callable[[Writer], None]) -> None:
    assert await sent(write) == "max-age=0, private, must-revalidate"


async def test_the_head_of_a_page_is_that_of_the_page() -> None:
    assert await sent(lambda w: w.html(h.p("Ada")), method="HEAD") == PRIVATE


@pytest.mark.parametrize("write", [lambda w: w.empty(), lambda w: w.redirect("/new", 301)])
async def test_a_response_without_content_says_nothing(write: Callable[[Writer], None]) -> None:
    assert await sent(write) is None


@pytest.mark.parametrize(
    ("method", "kept"), [("GET", "no-store"), ("HEAD", "no-store"), ("POST", "no-cache")]
)
async def test_no_cache_keeps_a_stream(method: str, kept: str) -> None:
    settings = Settings(cache_control="public, max-age=60")

    found = await sent(lambda w: w.patch(h.p("Ada")), settings, method)

    assert found == f"{kept}, no-transform"


@pytest.mark.parametrize("value", ["public, max-age=60", "no-store", 'private="set-cookie"', None])
async def test_a_route_changes_the_default(value: str | None) -> None:
    settings = Settings(cache_control=value)

    assert await sent(lambda w: w.html(h.p("a")), settings) == value


async def test_a_handler_changes_the_default() -> None:
    def write(w: Writer) -> None:
        w.headers["cache-control"] = "no-store"
        w.html(h.p("a"))

    assert await sent(write) == "no-store"


@pytest.mark.parametrize("value", ["", "public;", "public max-age=60", "a\r\nb", "é", 60, "Public"])
def test_a_value_that_no_cache_would_read_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="as Cache-Control"):
        Settings(cache_control=value)


@pytest.mark.parametrize(
    "value",
    ["public, max-age=60", "no-cache", None, 'private="set-cookie"', 'public, x="a, private, b"'],
)
def test_a_shared_cache_may_not_keep_a_page_with_a_nonce(value: str | None) -> None:
    with pytest.raises(SettingsError, match="with pages that have a nonce"):
        Settings(cache_control=value, content_security_policy=NONCE_POLICY)


@pytest.mark.parametrize(
    "value", ["private=set-cookie", 'private = "set-cookie"', "x-private", "not_private"]
)
def test_a_value_that_only_looks_private_is_refused(value: str) -> None:
    page = [("content-security-policy", "script-src 'nonce-a'"), ("cache-control", value)]

    with pytest.raises(ResponseError, match="with a page that has a nonce"):
        check_is_personal(page)


@pytest.mark.parametrize("value", [PRIVATE, "private, max-age=60", "no-store"])
def test_a_browser_may_keep_a_page_with_a_nonce(value: str) -> None:
    settings = Settings(cache_control=value, content_security_policy=NONCE_POLICY)

    assert settings.cache_control == value


def test_a_value_of_the_framework_takes_the_place_of_the_default() -> None:
    page = [("content-type", "text/html"), ("cache-control", PRIVATE)]

    assert own_or_default(page, [("Cache-Control", "public")]) == [("content-type", "text/html")]
    assert own_or_default(page, [("x-trace", "7")]) == page


def test_a_value_of_the_handler_stays_before_that_of_the_framework() -> None:
    page = [("cache-control", "no-store")]

    assert own_or_default(page, [("cache-control", "public")]) == page


@pytest.mark.parametrize("name", ["cache-control", "Cache-Control"])
@pytest.mark.parametrize("value", ["public", "PUBLIC, max-age=60", "no-cache", ""])
async def test_a_handler_lets_no_shared_cache_keep_a_page_with_a_nonce(
    name: str, value: str
) -> None:
    def write(w: Writer) -> None:
        w.headers.update({name: value})
        w.html(h.p("a"))

    with pytest.raises(ResponseError, match="with a page that has a nonce"):
        await sent(write, Settings(content_security_policy=NONCE_POLICY))


@pytest.mark.parametrize("value", ["no-store", "Private, max-age=60"])
async def test_a_handler_lets_a_browser_keep_a_page_with_a_nonce(value: str) -> None:
    def write(w: Writer) -> None:
        w.headers["cache-control"] = value
        w.html(h.p("a"))

    assert await sent(write, Settings(content_security_policy=NONCE_POLICY)) == value


async def test_a_policy_that_a_handler_has_set_counts_too() -> None:
    def write(w: Writer) -> None:
        w.headers["content-security-policy"] = "script-src 'nonce-n0nce'"
        w.html(h.p("a"))

    with pytest.raises(ResponseError, match="cannot send 'public' with a page that has a nonce"):
        await sent(write, Settings(cache_control="public"))


def test_a_public_value_of_the_framework_does_not_reach_a_page_with_a_nonce() -> None:
    page = [("content-security-policy", "script-src 'nonce-a'"), ("cache-control", PRIVATE)]

    assert own_or_default(page, [("cache-control", "public")]) == page
    assert own_or_default(page, [("cache-control", "no-store")]) == page[:1]
