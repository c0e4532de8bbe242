"""An application of Starlette's behind the guard, which answers WebSockets and mounts another."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from fatmorph.adapters.guard import SameOriginGuard

accepted: list[str] = []


async def talk(websocket: WebSocket) -> None:
    """Do what a guard is for: act for whoever has the cookie."""
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
