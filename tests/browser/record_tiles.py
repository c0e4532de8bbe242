"""Records Tiles in two windows: two people paint one board together.

    pip install pillow
    python tests/browser/record_tiles.py

It writes `tiles.png`, two windows in light and dark, and `tiles.webp`, the animation.
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Locator, Page

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from browser.datastar_bundle import datastar_bundle_path  # noqa: E402
from browser.record_board import BACKGROUND, CURSOR, GAP, browser, picture_of, rounded  # noqa: E402
from example_programs import EXAMPLES, example_command  # noqa: E402
from servers import running  # noqa: E402

FOLDER = EXAMPLES / "tiles"
WIDTH, HEIGHT = 420, 500
HEART = ((1, 5, 10, 16, 22), (3, 9, 14, 18), (7, 11, 12, 13, 17))  # left, right, in turn
BLUE, PINK = (215, 235), (325, 345)  # degrees of a hue


@dataclass
class Window:
    page: Page
    pointer: tuple[float, float] = (WIDTH / 2, HEIGHT - 24)


@dataclass
class Film:
    left: Window
    right: Window
    frames: list[Image.Image] = field(default_factory=list)
    durations_ms: list[int] = field(default_factory=list)

    def hold(self, duration_ms: int) -> None:
        picture = side_by_side(self.left, self.right)
        if self.frames and picture.tobytes() == self.frames[-1].tobytes():
            self.durations_ms[-1] += duration_ms
        else:
            self.frames.append(picture)
            self.durations_ms.append(duration_ms)

    def paint(self, window: Window, number: int, steps: int = 4) -> None:
        (x, y), (end_x, end_y) = window.pointer, center(tile(window.page, number))
        for step in range(1, steps + 1):
            part = step / steps
            part = part * part * (3 - 2 * part)  # slow at both ends
            window.pointer = x + (end_x - x) * part, y + (end_y - y) * part
            window.page.mouse.move(*window.pointer)
            self.hold(50)
        window.page.mouse.click(*window.pointer)
        for each in (self.left, self.right):
            each.page.locator(f"#tile-{number}.painted").wait_for()
            each.page.wait_for_timeout(250)  # the transition of its colour
        self.hold(160)


def main() -> None:
    with browser() as chromium, running(example_command(datastar_bundle_path()), FOLDER) as server:
        left = opened(chromium, server.base_url, "light", BLUE)
        right = opened(chromium, server.base_url, "dark", PINK)
        left.locator("#painters li").nth(1).wait_for()
        record(Film(Window(left), Window(right)))


def record(film: Film) -> None:
    film.hold(800)
    lefts, rights, middle = HEART
    for left, right in zip(lefts, (*rights, middle[0]), strict=True):
        film.paint(film.left, left)
        film.paint(film.right, right)
    for number in middle[1:]:
        film.paint(film.left if number % 2 else film.right, number)
    film.hold(2000)
    first, *rest = film.frames
    first.save(
        FOLDER / "tiles.webp",
        save_all=True,
        append_images=rest,
        duration=film.durations_ms,
        loop=0,
        quality=70,
        method=6,
    )
    film.frames[-1].save(FOLDER / "tiles.png", optimize=True)
    for path in (FOLDER / "tiles.webp", FOLDER / "tiles.png"):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


def opened(
    browser: Browser, url: str, color_scheme: Literal["light", "dark"], hues: tuple[int, int]
) -> Page:
    """Open a page whose user, as chance would have it, has one of the wanted colours."""
    size = {"width": WIDTH, "height": HEIGHT}
    page = browser.new_context(viewport=size, color_scheme=color_scheme).new_page()
    page.goto(url)
    while not hues[0] <= hue(page) <= hues[1]:
        page.goto(url)
    return page


def hue(page: Page) -> float:
    return (
        page.locator(".you").evaluate("""swatch => {
        const [red, green, blue] = getComputedStyle(swatch).backgroundColor.match(/\\d+/g);
        return Math.atan2(Math.sqrt(3) * (green - blue), 2 * red - green - blue)
            * 180 / Math.PI + 360;
    }""")
        % 360
    )


def side_by_side(left: Window, right: Window) -> Image.Image:
    picture = Image.new("RGB", (2 * WIDTH + 3 * GAP, HEIGHT + 2 * GAP), BACKGROUND)
    for x, window in ((GAP, left), (2 * GAP + WIDTH, right)):
        picture.paste(picture_of(window.page), (x, GAP), rounded((WIDTH, HEIGHT)))
        shape = [(x + window.pointer[0] + dx, GAP + window.pointer[1] + dy) for dx, dy in CURSOR]
        ImageDraw.Draw(picture).polygon(shape, fill="#fff", outline="#000")
    return picture


def tile(page: Page, number: int) -> Locator:
    return page.locator(f"#tile-{number}")


def center(tile: Locator) -> tuple[float, float]:
    box = tile.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


if __name__ == "__main__":
    main()
