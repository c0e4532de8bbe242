"""A submitted form: its typed value, or the texts that were entered and the error of each field.

`await c.form(Shape)` returns one. A page that is a function of its state keeps it there, and shows
`form.values` and `form.errors`; before anything was sent, that is an empty `Form()`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

from fatmorph.errors import FormError, MomentError
from fatmorph.http._file_limits import FileLimits
from fatmorph.http._form_data import FormData, Upload
from fatmorph.http._form_fields import converted
from fatmorph.http._problems import MESSAGES, Messages, Problem, worded

__all__ = (
    "MESSAGES",
    "FileLimits",
    "Form",
    "FormData",
    "Messages",
    "Problem",
    "Upload",
    "read_form",
)

T = TypeVar("T")


class Form(Generic[T]):
    """A form in the state of a page.

    Args:
        values: The texts of its fields. Before the form is sent, these are yours: a mapping of
            field names to texts.

    Example:
        >>> form = Form({"email": "ada@example.org"})
        >>> form.values["email"], form.errors, form.is_valid
        ('ada@example.org', {}, False)
    """

    __slots__ = ("_value", "errors", "values")

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.values: FormData = (
            values if isinstance(values, FormData) else FormData((values or {}).items())
        )
        """The texts and files as they were sent."""
        self.errors: dict[str, str] = {}
        """The message of each field that is not valid; add your own. The key of a message that
        concerns several fields is empty."""
        self._value: T | None = None

    @property
    def is_valid(self) -> bool:
        """Whether the form was sent and has no errors."""
        return self._value is not None and not self.errors

    @property
    def value(self) -> T:
        """The form in its shape.

        Raises:
            FormError: If the form has errors; unhandled, it becomes a 422.
            MomentError: If the form was not sent yet.
        """
        if self._value is not None:
            return self._value
        raise _invalid_error(self.errors) if self.errors else _unsent_error()

    def __repr__(self) -> str:
        # Values may be secrets, and a repr ends up in logs.
        return f"<Form with errors in {sorted(self.errors)}>" if self.errors else "<Form>"


def read_form(data: FormData, shape: type[T], messages: Messages | None = None) -> Form[T]:
    """Return a form in a shape, as `Context.form()` does with the form of its request.

    Args:
        data: The texts and files.
        shape: A dataclass, TypedDict, msgspec Struct or pydantic model with one field per control.
        messages: As `Settings.messages`.

    Raises:
        FormShapeError: If a form cannot fill in the shape.

    Example:
        >>> from dataclasses import dataclass
        >>> @dataclass
        ... class Order:
        ...     count: int
        >>> read_form(FormData([("count", "2")]), Order).value
        Order(count=2)
        >>> read_form(FormData([("count", "two")]), Order).errors
        {'count': 'must be a whole number'}
    """
    form = Form[T](data)
    value, problems = converted(data, shape)
    form.errors = worded(problems, messages)
    form._value = value  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] # of this module
    return form


def _invalid_error(errors: Mapping[str, str]) -> FormError:
    names = ", ".join(name or "several fields" for name in errors)
    error = FormError(
        f"cannot use a form with errors in {names}",
        where=names,
        why="it has no value in its shape",
        fix="if form.errors:  (show them in the page, and return)",
    )
    error.status = 422
    return error


def _unsent_error() -> MomentError:
    return MomentError(
        "cannot use the value of a form that was not sent",
        where="form.value",
        why="it has values of a user only after await c.form(Shape)",
        fix="if form.is_valid:",
    )
