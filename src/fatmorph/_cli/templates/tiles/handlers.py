"""The handlers: each answers one kind of request."""

from dataclasses import dataclass
from uuid import uuid4

from fatmorph import Context, Relay, Writer

from views import TILES, home_view

# The state that all pages show. It lives in memory: a restart begins with an empty board.
board: dict[int, str] = {}  # tile → the user who painted it
painters: list[str] = []  # one entry for every open page

relay = Relay[str]()


@dataclass
class HomeSignals:
    user_id: str = ""


async def home(c: Context, w: Writer) -> None:
    w.html(home_view(uuid4().hex[:8], painters, board))


async def subscribe(c: Context, w: Writer) -> None:
    user_id = (await c.signals(HomeSignals)).user_id
    changes = relay.subscribe("*", latest=True)
    painters.append(user_id)
    relay.publish("painters", user_id)  # to this page too: its first patch
    async for _ in w.alive(changes):
        w.patch(home_view(user_id, painters, board))  # the whole page, on every change
    painters.remove(user_id)  # runs when the page is closed, and when the server stops
    relay.publish("painters", user_id)


async def paint(c: Context, w: Writer) -> None:
    tile = int(c.path_params["tile"])
    if tile in TILES:
        board[tile] = (await c.signals(HomeSignals)).user_id
        relay.publish("board", board[tile])
