"""The arguments of `Pages` that could not be used."""

import math
from datetime import timedelta
from typing import Any, TypedDict

import msgspec
import pytest

from fatmorph import Context, Pages, Signal, Signals, signal
from fatmorph.errors import SettingsError


class Tab(TypedDict, total=False):
    query: str


class Search(Signals):
    query: Signal[str] = signal("")


async def make_later() -> Tab:
    return {}


async def owner_later(_c: Context) -> str:
    return "ada"


ARGUMENTS: list[dict[str, Any]] = [
    {"make": Tab()},
    {"make": make_later},
    {"owner": "ada"},
    {"owner": owner_later},
    *({"keep_seconds": value} for value in (math.nan, -1, "300", None, timedelta(minutes=5))),
    *({"max_left": value} for value in (-1, None, 1.5, "10")),
    *({"refill": value} for value in (Search, Search.query, [Search.query], 7, None)),
]


@pytest.mark.parametrize("arguments", ARGUMENTS)
def test_an_argument_without_a_use_is_refused_at_once(arguments: dict[str, Any]) -> None:
    with pytest.raises(SettingsError):
        Pages(**{"make": Tab, **arguments})


@pytest.mark.parametrize("seconds", [0, 0.5, math.inf])
def test_states_may_be_kept_for_no_time_and_for_ever(seconds: float) -> None:
    assert len(Pages(Tab, keep_seconds=seconds, max_left=0)) == 0


def request(**signals: str) -> Context:
    query = f"datastar={msgspec.json.encode(signals).decode()}"
    headers = [("fatmorph-state", "1-2-3-4")]
    return Context(method="GET", path="/", headers=headers, query_string=query)


async def test_a_dict_with_declared_keys_is_refilled() -> None:
    async with Pages(Tab, refill=("query",)).open(request(query="tea")) as page:
        assert page.state == {"query": "tea"}


async def test_functions_that_load_and_save_must_be_async() -> None:
    saved: Any = {}
    loading: Any = Pages(Tab, load=saved.get)
    saving: Any = Pages(Tab, save=saved.setdefault)

    with pytest.raises(SettingsError, match="result of load"):
        async with loading.open(request()):
            pass
    with pytest.raises(SettingsError, match="result of save"):
        async with saving.of(request()):
            pass
