"""The element that shows the state of the connection: its texts, its class, and the checks."""

import pytest

from fatmorph import Element, connection_state, h, render
from fatmorph.errors import DatastarError
from fatmorph.morph import check, simulate


def page_view(count: int) -> Element:
    return h.main({"id": "home"}, h.p({"id": "count"}, count), connection_state())


def test_it_is_an_empty_status_that_morphs_leave_alone() -> None:
    attributes = dict(connection_state(class_="note").attributes)

    del attributes["data-init"]
    assert attributes == {
        "id": "connection-state",
        "class": "note",
        "role": "status",
        "data-ignore-morph": True,
        "data-reconnecting": "Reconnecting…",
        "data-failed": "This action failed.",
    }


def test_a_page_with_it_has_no_findings() -> None:
    assert check(page_view(1), page_view(2)) == ()


def test_a_morph_keeps_what_it_shows() -> None:
    before = render(page_view(1)).replace(
        "></div>", ' data-state="failed">This action failed.</div>'
    )

    result = simulate(before, page_view(2))

    assert (result.removed, result.runs) == ((), ())
    assert 'data-state="failed">This action failed.</div>' in result.html


@pytest.mark.parametrize("name", ["reconnecting", "failed"])
@pytest.mark.parametrize("text", ["", "  ", None, 7])
def test_a_text_that_nothing_shows_is_refused(name: str, text: object) -> None:
    with pytest.raises(DatastarError) as caught:
        connection_state(**{name: text})  # type: ignore[arg-type]  # the mistake under test

    assert caught.value.where == f"connection_state, {name}"
    assert caught.value.fix == f'connection_state({name}="Please wait …")'
