"""The sentences of the project: in pages, docstrings, comments, messages and test names."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rules.markdown import Page
from rules.source_tree import ROOT, SOURCE, tracked_files

__all__ = ("Sentence", "as_sentences", "files_with_prose", "sentences_of")

C_COMMENT = re.compile(r"/\*(.*?)\*/|//(.*)", re.DOTALL)
COMMENT_MARKS = re.compile(r"^[#/*:! ]+|(?<=\n)[ *]+")
QUESTION_LINK = re.compile(r"\[[^\]]*\?\]\([^)]*\)")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
CODE = re.compile(r"(`+).+?\1", re.DOTALL)
LIST_MARK = re.compile(r"^\s*(?:[-*+]|\d+\.) +")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=:)\s+(?=[A-Z])|\s*\|\s*")


@dataclass(frozen=True)
class Sentence:
    """A sentence and the place where it begins, as `path:line`. Code in it is written `X`."""

    place: str
    text: str


def files_with_prose() -> list[str]:
    """Return the paths of all files whose sentences can be read."""
    names = (path.relative_to(ROOT).as_posix() for path in tracked_files())
    return sorted(name for name in names if name.endswith(tuple(READERS)))


def sentences_of(name: str) -> list[Sentence]:
    """Return the sentences of one file, each with its place."""
    path = ROOT / name
    return [
        Sentence(f"{name}:{line}", sentence)
        for line, passage in READERS[path.suffix](path)
        for sentence in as_sentences(passage)
    ]


def as_sentences(passage: str) -> list[str]:
    """Return the sentences of a passage; a link to a question counts as the name of a page."""
    text = QUESTION_LINK.sub("X", CODE.sub("X", passage))
    text = LINK.sub(r"\1", text).replace("*", "").replace("_", "")
    text = LIST_MARK.sub("", text)
    parts = SENTENCE_END.split(re.sub(r"\s+", " ", text))
    return [part.strip() for part in parts if part.strip()]


def _in_page(path: Path) -> Iterator[tuple[int, str]]:
    """Yield a page's lines, and the comments and docstrings of its Python blocks."""
    page = Page(path)
    yield from page.prose
    for block in page.blocks:
        if block.language == "python":
            yield from ((block.line - 1 + line, text) for line, text in _in_code(block.text))


def _in_module(path: Path) -> Iterator[tuple[int, str]]:
    """Yield a module's docstrings and comments, and its messages or the names of its tests."""
    text = path.read_text(encoding="utf-8")
    nodes = list(ast.walk(ast.parse(text)))
    yield from _docstrings(nodes)
    yield from _comments(text)
    yield from _messages(nodes) if path.is_relative_to(SOURCE) else _test_names(nodes)


def _in_code(text: str) -> Iterator[tuple[int, str]]:
    yield from _docstrings(list(ast.walk(ast.parse(text))))
    yield from _comments(text)


def _docstrings(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    for node in nodes:
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            line = node.body[0].lineno if node.body else 1
            for paragraph in re.split(r"\n\s*\n", ast.get_docstring(node) or ""):
                if ">>> " not in paragraph:
                    yield line, paragraph
                line += paragraph.count("\n") + 2


def _comments(text: str) -> Iterator[tuple[int, str]]:
    """Yield comments; neighbouring lines in one column make one comment."""
    if "#" not in text:
        return
    comments: dict[tuple[int, int], list[str]] = {}  # by the place of the next line
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            line, column = token.start
            said = comments.pop((line, column), [])
            comments[line + 1, column] = [*said, COMMENT_MARKS.sub("", token.string)]
    for (next_line, _), lines in comments.items():
        yield next_line - len(lines), " ".join(lines)


def _messages(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    """Yield the strings with spaces that are not docstrings."""
    docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        match node:
            case ast.Constant(value=str(text)) if id(node) not in docstrings and " " in text:
                yield node.lineno, text
            case _:
                pass


def _test_names(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    for node in nodes:
        if isinstance(node, functions) and node.name.startswith("test_"):
            yield node.lineno, node.name[len("test_") :].replace("_", " ").capitalize()


def _in_c(path: Path) -> Iterator[tuple[int, str]]:
    text = path.read_text(encoding="utf-8")
    for comment in C_COMMENT.finditer(text):
        said = comment[1] or comment[2] or ""
        yield text.count("\n", 0, comment.start()) + 1, COMMENT_MARKS.sub(" ", said)


READERS = {".md": _in_page, ".py": _in_module, ".c": _in_c, ".h": _in_c}
