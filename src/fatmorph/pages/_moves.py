"""The moves of states: to the process in which a stream of their page begins.

The rules are those of `_neighbours`.
"""

from __future__ import annotations

import asyncio
import threading
import time
from asyncio import get_running_loop
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from fatmorph._log import Log
from fatmorph.counters import COUNTERS
from fatmorph.errors import FatmorphError, PageAwayError, SettingsError
from fatmorph.pages._calls import Call, Calls
from fatmorph.pages._messages import PageMessage, StateCodec
from fatmorph.pages._page import Page, Visitor
from fatmorph.pages._states import States
from fatmorph.relay._relay import Relay

__all__ = ("Clock", "Moves", "note_dropped", "visitor_of")

State = TypeVar("State")

SETTLE_SECONDS = 0.25  # a click on a new page comes later; a broker takes some milliseconds
LATE_SECONDS = 30.0  # for an answer that was promised

logger = Log("fatmorph.pages")


class Clock:
    """The moments at which streams begin, in an order that all processes agree on.

    The clocks of two machines differ. So a moment is later than each one that was heard of before.

    Source: https://cse.buffalo.edu/tech-reports/2014-04.pdf (hybrid logical clocks)
    """

    def __init__(self) -> None:
        self._latest = 0

    def now(self) -> int:
        """Return a moment, in nanoseconds, that is later than all others until now."""
        self._latest = max(time.time_ns(), self._latest + 1)
        return self._latest

    def hear(self, moment: int) -> None:
        """Note a moment of another process."""
        self._latest = max(self._latest, moment)

    def is_slow(self, moment: int) -> bool:
        """Return whether a moment is later than all that was known here: a clock goes ahead."""
        return moment > max(time.time_ns(), self._latest)


@dataclass(slots=True)
class _Opening(Generic[State]):
    """A page whose stream began here, until the other processes have answered."""

    page: Page[State]
    is_settled: bool
    promised_by: set[str] = field(default_factory=set[str])
    timers: int = 0


class Moves(Generic[State]):
    """Move states to other processes, and from them.

    Args:
        relay: Carries the messages.
        states: Those of this process.
        make: Returns a new state.

    Raises:
        SettingsError: If no state can be encoded.
    """

    def __init__(
        self, relay: Relay[PageMessage], states: States[State], make: Callable[[], State]
    ) -> None:
        # A function's own name says nothing about its states.
        made = make if isinstance(make, type) else type(make())
        self._states = states
        self._codec = StateCodec[State](made)
        self._calls = Calls(relay, made, self._take)
        self._guard = threading.RLock()
        self._clock = Clock()
        self._openings: dict[str, _Opening[State]] = {}  # by the name of the call
        self._asking: dict[str, dict[str, Call]] = {}  # by the page, and the name of the call
        self._tasks: set[asyncio.Task[None]] = set()

    def _take(self, message: PageMessage) -> None:
        """Take a message of another process."""
        if message.kind == "opened":
            self._note_opened_elsewhere(message)
        elif message.kind == "moved":
            self._adopt(message)
        elif message.kind == "later":
            self._announce_again(message)
        elif message.kind in {"wait", "elsewhere"}:
            self._note_promise(message)

    def check(self, state: State) -> None:
        """Refuse a new state that cannot be encoded.

        Raises:
            SettingsError: If it cannot.
        """
        self._codec.checked(state)

    def listen(self) -> None:
        """Answer the other processes from now on."""
        self._calls.listen()

    def announce(self, page: Page[State], visitor: Visitor, *, is_new: bool) -> None:
        """Tell the others that a stream begins here, and ask for the state of its page.

        Args:
            page: The page.
            visitor: Its request.
            is_new: Whether actions wait for an answer; this task has the page's turn then.
        """
        name = self._calls.new_name()
        loop = get_running_loop()
        with self._guard:
            page.opened_at = opened_at = self._clock.now()
            older = None if is_new else self._unsettled(page)
            # A second stream of a page that still waits for its state waits together with it.
            opening = _Opening(page, is_settled=not is_new) if older is None else older
            self._openings[name] = opening
            opening.timers += not opening.is_settled
        for call in list(self._asking.get(page.id, {}).values()):
            call.put(self._calls.message("here", call.name))  # not from elsewhere any more
        if is_new:
            page.line.hold_without_task()
            self._states.hold(page)
        if not opening.is_settled:
            loop.call_later(SETTLE_SECONDS, self._settle_in_time, opening)
        loop.call_later(2 * LATE_SECONDS, self._openings.pop, name, None)
        self._calls.ask("opened", name, visitor, opened_at=opened_at)

    def _note_opened_elsewhere(self, message: PageMessage) -> None:
        with self._guard:
            self._clock.hear(message.opened_at)
        page = self._states.find(visitor_of(message))
        if page is None:
            return
        last = page.opened_at if page.claim is None else max(page.opened_at, page.claim.opened_at)
        if message.opened_at <= last:  # there is a later stream, here or elsewhere
            self._answer(message, "later", **visitor_of(message)._asdict(), opened_at=last)
            self._states.end(page)
            return
        is_going = page.claim is not None
        page.claim = message
        if (opening := self._unsettled(page)) is not None:
            self._give_up(opening, message)
            self._states.end(page)
            return
        if page.line.is_busy:
            self._answer(message, "wait")
        if is_going:
            self._states.end(page)
        else:
            self._start(self._hand_over(page, message))

    def _announce_again(self, message: PageMessage) -> None:
        """Announce a stream with a later moment if only its clock was slow.

        A process that has just begun has not heard of the clocks of the others. By a clock that is
        right, the other stream is the later one, and has the state.
        """
        with self._guard:
            is_slow = self._clock.is_slow(message.opened_at)
            self._clock.hear(message.opened_at)
            opening = self._openings.get(message.call)
            if not is_slow or opening is None or opening.page.is_moved:
                return
            opening.page.opened_at = opened_at = self._clock.now()
        self._calls.ask("opened", message.call, visitor_of(message), opened_at=opened_at)

    def _unsettled(self, page: Page[State]) -> _Opening[State] | None:
        """Return how a page waits for its state; None if it has it."""
        if page.was_changed or not page.line.is_busy:
            return None
        found = (opening for opening in list(self._openings.values()) if opening.page is page)
        return next((opening for opening in found if not opening.is_settled), None)

    def _give_up(self, opening: _Opening[State], claim: PageMessage) -> None:
        """Leave a page, whose state has not come, to a later stream; its actions follow."""
        if opening.promised_by:
            self._answer(claim, "wait")
        self._states.move(opening.page)
        self._settle(opening)

    async def _hand_over(self, page: Page[State], message: PageMessage) -> None:
        try:
            await page.line.enter()
            try:
                claim, page.claim = page.claim, None
                if page.is_moved or claim is None or claim.opened_at < page.opened_at:
                    self._answer(message, "elsewhere")
                else:
                    self._move(page, claim)
            finally:
                page.line.leave()
        finally:
            self._states.end(page)

    def _move(self, page: Page[State], claim: PageMessage) -> None:
        state = self._encoded(page)
        page.claim = claim  # in case that the state is still on its way here
        self._states.move(page)
        facts = {"to_refill": page.to_refill, "was_changed": page.was_changed}
        self._answer(claim, "moved", state=state, **facts)

    def _encoded(self, page: Page[State]) -> bytes:
        try:
            return self._codec.encode(page.state)
        except SettingsError as error:  # each action looks; so a stream has changed it
            _note_lost(error)
            return b""

    def _adopt(self, message: PageMessage) -> None:
        with self._guard:
            opening = self._openings.get(message.call)
            if opening is not None and opening.page.is_moved and opening.page.claim is not None:
                facts = {"to_refill": message.to_refill, "was_changed": message.was_changed}
                self._answer(opening.page.claim, "moved", state=message.state, **facts)
                return
            if opening is None or opening.page.was_changed:
                if message.was_changed:
                    note_dropped()
                return
            page = opening.page
            try:
                page.state = self._codec.decode(message.state)
            except PageAwayError as error:  # that of another release
                if message.was_changed:
                    _note_lost(error)
            else:
                page.to_refill = message.to_refill
                page.was_changed = message.was_changed
        page.changed()
        self._settle(opening)

    def _note_promise(self, message: PageMessage) -> None:
        with self._guard:
            opening = self._openings.get(message.call)
            if opening is None:
                return
            if message.kind == "wait":
                opening.promised_by.add(message.sender)
                return
            is_last = opening.promised_by == {message.sender}
            opening.promised_by.discard(message.sender)
        if is_last:
            self._settle(opening)

    def _settle_in_time(self, opening: _Opening[State]) -> None:
        opening.timers -= 1
        if opening.timers == 0 and opening.promised_by:
            get_running_loop().call_later(LATE_SECONDS, self._settle, opening)
        elif opening.timers == 0:
            self._settle(opening)

    def _settle(self, opening: _Opening[State]) -> None:
        """Let the actions of a page in: its state has come, or will not come."""
        with self._guard:
            if opening.is_settled:
                return
            opening.is_settled = True
        opening.page.line.leave()
        self._states.end(opening.page)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _answer(self, message: PageMessage, kind: str, **values: Any) -> None:
        self._calls.tell(message.sender, self._calls.message(kind, message.call, **values))


def note_dropped() -> None:
    """Count and log a state that was dropped for another one."""
    COUNTERS.page_states_dropped += 1
    logger.warning(
        "a page had two states, because a process answered too late; one of them was dropped"
    )


def visitor_of(message: PageMessage) -> Visitor:
    """Return the request that a message is about."""
    return Visitor(message.page_id, message.owner, message.client)


def _note_lost(error: FatmorphError) -> None:
    """Count and log a state that cannot be sent, or that cannot be read."""
    COUNTERS.page_states_dropped += 1
    logger.warning("the state of a page is lost: %s", error)
