"""What the simulation says against what the browser did."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from browser.differential.client import Outcome, Patch, play
from browser.differential.pairs import Pair
from fatmorph.morph.simulation import Simulation, simulate

__all__ = ("Difference", "differing")


@dataclass(frozen=True)
class Difference:
    """Be a pair for which they do not agree, and the aspects in which they do not."""

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
    """Play pairs in the browser and yield for each its difference, or None."""
    patches = [pair.patch for pair in pairs]
    for pair, patch, outcome in zip(pairs, patches, play(client, patches), strict=True):
        simulated = _simulated(_simulation(patch), outcome.script_texts)
        aspects = _aspects(simulated, _observed(outcome))
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


def _simulated(simulation: Simulation, script_texts: dict[str, str]) -> dict[str, Any]:
    scripts: Counter[str] = Counter()
    for run in simulation.runs:
        if run.name == "script":
            scripts[script_texts.get(str(run.node.path), "nowhere")] += run.times
    return {
        "html": simulation.html,
        "nodes": [[node.path, node.name, node.before, node.moved] for node in simulation.nodes],
        "moved": sorted(str(node.before) for node in simulation.moved),
        "parked": sorted(str(node.before) for node in simulation.parked if node.before),
        "removed": sorted(str(node.before) for node in simulation.removed),
        "exception": _kind(simulation.exception),
        "warnings": list(simulation.warnings),
        "runs": _sorted_runs(
            (run.node.path, run.node.before, run.name, run.times)
            for run in simulation.runs
            if run.name != "script"
        ),
        "scripts": dict(scripts),
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
        # What came and went within the patch is no node of the page, before or after.
        "runs": _sorted_runs(run for run in outcome.runs if run[0] or run[1]),
        "scripts": {
            text: times
            for text, times in outcome.scripts.items()
            if text in outcome.script_texts.values()
        },
    }


def _sorted_runs(runs: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    return sorted(map(tuple, runs), key=repr)


def _kind(exception: str | None) -> str | None:
    """Return the exception's class: its text is the browser's, and changes with its version."""
    return exception and exception.removeprefix("Uncaught ").partition(":")[0]
