"""The types of Datastar's attributes, actions and events: checked, never run."""

from typing import assert_type

from fatmorph import Attrs, Element, at, data, datastar_script, dom_id, h
from fatmorph.datastar import events

assert_type(at.get("/search"), str)
assert_type(at.post("/click", retry="always"), str)
assert_type(at.subscribe("/subscribe"), str)
assert_type(data.init(at.get("/subscribe")), Attrs)
assert_type(data.on("input", at.get("/search"), debounce="300ms"), Attrs)
assert_type(data.signals({"user_id": "u1"}, if_missing=True), Attrs)
assert_type(data.text("$count"), Attrs)
assert_type(data.show("$count > 0"), Attrs)
assert_type(data.bind("name"), Attrs)
assert_type(datastar_script(), Element)
assert_type(dom_id("cell", 7), str)
assert_type(events.patch_elements(h.p(id="count")), bytes)
assert_type(events.patch_elements(h.li(), selector="#list", mode="append"), bytes)
assert_type(events.patch_signals({"count": 1}), bytes)
assert_type(events.execute_script("location.reload()"), bytes)

# The library's attributes are accepted like any mapping of attributes.
h.main({"id": "home"}, data.init(at.get("/subscribe")), h.p(), class_="container")

# A type checker finds these mistakes before the page is built.
at.get("/search", retry="sometimes")  # type: ignore[arg-type]
at.get("/search", retries=3)  # type: ignore[call-arg]
data.on("input")  # type: ignore[call-arg]
events.patch_elements(h.p(), mode="morph")  # type: ignore[arg-type]
