"""A page of a program in development, whose handlers and views fail on request."""

from pathlib import Path

from playwright.sync_api import Page, expect

from servers import Server

__all__ = ("CONTRAST", "PROGRAM", "VARIABLES", "open_page")

PROGRAM = Path(__file__).parent / "programs" / "failing.py"
VARIABLES = {"FATMORPH_DEV": "1", "FATMORPH_OVERLAY": "1"}
# https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
CONTRAST = """element => {
    const channels = text => text.match(/[\\d.]+/g).map(Number);
    const linear = value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const luminance = text => {
        const [red, green, blue] = channels(text).map(value => linear(value / 255));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    let box = element;
    while (channels(getComputedStyle(box).backgroundColor)[3] === 0) box = box.parentElement;
    const found = [getComputedStyle(element).color, getComputedStyle(box).backgroundColor];
    const [dark, light] = found.map(luminance).sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
}"""


def open_page(page: Page, server: Server) -> None:
    """Open the page, and wait until its stream is open."""
    page.goto(server.base_url)
    # Not wait_for_function(), which the policy forbids.
    expect(page.locator("html")).to_have_js_property("leadsToPlaces", True)
