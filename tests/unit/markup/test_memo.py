"""The decorator; tests/core/test_memo.py has the calls of memoised views."""

import asyncio
import gc
import inspect
import pickle
import sys
import weakref
from functools import partial, wraps
from importlib import reload
from types import ModuleType

import pytest

from fatmorph import Element, fragment, h, in_thread, memo, pretty, render, static
from fatmorph.errors import MemoError
from fatmorph.morph import check, simulate


@memo
def cell_view(number: int, color: str = "tan") -> Element:
    """Return a cell."""
    return h.button(number, style={"background": color}, id=f"cell-{number}")


@pytest.fixture(autouse=True)
def cleared():
    cell_view.cache_clear()


def test_a_memoised_view_looks_like_its_function():
    assert cell_view.__name__ == cell_view.__qualname__ == "cell_view"
    assert cell_view.__doc__ == "Return a cell."
    assert inspect.signature(cell_view) == inspect.signature(cell_view.__wrapped__)
    assert [*inspect.signature(cell_view).parameters] == ["number", "color"]
    assert cell_view.__wrapped__(7) == cell_view(7)
    assert cell_view.__wrapped__(7) is not cell_view(7)


def test_the_bounds_are_options():
    @memo(max_entries=2, max_bytes=10_000)
    def view(number):
        return h.p(number)

    info = view.cache_info()

    assert (info.max_entries, info.max_bytes) == (2, 10_000)


def test_without_options_a_view_keeps_some_pages():
    info = cell_view.cache_info()

    assert (info.max_entries, info.max_bytes) == (4096, 8 * 1024 * 1024)


@pytest.mark.parametrize("bound", [0, -1, 1.5, None, True, "9", sys.maxsize + 1])
@pytest.mark.parametrize("name", ["max_entries", "max_bytes"])
def test_a_bound_is_a_positive_int(name, bound):
    with pytest.raises(MemoError, match=f"{name} is a positive int"):
        memo(**{name: bound})


async def async_view(number):
    return h.p(number)


def generating_view(number):
    yield h.p(number)


async def async_generating_view(number):
    yield h.p(number)


@wraps(async_view)
def wrapping_view(number):
    return async_view(number)


class Board:
    def view(self):
        return h.p()

    @classmethod
    def class_view(cls):
        return h.p()


@pytest.mark.parametrize(
    "function",
    [
        *(async_view, generating_view, async_generating_view, wrapping_view),
        *(Board.view, Board().view, Board.class_view, vars(Board)["class_view"]),
        *(partial(h.p, "a"), h.p, len, cell_view, Board, None.__class__, 7),
    ],
    ids=lambda function: getattr(function, "__name__", type(function).__name__),
)
def test_only_a_plain_function_is_memoised(function):
    with pytest.raises(MemoError, match="cannot memoise"):
        memo(function)


def test_a_static_method_is_memoised():
    class Views:
        @staticmethod
        @memo
        def view(number):
            return h.p(number)

    assert Views.view(1) is Views().view(1)


def test_a_wrapped_function_is_memoised_with_the_parameters_of_the_wrapper():
    @memo
    @wraps(cell_view)
    def shouting_view(*args, **kwargs):
        return h.b(cell_view(*args, **kwargs))

    assert shouting_view(1) is shouting_view(1)
    assert shouting_view(1).children[0] is cell_view(1)


def test_a_kept_element_is_equal_to_the_functions_own():
    kept, own = cell_view(7), cell_view.__wrapped__(7)

    assert kept == own
    assert hash(kept) == hash(own)
    assert (kept.tag, kept.attributes, kept.children) == (own.tag, own.attributes, own.children)
    assert render(h.p(kept)) == render(h.p(own))
    assert pretty(kept) == pretty(own)


def test_a_kept_element_is_checked_and_simulated_like_another():
    def page(cells):
        return h.main(cells, id="board")

    own = page([cell_view.__wrapped__(number) for number in (1, 1)])
    kept = page([cell_view(number) for number in (1, 1)])

    assert check(kept) == check(own) != []
    assert simulate(kept, page([cell_view(2)])) == simulate(own, page([cell_view.__wrapped__(2)]))


def test_a_view_may_return_a_static_element_or_another_views():
    footer = static(h.footer("a"))

    @memo
    def view(number):
        return cell_view(number) if number else footer

    assert view(0) is footer
    assert view(1) is cell_view(1)


def test_several_elements_are_kept_as_a_fragment():
    @memo
    def view(term, meaning):
        return fragment(h.dt(term), h.dd(meaning))

    assert render(h.dl(view("a", "b"), view("a", "b"))).count("<dt>a</dt><dd>b</dd>") == 2


def test_a_reloaded_module_has_new_results(tmp_path, monkeypatch):
    source = "from fatmorph import h, memo\n@memo\ndef view(n):\n    return h.p(n, {!r})\n"
    file = tmp_path / "reloaded_views.py"
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    file.write_text(source.format("old"))
    module = __import__("reloaded_views")
    old_view = weakref.ref(module.view)
    assert render(module.view(1)) == "<p>1old</p>"

    file.write_text(source.format("newer"))
    module = reload(module)
    gc.collect()

    assert render(module.view(1)) == "<p>1newer</p>"
    assert old_view() is None
    del sys.modules["reloaded_views"]


def test_a_memoised_view_is_pickled_by_its_name(monkeypatch):
    module = ModuleType("pickled_views")
    module.cell_view = cell_view
    monkeypatch.setitem(sys.modules, "pickled_views", module)
    monkeypatch.setattr(cell_view, "__module__", "pickled_views")

    assert pickle.loads(pickle.dumps(cell_view)) is cell_view


def test_a_memoised_view_runs_in_a_thread():
    async def views():
        return [await in_thread(cell_view, 1), await in_thread(cell_view, number=1)]

    assert asyncio.run(views()) == [cell_view(1), cell_view(1)]
    assert cell_view.cache_info().misses == 1
