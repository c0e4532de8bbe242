"""The how-to on logging in, on real servers: its own files, with the sessions of each framework."""

import asyncio
import re
import sys
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path

import pytest

from clients import Events, request
from documented_programs import write_program
from servers import Server, running

PROGRAMS = Path(__file__).parent / "documented"
FORM = {"content-type": "application/x-www-form-urlencoded"}
ACTION = {"datastar-request": "true"}
TO_LOGIN = b"window.location = '/login'"
LAST_CHUNK = b"\r\n0\r\n\r\n"

FRAMEWORKS_OWN = {"from cookie_sessions": "from framework_sessions"}
# Framework → the changes that the how-to asks for.
CHANGES = {
    "signed cookie": {},
    "starlette": FRAMEWORKS_OWN,
    "fastapi": FRAMEWORKS_OWN,
    "litestar": FRAMEWORKS_OWN,
    "quart": {
        **FRAMEWORKS_OWN,
        "def stored(c):": "from quart import session\n\n\ndef stored(c):",
        "return c.request.session  # in Quart and Flask: return session": "return session",
    },
    "django": {"from cookie_sessions": "from django_sessions"},
}
CHANGES["flask"] = {
    before: after.replace("from quart", "from flask") for before, after in CHANGES["quart"].items()
}
with_streams = pytest.mark.parametrize(
    "server", [name for name in CHANGES if name != "flask"], indirect=True, scope="module"
)
UVICORN = "-m uvicorn {program}:app --port {{port}}"
COMMANDS = {"flask": "-m gunicorn {program}:app --bind 127.0.0.1:{{port}}"}


@pytest.fixture(scope="module", params=CHANGES)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Return a server of the how-to's files, and of a program with the framework's routes."""
    folder = tmp_path_factory.mktemp("login")
    write_program("how-to/login.md", folder, CHANGES[request.param])
    program = "main" if request.param == "signed cookie" else f"{request.param}_program"
    env = {"PYTHONPATH": f"{folder}:{PROGRAMS}", "ROUTES": "login_routes"}
    words = COMMANDS.get(request.param, UVICORN).format(program=program)
    with running([sys.executable, *words.split()], cwd=folder, env=env) as server:
        yield server
        assert "Traceback" not in server.output()


def log_in(server: Server, name: str, password: str, cookie: str = "") -> HTTPResponse:
    body = f"name={name}&password={password}".encode()
    response, _ = request(server.port, "/login", "POST", body, {**FORM, "cookie": cookie})
    return response


def cookie_of(response: HTTPResponse) -> str:
    set_cookies = response.msg.get_all("set-cookie") or []
    return "; ".join(text.partition(";")[0] for text in set_cookies)


def new_session(server: Server, name: str, password: str) -> str:
    return cookie_of(log_in(server, name, password))


def board(server: Server, cookie: str, page: str) -> Events:
    return Events(server.port, "/subscribe", page=page, headers=f"cookie: {cookie}\r\n")


async def post(server: Server, path: str, cookie: str) -> tuple[int, bytes]:
    headers = {"cookie": cookie, **ACTION}
    response, body = await asyncio.to_thread(request, server.port, path, "POST", b"{}", headers)
    return response.status, body


def test_a_page_without_a_session_is_redirected(server: Server) -> None:
    response, _ = request(server.port, "/")

    assert (response.status, response.getheader("location")) == (303, "/login")


def test_a_stream_and_an_action_without_a_session_open_the_login(server: Server) -> None:
    _, stream = request(server.port, "/subscribe", headers={**ACTION, "fatmorph-page": "1"})
    _, action = request(server.port, "/clear", "POST", b"{}", ACTION)

    assert (TO_LOGIN in stream, TO_LOGIN in action) == (True, True)


def test_a_wrong_password_shows_the_form_again(server: Server) -> None:
    body = b"name=ada&password=byron"
    response, page = request(server.port, "/login", "POST", body, FORM)

    assert (response.status, cookie_of(response)) == (200, "")
    assert b"This name or this password is wrong." in page
    assert b'value="ada"' in page


def test_a_login_opens_the_page(server: Server) -> None:
    login = log_in(server, "ada", "lovelace")
    response, page = request(server.port, "/", headers={"cookie": cookie_of(login)})

    assert (login.status, login.getheader("location")) == (303, "/")
    assert response.status == 200
    assert b'<p id="user">ada</p>' in page


def test_a_logout_ends_the_session_of_the_browser(server: Server) -> None:
    cookie = new_session(server, "ada", "lovelace")

    response, _ = request(server.port, "/logout", "POST", b"", {**FORM, "cookie": cookie})
    page, _ = request(server.port, "/", headers={"cookie": cookie_of(response)})

    assert (response.status, response.getheader("location")) == (303, "/login")
    assert page.status == 303


def test_a_forged_cookie_is_not_a_session(server: Server) -> None:
    cookie = new_session(server, "ada", "lovelace")
    forged = re.sub(r"=(.)", lambda match: "=" + ("a" if match[1] != "a" else "b"), cookie)

    response, _ = request(server.port, "/", headers={"cookie": forged})

    assert response.status == 303


@with_streams
async def test_a_logout_ends_all_streams_of_its_session_and_no_others(server: Server) -> None:
    ada = await asyncio.to_thread(new_session, server, "ada", "lovelace")
    ada_elsewhere = await asyncio.to_thread(new_session, server, "ada", "lovelace")
    bob = await asyncio.to_thread(new_session, server, "bob", "sponge")
    async with (
        board(server, ada, "1") as first,
        board(server, ada, "2") as second,
        board(server, ada_elsewhere, "3") as elsewhere,
        board(server, bob, "4") as other,
    ):
        for stream in (first, second, elsewhere, other):
            await stream.until(b"Tea")

        _, answer = await post(server, "/logout", ada)

        assert TO_LOGIN in answer
        for stream in (first, second):
            assert (await stream.until(LAST_CHUNK)).endswith(LAST_CHUNK)
        for stream in (elsewhere, other):
            assert LAST_CHUNK not in stream.received


@with_streams
async def test_a_page_that_asks_again_after_a_logout_opens_the_login(server: Server) -> None:
    cookie = await asyncio.to_thread(new_session, server, "ada", "lovelace")
    async with board(server, cookie, "5") as stream:
        await stream.until(b"Tea")
        headers = {"cookie": cookie, **ACTION}
        response, _ = await asyncio.to_thread(
            request, server.port, "/logout", "POST", b"{}", headers
        )
        await stream.until(LAST_CHUNK)

    # The browser has taken over the cookie of the logout, without a value.
    async with board(server, cookie_of(response), "5") as stream:
        assert TO_LOGIN in await stream.until(TO_LOGIN)
        assert b"datastar-open" not in stream.received


async def test_an_action_that_is_no_longer_allowed_is_refused(server: Server) -> None:
    bob = await asyncio.to_thread(new_session, server, "bob", "sponge")

    status, _ = await post(server, "/clear", bob)

    assert status == 403
