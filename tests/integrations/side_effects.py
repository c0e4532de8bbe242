"""A program that prints which parts of its process outside of fatmorph have changed.

    python side_effects.py import|use MODULES

`MODULES` is JSON: the names of fatmorph's modules. One process imports them to learn which modules
of others they need; this one imports those first, so that their own effects do not count.
"""

import asyncio
import atexit
import importlib
import json
import logging
import os
import signal
import subprocess
import sys
import types
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

NEEDED = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
print(json.dumps([name for name in sys.modules if name.partition(".")[0] != "fatmorph"]))
"""

# From Python 3.14 on, a class gets these when its annotations are first read.
OF_PYTHON = frozenset({"__annotate_func__", "__annotations_cache__"})


def main(step: str, listed: str) -> None:
    names = json.loads(listed)
    needed = subprocess.run(
        [sys.executable, "-c", NEEDED, listed], check=True, capture_output=True, text=True
    )
    load_others(json.loads(needed.stdout))
    states = [state()]
    load(names)
    states.append(state())
    asyncio.run(answer())
    states.append(state())

    before, after = {"import": states[:2], "use": states[1:]}[step]
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    print(json.dumps(sorted(changed)))


def load_others(names: list[str]) -> None:
    """Import modules; some are parts of others, which cannot be imported by their names."""
    for name in names:
        with suppress(ImportError):
            load([name])


def load(names: list[str]) -> None:
    for name in names:
        importlib.import_module(name)


async def answer() -> None:
    """Answer a page, an action, an action of another site and a stream."""
    from fatmorph import Context, Writer, data, h
    from fatmorph.adapters import respond
    from fatmorph.testing import MemoryClient

    async def page(c: Context, w: Writer) -> None:
        w.html(h.html(h.body(h.p(data.text("$name"), "a < b"))))

    async def act(c: Context, w: Writer) -> None:
        w.patch_signals(await c.signals(dict[str, int]))

    async def stream(c: Context, w: Writer) -> None:
        async for number in w.alive(numbers()):
            w.patch(h.p(number, id="number"))

    async def body(max_bytes: int) -> bytes:
        return b'{"a": 1}'

    other = [("sec-fetch-site", "cross-site")]
    await respond(page, Context(method="GET", path="/"), MemoryClient())
    await respond(act, Context(method="POST", path="/", read_body=body), MemoryClient())
    await respond(act, Context(method="POST", path="/", headers=other), MemoryClient())
    await respond(stream, Context(method="GET", path="/"), MemoryClient())


async def numbers() -> AsyncIterator[int]:
    for number in range(3):
        yield number


def state() -> dict[str, object]:
    """Return everything that a library could change for others, by name."""
    found: dict[str, object] = {
        "the filters of warnings": list(warnings.filters),
        "the number of functions at exit": atexit._ncallbacks(),
        "the environment": dict(os.environ),
        "the hooks of sys": [sys.excepthook, sys.unraisablehook, sys.displayhook],
        "the hooks of import": [*sys.meta_path, *sys.path_hooks],
    }
    for number in (signal.SIGINT, signal.SIGTERM):
        found[f"the handler of {number.name}"] = signal.getsignal(number)
    for name, log in [("root", logging.root), *logging.root.manager.loggerDict.items()]:
        if isinstance(log, logging.Logger) and name.partition(".")[0] != "fatmorph":
            found[f"the logger {name}"] = log.level, log.propagate, [*log.handlers], [*log.filters]
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] not in {"fatmorph", "__main__"}:
            found |= dict(changeable(name, module))
    return found


def changeable(name: str, module: types.ModuleType) -> Iterator[tuple[str, object]]:
    """Yield the functions and classes of a module, and the members of its classes."""
    for key, value in list(vars(module).items()):
        kind = type(value)  # `isinstance()` would set up lazy objects
        if issubclass(kind, types.FunctionType | types.BuiltinFunctionType | type):
            yield f"{name}.{key}", value
        if issubclass(kind, type):
            members = vars(value).items()
            yield (
                f"the members of {name}.{key}",
                {member: id(found) for member, found in members if member not in OF_PYTHON},
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
