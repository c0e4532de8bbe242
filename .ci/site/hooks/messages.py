"""All messages of errors and findings, from the code that raises them.

They replace `<!-- error messages -->` and `<!-- findings -->` in a page. A message has `…` where
the code writes a value. If its reason or its fix is computed, too, they are those of messages in
the golden files.
"""

import ast
import re
from pathlib import Path

ERRORS, FINDINGS = "<!-- error messages -->", "<!-- findings -->"
ROOT = Path(__file__).parents[3]
ANY = "…"


def on_page_markdown(markdown, **_):
    """Replace the comments by tables."""
    if ERRORS in markdown:
        markdown = markdown.replace(ERRORS, table_of_errors())
    return markdown.replace(FINDINGS, table_of_findings()) if FINDINGS in markdown else markdown


def table_of_findings():
    """Return all findings of `check()` as Markdown."""
    lines = ["| finding | why | what to write |", "|---|---|---|"]
    for code, (severity, *texts) in sorted(findings().items()):
        what, why, fix = texts
        link = f"[{severity} `{code}`](../reference/check.md)"
        lines.append(f"| {link}: {_escaped(what)} | {_escaped(why)} | {_codes(_unique([fix]))} |")
    return "\n".join(lines)


def findings():
    """Return code → severity, text, reason and fix, with `…` for values."""
    path = ROOT / "src" / "fatmorph" / "morph" / "checks" / "_wording.py"
    tables = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Dict)]
    wording = max(tables, key=lambda table: len(table.keys))
    return {
        key.value: [_filled("".join(_texts(part))) for part in entry.elts]
        for key, entry in zip(wording.keys, wording.values, strict=True)
    }


def _filled(text):
    """Return a text for `str.format()` with `…` for its values."""
    named = re.sub(r"(?<!\{)\{\w+\}(?!\})", ANY, text)
    return named.replace("{{", "{").replace("}}", "}")


def table_of_errors():
    """Return all messages as Markdown, with a table for each class of errors."""
    sections = []
    for name, rows in sorted(messages().items()):
        cells = [f"| {_code(what)} | {why} | {_codes(fix)} |" for what, (why, fix) in sorted(rows)]
        head = ["| message | why | what to write |", "|---|---|---|"]
        sections += [f"### `{name}`", "", *head, *cells, ""]
    return "\n".join(sections)


def messages():
    """Return class → its messages, each with its reasons and fixes."""
    golden, classes = _golden(), _classes()
    found = {}
    for path in sorted((ROOT / "src" / "fatmorph").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (name := _name(node)) in classes:
                for what in _texts(node.args[0] if node.args else node):
                    parts = {word.arg: _texts(word.value) for word in node.keywords}
                    rows = found.setdefault(name, {})
                    why, fix = rows.setdefault(what, ([], []))
                    examples = [case for case in golden if _matches(what, case["what"])]
                    why += parts.get("why") or [case.get("why", "") for case in examples[:3]]
                    fix += parts.get("fix") or [case.get("fix", "") for case in examples[:3]]
    return {
        name: [(what, (_joined(why), _unique(fix))) for what, (why, fix) in rows.items()]
        for name, rows in found.items()
    }


def _classes():
    """Return the names of the library's own errors."""
    path = ROOT / "src" / "fatmorph" / "errors.py"
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return {node.name for node in nodes if isinstance(node, ast.ClassDef)}


def _name(call):
    """Return the last name of what is called."""
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _texts(node):
    """Return the texts that an expression can be, with `…` for values; [] if it is computed."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=values):
            return ["".join((_texts(value) or [ANY])[0] for value in values)]
        case ast.FormattedValue(value=ast.Constant(value=str(text))):
            return [text]
        case ast.IfExp(body=body, orelse=orelse):
            return [*_texts(body), *_texts(orelse)]
        case ast.BinOp(left=left, op=ast.Add()):
            return _texts(left)
    return []


def _golden():
    """Return the messages of the golden files, as their parts."""
    cases = []
    for path in sorted((ROOT / "tests" / "golden" / "errors").glob("*.txt")):
        for text in path.read_text(encoding="utf-8").strip().split("\n\n"):
            what, *lines = text.splitlines()
            parts = (re.fullmatch(r"  (where|why|fix): +(.*)", line) for line in lines)
            cases.append({"what": what} | {part[1]: part[2] for part in parts if part})
    return cases


def _matches(what, message):
    return re.fullmatch(".+".join(map(re.escape, what.split(ANY))), message)


def _unique(texts):
    return list(dict.fromkeys(text for text in texts if text.strip(f"{ANY} ")))


def _joined(texts):
    return "; or ".join(_escaped(text) for text in _unique(texts))


def _codes(texts):
    return " or ".join(_code(text) for text in texts)


def _code(text):
    return f"`` {text.replace('|', chr(92) + '|')} ``" if "`" in text else f"`{_pipe(text)}`"


def _escaped(text):
    return re.sub(r"([*_\[\]`\\])", r"\\\1", _pipe(text)).replace("<", "&lt;")


def _pipe(text):
    return text.replace("|", r"\|").replace("\n", " ")
