"""How much faster is a page in memory than Chromium, with the same steps?

    python tests/benchmarks/pages_in_memory.py

Each script of `tests/browser/steps.py` runs several times in both, in this process and in one
browser that is started before the clock is. Both end when the page shows the state that the other
one shows; all states are compared before. In Chromium, each step waits until the page shows its
result, and looks every 20 ms. The start of the server is left out in both.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent / "src")]

from browser.compared_programs import in_thread, memory_app, served  # noqa: E402
from browser.datastar_bundle import datastar_bundle_path  # noqa: E402
from browser.steps import BROWSER_STEPS, SCRIPTS, State, Step, in_browser, in_memory  # noqa: E402

RUNS = 3
SECONDS = 5.0
WANTED_RATIO = 15


def seconds_in_memory(
    name: str, steps: tuple[Step, ...], pages: int
) -> tuple[float, list[list[State]]]:
    """Return the time of a script in memory, and the states after each step."""
    app = memory_app(name)
    begun_at = time.perf_counter()
    states = in_thread(lambda: in_memory(app, steps, pages, is_timed=True))
    return time.perf_counter() - begun_at, states


def seconds_in_browser(
    browser: Browser, name: str, steps: tuple[Step, ...], expected: list[list[State]]
) -> float:
    """Return the time of a script in Chromium; the server runs already."""
    bundle = datastar_bundle_path("1.0.4")
    with ExitStack() as stack:
        server = stack.enter_context(served(name, bundle))
        contexts = [stack.enter_context(closing(browser.new_context())) for _ in expected[0]]
        pages = [context.new_page() for context in contexts]
        begun_at = time.perf_counter()
        for page in pages:
            page.goto(server.base_url)
        for page in pages:
            page.wait_for_function("() => document.readyState == 'complete'")
        for step, states in zip(steps, expected, strict=True):
            BROWSER_STEPS[step.do](pages[step.page], step)
            shown = [in_browser(*pair, SECONDS) for pair in zip(pages, states, strict=True)]
            if shown != states:
                raise SystemExit(f"{name} differs after {step}")
        return time.perf_counter() - begun_at


@contextmanager
def started_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        with closing(browser):
            yield browser


def main() -> None:
    print(f"{'script':<18}{'memory':>10}{'chromium':>10}{'ratio':>8}")
    totals = [0.0, 0.0]
    with started_browser() as browser:
        for name, steps in SCRIPTS.items():
            page_count = max(step.page for step in steps) + 1
            expected = in_thread(partial(in_memory, memory_app(name), steps, page_count))
            memory = median(seconds_in_memory(name, steps, page_count)[0] for _ in range(RUNS))
            chromium = median(
                seconds_in_browser(browser, name, steps, expected) for _ in range(RUNS)
            )
            totals = [totals[0] + memory, totals[1] + chromium]
            print(f"{name:<18}{memory:>9.3f}s{chromium:>9.3f}s{chromium / memory:>7.1f}x")
    ratio = totals[1] / totals[0]
    print(f"{'all':<18}{totals[0]:>9.3f}s{totals[1]:>9.3f}s{ratio:>7.1f}x")
    if ratio < WANTED_RATIO:
        raise SystemExit(f"a page in memory is to be {WANTED_RATIO} times as fast")


if __name__ == "__main__":
    main()
