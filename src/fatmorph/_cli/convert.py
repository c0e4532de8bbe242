"""The command `python -m fatmorph convert`: HTML as Python."""

from __future__ import annotations

import argparse
import sys
from keyword import iskeyword
from typing import Any

from fatmorph._cli.page_source import read_page
from fatmorph._converting.converter import Conversion, convert
from fatmorph._converting.program import IMPORTED
from fatmorph.errors import CommandError, FatmorphError, quoted, short_repr

__all__ = ("add_convert_command",)

DESCRIPTION = """\
Write the code of a page: HTML, or a template of Jinja2 or Django, as Python with fatmorph.

  python -m fatmorph convert page.html > page.py
  python -m fatmorph convert --view home_view --loops page.html > views.py
  curl https://example.com | python -m fatmorph convert -

The code is run, and its page is compared with the HTML.

Exit status: 0 if both are the same page, 1 if they differ, 2 if there is no page to convert."""


def add_convert_command(commands: Any) -> None:  # Any: argparse does not name the type
    """Add `convert` to the commands."""
    parser = commands.add_parser(
        "convert",
        help="write the code of an HTML page",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "page", nargs="?", default="-", help="a file, a URL, or - for the standard input"
    )
    parser.add_argument("--view", metavar="NAME", default="", help="write a function of this name")
    parser.add_argument(
        "--loops", action="store_true", help="write repeated siblings as a loop over their values"
    )
    parser.add_argument(
        "--exact", action="store_true", help="keep white space that a browser ignores"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    name: str = options.page
    shown = quoted("the standard input" if name == "-" else name)
    try:
        _check_view(options.view)
        found = convert(
            read_page(name),
            title=f"Converted from {shown}.",
            view=options.view,
            loops=options.loops,
            exact=options.exact,
        )
    except FatmorphError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.buffer.write(found.code.encode())  # a module of Python is UTF-8
    sys.stdout.flush()
    sys.stderr.write(_report(shown, found))
    return int(found.difference is not None)


def _check_view(name: str) -> None:
    if not name or (name.isidentifier() and not iskeyword(name) and name not in IMPORTED):
        return
    raise CommandError(
        f"cannot call a view {short_repr(name)}",
        why="it is a name of fatmorph" if name in IMPORTED else "it is not a name in Python",
        fix="python -m fatmorph convert --view home_view page.html",
    )


def _report(name: str, found: Conversion) -> str:
    counts = [f"{found.nodes} nodes", f"{found.markup_nodes} in Markup"]
    if found.template_tags:
        counts.append(f"{found.template_tags} template tags to do")
    if found.difference is None:
        return f"{name}: the code renders this page ({', '.join(counts)})\n"
    why = "the engine writes it in another way; please report it"
    if not found.is_written_by_html:
        why = "a parser moved its elements, or read it in quirks mode; HTML cannot write this tree"
    return (
        f"{name}: the code renders another page ({', '.join(counts)})\n"
        f"  where: {found.difference.path}\n"
        f"  page:  {quoted(found.difference.expected)}\n"
        f"  code:  {quoted(found.difference.found)}\n"
        f"  why:   {why}\n"
    )
