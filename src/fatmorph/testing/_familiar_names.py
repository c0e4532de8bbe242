"""Names that users of Playwright and Testing Library try first, and what to write here.

Sources: https://playwright.dev/python/docs/api/class-locator and
https://testing-library.com/docs/queries/about
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ("FAMILIAR_NAMES",)

FAMILIAR_NAMES: Mapping[str, str] = MappingProxyType(
    {
        name: f"await page.{name}(query)"
        for name in ("clear", "click", "focus", "press", "scroll", "type", "upload")
    }
    | {
        "check": "await page.tick(query)",
        "count": "len(query)",
        "fill": "await page.clear(query), and await page.type(query, text)",
        "first": "query[0]",
        "get_attribute": "query.attributes[name]",
        "get_by_alt_text": """page.get_by_css('[alt="…"]')""",
        "get_by_placeholder": """page.get_by_css('[placeholder="…"]')""",
        "get_by_test_id": """page.get_by_css('[data-testid="…"]')""",
        "get_by_title": """page.get_by_css('[title="…"]')""",
        "go_back": "await page.back()",
        "go_forward": "await page.forward()",
        "hover": 'await page.fire(query, "mouseover")',
        "inner_html": "query.html",
        "inner_text": "query.text",
        "input_value": "query.value",
        "is_checked": "query.is_ticked",
        "is_visible": "query.is_shown",
        "last": "query[-1]",
        "locator": "page.get_by_css(selector)",
        "nth": "query[index]",
        "scroll_into_view_if_needed": "await page.reveal(query)",
        "select_option": "await page.choose(query, label)",
        "set_input_files": "await page.upload(query, File(name, content))",
        "text_content": "query.text",
        "uncheck": "await page.tick(query, is_ticked=False)",
        "wait_for": "await page.settled()",
        "wait_for_selector": "await page.settled()",
        "wait_for_timeout": "await page.advance(seconds)",
    }
)
