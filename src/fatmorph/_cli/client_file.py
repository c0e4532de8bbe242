"""The Datastar client as a file of a project, verified by its hash."""

from __future__ import annotations

import hashlib
from urllib.error import HTTPError
from urllib.request import urlopen

from fatmorph.datastar._script import BUNDLE_SHA256, CDN, DATASTAR_VERSION
from fatmorph.errors import CommandError

__all__ = ("CLIENT_PATH", "CLIENT_URL", "client_files", "downloaded_client")

CLIENT_PATH = "static/datastar.js"
CLIENT_URL = CDN.format(version=DATASTAR_VERSION)
TIMEOUT_SECONDS = 10
MAX_BYTES = 4 * 1024 * 1024  # a hundred times the size of the client


def downloaded_client() -> bytes:
    """Return the bundle of the pinned release.

    Raises:
        OSError: There is no network, or the CDN does not answer.
        CommandError: The CDN answers with another file.
    """
    try:
        with urlopen(CLIENT_URL, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310 - a constant
            content: bytes = response.read(MAX_BYTES)
    except HTTPError as error:
        error.close()  # it holds the connection
        raise
    digest = hashlib.sha256(content).hexdigest()
    if digest != BUNDLE_SHA256[DATASTAR_VERSION]:
        raise CommandError(
            f"the downloaded client is not Datastar {DATASTAR_VERSION}",
            where=CLIENT_URL,
            why=f"its SHA-256 is {digest}, and not {BUNDLE_SHA256[DATASTAR_VERSION]}",
            fix="fatmorph init --datastar cdn  (the browser verifies the hash as well)",
        )
    return content


def client_files(content: bytes) -> dict[str, bytes]:
    """Return the client and its hash, as `sha256sum --check` reads it, by their paths."""
    name = CLIENT_PATH.rpartition("/")[2]
    line = f"{hashlib.sha256(content).hexdigest()}  {name}\n"
    return {CLIENT_PATH: content, f"{CLIENT_PATH}.sha256": line.encode()}
