"""The function inside of partials and wrappers, and the name of a function."""

import functools
from collections.abc import Callable

import pytest

from fatmorph._functions import full_name, unwrapped


def draw(number: int = 0) -> int:
    return number


class Drawing:
    def __call__(self) -> int:
        return 0


@functools.wraps(draw)
def wrapper() -> int:
    return draw()


@functools.wraps(functools.partial(wrapper))
def wrapper_of_a_partial() -> int:
    return wrapper()


DRAWING = Drawing()


@pytest.mark.parametrize(
    ("function", "inner", "name"),
    [
        (draw, draw, f"{__name__}.draw"),
        (functools.partial(draw, 1), draw, f"{__name__}.draw"),
        (wrapper, draw, f"{__name__}.draw"),
        (functools.partial(wrapper), draw, f"{__name__}.draw"),
        (wrapper_of_a_partial, draw, f"{__name__}.draw"),
        (DRAWING, DRAWING, f"{__name__}.Drawing"),
        (Drawing, Drawing, f"{__name__}.Drawing"),
    ],
    ids=[
        *("plain", "partial", "wrapper", "partial of a wrapper", "wrapper of a partial"),
        *("object", "class"),
    ],
)
def test_a_function_is_found_inside_of_wrappers_and_named(
    function: Callable[[], object], inner: object, name: str
) -> None:
    assert (unwrapped(function), full_name(unwrapped(function))) == (inner, name)


def test_a_wrapper_that_wraps_itself_is_an_error() -> None:
    def endless() -> None: ...

    endless.__wrapped__ = endless  # type: ignore[attr-defined]

    with pytest.raises(ValueError, match="wrapper loop"):
        unwrapped(endless)
