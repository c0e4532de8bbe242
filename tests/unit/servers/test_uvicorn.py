"""uvicorn ends the requests of a connection that its client has closed."""

import asyncio

from fatmorph._servers.uvicorn import ReliableConnection, closing_check


class Request:
    """A request of a connection, as uvicorn's protocols hold it."""

    def __init__(self, *, is_complete: bool = False) -> None:
        self.response_complete = is_complete
        self.disconnected = False
        self.message_event = asyncio.Event()

    @property
    def is_told(self) -> tuple[bool, bool]:
        return self.disconnected, self.message_event.is_set()


async def test_every_open_request_of_a_connection_is_told_that_its_client_left() -> None:
    connection = ReliableConnection()
    complete, first, second, newest = Request(is_complete=True), Request(), Request(), Request()
    for request in (complete, first, second, newest):
        connection.cycle = request

    connection.connection_lost(None)

    assert [each.is_told for each in (first, second)] == [(True, True)] * 2
    assert complete.is_told == (False, False)
    assert (connection.cycle, newest.is_told) == (newest, (False, False)), "uvicorn tells this one"


async def test_a_connection_without_a_transport_has_no_closing_check() -> None:
    async def receive() -> None: ...

    assert closing_check(receive) is None


async def test_the_transport_of_a_request_shows_whether_it_closes() -> None:
    class Closing(asyncio.Transport):
        def is_closing(self) -> bool:
            return True

    class Cycle:
        def __init__(self) -> None:
            self.transport = Closing()

        async def receive(self) -> None: ...

    is_closing = closing_check(Cycle().receive)

    assert is_closing is not None
    assert is_closing()
