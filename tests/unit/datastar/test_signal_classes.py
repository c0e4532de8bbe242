"""Classes of signals: references on the class, values on an instance, refused declarations."""

import copy
import pickle
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from typing import Annotated, Any, ClassVar

import msgspec
import pytest

from fatmorph import Signal, Signals, at, data, h, js, signal
from fatmorph.datastar import events
from fatmorph.errors import (
    ChildError,
    DatastarError,
    FatmorphError,
    SignalNameError,
    SignalsError,
)
from fatmorph.http._signals import decoded_signals
from fatmorph.markup._attributes import Attrs

PAGE_ID = "{'Fatmorph-State': 'fatmorph_page' in $ ? $fatmorph_page : ''}"


class User(Signals):
    firstName: Signal[str] = signal("")  # noqa: N815 - the client's own spelling
    _draft: Signal[str] = signal("")

    @property
    def greeting(self) -> str:
        """Return a greeting."""
        return f"Hello, {self.firstName}"


class Board(Signals):
    version: ClassVar[int] = 3

    query: Signal[str] = signal("")
    page: Signal[int] = signal(1)
    tags: Signal[list[str]] = signal(["new"])
    user: Signal[User] = signal(User())
    _open: Signal[bool] = signal(False)


class Game(Board):
    turn: Signal[Annotated[int, msgspec.Meta(ge=0)]]
    query: Signal[str] = signal("all")


class Later(Signals):
    version: "ClassVar[int]" = 1

    after: "Signal[Tail | None]" = signal(None)
    tail: "Signal[Tail]" = signal(default_factory=lambda: Tail())  # noqa: PLW0108 - is declared later


class Tail(Signals):
    size: Signal[int] = signal(0)
    more: "Signal[Tail | None]" = signal(None)


# Instances


def test_an_instance_holds_values_and_has_defaults() -> None:
    board = Board(query="milk")

    assert (board.query, board.page, board.user.firstName) == ("milk", 1, "")
    assert repr(board) == (
        "Board(query='milk', page=1, tags=['new'], user=User(firstName='', _draft=''), _open=False)"
    )


def test_instances_compare_by_value_and_can_be_changed() -> None:
    board = Board(page=2)

    board.page = 1

    assert board == Board()
    assert board != Game(turn=0, query="")


def test_a_default_that_can_change_is_copied_for_each_instance() -> None:
    changed = Board()

    changed.tags.append("old")
    changed.user.firstName = "Ada"

    assert Board() == Board(tags=["new"], user=User(firstName=""))


def test_a_signal_without_a_default_must_be_given() -> None:
    assert Game(turn=7).turn == 7
    with pytest.raises(TypeError, match="turn"):
        Game()  # type: ignore[call-arg]


def test_an_instance_takes_keywords_only() -> None:
    with pytest.raises(TypeError):
        Board("milk")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="qeury"):
        Board(qeury="milk")  # type: ignore[call-arg]


def test_a_misspelt_value_is_refused() -> None:
    board = Board()

    with pytest.raises(SignalNameError, match="no signal is called 'qeury'"):
        board.qeury = "milk"  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="qeury"):
        _ = board.qeury  # type: ignore[attr-defined]


def test_a_deleted_value_is_an_attribute_error() -> None:
    board = Board()

    del board.query

    with pytest.raises(AttributeError, match="no value of 'query'"):
        _ = board.query


def test_a_class_of_signals_is_a_dataclass() -> None:
    board = Board(page=2)

    assert replace(board, page=3) == Board(page=3)
    assert [field.name for field in fields(Board)] == ["query", "page", "tags", "user", "_open"]
    assert asdict(User(firstName="Ada")) == {"firstName": "Ada", "_draft": ""}
    assert copy.deepcopy(board) == board
    assert pickle.loads(pickle.dumps(board)) == board


def test_a_class_may_have_methods_properties_and_class_variables() -> None:
    assert Board.version == 3
    assert User(firstName="Ada").greeting == "Hello, Ada"


def test_values_are_checked_by_the_classs_own_post_init() -> None:
    class Range(Signals):
        low: Signal[int] = signal(0)
        high: Signal[int] = signal(9)

        def __post_init__(self) -> None:
            if self.low > self.high:
                raise ValueError

    with pytest.raises(ValueError):
        Range(low=10)
    with pytest.raises(SignalsError):
        decoded_signals(b'{"low": 10}', Range)


# References


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        (Board.query, "$query"),
        (Board._open, "$_open"),
        (Board.user.firstName, "$user.firstName"),
        (Board.user._draft, "$user._draft"),
        (Board.user, "$user"),
        (Game.query, "$query"),
        (Game.page, "$page"),
        (Later.tail.size, "$tail.size"),
        (Later.tail.more, "$tail.more"),
        (Later.after, "$after"),
    ],
)
def test_an_attribute_of_the_class_is_the_signal_in_the_browser(
    reference: object, text: str
) -> None:
    assert f"{reference}" == text


def test_an_annotation_as_text_finds_local_classes() -> None:
    class Local(Signals):
        size: "Signal[int]" = signal(0)

    class Page(Signals):
        local: "Signal[Local]" = signal(Local())

    assert str(Page.local.size) == "$local.size"
    assert decoded_signals(b'{"local": {"size": 2}}', Page) == Page(local=Local(size=2))


def test_a_type_that_does_not_exist_is_refused_when_its_signal_is_used() -> None:
    class Page(Signals):
        cart: "Signal[Cart]"  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(SignalNameError, match="cannot find the type 'Cart' of a signal"):
        _ = Page.cart


def test_a_reference_has_a_name_and_compares_by_it() -> None:
    assert Board.user.firstName.name == "user.firstName"
    assert Board.query == Game.query
    assert len({Board.query, Game.query, Board.page}) == 2


@pytest.mark.parametrize("owner", [Board, Board.user, Board(), Game])
def test_a_misspelt_reference_is_an_attribute_error(owner: object) -> None:
    with pytest.raises(AttributeError, match="qeury"):
        owner.qeury  # type: ignore[attr-defined]  # noqa: B018


def test_a_group_is_the_nested_class_but_for_its_signals() -> None:
    assert Board.user(firstName="Ada") == User(firstName="Ada")
    assert "firstName" in dir(Board.user)
    assert Board.user.greeting is User.greeting
    assert copy.copy(Board.user).firstName == Board.user.firstName


def test_a_class_variable_that_is_a_signal_of_another_class_stays_that_signal() -> None:
    class Sorted(Signals):
        column: ClassVar[Signal[str]] = Board.query

    class Page(Signals):
        table: Signal[Sorted] = signal(Sorted())

    assert Page.table.column is Board.query


def test_a_reference_cannot_be_a_condition_in_python() -> None:
    with pytest.raises(SignalNameError, match="cannot use the signal query as a condition"):
        bool(Board.query)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (data.bind(Board.query), {"data-bind": "query"}),
        (data.bind(Board.user.firstName), {"data-bind": "user.firstName"}),
        (data.indicator(Board._open), {"data-indicator": "_open"}),
        (data.ref(Board._open), {"data-ref": "_open"}),
        (data.text(Board.query), {"data-text": "$query"}),
        (data.show(Board._open), {"data-show": "$_open"}),
        (data.show(f"!{Board._open}"), {"data-show": "!$_open"}),
        (data.class_({"open": Board._open}), {"data-class": "{open: $_open}"}),
        (data.attr({"title": Board.user.firstName}), {"data-attr": "{title: $user.firstName}"}),
        (data.style({"width": Board.page}), {"data-style": "{width: $page}"}),
        (data.computed({"both": f"{Board.query} + 1"}), {"data-computed:both": "$query + 1"}),
        (data.on("click", f"{Board.page}++"), {"data-on:click": "$page++"}),
        (
            data.json_signals(include=Board),
            {"data-json-signals": r"{include: /^(query|page|tags|user)(\.|$)/}"},
        ),
        (data.signals({"copy": Board.query}), {"data-signals": "{copy: $query}"}),
    ],
)
def test_a_reference_is_an_expression_everywhere(written: Attrs, expected: dict[str, str]) -> None:
    assert written == expected


def test_a_reference_is_code_in_literals_and_actions() -> None:
    assert js({"q": Board.query}) == "{q: $query}"
    assert (
        at.post("/p", payload={"n": Board.page})
        == f"@post('/p', {{payload: {{n: $page}}, headers: {PAGE_ID}}})"
    )


@pytest.mark.parametrize(
    ("include", "pattern"),
    [
        (Board.query, r"/^query(\.|$)/"),
        (Board.user.firstName, r"/^user\.firstName(\.|$)/"),
        (Board.user, r"/^user(\.|$)/"),
        (User, r"/^(firstName)(\.|$)/"),
    ],
)
def test_a_reference_or_a_class_is_a_pattern_of_its_signals(include: Any, pattern: str) -> None:
    assert at.get("/g", include=include) == (
        f"@get('/g', {{headers: {PAGE_ID}, filterSignals: {{include: {pattern}}}}})"
    )


def test_a_stream_names_the_signals_of_a_class_to_the_server() -> None:
    assert "'include=%5E%28firstName%29%28%5C.%7C%24%29'" in at.subscribe("/s", include=User)


def test_a_reference_is_not_text() -> None:
    with pytest.raises(ChildError, match="cannot render Signal as a child of <p>"):
        h.p(Board.query)  # type: ignore[arg-type]


def test_a_group_is_an_expression_as_text_only() -> None:
    assert data.text(f"Object.keys({Board.user})") == {"data-text": "Object.keys($user)"}
    with pytest.raises(DatastarError) as raised:
        data.text(Board.user)  # type: ignore[arg-type]
    assert raised.value.fix == 'f"{group}"'


@pytest.mark.parametrize("write", [data.signals, events.patch_signals])
def test_a_class_in_place_of_an_instance_is_refused(write: Callable[[object], object]) -> None:
    with pytest.raises(FatmorphError) as raised:
        write(Board)

    assert "Board(…)" in raised.value.fix


# Reading and writing


def test_signals_are_created_with_the_local_ones() -> None:
    written = data.signals(Board(query="milk"), if_missing=True)

    assert written == {
        "data-signals__ifmissing": "{query: 'milk', page: 1, tags: ['new'], "
        "user: {firstName: '', _draft: ''}, _open: false}"
    }


def test_a_value_of_none_creates_no_signal() -> None:
    tail = Tail(size=3, more=Tail())

    assert data.signals(Later(tail=tail), if_missing=True) == {
        "data-signals__ifmissing": "{tail: {size: 3, more: {size: 0}}}"
    }
    assert data.signals(Tail()) == {"data-signals": "{size: 0, more: null}"}


def test_signals_are_read_with_defaults_for_those_that_were_not_sent() -> None:
    raw = b'{"query": "milk", "user": {"firstName": "Ada"}, "other": 1}'

    assert decoded_signals(raw, Board) == Board(query="milk", user=User(firstName="Ada"))
    assert decoded_signals(b'{"tail": {"more": {"size": 2}}}', Later) == Later(
        tail=Tail(more=Tail(size=2))
    )


@pytest.mark.parametrize(
    ("raw", "shape", "place"),
    [
        (b'{"page": "2"}', Board, "page"),
        (b'{"user": {"firstName": 1}}', Board, "user.firstName"),
        (b'{"tags": ["a", 1]}', Board, "tags[1]"),
        (b"{}", Game, "turn"),
        (b'{"turn": -1}', Game, "turn"),
    ],
)
def test_a_signal_of_another_type_is_refused_by_name(raw: bytes, shape: type, place: str) -> None:
    with pytest.raises(SignalsError) as raised:
        decoded_signals(raw, shape)

    assert raised.value.where == place


# Declarations


def declare(
    name: str, annotation: object, values: dict[str, object], bases: tuple[type, ...] = (Signals,)
) -> type:
    """Create a class of signals."""
    return type("Page", bases, {"__annotations__": {name: annotation}} | values)


class Mixin:
    def total(self) -> int:
        """Return a number."""
        return 0


@pytest.mark.parametrize(
    ("name", "annotation", "bases", "values"),
    [
        ("größe", Signal[int], (), {}),
        ("__draft", Signal[int], (), {}),
        ("_Page__draft", Signal[int], (), {}),
        ("__proto__", Signal[int], (), {}),
        ("query", str, (), {}),
        ("query", "str", (), {"query": signal("")}),
        ("query", Signal, (), {}),
        ("constructor", Signal[User], (), {}),
        ("query", Signal[str], (), {"query": ""}),
        ("query", Signal[str], (), {"query": lambda self: ""}),
        ("total", Signal[int], (Mixin, Signals), {}),
        ("greeting", Signal[str], (User,), {}),
        ("size", Signal[int], (), {"query": signal("")}),
        ("size", Signal[int], (Board,), {"query": property(lambda self: "")}),
        ("size", Signal[int], (Board,), {"query": "all"}),
    ],
)
def test_a_declaration_that_could_not_work_is_refused(
    name: str, annotation: object, bases: tuple[type, ...], values: dict[str, object]
) -> None:
    with pytest.raises(SignalNameError) as raised:
        declare(name, annotation, values, bases or (Signals,))

    assert (raised.value.where, bool(raised.value.why), bool(raised.value.fix)) == (
        "Page",
        True,
        True,
    )


@pytest.mark.parametrize("name", ["a", "a__b", "_a", "a_", "class_", "items", "name", "value"])
def test_any_other_name_can_be_a_signal(name: str) -> None:
    page = declare(name, Signal[int], {name: signal(1)})

    assert str(getattr(page, name)) == f"${name}"
    assert str(getattr(declare("a", Signal[page], {}).a, name)) == f"$a.{name}"  # type: ignore[valid-type]


def test_a_declaration_outside_of_a_class_is_not_an_expression() -> None:
    with pytest.raises(DatastarError, match="cannot use Field as a Datastar expression"):
        data.text(signal(""))
