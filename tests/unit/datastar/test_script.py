import logging

import pytest

from fatmorph.datastar._script import DATASTAR_VERSION, KNOWN_VERSIONS, datastar_script
from fatmorph.errors import DatastarError
from fatmorph.morph.checks._vocabulary import (
    CANCELS_BY_ELEMENT_BEFORE,
    CANCELS_BY_URL_SINCE,
    EMPTY_IDS_MATTER_BEFORE,
    NAMED_IDS_MATTER_BEFORE,
)

CDN = "https://cdn.jsdelivr.net/gh/starfederation/datastar"


def test_the_pinned_client_comes_from_the_cdn_with_its_hash() -> None:
    tag = datastar_script()

    assert DATASTAR_VERSION == "1.0.4"
    assert str(tag) == (
        f'<script type="module" id="datastar" src="{CDN}@v1.0.4/bundles/datastar.js" '
        'integrity="sha256-cnhErfyCXuZR+5PFRKKnOZhvmiGCCpRSSzXwysRwz5E=" '
        'crossorigin="anonymous"></script>'
    )


def test_a_local_client_has_a_source_and_nothing_to_compare() -> None:
    tag = datastar_script("/static/datastar.js")

    assert str(tag) == '<script type="module" id="datastar" src="/static/datastar.js"></script>'


def test_nonce_and_integrity_are_written() -> None:
    tag = datastar_script("/datastar.js", nonce="n0nce", integrity="sha384-abc")

    assert str(tag) == (
        '<script type="module" id="datastar" src="/datastar.js" integrity="sha384-abc" '
        'crossorigin="anonymous" nonce="n0nce" data-preserve-attr="nonce"></script>'
    )


def test_another_release_comes_without_a_hash() -> None:
    tag = datastar_script(version="1.0.9")

    assert str(tag) == (
        f'<script type="module" id="datastar" src="{CDN}@v1.0.9/bundles/datastar.js"></script>'
    )


def test_an_unknown_release_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "fatmorph.datastar"):
        datastar_script(version="1.77.0")
        datastar_script(version="1.77.0")
        datastar_script(version=KNOWN_VERSIONS[-1])

    assert [record.getMessage().partition(",")[0] for record in caplog.records] == [
        "Datastar 1.77.0 is not known to this release of fatmorph"
    ]


def test_an_invalid_release_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(DatastarError) as raised:
        datastar_script(version="latest")

    assert raised.value.why == (
        "the CDN has releases under their numbers: 1.0.0, 1.0.1, 1.0.2, 1.0.3, 1.0.4, 1.0.5"
    )


def test_the_clients_that_rules_concern_are_known() -> None:
    rules = {
        *(CANCELS_BY_ELEMENT_BEFORE, CANCELS_BY_URL_SINCE),
        *(EMPTY_IDS_MATTER_BEFORE, NAMED_IDS_MATTER_BEFORE),
    }

    assert rules <= {*KNOWN_VERSIONS}
    assert DATASTAR_VERSION in KNOWN_VERSIONS


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({"src": ""}, "cannot load the client from ''"),
        ({"version": "v1.0.4"}, "no release is called 'v1.0.4'"),
        ({"version": "../x"}, "no release is called '../x'"),
    ],
)
def test_a_client_that_the_browser_could_not_load_is_refused(
    arguments: dict[str, str], line: str
) -> None:
    with pytest.raises(DatastarError) as raised:
        datastar_script(**arguments)

    assert raised.value.what == line
