"""The handlers that the tests open pages of: the framework needs a server of its own."""

from typing import Any

import pytest

import handlers


@pytest.fixture
def app() -> Any:
    return {
        "/": handlers.home,
        "/subscribe": handlers.subscribe,
        "POST /add": handlers.add,
    }
