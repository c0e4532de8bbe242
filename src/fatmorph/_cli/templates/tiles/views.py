"""The pages. A view depends on its arguments alone, so that a test can call it."""

from collections.abc import Mapping, Sequence
from zlib import crc32

from fatmorph import Element, at, data, dom_id, h

from layout import page

TILES = range(25)


def home_view(user_id: str, painters: Sequence[str], board: Mapping[int, str]) -> Element:
    present = list(dict.fromkeys(painters))
    return page(
        f"Tiles · {len(present)} painting",
        # The browser keeps this id: later pages contain the same one, and the stream sends it.
        data.signals({"user_id": user_id}, if_missing=True)
        | data.init(at.subscribe("/subscribe", include="^user_id$")),
        header_view(user_id, present),
        board_view(board),
        h.footer("Open this page in a second window: all paint on the same board."),
    )


def header_view(user_id: str, present: Sequence[str]) -> Element:
    return h.header(
        h.h1("Tiles"),
        h.ul(
            {"id": "painters", "aria-label": f"{len(present)} painting"},
            [swatch_view(each, is_you=each == user_id) for each in present],
        ),
    )


def swatch_view(user_id: str, *, is_you: bool) -> Element:
    return h.li(
        {"id": dom_id("painter", user_id), "class": {"swatch": True, "you": is_you}},
        {"style": {"background-color": color_of(user_id)}},
        h.span({"class": "name"}, "you") if is_you else None,
    )


def board_view(board: Mapping[int, str]) -> Element:
    return h.main(
        {"id": "board", "class": "board"}, [tile_view(tile, board.get(tile)) for tile in TILES]
    )


def tile_view(tile: int, user_id: str | None) -> Element:
    return h.button(
        {"id": dom_id("tile", tile), "type": "button", "aria-label": f"Tile {tile + 1}"},
        {"class": {"tile": True, "painted": user_id}},
        {"style": {"background-color": user_id and color_of(user_id)}},
        data.on("click", at.post(f"/paint/{tile}")),
    )


def color_of(user_id: str) -> str:
    # Depends on the id alone, so you keep your colour when the server restarts.
    return f"hsl({crc32(user_id.encode()) % 360} 70% 55%)"
