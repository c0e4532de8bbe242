"""Forms that a framework has parsed before the handler asks for them, on every framework."""

from typing import Annotated, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.test import AsyncRequestFactory, RequestFactory
from fastapi import FastAPI, File, UploadFile
from flask import Flask
from litestar import Litestar, post
from litestar.datastructures import UploadFile as LitestarFile
from litestar.enums import RequestEncodingType
from litestar.params import Body
from quart import Quart, request as quart_request
from starlette.applications import Starlette

import django_settings  # noqa: F401 - it configures Django
from asgi_client import answer
from bodies import MULTIPART, multipart
from fatmorph import Context, Writer
from fatmorph.adapters import aiohttp, django, fastapi, flask, litestar, quart, starlette

BODY = multipart(
    [("name", "Ada"), ("tag", "a"), ("tag", "b")], [("photo", "a/b.png", "image/png", b"123")]
)
HEADERS = {"content-type": MULTIPART, "content-length": str(len(BODY))}
EXPECTED = b'[{"name":["Ada"],"tag":["a","b"]},["b.png","image/png",3,"123"]]'


async def show_form(c: Context, w: Writer) -> None:
    data = await c.form()
    photo = data.files["photo"]
    content = (await photo.read()).decode()
    texts = {name: data.get_all(name) for name in data}
    w.json([texts, [photo.name, photo.content_type, photo.size, content]])


async def parse_first(c: Context, w: Writer) -> None:
    await c.request.form()
    await show_form(c, w)


async def test_starlettes_form_is_used() -> None:
    app = Starlette(routes=[starlette.route("/", parse_first, methods="POST")])

    assert (await answer(app, "/", "POST", BODY, HEADERS)).body == EXPECTED


async def test_an_unusable_type_of_a_parsed_file_is_unknown() -> None:
    app = Starlette(routes=[starlette.route("/", parse_first, methods="POST")])
    body = BODY.replace(b"image/png", b"image/\xffpng")

    found = await answer(app, "/", "POST", body, HEADERS)

    assert found.body == EXPECTED.replace(b"image/png", b"application/octet-stream")


async def test_a_parameter_of_fastapi_does_not_take_the_form_away() -> None:
    app = FastAPI()

    @app.post("/")
    @fastapi.endpoint
    async def view(c: Context, w: Writer, photo: Annotated[UploadFile, File()]) -> None:
        assert photo.size == 3
        await show_form(c, w)

    assert (await answer(app, "/", "POST", BODY, HEADERS)).body == EXPECTED


async def test_a_parameter_of_litestar_does_not_take_the_form_away() -> None:
    @post("/")
    @litestar.endpoint
    async def view(
        c: Context,
        w: Writer,
        data: Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)],
    ) -> None:
        assert isinstance(data["photo"], LitestarFile)
        await show_form(c, w)

    app = Litestar([view], logging_config=None)

    assert (await answer(app, "/", "POST", BODY, HEADERS)).body == EXPECTED


async def test_a_form_that_a_hook_of_quart_has_parsed_is_used() -> None:
    app = Quart("test")

    @app.before_request
    async def parse() -> None:
        await quart_request.form

    app.post("/")(quart.endpoint(show_form))

    assert (await answer(app, "/", "POST", BODY, HEADERS)).body == EXPECTED


def test_a_form_that_a_hook_of_flask_has_parsed_is_used() -> None:
    app = Flask("test")

    @flask.endpoint
    async def view(c: Context, w: Writer) -> None:
        assert c.request.form["name"] == "Ada"
        await show_form(c, w)

    app.post("/")(view)

    assert app.test_client().post("/", data=BODY, content_type=MULTIPART).data == EXPECTED


async def test_a_form_that_aiohttp_has_parsed_is_used() -> None:
    @aiohttp.endpoint
    async def view(c: Context, w: Writer) -> None:
        await c.request.post()
        await show_form(c, w)

    app = web.Application()
    app.router.add_post("/", view)

    async with TestClient(TestServer(app)) as client:
        response = await client.post("/", data=BODY, headers={"content-type": MULTIPART})
        assert await response.read() == EXPECTED


class CsrfCheck(CsrfViewMiddleware):
    """Django's check, whose refusal is only a reason."""

    def _reject(self, request: Any, reason: str) -> Any:
        return reason


def checked(factory: Any, token: str) -> tuple[Any, str | None]:
    """Return a request that sends a token in the header, and why Django refuses it."""
    request = factory().post("/", BODY, content_type=MULTIPART)
    request.COOKIES["csrftoken"] = COOKIE
    request.META["HTTP_X_CSRFTOKEN"] = token
    check = CsrfCheck(show_form)
    check.process_request(request)
    return request, check.process_view(request, show_form, (), {})


factories = pytest.mark.parametrize("factory", [AsyncRequestFactory, RequestFactory])
COOKIE = "c" * 32  # as Django makes it


@factories
async def test_a_form_that_djangos_csrf_check_has_parsed_is_used(factory: Any) -> None:
    """Django looks for a token in the form before it looks at the header."""
    request, refusal = checked(factory, token=COOKIE)

    response = await django.endpoint(show_form)(request)

    assert (refusal, request._read_started) == (None, True)
    assert response.content == EXPECTED


@factories
async def test_djangos_csrf_check_refuses_another_token(factory: Any) -> None:
    _, refusal = checked(factory, token="d" * 32)

    assert refusal is not None


def test_the_cookie_of_django_is_a_token_that_no_draw_changes() -> None:
    request = RequestFactory().get("/")

    tokens = {get_token(request), get_token(request)}

    assert (len(tokens), len(request.META["CSRF_COOKIE"])) == (2, len(COOKIE))


@factories
async def test_djangos_request_has_no_form_after_it_was_read(factory: Any) -> None:
    request = factory().post("/", BODY, content_type=MULTIPART)

    response = await django.endpoint(show_form)(request)

    assert (response.content, dict(request.POST)) == (EXPECTED, {})
