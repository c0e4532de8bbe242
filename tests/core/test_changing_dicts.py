"""Dicts that another thread changes while an element is made of them: each is read in one step."""

import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from types import MappingProxyType, ModuleType
from typing import Any

import pytest

from garbage import MANY_PAIRS, frequent_collections

Give = Callable[[Any, Mapping[str, Any]], object]
SPELLINGS: dict[str, Give] = {
    "attributes": lambda tag, given: tag(given),
    "class": lambda tag, given: tag(class_=given),
    "class in a list": lambda tag, given: tag(class_=["a", given]),
    "style": lambda tag, given: tag(style=given),
}
DICTS: dict[str, Callable[[dict[str, str]], dict[str, str]]] = {
    "dict": dict,
    "subclass": partial(defaultdict, str),
}


@pytest.fixture(autouse=True)
def many_switches() -> Iterator[None]:
    """Let threads take turns after every few instructions, and whenever garbage is collected."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    with frequent_collections(_take_time):
        yield
    sys.setswitchinterval(interval)


def _take_time() -> None:
    for _ in range(50):
        pass


@contextmanager
def changing(given: dict[str, Any]) -> Iterator[None]:
    """Add and remove keys in another thread."""
    stop = threading.Event()

    def change() -> None:
        while not stop.is_set():
            for number in range(9):
                given[f"--added-{number}"] = "red"
            for number in range(9):
                del given[f"--added-{number}"]

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize("view", [lambda changed: changed, MappingProxyType], ids=["dict", "proxy"])
@pytest.mark.parametrize("kind", DICTS)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_dict_can_change_in_another_thread_while_it_is_read(
    core: ModuleType,
    spelling: str,
    kind: str,
    view: Callable[[dict[str, str]], Mapping[str, str]],
) -> None:
    changed = DICTS[kind]({f"--kept-{number}": "blue" for number in range(MANY_PAIRS)})
    tag, give = core.Tag("p"), SPELLINGS[spelling]

    with changing(changed):
        made = {core.render(give(tag, view(changed))) for _ in range(30)}

    assert all(html.count("--kept-") == MANY_PAIRS for html in made)
