import pytest

from fatmorph.datastar._script import DATASTAR_VERSION, datastar_script
from fatmorph.errors import DatastarError

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
