"""Random changes to a page, as a program's next state would cause them."""

from collections.abc import Callable

from browser.differential.pages import (
    MARKS,
    OWN_ATTRIBUTES,
    Profile,
    attribute_value,
    new_child,
    new_id,
)
from browser.differential.trees import Node, is_parsed_to_itself

__all__ = ("edit",)

WRAPPERS = {"flow": ("div", "section"), "phrasing": ("span", "b"), "graphics": ("g",)}
# Tags that can replace each other.
KINDS = (
    ("div", "section", "article", "x-card"),
    ("span", "b", "i", "em"),
    ("ul", "ol"),
    ("td", "th"),
    ("tbody", "thead"),
    ("circle", "rect"),
    ("mi", "mn", "mo"),
    ("meta", "link"),
    ("p", "h2", "pre"),
)


def edit(profile: Profile, root: Node, times: int) -> None:
    """Change the tree below `root` a number of times, each time in one of many ways."""
    for _ in range(times):
        before = root.copy()
        change = profile.random.choices(CHANGES, WEIGHTS)[0]
        change(profile, root)
        if not is_parsed_to_itself(root) or sum(1 for _ in root.walk()) > LARGEST_SIZE:
            root.children = before.children


def _any(profile: Profile, nodes: list[Node]) -> Node | None:
    return profile.random.choice(nodes) if nodes else None


def _parent(profile: Profile, root: Node) -> Node | None:
    return _any(profile, [node for node in root.walk() if node.children])


def _element(profile: Profile, root: Node) -> Node | None:
    below = [node for child in root.children for node in child.walk()]
    return _any(profile, [node for node in below if not node.name.startswith("#")])


def _shuffle(profile: Profile, root: Node) -> None:
    if parent := _any(profile, [node for node in root.walk() if len(node.children) > 1]):
        profile.random.shuffle(parent.children)


def _rotate(profile: Profile, root: Node) -> None:
    if parent := _any(profile, [node for node in root.walk() if len(node.children) > 1]):
        by = profile.random.choice((1, -1))
        parent.children = parent.children[by:] + parent.children[:by]


def _insert(profile: Profile, root: Node) -> None:
    parents = [node for node in root.walk() if node.content in INSERTED]
    if parent := _any(profile, parents):
        place = profile.random.randint(0, len(parent.children))
        parent.children.insert(place, new_child(profile, parent.content))


def _remove(profile: Profile, root: Node) -> None:
    parent = _parent(profile, root)
    if parent:
        parent.children.pop(profile.random.randrange(len(parent.children)))


def _move(profile: Profile, root: Node) -> None:
    source = _parent(profile, root)
    if source is None or source.content == "text":  # a title's text must not become a script
        return
    moved = source.children.pop(profile.random.randrange(len(source.children)))
    targets = [node for node in root.walk() if node.content == source.content]
    target = profile.random.choice(targets)
    target.children.insert(profile.random.randint(0, len(target.children)), moved)


def _wrap(profile: Profile, root: Node) -> None:
    parents = [node for node in root.walk() if node.content in WRAPPERS and node.children]
    if parent := _any(profile, parents):
        start = profile.random.randrange(len(parent.children))
        end = profile.random.randint(start + 1, len(parent.children))
        wrapper = Node(profile.random.choice(WRAPPERS[parent.content]))
        wrapper.children = parent.children[start:end]
        if profile.random.random() < profile.id_density:
            wrapper.attributes["id"] = new_id(profile)
        parent.children[start:end] = [wrapper]


def _unwrap(profile: Profile, root: Node) -> None:
    pairs = [
        (parent, child)
        for parent in root.walk()
        for child in parent.children
        if child.children and child.content == parent.content
    ]
    if pairs:
        parent, child = profile.random.choice(pairs)
        place = parent.children.index(child)
        parent.children[place : place + 1] = child.children


def _swap_with_child(profile: Profile, root: Node) -> None:
    """Turn `<p><c>…</c></p>` into `<c><p>…</p></c>`."""
    pairs = [
        (parent, child)
        for parent in root.walk()
        for child in parent.children
        if parent is not root and child.children and child.content == parent.content
    ]
    if pairs:
        parent, child = profile.random.choice(pairs)
        parent.name, child.name = child.name, parent.name
        parent.attributes, child.attributes = child.attributes, parent.attributes


def _rename(profile: Profile, root: Node) -> None:
    if node := _element(profile, root):
        kind = next((kind for kind in KINDS if node.name in kind), (node.name,))
        node.name = profile.random.choice(kind)


def _change_id(profile: Profile, root: Node) -> None:
    if node := _element(profile, root):
        node.attributes["id"] = new_id(profile)


def _drop_id(profile: Profile, root: Node) -> None:
    if node := _element(profile, root):
        node.attributes.pop("id", None)


def _copy_id(profile: Profile, root: Node) -> None:
    source, target = _element(profile, root), _element(profile, root)
    if source and target and "id" in source.attributes and profile.duplicate_density:
        target.attributes["id"] = source.attributes["id"]


def _change_text(profile: Profile, root: Node) -> None:
    pairs = [
        (parent, child)
        for parent in root.walk()
        for child in parent.children
        if child.name in ("#text", "#comment")
    ]
    if pairs:
        parent, node = profile.random.choice(pairs)
        is_code = parent.name in ("script", "style")
        node.text = node.text + " " if is_code else profile.random.choice(("changed", "é", "+"))


def _fill_script(profile: Profile, root: Node) -> None:
    """Add text to an empty script, so that a browser runs it."""
    empty = [node for node in root.walk() if node.name == "script" and not node.children]
    if script := _any(profile, empty):
        profile.count += 1
        script.children = [Node("#text", text=f"scriptRan({profile.count});")]


def _change_attribute(profile: Profile, root: Node) -> None:
    if node := _element(profile, root):
        names = OWN_ATTRIBUTES.get(node.name, ()) or MARKS
        name = profile.random.choice((*names, profile.random.choice(MARKS)))
        if name in node.attributes and profile.random.random() < 0.5:
            del node.attributes[name]
        else:
            node.attributes[name] = attribute_value(profile.random, name)


def _duplicate(profile: Profile, root: Node) -> None:
    """Duplicate a subtree, with its ids only on pages that have duplicate ids."""
    parent = _parent(profile, root)
    if parent and parent.content not in ("text", "document"):  # a page has one head
        copy = profile.random.choice(parent.children).copy()
        for node in copy.walk() if not profile.duplicate_density else ():
            node.attributes.pop("id", None)
        parent.children.append(copy)


INSERTED = ("flow", "phrasing", "items", "groups", "rows", "cells", "options", "graphics",
            "mathematics", "metadata")  # fmt: skip
LARGEST_SIZE = 150  # a larger pair is slower and finds nothing more

_WEIGHTED: tuple[tuple[Callable[[Profile, Node], None], int], ...] = (
    (_shuffle, 8),
    (_rotate, 5),
    (_insert, 5),
    (_remove, 5),
    (_move, 8),
    (_wrap, 4),
    (_unwrap, 3),
    (_swap_with_child, 2),
    (_rename, 2),
    (_change_id, 2),
    (_drop_id, 1),
    (_copy_id, 2),
    (_change_text, 4),
    (_fill_script, 1),
    (_change_attribute, 5),
    (_duplicate, 1),
)
CHANGES = [change for change, _ in _WEIGHTED]
WEIGHTS = [weight for _, weight in _WEIGHTED]
