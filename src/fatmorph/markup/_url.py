"""URLs that run code are given a scheme that no browser knows.

Source: https://url.spec.whatwg.org/#concept-basic-url-parser
"""

from __future__ import annotations

import re

__all__ = ("neutral_url", "neutral_url_list", "plain_url")

SUSPECT_SCHEME = re.compile(r"[\x00-\x20]*[jJvVdD]")
# Browsers drop these anywhere in a URL, and these two sets in front of it.
DROPPED_IN_URL = re.compile(r"[\t\n\r]")
LEADING_IN_URL = "".join(map(chr, range(0x21)))
# A MIME type with `+xml` is a document, which may hold scripts, whatever comes before the plus.
# https://mimesniff.spec.whatwg.org/#xml-mime-type
SAFE_DATA = re.compile(
    r"(?:(?:image|audio|video|font)/[-.\w]+|application/font-[-.\w]+|text/plain)?"
)
# An SVG image cannot run scripts where it is only shown, but can where it is a document.
SVG_IMAGE_ELEMENTS = frozenset({"feImage", "image", "img", "input", "link", "source"})


def neutral_url(element: str, url: str) -> str:
    r"""Return the URL, or `unsafe:` and the URL if it runs code in a browser.

    Args:
        element: The element's name: an `img` may hold an SVG, an `iframe` may not, and a
            `script` no data at all.
        url: Of any form, disguised by white space, control characters or case as well.

    Example:
        >>> neutral_url("a", " java\tscript:alert(1)")
        'unsafe: java\tscript:alert(1)'
    """
    if SUSPECT_SCHEME.match(url) is None or _is_safe(element, url):
        return url
    return "unsafe:" + url  # no browser knows this scheme; the text stays readable


def neutral_url_list(element: str, urls: str) -> str:
    """Return URLs between semicolons, each as `neutral_url()` returns it."""
    return ";".join(neutral_url(element, url) for url in urls.split(";"))


def plain_url(url: str) -> str:
    r"""Return the URL without what a browser drops, in lower case: its scheme comes first.

    Example:
        >>> plain_url(" Java\tScript:alert(1)")
        'javascript:alert(1)'
    """
    return DROPPED_IN_URL.sub("", url).lstrip(LEADING_IN_URL).lower()


def _is_safe(element: str, url: str) -> bool:
    plain = plain_url(url)
    if plain.startswith("data:"):
        if element.lower() == "script":
            return False  # browsers run a classic script of almost any type
        media_type = re.split("[;,]", plain[5:], maxsplit=1)[0].strip()
        if media_type == "image/svg+xml":
            return element in SVG_IMAGE_ELEMENTS
        return SAFE_DATA.fullmatch(media_type) is not None
    return not plain.startswith(("javascript:", "vbscript:"))
