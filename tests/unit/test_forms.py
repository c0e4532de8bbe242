"""Forms: how each type of a field is read, and the errors of all fields at once."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, IntEnum
from io import BytesIO
from typing import Annotated, Any, Literal, NotRequired, TypedDict
from uuid import UUID

import msgspec
import pydantic
import pytest
from msgspec import Meta

from fatmorph.errors import FormError, FormShapeError, MomentError, SettingsError
from fatmorph.forms import MESSAGES, Form, FormData, Problem, Upload, read_form
from fatmorph.http._problems import worded
from fatmorph.settings import Settings


class Color(Enum):
    RED = "red"
    NONE = ""


class Size(IntEnum):
    SMALL = 1


@dataclass
class DataclassOrder:
    name: Annotated[str, Meta(min_length=3)]
    count: Annotated[int, Meta(ge=2)]
    tags: list[str]
    is_gift: bool = True
    note: str | None = None


class StructOrder(msgspec.Struct):
    name: Annotated[str, Meta(min_length=3)]
    count: Annotated[int, Meta(ge=2)]
    tags: list[str]
    is_gift: bool = True
    note: str | None = None


class TypedDictOrder(TypedDict):
    name: Annotated[str, Meta(min_length=3)]
    count: Annotated[int, Meta(ge=2)]
    tags: list[str]
    is_gift: bool
    note: NotRequired[str | None]


class ModelOrder(pydantic.BaseModel):
    name: Annotated[str, pydantic.Field(min_length=3)]
    count: Annotated[int, pydantic.Field(ge=2)]
    tags: list[str]
    is_gift: bool = True
    note: str | None = None


SHAPES = [DataclassOrder, StructOrder, TypedDictOrder, ModelOrder]
shapes = pytest.mark.parametrize("shape", SHAPES)
VALID = [("name", "Ada"), ("count", " 2 "), ("tags", "a"), ("tags", "b"), ("note", "")]


def upload(name: str = "a.png") -> Upload:
    return Upload(name=name, content_type="image/png", size=1, file=BytesIO(b"1"))


def one(kind: Any, *sent: str | Upload) -> Any:
    """Return the value of one field of a kind, or its error."""
    shape = msgspec.defstruct("One", [("field", kind)])
    form: Form[Any] = read_form(FormData(("field", value) for value in sent), shape)
    return form.errors.get("field") if form.errors else form.value.field


def as_dict(value: Any) -> Mapping[str, Any]:
    fields = msgspec.to_builtins(value) if not hasattr(value, "model_dump") else value.model_dump()
    return dict(fields)


@shapes
def test_a_form_becomes_an_object_of_its_shape(shape: type[Any]) -> None:
    form = read_form(FormData(VALID), shape)

    assert (form.errors, form.is_valid) == ({}, True)
    assert as_dict(form.value) == {
        "name": "Ada",
        "count": 2,
        "tags": ["a", "b"],
        "is_gift": False,
        "note": None,
    }


@shapes
def test_all_errors_come_at_once(shape: type[Any]) -> None:
    data = FormData([("name", "A"), ("count", "1"), ("is_gift", "maybe")])

    form = read_form(data, shape)

    assert form.errors == {
        "name": "must be at least 3 characters long",
        "count": "must be at least 2",
        "is_gift": "must be yes or no",
    }
    assert form.values is data


@shapes
def test_an_empty_form_lacks_its_required_fields(shape: type[Any]) -> None:
    form = read_form(FormData([("name", ""), ("count", "")]), shape)

    assert form.errors == {"name": "is required", "count": "is required"}


@pytest.mark.parametrize(
    ("kind", "sent", "expected"),
    [
        (str, [" a "], " a "),
        (str, [""], ""),
        (str | None, [""], None),
        (int, ["-7"], -7),
        (int | None, ["7"], 7),
        (int | None, [""], None),
        (int | None, [], None),
        (float, ["1.5"], 1.5),
        (Decimal, ["1.50"], Decimal("1.50")),
        (Decimal | None, [" "], None),
        (bool, ["on"], True),
        (bool, ["false"], False),
        (bool, [], False),
        (bool, ["0", "1"], True),
        (bool | None, [], None),
        (bool | None, [""], None),
        (bool | None, ["no"], False),
        (dt.date, ["2026-11-28"], dt.date(2026, 11, 28)),
        (dt.datetime, ["2026-11-28T22:34"], dt.datetime(2026, 11, 28, 22, 34)),
        (dt.time, ["22:34"], dt.time(22, 34)),
        (dt.timedelta, ["PT1H"], dt.timedelta(hours=1)),
        (UUID, ["f" * 32], UUID("f" * 32)),
        (Color, ["red"], Color.RED),
        (Color, [""], Color.NONE),
        (Size, ["1"], Size.SMALL),
        (Literal["a", "b"], ["a"], "a"),
        (Literal["a", "b"] | None, [""], None),
        (Literal[1, 2], ["2"], 2),
        (list[int], ["1", "2"], [1, 2]),
        (list[int], [], []),
        (list[int] | None, [], []),
        (set[str], ["a", "a"], {"a"}),
        (tuple[int, ...], ["1"], (1,)),
        (tuple[int, int], ["1", "2"], (1, 2)),
        (list[dt.time], ["22:34"], [dt.time(22, 34)]),
        (Any, ["a"], "a"),
    ],
)
def test_a_field_is_read_by_its_type(kind: Any, sent: Sequence[str], expected: object) -> None:
    found = one(kind, *sent)

    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("kind", "sent", "error"),
    [
        (int, ["1.5"], "must be a whole number"),
        (int, ["9" * 5000], "is out of range"),
        (int | None, ["x"], "must be a whole number"),
        (int | float, ["x"], "must be a number"),
        (float, ["nan"], "must be a number"),
        (float, ["-inf"], "must be a number"),
        (float, ["1e999"], "must be a number"),
        (Decimal, ["Infinity"], "must be a number"),
        (Decimal, ["1e999999"], "must be a number"),
        (Decimal, ["1,5"], "must be a number"),
        (list[float], ["1", "nan"], "must be a number"),
        (bool, ["2"], "must be yes or no"),
        (dt.date, ["28.11.2026"], "must be a date"),
        (dt.datetime, ["1700000000"], "must be a date and a time"),
        (dt.datetime, ["2026-11-28T25:00"], "must be a date and a time"),
        (Annotated[dt.datetime, Meta(tz=True)], ["2026-11-28T22:34"], "must have a time zone"),
        (dt.time, ["12"], "must be a time"),
        (dt.timedelta, ["x"], "must be a duration"),
        (UUID, ["x"], "must be a UUID"),
        (Color, ["blue"], "must be one of the choices"),
        (Size, ["2"], "must be one of the choices"),
        (Literal["a"], ["b"], "must be one of the choices"),
        (list[int], ["1", "b"], "must be a whole number"),
        (Annotated[list[int], Meta(min_length=1)], [], "must have at least 1 item"),
        (Annotated[list[int], Meta(max_length=2)], ["1"] * 3, "must have at most 2 items"),
        (tuple[int, int], ["1"], "must have 2 items"),
        (Annotated[str, Meta(min_length=1)], [""], "is required"),
        (Annotated[str, Meta(max_length=1)], ["ab"], "must be at most 1 character long"),
        (Annotated[str, Meta(pattern="^a$")], ["b"], "must be in the expected format"),
        (Annotated[int, Meta(gt=1)], ["1"], "must be at least 2"),
        (Annotated[float, Meta(lt=1)], ["1"], "must be less than 1.0"),
        (Annotated[int, Meta(le=1)], ["2"], "must be at most 1"),
        (Annotated[int, Meta(multiple_of=3)], ["2"], "must be a multiple of 3"),
        (int, ["1", "2"], "must be given only once"),
        (str, ["a", "a"], "must be given only once"),
        (str, [], "is required"),
        (dt.date, [""], "is required"),
        (Literal["a"], [], "is required"),
    ],
)
def test_the_error_of_a_field_says_what_to_enter(
    kind: Any, sent: Sequence[str], error: str
) -> None:
    assert one(kind, *sent) == error


@pytest.mark.parametrize("kind", [Upload, Upload | None])
def test_a_file_is_passed_on(kind: Any) -> None:
    photo = upload()

    assert one(kind, photo) is photo


def test_several_files_are_passed_on() -> None:
    photos = [upload(), upload()]

    assert one(list[Upload], *photos) == photos
    assert one(list[Upload]) == []


@pytest.mark.parametrize(
    ("kind", "sent", "error"),
    [
        (Upload, [], "is required"),
        (Upload, [""], "is required"),
        (Upload, ["a.png"], "must be a file"),
        (Upload, [upload(), upload()], "must be given only once"),
        (str, [upload()], "must be text"),
    ],
)
def test_a_text_is_not_a_file(kind: Any, sent: Sequence[str | Upload], error: str) -> None:
    assert one(kind, *sent) == error


def test_pydantic_accepts_a_file() -> None:
    class Photo(pydantic.BaseModel):
        photo: Upload
        more: list[Upload]

    photo = upload()

    form = read_form(FormData([("photo", photo)]), Photo)

    assert (form.value.photo, form.value.more) == (photo, [])


def test_a_default_is_used_for_a_field_into_which_nothing_was_entered() -> None:
    @dataclass
    class Search:
        page: int = 1
        order: Literal["old", "new"] = "new"
        tags: list[str] = field(default_factory=lambda: ["a"])

    form = read_form(FormData([("page", ""), ("order", "")]), Search)

    assert form.value == Search(page=1, order="new", tags=[])


def test_a_struct_is_read_by_its_names_in_json() -> None:
    class Order(msgspec.Struct, rename="camel", kw_only=True):
        unit_price: int

    assert read_form(FormData([("unitPrice", "2")]), Order).value == Order(unit_price=2)


def test_a_model_is_read_by_its_aliases() -> None:
    class Order(pydantic.BaseModel):
        unit_price: int = pydantic.Field(alias="unit-price", ge=1)

    form = read_form(FormData([("unit-price", "0")]), Order)

    assert read_form(FormData([("unit-price", "2")]), Order).value.unit_price == 2
    assert form.errors == {"unit-price": "must be at least 1"}


def test_a_rule_about_several_fields_has_an_empty_name() -> None:
    @dataclass
    class Range:
        low: int
        high: int

        def __post_init__(self) -> None:
            if self.low > self.high:
                raise ValueError("the end is before the beginning")

    form = read_form(FormData([("low", "2"), ("high", "1")]), Range)

    assert form.errors == {"": "the end is before the beginning"}


def test_a_validator_of_pydantic_words_its_own_error() -> None:
    class Account(pydantic.BaseModel):
        name: str
        password: str
        again: str

        @pydantic.field_validator("name")
        @classmethod
        def check_name(cls, name: str) -> str:
            raise ValueError("is taken")

        @pydantic.model_validator(mode="after")
        def check_passwords(self) -> "Account":
            raise ValueError("never seen: a field is wrong")

    form = read_form(FormData([("name", "Ada"), ("password", "1"), ("again", "2")]), Account)

    assert form.errors == {"name": "is taken"}


@pytest.mark.parametrize(
    "kind", [dict[str, str], DataclassOrder, list[DataclassOrder], list[list[int]], BytesIO]
)
def test_a_field_that_no_form_fills_in_is_refused(kind: Any) -> None:
    with pytest.raises(FormShapeError, match=r"cannot read One\.field from a form"):
        one(kind, "a")


@pytest.mark.parametrize("shape", [dict, int, list[int], dict[str, int]])
def test_a_type_without_fields_is_refused(shape: Any) -> None:
    with pytest.raises(FormShapeError, match="cannot read a form as"):
        read_form(FormData(), shape)


@pytest.mark.parametrize(
    "shape", [ModelOrder(name="Tea", count=7, tags=[]), [int], "Order", 7, None]
)
def test_an_object_instead_of_its_class_is_refused_without_its_values(shape: Any) -> None:
    with pytest.raises(FormShapeError, match="as an object of the type") as caught:
        read_form(FormData(), shape)

    assert "7" not in str(caught.value)


def test_a_nested_model_is_refused() -> None:
    class Outer(pydantic.BaseModel):
        order: ModelOrder

    with pytest.raises(FormShapeError, match=r"cannot read Outer\.order from a form"):
        read_form(FormData(), Outer)


@pytest.mark.parametrize(
    "text",
    ["sNaN", "-sNaN", "NaN123", "1_0", "1e-999999999", "0e-999999999", "0e999999999", "1e401"],
)
@pytest.mark.parametrize("kind", [Decimal, Decimal | None, list[Decimal]])
def test_a_decimal_without_a_usual_value_is_refused(kind: Any, text: str) -> None:
    assert one(kind, text) == "must be a number"


@pytest.mark.parametrize("kind", [Size, Literal[1, 2], Literal[1, 2] | None, list[Literal[1, 2]]])
@pytest.mark.parametrize("text", ["x", "3", "9" * 5000])
def test_a_wrong_choice_is_told_as_a_choice(kind: Any, text: str) -> None:
    assert one(kind, text) == "must be one of the choices"


@pytest.mark.parametrize(
    ("messages", "code", "fix"),
    [
        ({"requird": "fehlt"}, "requird", "{'required': 'is required'}"),
        ({"zz": "fehlt"}, "zz", "{'required': 'is required'}"),
        ({"ge": "ab {minimum}"}, "ge", "{'ge': 'must be at least {limit}'}"),
        ({"ge": "ab {}"}, "ge", "{'ge': 'must be at least {limit}'}"),
        ({"ge": "ab {limit"}, "ge", "{'ge': 'must be at least {limit}'}"),
        ({"ge": "ab {limit.real}"}, "ge", "{'ge': 'must be at least {limit}'}"),
    ],
)
def test_a_message_that_could_not_be_used_is_refused_with_the_settings(
    messages: Mapping[str, str], code: str, fix: str
) -> None:
    with pytest.raises(SettingsError, match="cannot use the message of") as raised:
        Settings(messages=messages)

    assert repr(code) in raised.value.what
    assert raised.value.fix == f"Settings(messages={fix})"


def test_a_lazy_message_is_not_translated_before_it_is_needed() -> None:
    class Lazy:
        def format(self, **values: str) -> str:
            return f"ab {values['limit']}"

    messages: Any = {"ge": Lazy()}

    settings = Settings(messages=messages)

    assert worded([Problem("age", "ge", "18")], settings.messages) == {"age": "ab 18"}


def test_messages_are_replaced_by_a_mapping_or_a_function() -> None:
    data = FormData([("name", "Ada"), ("count", "1")])

    by_code = read_form(data, DataclassOrder, {"ge": "mindestens {limit}"})
    by_function = read_form(data, DataclassOrder, lambda p: f"{p.field}/{p.code}/{p.limit}")

    assert by_code.errors == {"count": "mindestens 2"}
    assert by_function.errors == {"count": "count/ge/2"}


def test_every_code_has_a_message() -> None:
    messages = [Problem("field", code, "2").message for code in MESSAGES]

    assert [text for text in messages if "{" in text or not text] == []


def test_a_form_with_an_error_of_ones_own_is_not_valid() -> None:
    form = read_form(FormData(VALID), DataclassOrder)

    form.errors["name"] = "is taken"

    assert (form.is_valid, form.value.name) == (False, "Ada")


def test_the_value_of_an_invalid_form_is_a_422_and_quotes_no_value() -> None:
    form = read_form(FormData([("name", "Ada"), ("count", "secret")]), DataclassOrder)

    with pytest.raises(FormError) as raised:
        form.value  # noqa: B018

    assert raised.value.status == 422
    assert "secret" not in f"{raised.value} {form!r} {form.values!r}"


def test_a_form_that_was_not_sent_has_values_and_no_value() -> None:
    form = Form[DataclassOrder]({"name": "Ada"})

    with pytest.raises(MomentError, match="was not sent"):
        form.value  # noqa: B018

    assert (dict(form.values), form.errors, form.is_valid) == ({"name": "Ada"}, {}, False)


def test_form_data_gives_the_first_value_of_a_name_and_all_of_them() -> None:
    photos = [upload(), upload("b.png")]
    data = FormData([("tag", "a"), ("tag", "b"), *(("photo", photo) for photo in photos)])

    assert (dict(data), data.get_all("tag"), data.get_all("none")) == (
        {"tag": "a"},
        ["a", "b"],
        [],
    )
    assert (dict(data.files), data.get_files("photo")) == ({"photo": photos[0]}, photos)


def test_equal_form_data_has_equal_values_of_all_names() -> None:
    assert FormData([("a", "1"), ("a", "2")]) == FormData([("a", "1"), ("a", "2")])
    assert FormData([("a", "1"), ("a", "2")]) != FormData([("a", "1")])


async def test_a_file_is_read_in_parts_and_saved_as_a_whole(tmp_path: Any) -> None:
    photo = Upload(name="a", content_type="", size=4, file=BytesIO(b"1234"))

    parts = [await photo.read(1), await photo.read()]
    await photo.save(tmp_path / "saved")

    assert (parts, (tmp_path / "saved").read_bytes()) == ([b"1", b"234"], b"1234")
