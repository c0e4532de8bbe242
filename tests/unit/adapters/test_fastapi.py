"""FastAPI: handlers as path operations, dependencies, and streams that a route returns."""

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Annotated, Any
from weakref import WeakKeyDictionary

import pytest
from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, Form, Header, HTTPException
from fastapi.requests import Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from pydantic import BaseModel
from starlette.background import BackgroundTask

from asgi_client import Answer, answer
from fatmorph import h
from fatmorph._streaming import retries
from fatmorph.adapters.fastapi import HandlerRoute, WriterResponse, endpoint
from fatmorph.context import Context
from fatmorph.errors import HandlerError, MomentError, ResponseStartedError
from fatmorph.settings import Settings
from fatmorph.writer import Writer

SENT = 'event: datastar-patch-signals\ndata: signals {"user":"ada"}\n\n'


MULTIPART = {"content-type": "multipart/form-data; boundary=x"}
PARTS = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nAda\r\n--x--\r\n'
JSON = {"content-type": "application/json"}


class Cart(BaseModel):
    count: int


def current_user(authorization: Annotated[str | None, Header()] = None) -> str:
    if authorization is None:
        raise HTTPException(401)
    return authorization


User = Annotated[str, Depends(current_user)]


async def show(c: Context, w: Writer) -> None:
    w.json([c.method, c.path_params])


async def test_a_handler_is_a_path_operation_with_parameters_and_dependencies() -> None:
    app = FastAPI()

    @app.get("/rooms/{number}")
    @endpoint
    async def room(c: Context, w: Writer, number: int, user: User, sort: str = "name") -> None:
        w.json([number, user, sort, c.path_params["number"]])

    found = await answer(app, "/rooms/7?sort=age", headers={"authorization": "ada"})
    refused = await answer(app, "/rooms/7")
    malformed = await answer(app, "/rooms/x", headers={"authorization": "ada"})

    assert (found.status, found.body) == (200, b'[7,"ada","age","7"]')
    assert (refused.status, malformed.status) == (401, 422)


async def test_the_body_can_be_a_model_of_the_signals() -> None:
    app = FastAPI()

    @app.post("/add")
    @endpoint
    async def add(c: Context, w: Writer, cart: Cart) -> None:
        w.patch_signals({"count": cart.count + 1})

    added = await answer(app, "/add", "POST", b'{"count":1}', {"content-type": "application/json"})

    assert added.body == b'event: datastar-patch-signals\ndata: signals {"count":2}\n\n'


async def test_dependencies_of_a_router_guard_its_handlers() -> None:
    router = APIRouter(dependencies=[Depends(current_user)])
    router.add_api_route("/show/{name}", endpoint(show), methods=["GET", "DELETE"])
    app = FastAPI()
    app.include_router(router, prefix="/admin")

    refused = await answer(app, "/admin/show/a")
    found = await answer(app, "/admin/show/a", "DELETE", headers={"authorization": "ada"})

    assert (refused.status, found.body) == (401, b'["DELETE",{"name":"a"}]')


async def test_a_route_can_return_a_stream_that_uses_its_dependencies() -> None:
    app = FastAPI()

    @app.get("/subscribe")
    async def subscribe(user: User) -> WriterResponse:
        async def stream(c: Context, w: Writer) -> None:
            w.patch_signals({"user": user})

        return WriterResponse(stream)

    found = await answer(app, "/subscribe", headers={"authorization": "ada"})

    assert (found.status, found.body.decode()) == (200, SENT)
    assert ("content-type", "text/event-stream") in found.headers


async def test_a_yielding_dependency_is_open_until_the_stream_has_ended() -> None:
    steps: list[str] = []

    async def session() -> AsyncIterator[str]:
        steps.append("open")
        yield "session"
        steps.append("close")

    app = FastAPI()

    @app.get("/endpoint")
    @endpoint
    async def home(c: Context, w: Writer, session: Annotated[str, Depends(session)]) -> None:
        w.patch_signals({"user": "ada"})
        await w.drain()
        steps.append(session)

    await answer(app, "/endpoint")

    assert steps == ["open", "session", "close"]


class Steps:
    """Dependencies that note when they are opened and closed, and what closed them."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    async def session(self) -> AsyncIterator[str]:
        self.steps.append("open session")
        try:
            yield "session"
        except LookupError as error:
            self.steps.append(f"roll back after {error}")
            raise
        finally:
            self.steps.append("close session")

    def plain_session(self) -> Iterator[str]:
        self.steps.append("open plain session")
        yield "plain session"
        self.steps.append("close plain session")

    async def careless(self) -> AsyncIterator[str]:
        with suppress(LookupError):
            yield "careless"
        self.steps.append("close careless")


async def test_a_dependency_of_the_function_is_open_while_the_handler_runs() -> None:
    made = Steps()
    app = FastAPI()

    @app.get("/")
    @endpoint
    async def home(
        c: Context,
        w: Writer,
        request: Annotated[str, Depends(made.session, scope="request")],
        function: Annotated[str, Depends(made.plain_session, scope="function")],
    ) -> None:
        w.patch_signals({"user": "ada"})
        await w.drain()
        made.steps.append(f"{request}, {function}")

    found = await answer(app, "/")

    assert found.body.decode() == SENT
    assert made.steps == [
        "open session",
        "open plain session",
        "session, plain session",
        "close plain session",
        "close session",
    ]


async def test_a_dependency_of_the_function_is_told_of_the_handlers_error() -> None:
    made = Steps()
    app = FastAPI()

    @app.get("/")
    @endpoint
    async def home(
        c: Context, w: Writer, session: Annotated[str, Depends(made.session, scope="function")]
    ) -> None:
        raise LookupError("a lost row")

    with pytest.raises(LookupError, match="a lost row"):
        await answer(app, "/")

    assert made.steps == ["open session", "roll back after a lost row", "close session"]


async def test_an_error_that_a_dependency_of_the_function_ignores_is_raised() -> None:
    made = Steps()
    app = FastAPI()

    @app.get("/")
    @endpoint
    async def home(
        c: Context, w: Writer, session: Annotated[str, Depends(made.careless, scope="function")]
    ) -> None:
        raise LookupError("a lost row")

    with pytest.raises(LookupError, match="a lost row"):
        await answer(app, "/")

    assert made.steps == ["close careless"]


async def test_the_error_of_a_dependency_that_closes_is_raised() -> None:
    async def commit() -> AsyncIterator[None]:
        yield
        raise LookupError("cannot commit")

    app = FastAPI()

    @app.get("/")
    @endpoint
    async def home(
        c: Context, w: Writer, commit: Annotated[None, Depends(commit, scope="function")]
    ) -> None:
        """Respond with nothing."""

    with pytest.raises(LookupError, match="cannot commit"):
        await answer(app, "/")


async def test_a_dependency_of_a_response_that_is_never_sent_is_closed() -> None:
    made = Steps()
    app = FastAPI()

    @endpoint
    async def home(
        c: Context, w: Writer, session: Annotated[str, Depends(made.session, scope="function")]
    ) -> None:
        made.steps.append("handler")

    async def replaced(response: Annotated[Response, Depends(home)]) -> PlainTextResponse:
        return PlainTextResponse("another")

    app.get("/")(replaced)
    found = await answer(app, "/")

    assert (found.body, made.steps) == (b"another", ["open session", "close session"])


async def test_a_dependency_of_a_function_that_returns_a_stream_is_closed_before_it() -> None:
    made = Steps()
    app = FastAPI()

    @app.get("/")
    async def home(
        session: Annotated[str, Depends(made.session, scope="function")],
    ) -> WriterResponse:
        async def stream(c: Context, w: Writer) -> None:
            made.steps.append("stream")

        return WriterResponse(stream)

    await answer(app, "/")

    assert made.steps == ["open session", "close session", "stream"]


async def test_status_headers_and_cookies_of_response_and_handler_are_merged() -> None:
    async def handler(c: Context, w: Writer) -> None:
        w.headers["x-handler"] = "1"
        w.cookie("theme", "dark")
        w.text("made")

    async def make() -> WriterResponse:
        response = WriterResponse(
            handler, status_code=201, headers={"X-Route": "2", "X-Handler": "other"}
        )
        response.set_cookie("session", "7")
        return response

    app = FastAPI()
    app.get("/")(make)

    assert await answer(app, "/") == Answer(
        status=201,
        headers=[
            ("content-type", "text/plain; charset=utf-8"),
            ("content-length", "4"),
            ("cache-control", "max-age=0, private, must-revalidate"),
            ("x-handler", "1"),
            ("set-cookie", "theme=dark; Path=/; HttpOnly; SameSite=Lax"),
            ("x-route", "2"),
            ("set-cookie", "session=7; Path=/; SameSite=lax"),
        ],
        body=b"made",
    )


async def test_background_tasks_run_after_the_response() -> None:
    done: list[str] = []

    async def handler(c: Context, w: Writer) -> None:
        w.text("x")
        done.append("handler")

    app = FastAPI()

    @app.get("/theirs")
    async def theirs(tasks: BackgroundTasks) -> WriterResponse:
        tasks.add_task(done.append, "theirs")
        return WriterResponse(handler)

    @app.get("/own")
    async def own() -> WriterResponse:
        return WriterResponse(handler, background=BackgroundTask(done.append, "own"))

    await answer(app, "/theirs")
    await answer(app, "/own")

    assert done == ["handler", "theirs", "handler", "own"]


async def test_the_schema_shows_parameters_but_no_invented_content() -> None:
    app = FastAPI()

    @app.get("/rooms/{number}", response_class=WriterResponse)
    @endpoint
    async def room(c: Context, w: Writer, number: int) -> None:
        """Show a room."""

    operation = app.openapi()["paths"]["/rooms/{number}"]["get"]

    assert (operation["summary"], operation["description"]) == ("Room", "Show a room.")
    assert [parameter["name"] for parameter in operation["parameters"]] == ["number"]
    assert operation["responses"]["200"] == {"description": "Successful Response"}


async def test_a_router_of_handlers_needs_no_decorator_and_no_response_class() -> None:
    pages = APIRouter(route_class=HandlerRoute, prefix="/rooms")

    @pages.get("/{number}")
    async def room(c: Context, w: Writer, number: int, user: User) -> None:
        w.json([number, user])

    @pages.get("/stream/{number}")
    async def stream(number: int) -> WriterResponse:
        return WriterResponse(lambda c, w: room(c, w, number, "Eve"))

    app = FastAPI()
    app.include_router(pages)
    app.dependency_overrides[current_user] = lambda: "Ada"
    bodies = [(await answer(app, path)).body for path in ("/rooms/7", "/rooms/stream/8")]
    responses = [
        operation["get"]["responses"]["200"] for operation in app.openapi()["paths"].values()
    ]

    assert bodies == [b'[7,"Ada"]', b'[8,"Eve"]']
    assert responses == [{"description": "Successful Response"}] * 2


async def test_a_router_of_handlers_takes_decorated_ones_and_a_response_class() -> None:
    pages = APIRouter(route_class=HandlerRoute)
    limits = Settings(allowed_origins={"https://partner.example"})
    pages.post("/")(endpoint(show, settings=limits))
    pages.add_api_route("/text", show, response_class=PlainTextResponse)
    app = FastAPI()
    app.include_router(pages)

    found = await answer(app, "/", "POST", headers={"origin": "https://partner.example"})
    content = app.openapi()["paths"]["/text"]["get"]["responses"]["200"]["content"]

    assert (found.body, list(content)) == (b'["POST",{}]', ["text/plain"])


def test_a_router_of_handlers_refuses_one_that_is_not_async() -> None:
    pages = APIRouter(route_class=HandlerRoute)

    with pytest.raises(HandlerError, match="cannot register a handler that is not async: home"):

        @pages.get("/")
        def home(c: Context, w: Writer) -> None: ...


async def test_fastapis_own_request_reads_the_same_body() -> None:
    async def handler(c: Context, w: Writer) -> None:
        own: Request = c.request
        w.json([(await c.body()).decode(), (await own.body()).decode(), await own.json()])

    app = FastAPI()
    app.add_api_route("/", endpoint(handler), methods=["POST"])

    assert (await answer(app, "/", "POST", b"[1]")).body == b'["[1]","[1]",[1]]'


async def read_by_dependency(request: Request) -> bytes:
    return await request.body()


Read = Annotated[bytes, Depends(read_by_dependency)]


async def all_of(c: Context, w: Writer) -> None:
    w.json([(await c.body()).decode(), await c.signals(), await c.request.json()])


async def test_a_body_that_a_parameter_has_read_can_be_read_again() -> None:
    app = FastAPI()

    @app.post("/")
    @endpoint
    async def add(c: Context, w: Writer, cart: Cart) -> None:
        await all_of(c, w)

    assert (await answer(app, "/", "POST", b'{"count":1}', JSON)).body == (
        b'["{\\"count\\":1}",{"count":1},{"count":1}]'
    )


async def test_a_body_that_a_dependency_has_read_can_be_read_again() -> None:
    app = FastAPI()

    @app.post("/endpoint")
    @endpoint
    async def handler(c: Context, w: Writer, read: Read, request: Request) -> None:
        assert (read, request.method) == (b"[1]", "POST")
        w.json([(await c.body()).decode(), await c.request.json()])

    @app.post("/response")
    async def returned(read: Read, request: Request) -> WriterResponse:
        async def stream(c: Context, w: Writer) -> None:
            w.json([(await c.body()).decode(), await c.request.json()])

        return WriterResponse(stream, request=request)

    answers = [await answer(app, path, "POST", b"[1]") for path in ("/endpoint", "/response")]

    assert [answer.body for answer in answers] == [b'["[1]",[1]]'] * 2


async def test_a_returned_stream_without_the_request_reports_a_consumed_body() -> None:
    app = FastAPI()

    @app.post("/")
    async def returned(cart: Cart) -> WriterResponse:
        return WriterResponse(all_of)

    with pytest.raises(MomentError, match="cannot read a body that was read before") as caught:
        await answer(app, "/", "POST", b'{"count":1}', JSON)

    assert caught.value.fix == (
        "WriterResponse(stream, request=request)  (with request: Request in the route)"
    )


async def test_a_form_that_a_parameter_has_read_is_available_only_as_a_form() -> None:
    caught: list[str] = []
    app = FastAPI()

    @app.post("/")
    @endpoint
    async def rename(c: Context, w: Writer, name: Annotated[str, Form()]) -> None:
        with pytest.raises(MomentError) as error:
            await c.body()
        caught.append(error.value.what)
        w.json([name, (await c.request.form())["name"], await c.signals()])

    assert (await answer(app, "/", "POST", PARTS, MULTIPART)).body == b'["Ada","Ada",{}]'
    assert caught == ["cannot read a body that was read before"]


async def test_an_http_exception_is_handled_by_fastapi() -> None:
    async def handler(c: Context, w: Writer) -> None:
        raise HTTPException(418, "teapot")

    app = FastAPI()
    app.get("/")(endpoint(handler))

    assert (await answer(app, "/")).body == b'{"detail":"teapot"}'


def values(found: Answer, name: str) -> list[str]:
    return [value for found_name, value in found.headers if found_name == name]


def sliding_session(response: Response) -> None:
    response.set_cookie("session", "renewed")
    response.headers["x-limit"] = "9"
    response.headers["vary"] = "cookie"


async def test_headers_cookies_and_status_of_dependencies_and_route_are_merged() -> None:
    app = FastAPI()

    @app.get("/", dependencies=[Depends(sliding_session)], status_code=202)
    @endpoint
    async def home(c: Context, w: Writer) -> None:
        w.headers["x-limit"] = "8"
        w.cookie("theme", "dark")
        w.text("x" * 2000)

    found = await answer(app, "/", headers={"accept-encoding": "gzip"})

    assert (found.status, values(found, "x-limit")) == (202, ["8"])
    assert values(found, "set-cookie") == [
        "theme=dark; Path=/; HttpOnly; SameSite=Lax",
        "session=renewed; Path=/; SameSite=lax",
    ]
    assert values(found, "vary") == ["accept-encoding", "cookie"]


@pytest.mark.parametrize(("route_status", "expected"), [(None, 203), (202, 203)])
async def test_the_status_of_a_dependency_wins_over_the_routes(
    route_status: int | None, expected: int
) -> None:
    def choose(response: Response) -> None:
        response.status_code = 203

    app = FastAPI()

    @app.get("/", dependencies=[Depends(choose)], status_code=route_status)
    @endpoint
    async def home(c: Context, w: Writer) -> None:
        w.text("x")

    assert (await answer(app, "/")).status == expected


async def test_the_status_of_the_handler_wins_over_all() -> None:
    app = FastAPI()

    @app.get("/", status_code=202)
    @endpoint
    async def home(c: Context, w: Writer) -> None:
        w.text("x", status=404)

    assert (await answer(app, "/")).status == 404


async def test_a_handlers_own_response_is_merged_too() -> None:
    app = FastAPI()

    @app.post("/")
    @endpoint
    async def save(c: Context, w: Writer, response: Response) -> None:
        response.set_cookie("session", "new")
        response.status_code = 205

    found = await answer(app, "/", "POST")

    assert (found.status, values(found, "set-cookie")) == (
        205,
        ["session=new; Path=/; SameSite=lax"],
    )


async def test_a_status_that_a_handler_gives_to_its_response_too_late_raises() -> None:
    app = FastAPI()

    @app.get("/")
    @endpoint
    async def home(c: Context, w: Writer, response: Response) -> None:
        w.text("x")
        response.status_code = 202

    with pytest.raises(ResponseStartedError, match="cannot change the status"):
        await answer(app, "/")


async def test_a_stream_keeps_the_cookies_of_its_dependencies() -> None:
    app = FastAPI()

    @app.get("/", dependencies=[Depends(sliding_session)])
    @endpoint
    async def stream(c: Context, w: Writer) -> None:
        w.patch_signals({"a": 1})

    found = await answer(app, "/")

    assert values(found, "set-cookie") == ["session=renewed; Path=/; SameSite=lax"]


async def test_the_failures_of_each_handler_are_counted_by_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retries, "_troubles", counts := WeakKeyDictionary[Any, Any]())
    app = FastAPI()

    @app.get("/room")
    @endpoint
    async def room(c: Context, w: Writer, sort: str = "name") -> None:
        w.text(sort)

    @app.get("/lobby")
    @endpoint
    async def lobby(c: Context, w: Writer) -> None:
        w.text("")

    await answer(app, "/room")
    await answer(app, "/lobby")

    assert {code.co_name for code in counts} == {"room", "lobby"}


async def test_a_route_without_a_writer_returns_a_view_in_a_response_or_its_text() -> None:
    app = FastAPI()

    @app.get("/response")
    def response() -> HTMLResponse:
        return HTMLResponse(h.p("naïve"))

    @app.get("/text", response_class=HTMLResponse)
    def text() -> str:
        return str(h.p("naïve"))

    for path in ("/response", "/text"):
        found = await answer(app, path)

        assert (found.status, found.body) == (200, "<p>naïve</p>".encode())
