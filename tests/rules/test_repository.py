"""The files of the repository, and the texts that it must not contain."""

import re
import tomllib
from pathlib import Path

import pytest

from rules.source_tree import ROOT, tracked_files

TOP_LEVEL = {
    ".ci",
    ".github",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "docs",
    "examples",
    "pyproject.toml",
    "src",
    "tests",
}

# Joined at run time, so that this file does not contain them.
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("deb", "debian", "org"),
    )
)
FORBIDDEN = {
    "a package registry's host": re.compile("|".join(map(re.escape, REGISTRY_HOSTS))),
    "an absolute path of one machine": re.compile(
        r"(?<![\w.~$}])/(?:home/\w|Users/\w|root/|work/|tmp/|opt/\w)"
    ),
    "an issue's number": re.compile(r"(?i)\bissue #?\d"),
}

RELEASE = re.compile(r"## \[?(?P<version>\d+\.\d+\.\d+\S*?)\]? - \d{4}-\d{2}-\d{2}")
CHANGELOG_SECTIONS = [
    "Breaking",
    "Added",
    "Changed",
    "Deprecated",
    "Removed",
    "Fixed",
    "Security",
]


def test_the_top_level_has_only_entries_that_a_newcomer_expects() -> None:
    entries = {path.relative_to(ROOT).parts[0] for path in tracked_files()}

    assert entries - TOP_LEVEL == set()


@pytest.mark.parametrize("subject", sorted(FORBIDDEN))
def test_a_file_does_not_depend_on_one_machine_or_issue(subject: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in tracked_files()
        for number, line in enumerate(_lines(path), start=1)
        if FORBIDDEN[subject].search(line)
    ]

    assert found == []


def test_a_test_file_is_not_named_after_an_issue() -> None:
    named = [path.name for path in tracked_files() if re.search(r"issue_?\d|gh_?\d", path.name)]

    assert named == []


def test_the_changelog_starts_with_unreleased_changes() -> None:
    headings = [line for line in _changelog() if line.startswith("## ")]

    assert headings[0] == "## Unreleased"
    assert [line for line in headings[1:] if not RELEASE.fullmatch(line)] == []


def test_the_sections_of_the_changelog_are_in_order_and_not_empty() -> None:
    releases = re.split(r"^## .*$", "\n".join(_changelog()), flags=re.MULTILINE)[1:]

    for release in releases:
        sections = re.split(r"^### (.*)$", release, flags=re.MULTILINE)[1:]
        titles, texts = sections[::2], sections[1::2]
        assert titles == sorted(set(titles), key=CHANGELOG_SECTIONS.index)
        assert [title for title, text in zip(titles, texts, strict=True) if not text.strip()] == []


def test_the_newest_release_in_the_changelog_is_the_version_in_the_project_file() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    matches = filter(None, map(RELEASE.fullmatch, _changelog()))

    released = next((match["version"] for match in matches), project["version"])

    assert released == project["version"]


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def _changelog() -> list[str]:
    return _lines(ROOT / "CHANGELOG.md")
