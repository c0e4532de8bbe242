"""A running page: it runs expressions, sends requests, and applies what comes back.

Source: https://data-star.dev/reference
"""

# Any is the type of every value of JavaScript.
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, get_args

from fatmorph.errors import StepError, shortened
from fatmorph.http._page_id import ID_HEADER
from fatmorph.morph._matching.document import BrowserError
from fatmorph.morph._matching.nodes import Node
from fatmorph.morph._matching.runs import count_runs
from fatmorph.testing._browser.attributes import attributes_of, is_ignored
from fatmorph.testing._browser.fetch import Fetch, Network
from fatmorph.testing._browser.handlers import Handlers
from fatmorph.testing._browser.host import HostElement, HostEvent, HostWorld
from fatmorph.testing._browser.plugins import Plugins
from fatmorph.testing._browser.requests import action_request
from fatmorph.testing._browser.tab import Tab, path_of
from fatmorph.testing._events import Event
from fatmorph.testing._expressions.evaluator import evaluate
from fatmorph.testing._expressions.methods import HostObject
from fatmorph.testing._expressions.tokens import NotUnderstoodError
from fatmorph.testing._expressions.values import is_true, text_of
from fatmorph.testing._losses import Loss, Watcher
from fatmorph.types import PatchMode

__all__ = ("Engine",)

BACKEND = frozenset({"delete", "get", "patch", "post", "put", "query"})
MODES = frozenset(get_args(PatchMode))
# Events with which our subscriptions steer the client; they change nothing in the page.
OWN_EVENTS = frozenset({"datastar-open", "datastar-unsubscribe"})


class Engine:
    """One page while it is open.

    Args:
        tab: The page.
        network: Its way to the server.
        navigate: Loads another page.
    """

    def __init__(self, tab: Tab, network: Network, navigate: Callable[[str], None]) -> None:
        self.tab = tab
        self.events: list[Event] = []
        self.losses: list[Loss] = []
        self.console: list[str] = []
        self.problems: list[Exception] = []
        """Steps of the user that need a browser, to be raised by the step."""
        self.fetches: list[Fetch] = []
        self.world = HostWorld(tab, navigate, self._dispatch)
        self.plugins = Plugins(tab, self)
        self.handlers = Handlers(tab, self.world, self)
        self.submitter: Node | None = None
        self.is_strict = True
        """Whether a handler that needs a browser fails the step, and is not merely skipped."""
        self.navigate = navigate
        self._network = network
        self._nodes: dict[Fetch, Node] = {}
        self._calls: dict[tuple[str, str], Fetch] = {}
        self._hidden: dict[Fetch, bool] = {}
        self._cleaned: dict[Fetch, tuple[str, str]] = {}
        """The calls that end with their elements, or with the attribute that has made them."""
        self._attribute = ("", "")
        self._running: Counter[Node] = Counter()

    def load(self) -> None:
        """Apply the page's attributes, as the client does when it starts."""
        with self.plugins.applying():
            for node in list(self.tab.document.root.descendants()):
                if node.is_element and not is_ignored(node):
                    for name in list(node.attributes):
                        self.plugins.apply(node, name)
                if node.does_run and "src" not in node.attributes:
                    self.tab.skip(node, "script", "a script of the page")
        self.tab.autofocus([self.tab.document.root])
        self._forget_records()

    def close(self) -> None:
        """Close the page."""
        self.tab.is_closed = True
        for fetch in self.fetches:
            fetch.cancel()
        self.plugins.cancel()
        self.handlers.cancel()

    def set_hidden(self, *, is_hidden: bool) -> None:
        """Hide the page, or show it: streams close and open again, unless they stay open."""
        self.tab.is_hidden = is_hidden
        for fetch in list(self.fetches):
            if not self._hidden[fetch] and not fetch.is_ended:
                (fetch.pause if is_hidden else fetch.go_on)()

    def element(self, node: Node) -> HostElement | None:
        """Return the object of an element."""
        return self.world.element(node)

    def run(self, node: Node, name: str, *, is_value: bool = False) -> Any:  # Any: JavaScript's
        """Run the expression of an attribute.

        Raises:
            NotUnderstoodError: Only a browser can.
        """
        text = node.attributes.get(name, "")
        self._attribute = (name, text)
        return self._evaluate(text, node, None, is_value=is_value)

    def run_handler(self, node: Node, name: str, event: HostEvent) -> None:
        """Run the expression of a handler."""
        self._attribute = (name, node.attributes[name])
        try:
            self._evaluate(node.attributes[name], node, event)
        except NotUnderstoodError as error:
            if self.is_strict:
                self.problems.append(_handler_error(node, name, error))
            else:
                self.tab.skip(node, name, error)
        self.plugins.refresh()

    def follow(self, links: Node, url: str) -> None:
        """Follow a link by a morph, as `live_links()` does.

        Args:
            links: Its element.
            url: The address to ask for.
        """
        is_new = url != self.tab.url and links not in self._nodes_of_fetches()
        self.tab.show_address(url, is_new=is_new)
        self._ask_for_page(links, url)

    def travel(self, before: str) -> None:
        """Show another address of this page, as after the back button.

        Args:
            before: The address that is left.
        """
        current = self.tab.history.current
        self.tab.url = current.request.url
        self.handlers.dispatch(self.tab.document.root, "popstate", {"state": current.state})
        links = self.tab.document.find("live-links")
        if links is not None and self.tab.url != before:
            self._ask_for_page(links, self.tab.url)

    def _nodes_of_fetches(self) -> set[Node]:
        return {self._nodes[fetch] for fetch in self.fetches}

    def _ask_for_page(self, links: Node, url: str) -> None:
        self.tab.takes_over = True
        target = _LinkTarget(self, url)
        options = {"payload": {}, "headers": {ID_HEADER: self.tab.signals.page_id}}
        build = partial(action_request, self.tab, links, "GET", url, options, submitter=None)
        fetch = Fetch(build, self._network, target, {"retryMaxCount": 0})
        self._nodes[fetch], self._hidden[fetch] = links, False
        self.fetches.append(fetch)
        fetch.start()

    def take_event(self, event: Event) -> None:
        """Apply an event of a stream, or a whole response."""
        if self.tab.is_closed or event.name in OWN_EVENTS:
            return
        self.events.append(event)
        try:
            if event.elements is not None:
                self._patch(event)
            elif event.signals is not None:
                is_missing_only = (event.field("onlyIfMissing") or "").strip() == "true"
                self.tab.signals.merge(event.signals, only_if_missing=is_missing_only)
                self.plugins.refresh()
        except (BrowserError, ValueError) as error:  # the client logs it and reads on
            self.console.append(str(error))

    def take_script(self, text: str) -> None:
        """Run a script that was sent as a response."""
        self._run_script(text, self.tab.document.html or self.tab.document.root)

    def note_fetch(self, fetch: Fetch, *, is_started: bool) -> None:
        """Set the `data-indicator` of the element whose action has begun or ended."""
        node = self._nodes[fetch]
        self._running[node] += 1 if is_started else -1
        if not is_started:
            self.fetches.remove(fetch)
            self._cleaned.pop(fetch, None)
        for name, attribute in attributes_of(node, "indicator", "camel"):
            path = attribute.key or node.attributes[name]
            self.tab.signals.write(path, self._running[node] > 0)
        if not self.tab.is_closed:
            self.plugins.refresh()

    def _dispatch(self, node: Node, name: str) -> None:
        self.handlers.dispatch(node, name, {})

    def _evaluate(
        self, text: str, node: Node, event: HostEvent | None, *, is_value: bool = False
    ) -> Any:
        names = {
            **self.world.names,
            "el": self.element(node),
            "evt": event,
            "setTimeout": partial(self._set_timeout, node),
        }
        actions = _NodeActions(partial(self._call, node))
        return evaluate(
            text, signals=self.tab.signals, actions=actions, names=names, is_value=is_value
        )

    def _set_timeout(self, node: Node, call: Callable[[], Any], wait_ms: Any = 0) -> None:
        def run() -> None:
            if self.tab.is_closed:
                return
            try:
                call()
            except NotUnderstoodError as error:
                self.tab.skip(node, "setTimeout", error)
            self.plugins.refresh()

        asyncio.get_running_loop().call_later(float(wait_ms) / 1000, run)

    def _call(self, node: Node, name: str, arguments: list[Callable[[], Any]]) -> Any:
        if name == "peek":
            outer, self.tab.signals.tracked = self.tab.signals.tracked, None
            try:
                return arguments[0]()()
            finally:
                self.tab.signals.tracked = outer
        values = [argument() for argument in arguments]
        if name == "setAll":
            return self._set_all(lambda _: values[0], _given(values, 1))
        if name == "toggleAll":
            return self._set_all(lambda value: not is_true(value), _given(values, 0))
        if name not in BACKEND:
            raise NotUnderstoodError(f"`@{name}()`")
        self._fetch(node, name.upper(), text_of(values[0]), _given(values, 1))
        return None

    def _set_all(self, change: Callable[[Any], Any], patterns: Mapping[str, Any]) -> None:
        include, exclude = patterns.get("include"), patterns.get("exclude")
        for path in self.tab.signals.paths():
            is_wanted = include is None or include.search(path)
            if is_wanted and not (exclude is not None and exclude.search(path)):
                self.tab.signals.write(path, change(self.tab.signals.read(path)))

    def _fetch(self, node: Node, method: str, url: str, options: Mapping[str, Any]) -> None:
        build = partial(
            action_request, self.tab, node, method, url, options, submitter=self.submitter
        )
        build()  # an option that is not understood is an error here, not later
        fetch = Fetch(build, self._network, self, options)
        cancellation = options.get("requestCancellation", "auto")
        if cancellation == "cleanup":
            self._cleaned[fetch] = self._attribute
        if cancellation != "disabled":
            earlier = self._calls.get((method, url))
            if earlier is not None and not earlier.is_ended:
                earlier.cancel()
            self._calls[method, url] = fetch
        self._nodes[fetch] = node
        self._hidden[fetch] = is_true(options.get("openWhenHidden", method != "GET"))
        self.fetches.append(fetch)
        fetch.start()

    def _clean_up(self) -> None:
        for fetch, (name, text) in list(self._cleaned.items()):
            node = self._nodes[fetch]
            if not self.tab.is_present(node) or node.attributes.get(name) != text:
                fetch.cancel()

    def _patch(self, event: Event) -> None:
        mode = event.field("mode") or "outer"
        if mode not in MODES:
            raise BrowserError(f"PatchElementsInvalidMode: {mode}")
        self._forget_records()
        watcher, patch, document = Watcher(self.tab), self.tab.patch, self.tab.document
        patch.parked.clear()
        try:
            patch.apply(
                event.elements or "",
                mode=mode,  # type: ignore[arg-type]  # it is in MODES
                selector=event.field("selector"),
                namespace=event.field("namespace") or "html",  # type: ignore[arg-type]  # as it was sent
            )
        finally:
            document.end()
            self.console += patch.warnings
            patch.warnings.clear()
            self._apply(watcher, event)

    def _apply(self, watcher: Watcher, event: Event) -> None:
        """Do what the client does after a morph, and note what the user has lost."""
        document, tab = self.tab.document, self.tab
        tab.forget_attributes()
        runs = count_runs(document)
        changed = tab.fields.take_writes(document.properties)
        scripts, added = list(document.scripts), list(document.added)
        with self.plugins.applying():
            for field in changed:
                self.plugins.bindings.take(field, is_patched=True)
            for node in list(document.root.descendants()):
                for name in list(node.attributes) if node.is_element else ():
                    for _ in range(runs.get((node, name), 0)):
                        self.handlers.forget(node, name)
                        self.plugins.apply(node, name)
            self._clean_up()
        self.losses += watcher.losses(event, runs)
        self._forget_records()
        if tab.focused is not None and not tab.is_present(tab.focused):
            tab.focus(None)
        tab.autofocus(added)
        for script in scripts:
            self._run_script(script.text_content(), script)

    def _run_script(self, text: str, node: Node) -> None:
        try:
            self._evaluate(text, node, None)
        except NotUnderstoodError as error:
            self.tab.skip(node, "script", error)
        self.plugins.refresh()

    def _forget_records(self) -> None:
        document = self.tab.document
        document.added.clear()
        document.moved.clear()
        document.attributes.clear()
        document.properties.clear()
        document.scripts.clear()


class _LinkTarget:
    """The page that a link is followed in; a response without a page is loaded by the browser."""

    def __init__(self, engine: Engine, url: str) -> None:
        self._engine = engine
        self._url = url
        self._is_shown = False

    def take_event(self, event: Event) -> None:
        """Show the page, and begin at its top."""
        self._engine.take_event(event)
        if event.elements is not None and not self._is_shown:
            self._is_shown = True
            tab = self._engine.tab
            tab.takes_over = False
            tab.scrolled.clear()
            tab.focus(next(iter(tab.select("[autofocus]")), None))

    def take_script(self, text: str) -> None:
        """Run a script."""
        self._engine.take_script(text)

    def note_fetch(self, fetch: Fetch, *, is_started: bool) -> None:
        """Note the end, after which a page that was not shown is loaded."""
        self._engine.note_fetch(fetch, is_started=is_started)
        if not is_started and not self._is_shown and not self._engine.tab.is_closed:
            self._engine.navigate(self._url)


class _NodeActions:
    """The actions of one element's expression."""

    def __init__(self, call: Callable[[str, list[Callable[[], Any]]], Any]) -> None:
        self._call = call

    def call(self, name: str, arguments: list[Callable[[], Any]]) -> Any:
        """Call the action that is written as `@name(…)`."""
        return self._call(name, arguments)


def _given(values: list[Any], index: int) -> Mapping[str, Any]:
    value = values[index] if len(values) > index else None
    if isinstance(value, HostObject):
        raise NotUnderstoodError("the options of an action")
    return value if isinstance(value, dict) else {}


def _handler_error(node: Node, name: str, error: NotUnderstoodError) -> StepError:
    return StepError(
        f"cannot run {error} without a browser",
        where=f"{path_of(node)}, {name}: {shortened(node.attributes[name], 60)}",
        why="a page in memory understands signals, actions and simple JavaScript",
        fix="test this step with Playwright: https://playwright.dev/python",
    )
