"""The targets of the suite: every framework, on every server that it runs on.

A framework named `x` is the program `programs/x_program.py`, with an `app` for a server that is
given one. To add a framework, write that program and one entry here.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ("COMBINATIONS", "FRAMEWORKS", "Combination", "Framework", "Server")


@dataclass(frozen=True)
class Server:
    """A server.

    Args:
        name: The package that must be installed.
        command: The arguments of Python, in the folder of the programs; {program} becomes the
            module of the program, {port} the port.
        without: Test → why no framework can pass it on this server.
    """

    name: str
    command: str
    without: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Framework:
    """A framework.

    Args:
        title: As people write it.
        name: The package that must be installed, and the name of the program.
        request: The class that `c.request` is of.
        servers: The servers that it runs on.
        without: Test → why it cannot pass it on any server.
    """

    title: str
    name: str
    request: str
    servers: tuple[Server, ...]
    without: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Combination:
    """A framework on a server."""

    framework: Framework
    server: Server

    def __str__(self) -> str:
        return f"{self.framework.name}-{self.server.name}"

    @property
    def command(self) -> list[str]:
        """The command that starts the server."""
        words = self.server.command.replace("{program}", f"{self.framework.name}_program")
        return [sys.executable, *words.split()]

    @property
    def without(self) -> Mapping[str, str]:
        """Test → why this combination cannot pass it."""
        return {**self.server.without, **self.framework.without}


UVICORN = Server("uvicorn", "-m uvicorn {program}:app --port {port} --log-level warning")
GRANIAN = Server("granian", "-m granian {program}:app --interface asgi --port {port}")
HYPERCORN = Server(
    "hypercorn",
    "-m hypercorn {program}:app --bind 127.0.0.1:{port}",
    without={
        "test_clients_that_leave_within_their_second_request_leave_nothing": (
            "hypercorn keeps such a connection for ever, with the frames of the failed write"
        ),
    },
)
DAPHNE = Server(
    "daphne",
    "-m daphne {program}:app --port {port} --verbosity 0",
    without={
        **dict.fromkeys(
            (
                "test_an_error_within_a_stream_breaks_it_off",
                "test_an_error_within_a_stream_tells_the_page_when_to_ask_again",
                "test_an_end_by_anything_else_within_a_stream_breaks_it_off",
                "test_a_cancelled_task_within_a_stream_breaks_it_off",
            ),
            "daphne keeps the connection of a failed application open",
        ),
        "test_a_handler_whose_task_is_cancelled_is_a_500_too": (
            "daphne takes a cancelled application for one that it has cancelled itself"
        ),
        **dict.fromkeys(
            (
                "test_a_body_that_is_too_large_is_not_held_in_memory",
                "test_a_large_file_is_not_held_in_memory",
                "test_the_progress_of_a_form_is_told_while_it_arrives",
            ),
            "daphne receives a whole request before it starts the application",
        ),
    },
)
SANIC = Server(
    "sanic",
    "-m sanic {program}:app --port {port} --single-process --no-motd",
    without={
        "test_a_body_that_is_too_large_is_not_held_in_memory": (
            "Sanic reads a body before its handler runs, up to `REQUEST_MAX_SIZE`"
        ),
    },
)
AIOHTTP = Server("aiohttp", "{program}.py {port}")
NO_STREAM = "WSGI answers in one piece"
GUNICORN = Server(
    "gunicorn",
    "-m gunicorn {program}:wsgi --bind 127.0.0.1:{port} --log-level warning",
    without={
        **dict.fromkeys(
            (
                "test_an_error_within_a_stream_breaks_it_off",
                "test_an_error_within_a_stream_tells_the_page_when_to_ask_again",
                "test_a_browser_with_more_than_four_streams_is_logged_once",
                "test_a_newer_stream_of_a_page_silences_the_older_one",
                "test_an_end_by_anything_else_within_a_stream_breaks_it_off",
                "test_a_cancelled_task_within_a_stream_breaks_it_off",
                "test_an_action_that_fails_after_its_first_event_is_completed",
                "test_an_action_that_ends_by_anything_else_is_completed",
                "test_events_arrive_one_by_one_while_the_stream_is_open",
                "test_a_client_that_leaves_an_idle_stream_is_cleaned_up",
                "test_a_handler_that_runs_on_after_its_client_left_is_logged",
                "test_a_client_that_leaves_while_it_is_written_to_is_cleaned_up",
                "test_clients_that_leave_at_odd_moments_leave_nothing_and_no_errors",
                "test_clients_that_leave_within_their_second_request_leave_nothing",
                "test_clients_that_leave_when_they_are_asked_for_a_body_leave_nothing",
                "test_an_action_redraws_its_own_page_only_and_no_other_session_can_act_for_it",
                "test_a_key_ends_its_streams_completely_and_no_others",
                "test_a_stopping_server_ends_its_streams_and_exits",
                "test_a_stopping_server_cancels_a_handler_that_waits_elsewhere",
            ),
            NO_STREAM,
        ),
        "test_a_query_in_a_thread_does_not_stop_other_requests": (
            "gunicorn's worker for WSGI takes one request at a time"
        ),
    },
)
ASGI_SERVERS = (UVICORN, GRANIAN, HYPERCORN, DAPHNE)

FRAMEWORKS = (
    Framework(
        "plain ASGI",
        "asgi",
        "builtins.dict",
        ASGI_SERVERS,
        without={"test_the_route_is_the_pattern_of_the_router": "plain ASGI has no router"},
    ),
    Framework("Starlette", "starlette", "starlette.requests.Request", ASGI_SERVERS),
    Framework("FastAPI", "fastapi", "starlette.requests.Request", ASGI_SERVERS),
    Framework("Litestar", "litestar", "litestar.connection.request.Request", ASGI_SERVERS),
    Framework(
        "Quart",
        "quart",
        "quart.wrappers.request.Request",
        ASGI_SERVERS,
        without={
            "test_a_large_file_is_not_held_in_memory": (
                "Quart before 0.23 receives a body without waiting for its reader"
            ),
        },
    ),
    Framework(
        "Django",
        "django",
        "django.core.handlers.asgi.ASGIRequest",
        ASGI_SERVERS,
        without={
            "test_the_progress_of_a_form_is_told_while_it_arrives": (
                "Django by ASGI receives a whole request before it calls a view"
            ),
        },
    ),
    Framework("Django, WSGI", "django", "django.core.handlers.wsgi.WSGIRequest", (GUNICORN,)),
    Framework("Flask", "flask", "flask.wrappers.Request", (GUNICORN,)),
    Framework(
        "Falcon, [as an example](../contributing/adapters.md)",
        "falcon",
        "falcon.asgi.request.Request",
        (UVICORN,),
    ),
    Framework("Sanic", "sanic", "sanic.request.types.Request", (SANIC,)),
    Framework("aiohttp", "aiohttp", "aiohttp.web_request.Request", (AIOHTTP,)),
)

COMBINATIONS = tuple(
    Combination(framework, server) for framework in FRAMEWORKS for server in framework.servers
)
