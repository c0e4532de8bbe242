"""serve(): the options that it passes to uvicorn, and the arguments that it refuses."""

import subprocess
import sys
from typing import Any

import pytest
import uvicorn

from fatmorph.errors import MissingExtraError, ServeError
from fatmorph.server import serve


async def app(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, dict[str, Any]]]:
    """Return the calls of `uvicorn.run()`, which does not run."""
    calls: list[tuple[Any, dict[str, Any]]] = []
    monkeypatch.setattr(uvicorn, "run", lambda app, **options: calls.append((app, options)))
    return calls


def test_one_worker_runs_the_application_itself(asked: list[tuple[Any, dict[str, Any]]]) -> None:
    serve(app, host="0.0.0.0", port=0, access_log=False, log_level="warning")

    options = {
        "host": "0.0.0.0",
        "port": 0,
        "workers": 1,
        "access_log": False,
        "log_level": "warning",
        "http": "fatmorph.uvicorn_protocol:Protocol",
        "timeout_graceful_shutdown": 2,
    }
    assert asked == [(app, options)]


def test_several_workers_import_the_application_by_its_name(
    asked: list[tuple[Any, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["__main__"], "the_app", app, raising=False)

    serve(app, workers=2)
    serve("main:app", workers=3)

    assert [(what, options["workers"]) for what, options in asked] == [
        ("__main__:the_app", 2),
        ("main:app", 3),
    ]


def test_several_workers_cannot_import_an_unnamed_application() -> None:
    with pytest.raises(ServeError, match="an application that has no global name"):
        serve(app, workers=2)


@pytest.mark.parametrize("workers", [0, -1])
def test_fewer_than_one_worker_is_refused(workers: int) -> None:
    with pytest.raises(ServeError, match=f"cannot start {workers} workers"):
        serve(app, workers=workers)


def test_the_error_for_a_missing_uvicorn_shows_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)

    with pytest.raises(MissingExtraError, match="cannot serve without uvicorn") as caught:
        serve(app)

    assert caught.value.fix == 'pip install "fatmorph[serve]"'


def test_the_package_exports_the_function_and_not_the_module() -> None:
    program = "import fatmorph.server; from fatmorph import serve; print(callable(serve))"

    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert printed.stdout == b"True\n"
