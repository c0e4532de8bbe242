"""Read a Datastar expression into nodes.

It knows what expressions of pages are usually made of: literals, signals, actions, operators,
calls, arrow functions, `let`, `if` and `return`. A value of an object that it does not know is kept
as a node of its own, which fails only if it is evaluated: the options of a request may contain
code that matters to a browser alone.

Source: https://tc39.es/ecma262/#sec-ecmascript-language-expressions
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from fatmorph.testing._expressions.tokens import (
    NotUnderstoodError,
    Token,
    end_of_code,
    tokens_of,
)
from fatmorph.testing._expressions.values import escaped_text

__all__ = ("Node", "read")

CONSTANTS = {"true": True, "false": False, "null": None, "undefined": None}
NUMBERS = {"Infinity": math.inf, "NaN": math.nan}
ASSIGNMENTS = frozenset({"=", "+=", "-=", "*=", "/=", "%=", "**=", "&&=", "||=", "??="})
PLACES = frozenset({"name", "signal", "member"})
# The operators with two sides, and how tightly they bind.
BINDING = {
    "??": 1, "||": 2, "&&": 3, "==": 4, "!=": 4, "===": 4, "!==": 4,
    "<": 5, ">": 5, "<=": 5, ">=": 5, "in": 5, "instanceof": 5, "+": 6, "-": 6,
    "*": 7, "/": 7, "%": 7, "**": 8,
}  # fmt: skip
UNARY = frozenset({"!", "-", "+", "typeof", "void"})
UNKNOWN_WORDS = frozenset(
    {"async", "await", "class", "delete", "do", "for", "function", "super", "switch", "this"}
    | {"throw", "try", "while", "yield"}
)


class Node(NamedTuple):
    """A part of an expression.

    Args:
        kind: The name of the evaluator's method for it.
        parts: The method's arguments.
    """

    kind: str
    parts: tuple[Any, ...]  # Any: nodes, texts and values, by the kind


def read(text: str, *, is_value: bool = False) -> Node:
    """Return the statements of an expression.

    Args:
        text: As in the attribute.
        is_value: Whether a brace at its beginning is an object, not a block.

    Raises:
        NotUnderstoodError: JavaScript of another kind.

    Example:
        >>> read("$n").parts[0][0].kind
        'signal'
    """
    return Node("block", (_Reader(text, is_value=is_value).statements(""),))


class _Reader:
    def __init__(self, text: str, *, is_value: bool) -> None:
        self._text = text
        self._is_value = is_value
        self._tokens = tokens_of(text)
        self._position = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._position]

    def statements(self, end: str) -> tuple[Node, ...]:
        """Return the statements until a mark, or until the end of the text."""
        found: list[Node] = []
        while not self._is_at(end):
            if not self._take(";"):
                found.append(self._statement())
        return tuple(found)

    def _is_at(self, end: str) -> bool:
        return self._next.kind == "end" if not end else self._next.text == end

    def _statement(self) -> Node:
        word = self._next.text if self._next.kind == "word" else ""
        if word in ("let", "const", "var"):
            self._position += 1
            return self._end(self._declarations())
        if word == "if":
            return self._if()
        if word == "return":
            self._position += 1
            is_empty = self._next.kind == "end" or self._next.text in (";", "}")
            value = Node("literal", (None,)) if is_empty else self._sequence()
            return self._end(Node("return_", (value,)))
        is_object = self._is_value and not self._position
        if not is_object and self._take("{"):
            block = Node("block", (self.statements("}"),))
            self._expect("}")
            return block
        return self._end(self._sequence())

    def _end(self, node: Node) -> Node:
        is_over = self._next.kind == "end" or self._next.text == "}" or self._next.has_break
        if not self._take(";") and not is_over:
            raise self._error()
        return node

    def _declarations(self) -> Node:
        found: list[Node] = []
        while True:
            names = self._names() if self._take("[") else (self._word(),)
            is_list = self._tokens[self._position - 1].text == "]"
            value = self._expression() if self._take("=") else Node("literal", (None,))
            found.append(Node("declare", (names, value, is_list)))
            if not self._take(","):
                return Node("sequence", (tuple(found),))

    def _names(self) -> tuple[str, ...]:
        """Return the names of `[a, b]`, after its first bracket."""
        names: list[str] = []
        while not self._take("]"):
            names.append(self._word())
            self._take(",")
        return tuple(names)

    def _if(self) -> Node:
        self._position += 1
        self._expect("(")
        condition = self._sequence()
        self._expect(")")
        yes = self._statement()
        self._take(";")
        no = self._statement() if self._take("else", kind="word") else Node("block", ((),))
        return Node("conditional", (condition, yes, no))

    def _sequence(self) -> Node:
        nodes = [self._expression()]
        while self._take(","):
            nodes.append(self._expression())
        return nodes[0] if len(nodes) == 1 else Node("sequence", (tuple(nodes),))

    def _expression(self) -> Node:
        if (parameters := self._parameters()) is not None:
            return self._arrow(parameters)
        left = self._operation(0)
        if self._take("?"):
            yes = self._expression()
            self._expect(":")
            return Node("conditional", (left, yes, self._expression()))
        operator = self._next.text if self._next.kind == "mark" else ""
        if operator in ASSIGNMENTS and left.kind in PLACES:
            self._position += 1
            return Node("assign", (left, operator.removesuffix("="), self._expression()))
        return left

    def _parameters(self) -> tuple[str, ...] | None:
        """Return the parameters of an arrow function, if one begins here."""
        start = self._position
        if self._next.kind == "word" and self._tokens[start + 1].text == "=>":
            self._position += 2
            return (self._tokens[start].text,)
        names: list[str] = []
        if self._take("("):
            while self._next.kind == "word":
                names.append(self._word())
                self._take(",")
            if self._take(")") and self._take("=>"):
                return tuple(names)
        self._position = start
        return None

    def _arrow(self, parameters: tuple[str, ...]) -> Node:
        if not self._take("{"):
            return Node("arrow", (parameters, self._expression(), False))
        body = Node("block", (self.statements("}"),))
        self._expect("}")
        return Node("arrow", (parameters, body, True))

    def _operation(self, least: int) -> Node:
        left = self._unary()
        while (binding := BINDING.get(self._next.text, -1)) > least and self._is_operator():
            operator = self._next.text
            self._position += 1
            # `**` binds to the right.
            right = self._operation(binding - 1 if operator == "**" else binding)
            kind = "logical" if operator in ("&&", "||", "??") else "binary"
            left = Node(kind, (operator, left, right))
        return left

    def _is_operator(self) -> bool:
        return self._next.kind == "mark" or self._next.text in ("in", "instanceof")

    def _unary(self) -> Node:
        token = self._next
        if token.text in UNARY and token.kind in ("mark", "word"):
            self._position += 1
            return Node("unary", (token.text, self._unary()))
        if token.text in ("++", "--") and token.kind == "mark":
            self._position += 1
            return Node("update", (token.text, self._place(self._unary()), True))
        node = self._postfix(self._primary())
        if self._next.text in ("++", "--") and self._next.kind == "mark":
            self._position += 1
            return Node("update", (self._tokens[self._position - 1].text, self._place(node), False))
        return node

    def _place(self, node: Node) -> Node:
        if node.kind not in PLACES:
            raise self._error()
        return node

    def _postfix(self, node: Node) -> Node:
        is_optional = False
        while True:
            # `a?.b.c` is undefined as a whole if `a` is.
            is_chained = self._take("?.")
            is_optional = is_optional or is_chained
            if self._take("("):
                node = Node("call", (node, self._items(")"), is_optional))
            elif self._take("["):
                node = Node("member", (node, self._sequence(), is_optional))
                self._expect("]")
            elif is_chained or self._take("."):
                node = Node("member", (node, Node("literal", (self._word(),)), is_optional))
            else:
                return node

    def _primary(self) -> Node:
        token = self._next
        self._position += 1
        if token.kind == "number":
            is_whole = token.text.isdigit() or token.text[:2] in ("0x", "0X")
            return Node("literal", (int(token.text, 0) if is_whole else float(token.text),))
        if token.kind == "text":
            return Node("literal", (escaped_text(token.text[1:-1]),))
        if token.kind == "template":
            return self._template(token)
        if token.kind == "regex":
            body, _, flags = token.text[1:].rpartition("/")
            return Node("regex", (body, flags))
        if token.kind == "signal":
            return Node("signal", (token.text[1:],))
        if token.kind == "action":
            self._expect("(")
            return Node("action", (token.text[1:], self._items(")")))
        if token.kind == "word" and token.text not in UNKNOWN_WORDS:
            return self._named(token.text)
        if token.text == "(":
            node = self._sequence()
            self._expect(")")
            return Node("group", (node,))
        if token.text == "[":
            return Node("array", (self._items("]"),))
        if token.text == "{":
            return self._object()
        self._position -= 1
        raise self._error()

    def _named(self, word: str) -> Node:
        if word in CONSTANTS:
            return Node("literal", (CONSTANTS[word],))
        if word in NUMBERS:
            return Node("literal", (NUMBERS[word],))
        if word == "new":
            name = self._word()
            self._expect("(")
            return Node("new", (name, self._items(")")))
        return Node("name", (word,))

    def _template(self, token: Token) -> Node:
        parts: list[Node] = []
        text, position = token.text[1:-1], 0
        while position < len(text):
            code = text.find("${", position)
            while code > 0 and text[code - 1] == "\\":
                code = text.find("${", code + 1)
            end = len(text) if code < 0 else code
            parts.append(Node("literal", (escaped_text(text[position:end]),)))
            if code < 0:
                break
            position = end_of_code(text, code + 2)
            parts.append(read(text[code + 2 : position], is_value=True))
            position += 1
        return Node("template", (tuple(parts),))

    def _items(self, end: str) -> tuple[Node, ...]:
        found: list[Node] = []
        while not self._take(end):
            found.append(self._value(end))
            if not self._take(",") and self._next.text != end:
                raise self._error()
        return tuple(found)

    def _object(self) -> Node:
        entries: list[tuple[Node, Node]] = []
        while not self._take("}"):
            token = self._next
            self._position += 1
            if token.kind not in ("word", "text", "number"):
                raise self._error()
            key = escaped_text(token.text[1:-1]) if token.kind == "text" else token.text
            if self._take(":"):
                value = self._value("}")
            elif self._next.text in (",", "}"):
                value = Node("name", (token.text,))
            else:
                value = self._unreadable("}")
            entries.append((Node("literal", (key,)), value))
            if not self._take(",") and self._next.text != "}":
                raise self._error()
        return Node("object", (tuple(entries),))

    def _value(self, end: str) -> Node:
        """Return a value between commas, which need not be understood."""
        start = self._position
        try:
            node = self._expression()
        except NotUnderstoodError:
            node = None
        if node is not None and self._next.text in (",", end):
            return node
        self._position = start
        return self._unreadable(end)

    def _unreadable(self, end: str) -> Node:
        """Skip a value up to the comma or the bracket that ends it."""
        start, depth = self._next.start, 0
        while depth or self._next.text not in (",", end):
            if self._next.kind == "end":
                raise self._error()
            if self._next.kind == "mark":
                depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(self._next.text, 0)
            self._position += 1
        return Node("unreadable", (self._text[start : self._next.start].strip(),))

    def _word(self) -> str:
        if self._next.kind not in ("word", "signal"):
            raise self._error()
        self._position += 1
        return self._tokens[self._position - 1].text

    def _take(self, text: str, *, kind: str = "mark") -> bool:
        is_next = self._next.text == text and self._next.kind == kind
        self._position += is_next
        return is_next

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise self._error()

    def _error(self) -> NotUnderstoodError:
        rest = self._text[self._next.start :]
        return NotUnderstoodError(f"`{rest[:40] or 'the end'}`")
