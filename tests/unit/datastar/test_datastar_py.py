"""An attribute of datastar-py means the same to the client as ours.

The names are compared as the client takes them apart: plugin, key after its case, modifiers.
"""

import re
from typing import NamedTuple

import pytest
from datastar_py.attributes import attribute_generator as theirs

from fatmorph import data as ours


class Meaning(NamedTuple):
    plugin: str
    key: str
    modifiers: dict[str, list[str]]
    value: object


def camel(key: str) -> str:
    return re.sub("-[a-z]", lambda pair: pair[0][1].upper(), key)


# https://data-star.dev/reference/attributes#attribute-casing
CASES = {
    "camel": camel,
    "kebab": str,
    "snake": lambda key: key.replace("-", "_"),
    "pascal": lambda key: key[:1].upper() + camel(key[1:]),
}
SIGNAL_PLUGINS = {"data-computed", "data-match-media"}


def meaning(name: str, value: object) -> Meaning:
    """Take an attribute apart as the client does."""
    first, *rest = name.split("__")
    plugin, _, key = first.partition(":")
    modifiers = {modifier.split(".")[0]: modifier.split(".")[1:] for modifier in rest}
    default = "camel" if plugin in SIGNAL_PLUGINS else "kebab"
    (case,) = modifiers.pop("case", [default])
    return Meaning(plugin, CASES[case](key), modifiers, value)


@pytest.mark.parametrize(
    ("our", "their"),
    [
        (ours.bind("user_name"), theirs.bind("user_name")),
        (ours.bind("n", prop="checked"), theirs.bind("n").prop("checked")),
        (
            ours.bind("n", event=["input", "blur"]),
            theirs.bind("n").event(["input", "blur"]),
        ),
        (ours.computed({"total": "$a + $b"}), theirs.computed({"total": "$a + $b"})),
        (ours.computed({"isFree": "$a"}), theirs.computed({"isFree": "$a"})),
        (ours.computed({"a__b": "$a"}), theirs.computed({"a__b": "$a"})),
        (ours.effect("$a"), theirs.effect("$a")),
        (ours.ignore(), theirs.ignore),
        (ours.ignore(self_only=True), theirs.ignore.self),
        (ours.ignore_morph(), theirs.ignore_morph),
        (ours.indicator("saving"), theirs.indicator("saving")),
        (ours.init("$a"), theirs.init("$a")),
        (
            ours.init("$a", delay="5ms", view_transition=True),
            theirs.init("$a").delay("5ms").viewtransition,
        ),
        (ours.json_signals(terse=True), theirs.json_signals.terse),
        (ours.on("click", "$a"), theirs.on("click", "$a")),
        (ours.on("myEvent", "$a"), theirs.on("myEvent", "$a")),
        (ours.on("MyEvent", "$a"), theirs.on("MyEvent", "$a")),
        (ours.on("my-event", "$a"), theirs.on("my-event", "$a")),
        (ours.on("a", "$a", window=True, stop=True), theirs.on("a", "$a").window.stop),
        (ours.on("a", "$a", document=True, once=True), theirs.on("a", "$a").document.once),
        (ours.on("a", "$a", outside=True, capture=True), theirs.on("a", "$a").outside.capture),
        (ours.on("a", "$a", prevent=True), theirs.on("a", "$a").prevent),
        (ours.on("a", "$a", passive=True), theirs.on("a", "$a").passive),
        (
            ours.on("a", "$a", debounce=("5ms", "leading", "notrailing")),
            theirs.on("a", "$a").debounce("5ms", leading=True, notrailing=True),
        ),
        (
            ours.on("a", "$a", throttle=("5ms", "noleading", "trailing")),
            theirs.on("a", "$a").throttle("5ms", noleading=True, trailing=True),
        ),
        (
            ours.on_intersect("$a", once=True, exit=True, threshold=25),
            theirs.on_intersect("$a").once.exit.threshold(25),
        ),
        (ours.on_intersect("$a", half=True), theirs.on_intersect("$a").half),
        (ours.on_intersect("$a", full=True), theirs.on_intersect("$a").full),
        (
            ours.on_interval("$a", duration="5ms", leading=True),
            theirs.on_interval("$a").duration("5ms", leading=True),
        ),
        (ours.on_raf("$a", throttle="5ms"), theirs.on_raf("$a").throttle("5ms")),
        (ours.on_resize("$a", debounce="5ms"), theirs.on_resize("$a").debounce("5ms")),
        (ours.on_signal_patch("$a", delay="5ms"), theirs.on_signal_patch("$a").delay("5ms")),
        (ours.persist("cart", session=True), theirs.persist("cart").session),
        (ours.preserve_attr("open", "class"), theirs.preserve_attr(["open", "class"])),
        (ours.query_string(history=True), theirs.query_string.history),
        (ours.ref("_el"), theirs.ref("_el")),
        (ours.replace_url("$a"), theirs.replace_url("$a")),
        (
            ours.scroll_into_view(
                behavior="smooth", horizontal="end", vertical="start", focus=True
            ),
            theirs.scroll_into_view.smooth.hend.vstart.focus,
        ),
        (ours.show("$a"), theirs.show("$a")),
        (ours.text("$a"), theirs.text("$a")),
        (ours.view_transition("$a"), theirs.view_transition("$a")),
        (ours.custom_validity("$a"), theirs.custom_validity("$a")),
    ],
)
def test_ours_and_theirs_mean_the_same(our, their) -> None:
    assert [meaning(*item) for item in our.items()] == [meaning(*item) for item in their.items()]


def test_theirs_are_mappings_that_join_ours() -> None:
    joined = ours.show("$a") | theirs.on("click", "$a = 1").debounce("5ms")

    assert joined == {"data-show": "$a", "data-on:click__case.kebab__debounce.5ms": "$a = 1"}
