"""A guarded Starlette application with WebSockets and a mounted application."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from fatmorph.adapters.guard import SameOriginGuard

accepted: list[str] = []


async def talk(websocket: WebSocket) -> None:
    """Act with the user's cookie, which the guard has to prevent for other sites."""
    accepted.append(websocket.cookies.get("session", ""))
    await websocket.accept()
    await websocket.close()


async def show_accepted(request: Request) -> JSONResponse:
    return JSONResponse(accepted)


def routes() -> list[BaseRoute]:
    return [WebSocketRoute("/ws", talk), Route("/accepted", show_accepted)]


app = Starlette(
    routes=[*routes(), Mount("/mounted", app=Starlette(routes=routes()))],
    middleware=[Middleware(SameOriginGuard, allowed_origins={"https://partner.example"})],
)
