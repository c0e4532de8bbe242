"""uvicorn: its limit of requests.

Source: https://www.uvicorn.org/settings/#resource-limits
"""

from __future__ import annotations

from typing import Any

from fatmorph._servers.contract import ServerCoroutine, is_closed

__all__ = ("COROUTINES",)


def _is_stopping(server: Any) -> bool:
    return bool(getattr(server, "should_exit", False)) or is_closed(server)


COROUTINES = (ServerCoroutine("uvicorn.server", "self", _is_stopping),)
