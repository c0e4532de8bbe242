"""HTML parsed by fatmorph and by Chromium: the same trees, for any text.

The texts nest random elements in random elements, some without end tags, and so need every
correction that the standard defines. docs/decisions/html-parser.md lists the known differences.
"""

import json
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser

from fatmorph.markup.parse import ParsedElement, parse_document, parse_template

TAGS = """
    annotation-xml applet br caption desc details div dt dd g h1 h2 hr img input li math mi
    mtext ol p pre rt ruby script span style summary svg table tbody td
    template textarea th thead tr ul
""".split()  # noqa: SIM905 - a list of forty quoted words is no easier to read
TEXTS = (" ", "x", "\n", "1 &amp; 2", "é", "&ampx&notit;", "<!--c-->")
ATTRIBUTES = ("", "", "", " id=a", " class=' a  b '", " type=hidden", " hidden")
COUNT = 1000

PARSED = """texts => {
  const namespaces = {
    "http://www.w3.org/1999/xhtml": "html",
    "http://www.w3.org/2000/svg": "svg",
    "http://www.w3.org/1998/Math/MathML": "mathml",
  };
  const content = node => [...node.childNodes].filter(child => child.nodeType !== 10).map(outline);
  const outline = node => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeType === Node.COMMENT_NODE) return ["#comment", node.data];
    const attributes = [...node.attributes].map(({ name, value }) => [name, value]);
    const holder = node instanceof HTMLTemplateElement ? node.content : node;
    const namespace = namespaces[node.namespaceURI];
    return [node.localName, namespace, Object.fromEntries(attributes), content(holder)];
  };
  const parse = text => new DOMParser().parseFromString(text, "text/html");
  return JSON.stringify(texts.map(text => content(parse(text))));
}"""


def soup(seed: int) -> str:
    random = Random(seed)
    tags = random.sample(TAGS, random.randint(2, 9))

    def piece(depth: int) -> str:
        if random.random() < 0.3:
            return random.choice(TEXTS)
        tag = random.choice(tags)
        inside = "".join(piece(depth + 1) for _ in range(random.randint(0, 3 - depth)))
        end = f"</{tag}>" * (random.random() < 0.6)
        return f"<{tag}{random.choice(ATTRIBUTES)}>{inside}{end}"

    return "".join(piece(0) for _ in range(random.randint(1, 3)))


def outline(node: ParsedElement | str) -> Any:
    if isinstance(node, str):
        return node
    if node.tag == "#comment":
        return ["#comment", *node.children]
    return [node.tag, node.namespace, node.attributes, content(node)]


def content(node: ParsedElement) -> list[Any]:
    return [outline(child) for child in (node.content or node).children]


def browsers_trees(browser: Browser, texts: list[str]) -> list[list[Any]]:
    page = browser.new_page()
    trees: list[list[Any]] = json.loads(page.evaluate(PARSED, texts))
    page.close()
    return trees


@pytest.mark.parametrize("doctype", ["", "<!doctype html>"], ids=["quirks", "standards"])
def test_any_text_is_parsed_to_the_same_page_as_in_a_browser(
    browser: Browser, doctype: str
) -> None:
    texts = [doctype + soup(seed) for seed in range(COUNT)]

    parsed = [content(parse_document(text, scripting=False)) for text in texts]

    assert dict(zip(texts, parsed, strict=True)) == dict(
        zip(texts, browsers_trees(browser, texts), strict=True)
    )


def test_any_text_is_parsed_to_the_same_fragment_as_in_a_template(browser: Browser) -> None:
    texts = [soup(seed) for seed in range(COUNT, 3 * COUNT)]

    parsed = [content(parse_template(text)) for text in texts]

    wrapped = [f"<body><template>{text}</template></body>" for text in texts]
    pages = browsers_trees(browser, wrapped)
    templates = [html[3][1][3][0][3] for (html, *_) in pages]
    assert dict(zip(texts, parsed, strict=True)) == dict(zip(texts, templates, strict=True))
