"""The element that makes the links of its page live: morphs leave it alone."""

from fatmorph import Element, at, data, datastar_script, h, live_links
from fatmorph.morph import check, simulate


def page_view(name: str) -> Element:
    return h.html(
        h.head(datastar_script()),
        h.body(
            data.init(at.subscribe(f"/stream/{name}")),
            h.main({"id": f"main-{name}"}, h.p(name)),
            live_links(),
        ),
    )


def test_it_is_a_hidden_element_that_morphs_leave_alone() -> None:
    attributes = dict(live_links().attributes)

    del attributes["data-init"]
    assert attributes == {"id": "live-links", "hidden": True, "data-ignore-morph": True}


def test_a_page_with_it_has_no_findings() -> None:
    assert check(page_view("one")) == ()


def test_from_page_to_page_only_the_subscription_runs_again() -> None:
    result = simulate(page_view("one"), page_view("two"))

    assert [(str(run.node), run.name) for run in result.runs] == [("html > body", "data-init")]
