"""The plugin as a project uses it: each test here runs pytest on a test file."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow("starts pytest in the test")

pytest_plugins = ("pytester",)

VIEW = """
from fatmorph import h

def test_cart(view_snapshot):
    view_snapshot(h.p("{text}", id="cart"))
"""
CART = Path("snapshots/test_it/test_cart")

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    """Return a function that writes `test_it.py` and returns the result of pytest on it."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")

    def run(source: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(test_it=source)
        return pytester.runpytest_inprocess(*options)

    return run


def test_a_view_without_a_stored_file_fails_and_shows_how_to_store_it(run: Run) -> None:
    result = run(VIEW.format(text="empty"))

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*doesn't exist. (run pytest with --snapshot-update to create*"])


def test_an_update_stores_the_pretty_page_as_an_html_file(
    run: Run, pytester: pytest.Pytester
) -> None:
    run(VIEW.format(text="empty"), "--snapshot-update")

    files = {path.name: path.read_text() for path in (pytester.path / CART).iterdir()}
    assert files == {"view.html": '<p id="cart">empty</p>\n'}


def test_a_view_equal_to_its_stored_file_passes(run: Run) -> None:
    run(VIEW.format(text="empty"), "--snapshot-update")

    result = run(VIEW.format(text="empty"))

    result.assert_outcomes(passed=1)


def test_a_changed_view_fails_with_the_differing_lines(run: Run, pytester: pytest.Pytester) -> None:
    run(VIEW.format(text="empty"), "--snapshot-update")

    result = run(VIEW.format(text="one apple"))

    result.assert_outcomes(failed=1)
    errors = [line[4:] for line in result.outlines if line.startswith("E   ")]
    assert [line.strip() for line in errors] == [
        f"AssertionError: the view differs from {pytester.path / CART / 'view.html'}",
        "--- stored  view.html",
        "+++ this view",
        "@@ -1,2 +1,2 @@",
        '-<p id="cart">empty</p>',
        '+<p id="cart">one apple</p>',
        "",
        "if the change is wanted: pytest --snapshot-update",
    ]


def test_a_failure_shows_the_line_of_the_test_and_hides_the_plugin(run: Run) -> None:
    run(VIEW.format(text="empty"), "--snapshot-update")

    result = run(VIEW.format(text="one apple"))

    result.stdout.fnmatch_lines([">       view_snapshot(h.p(*", "test_it.py:4: AssertionError"])
    result.stdout.no_fnmatch_line("*snapshots.py:*")


def test_an_update_accepts_a_changed_view(run: Run, pytester: pytest.Pytester) -> None:
    run(VIEW.format(text="empty"), "--snapshot-update")

    run(VIEW.format(text="one apple"), "--snapshot-update")
    result = run(VIEW.format(text="one apple"))

    result.assert_outcomes(passed=1)
    assert (pytester.path / CART / "view.html").read_text() == '<p id="cart">one apple</p>\n'


def test_unnamed_views_are_numbered_and_named_views_keep_their_names(
    run: Run, pytester: pytest.Pytester
) -> None:
    source = """
        from fatmorph import h

        def test_cart(view_snapshot):
            view_snapshot(h.p(1))
            view_snapshot(h.p("named"), "empty cart")
            view_snapshot(h.p(2))
            view_snapshot(h.p(3))
    """

    run(source, "--snapshot-update")

    files = {path.name: path.read_text() for path in (pytester.path / CART).iterdir()}
    assert files == {
        "view.html": "<p>1</p>\n",
        "empty cart.html": "<p>named</p>\n",
        "view-2.html": "<p>2</p>\n",
        "view-3.html": "<p>3</p>\n",
    }


def test_every_case_of_a_parametrized_test_has_its_own_file(
    run: Run, pytester: pytest.Pytester
) -> None:
    source = """
        import pytest
        from fatmorph import h

        @pytest.mark.parametrize("name", ["ada", "bob"])
        def test_user(view_snapshot, name):
            view_snapshot(h.p(name))
    """

    run(source, "--snapshot-update")

    folder = pytester.path / "snapshots" / "test_it" / "test_user"
    stored = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))
    assert stored == ["ada/view.html", "bob/view.html"]


def test_tests_of_the_same_name_in_two_classes_have_files_of_their_own(
    run: Run, pytester: pytest.Pytester
) -> None:
    source = """
        from fatmorph import h

        class TestCart:
            def test_empty(self, view_snapshot):
                view_snapshot(h.p("cart"))

            class TestOld:
                def test_empty(self, view_snapshot):
                    view_snapshot(h.p("old cart"))

        class TestList:
            def test_empty(self, view_snapshot):
                view_snapshot(h.p("list"))
    """
    run(source, "--snapshot-update")

    result = run(source)

    result.assert_outcomes(passed=3)
    folder = pytester.path / "snapshots" / "test_it"
    stored = {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*.html")}
    assert stored == {
        "TestCart/test_empty/view.html": "<p>cart</p>\n",
        "TestCart/TestOld/test_empty/view.html": "<p>old cart</p>\n",
        "TestList/test_empty/view.html": "<p>list</p>\n",
    }


@pytest.mark.parametrize("cases", ["+*", "aA", "/:"])
def test_a_file_of_another_test_of_this_run_is_refused(run: Run, cases: str) -> None:
    source = f"""
        import pytest
        from fatmorph import h

        @pytest.mark.parametrize("sign", {[*cases]})
        def test_sign(view_snapshot, sign):
            view_snapshot(h.p(sign))
    """

    result = run(source, "--snapshot-update")

    result.stdout.fnmatch_lines(
        [
            "*SnapshotError: cannot use the file *view.html in two tests",
            f"*where: test_it.py::test_sign[[]{cases[1]}]",
            f"*why:   test_it.py::test_sign[[]{cases[0]}] uses it, and each would *",
            '*fix:   pytest.param(*, id="a-name")',
        ]
    )


def test_a_test_that_runs_twice_uses_its_file_twice(run: Run) -> None:
    run(VIEW.format(text="empty"), "--snapshot-update")

    result = run(VIEW.format(text="empty"), "test_it.py", "test_it.py", "--keep-duplicates")

    result.assert_outcomes(passed=2)


@pytest.mark.parametrize("case", ["con", "NUL.txt", "com1", "lpt9", "a."])
def test_a_case_whose_folder_windows_reserves_is_refused(
    run: Run, pytester: pytest.Pytester, case: str
) -> None:
    source = f"""
        import pytest
        from fatmorph import h

        @pytest.mark.parametrize("name", [pytest.param("x", id={case!r})])
        def test_user(view_snapshot, name):
            view_snapshot(h.p(name))
    """

    result = run(source, "--snapshot-update")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*SnapshotError: cannot store a snapshot in the folder '{case}'"])
    assert not (pytester.path / "snapshots").exists()


def test_a_lone_surrogate_is_refused_with_its_place(run: Run, pytester: pytest.Pytester) -> None:
    source = r"""
        from fatmorph import h

        def test_cart(view_snapshot):
            view_snapshot(h.ul(h.li("half \ud83d")))
    """

    result = run(source, "--snapshot-update")

    result.stdout.fnmatch_lines(["*EncodingError: cannot encode *", "*where: ul > li"])
    assert not (pytester.path / "snapshots").exists()


# syrupy has the same option and the same fixture as pytest-snapshot.
LIKE_SYRUPY = """
import pytest

def pytest_addoption(parser):
    parser.addoption("--snapshot-update", action="store_true", dest="update_snapshots")

@pytest.fixture
def snapshot():
    return "not a snapshot of ours"
"""


def test_views_are_stored_and_compared_next_to_syrupy(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(like_syrupy=LIKE_SYRUPY, test_it=VIEW.format(text="empty"))
    pytester.syspathinsert()
    options = ("-p", "no:snapshot", "-p", "like_syrupy")

    updated = pytester.runpytest_subprocess(*options, "--snapshot-update")
    compared = pytester.runpytest_subprocess(*options)

    updated.assert_outcomes(passed=1, errors=1)
    compared.assert_outcomes(passed=1)
    assert (pytester.path / CART / "view.html").read_text() == '<p id="cart">empty</p>\n'


@pytest.mark.parametrize("text", [r"one\r\ntwo\rthree", r"a\u2028b\x85c", "äöü €"])
def test_a_view_with_any_line_end_or_letter_passes_after_an_update(run: Run, text: str) -> None:
    run(VIEW.format(text=text), "--snapshot-update")

    result = run(VIEW.format(text=text))

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    "name", ["", "../view", "a/b", r"a\\b", ".hidden", "c:view", "con", "Nul", "com1.old", "LPT9 "]
)
def test_a_name_that_is_invalid_for_a_file_is_refused(
    run: Run, pytester: pytest.Pytester, name: str
) -> None:
    source = f"""
        from fatmorph import h

        def test_cart(view_snapshot):
            view_snapshot(h.p(), "{name}")
    """

    result = run(source, "--snapshot-update")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*SnapshotError: cannot name a snapshot *", "*fix:*"])
    assert not (pytester.path / "snapshots").exists()


@pytest.mark.parametrize("second", ["cart", "Cart"])
def test_a_name_can_be_used_only_once_in_a_test(run: Run, second: str) -> None:
    source = f"""
        from fatmorph import h

        def test_cart(view_snapshot):
            view_snapshot(h.p(1), "cart")
            view_snapshot(h.p(2), "{second}")
    """

    result = run(source, "--snapshot-update")

    result.stdout.fnmatch_lines([f"*SnapshotError: cannot use the snapshot '{second}' twice*"])


def test_an_invalid_view_is_refused_as_by_render(run: Run) -> None:
    source = """
        def test_cart(view_snapshot):
            view_snapshot(b"<p>")
    """

    result = run(source)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*ChildError*"])


def test_the_error_for_a_missing_pytest_snapshot_shows_how_to_install_it(
    run: Run,
) -> None:
    absent = 'import sys; sys.modules["pytest_snapshot"] = None'

    result = run(absent + VIEW.format(text="empty"))

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "*MissingExtraError: cannot compare views without pytest-snapshot",
            '*fix:   pip install "fatmorph[[]testing[]]"',
        ]
    )


def test_the_plugin_alone_does_not_import_the_printer() -> None:
    program = (
        "import sys, fatmorph.testing.plugin;"
        "print([name for name in sys.modules if name.startswith('fatmorph.testing.')])"
    )

    printed = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout

    assert printed.strip() == "['fatmorph.testing._stale_files', 'fatmorph.testing.plugin']"


ERROR = """
from fatmorph import h

def test_cart(view_snapshot):
    view_snapshot(h.ul(h.li(id="a"), h.li(id="a")))
"""
WARNING = """
from fatmorph import h

def test_cart(view_snapshot):
    view_snapshot(h.ul([h.li("a"), h.li("b")]))
    assert False
"""
ENVIRONMENT = """
import os

def test_writers_check_what_they_patch():
    assert os.environ["FATMORPH_DEV"] == "{value}"
"""


def test_a_view_that_cannot_be_patched_fails_with_the_findings(run: Run) -> None:
    result = run(ERROR, "--snapshot-update")

    result.assert_outcomes(failed=1)
    errors = [line[4:] for line in result.outlines if line.startswith("E   ")]
    assert errors[0].strip() == (
        "AssertionError: error duplicate-id: 2 elements have the id 'a', the first is ul > li#a"
    )


def test_a_warning_is_shown_if_the_test_fails(run: Run) -> None:
    result = run(WARNING, "--snapshot-update")

    result.stdout.fnmatch_lines(["*warning generated-without-id: 2 of 2 generated <li> have*"])


@pytest.mark.parametrize(("environment", "value"), [((), "1"), (("0",), "0")])
def test_writers_check_pages_in_tests_by_default(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    environment: tuple[str, ...],
    value: str,
) -> None:
    monkeypatch.delenv("FATMORPH_DEV")
    for text in environment:
        monkeypatch.setenv("FATMORPH_DEV", text)
    pytester.makepyfile(ENVIRONMENT.format(value=value))

    result = pytester.runpytest_subprocess()

    result.assert_outcomes(passed=1)


def test_an_error_of_a_handler_is_raised_in_tests(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FATMORPH_DEV")
    pytester.makepyfile(
        """
        import os

        def test_no_page_shows_errors():
            assert os.environ["FATMORPH_OVERLAY"] == "0"
        """
    )

    result = pytester.runpytest_subprocess()

    result.assert_outcomes(passed=1)
