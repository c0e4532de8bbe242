"""Records the picture and the clip of Board: one person types while the other drags that card.

    pip install pillow
    python tests/browser/record_board.py

It writes `board.png`, two windows in light and dark, and `board.webp`, the animation.
"""

import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from browser.datastar_bundle import datastar_bundle_path  # noqa: E402
from example_programs import EXAMPLES, board_settings  # noqa: E402
from servers import running  # noqa: E402

FOLDER = EXAMPLES / "board"
SIZE = {"width": 800, "height": 430}
GAP = 16
BACKGROUND = "#8c93a8"
CURSOR = ((0, 0), (0, 19), (5, 15), (8, 22), (11, 21), (8, 14), (14, 14))


@dataclass
class Film:
    """The frames of two windows, and the pointer of the second one."""

    typing: Page
    dragging: Page
    pointer: tuple[float, float] = (650, 410)
    dragged: Image.Image | None = None
    frames: list[Image.Image] = field(default_factory=list)
    durations_ms: list[int] = field(default_factory=list)

    def hold(self, duration_ms: int) -> None:
        picture = side_by_side(self.typing, self.dragging, self.pointer, self.dragged)
        if self.frames and picture.tobytes() == self.frames[-1].tobytes():
            self.durations_ms[-1] += duration_ms
        else:
            self.frames.append(picture)
            self.durations_ms.append(duration_ms)

    def write(self, text: str) -> None:
        for letter in text:
            self.typing.keyboard.type(letter)
            self.hold(90)

    def point_at(self, place: tuple[float, float], steps: int = 8) -> None:
        start = self.pointer
        for step in range(1, steps + 1):
            part = step / steps
            part = part * part * (3 - 2 * part)  # slow at both ends
            x, y = (a + (b - a) * part for a, b in zip(start, place, strict=True))
            self.pointer = (x, y)
            self.dragging.mouse.move(x, y)
            self.hold(45)

    def save(self, path: Path) -> None:
        first, *rest = self.frames
        first.save(
            path,
            save_all=True,
            append_images=rest,
            duration=self.durations_ms,
            loop=0,
            quality=72,
            method=6,
        )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, browser() as chromium:
        env = board_settings(Path(folder), datastar_bundle_path())
        with running([sys.executable, "main.py"], cwd=FOLDER, env=env) as server:
            ada = logged_in(chromium, server.base_url, "ada", "lovelace", "light")
            grace = logged_in(chromium, server.base_url, "grace", "hopper", "dark")
            record(Film(ada, grace))


def record(film: Film) -> None:
    film.hold(900)
    film.typing.get_by_role("button", name="Edit Print the board").click()
    film.typing.locator(".rename input").press("End")
    film.hold(300)
    film.write(", in A")
    film.point_at(center(card(film.dragging, "Print the board")))
    film.dragged = picture_of(card(film.dragging, "Print the board"))
    film.dragging.mouse.down()
    film.point_at(below(card(film.dragging, "Draw the chart")), steps=12)
    film.write("2")
    film.dragging.mouse.up()
    film.dragged = None
    film.dragging.locator("#doing .card", has_text="Print").wait_for()
    film.typing.locator("#doing .rename").wait_for()
    film.typing.wait_for_timeout(500)  # the chart moves
    film.hold(600)
    side_by_side(film.typing, film.dragging, film.pointer).save(FOLDER / "board.png", optimize=True)
    film.write(" or A3")
    film.hold(300)
    film.typing.keyboard.press("Enter")
    film.dragging.get_by_text("A2 or A3").wait_for()
    film.hold(1600)
    film.save(FOLDER / "board.webp")


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu"]
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", headless=True, args=arguments
        )
        with closing(chromium):
            yield chromium


def logged_in(
    browser: Browser, url: str, name: str, password: str, color_scheme: Literal["light", "dark"]
) -> Page:
    context = browser.new_context(viewport=SIZE, color_scheme=color_scheme)
    page = context.new_page()
    page.goto(url)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.locator(f"#person-{name}").wait_for()
    return page


def side_by_side(
    left: Page, right: Page, pointer: tuple[float, float], dragged: Image.Image | None = None
) -> Image.Image:
    width, height = SIZE["width"], SIZE["height"]
    picture = Image.new("RGB", (2 * width + 3 * GAP, height + 2 * GAP), BACKGROUND)
    for x, page in ((GAP, left), (2 * GAP + width, right)):
        shot = picture_of(page)
        picture.paste(shot, (x, GAP), rounded(shot.size))
    corner = (2 * GAP + width + pointer[0], GAP + pointer[1])
    if dragged:  # the browser draws it outside of the page, so a screenshot does not have it
        place = (int(corner[0]) - dragged.width // 2, int(corner[1]) - 18)
        picture.paste(dragged, place, rounded(dragged.size).point(lambda value: value * 3 // 4))
    shape = [(corner[0] + x, corner[1] + y) for x, y in CURSOR]
    ImageDraw.Draw(picture).polygon(shape, fill="#fff", outline="#000")
    return picture


def picture_of(part: Page | Locator) -> Image.Image:
    return Image.open(io.BytesIO(part.screenshot(caret="initial"))).convert("RGB")


def rounded(size: tuple[int, int]) -> Image.Image:
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), 12, fill=255)
    return mask


def card(page: Page, title: str) -> Locator:
    return page.locator(".card", has_text=title)


def center(card: Locator) -> tuple[float, float]:
    box = card.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + 18


def below(card: Locator) -> tuple[float, float]:
    box = card.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] + 60


if __name__ == "__main__":
    main()
