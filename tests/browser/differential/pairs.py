"""Pairs of a random page and a patch for it, in one of Datastar's modes."""

from dataclasses import dataclass
from random import Random

from browser.differential.client import Patch
from browser.differential.edits import edit
from browser.differential.pages import Profile, document, new_child, roots
from browser.differential.trees import Node, markup

__all__ = ("Pair", "pair")

MODES = ("replace", "prepend", "append", "before", "after", "remove")
TABLE_PARTS = {"tbody", "thead", "tr", "td", "th"}
NAMESPACES = {"graphics": "svg", "mathematics": "mathml"}


@dataclass(slots=True)
class Pair:
    """A page and a patch, as trees that can be reduced."""

    before: list[Node]
    after: list[Node]
    mode: str = "outer"
    selector: str | None = None
    namespace: str = "html"
    omits_tags: bool = False

    @property
    def patch(self) -> Patch:
        is_document = self.before[:1] != [] and self.before[0].name == "html"
        return Patch(
            before="<!doctype html>" * is_document
            + markup(self.before, omits_tags=self.omits_tags),
            after=markup(self.after, omits_tags=self.omits_tags),
            mode=self.mode,
            selector=self.selector,
            namespace=self.namespace,
            is_document=is_document,
        )


def pair(seed: int) -> Pair:
    """Return the pair of a seed, which is the same on every machine."""
    random = Random(seed)
    profile = Profile(random)
    if random.random() < 0.3:
        made = _document_pair(profile)
    elif random.random() < 0.6:
        made = _pair_without_selector(profile)
    else:
        made = _pair_with_selector(profile)
    made.omits_tags = random.random() < 0.1
    return made


def _document_pair(profile: Profile) -> Pair:
    before = document(profile)
    after = before.copy()
    _edit(profile, after)
    if after.children and profile.random.random() < 0.2:  # send only a part
        after = profile.random.choice(after.children)
    return Pair([before], [after])


def _pair_without_selector(profile: Profile) -> Pair:
    before = Node("body", children=roots(profile))
    candidates = [node for node in before.walk() if "id" in node.attributes]
    candidates = candidates or [node for node in before.children if node.name[0] != "#"]
    count = profile.random.choice((1, 1, 1, 1, 2, 3))
    after = Node("template")
    for _ in range(count if candidates else 0):
        # The larger of two, because the patch of a leaf tests little.
        chosen = max(profile.random.choices(candidates, k=2), key=_size)
        chosen.attributes.setdefault("id", f"r{len(after.children)}")
        root = chosen.copy()
        _edit(profile, root)
        after.children.append(root)
    if profile.random.random() < 0.1:
        after.children.append(new_child(profile, "flow"))
    if profile.random.random() < 0.1:
        edit(profile, after, 1)
    _rename_stray_forms(after.children)
    return Pair(before.children, after.children)


def _pair_with_selector(profile: Profile) -> Pair:
    random = profile.random
    before = Node("body", children=roots(profile))
    elements = [node for node in before.walk() if node.name[0] != "#"]
    chosen = random.choice(elements)
    mode = random.choice(("inner", "inner", "inner", "outer", "outer", "outer", *MODES))
    if chosen.name == "body":  # a page must keep its body
        mode = random.choice(("inner", "prepend", "append"))
    selector = _selector(random, chosen)
    namespace = NAMESPACES.get(chosen.content, "html")
    if mode == "inner":
        after = chosen.copy()
        _edit(profile, after)
        return Pair(before.children, after.children, mode, selector, namespace)
    holder = Node("template", children=[chosen.copy()])
    if mode not in ("outer", "replace"):
        holder.children = [new_child(profile, "flow")]
        namespace = "html"
    _edit(profile, holder)
    if chosen.name == "script":
        _make_scripts(profile, holder.children)
    _rename_stray_forms(holder.children)
    selector = None if mode == "replace" and random.random() < 0.3 else selector
    return Pair(before.children, holder.children, mode, selector, namespace)


def _make_scripts(profile: Profile, sent: list[Node]) -> None:
    """Turn texts that are put into a script into scripts: other texts are errors of the page."""
    for text in (root for root in sent if root.name == "#text"):
        profile.count += 1
        text.text = f"scriptRan({profile.count});"


def _rename_stray_forms(sent: list[Node]) -> None:
    """Rename forms next to parts of a table: browsers keep them there, against the standard."""
    if any(root.name in TABLE_PARTS for root in sent):
        for root in sent:
            for node in root.walk() if root.name not in TABLE_PARTS else ():
                node.name = "section" if node.name == "form" else node.name


def _selector(random: Random, chosen: Node) -> str:
    choices = [chosen.name]
    if identifier := chosen.attributes.get("id"):
        choices += [f"#{identifier}"] * 3 + [f"{chosen.name}#{identifier}"]
    if classes := chosen.attributes.get("class", "").split():
        choices += [f".{classes[0]}", f"{chosen.name}.{classes[0]}"]
    if random.random() < 0.2:
        choices = ["#missing", f"body {chosen.name}", f"div > {chosen.name}"]
    return random.choice(choices)


def _size(node: Node) -> int:
    return sum(1 for _ in node.walk())


def _edit(profile: Profile, root: Node) -> None:
    edit(profile, root, profile.random.choice((0, 1, 1, 1, 2, 2, 3, 4, 6, 10)))
    if profile.random.random() < 0.1 and root.name not in ("html", "template"):
        root.attributes.pop(profile.random.choice(("id", "class", "title")), None)
