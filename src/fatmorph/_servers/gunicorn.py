"""gunicorn: its limit of requests and its log, with its own worker for ASGI and with aiohttp's.

uvicorn's worker for gunicorn runs a server of uvicorn.

Source: https://gunicorn.org/reference/settings/#max_requests
"""

from __future__ import annotations

from typing import Any

from fatmorph._servers.contract import IncompleteLog, ServerCoroutine, is_closed

__all__ = ("COROUTINES", "INCOMPLETE")


def _is_stopping(worker: Any) -> bool:
    return not getattr(worker, "alive", True) or is_closed(worker)


INCOMPLETE = IncompleteLog(
    "gunicorn",
    "gunicorn.error",
    "ASGI application returned without completing the response; closing the connection",
)
COROUTINES = (
    ServerCoroutine("gunicorn.workers.gasgi", "self", _is_stopping),
    ServerCoroutine("aiohttp.worker", "self", _is_stopping),
)
