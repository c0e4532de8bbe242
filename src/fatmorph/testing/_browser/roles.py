"""Roles of elements: how assistive technology, and a test, tells them apart.

Departures: 1. A password has the role of a text, as in browsers.
2. A table is never taken for one of the layout.

Sources: https://www.w3.org/TR/html-aam-1.0/#html-element-role-mappings and
https://www.w3.org/TR/wai-aria-1.2/#document-handling_author-errors
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fatmorph.morph._matching.nodes import Node
from fatmorph.testing._browser.fields import Fields

__all__ = ("LABELLED", "has_name_by_author", "referenced", "role_of")

PLAIN_ROLES: Mapping[str, str] = MappingProxyType(
    {
        "address": "group",
        "article": "article",
        "aside": "complementary",
        "blockquote": "blockquote",
        "button": "button",
        "caption": "caption",
        "code": "code",
        "dd": "definition",
        "del": "deletion",
        "details": "group",
        "dfn": "term",
        "dialog": "dialog",
        "dt": "term",
        "em": "emphasis",
        "fieldset": "group",
        "figure": "figure",
        "hgroup": "group",
        "hr": "separator",
        "ins": "insertion",
        "li": "listitem",
        "main": "main",
        "mark": "mark",
        "math": "math",
        "menu": "list",
        "meter": "meter",
        "nav": "navigation",
        "ol": "list",
        "optgroup": "group",
        "option": "option",
        "output": "status",
        "p": "paragraph",
        "progress": "progressbar",
        "s": "deletion",
        "search": "search",
        "strong": "strong",
        "sub": "subscript",
        "sup": "superscript",
        "table": "table",
        "tbody": "rowgroup",
        "td": "cell",
        "textarea": "textbox",
        "tfoot": "rowgroup",
        "thead": "rowgroup",
        "time": "time",
        "tr": "row",
        "ul": "list",
        **{f"h{level}": "heading" for level in range(1, 7)},
    }
)
INPUT_ROLES: Mapping[str, str] = MappingProxyType(
    {
        "button": "button",
        "checkbox": "checkbox",
        "email": "textbox",
        "image": "button",
        "number": "spinbutton",
        "password": "textbox",
        "radio": "radio",
        "range": "slider",
        "reset": "button",
        "search": "searchbox",
        "submit": "button",
        "tel": "textbox",
        "text": "textbox",
        "url": "textbox",
    }
)
WITHOUT_TYPE_ROLE = frozenset(
    {"color", "date", "datetime-local", "file", "hidden", "month", "time", "week"}
)
# These contain sections, in which a header or a footer is not that of the page.
SECTIONING = frozenset({"article", "aside", "main", "nav", "section"})
LABELLED = frozenset({"button", "input", "meter", "output", "progress", "select", "textarea"})
FOCUSABLE = frozenset({"button", "input", "select", "summary", "textarea"})
OWNERS = frozenset({"dl", "menu", "ol", "table", "ul"})
ALIASES = MappingProxyType({"image": "img", "none": "presentation"})
ROLES = frozenset(
    {"alert", "alertdialog", "application", "article", "banner", "blockquote", "button", "caption"}
    | {"cell", "checkbox", "code", "columnheader", "combobox", "comment", "complementary"}
    | {"contentinfo", "definition", "deletion", "dialog", "directory", "document", "emphasis"}
    | {"feed", "figure", "form", "generic", "grid", "gridcell", "group", "heading", "image", "img"}
    | {"insertion", "link", "list", "listbox", "listitem", "log", "main", "mark", "marquee"}
    | {"math", "menu", "menubar", "menuitem", "menuitemcheckbox", "menuitemradio", "meter"}
    | {"navigation", "none", "note", "option", "paragraph", "presentation", "progressbar"}
    | {"radio", "radiogroup", "region", "row", "rowgroup", "rowheader", "scrollbar", "search"}
    | {"searchbox", "separator", "slider", "spinbutton", "status", "strong", "subscript"}
    | {"suggestion", "superscript", "switch", "tab", "table", "tablist", "tabpanel", "term"}
    | {"textbox", "time", "timer", "toolbar", "tooltip", "tree", "treegrid", "treeitem"}
)


def role_of(node: Node) -> str:
    """Return the role of an element; empty if it has none."""
    given = _given_role(node)
    if given and not (given == "region" and not has_name_by_author(node)):
        return "" if given == "generic" else given
    if node.name in SPECIAL_ROLES:
        return SPECIAL_ROLES[node.name](node)
    return PLAIN_ROLES.get(node.name, "")


def has_name_by_author(node: Node) -> bool:
    """Return whether an element has a name that is not its content."""
    names = (node.attributes.get(each, "").strip() for each in ("aria-label", "title"))
    return any(names) or bool(referenced(node))


def referenced(node: Node) -> list[Node]:
    """Return the elements that `aria-labelledby` names, in their order."""
    ids = node.attributes.get("aria-labelledby", "").split()
    known: dict[str, Node] = {}
    for each in node.root.descendants() if ids else ():
        known.setdefault(each.attributes.get("id", ""), each)
    return [known[element_id] for element_id in ids if element_id in known]


def _given_role(node: Node) -> str:
    """Return the first role of the attribute that exists, unless the element is wanted for more."""
    words = node.attributes.get("role", "").lower().split()
    role = next((word for word in words if word in ROLES), "")
    role = ALIASES.get(role, role)
    return "" if role == "presentation" and _is_wanted(node) else role


def _is_wanted(node: Node) -> bool:
    """Return whether an element takes the focus or has a name, so that it is not for show alone."""
    is_link = node.name == "a" and "href" in node.attributes
    takes_focus = node.name in FOCUSABLE and "disabled" not in node.attributes
    has_name = bool(node.attributes.get("aria-label", "").strip() or referenced(node))
    return takes_focus or is_link or has_name or "tabindex" in node.attributes


def _input_role(node: Node) -> str:
    kind = node.attributes.get("type", "text").lower()
    if kind in WITHOUT_TYPE_ROLE:
        return ""
    role = INPUT_ROLES.get(kind, "textbox")
    has_list = "list" in node.attributes and role in ("textbox", "searchbox")
    return "combobox" if has_list else role


def _select_role(node: Node) -> str:
    return "listbox" if Fields().is_list(node) else "combobox"


def _landmark(role: str) -> Callable[[Node], str]:
    def landmark_role(node: Node) -> str:
        return "" if any(each.name in SECTIONING for each in node.ancestors()) else role

    return landmark_role


def _named_region(role: str) -> Callable[[Node], str]:
    return lambda node: role if has_name_by_author(node) else ""


def _image_role(node: Node) -> str:
    is_decoration = node.attributes.get("alt") == "" and "title" not in node.attributes
    return "presentation" if is_decoration and not _is_wanted(node) else "img"


def _drawing_role(node: Node) -> str:
    has_title = any(each.name == "title" for each in node.children())
    return "img" if has_title or has_name_by_author(node) else ""


def _item_role(role: str) -> Callable[[Node], str]:
    """Return the role of a part that is one only inside an element with its own role."""

    def item_role(node: Node) -> str:
        owner = next((each for each in node.ancestors() if each.name in OWNERS), None)
        is_plain = owner is not None and _given_role(owner) == "presentation"
        return "" if is_plain else role

    return item_role


def _cell_role(node: Node) -> str:
    table = next((each for each in node.ancestors() if each.name == "table"), None)
    given = "" if table is None else _given_role(table)
    if given == "presentation":
        return ""
    if node.name == "td":
        return "gridcell" if given in ("grid", "treegrid") else "cell"
    scope = node.attributes.get("scope", "").lower()
    if scope.startswith(("col", "row")):
        return f"{scope[:3].replace('col', 'column')}header"
    row = (
        [] if node.parent is None else [each for each in node.parent.children() if each.is_element]
    )
    place = row.index(node) if node in row else 0
    is_beside_data = any(each.name == "td" for each in row[max(place - 1, 0) : place + 2])
    return "rowheader" if is_beside_data else "columnheader"


SPECIAL_ROLES: Mapping[str, Callable[[Node], str]] = MappingProxyType(
    {
        "a": lambda node: "link" if "href" in node.attributes else "",
        "area": lambda node: "link" if "href" in node.attributes else "",
        "footer": _landmark("contentinfo"),
        "form": _named_region("form"),
        "header": _landmark("banner"),
        "img": _image_role,
        "input": _input_role,
        "li": _item_role("listitem"),
        "section": _named_region("region"),
        "select": _select_role,
        "svg": _drawing_role,
        "tbody": _item_role("rowgroup"),
        "td": _cell_role,
        "tfoot": _item_role("rowgroup"),
        "th": _cell_role,
        "thead": _item_role("rowgroup"),
        "tr": _item_role("row"),
    }
)
