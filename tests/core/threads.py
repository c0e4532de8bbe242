"""Calls in several threads at once (see outcomes.py), with the outcomes of a single thread."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from types import ModuleType

from core.outcomes import Call, attempt, make, outcome, seen

THREADS = 3


def outcomes_of_threads(core: ModuleType, call: Call) -> list[object]:
    """Return the outcomes of one call in several threads, which share an element made of it."""
    made = attempt(lambda: make(core, call))
    start = Barrier(THREADS)

    def see() -> object:
        start.wait()
        if made[0] == "error" or not isinstance(made[1], core.Element):
            return outcome(core, call)
        return seen(core, made[1], make(core, call))

    return in_threads([see] * THREADS)


def in_threads(functions: list[Callable[[], object]]) -> list[object]:
    """Return what each of the functions returns, all called at once."""
    with ThreadPoolExecutor(len(functions)) as pool:
        return [done.result() for done in [pool.submit(function) for function in functions]]


def unclear_outcomes(core: ModuleType, call: Call) -> list[object]:
    """Return the broken elements among those whose dict and list change during the call.

    An element may contain any of the items, but it must render like a copy of itself.
    """
    mapping: dict[object, object] = {"id": "a", "title": "b"}
    items: list[object] = [attempt(lambda: make(core, call))[1], *["a", core.Tag("b")("c")] * 9]
    stop = Event()

    def change() -> list[object]:
        for number in range(200):
            mapping[f"data-{number % 7}"] = str(number)
            mapping.pop("title", None)
            items[2:7] = [items[-1], "<"]
            items.append("&")
            del items[40:]
            mapping["title"] = mapping.pop(f"data-{number % 7}", "")
        stop.set()
        return []

    def build() -> list[object]:
        wrong: list[object] = []
        while not stop.is_set():
            made = attempt(lambda: core.Tag("p")(mapping, items, class_=mapping, style=mapping))
            if made[0] == "value":
                again = pickle.loads(pickle.dumps(made[1]))
                if core.render(again) != core.render(made[1]) or again != made[1]:
                    wrong.append(made)
        return wrong

    return [wrong for result in in_threads([change, build, build]) for wrong in result]
