"""Editors complete the attributes of elements, and document them.

Jedi serves many editors, and pyright VS Code. `|` is the cursor.
"""

from collections.abc import Iterator
from pathlib import Path

import jedi
import pytest

from language_server import LanguageServer, language_server

ROOT = Path(__file__).parents[2]
IMPORT = "from fatmorph import data, h, mathml, svg\n"

# Place → names that are offered there.
PLACES = {
    "h.inp|": {"input"},
    "h.input(ty|)": {"type="},
    "h.input(pl|)": {"placeholder="},
    "h.form(h.p('text'), enc|)": {"enctype="},
    "h.a('text', hr|)": {"href=", "hreflang="},
    "h.div(class_='a', aria_exp|)": {"aria_expanded="},
    "h.button({'id': 'a'}, form|)": {"formaction=", "formmethod=", "formnovalidate="},
    "h.p(\n    'text',\n    cl|\n)": {"class_="},
    "h.div(oncl|)": {"onclick=", "onclose="},
    "h.ul([h.li(val|)])": {"value="},
    "svg.circle(c|)": {"cx=", "cy="},
    "h.svg(view|)": {"viewBox="},
    "mathml.mo(str|)": {"stretchy="},
    "h.div(data.|)": {"bind", "on", "signals"},
    "h.div(data.on('click', 'a', deb|))": {"debounce="},
}
places = pytest.mark.parametrize("place", PLACES)
VALUES = {
    "h.input(type='|')": {"'submit'", "'checkbox'"},
    "h.form(method='|')": {"'get'", "'post'", "'dialog'"},
    "h.img(loading='|')": {"'lazy'", "'eager'"},
    "h.a(target='|')": {"'_blank'"},
    "h.div(aria_live='|')": {"'polite'"},
}


@pytest.fixture(scope="module")
def server() -> Iterator[LanguageServer]:
    with language_server(ROOT) as running:
        yield running


@pytest.mark.slow("reads the stubs")
@places
def test_jedi_completes(place: str) -> None:
    before, after = (IMPORT + place).split("|")
    script = jedi.Script(before + after, path=ROOT / "typed.py", project=jedi.Project(ROOT))
    line, column = before.count("\n") + 1, len(before.rpartition("\n")[2])

    offered = {completion.name for completion in script.complete(line, column)}

    assert PLACES[place] - offered == set()


@pytest.mark.slow("starts a language server")
@places
def test_pyright_completes(server: LanguageServer, place: str) -> None:
    offered = server.completions(IMPORT + place)

    assert PLACES[place] - set(offered) == set()


@pytest.mark.slow("starts a language server")
@pytest.mark.parametrize("place", VALUES)
def test_pyright_completes_the_values_of_an_attribute(server: LanguageServer, place: str) -> None:
    offered = server.completions(IMPORT + place)

    assert VALUES[place] - set(offered) == set()


@pytest.mark.slow("starts a language server")
def test_pyright_documents_an_element(server: LanguageServer) -> None:
    text = server.hover(IMPORT + "h.in|put")

    assert text.endswith(
        "`<input>`: a field of a form. "
        "https://developer.mozilla.org/docs/Web/HTML/Reference/Elements/input"
    )


@pytest.mark.slow("starts a language server")
def test_pyright_documents_the_attribute_that_is_typed(server: LanguageServer) -> None:
    text = server.parameter(IMPORT + "h.input(maxlength=|")

    assert text == (
        "maxlength: The greatest length in UTF-16 units. "
        "https://developer.mozilla.org/docs/Web/HTML/Reference/Attributes/maxlength"
    )


@pytest.mark.slow("reads the stubs")
def test_jedi_documents_the_attributes_of_an_element() -> None:
    script = jedi.Script(f"{IMPORT}h.input(", project=jedi.Project(ROOT))

    [signature] = script.get_signatures(2, 8)

    assert "    maxlength: The greatest length in UTF-16 units." in signature.docstring()


@pytest.mark.slow("reads the stubs")
def test_jedi_goes_to_the_tag() -> None:
    script = jedi.Script(f"{IMPORT}h.input", project=jedi.Project(ROOT))

    [found] = script.goto(2, 4)

    assert (found.full_name, found.description) == ("fatmorph.html.input", 'input = Tag("input")')
