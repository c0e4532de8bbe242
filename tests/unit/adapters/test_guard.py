"""The same-origin guard around an application that knows nothing of fatmorph."""

from typing import Any

import pytest

from fatmorph.adapters.guard import SameOriginGuard
from fatmorph.errors import SettingsError

CROSS_SITE = {"sec-fetch-site": "cross-site", "origin": "https://partner.example"}
OWN_SITE = {"sec-fetch-site": "same-origin"}


class Application:
    """Be any ASGI application, and remember what it was called with."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.calls.append(scope.get("method", scope["type"]))


async def sent(app: Any, method: str, headers: dict[str, str]) -> list[dict[str, Any]]:
    """Return what is sent for a request."""
    messages: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": "/", "query_string": b"", "headers": raw}
    await app(scope, receive, send)
    return messages


async def test_an_action_of_another_site_does_not_reach_the_application() -> None:
    app = Application()

    start, *parts = await sent(SameOriginGuard(app), "POST", CROSS_SITE)

    body = b"".join(part["body"] for part in parts)
    assert (start["status"], app.calls) == (403, [])
    assert body == b"cannot take POST from 'https://partner.example'"


@pytest.mark.parametrize(
    ("method", "headers"), [("GET", CROSS_SITE), ("POST", OWN_SITE), ("POST", {})]
)
async def test_everything_else_does(method: str, headers: dict[str, str]) -> None:
    app = Application()

    messages = await sent(SameOriginGuard(app), method, headers)

    assert (messages, app.calls) == ([], [method])


async def test_a_site_that_is_allowed_does() -> None:
    app = Application()

    await sent(
        SameOriginGuard(app, allowed_origins={"https://partner.example"}), "POST", CROSS_SITE
    )

    assert app.calls == ["POST"]


def handshake(headers: dict[str, str]) -> dict[str, Any]:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {"type": "websocket", "path": "/ws\nERROR: b", "query_string": b"", "headers": raw}


async def test_a_websocket_of_another_site_is_closed_before_it_is_accepted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = Application()
    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)

    await SameOriginGuard(app)(handshake(CROSS_SITE), None, send)  # type: ignore[arg-type]

    assert (messages, app.calls) == ([{"type": "websocket.close"}], [])
    [line] = caplog.messages
    assert line == (
        "WebSocket /ws%0AERROR:%20b: cannot take a WebSocket from 'https://partner.example'; "
        "where: sec-fetch-site: 'cross-site', origin: 'https://partner.example'; "
        "why: a page of another site would act with the rights of your user; "
        "fix: settings=Settings(allowed_origins={'https://partner.example'})  (if you trust it)"
    )


@pytest.mark.parametrize(
    ("headers", "allowed_origins"),
    [
        (CROSS_SITE, {"https://partner.example"}),
        ({"origin": "https://shop.example", "host": "shop.example"}, set()),
        ({"host": "shop.example"}, set()),
    ],
    ids=["allowed", "the own site", "a program"],
)
async def test_every_other_websocket_is_the_applications(
    headers: dict[str, str], allowed_origins: set[str]
) -> None:
    app = Application()
    guard = SameOriginGuard(app, allowed_origins=allowed_origins)

    await guard(handshake(headers), None, None)  # type: ignore[arg-type]

    assert app.calls == ["websocket"]


@pytest.mark.parametrize("kind", ["lifespan", "websocket", "webtransport"])
async def test_a_message_that_is_not_a_request_passes(kind: str) -> None:
    app = Application()

    await SameOriginGuard(app)({"type": kind}, None, None)  # type: ignore[arg-type]

    assert app.calls == [kind]


def test_an_origin_that_would_have_no_effect_is_refused() -> None:
    with pytest.raises(SettingsError):
        SameOriginGuard(Application(), allowed_origins={"partner.example"})
