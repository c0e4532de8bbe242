"""`python -m fatmorph convert`: what it prints, and its exit status."""

import io
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from fatmorph._cli.main import main


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Change to a folder with pages."""
    (tmp_path / "page.html").write_text("<p>Grüße</p>", encoding="utf-8")
    (tmp_path / "moved.html").write_text("<html><p>a<table><tr><td>x", encoding="utf-8")
    (tmp_path / "list.html").write_text("<ul>{% for a in b %}<li>{{ a }}</ul>", encoding="utf-8")
    (tmp_path / "latin.html").write_bytes(b"<p>caf\xe9</p>")
    (tmp_path / "empty.html").write_text(" \n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def site() -> Iterator[str]:
    """Serve a page in Latin-1."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("Content-Type", "text/html; charset=iso-8859-1")
            self.end_headers()
            self.wfile.write(b"<p>caf\xe9</p>")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_file_is_written_as_a_module(capsys):
    status = main(["convert", "page.html"])

    printed = capsys.readouterr()
    assert status == 0
    assert printed.out == (
        '"""Converted from page.html."""\n\nfrom fatmorph import h\n\npage = h.p("Grüße")\n'
    )
    assert printed.err == "page.html: the code renders this page (2 nodes, 0 in Markup)\n"


def test_a_view_has_the_name_that_was_asked_for(capsys):
    status = main(["convert", "page.html", "--view", "hello_view"])

    assert status == 0
    assert 'def hello_view() -> Element:\n    return h.p("Grüße")\n' in capsys.readouterr().out


def test_a_page_that_cannot_be_written_is_named_with_the_place(capsys):
    status = main(["convert", "moved.html"])

    assert status == 1
    assert capsys.readouterr().err == (
        "moved.html: the code renders another page (10 nodes, 0 in Markup)\n"
        "  where: html[1] > body[1]\n"
        "  page:  nothing\n"
        "  code:  <table>\n"
        "  why:   a parser moved its elements, or read it in quirks mode; HTML cannot write this "
        "tree\n"
    )


def test_the_tags_of_a_template_are_counted(capsys):
    status = main(["convert", "list.html"])

    assert status == 0
    assert capsys.readouterr().err == (
        "list.html: the code renders this page (2 nodes, 0 in Markup, 2 template tags to do)\n"
    )


def test_the_standard_input_is_read_without_a_name():
    finished = subprocess.run(
        [sys.executable, "-m", "fatmorph", "convert"],
        input=b"<p>a</p>",
        capture_output=True,
        check=True,
    )

    assert finished.stdout.endswith(b'page = h.p("a")\n')
    assert finished.stderr.startswith(b"the standard input: the code renders this page")


def test_a_url_is_read_in_the_encoding_of_its_server(site, capsys):
    status = main(["convert", site])

    assert status == 0
    assert capsys.readouterr().out.endswith('page = h.p("café")\n')


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<meta charset=windows-1252><p>é".encode("windows-1252"), "é"),
        (b"<meta charset='latin1'><p>\x80", "€"),
        ("<p>é".encode("utf-8-sig"), "é"),
        ("<p>é".encode("utf-16"), "é"),
        (b'<meta http-equiv=a content="text/html; charset=Shift_JIS"><p>\x93\xfa', "日"),
    ],
)
def test_a_file_is_read_in_the_encoding_that_it_declares(folder, capsys, content, text):
    (folder / "a.html").write_bytes(content)

    status = main(["convert", "a.html"])

    assert status == 0
    assert f'h.p("{text}")' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["absent.html"], "cannot read absent.html"),
        (["."], "cannot read ."),
        (["empty.html"], "cannot convert empty.html"),
        (["latin.html"], "cannot read latin.html"),
        (["page.html", "--view", "my-view"], "cannot call a view 'my-view'"),
        (["page.html", "--view", "h"], "cannot call a view 'h'"),
        (["http://127.0.0.1:9/"], "cannot read http://127.0.0.1:9/"),
    ],
)
def test_the_status_is_2_if_there_is_nothing_to_convert(capsys, arguments, what):
    status = main(["convert", *arguments])

    printed = capsys.readouterr()
    assert (status, printed.out) == (2, "")
    assert printed.err.splitlines()[0] == what


def test_a_missing_page_of_a_site_is_an_error(site, capsys):
    status = main(["convert", f"{site}/absent"])

    assert status == 2
    assert "  why:   Not Found\n" in capsys.readouterr().err


def test_a_terminal_as_the_input_is_an_error(monkeypatch, capsys):
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", terminal)

    status = main(["convert"])

    assert status == 2
    assert capsys.readouterr().err.startswith("cannot convert a page without its name\n")
