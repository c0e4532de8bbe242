"""The numbers and the orders that are written in Python and again in C are the same."""

import ast
import re

import pytest

from fatmorph.datastar._attributes.expressions import NOT_A_VALUE
from fatmorph.datastar._attributes.inherited_names import INHERITED_NAMES
from fatmorph.markup._call import TagParts, tag_parts
from fatmorph.markup._content import RAW_TEXT, VERBATIM, Content
from fatmorph.markup._shortcuts_py import PLAIN_SIGNAL, PLAIN_VALUE
from fatmorph.markup._url import SUSPECT_SCHEME
from fatmorph.markup._values import VALUE_KINDS
from fatmorph.markup.escape import MAX_SAFE_INTEGER, UNSAFE_IN_STRING, UNSAFE_IN_URL
from rules.source_tree import SOURCE

MARKUP = SOURCE / "fatmorph" / "markup"
C = "".join(path.read_text(encoding="utf-8") for path in sorted(MARKUP.glob("_engine/*.h")))
PYTHON = {path.stem: path.read_text(encoding="utf-8") for path in sorted(MARKUP.glob("*.py"))}

LIMITS_OF_C = {"UINT8_MAX": 2**8 - 1}
UNITS = {str: "U", bool: "p", int: "I"}


def defines() -> dict[str, int]:
    """Return the macros of the C engine that are a number."""
    found = re.findall(r"^#define (\w+) (\d+|UINT8_MAX)$", C, re.MULTILINE)
    return {name: LIMITS_OF_C.get(value) or int(value) for name, value in found}


def enumerators() -> dict[str, int]:
    """Return the members of the C engine's enumerations of integers."""
    members: dict[str, int] = {}
    for body in re.findall(r"^enum \{ (.+) \};$", C, re.MULTILINE):
        number = -1
        for member in body.split(", "):
            name, _, value = member.partition(" = ")
            number = int(value or number + 1)
            members[name] = number
    return members


def numbers_with_one_name() -> dict[str, int]:
    """Return the numbers of Python modules whose names the C engine also defines."""
    return {
        f"{module}.{statement.targets[0].id}": statement.value.value
        for module, text in PYTHON.items()
        for statement in ast.parse(text).body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and isinstance(statement.value, ast.Constant)
        and statement.targets[0].id in defines()
    }


def units_of(parts: tuple[object, ...]) -> str:
    """Return the format with which `PyArg_ParseTuple()` reads a tuple of such values."""
    units = (
        f"({units_of(part)})" if isinstance(part, tuple) else UNITS.get(type(part), "O")
        for part in parts
    )
    return "".join(units)


def test_a_limit_with_one_name_has_one_value_in_both_languages() -> None:
    python = numbers_with_one_name()

    assert {place: defines()[place.partition(".")[2]] for place in python} == python


def test_these_limits_are_in_both_languages() -> None:
    assert set(numbers_with_one_name()) == {
        "_attributes.MAX_CACHED_CHARACTERS",
        "_attributes.MAX_CACHED_NAMES",
        "_call.MAX_BESIDE_GENERATED",
        "_call.MAX_NESTED_ITERABLES",
        "_foreign.MAX_CACHED_CHARACTERS",
    }


def test_c_numbers_the_kinds_of_values_as_python_does() -> None:
    python = {
        getattr(convert, "__name__", "any_value").strip("_").upper(): kind
        for convert, kind in VALUE_KINDS.items()
    }

    c = {name: kind for name, kind in enumerators().items() if name.endswith("_VALUE")}

    assert c == python


def test_c_numbers_the_kinds_of_content_as_python_does() -> None:
    c = {name: kind for name, kind in enumerators().items() if name.startswith("HOLDS_")}

    assert c == {"HOLDS_VERBATIM": VERBATIM, "HOLDS_ANYTHING": RAW_TEXT | VERBATIM}


def test_c_and_python_suspect_the_same_first_letters_of_a_url() -> None:
    [letters] = re.findall(r'strchr\("(\w+)", \(int\)first\)', C)

    assert SUSPECT_SCHEME.pattern.endswith(f"[{letters}]")


def characters(name: str) -> set[str]:
    """Return a set of characters of the C engine."""
    [(low, high)] = re.findall(rf"DO\(character, {name}, (\w+), (\w+)\)", C)
    bits = int(high, 16) << 64 | int(low, 16)
    return {chr(code) for code in range(128) if bits >> code & 1}


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("ALPHANUMERIC", "[A-Za-z0-9]"),
        ("WORD", r"\w"),
        ("NAME_START", "[A-Za-z_$]"),
        ("PROPERTY", "[-a-z0-9]"),
        ("CSS_VALUE", r"[\w #%+,./!()-]"),
        ("UNSAFE_IN_URL", rf"{UNSAFE_IN_URL.pattern}|[$@]"),
        ("UNSAFE_IN_STRING", rf"{UNSAFE_IN_STRING.pattern}|[$@]"),
    ],
)
def test_a_set_of_characters_in_c_is_that_of_a_pattern(name: str, pattern: str) -> None:
    ascii_characters = map(chr, range(128))

    assert characters(name) == {
        each for each in ascii_characters if re.match(pattern, each, re.ASCII)
    }


def test_c_asks_python_before_signals_are_nested_in_an_inherited_name() -> None:
    [words] = re.findall(r"inherited\[\] = \{([^}]+)\};", C)
    names = {name for name in INHERITED_NAMES if not name.startswith("__")}

    assert set(re.findall(r'"(\w+)"', words)) == names


@pytest.mark.parametrize("name", sorted(INHERITED_NAMES))
def test_the_reference_engine_asks_about_signals_in_an_inherited_name(name: str) -> None:
    assert not PLAIN_SIGNAL.match(f"{name}.a")


def test_c_asks_python_about_the_words_that_begin_a_statement() -> None:
    [words] = re.findall(r'words\[\] = ((?:"[^"]+"\s*)+);', C)
    pattern = NOT_A_VALUE.pattern.removeprefix("(?:").removesuffix(r")\b")

    assert set(re.sub(r'"\s*"|"', "", words).split()) == {*pattern.split("|"), "return"}


@pytest.mark.parametrize("word", NOT_A_VALUE.pattern[3:-3].split("|"))
def test_the_reference_engine_asks_about_the_same_words(word: str) -> None:
    assert not PLAIN_VALUE.match(word)


def test_c_knows_the_largest_integer_that_the_browser_does_not_round() -> None:
    assert defines()["MAX_SAFE_INTEGER"] == MAX_SAFE_INTEGER


def test_c_reads_the_fields_of_tag_parts_in_their_order() -> None:
    [arguments] = re.findall(r"PyArg_ParseTuple\(parts, \"[^\"]+\",([^)]+)\)", C)
    fields = list(TagParts._fields)
    content = fields.index("content")

    fields[content : content + 1] = Content._fields

    assert re.findall(r"&(\w+)", arguments) == fields


@pytest.mark.parametrize("name", ["div", "script", "pre"])
def test_c_reads_the_fields_of_tag_parts_with_their_types(name: str) -> None:
    [format_] = re.findall(r"PyArg_ParseTuple\(parts, \"([^\"]+)\"", C)

    assert units_of(tag_parts(name, "html")) == format_
