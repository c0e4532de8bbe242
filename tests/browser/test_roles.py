"""A page in memory gives elements the roles and the names that Chromium gives them."""

from typing import Any

from playwright.sync_api import CDPSession, Page

from fatmorph.markup.parse import parse_document
from fatmorph.morph._matching.nodes import Node
from fatmorph.testing._browser.names import name_of
from fatmorph.testing._browser.roles import role_of
from fatmorph.testing._browser.shown import is_hidden, is_inert

# In each, the element in question has the attribute `it`.
SAMPLES = (
    # names by reference, by attribute, by label, by content
    '<button it aria-labelledby="b a x">x</button><i id=a>one</i><i id=b hidden>two <b>b</b></i>',
    '<button it aria-labelledby="nothing">content</button>',
    '<button it aria-labelledby="value">x</button><input id=value value="typed" aria-label="no">',
    '<button it aria-labelledby="chain">x</button><i id=chain aria-labelledby="end">c</i>',
    '<button it><i aria-labelledby="outside">inside</i></button><i id=outside>referenced</i>',
    '<button it aria-label=" a  b ">content</button>',
    '<button it aria-label="  ">content</button>',
    '<button it title="title"></button>',
    '<button it title="title">content</button>',
    '<button it>a<i hidden>b</i><i style="display: none">c</i><i aria-hidden=true>d</i></button>',
    '<button it>a<i style="visibility: hidden">b<b style="visibility: visible">c</b></i></button>',
    "<button it>a<div>b</div>c<br>d <i>e</i>f</button>",
    '<button it><img alt="picture" src="x"> and text</button>',
    "<button it><svg><title>drawing</title></svg></button>",
    '<button it><i aria-label="named">x</i> tail</button>',
    "<button it><details><summary>More</summary>closed</details></button>",
    '<button it><input value="value"> x</button>',
    "<button it><select><option>a<option selected>b</select></button>",
    '<label>before <input it value="value"> after</label>',
    "<label>Drink <select it><option>tea</select> please</label>",
    '<label aria-label="label">text <input it></label>',
    "<label>Label <button it>content</button></label>",
    "<label for=field>One</label><label for=field>Two</label><input it id=field>",
    '<input it placeholder="placeholder">',
    '<input it title="title" placeholder="placeholder">',
    # kinds of fields
    *(
        f"<input it type={kind}>"
        for kind in (
            *("button", "checkbox", "email", "hidden", "image", "number", "password"),
            *("radio", "range", "reset", "search", "submit", "tel", "text", "unknown", "url"),
        )
    ),
    '<input it type=submit value="">',
    '<input it type=submit value="Go" title="title">',
    '<input it type=image src="x" alt="alt" value="value">',
    '<input it type=image src="x" value="value">',
    "<input it list=words><datalist id=words><option>a</datalist>",
    "<datalist it><option>a</datalist>",
    "<select it size=3><option>a</select>",
    "<select it size=many><option>a</select>",
    '<select><optgroup it label="Group"><option>a</select>',
    '<select><option it label="Label">text</select>',
    "<fieldset it><legend>Legend</legend></fieldset>",
    # pictures
    '<img it src="x">',
    '<img it src="x" alt="">',
    '<img it src="x" alt="" aria-label="label">',
    "<svg it><title>drawing</title></svg>",
    '<svg it aria-label="label"></svg>',
    "<svg it></svg>",
    # lists, tables and landmarks
    "<ul><li it>item</ul>",
    "<ul role=none><li it>item</ul>",
    "<table role=presentation><tr it><td>cell</table>",
    "<table role=presentation><tr><td it>cell</table>",
    "<table role=grid><tr><td it>cell</table>",
    "<table><thead><tr><th>a<th it>b</thead><tr><td>1<td>2</table>",
    "<table><tr><th it>a<td>b<tr><th>c<td>d</table>",
    "<table><thead><tr><th>a<th it scope=row>b</thead><tr><td>1<td>2</table>",
    "<table it><caption>Caption</caption><tr><td>1<td>2</table>",
    "<header it>x</header>",
    "<article><header it>x</header></article>",
    "<section it>x</section>",
    '<section it aria-label="">x</section>',
    '<section it aria-labelledby="nothing">x</section>',
    '<section it title="title">x</section>',
    "<div it role=region>x</div>",
    '<nav it aria-label="label">x</nav>',
    *(f"<{name} it>x</{name}>" for name in ("address", "hgroup", "mark", "s", "sub", "sup")),
    # roles that are given
    '<div it role="unknown button">x</div>',
    '<div it role="BUTTON">x</div>',
    "<button it role=none>x</button>",
    "<div it role=menuitemradio>x</div>",
    # parts that cannot be used
    "<button it style='visibility: hidden'>x</button>",
    "<div inert><button it>x</button></div>",
    "<details><summary>More</summary><button it>x</button></details>",
    "<div style='visibility: hidden'><button it style='visibility: visible'>x</button></div>",
)
# The newer name of a role, and Chromium's own words for elements without one.
OTHER_NAMES = {"image": "img"}
WITHOUT_ROLE = frozenset({"absent", "generic", "none", "sectionheader"})


def test_elements_have_the_roles_and_the_names_that_chromium_gives_them(page: Page) -> None:
    session = page.context.new_cdp_session(page)

    in_chromium = {sample: chromium_role(page, session, sample) for sample in SAMPLES}

    assert {sample: memory_role(sample) for sample in SAMPLES} == in_chromium


def memory_role(sample: str) -> tuple[str, str]:
    root = Node.of(parse_document(f"<!doctype html><title>T</title><body>{sample}"))
    node = next(each for each in root.descendants() if "it" in each.attributes)
    role = "" if is_hidden(node) or is_inert(node) else role_of(node)
    role = "" if role == "presentation" else role
    return role, name_of(node) if role else ""


def chromium_role(page: Page, session: CDPSession, sample: str) -> tuple[str, str]:
    page.set_content(f"<!doctype html><title>T</title><body>{sample}")
    found = session.send("Runtime.evaluate", {"expression": "document.querySelector('[it]')"})
    which = {"objectId": found["result"]["objectId"], "fetchRelatives": False}
    node: dict[str, Any] = session.send("Accessibility.getPartialAXTree", which)["nodes"][0]
    role = "absent" if node["ignored"] else node["role"]["value"]
    role = "" if role in WITHOUT_ROLE else OTHER_NAMES.get(role, role)
    return role, " ".join(node.get("name", {}).get("value", "").split()) if role else ""
