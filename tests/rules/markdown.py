"""Markdown pages as the rules read them: fenced blocks, its headings, its links."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from textwrap import dedent

from rules.source_tree import ROOT

__all__ = ("Block", "Page", "pages")

FENCE = re.compile(r"\s*(?:[-*+] +|\d+\. +)?(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)")
COMMENT = re.compile(r"\s*<!-- (?P<text>.*?) -->\s*")
HEADING = re.compile(r"#{1,6} +(?P<text>.+?) *#*")
ANCHOR = re.compile(r"""<a (?:id|name)=["']([^"']+)""")
TITLE = re.compile(r"""\btitle=["'](?P<title>[^"']+)["']""")
INLINE_CODE = re.compile(r"(`+).+?\1")
INLINE_LINK = re.compile(r"\]\(<?(?P<target>[^)\s>]+)>?(?: +[\"'][^)]*)?\)")
REFERENCE_LINK = re.compile(r"^\s*\[[^\]]+\]: +<?(?P<target>[^\s>]+)", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: its first line of text in the page, its info string, its text.

    `comment` is the HTML comment right above the fence, without its marks.
    """

    line: int
    info: str
    text: str
    comment: str

    @property
    def language(self) -> str:
        """Return the first word of the info string."""
        return self.info.partition(" ")[0]

    @property
    def title(self) -> str:
        """Return the file's name where the info string has one: `python title="main.py"`."""
        match = TITLE.search(self.info)
        return match["title"] if match else ""

    @property
    def is_not_executed(self) -> bool:
        """Return whether the comment above says so, and why."""
        return re.fullmatch(r"not executed: \S.*", self.comment) is not None


@dataclass(frozen=True)
class Page:
    """A Markdown file."""

    path: Path

    @property
    def name(self) -> str:
        """Return the path within the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def lines(self) -> list[str]:
        return self.path.read_text(encoding="utf-8").splitlines()

    @cached_property
    def blocks(self) -> list[Block]:
        """Return the fenced blocks, in order; raise where a fence is never closed."""
        return [self._block(first, last) for first, last in self._fences]

    @cached_property
    def anchors(self) -> set[str]:
        """Return the fragments that a link into this page may have."""
        lines = [line for _, line in self.prose]
        text = "\n".join(lines)
        headings = [match["text"] for line in lines if (match := HEADING.fullmatch(line))]
        seen: Counter[str] = Counter()
        anchors = set(ANCHOR.findall(text))
        for heading in headings:
            slug = _slug(heading)
            anchors.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
            seen[slug] += 1
        return anchors

    @cached_property
    def links(self) -> list[str]:
        """Return the targets of all links and images, those in code left out."""
        text = INLINE_CODE.sub("", "\n".join(line for _, line in self.prose))
        found = [*INLINE_LINK.finditer(text), *REFERENCE_LINK.finditer(text)]
        return [match["target"] for match in found]

    @cached_property
    def prose(self) -> list[tuple[int, str]]:
        """Return the lines outside of blocks, each with its number."""
        in_blocks = {index for first, last in self._fences for index in range(first, last + 1)}
        lines = enumerate(self.lines)
        return [(index + 1, line) for index, line in lines if index not in in_blocks]

    @cached_property
    def _fences(self) -> list[tuple[int, int]]:
        """Return the indexes of the opening and the closing line of every block."""
        fences: list[tuple[int, int]] = []
        opening: tuple[int, str] | None = None
        for index, line in enumerate(self.lines):
            match = FENCE.fullmatch(line)
            if match and opening is None:
                opening = index, match["fence"]
            elif match and opening and match["fence"].startswith(opening[1]):
                fences.append((opening[0], index))
                opening = None
        if opening is not None:
            raise ValueError(f"{self.name}:{opening[0] + 1}: this block is never closed")
        return fences

    def _block(self, first: int, last: int) -> Block:
        match = FENCE.fullmatch(self.lines[first])
        info = match["info"].strip() if match else ""
        text = dedent("\n".join(self.lines[first + 1 : last])) + "\n"
        above = COMMENT.fullmatch(self.lines[first - 1]) if first else None
        return Block(first + 2, info, text, above["text"] if above else "")


def pages() -> list[Page]:
    """Return the README, the changelog and every page of `docs/`."""
    top = [ROOT / "README.md", ROOT / "CHANGELOG.md"]
    return [Page(path) for path in [*top, *sorted((ROOT / "docs").rglob("*.md"))]]


def _slug(heading: str) -> str:
    """Return the anchor that code forges and site generators give to a heading."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
