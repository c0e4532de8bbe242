"""`python -m fatmorph check`: what it prints, and its exit status."""

import subprocess
import sys

import pytest

from fatmorph._cli.main import main

VIEWS = """
from fatmorph import data, h

def list_view(items, *, title="Tasks"):
    return h.ul({"title": title}, [h.li(item) for item in items])

def broken_view():
    return h.body(h.p(id=""), h.details())

def count_view(count):
    return h.body(data.signals({"count": count}))

def failing_view(number):
    return h.p(1 / number)

def empty_view():
    pass

async def handler():
    pass

page = h.p("a")

def samples():
    return {
        "empty": list_view([]),
        "an open part": broken_view(),
        "a count changes": (count_view(1), count_view(2)),
    }

def numbered():
    yield list_view([])
    yield list_view(["a"])

def failing_samples():
    yield list_view([])
    raise ValueError("no database")
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Change to a folder with modules of views, which are imported again in every test."""
    (tmp_path / "some_views.py").write_text(VIEWS, encoding="utf-8")
    (tmp_path / "missing.py").write_text("import nobody_wrote_this", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    for name in ("some_views", "missing"):
        sys.modules.pop(name, None)


def test_the_status_of_a_clean_view_is_0(capsys):
    status = main(["check", "some_views:list_view", '["a"]'])

    assert (status, capsys.readouterr().out) == (0, "some_views:list_view: nothing found\n")


def test_the_status_of_a_view_with_warnings_is_0(capsys):
    status = main(["check", "some_views:list_view", '["a", "b"]', "title=All"])

    assert status == 0
    assert capsys.readouterr().out == (
        "warning generated-without-id: 2 of 2 generated <li> have no id\n"
        "  where: ul > li[1]\n"
        "  why:   the browser knows them by their place: with one more in front, each takes over "
        "what its\n"
        "         neighbour was, had focused, typed or opened\n"
        '  fix:   h.li({"id": dom_id("li", item.id)}, …)\n'
        "\n"
        "some_views:list_view: 1 warning\n"
    )


def test_the_status_of_a_view_with_errors_is_1(capsys):
    status = main(["check", "some_views:broken_view"])

    printed = capsys.readouterr().out
    assert status == 1
    assert printed.endswith("\nsome_views:broken_view: 1 error, 1 warning\n")


def test_an_element_in_a_module_is_checked_without_a_call(capsys):
    assert main(["check", "some_views:page"]) == 0


def test_two_views_are_checked_as_a_change(capsys):
    status = main(["check", "some_views:count_view", "1", "--after", "some_views:count_view", "2"])

    printed = capsys.readouterr().out
    assert status == 0
    assert printed.startswith("warning signals-reset: data-signals of <body> changes its text\n")


def test_named_samples_are_checked_one_by_one(capsys):
    status = main(["check", "some_views:samples"])

    lines = capsys.readouterr().out.splitlines()
    assert status == 1
    assert [line for line in lines if line.startswith("some_views:")] == [
        "some_views:samples, empty: nothing found",
        "some_views:samples, an open part: 1 error, 1 warning",
        "some_views:samples, a count changes: 1 warning",
    ]


def test_samples_without_names_are_numbered(capsys):
    status = main(["check", "some_views:numbered"])

    assert (status, capsys.readouterr().out) == (
        0,
        "some_views:numbered, 1: nothing found\nsome_views:numbered, 2: nothing found\n",
    )


def test_samples_that_raise_show_their_own_traceback(capsys):
    status = main(["check", "some_views:failing_samples"])

    assert status == 1
    assert capsys.readouterr().err.endswith("ValueError: no database\n")


def test_a_change_needs_one_page_before_and_one_after(capsys):
    status = main(["check", "some_views:samples", "--after", "some_views:page"])

    assert status == 2
    assert capsys.readouterr().err.startswith("cannot check a change of 5 pages\n")


def test_an_html_file_is_checked(folder, capsys):
    (folder / "page.html").write_text("<ul><li id=a><li id=a></ul>", encoding="utf-8")

    status = main(["check", "page.html"])

    printed = capsys.readouterr().out
    assert status == 1
    assert printed.startswith("error duplicate-id: 2 elements have the id 'a'")


def test_two_html_files_are_checked_as_a_change(folder, capsys):
    for name, ids in (("before", "a"), ("after", "b")):
        text = f"<!doctype html><html id={ids}><body></body></html>"
        (folder / f"{name}.html").write_text(text, encoding="utf-8")

    status = main(["check", "before.html", "after.html"])

    printed = capsys.readouterr().out
    assert status == 1
    assert printed.startswith("error html-id-changed: the id of <html> changes from 'a' to 'b'")


@pytest.mark.parametrize("text", ["", "no page", "<", "<p", "\0", "</p></table><td>"])
def test_any_text_is_read_as_html(folder, capsys, text):
    (folder / "page.html").write_text(text, encoding="utf-8")

    assert main(["check", "page.html"]) == 0


@pytest.mark.parametrize(
    ("arguments", "first_line"),
    [
        (["some_views"], "cannot check 'some_views'"),
        (["some_view:page"], "no module is called some_view"),
        (["some_views:lst_view"], "the module some_views has no view called lst_view"),
        (["some_views:list_view"], "cannot call some_views:list_view with these arguments"),
        (["some_views:empty_view"], "cannot check what some_views:empty_view returned: None"),
        (["some_views:handler"], "cannot check what some_views:handler returned: a coroutine"),
        (["none.html"], "cannot read none.html"),
        (["some_views:page", "--after", "nothing"], "cannot check 'nothing'"),
    ],
)
def test_the_status_of_invalid_arguments_is_2(capsys, arguments, first_line):
    status = main(["check", *arguments])

    printed = capsys.readouterr()
    assert (status, printed.out) == (2, "")
    assert printed.err.splitlines()[0] == first_line


def test_a_misspelt_view_is_named(capsys):
    main(["check", "some_views:lst_view"])

    fix = capsys.readouterr().err.splitlines()[-1]
    assert fix == (
        "  fix:   python -m fatmorph check some_views:list_view  (did you mean list_view?)"
    )


def test_a_view_of_objects_is_checked_by_a_function_that_makes_them(capsys):
    main(["check", "some_views:list_view"])

    fix = capsys.readouterr().err.splitlines()[-1]
    assert fix == (
        "  fix:   python -m fatmorph check some_views:list_view items=…"
        "  (JSON or text; for objects, check a function that makes them)"
    )


@pytest.mark.parametrize(
    ("target", "last_line"),
    [
        (["some_views:failing_view", "0"], "ZeroDivisionError: division by zero"),
        (["missing:view"], "ModuleNotFoundError: No module named 'nobody_wrote_this'"),
    ],
)
def test_code_that_raises_shows_its_own_traceback(folder, capsys, target, last_line):
    status = main(["check", *target])

    printed = capsys.readouterr().err.splitlines()
    assert status == 1
    assert printed[1].startswith(f'  File "{folder}')
    assert printed[-1] == last_line


def test_the_command_runs_as_a_program_in_the_working_directory(folder):
    finished = subprocess.run(
        [sys.executable, "-m", "fatmorph", "check", "some_views:page"],
        capture_output=True,
        check=True,
        text=True,
    )

    assert finished.stdout == "some_views:page: nothing found\n"


def test_the_help_shows_the_usage_of_the_command(capsys):
    with pytest.raises(SystemExit):
        main(["check", "--help"])

    assert "python -m fatmorph check main:home_view u1" in capsys.readouterr().out
