"""serve(): the options that it passes to uvicorn, and the arguments that it refuses."""

import inspect
import logging
import socket
import subprocess
import sys
from typing import Any

import pytest
import uvicorn
from uvicorn.config import LOGGING_CONFIG

from fatmorph.errors import MissingExtraError, ServeError
from fatmorph.server import LogLevel, serve


async def app(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, dict[str, Any]]]:
    """Return the calls of `uvicorn.run()`, which does not run."""
    calls: list[tuple[Any, dict[str, Any]]] = []
    monkeypatch.setenv("FATMORPH_WORKERS", "1")
    parameters = inspect.signature(uvicorn.run)

    def run(app: Any, **options: Any) -> None:
        calls.append((app, options))

    vars(run)["__signature__"] = parameters
    monkeypatch.setattr(uvicorn, "run", run)
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
    [(served, passed)] = asked
    log_config = passed.pop("log_config")
    assert (served, passed) == (app, options)
    assert log_config["formatters"] == LOGGING_CONFIG["formatters"]


def test_every_option_of_uvicorn_is_passed_on_and_wins(
    asked: list[tuple[Any, dict[str, Any]]],
) -> None:
    options = {
        "uds": "/run/app.sock",
        "root_path": "/shop",
        "forwarded_allow_ips": "*",
        "limit_concurrency": 5000,
        "backlog": 4096,
        "timeout_keep_alive": 75,
        "ssl_certfile": "cert.pem",
        "http": "h11",
        "log_config": None,
    }

    serve(app, **options)

    [(_, passed)] = asked
    assert {name: passed[name] for name in options} == options


def test_an_option_that_uvicorn_does_not_have_is_refused(
    asked: list[tuple[Any, dict[str, Any]]],
) -> None:
    with pytest.raises(ServeError, match="cannot pass the option 'limit_concurency'") as caught:
        serve(app, limit_concurency=5)

    assert (caught.value.fix, asked) == ("serve(app, limit_concurrency=…)", [])


@pytest.mark.parametrize(
    ("root_path", "fix"),
    [
        ("/", "serve(app)"),
        *((wrong, 'serve(app, root_path="/shop")') for wrong in ("shop", "/shop/", "//shop")),
    ],
)
def test_a_prefix_that_urls_could_not_begin_with_is_refused(
    asked: list[tuple[Any, dict[str, Any]]], root_path: str, fix: str
) -> None:
    with pytest.raises(ServeError, match=f"cannot serve under the prefix '{root_path}'") as caught:
        serve(app, root_path=root_path)

    assert (caught.value.fix, asked) == (fix, [])


@pytest.mark.parametrize("root_path", ["", "/shop", "/shops/räume"])
def test_a_prefix_is_passed_on(asked: list[tuple[Any, dict[str, Any]]], root_path: str) -> None:
    serve(app, root_path=root_path)

    assert asked[0][1]["root_path"] == root_path


@pytest.mark.parametrize(("level", "name"), [("info", "INFO"), ("trace", "DEBUG")])
def test_the_lines_of_fatmorph_are_shown_as_those_of_uvicorn(
    asked: list[tuple[Any, dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    level: LogLevel,
    name: str,
) -> None:
    monkeypatch.setattr(logging.getLogger("fatmorph"), "hasHandlers", lambda: False)

    serve(app, log_level=level)

    own = asked[0][1]["log_config"]["loggers"]["fatmorph"]
    assert own == {"handlers": ["default"], "level": name, "propagate": False}
    assert "fatmorph" not in LOGGING_CONFIG["loggers"]


def test_a_program_that_has_configured_its_log_keeps_it(
    asked: list[tuple[Any, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("fatmorph"), "hasHandlers", lambda: True)

    serve(app)

    assert asked[0][1]["log_config"] == LOGGING_CONFIG


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


@pytest.mark.parametrize("workers", [0, -1, "2", None, 1.5])
def test_a_number_of_workers_is_a_whole_number_above_0(workers: Any) -> None:
    with pytest.raises(ServeError, match=f"cannot start {workers!r} workers"):
        serve(app, workers=workers)


@pytest.mark.parametrize("port", ["8000", None, True, 8000.0, -1, 65_536])
def test_a_port_is_a_whole_number(port: Any) -> None:
    with pytest.raises(ServeError, match=f"cannot listen on the port {port!r}"):
        serve(app, port=port)


@pytest.fixture
def exits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `uvicorn.run()` exit, as it does when it could not start."""
    monkeypatch.setenv("FATMORPH_WORKERS", "1")

    def run(app: Any, **options: Any) -> None:
        sys.exit(3)

    vars(run)["__signature__"] = inspect.signature(uvicorn.run)
    monkeypatch.setattr(uvicorn, "run", run)


@pytest.mark.usefixtures("exits")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_port_that_another_program_uses_is_an_error_with_the_next_one(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(ServeError) as found:
            serve(app, host=host, port=port)

    assert found.value.what == f"cannot listen on {host}:{port}"
    assert found.value.fix == f"serve(app, port={port + 1})  (or stop that program)"


@pytest.mark.usefixtures("exits")
@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "999.0.0.1"])
def test_an_address_of_another_machine_is_an_error(host: str) -> None:
    with pytest.raises(ServeError, match=f"cannot listen on {host}:8000") as found:
        serve(app, host=host)

    assert found.value.why == "this machine has no such address"


@pytest.mark.usefixtures("exits")
@pytest.mark.parametrize("options", [{"port": 0}, {"host": "192.0.2.1", "uds": "app.sock"}])
def test_another_exit_of_uvicorn_stays_what_it_is(options: dict[str, Any]) -> None:
    with pytest.raises(SystemExit):
        serve(app, **options)


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
