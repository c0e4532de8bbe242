"""The script tag that loads the Datastar client.

Source: https://data-star.dev/guide/getting_started
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from fatmorph._log import Log
from fatmorph.errors import DatastarError, short_repr
from fatmorph.markup._element import Element, Tag

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ("DATASTAR_VERSION", "KNOWN_VERSIONS", "datastar_script")

logger = Log("fatmorph.datastar")

DATASTAR_VERSION = "1.0.4"
"""The client that this library is written for."""

KNOWN_VERSIONS = ("1.0.0", "1.0.1", "1.0.2", "1.0.3", "1.0.4", "1.0.5")
"""The releases whose differences this library's checks and documentation name."""

SCRIPT = Tag("script")
CDN = "https://cdn.jsdelivr.net/gh/starfederation/datastar@v{version}/bundles/datastar.js"
VERSION = re.compile(r"[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}(?:-[0-9A-Za-z.-]{1,64})?")

# SHA-256 of bundles/datastar.js at each release's tag
BUNDLE_SHA256: Mapping[str, str] = MappingProxyType(
    {
        "1.0.2": "9a730537fd110abc018b13b9329fa4cabca71aa79b459b8d1e83c5f27a940475",
        "1.0.3": "5d6b7794a50a83d82da962aec5e382f5ae83ac7afbc751f903f7a9c6bd433c65",
        "1.0.4": "727844adfc825ee651fb93c544a2a739986f9a21820a94524b35f0cac470cf91",
    }
)


def datastar_script(
    src: str | None = None,
    *,
    nonce: str | None = None,
    integrity: str | None = None,
    version: str = DATASTAR_VERSION,
) -> Element:
    """Return the `<script>` that loads the Datastar client, for the page's head.

    Its id is `datastar`, so that a morph keeps it in its place in the head.

    Args:
        src: Where your own copy of the bundle is, such as `"/static/datastar.js"`; default the
            jsDelivr CDN.
        nonce: `c.nonce`, for a page with a Content-Security-Policy.
        integrity: The bundle's hash for Subresource Integrity; default the known one for the
            CDN's 1.0.2 to 1.0.4, else none.
        version: The release to load from the CDN, without `v`; not used with `src`. Known are
            1.0.0 to 1.0.5; any other is loaded as well, and logged once.

    Raises:
        DatastarError: An empty `src`, or an invalid version.

    Example:
        >>> print(datastar_script("/static/datastar.js"))
        <script type="module" id="datastar" src="/static/datastar.js"></script>

    Source: https://data-star.dev/guide/getting_started
    """
    if src is None:
        src = CDN.format(version=_checked(version))
        integrity = integrity or _known_integrity(version)
    elif not isinstance(src, str) or not src.strip():
        raise DatastarError(
            f"cannot load the client from {short_repr(src)}",
            where="datastar_script, src",
            why="without a URL the browser loads nothing",
            fix='datastar_script("/static/datastar.js")  (or datastar_script() for the CDN)',
        )
    return SCRIPT(
        type="module",
        id="datastar",
        src=src,
        integrity=integrity,
        # Without it a browser cannot read what it fetched elsewhere, and refuses to compare.
        crossorigin="anonymous" if integrity else None,
        nonce=nonce,
    )


def _checked(version: object) -> str:
    if isinstance(version, str) and VERSION.fullmatch(version):
        if version not in KNOWN_VERSIONS:
            _log_unknown(version)
        return version
    raise DatastarError(
        f"no release is called {short_repr(version)}",
        where="datastar_script, version",
        why=f"the CDN has releases under their numbers: {', '.join(KNOWN_VERSIONS)}",
        fix=f'datastar_script(version="{DATASTAR_VERSION}")',
    )


@lru_cache(maxsize=16)
def _log_unknown(version: str) -> None:
    """Log a version once, although pages write it at every render."""
    logger.warning(
        "Datastar %s is not known to this release of fatmorph, which knows %s to %s; "
        "it is loaded without a hash, and the findings of check() may not fit it",
        version,
        KNOWN_VERSIONS[0],
        KNOWN_VERSIONS[-1],
    )


def _known_integrity(version: str) -> str | None:
    digest = BUNDLE_SHA256.get(version)
    return f"sha256-{b64encode(bytes.fromhex(digest)).decode()}" if digest else None
