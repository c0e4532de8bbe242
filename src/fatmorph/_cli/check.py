"""The command `python -m fatmorph check`: find mistakes in a view or an HTML file."""

from __future__ import annotations

import argparse
import inspect
import json
import os
import sys
import textwrap
import traceback
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from fatmorph._cli.samples import Sample, evaluated, samples_of
from fatmorph.errors import CommandError, FatmorphError, short_repr
from fatmorph.markup._suggestion import closest_name
from fatmorph.markup.parse import is_document, parse_document, parse_fragment
from fatmorph.morph.checks import Finding, Tree, check

__all__ = ("add_check_command",)

DESCRIPTION = """\
Find everything in a page that would morph badly, and print the code to write instead.

  python -m fatmorph check main:home_view u1 'board={"3": "red"}'
  python -m fatmorph check main:home_view u1 --after main:home_view u2
  python -m fatmorph check samples:board
  python -m fatmorph check page.html
  python -m fatmorph check before.html after.html

A function may return a page, a tuple of two for a change, or a list or a dict of these.

Exit status: 0 if nothing or only warnings were found, 1 if errors were found or the view raised,
2 if the arguments are invalid."""
COLORS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m"}
PLAIN = "\x1b[0m"
OBJECTS_HINT = "  (JSON or text; for objects, check a function that makes them)"
WIDTH = 100  # columns, if there is no terminal


class _ViewError(Exception):
    """Raised if the user's code raised; that exception is the cause."""


def add_check_command(commands: Any) -> None:  # Any: argparse does not name the type
    """Add `check` to the commands."""
    parser = commands.add_parser(
        "check",
        help="find everything in a view or an HTML file that would morph badly",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("target", help="module:view, module:samples, or an HTML file")
    parser.add_argument(
        "arguments",
        nargs="*",
        metavar="argument",
        help="for the view: JSON or plain text; prefix it with name= to pass it by keyword",
    )
    parser.add_argument(
        "--after",
        nargs="+",
        default=[],
        metavar=("target", "argument"),
        help="the next page, to check the change as well",
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    target: str = options.target
    arguments: list[str] = options.arguments
    after: list[str] = options.after
    if _is_file(target) and arguments and not after:
        arguments, after = [], arguments  # before.html after.html
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        samples = _samples(target, arguments)
        if after:
            samples = [_change(target, samples, _samples(after[0], after[1:]))]
    except _ViewError as error:
        traceback.print_exception(error.__cause__)
        return 1
    except FatmorphError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    shown = " → ".join([target, *after[:1]])
    return max(_check_sample(shown, sample) for sample in samples)


def _check_sample(target: str, sample: Sample) -> int:
    """Write what was found in a sample, and return its exit status."""
    findings = check(*sample.pages)
    name = f"{target}, {sample.name}" if sample.name else target
    sys.stdout.write(_report(name, findings))
    return int(any(finding.severity == "error" for finding in findings))


def _is_file(target: str) -> bool:
    return target.lower().endswith((".html", ".htm")) or Path(target).is_file()


def _change(target: str, before: list[Sample], after: list[Sample]) -> Sample:
    """Return the change from one page to another."""
    pages = [page for sample in (*before, *after) for page in sample.pages]
    if len(pages) != 2:
        raise CommandError(
            f"cannot check a change of {len(pages)} pages",
            where=target,
            why="--after compares one page with the next one",
            fix="return (before, after)  (from a function, which needs no --after)",
        )
    return Sample("", (pages[0], pages[1]))


def _samples(target: str, arguments: Sequence[str]) -> list[Sample]:
    if _is_file(target):
        if arguments:
            raise CommandError(
                f"cannot give arguments to the file {target}",
                where=" ".join(arguments),
                why="only a view takes arguments",
                fix=f"python -m fatmorph check {target}",
            )
        return [Sample("", (_parsed(Path(target)),))]
    view = _view(target)
    if not callable(view):
        return samples_of(target, view)
    positional, keywords = _values(arguments)
    _check_call(target, view, positional, keywords)
    try:
        returned = evaluated(view(*positional, **keywords))
    except Exception as error:  # noqa: BLE001 - the user's own, shown as such
        raise _ViewError from error.with_traceback(_of_the_user(error))
    return samples_of(target, returned)


def _parsed(path: Path) -> Tree:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise CommandError(
            f"cannot read {path}",
            where=str(path.resolve()),
            why=str(error),
            fix="python -m fatmorph check page.html  (a file in UTF-8)",
        ) from error
    return parse_document(text) if is_document(text) else parse_fragment(text)


def _view(target: str) -> Any:  # Any: the module may define anything
    module_name, colon, name = target.partition(":")
    if not colon or not module_name or not name:
        raise CommandError(
            f"cannot check {short_repr(target)}",
            why="the command checks a view, as module:view, or an HTML file",
            fix="python -m fatmorph check main:home_view",
        )
    module = _module(module_name)
    value: Any = module
    for part in name.split("."):
        if not hasattr(value, part):
            raise _no_view(module_name, name, value, part)
        value = getattr(value, part)
    return value


def _no_view(module_name: str, name: str, holder: Any, part: str) -> CommandError:
    names: list[str] = [each for each in dir(holder) if callable(getattr(holder, each))]
    near = closest_name(part, [each for each in names if not each.startswith("_")])
    views = [each for each in names if each.endswith("_view")]
    meant = near or next(iter(views), "home_view")
    return CommandError(
        f"the module {module_name} has no view called {name}",
        where=str(getattr(holder, "__file__", module_name)),
        fix=f"python -m fatmorph check {module_name}:{meant}"
        + (f"  (did you mean {near}?)" if near else ""),
    )


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            # The module exists, but one of its imports does not.
            raise _ViewError from error.with_traceback(_of_the_user(error))
        files = [path.stem for path in Path.cwd().glob("*.py")]
        near = closest_name(name, files)
        raise CommandError(
            f"no module is called {name}",
            where=str(Path.cwd()),
            why="a module is looked for here, and where Python looks",
            fix=f"python -m fatmorph check {near or 'main'}:home_view"
            + (f"  (did you mean {near}?)" if near else ""),
        ) from None
    except Exception as error:  # noqa: BLE001 - likewise
        raise _ViewError from error.with_traceback(_of_the_user(error))


def _of_the_user(error: Exception) -> Any:  # Any: a traceback, or None
    """Return the traceback below this module and the import system."""
    here = error.__traceback__
    last = here
    while here is not None:
        name = here.tb_frame.f_code.co_filename
        if name != __file__ and "importlib" not in name:
            return here
        last, here = here, here.tb_next
    return last


def _values(arguments: Iterable[str]) -> tuple[list[Any], dict[str, Any]]:
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    for argument in arguments:
        name, equals, text = argument.partition("=")
        if equals and name.isidentifier():
            keywords[name] = _value(text)
        else:
            positional.append(_value(argument))
    return positional, keywords


def _value(text: str) -> Any:  # Any: a JSON value
    try:
        return json.loads(text)
    except ValueError:
        return text


def _check_call(target: str, view: Any, positional: list[Any], keywords: dict[str, Any]) -> None:
    try:
        signature = inspect.signature(view)
    except (TypeError, ValueError):
        return  # a builtin: the call itself will raise
    try:
        signature.bind(*positional, **keywords)
    except TypeError as error:
        needed = [
            f"{name}=…"
            for name, parameter in signature.parameters.items()
            if parameter.default is parameter.empty
            and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        ]
        hint = OBJECTS_HINT if needed else ""
        raise CommandError(
            f"cannot call {target} with these arguments",
            where=f"{target.partition(':')[2]}{signature}",
            why=str(error),
            fix=" ".join(["python -m fatmorph check", target, *needed]) + hint,
        ) from None


def _report(name: str, findings: Sequence[Finding]) -> str:
    errors = sum(finding.severity == "error" for finding in findings)
    counts = (_counted(errors, "error"), _counted(len(findings) - errors, "warning"))
    summary = ", ".join(filter(None, counts)) or "nothing found"
    return "\n".join([*map(_text, findings), f"{name}: {summary}", ""])


def _text(finding: Finding) -> str:
    has_colors = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    color, plain = (COLORS[finding.severity], PLAIN) if has_colors else ("", "")
    # Only the reason is wrapped: the other lines are to be copied.
    width = os.get_terminal_size().columns if sys.stdout.isatty() else WIDTH
    reason = textwrap.fill(
        finding.reason, max(width, 40), initial_indent="  why:   ", subsequent_indent=" " * 9
    )
    return (
        f"{color}{finding.severity}{plain} {finding.code}: {finding.what}\n"
        f"  where: {finding.path}\n{reason}\n  fix:   {finding.fix}\n"
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}" if count else ""
