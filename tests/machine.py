"""What a test needs of the machine: absent, it is a skip; named in FATMORPH_REQUIRE, a failure.

`FATMORPH_REQUIRE="chromium datastar"` is how continuous integration says that a skip for one of
these reasons would be a hole in its matrix.
"""

import os
from typing import NoReturn

import pytest

__all__ = ("missing",)


def missing(requirement: str, reason: str) -> NoReturn:
    """Skip the running test, or fail it where `FATMORPH_REQUIRE` names the requirement."""
    if requirement in os.environ.get("FATMORPH_REQUIRE", "").replace(",", " ").split():
        pytest.fail(f"FATMORPH_REQUIRE names {requirement!r}, but {reason}", pytrace=False)
    pytest.skip(reason)
