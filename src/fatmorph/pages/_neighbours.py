"""The other processes that have states of the same pages.

Numbered rules:

1. A state is in one process, its owner. It moves to the process in which a stream of its page
   begins. `Clock` decides which of two streams is the later one.
2. An action elsewhere borrows the state: the owner lets no other action in until it comes back, or
   until the borrower has been silent for `LEASE_SECONDS`.
3. A borrower whose state was not taken back raises an error. So no change is lost silently.
4. A stream does not wait for an answer, because a new page gets none. Its first actions do, for
   `SETTLE_SECONDS`. A state that arrives later is used if no action has run yet.
5. An owner that cannot answer at once, because an action runs, says so at once: then the others
   wait for up to `LATE_SECONDS`.
6. An action asks again while no process answers, because an owner that has just begun may not have
   subscribed at the first question. A second loan for one question goes back unchanged.
"""

from __future__ import annotations

import asyncio
import threading
from asyncio import current_task, get_running_loop
from collections.abc import Callable
from typing import Any, TypeVar

from fatmorph._log import Limit, Log
from fatmorph.errors import MomentError, PageAwayError, SettingsError
from fatmorph.pages._calls import Call
from fatmorph.pages._line import nested_error
from fatmorph.pages._messages import PageMessage
from fatmorph.pages._moves import LATE_SECONDS, SETTLE_SECONDS, Moves, note_dropped, visitor_of
from fatmorph.pages._page import Page, Visitor, stolen_error
from fatmorph.pages._states import States
from fatmorph.relay._relay import Relay

__all__ = ("BorrowedPage", "Neighbours")

State = TypeVar("State")

ANSWER_SECONDS = 5.0  # an event loop is busy for so long with 20,000 pages
ASK_AGAIN_SECONDS = 0.25  # twice as long after each question
LEASE_SECONDS = 10.0
RENEW_SECONDS = 2.5
KEEP_SECONDS = 5.0

logger = Log("fatmorph.pages")


class BorrowedPage(Page[State]):
    """The page of an action whose state is in another process.

    Args:
        state: A copy, which goes back at the end.
        visitor: The request of the action.
        guard: As for `Line`.
        loan: How to reach the owner.
        neighbours: Tell it.
    """

    __slots__ = ("_neighbours", "borrower", "loan", "renewing")

    def __init__(
        self,
        state: State,
        visitor: Visitor,
        *,
        guard: threading.RLock,
        loan: PageMessage,
        neighbours: Neighbours[State],
    ) -> None:
        super().__init__(state, visitor, guard=guard)
        self.loan: PageMessage | None = loan
        self.to_refill = loan.to_refill
        self._neighbours = neighbours
        self.renewing: asyncio.Task[None] | None = None
        self.borrower: tuple[asyncio.Task[Any] | None, str] | None = None

    def changed(self) -> None:
        """Draw this page again, while the block of the action runs; from any thread.

        Raises:
            MomentError: If the block has ended, because the state is in another process then.
        """
        if self.loan is None:
            raise MomentError(
                "cannot draw a page of another process after the end of the action",
                where="page.changed()",
                why="its state went back to the process of the page's stream",
                fix="async with pages.of(c) as page: …  (again, in the task that changes it)",
            )
        self._neighbours.draw(self, self.loan)
        super().changed()


class Neighbours(Moves[State]):
    """Move states between processes, and lend them.

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
        super().__init__(relay, states, make)
        # Any: the results of tasks are not used.
        self._borrowers: set[tuple[asyncio.Task[Any] | None, str] | None] = set()
        self._limit = Limit(1)

    def draw(self, page: BorrowedPage[State], loan: PageMessage) -> None:
        """Let the owner of a borrowed state draw it, before the end of the action."""
        self._tell_lender(loan, "draw", state=self._codec.checked(page.state))

    async def borrow(self, visitor: Visitor) -> BorrowedPage[State] | None:
        """Return a page of another process, whose turn it is; None if there is none.

        Raises:
            PageError: If it belongs to another session.
            PageAwayError: If the other processes cannot be reached, or have a state that cannot be
                read.
            MomentError: If this task has borrowed it already.
        """
        borrower = (current_task(), visitor.page_id)
        if borrower in self._borrowers:
            raise nested_error()
        with self._calls.call() as call:
            asking = self._asking.setdefault(visitor.page_id, {})
            asking[call.name] = call
            try:
                loan = await self._lent(call, visitor)
            finally:
                del asking[call.name]
                if not asking and self._asking.get(visitor.page_id) is asking:
                    del self._asking[visitor.page_id]
            if loan is None:
                return None
        try:
            state = self._codec.decode(loan.state)
        except PageAwayError:
            self._tell_lender(loan, "return")
            raise
        page = BorrowedPage(state, visitor, guard=self._guard, loan=loan, neighbours=self)
        page.renewing = get_running_loop().create_task(self._renew(loan))
        page.borrower = borrower
        self._borrowers.add(borrower)
        return page

    async def give_back(self, page: BorrowedPage[State], *, is_waiting: bool) -> None:
        """Return the state to its owner.

        Args:
            page: The borrowed page.
            is_waiting: Whether to wait until the owner has it; not after an error.

        Raises:
            PageAwayError: If the owner did not take it.
            SettingsError: If it cannot be encoded any more, or the owner could not read it.
        """
        loan, page.loan = page.loan, None
        self._borrowers.discard(page.borrower)
        if page.renewing is not None:
            page.renewing.cancel()
        if loan is None:
            return
        try:
            state = self._codec.checked(page.state)
        except SettingsError:
            self._tell_lender(loan, "return")
            if is_waiting:
                raise
            return  # the error that has ended the action is on its way to the user
        with self._calls.call(loan.call) as call:
            self._tell_lender(loan, "return", state=state)
            if is_waiting:
                await self._wait_until_kept(call)

    async def _wait_until_kept(self, call: Call) -> None:
        while answer := await call.next(KEEP_SECONDS):
            if answer.kind == "kept":
                return
            if answer.kind == "late":
                break
            # Late answers to the question: a second loan goes back, the others mean nothing now.
            self._take(answer)
        raise _not_kept_error()

    async def _lent(self, call: Call, visitor: Visitor) -> PageMessage | None:
        loop = get_running_loop()
        until = loop.time() + ANSWER_SECONDS
        is_stolen = False
        answer = await self._first_answer(call, visitor, until)
        while answer is not None:
            if answer.kind == "lent":
                return answer
            if answer.kind == "stolen":  # its owner may have it, too: then both answer
                is_stolen, until = True, min(until, loop.time() + SETTLE_SECONDS)
            if answer.kind == "wait":
                is_stolen, until = False, loop.time() + LATE_SECONDS
            if answer.kind == "again":
                until = loop.time() + ANSWER_SECONDS
                self._calls.ask("take", call.name, visitor)
            if answer.kind == "here":
                return None
            answer = await call.next(until - loop.time())
        if is_stolen:
            raise stolen_error("async with pages.of(c)")
        self._note_no_answer()
        return None

    async def _first_answer(self, call: Call, visitor: Visitor, until: float) -> PageMessage | None:
        """Ask until a process answers: its subscription may have come after the question."""
        loop = get_running_loop()
        seconds = ASK_AGAIN_SECONDS
        while (left := until - loop.time()) > 0:
            self._calls.ask("take", call.name, visitor)
            if (answer := await call.next(min(seconds, left))) is not None:
                return answer
            seconds *= 2
        return None

    async def _renew(self, loan: PageMessage) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            self._tell_lender(loan, "renew")

    def _tell_lender(self, loan: PageMessage, kind: str, **values: Any) -> None:
        self._calls.tell(loan.sender, self._calls.message(kind, loan.call, **values))

    def _note_no_answer(self) -> None:
        if not self._calls.is_connected:
            raise PageAwayError(
                "cannot ask the other processes for the state of a page",
                where="Pages(…, relay=…)",
                why="the relay is not connected to its broker",
                fix="relay.status  (which says why)",
            )
        if self._limit.left_out("answer") is not None:
            logger.warning(
                "no process had the state of a page, so an action began a new one (logged once a "
                "minute)"
            )

    # The messages of the other processes.

    def _take(self, message: PageMessage) -> None:
        if message.kind == "take":
            self._note_action_elsewhere(message)
        elif message.kind == "lent":  # too late, or a second one: it goes back unchanged
            self._tell_lender(message, "return")
            self._drop_orphan(visitor_of(message))
        elif message.kind == "return" and message.state is not None:
            self._answer(message, "late")
        else:
            super()._take(message)

    def _drop_orphan(self, visitor: Visitor) -> None:
        """Forget a state that an action began here, because the owner answered too late."""
        page = self._states.find(visitor)
        if page is not None:
            if not page.opened_at and page.users == 1:
                self._states.move(page)
                note_dropped()
            self._states.end(page)

    def _note_action_elsewhere(self, message: PageMessage) -> None:
        page = self._states.find(visitor_of(message))
        if page is not None:
            if page.line.is_busy:
                self._answer(message, "wait")
            self._start(self._lend(page, message))
        elif self._states.has(message.page_id):
            self._answer(message, "stolen")

    async def _lend(self, page: Page[State], message: PageMessage) -> None:
        try:
            await page.line.enter()
            try:
                if page.is_moved:
                    self._answer(message, "again")
                else:
                    page.was_changed = True
                    await self._lend_in_turn(page, message)
            finally:
                page.line.leave()
        finally:
            self._states.end(page)

    async def _lend_in_turn(self, page: Page[State], message: PageMessage) -> None:
        with self._calls.call(message.call) as call:
            state = self._encoded(page)
            visitor = visitor_of(message)._asdict()
            self._answer(message, "lent", state=state, to_refill=page.to_refill, **visitor)
            while found := await call.next(LEASE_SECONDS):
                if found.state is not None:
                    self._take_back(page, found)
                if found.kind == "return":
                    return
        logger.warning(
            "an action in another process did not give back the state of a page: its changes are "
            "lost"
        )

    def _take_back(self, page: Page[State], message: PageMessage) -> None:
        try:
            page.state = self._codec.decode(message.state)
        except PageAwayError as error:  # that of another release
            logger.warning("%s", error)
            self._answer(message, "late")
            return
        page.to_refill = frozenset()
        page.changed()
        if message.kind == "return":
            self._answer(message, "kept")


def _not_kept_error() -> PageAwayError:
    return PageAwayError(
        "cannot keep what an action has changed in the state of a page",
        where="the end of async with pages.of(c)",
        why="the process of the page's stream, which has the state, did not take it back",
        fix="the user repeats the action  (the page's new stream has begun elsewhere by then)",
    )
