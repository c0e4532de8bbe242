"""URLs: those that run code get a scheme that is unknown to browsers.

Source: https://url.spec.whatwg.org/#concept-basic-url-parser
"""

from __future__ import annotations

import re

__all__ = ("is_address", "is_neutral", "neutral_url", "neutral_url_list", "plain_url")

NEUTRAL_SCHEME = "unsafe:"
ADDRESS = re.compile(r"(?:https?:/)?/[\w./~%?=&+-]*", re.ASCII)
CODE_SCHEMES = ("javascript:", "vbscript:", "data:")
SUSPECT_SCHEME = re.compile(r"[\x00-\x20]*[jJvVdD]")
# Browsers drop the characters of the first set anywhere in a URL, those of the second before it.
DROPPED_IN_URL = re.compile(r"[\t\n\r]")
LEADING_IN_URL = "".join(map(chr, range(0x21)))
# Any MIME type that ends with `+xml` is a document, which may contain scripts.
# https://mimesniff.spec.whatwg.org/#xml-mime-type
SAFE_DATA = re.compile(
    r"(?:(?:image|audio|video|font)/[-.\w]+|application/(?:font-[-.\w]+|[-.\w]+\+json|json|pdf"
    r"|g?zip|octet-stream|vnd\.(?:ms-|oasis|openxml)[-.\w]+)"
    r"|text/(?:plain|csv|calendar|vcard|vtt|markdown))?"
)
# An SVG file runs scripts if it is opened as a document, but not if it is shown as an image.
SVG_IMAGE_ELEMENTS = frozenset({"feImage", "image", "img", "input", "link", "source"})
STYLE_ELEMENT = "link"  # the only element that loads a stylesheet


def neutral_url(element: str, url: str) -> str:
    r"""Return the URL, or `unsafe:` and the URL if it runs code in a browser.

    Args:
        element: The element's name: a data URL of an SVG is safe in an `img` but not in an
            `iframe`, and none is safe in a `script`.
        url: Any URL. White space, control characters and upper case do not hide its scheme.

    Example:
        >>> neutral_url("a", " java\tscript:alert(1)")
        'unsafe: java\tscript:alert(1)'
    """
    if SUSPECT_SCHEME.match(url) is None or _is_safe(element, url):
        return url
    return NEUTRAL_SCHEME + url  # unknown to browsers, and the URL stays readable


def neutral_url_list(element: str, urls: str) -> str:
    """Return a list of URLs with semicolons between them, each as from `neutral_url()`."""
    return ";".join(neutral_url(element, url) for url in urls.split(";"))


def is_neutral(text: str) -> bool:
    """Return whether a text has a URL as `neutral_url()` writes it, or several with semicolons.

    Example:
        >>> is_neutral("unsafe:javascript:alert(1)"), is_neutral("unsafe:at any speed")
        (True, False)
    """
    return any(
        url.startswith(NEUTRAL_SCHEME)
        and plain_url(url[len(NEUTRAL_SCHEME) :]).startswith(CODE_SCHEMES)
        for url in text.split(";")
    )


def plain_url(url: str) -> str:
    r"""Return the URL in lower case without the characters that browsers drop: scheme first.

    Example:
        >>> plain_url(" Java\tScript:alert(1)")
        'javascript:alert(1)'
    """
    return DROPPED_IN_URL.sub("", url).lstrip(LEADING_IN_URL).lower()


def is_address(text: str) -> bool:
    """Return whether a text is a path of a site or an HTTP URL, and nothing else.

    Example:
        >>> is_address("/save?id=1"), is_address("$count / 2")
        (True, False)
    """
    return ADDRESS.fullmatch(text) is not None


def _is_safe(element: str, url: str) -> bool:
    plain = plain_url(url)
    if plain.startswith("data:"):
        if element.lower() == "script":
            return False  # browsers run a classic script of almost any media type
        media_type = re.split("[;,]", plain[5:], maxsplit=1)[0].strip()
        if media_type == "image/svg+xml":
            return element in SVG_IMAGE_ELEMENTS
        if media_type == "text/css":
            return element == STYLE_ELEMENT
        return SAFE_DATA.fullmatch(media_type) is not None
    return not plain.startswith(CODE_SCHEMES)
