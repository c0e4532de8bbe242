"""Development: findings of what is patched are logged, each once; otherwise nothing happens."""

import inspect
import logging
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

import fatmorph
from fatmorph import Context, Markup, data, datastar_script, fragment, h, svg
from fatmorph.adapters import respond
from fatmorph.adapters._handled_writer import HandledWriter
from fatmorph.markup import _core
from fatmorph.morph import _development, check
from fatmorph.morph._development import (
    PatchChecker,
    editor_template,
    editor_url,
    new_patch_checker,
)
from fatmorph.morph.checks import check_change, check_patch
from fatmorph.testing import MemoryClient

# Findings stay known for the life of the process, so each test has elements of its own.
names = count()


@pytest.fixture
def fresh():
    """Return an id that no other test uses."""
    return f"n{next(names)}"


@pytest.fixture
def logged(caplog):
    """Return a function that returns the codes of what was logged."""
    caplog.set_level(logging.WARNING, logger="fatmorph.morph")
    return lambda: [record.getMessage().split()[1].rstrip(":") for record in caplog.records]


@pytest.fixture
def development(monkeypatch):
    monkeypatch.setenv("FATMORPH_DEV", "1")


@pytest.fixture
def production(monkeypatch):
    monkeypatch.delenv("FATMORPH_DEV")


def twice(name, *children):
    return h.ul(h.li(id=name), h.li(id=name), *children, id=f"{name}-list")


def page(name, *children):
    return h.html(h.head(h.title(name), datastar_script()), h.body(*children))


def test_patches_are_checked_in_development_only(production, monkeypatch):
    before = new_patch_checker()

    monkeypatch.setenv("FATMORPH_DEV", "1")

    assert (before, type(new_patch_checker())) == (None, PatchChecker)


async def test_a_writer_in_production_checks_nothing(production, logged, fresh):
    HandledWriter(MemoryClient()).patch(twice(fresh))

    assert logged() == []


async def test_a_page_that_a_writer_patches_is_checked(development, logged, fresh):
    HandledWriter(MemoryClient()).patch(twice(fresh))

    assert logged() == ["duplicate-id"]


async def test_a_page_that_could_never_be_patched_is_checked(development, logged, fresh):
    HandledWriter(MemoryClient()).html(h.html(h.head(), h.body(h.p(data.text(f"${fresh}")))))

    assert logged() == ["client-missing"]


async def test_a_response_that_is_not_a_page_needs_no_id(development, logged, fresh):
    HandledWriter(MemoryClient()).html(h.p(fresh))

    assert logged() == []


async def test_the_same_finding_is_logged_once_for_all_senders(development, logged, fresh):
    for text in ("a", "b", "b"):
        HandledWriter(MemoryClient()).patch(twice(fresh, h.p(text)))

    assert logged() == ["duplicate-id"]


async def test_a_finding_that_was_pushed_out_of_memory_is_logged_again(
    development, logged, fresh, monkeypatch
):
    for name, value in {"MAX_REMEMBERED": 2, "_checked": {}, "_logged": {}}.items():
        monkeypatch.setattr(f"fatmorph.morph._development.{name}", value)
    views = [twice(f"{fresh}-{number}") for number in range(3)]

    for view in [*views, views[0], views[0]]:
        HandledWriter(MemoryClient()).patch(view)

    assert logged() == ["duplicate-id"] * 4


async def test_the_level_is_that_of_the_finding(development, caplog, fresh):
    writer = HandledWriter(MemoryClient())

    writer.patch(twice(fresh))
    writer.patch(h.main({"id": f"{fresh}-main"}, h.details()))

    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]


async def test_the_way_a_view_is_sent_is_checked(development, logged, fresh):
    writer = HandledWriter(MemoryClient())

    writer.patch(h.section(h.h2(fresh)))
    writer.patch(h.article(h.h2(fresh)), selector=f"#{fresh}")
    writer.patch(fragment(svg.g(id=fresh), svg.g(id=f"{fresh}-b")), namespace="svg")

    assert logged() == ["root-without-id", "namespace-roots"]


async def test_a_page_is_checked_even_if_regions_of_it_are_sent(development, logged, fresh):
    writer = HandledWriter(MemoryClient())

    for number in (1, 2):
        view = page(fresh, data.signals({fresh: number}), twice(fresh))
        writer.patch(view, only=f"#{fresh}-list")

    assert logged() == ["duplicate-id"]


async def test_the_last_page_and_the_next_one_are_a_pair(development, logged, fresh):
    writer = HandledWriter(MemoryClient())

    writer.patch(page(fresh, data.signals({fresh: 1})))
    writer.patch(h.p({"id": fresh}, "a part between"))
    writer.patch(page(fresh, data.signals({fresh: 2})))

    assert logged() == ["signals-reset"]


@pytest.mark.parametrize(
    ("seconds", "found"),
    [
        (0.2, ["duplicate-id", "duplicate-id"]),
        (0.3, ["duplicate-id"]),
    ],
)
def test_a_page_that_takes_long_to_check_is_checked_now_and_then(
    seconds, found, logged, fresh, monkeypatch
):
    clock = count(0, seconds)
    monkeypatch.setattr(_development, "perf_counter", lambda: next(clock))
    checker = PatchChecker()

    checker.check(twice(fresh))
    checker.check(twice(f"{fresh}-next"))

    assert logged() == found
    assert [finding.split()[1].rstrip(":") for finding in checker.findings] == ["duplicate-id"]


def test_a_page_is_checked_again_after_a_long_check(logged, fresh, monkeypatch):
    times = iter([0.0, 0.3, 5.9, 6.0, 6.1])
    monkeypatch.setattr(_development, "perf_counter", lambda: next(times))
    checker = PatchChecker()

    checker.check(twice(fresh))
    checker.check(twice(f"{fresh}-skipped"))
    checker.check(twice(f"{fresh}-checked"))

    assert logged() == ["duplicate-id", "duplicate-id"]


async def test_trusted_html_is_not_looked_into(development, logged):
    HandledWriter(MemoryClient()).patch(Markup("<p id=''>a</p>"))

    assert logged() == []


async def test_a_live_page_is_checked(development, logged, fresh):
    writer = HandledWriter(MemoryClient())

    async def nothing():
        for item in ():
            yield item

    await writer.live(lambda: page(fresh, twice(fresh)), nothing())

    assert logged() == ["duplicate-id"]


@pytest.fixture
def places():
    _core.record_places(f"{Path(fatmorph.__file__).parent}/", False)
    yield
    _core.record_places(None, False)


@pytest.mark.usefixtures("places")
def test_a_finding_names_the_line_that_made_the_element():
    first = h.p("a", id="same")
    second, line = h.p("b", id="same"), inspect.stack()[0].lineno

    [finding] = check(h.body(first, second))

    assert finding.place == f"{__file__}:{line}"
    assert f"\n  made:  {__file__}:{line}\n  why:   " in str(finding)
    assert finding == replace(finding, place="")


@pytest.mark.usefixtures("places")
def test_a_finding_of_a_patch_and_one_of_a_change_name_the_line():
    before = h.html(h.body(h.p(h.input(id="a", value="1"))))
    after, line = h.html(h.body(h.p(h.input(id="a", value="2")))), inspect.stack()[0].lineno
    root = h.p("without an id")

    changed = check_change(before, after)
    [patched] = check_patch(root)

    assert {finding.place for finding in changed} == {f"{__file__}:{line}"}
    assert patched.place == f"{__file__}:{line + 1}"


def test_without_development_a_finding_has_no_place():
    [finding] = check(h.body(h.p(id="same"), h.p(id="same")))

    assert (finding.place, "made:" in str(finding)) == ("", False)


@pytest.mark.parametrize(
    ("template", "used"),
    [
        ("vscode://file/{file}:{line}", "vscode://file/{file}:{line}"),
        ("javascript://%0aalert(1)", ""),
        ("https://editor.example/{file}", ""),
        ("code {file}", ""),
        ("", ""),
    ],
)
def test_only_a_url_of_an_application_opens_an_editor(monkeypatch, template, used):
    monkeypatch.setenv("FATMORPH_EDITOR", template)

    assert editor_template() == used


def test_the_path_of_a_file_is_quoted_in_the_url_of_an_editor(monkeypatch):
    monkeypatch.setenv("FATMORPH_EDITOR", "vscode://file/{file}:{line}")

    assert editor_url("/my files/a&b.py", 7) == "vscode://file//my%20files/a%26b.py:7"


async def answer_below(root_path, view):
    async def home(c, w):
        w.html(view)

    context = Context(method="GET", path="/", root_path=root_path)
    await respond(home, context, MemoryClient())


async def test_urls_of_a_page_that_leave_its_prefix_are_logged(development, logged, fresh):
    await answer_below("/shop", page(fresh, h.a("Cart", href="/cart")))

    assert logged() == ["outside-prefix"]


@pytest.mark.parametrize(("root_path", "href"), [("/shop", "/shop/cart"), ("", "/cart")])
async def test_urls_of_a_page_below_its_prefix_are_not_logged(
    development, logged, fresh, root_path, href
):
    await answer_below(root_path, page(fresh, h.a("Cart", href=href)))

    assert logged() == []


async def test_trusted_html_below_a_prefix_is_not_looked_into(development, logged):
    await answer_below("/shop", Markup('<a href="/cart">Cart</a>'))

    assert logged() == []
