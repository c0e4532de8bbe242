"""The events of a Writer that have no view: signals, removals, scripts and addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from fatmorph._streaming.event_response import EventResponder
from fatmorph.datastar._signal_classes import Signals
from fatmorph.datastar.events._elements import removal_event
from fatmorph.datastar.events._history import push_url_event, replace_url_event
from fatmorph.datastar.events._scripts import navigation_event, script_event
from fatmorph.datastar.events._signals import signals_event
from fatmorph.datastar.events._signals_json import changed_signals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed import DataclassInstance
    from msgspec import Struct

    from fatmorph.types import AttributeMapping, SignalValue

    PageSignals: TypeAlias = Mapping[str, SignalValue] | DataclassInstance | Struct | str

__all__ = ("CommandWriter",)


class CommandWriter(EventResponder):
    """The part of a Writer whose events have no view."""

    __slots__ = ()

    def patch_signals(
        self,
        signals: PageSignals,
        *,
        since: Signals | None = None,
        only_if_missing: bool = False,
        event_id: str | None = None,
        retry_ms: int | None = None,
    ) -> None:
        """Change signals of the page; None removes one.

        Args:
            signals: An instance of `Signals`, whose local signals are left out, a dataclass or a
                msgspec `Struct`; or names and values, with nested mappings for nested signals. A
                str is a JSON object, sent as it is.
            since: An earlier instance of the same class: only the signals that differ are sent,
                and none if all are equal.
            only_if_missing: Whether to keep signals that exist.
            event_id: Returned as `c.last_event_id` when the client connects again.
            retry_ms: The client's new interval before it connects again.

        Raises:
            EventError: If the client could not read the signals, or `since` is an instance of
                another class.
            ResponseEndedError: If a whole response was written before.

        Example:
            signals = await c.signals(Board)
            w.patch_signals(replace(signals, query=""), since=signals)
        """
        if since is not None:
            signals = changed_signals(signals, since)
            if not signals and event_id is None and retry_ms is None:
                return
        self._send(
            signals_event(
                signals, only_if_missing=only_if_missing, event_id=event_id, retry_ms=retry_ms
            )
        )

    def remove(
        self,
        selector: str,
        *,
        view_transition: bool = False,
        view_transition_selector: str | None = None,
        event_id: str | None = None,
        retry_ms: int | None = None,
    ) -> None:
        """Remove every element that matches a CSS selector.

        Args:
            selector: It may match nothing.
            view_transition: As for `patch()`.
            view_transition_selector: As for `patch()`.
            event_id: As for `patch()`.
            retry_ms: As for `patch()`.

        Raises:
            EventError: If a field could not be a line of an event.
            ResponseEndedError: If a whole response was written before.
        """
        self._send(
            removal_event(
                selector,
                view_transition=view_transition,
                view_transition_selector=view_transition_selector,
                event_id=event_id,
                retry_ms=retry_ms,
            )
        )

    def execute(
        self,
        script: str,
        *,
        auto_remove: bool = True,
        nonce: str | None = None,
        attributes: AttributeMapping | None = None,
        event_id: str | None = None,
        retry_ms: int | None = None,
    ) -> None:
        """Run JavaScript in the page, once; it is written UNESCAPED.

        Args:
            script: The script; write values into it with `js(value)`.
            auto_remove: Whether the script element disappears once it has run.
            nonce: The nonce in the Content-Security-Policy of the page that runs it; None for
                the nonce that the page sent, if any.
            attributes: Further attributes of the script element, as `{"type": "module"}`.
            event_id: As for `patch()`.
            retry_ms: As for `patch()`.

        Raises:
            EventError: If the nonce could not be part of a policy, or an attribute is written
                twice.
            RawTextError: If the text would end the script element early.
            ResponseEndedError: If a whole response was written before.
        """
        if attributes is None or "nonce" not in attributes:
            nonce = self._script_nonce(nonce)
        self._send(
            script_event(
                script,
                auto_remove=auto_remove,
                nonce=nonce,
                attributes=attributes,
                event_id=event_id,
                retry_ms=retry_ms,
            )
        )

    def navigate(self, url: str, *, nonce: str | None = None) -> None:
        """Open another page in the browser.

        Args:
            url: Absolute, or relative to the page; "" loads the page again.
            nonce: As for `execute()`, because a script opens the page.

        Raises:
            EventError: If the URL would run as a script, or the nonce could not be part of a
                policy.
            ResponseEndedError: If a whole response was written before.
        """
        self._send(navigation_event(url, nonce=self._script_nonce(nonce)))

    def push_url(self, url: str, *, nonce: str | None = None) -> None:
        """Give the page a new address and a new entry in the history, without loading anything.

        Args:
            url: A path on this site, or relative to the page, such as `?page=2`.
            nonce: As for `execute()`, because a script changes the address.

        Raises:
            EventError: If the URL is one of another site or has more than 8000 bytes, or the nonce
                could not be part of a policy.
            ResponseEndedError: If a whole response was written before.
        """
        self._send(push_url_event(url, nonce=self._script_nonce(nonce)))

    def replace_url(self, url: str, *, nonce: str | None = None) -> None:
        """Give the page a new address, in its entry of the history, without loading anything.

        Args:
            url: As for `push_url()`.
            nonce: As for `push_url()`.

        Raises:
            EventError, ResponseEndedError: As for `push_url()`.
        """
        self._send(replace_url_event(url, nonce=self._script_nonce(nonce)))

    def _script_nonce(self, nonce: str | None) -> str | None:
        return (self._nonce if nonce is None else nonce) or None
