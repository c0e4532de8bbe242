"""The command `fatmorph init`: make a project that runs, with tests that pass."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import Any

from fatmorph._cli import client_file
from fatmorph._cli.blueprints import SERVERS, TEMPLATES
from fatmorph._cli.new_files import write_new_files
from fatmorph._cli.project import project_files, project_name
from fatmorph.errors import CommandError, FatmorphError, short_repr
from fatmorph.markup._suggestion import closest_name

__all__ = ("add_init_command", "next_commands")

ADDRESS = "http://127.0.0.1:8000"
# Words that people try, and what comes closest.
FAMILIAR: Mapping[str, str] = {
    **dict.fromkeys(("asgi", "daphne", "granian", "hypercorn", "uvicorn"), "starlette"),
    **dict.fromkeys(("flask", "wsgi"), "quart"),
    "counter": "hello",
    "board": "tiles",
}
NO_STREAMS = {"flask", "wsgi"}


def add_init_command(commands: Any) -> None:  # Any: argparse does not name the type
    """Add `init` to the commands."""
    templates = "\n".join(f"  {name:10} {kind.summary}" for name, kind in TEMPLATES.items())
    summary = "make a project that runs, with tests that pass"
    parser = commands.add_parser(
        "init",
        help=summary,
        description=f"{summary.capitalize()}.\n\n"
        f"templates:\n{templates}\n\nservers:\n  {', '.join(SERVERS)}",
        epilog="Exit status: 0 if the project was made, 1 if nothing could be written, "
        "2 if the arguments are invalid.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", nargs="?", default=".", metavar="DIR", help="default: this one")
    parser.add_argument("--template", default="tiles", metavar="NAME", help="default: tiles")
    parser.add_argument("--server", default="starlette", metavar="NAME", help="default: starlette")
    parser.add_argument(
        "--datastar",
        default="cdn",
        choices=("cdn", "download"),
        help="load the client from its CDN (default), or keep a copy in the project",
    )
    parser.set_defaults(run=partial(_run, parser.prog))


def _run(command: str, options: argparse.Namespace) -> int:
    folder = Path(options.folder)
    try:
        template = _known(command, folder, "template", options.template, TEMPLATES)
        server = _known(command, folder, "server", options.server, SERVERS)
    except FatmorphError as error:
        sys.stderr.write(_printable(f"{error}\n", sys.stderr.encoding))
        return 2
    name = project_name(folder.resolve().name)
    files = project_files(name, template, server)
    other = f"{command} {name}-2 --template {template} --server {server}"
    note = ""
    try:
        if options.datastar == "download":
            note = _add_client(files)
        write_new_files(folder, files, command=other)
    except FatmorphError as error:
        sys.stderr.write(_printable(f"{error}\n", sys.stderr.encoding))
        return 1
    sys.stderr.write(note)
    title = f"{template} on {SERVERS[server].title}"
    report = _report(name, title, next_commands(folder))
    sys.stdout.write(_printable(report, sys.stdout.encoding))
    return 0


def _known(command: str, folder: Path, kind: str, given: str, choices: Mapping[str, object]) -> str:
    name = given.lower()
    if name in choices:
        return name
    near = FAMILIAR.get(name) or closest_name(name, choices)
    best = near if near in choices else next(iter(choices))
    why = f"the {kind}s are {', '.join(choices)}"
    if kind == "server" and name in NO_STREAMS:
        why = "WSGI cannot keep streams open, so a page would not follow changes"
    raise CommandError(
        f"no {kind} is called {short_repr(given)}",
        where=f"--{kind}",
        why=why,
        fix=f"{command} {_quoted(str(folder))} --{kind} {best}",
    )


def _add_client(files: dict[str, bytes]) -> str:
    """Add the client to the files, or return what to do without a network."""
    try:
        files |= client_file.client_files(client_file.downloaded_client())
    except (OSError, HTTPException) as error:
        copied = f"{client_file.CLIENT_URL} as {client_file.CLIENT_PATH}"
        return (
            f"Datastar could not be downloaded ({error}), so the page loads it from its CDN.\n"
            f"To serve your own copy, save {copied}.\n\n"
        )
    return ""


def next_commands(folder: Path, *, system: str = os.name, has_uv: bool | None = None) -> list[str]:
    """Return the commands that install, start and test a project.

    Args:
        folder: The project's.
        system: `os.name` of the machine that they are for.
        has_uv: Whether they use uv; by default if it is on the PATH.
    """
    enter = [] if folder.resolve() == Path.cwd() else [f"cd {_quoted(str(folder), system)}"]
    if shutil.which("uv") if has_uv is None else has_uv:
        return [*enter, "uv sync", "uv run dev.py", "uv run pytest"]
    if system == "nt":
        scripts, install = r".venv\Scripts\\"[:-1], ["py -m venv .venv"]
        install.append(rf'{scripts}pip install -q -e ".[dev]"')
    else:
        scripts = ".venv/bin/"
        install = [f"python3 -m venv .venv && {scripts}pip install -q -e '.[dev]'"]
    return [*enter, *install, f"{scripts}python dev.py", f"{scripts}python -m pytest"]


def _report(name: str, title: str, commands: list[str]) -> str:
    lines = "".join(f"  {command}\n" for command in commands)
    return (
        f"Made the project {name}: {title}. To install, start and test it:\n\n{lines}\n"
        f"The page is at {ADDRESS}, and follows when you save a file.\n"
        "The tests run in a second terminal, or after Ctrl+C.\n"
    )


def _quoted(text: str, system: str = os.name) -> str:
    """Return an argument as a shell reads it."""
    if text.startswith("-"):
        text = f"./{text}"
    return subprocess.list2cmdline([text]) if system == "nt" else shlex.quote(text)


def _printable(text: str, encoding: str | None) -> str:
    """Return a text that the terminal can show: the names of folders may have any character."""
    encoding = encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
