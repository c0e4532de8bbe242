"""Comparison of the simulation's results with the browser's."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from browser.differential.client import Outcome, Patch, play
from browser.differential.pairs import Pair
from fatmorph.morph.simulation import Simulation, simulate

__all__ = ("Difference", "differing")

NOWHERE = "came and went"  # replaces the text of a script that was removed, or lost its text


@dataclass(frozen=True)
class Difference:
    """A pair for which the simulation and the browser differ, and the aspects that differ."""

    pair: Pair
    aspects: dict[str, tuple[Any, Any]]  # the simulation's, the browser's
    patch: Patch

    def __str__(self) -> str:
        call = f"simulate(\n    {self.patch.before!r},\n    {self.patch.after!r},\n"
        for name in ("mode", "selector", "namespace"):
            if (value := getattr(self.patch, name)) != getattr(Patch, name):
                call += f"    {name}={value!r},\n"
        lines = [
            f"{name}:\n  simulation {simulated!r}\n  browser    {observed!r}"
            for name, (simulated, observed) in self.aspects.items()
        ]
        return "\n".join([call + ")", *lines])


def differing(client: Page, pairs: Sequence[Pair]) -> Iterator[Difference | None]:
    """Play pairs in the browser, and yield each pair's difference, or None."""
    patches = [pair.patch for pair in pairs]
    for pair, patch, outcome in zip(pairs, patches, play(client, patches), strict=True):
        simulated = _simulated(_simulation(patch), outcome)
        observed = _observed(outcome)
        if NOWHERE in simulated["scripts"]:  # their texts are unknown
            for each in (simulated, observed):
                each["scripts"] = sum(each["scripts"].values())
        aspects = _aspects(simulated, observed)
        yield Difference(pair, aspects, patch) if aspects else None


def _simulation(patch: Patch) -> Simulation:
    return simulate(
        patch.before,
        patch.after,
        mode=patch.mode,  # type: ignore[arg-type]  # one of the modes
        selector=patch.selector,
        namespace=patch.namespace,  # type: ignore[arg-type]  # one of the namespaces
    )


def _aspects(simulated: dict[str, Any], observed: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {
        name: (value, observed[name])
        for name, value in simulated.items()
        if value != observed[name]
    }


def _simulated(simulation: Simulation, outcome: Outcome) -> dict[str, Any]:
    scripts: Counter[str] = Counter()
    for run in simulation.runs:
        if run.name == "script":
            scripts[outcome.script_texts.get(str(run.node.after)) or NOWHERE] += run.times
    return {
        "html": simulation.html,
        "nodes": [[node.after, node.name, node.before, node.moved] for node in simulation.nodes],
        "moved": sorted(str(node.before) for node in simulation.moved),
        "parked": sorted(str(node.before) for node in simulation.parked if node.before),
        "removed": sorted(str(node.before) for node in simulation.removed),
        "exception": _kind(simulation.exception),
        "warnings": list(simulation.warnings),
        "runs": _sorted_runs(
            (run.node.after, run.node.before, run.name, run.times)
            for run in simulation.runs
            if run.name != "script"
        ),
        "scripts": dict(scripts),
        "fields": _fields(simulation, outcome),
    }


def _observed(outcome: Outcome) -> dict[str, Any]:
    return {
        "html": outcome.html,
        "nodes": outcome.nodes,
        "moved": sorted(outcome.moved),
        "parked": sorted(outcome.parked),
        "removed": sorted(outcome.removed),
        "exception": _kind(outcome.exception),
        "warnings": outcome.warnings,
        "runs": _sorted_runs(outcome.runs),
        "scripts": outcome.scripts,
        "fields": [[path, name, now] for path, name, _, now in outcome.fields],
    }


def _fields(simulation: Simulation, outcome: Outcome) -> list[list[Any]]:
    """Return the contents of the fields that a user has edited; unwritten fields keep theirs."""
    written = {(write.node.after, write.name): write.after for write in simulation.properties}
    fields = []
    for path, name, users, _ in outcome.fields:
        value = written.get((path, name))
        as_written = value is not None if name == "checked" else value or ""
        fields.append([path, name, as_written if (path, name) in written else users])
    return fields


def _sorted_runs(runs: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    return sorted(map(tuple, runs), key=repr)


def _kind(exception: str | None) -> str | None:
    """Return the exception's class, because its text changes with the browser's version."""
    return exception and exception.removeprefix("Uncaught ").partition(":")[0]
