"""`fatmorph init`: the files that it makes, the commands that it prints, and its refusals."""

import hashlib
import io
import json
import re
import sys
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from itertools import product
from pathlib import Path

import pytest

from clients import HOST
from fatmorph._cli import client_file, project
from fatmorph._cli.blueprints import SERVERS, TEMPLATES
from fatmorph._cli.init import next_commands
from fatmorph._cli.main import main
from fatmorph._cli.new_files import write_new_files
from fatmorph._cli.project import project_files, project_name
from fatmorph.datastar._script import BUNDLE_SHA256, DATASTAR_VERSION
from fatmorph.errors import CommandError

SHARED = {
    ".gitignore",
    "README.md",
    "dev.py",
    "handlers.py",
    "layout.py",
    "main.py",
    "pyproject.toml",
    "static/icon.svg",
    "static/style.css",
    "tests/conftest.py",
    "tests/test_pages.py",
    "tests/test_views.py",
    "views.py",
}
OWN = {"tiles": set(), "hello": set(), "app": {"accounts.py", "database.py", "state.py"}}
combinations = pytest.mark.parametrize(("template", "server"), list(product(TEMPLATES, SERVERS)))
CLONE = {
    "url": "https://host/f",
    "subdirectory": "d",
    "vcs_info": {"vcs": "git", "commit_id": "a1"},
}
RESERVED = {"con", "prn", "aux", "nul"}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["fatmorph"])
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@combinations
def test_a_project_has_its_files(template, server):
    files = project_files("shop", template, server)

    code = {name for name in files if "/snapshots/" not in name}
    assert code == SHARED | OWN[template]
    assert [name for name in files if "/snapshots/test_views/" in name] != []


@combinations
def test_each_file_of_a_project_can_be_written_on_every_system(template, server):
    files = project_files("shop", template, server)

    folded = {name.lower() for name in files}
    parts = {part for name in files for part in name.split("/")}
    assert len(folded) == len(files)
    assert [part for part in parts if re.search(r'[<>:"\\|?*]|[. ]$', part)] == []
    assert {part.split(".")[0].lower() for part in parts} & RESERVED == set()
    assert max(map(len, files)) < 100
    assert [name for name, content in files.items() if b"\r" in content] == []


@combinations
def test_every_python_file_of_a_project_compiles(template, server):
    files = project_files("shop", template, server)

    programs = [name for name in files if name.endswith(".py")]
    compiled = [compile(files[name], name, "exec", dont_inherit=True) for name in programs]
    assert [code.co_filename for code in compiled] == programs


@combinations
def test_every_handler_of_a_template_has_a_route(template, server):
    main_file = project_files("shop", template, server)["main.py"].decode()

    routed = [line for line in main_file.splitlines() if "handlers." in line]

    assert len(routed) == len(TEMPLATES[template].routes)


def test_the_routes_of_a_server_are_those_of_hello():
    templates = project.FOLDER / "servers"

    for server in SERVERS:
        made = project_files("shop", "hello", server)["main.py"].decode()
        assert made == (templates / f"{server}.py").read_text(encoding="utf-8")


def test_the_tests_of_a_framework_without_asgi_name_the_handlers():
    conftest = project_files("shop", "hello", "aiohttp")["tests/conftest.py"].decode()

    stored = project.FOLDER / "servers" / "conftest_handlers.py"
    assert conftest == stored.read_text(encoding="utf-8")


def test_a_project_needs_fatmorph_from_an_index(monkeypatch):
    monkeypatch.setattr(project, "_origin", lambda direct_url: "")

    found = tomllib.loads(project_files("shop", "app", "django")["pyproject.toml"].decode())

    release = version("fatmorph")
    assert found["project"]["name"] == "shop"
    assert found["project"]["dependencies"] == [
        f"fatmorph[serve,django]>={release}",
        "msgspec",
        "sqlalchemy>=2",
    ]
    assert found["project"]["optional-dependencies"]["dev"] == [
        f"fatmorph[testing]>={release}",
        "pytest>=8",
        "pytest-asyncio>=1",
        "watchfiles>=1",
    ]
    assert found["dependency-groups"]["dev"] == ["shop[dev]"]


@pytest.mark.parametrize(
    ("direct_url", "origin"),
    [
        (None, ""),
        ('{"url": "file:///a%20b/c", "dir_info": {"editable": true}}', "file:///a%20b/c"),
        ('{"url": "file:///f-1.whl", "archive_info": {}}', "file:///f-1.whl"),
        (json.dumps(CLONE), "git+https://host/f@a1#subdirectory=d"),
    ],
)
def test_a_project_needs_fatmorph_from_where_it_was_installed(direct_url, origin):
    assert project._origin(direct_url) == origin


@pytest.mark.parametrize(
    ("folder_name", "name"),
    [
        ("my-app", "my-app"),
        ("My App_2", "my-app-2"),
        ("Café", "cafe"),
        ("日本", "app"),
        ("", "app"),
        ("class", "class"),
        ("2048", "2048"),
        (".hidden.", "hidden"),
        ('a"b\n[x]', "a-b-x"),
        ("fatmorph", "fatmorph-app"),
        ("Starlette", "starlette-app"),
        ("SQLAlchemy", "sqlalchemy-app"),
        ("pytest_asyncio", "pytest-asyncio-app"),
        ("datastar.py", "datastar-py-app"),
    ],
)
def test_a_project_has_the_name_of_its_folder_as_a_package_may_have_it(folder_name, name):
    assert project_name(folder_name) == name


def test_init_makes_a_missing_folder_with_its_parents(folder, capsys):
    status = main(["init", "a/new shop", "--template", "hello", "--server", "fastapi"])

    assert status == 0
    assert contents(folder / "a" / "new shop") == project_files("new-shop", "hello", "fastapi")
    assert capsys.readouterr().out.startswith("Made the project new-shop: hello on FastAPI.")


def test_init_makes_tiles_on_starlette_here_by_default(folder):
    status = main(["init"])

    assert status == 0
    assert contents(folder) == project_files(project_name(folder.name), "tiles", "starlette")


def test_init_keeps_the_other_files_of_a_folder(folder):
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_bytes(b"mine")
    (folder / "static").mkdir()
    (folder / "static" / "logo.svg").write_bytes(b"mine too")

    status = main(["init", "."])

    assert status == 0
    mine = {".git/config": b"mine", "static/logo.svg": b"mine too"}
    assert contents(folder) == mine | project_files(project_name(folder.name), "tiles", "starlette")


def test_init_never_overwrites_a_file(folder, capsys):
    (folder / "views.py").write_bytes(b"mine")
    (folder / "main.py").symlink_to("nowhere")

    status = main(["init", "."])

    assert status == 1
    assert contents(folder) == {"views.py": b"mine"}
    assert (folder / "main.py").readlink() == Path("nowhere")
    error = capsys.readouterr().err
    assert error.startswith("cannot make a project over files that exist: main.py, views.py\n")
    assert f"where: {folder}" in error


def test_init_refuses_a_file_in_the_place_of_a_folder(folder, capsys):
    (folder / "static").write_bytes(b"mine")
    (folder / "shop").write_bytes(b"mine")

    statuses = main(["init", "."]), main(["init", "shop"])

    assert statuses == (1, 1)
    assert contents(folder) == {"static": b"mine", "shop": b"mine"}
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("cannot")]
    assert errors == [
        "cannot make a project over files that exist: static",
        "cannot make a project over files that exist: shop",
    ]


def test_init_leaves_nothing_if_the_folder_cannot_be_made(folder, capsys):
    status = main(["init", f"a/{'b' * 300}"])

    assert status == 1
    assert list(folder.iterdir()) == []
    assert "nothing is left of it" in capsys.readouterr().err


def test_files_are_written_all_or_none(folder):
    (folder / "kept").mkdir()
    files = {"kept/a": b"", "new/deep/b": b"", "c" * 300: b""}

    with pytest.raises(CommandError):
        write_new_files(folder, files, command="")

    assert list(folder.rglob("*")) == [folder / "kept"]


@pytest.mark.parametrize(
    ("arguments", "what", "fix"),
    [
        (["--template", "tile"], "no template is called 'tile'", "--template tiles"),
        (["--template", "counter"], "no template is called 'counter'", "--template hello"),
        (["--server", "startlette"], "no server is called 'startlette'", "--server starlette"),
        (["--server", "flask"], "no server is called 'flask'", "--server quart"),
        (["--server", "uvicorn"], "no server is called 'uvicorn'", "--server starlette"),
        (["--server", "?"], "no server is called '?'", "--server starlette"),
    ],
)
def test_init_names_the_nearest_template_and_server(folder, capsys, arguments, what, fix):
    status = main(["init", "my shop", *arguments])

    lines = capsys.readouterr().err.splitlines()
    assert status == 2
    assert (lines[0], lines[-1]) == (what, f"  fix:   fatmorph init 'my shop' {fix}")
    assert list(folder.iterdir()) == []


def test_init_takes_a_server_in_any_letter_case(folder):
    assert main(["init", "shop", "--server", "FastAPI"]) == 0


@pytest.mark.parametrize(
    ("folder_name", "commands"),
    [
        (".", []),
        ("shop", ["cd shop"]),
        ("my shop", ["cd 'my shop'"]),
        ("-x", ["cd ./-x"]),
    ],
)
def test_the_next_commands_begin_in_the_folder(folder_name, commands):
    assert next_commands(Path(folder_name), system="posix", has_uv=False) == [
        *commands,
        "python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]'",
        ".venv/bin/python dev.py",
        ".venv/bin/python -m pytest",
    ]


def test_the_next_commands_use_uv_where_it_is_installed():
    commands = next_commands(Path("shop"), system="posix", has_uv=True)

    assert commands == ["cd shop", "uv sync", "uv run dev.py", "uv run pytest"]


def test_the_next_commands_are_those_of_the_system():
    commands = next_commands(Path("my shop"), system="nt", has_uv=False)

    assert commands == [
        'cd "my shop"',
        "py -m venv .venv",
        r'.venv\Scripts\pip install -q -e ".[dev]"',
        r".venv\Scripts\python dev.py",
        r".venv\Scripts\python -m pytest",
    ]


def test_the_report_shows_a_name_that_the_terminal_cannot_write(monkeypatch):
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    monkeypatch.setattr(sys, "stdout", terminal)

    status = main(["init", "Łódź"])

    assert status == 0
    assert rb"cd '\u0141\xf3d\u017a'" in terminal.buffer.getvalue()


def test_the_client_is_downloaded_with_its_hash(folder, monkeypatch):
    bundle = b"the client"
    digest = hashlib.sha256(bundle).hexdigest()
    (folder / "datastar.js").write_bytes(bundle)
    url = (folder / "datastar.js").as_uri()
    monkeypatch.setattr(client_file, "BUNDLE_SHA256", {DATASTAR_VERSION: digest})
    monkeypatch.setattr(client_file, "CLIENT_URL", url)

    status = main(["init", "shop", "--datastar", "download"])

    made = contents(folder / "shop" / "static")
    assert status == 0
    assert made["datastar.js"] == bundle
    assert made["datastar.js.sha256"] == f"{digest}  datastar.js\n".encode()


def test_a_client_with_another_hash_is_refused(folder, monkeypatch, capsys):
    (folder / "datastar.js").write_bytes(b"another")
    monkeypatch.setattr(client_file, "CLIENT_URL", (folder / "datastar.js").as_uri())

    status = main(["init", "shop", "--datastar", "download"])

    assert status == 1
    assert not (folder / "shop").exists()
    error = capsys.readouterr().err
    assert error.startswith(f"the downloaded client is not Datastar {DATASTAR_VERSION}\n")
    assert BUNDLE_SHA256[DATASTAR_VERSION] in error


def test_the_connection_to_a_cdn_that_fails_is_closed(folder, monkeypatch, capsys):
    with HTTPServer((HOST, 0), BaseHTTPRequestHandler) as cdn:  # it answers: 501
        url = f"http://{HOST}:{cdn.server_port}/datastar.js"
        monkeypatch.setattr(client_file, "CLIENT_URL", url)
        answering = threading.Thread(target=cdn.handle_request)
        answering.start()

        status = main(["init", "shop", "--datastar", "download"])

        answering.join()
    assert status == 0
    assert "HTTP Error 501" in capsys.readouterr().err


def test_without_a_network_the_project_is_made_and_the_page_uses_the_cdn(
    folder, monkeypatch, capsys
):
    monkeypatch.setattr(client_file, "CLIENT_URL", (folder / "missing.js").as_uri())

    status = main(["init", "shop", "--datastar", "download"])

    assert status == 0
    assert contents(folder / "shop") == project_files("shop", "tiles", "starlette")
    error = capsys.readouterr().err
    assert error.startswith("Datastar could not be downloaded (")
    assert error.endswith("missing.js as static/datastar.js.\n\n")
