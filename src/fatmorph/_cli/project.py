"""The files of a new project, as values. Nothing is written here."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from importlib.metadata import distribution
from pathlib import Path

from fatmorph._cli.blueprints import MAPPING, SERVERS, TEMPLATES, routed

__all__ = ("project_files", "project_name")

FOLDER = Path(__file__).parent / "templates"
# Names that cannot be those of files in a package, or that tools look for in every folder.
RENAMED: Mapping[str, str] = {"gitignore": ".gitignore"}
REQUIREMENT_NAME = re.compile(r"[A-Za-z0-9._-]+")


def project_name(folder: str) -> str:
    """Return the name of the project in a folder, which may have any name.

    It is that of a distribution, and none of those that the project needs.
    """
    ascii_text = unicodedata.normalize("NFKD", folder).encode("ascii", "ignore").decode()
    name = _normalized(ascii_text) or "app"
    return f"{name}-app" if name in _needed_names() else name


def project_files(name: str, template: str, server: str) -> dict[str, bytes]:
    """Return the content of each file by its path, with `/` between its parts.

    Args:
        name: The project's, from `project_name()`.
        template: A key of `TEMPLATES`.
        server: A key of `SERVERS`.
    """
    kind, framework = TEMPLATES[template], SERVERS[server]
    files = {"pyproject.toml": _text(FOLDER / "pyproject.toml")}
    files |= _texts(FOLDER / "shared") | _texts(FOLDER / template)
    main = _text(FOLDER / "servers" / f"{server}.py")
    files["main.py"] = routed(main, kind.routes, framework.routes)
    application = _text(FOLDER / "servers" / "conftest_application.py")
    handlers = _text(FOLDER / "servers" / "conftest_handlers.py")
    files["tests/conftest.py"] = (
        application if framework.is_asgi else routed(handlers, kind.routes, MAPPING)
    )
    needed = [_fatmorph(framework.extras), *kind.requires]
    replaced = {
        "project-name": name,
        "project-summary": f"{kind.summary.capitalize()}, on {framework.title}.",
        "dependencies = []": f"dependencies = {_toml_list(needed)}",
        '"fatmorph[testing]"': json.dumps(_fatmorph("testing"), ensure_ascii=False),
    }
    for path in ("pyproject.toml", "README.md"):
        for old, new in replaced.items():
            files[path] = files[path].replace(old, new)
    return {path: text.encode() for path, text in sorted(files.items())}


def _texts(folder: Path) -> dict[str, str]:
    """Return the texts of a folder; pip may have compiled its modules."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    names = {path: path.relative_to(folder).as_posix() for path in paths}
    return {RENAMED.get(name, name): _text(path) for path, name in names.items()}


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _toml_list(texts: Iterable[str]) -> str:
    lines = "".join(f"    {json.dumps(text, ensure_ascii=False)},\n" for text in texts)
    return f"[\n{lines}]"


def _fatmorph(extras: str) -> str:
    """Return the requirement of this library, from the place that it was installed from."""
    installed = distribution("fatmorph")
    origin = _origin(installed.read_text("direct_url.json"))
    place = f" @ {origin}" if origin else f">={installed.version}"
    return f"fatmorph[{extras}]{place}"


def _origin(direct_url: str | None) -> str:
    """Return the URL that pip or uv installed from, or nothing if that was an index.

    Source: https://packaging.python.org/en/latest/specifications/direct-url/
    """
    if not direct_url:
        return ""
    found = json.loads(direct_url)
    url: str = found["url"]
    if control := found.get("vcs_info"):
        url = f"{control['vcs']}+{url}@{control['commit_id']}"
    folder = found.get("subdirectory")
    return f"{url}#subdirectory={folder}" if folder else url


def _needed_names() -> set[str]:
    """Return the names of fatmorph, and of everything that it or a template requires."""
    required = [*(distribution("fatmorph").requires or ())]
    required += [each for template in TEMPLATES.values() for each in template.requires]
    found = (REQUIREMENT_NAME.match(each) for each in required)
    return {"fatmorph", *(_normalized(each[0]) for each in found if each)}


def _normalized(name: str) -> str:
    # https://packaging.python.org/en/latest/specifications/name-normalization/
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
