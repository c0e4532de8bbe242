"""The page "When something is wrong" has every message of the library."""

import ast
import importlib.util
import re
from types import ModuleType

from fatmorph import errors
from fatmorph.morph.checks._wording import WORDING
from rules.source_tree import ROOT, source_modules

PAGE = ROOT / "docs" / "troubleshooting" / "messages.md"
LEVELS = {"debug", "info", "warning", "error", "exception"}
PLACEHOLDER = re.compile(r"%(?:\.\d)?[a-z]")


def test_the_site_lists_the_messages_of_every_error_that_is_raised() -> None:
    raised = {
        cls.__name__
        for cls in vars(errors).values()
        if isinstance(cls, type)
        and cls not in {errors.FatmorphError, errors.ArgumentError}
        and issubclass(cls, errors.FatmorphError)
    }

    listed = generator().messages()

    assert set(listed) == raised
    assert ("cannot put a child into <…>", ["[…(), child]"]) in [
        (what, fix) for what, (_, fix) in listed["ChildError"]
    ]


def test_the_site_lists_every_finding_with_its_text() -> None:
    listed = generator().findings()

    assert list(listed) == list(WORDING)
    assert listed["shadow-root"][3] == (
        'this.attachShadow({mode: "open"})  (in the custom element\'s script)'
    )


def test_the_page_lists_every_message_that_the_library_logs() -> None:
    page = PAGE.read_text(encoding="utf-8").replace("…", "")

    missing = [text for text in logged() if beginning(text) not in page]

    assert missing == []


def logged() -> list[str]:
    """Return the messages of all calls such as `logger.warning("…")`, except those of errors."""
    calls = (
        node
        for module in source_modules().values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and node.args
    )
    return [
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in LEVELS
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
        and call.args[0].value.strip("%s: ")
    ]


def beginning(message: str) -> str:
    """Return the first words of a message that are not values."""
    return next(part.strip() for part in PLACEHOLDER.split(message) if len(part) > 5)


def generator() -> ModuleType:
    """Return the module of the site that writes the lists."""
    path = ROOT / ".ci" / "site" / "hooks" / "messages.py"
    spec = importlib.util.spec_from_file_location("messages", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
