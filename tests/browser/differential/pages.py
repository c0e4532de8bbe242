"""Random pages with every kind of content that a morph treats specially."""

from random import Random

from browser.differential.trees import Node, is_parsed_to_itself

__all__ = ("Profile", "attribute_value", "document", "new_child", "new_id", "roots")

CHILDREN = {
    content: [(name, int(weight)) for name, weight in (pair.split(":") for pair in pairs.split())]
    for content, pairs in {
        "flow": (
            "#text:9 #comment:2 div:9 section:4 article:2 p:6 span:4 b:3 h2:2 ul:4 ol:1 table:3 "
            "details:2 dialog:1 fieldset:1 form:2 x-card:1 template:2 input:5 textarea:2 select:3 "
            "button:2 a:1 label:1 img:1 br:1 pre:1 svg:2 math:1 script:1 style:1"
        ),
        "phrasing": (
            "#text:9 #comment:1 span:4 b:3 i:3 em:2 a:1 input:2 textarea:1 select:1 button:1 "
            "label:1 img:1 br:1 svg:1 template:1"
        ),
        "items": "li:9 #text:1 #comment:1",
        "groups": "tbody:5 thead:1 #comment:1",
        "rows": "tr:9 #comment:1",
        "cells": "td:9 th:2 #comment:1",
        "options": "option:9",
        "text": "#text:1",
        "graphics": "g:3 circle:4 rect:2 text:2 #text:1 #comment:1",
        "words": "#text:1",
        "mathematics": "mrow:2 mi:4 mn:2 mo:2",
        "metadata": "meta:3 link:3 style:1 script:1 template:1 #comment:1",
    }.items()
}
WORDS = ("a", "b", "one", "two", " ", "\n  ", "x & y", "1 < 2", '"q"', "é日本", " tail", "]]>", "")
VALUES = ("", "a", "b", "x y", "\"<&>'", "é")
INPUT_TYPES = ("text", "checkbox", "radio", "number", "file", "hidden", "")
COUNTED = ("data-init", "data-signals:s", "data-effect")
OWN_ATTRIBUTES = {
    "input": ("type", "value", "checked", "disabled", "name"),
    "textarea": ("disabled", "name"),
    "option": ("selected", "value", "disabled"),
    "select": ("multiple", "disabled", "name"),
    "button": ("disabled", "type"),
    "details": ("open", "name"),
    "dialog": ("open",),
    "fieldset": ("disabled",),
    "a": ("href",),
    "link": ("href", "rel"),
    "meta": ("name", "content"),
    "circle": ("r",),
}
MARKS = (*COUNTED, "class", "class", "title", "style", "data-k", "data-preserve-attr", "lang")
IGNORES = ("data-ignore-morph", "data-ignore-morph", "data-ignore", "data-ignore__self")
MAX_DEPTH = 5
LONG_LIST = 14


class Profile:
    """The habits of one page: how many ids it has, and how often they are duplicates."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.id_density = random.choice((0.0, 0.2, 0.5, 0.5, 0.9))
        self.duplicate_density = random.choice((0.0, 0.0, 0.0, 0.1, 0.5))
        self.empty_id_density = random.choice((0.0,) * 19 + (0.1,))
        self.attribute_density = random.choice((0.0, 0.2, 0.5))
        self.size = random.choice((2, 3, 5))
        self.count = 0


def new_id(profile: Profile) -> str:
    """Return a new id, or one of a few that the page probably has already."""
    random = profile.random
    if random.random() < profile.empty_id_density:
        return ""
    if random.random() < profile.duplicate_density:
        return random.choice("abcd")
    profile.count += 1
    return f"i{profile.count}"


def roots(profile: Profile) -> list[Node]:
    """Return the content of a body: elements, with text and comments between them."""
    return [new_child(profile, "flow", 0) for _ in range(profile.random.randint(1, 4))]


def document(profile: Profile) -> Node:
    """Return a page from `<html>` on."""
    head = Node("head", children=[Node("title", children=[Node("#text", text="Page")])])
    head.children += _children(profile, "metadata", MAX_DEPTH)
    body = Node("body", children=roots(profile))
    html = Node("html", children=[head, body])
    for node in (html, head, body):
        _decorate(profile, node, profile.id_density / 4)
    return html


def new_child(profile: Profile, content: str, depth: int = MAX_DEPTH - 2) -> Node:
    """Return a random node of the given kind of content."""
    while not is_parsed_to_itself(child := _new_child(profile, content, depth)):
        pass
    return child


def _new_child(profile: Profile, content: str, depth: int) -> Node:
    names, weights = zip(*CHILDREN[content], strict=True)
    node = Node(profile.random.choices(names, weights)[0])
    if node.name.startswith("#"):
        node.text = _text(profile, node.name)
        return node
    _decorate(profile, node, profile.id_density)
    node.children = _children(profile, node.content, depth + 1)
    if node.name == "details":
        node.children.insert(0, Node("summary", children=_children(profile, "phrasing", depth + 1)))
    if node.name == "style":
        node.children = [Node("#text", text="i { color: red }")]
    if node.name == "script":
        profile.count += 1
        node.children = [Node("#text", text=f"scriptRan({profile.count});")]
        if profile.random.random() < 0.3:
            node.attributes["type"] = "application/json"
        if profile.random.random() < 0.1:
            node.children = []
    return node


def _children(profile: Profile, content: str, depth: int) -> list[Node]:
    if content == "nothing" or depth > MAX_DEPTH:
        return []
    if content in ("text", "words"):
        return [Node("#text", text=_text(profile, "#text"))]
    is_long = content in ("items", "rows", "options") and profile.random.random() < 0.2
    count = profile.random.randint(0, LONG_LIST if is_long else profile.size)
    return [_new_child(profile, content, depth) for _ in range(count)]


def _text(profile: Profile, name: str) -> str:
    # A comment cannot contain "-->", and an empty text node does not survive parsing.
    return profile.random.choice(WORDS[:4] if name == "#comment" else WORDS[:-1])


def _decorate(profile: Profile, node: Node, id_density: float) -> None:
    random = profile.random
    if random.random() < id_density:
        node.attributes["id"] = new_id(profile)
    for name in (*OWN_ATTRIBUTES.get(node.name, ()), *random.sample(MARKS, 2)):
        if random.random() < profile.attribute_density:
            node.attributes[name] = attribute_value(random, name)
    if random.random() < profile.attribute_density / 10:
        node.attributes[random.choice(IGNORES)] = ""


def attribute_value(random: Random, name: str) -> str:
    """Return a random value that is valid for an attribute."""
    if name in COUNTED:
        return f"ran(el, '{name}'){random.choice(('', ';', ' '))}"
    if name == "data-preserve-attr":
        return random.choice(("open", "class", "class style", "value checked", "id title"))
    if name == "type":
        return random.choice(INPUT_TYPES)
    if name in ("checked", "disabled", "selected", "multiple", "open"):
        return random.choice(("", "", name))
    if name == "class":
        return random.choice(("x", "y", "x y", ""))
    if name == "style":
        return random.choice(("color: red", "top:0", ""))
    if name == "href":
        return f"#{random.choice('ab')}"
    if name == "name":  # a control named "id" hides the id of its form
        return random.choice((*VALUES, "id"))
    return random.choice(VALUES)
