"""Tracing: from the effects of a page with many cases to the cases that had them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from browser.attacks.break_outs import HARMLESS, BreakOut
from browser.attacks.client import Client, Outcome
from browser.attacks.matrix import Case
from browser.attacks.pages import Batch, batch

__all__ = ("Attack", "Hole", "Tally")

Effects = dict[str, list[str]]  # "runs", "injects", "stops" → the states of the page


@dataclass(frozen=True)
class Hole:
    """The effects of a case, or those of a stopped page with many cases (`case=None`)."""

    case: Case | None
    effects: Effects

    def __str__(self) -> str:
        effects = "; ".join(f"{name} when {', '.join(on)}" for name, on in self.effects.items())
        if self.case is None:
            return f"--- a page of many cases: {effects}"
        return f"--- case {self.case.number}, {self.case.family}: {effects}\n{self.case}"


@dataclass
class Tally:
    """Numbers of cases by outcome."""

    cases: int = 0
    refused: int = 0
    scripts_run: int = 0
    markup_injected: int = 0
    pages_stopped: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.scripts_run or self.markup_injected or self.pages_stopped)

    def __str__(self) -> str:
        return " ".join(f"{name}={value}" for name, value in vars(self).items())

    def add(self, hole: Hole) -> None:
        """Count the effects of one case."""
        self.scripts_run += "runs" in hole.effects
        self.markup_injected += "injects" in hole.effects
        self.pages_stopped += "stops" in hole.effects


@dataclass
class Attack:
    """An attack in progress: its client, its tally, and the places with known holes."""

    client: Client
    tally: Tally = field(default_factory=Tally)
    stops_to_trace: int = 20
    """How many more cases that stop a page are searched for, each in a dozen pages."""
    known: set[str] = field(default_factory=set)
    stopping: set[str] = field(default_factory=set)
    """Places that stop the page with any text: their other cases are not shown."""

    def holes(self, cases: Sequence[Case]) -> Iterator[Hole]:
        """Show cases together, count them, and yield those that had an effect.

        The first of each place is also shown alone.
        """
        made = batch(case for case in cases if case.place.source not in self.stopping)
        self.tally.cases += len(cases)
        self.tally.refused += len(made.refused)
        pending = [made]
        while pending:
            together = pending.pop()
            if not together.written:
                continue
            outcomes = self.client.show(together)
            halves = self._halves(together, outcomes)
            pending += halves
            for hole in () if halves else _holes(together, outcomes):
                yield self._counted(hole, is_alone=len(together.written) == 1)

    def _halves(self, together: Batch, outcomes: Sequence[Outcome]) -> list[Batch]:
        """Return the halves of a page that has stopped, unless it is a single case."""
        count = len(together.written)
        if count == 1 or self.stops_to_trace <= 0 or all(each.alive for each in outcomes):
            return []
        parts = together.written[count // 2 :], together.written[: count // 2]
        return [Batch(part, []) for part in parts]

    def _counted(self, hole: Hole, *, is_alone: bool) -> Hole:
        if hole.case and hole.case.place.source not in self.known:
            self.known.add(hole.case.place.source)
            hole = hole if is_alone else self._alone(hole.case)
        if hole.case and "stops" in hole.effects:
            self.stops_to_trace -= 1
            hole = self._with_blame(hole, hole.case)
        self.tally.add(hole)
        return hole

    def _alone(self, case: Case) -> Hole:
        """Return the effects of a case, or of the first part that has any, on a page of its own."""
        effects = self._effects_alone(case)
        for smaller in case.smaller if effects else ():
            if done := self._effects_alone(smaller):
                return Hole(smaller, done)
        return Hole(case, effects or {"does nothing by itself": []})

    def _effects_alone(self, case: Case) -> Effects:
        return _effects(case, self.client.show(batch([case])), stops=True)

    def _with_blame(self, hole: Hole, case: Case) -> Hole:
        """Return a hole, with an effect that says so if any text stops the page there."""
        harmless = Case(case.number, case.family, case.place, BreakOut("none", HARMLESS, ()))
        if "stops" not in (effects := self._effects_alone(harmless)):
            return hole
        self.stopping.add(case.place.source)
        return Hole(case, hole.effects | {"stops with any text": effects["stops"]})


def _holes(together: Batch, outcomes: Sequence[Outcome]) -> Iterator[Hole]:
    numbers = {number for each in outcomes for number in (*each.ran, *each.injected)}
    if unknown := numbers - {case.number for case in together.cases}:
        raise LookupError(f"cases {sorted(unknown)} did something, and were not in the page")
    if len(together.written) == 1:
        if effects := _effects(together.cases[0], outcomes, stops=True):
            yield Hole(together.cases[0], effects)
        return
    if stopped := [each.state for each in outcomes if not each.alive]:
        yield Hole(None, {"stops": stopped})
    for case in dict.fromkeys(together.cases):
        if case.number in numbers:
            yield Hole(case, _effects(case, outcomes, stops=False))


def _effects(case: Case, outcomes: Sequence[Outcome], *, stops: bool) -> Effects:
    seen = {
        "runs": [each.state for each in outcomes if case.number in each.ran],
        "injects": [each.state for each in outcomes if case.number in each.injected],
        "stops": [each.state for each in outcomes if stops and not each.alive],
    }
    return {name: states for name, states in seen.items() if states}
