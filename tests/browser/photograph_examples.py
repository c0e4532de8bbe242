"""Takes the pictures of the examples: two users, one with a light screen and one with a dark one.

    pip install pillow
    python tests/browser/photograph_examples.py            takes all
    python tests/browser/photograph_examples.py todo       takes one

It writes `examples/NAME/NAME.webp`, which docs/examples.md shows.
"""

import io
import random
import re
import sys
from collections.abc import Callable
from colorsys import hsv_to_rgb
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, FilePayload, Page

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from browser.datastar_bundle import datastar_bundle_path  # noqa: E402
from browser.record_board import BACKGROUND, GAP, browser, picture_of, rounded  # noqa: E402
from example_programs import EXAMPLES, example_command  # noqa: E402
from servers import running  # noqa: E402

SIZE = {"width": 600, "height": 500}
SETTLING_MS = 700  # transitions, and a stream that draws a page of its own accord
STREAM = re.compile("/subscribe|/live")
MEGABYTE = 1_000_000


def photograph_chat(light: Page, dark: Page) -> None:
    for page, name, text in (
        (light, "Ada", "Good morning! The kettle is on."),
        (dark, "Grace", "Two minutes. Are there scones?"),
        (light, "Ada", "Warm ones."),
        (dark, "Grace", "One minute."),
    ):
        page.get_by_label("Your name").fill(name)
        page.get_by_label("Your message").fill(text)
        page.keyboard.press("Enter")
        for each in (light, dark):
            each.get_by_text(text).wait_for()
    light.get_by_label("Your message").fill("The garden is")
    dark.get_by_role("link", name="Garden").click()
    dark.get_by_text("It is quiet").wait_for()


def photograph_dashboard(light: Page, dark: Page) -> None:
    light.get_by_role("button", name="Order 20 teas").click()
    dark.get_by_role("button", name="Queue").click()
    light.wait_for_timeout(9000)  # the orders reach the middle of the chart


def photograph_infinite_scroll(light: Page, dark: Page) -> None:
    for number in (1, 2, 4, 26, 29, 58, 60):
        page = light if number < 20 else dark
        page.locator(f"#mark-{number}").click()
    dark.locator("#mark-62").scroll_into_view_if_needed()


def photograph_search(light: Page, dark: Page) -> None:
    light.get_by_label("Search").fill("lovelace br")
    dark.get_by_label("Search").fill("weav kob")


def photograph_todo(light: Page, dark: Page) -> None:
    dark.get_by_label("New task").fill("Water the apple tree")
    dark.keyboard.press("Enter")
    light.get_by_role("button", name="Edit Bake scones").click()
    light.get_by_role("textbox", name="Text").wait_for()
    light.keyboard.press("End")
    light.keyboard.type(" and bread")
    dark.get_by_label("Done: Invite Grace").check()
    dark.get_by_label("New task").fill("Borrow chairs")


def photograph_upload(light: Page, dark: Page) -> None:
    photos = [landscape(seed) for seed in (50, 0, 2, 9, 1, 3)]
    dark.get_by_label("Photos").set_input_files(photos)
    light.locator("#photos li").nth(5).wait_for()
    session = light.context.new_cdp_session(light)
    session.send("Network.enable")
    conditions = {"offline": False, "latency": 0, "downloadThroughput": -1}
    session.send(
        "Network.emulateNetworkConditions", conditions | {"uploadThroughput": 4 * MEGABYTE}
    )
    light.get_by_label("Photos").set_input_files(landscape(7, size=18 * MEGABYTE))
    light.wait_for_function("document.querySelector('progress')?.value > 50")


def photograph_validation(light: Page, dark: Page) -> None:
    for page, name, password in ((light, "ad", "12345"), (dark, "ada", "lovelace 1815")):
        page.get_by_label("Name").fill(name)
        page.get_by_label("Email").fill("ada@example.com")
        page.get_by_label("Password").fill(password)
        page.get_by_label("I agree").focus()
    dark.get_by_label("I agree").check()


def photograph_wizard(light: Page, dark: Page) -> None:
    for page, name, guests in ((light, "Grace", "13"), (dark, "Alan", "2")):
        page.get_by_role("button", name="Plan a party").click()
        page.get_by_label("Your name").fill(name)
        page.get_by_label("Guests").fill(guests)
        page.get_by_role("button", name="Next").click()
    dark.get_by_label("Sencha").check()
    dark.get_by_label("Hour").select_option("15:00")
    light.get_by_text("must be at most 12").wait_for()


SCENES: dict[str, Callable[[Page, Page], None]] = {
    "chat": photograph_chat,
    "dashboard": photograph_dashboard,
    "infinite_scroll": photograph_infinite_scroll,
    "search": photograph_search,
    "todo": photograph_todo,
    "upload": photograph_upload,
    "validation": photograph_validation,
    "wizard": photograph_wizard,
}


def main(names: list[str]) -> None:
    with browser() as chromium:
        for name in names or SCENES:
            photograph(chromium, name)


def photograph(browser: Browser, name: str) -> None:
    command = example_command(datastar_bundle_path())
    with TemporaryDirectory() as data:
        env = {"ACCOUNTS_DATABASE": f"{data}/accounts.db"}
        with running(command, cwd=EXAMPLES / name, env=env) as server:
            light, dark = (opened(browser, server.base_url, scheme) for scheme in ("light", "dark"))
            SCENES[name](light, dark)
            light.wait_for_timeout(SETTLING_MS)
            save(side_by_side(light, dark), EXAMPLES / name / f"{name}.webp")
            for page in (light, dark):
                page.context.close()


def opened(browser: Browser, url: str, color_scheme: Literal["light", "dark"]) -> Page:
    page = browser.new_context(viewport=SIZE, color_scheme=color_scheme).new_page()
    with page.expect_response(STREAM):
        page.goto(url)
    return page


def side_by_side(left: Page, right: Page) -> Image.Image:
    width, height = SIZE["width"], SIZE["height"]
    picture = Image.new("RGB", (2 * width + 3 * GAP, height + 2 * GAP), BACKGROUND)
    for x, page in ((GAP, left), (2 * GAP + width, right)):
        picture.paste(picture_of(page), (x, GAP), rounded((width, height)))
    return picture


def save(picture: Image.Image, path: Path) -> None:
    picture.save(path, quality=80, method=6)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


def landscape(seed: int, size: int = 0) -> FilePayload:
    """Return a drawing of hills as a file, with zeros after its end up to a size."""
    chance = random.Random(seed)
    hue, width, height = chance.random(), 320, 240
    picture = Image.new("RGB", (width, height), color(hue + 0.1, 0.25, 0.95))
    draw = ImageDraw.Draw(picture)
    for number in range(3):
        top = height * (0.45 + 0.17 * number)
        edge = [(x, top + chance.uniform(-18, 18)) for x in range(0, width + 1, 20)]
        hill = color(hue, 0.35 + 0.1 * number, 0.75 - 0.2 * number)
        draw.polygon([(0, height), *edge, (width, height)], fill=hill)
    with closing(io.BytesIO()) as file:
        picture.save(file, "PNG")
        content = file.getvalue().ljust(size, b"\0")
    return {"name": f"hills-{seed}.png", "mimeType": "image/png", "buffer": content}


def color(hue: float, saturation: float, value: float) -> tuple[int, ...]:
    return tuple(int(255 * part) for part in hsv_to_rgb(hue % 1, saturation, value))


if __name__ == "__main__":
    main(sys.argv[1:])
