"""The types of requests and answers: checked, never run."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, assert_type

from django.urls import URLPattern, path
from django.views.decorators.http import require_POST
from starlette.requests import Request

from fatmorph import Context, Element, Relay, Writer, h, in_thread, pending
from fatmorph.adapters.django import endpoint as django_endpoint
from fatmorph.adapters.fastapi import endpoint
from fatmorph.adapters.starlette import route
from fatmorph.forms import Form, FormData, Upload

relay = Relay[int]()


@dataclass
class CartSignals:
    quantity: int = 1


async def page_view() -> Element:
    return h.p("here")


async def page_of(number: int) -> Element:
    return h.p(number)


def blocking_view(number: int) -> Element:
    return h.p(number)


async def handler(c: Context, w: Writer) -> None:
    assert_type(await c.signals(), dict[str, Any])
    assert_type(await c.signals(CartSignals), CartSignals)
    assert_type(await c.body(), bytes)
    assert_type(await c.form(), FormData)
    form = await c.form(CartSignals)
    assert_type(form, Form[CartSignals])
    assert_type(form.value, CartSignals)
    assert_type(form.errors, dict[str, str])
    assert_type(form.values.files["photo"], Upload)
    assert_type(Form[CartSignals]({"quantity": "1"}), Form[CartSignals])
    await c.form(1)  # type: ignore[call-overload]
    assert_type(c.query["page"], str)
    assert_type(c.query.get_all("tag"), list[str])
    assert_type(w.status, int)
    async for subject, count in w.alive(relay.subscribe("cart")):
        assert_type(subject, str)
        assert_type(count, int)
    async for nothing in w.alive(max_rate=1):
        assert_type(nothing, None)
    async with w.alive():
        w.patch(h.p("here"), selector="#here", mode="inner")
    assert_type(await w.live(lambda: h.p("here"), relay.subscribe("cart"), key=1), None)
    await w.live(page_view, max_rate=2)
    await w.live(lambda: page_of(1), only="#here", max_rate=2)
    await w.live(in_thread(blocking_view, 1), max_rate=2)
    assert_type(await in_thread(blocking_view, number=1), Element)
    await in_thread(blocking_view, "1")  # type: ignore[arg-type]
    await in_thread(blocking_view)  # type: ignore[call-arg]
    await w.live(in_thread(len, "text"), max_rate=2)  # type: ignore[arg-type]
    await w.live(h.p("here"), max_rate=2)  # type: ignore[arg-type]
    await w.live(lambda: "<p>text</p>", max_rate=2)  # type: ignore[arg-type, return-value]
    w.patch("<p>text</p>")  # type: ignore[arg-type]
    w.patch(h.p(), mode="inmer")  # type: ignore[arg-type]
    w.cookie("theme", "dark", same_site="loose")  # type: ignore[arg-type]


async def slow_parts() -> Element:
    pool = ThreadPoolExecutor()
    pending(page_view(), h.p())  # type: ignore[arg-type]
    pending(page_view, h.p())  # type: ignore[arg-type]
    pending(in_thread(blocking_view, 1), h.p())  # type: ignore[arg-type]
    return h.main(
        pending(None, h.p("…")),
        pending(asyncio.create_task(page_view()), h.p("…")),
        pending(asyncio.ensure_future(in_thread(blocking_view, 1)), h.p("…")),
        pending(pool.submit(blocking_view, 1), "…", fallback=None),
    )


async def typed(c: Context[Request], w: Writer) -> None:
    assert_type(c.request, Request)
    c.request.sessions()  # type: ignore[attr-defined]


async def untyped(c: Context, w: Writer) -> None:
    assert_type(c.request, Any)


route("/typed", typed)
endpoint(untyped)
endpoint(typed)
route("/cart", handler, methods=["POST"])
assert_type(path("cart", django_endpoint(handler)), URLPattern)
assert_type(path("cart", require_POST(django_endpoint(handler))), URLPattern)


async def no_handler(c: Context) -> None: ...


route("/cart", no_handler)  # type: ignore[arg-type]
