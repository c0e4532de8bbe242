"""The progress of a body: the calls of a function while the parts arrive."""

from collections.abc import AsyncIterator, Iterable, Iterator

import pytest

from bodies import MULTIPART, multipart
from fatmorph import Context
from fatmorph.http._progress import with_progress
from fatmorph.settings import Settings

BODY = multipart(files=[("a", "a.png", "image/png", b"1" * 900)])


class Parts:
    """A body in parts of 100 bytes, which knows whether it was closed."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.is_closed = False

    async def __call__(self) -> AsyncIterator[bytes]:
        try:
            for at in range(0, len(self.body), 100):
                yield self.body[at : at + 100]
        finally:
            self.is_closed = True


def post(parts: Parts, *, length: str = "", settings: Settings | None = None) -> Context:
    headers = {"content-type": MULTIPART} | ({"content-length": length} if length else {})
    return Context(
        method="POST", path="/", headers=headers.items(), read_parts=parts, settings=settings
    )


async def told(body: bytes, length: int, times: Iterable[float]) -> list[tuple[int, int]]:
    """Return what is told about a body whose parts arrive at these times."""
    found: list[tuple[int, int]] = []
    clock: Iterator[float] = iter(times)

    def on_progress(received: int, total: int) -> None:
        found.append((received, total))

    parts = with_progress(Parts(body)(), length, on_progress, lambda: next(clock))
    assert b"".join([part async for part in parts]) == body
    return found


async def test_progress_is_told_at_the_first_part_then_five_times_per_second_and_at_the_end() -> (
    None
):
    found = await told(b"x" * 450, 450, [0, 0, 0.1, 0.2, 0.25, 0.3])

    assert found == [(100, 450), (300, 450), (450, 450)]


async def test_the_end_is_told_once() -> None:
    assert await told(b"x" * 100, 100, [0, 0]) == [(100, 100)]


async def test_nothing_is_told_about_an_empty_body() -> None:
    assert await told(b"", 0, [0]) == []


@pytest.mark.parametrize("length", [0, 150])
async def test_the_whole_is_never_less_than_what_has_arrived(length: int) -> None:
    assert await told(b"x" * 200, length, [0, 0, 1]) == [(100, max(100, length)), (200, 200)]


async def test_a_form_tells_its_progress() -> None:
    found: list[tuple[int, int]] = []
    context = post(Parts(BODY), length=str(len(BODY)))

    form = await context.form(on_progress=lambda *told: found.append(told))

    assert (form.files["a"].size, found[0], found[-1]) == (
        900,
        (100, len(BODY)),
        (len(BODY), len(BODY)),
    )
    context.close()


async def test_a_form_that_is_too_large_tells_its_progress_while_it_is_discarded() -> None:
    found: list[tuple[int, int]] = []
    context = post(Parts(BODY), length=str(len(BODY)), settings=Settings(max_form_bytes=500))

    with pytest.raises(Exception, match="more than 500 bytes"):
        await context.form(on_progress=lambda *told: found.append(told))

    assert (found[0], found[-1]) == ((100, len(BODY)), (len(BODY), len(BODY)))


async def test_an_error_of_the_function_ends_the_body_and_is_raised() -> None:
    def cancel(received: int, total: int) -> None:
        raise LookupError

    parts = Parts(BODY)

    with pytest.raises(LookupError):
        await post(parts).form(on_progress=cancel)

    assert parts.is_closed


async def test_a_form_that_was_read_before_tells_nothing() -> None:
    found: list[tuple[int, int]] = []
    context = post(Parts(BODY))
    await context.form()

    await context.form(on_progress=lambda *told: found.append(told))

    assert found == []
    context.close()
