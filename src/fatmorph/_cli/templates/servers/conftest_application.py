"""The application that the tests open pages of."""

from typing import Any

import pytest

import main


@pytest.fixture
def app() -> Any:
    return main.app
