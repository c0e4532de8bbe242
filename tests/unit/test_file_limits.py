"""The types and sizes that a field of a form accepts, and their messages."""

from dataclasses import dataclass
from io import BytesIO
from typing import Annotated, Any, NotRequired, TypedDict

import msgspec
import pydantic
import pytest
from msgspec import Meta

from fatmorph.errors import FormShapeError
from fatmorph.forms import FileLimits, FormData, Problem, Upload, read_form

IMAGES = FileLimits(accept="image/png, image/jpeg", max_bytes=2000)
ANY = BytesIO()


def upload(name: str = "a.png", content_type: str = "image/png", size: int = 1) -> Upload:
    return Upload(name=name, content_type=content_type, size=size, file=ANY)


@dataclass
class DataclassPhotos:
    cover: Annotated[Upload, IMAGES]
    more: Annotated[list[Upload], Meta(max_length=2), IMAGES]
    logo: Annotated[Upload, IMAGES] | None = None


class StructPhotos(msgspec.Struct):
    cover: Annotated[Upload, IMAGES]
    more: Annotated[list[Upload], Meta(max_length=2), IMAGES]
    logo: Annotated[Upload, IMAGES] | None = None


class TypedDictPhotos(TypedDict):
    cover: Annotated[Upload, IMAGES]
    more: Annotated[list[Upload], Meta(max_length=2), IMAGES]
    logo: NotRequired[Annotated[Upload, IMAGES] | None]


class ModelPhotos(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)
    cover: Annotated[Upload, IMAGES]
    more: Annotated[list[Upload], pydantic.Field(max_length=2), IMAGES]
    logo: Annotated[Upload, IMAGES] | None = None


shapes = pytest.mark.parametrize(
    "shape", [DataclassPhotos, StructPhotos, TypedDictPhotos, ModelPhotos]
)


def problem(limits: FileLimits, file: Upload) -> str | None:
    """Return the message of a file."""
    shape: Any = msgspec.defstruct("One", [("file", Annotated[Upload, limits])])
    return read_form(FormData([("file", file)]), shape).errors.get("file")


@shapes
def test_each_field_tells_the_first_file_that_it_does_not_accept(shape: type[Any]) -> None:
    data = FormData(
        [
            ("cover", upload(content_type="text/plain")),
            ("more", upload()),
            ("more", upload(size=2001)),
            ("logo", upload(content_type="image/svg+xml")),
        ]
    )

    assert read_form(data, shape).errors == {
        "cover": "must be a file of type PNG, JPEG",
        "more": "must not be larger than 1.9 KB",
        "logo": "must be a file of type PNG, JPEG",
    }


@shapes
def test_files_within_the_limits_are_accepted(shape: type[Any]) -> None:
    sent = [upload(size=2000), upload(content_type="image/jpeg")]

    form = read_form(FormData([("cover", sent[0]), ("more", sent[1])]), shape)

    assert form.errors == {}
    assert form.values.get_files("more") == [sent[1]]


@shapes
def test_too_many_files_are_told(shape: type[Any]) -> None:
    files = [("cover", upload()), *[("more", upload())] * 3]

    assert read_form(FormData(files), shape).errors == {"more": "must have at most 2 items"}


@pytest.mark.parametrize(
    ("accept", "name", "content_type", "is_accepted"),
    [
        ("", "a", "text/plain", True),
        ("image/*", "a", "image/png", True),
        ("image/*", "a", "imagex/png", False),
        ("image/*", "a.png", "application/octet-stream", False),
        (".pdf", "A.PDF", "application/octet-stream", True),
        (".pdf", "a.pdf.exe", "application/pdf", False),
        (".tar.gz", "a.tar.gz", "", True),
        ("IMAGE/PNG", "a", "image/png", True),
        ("image/svg+xml", "a", "image/svg+xml", True),
        (".pdf,text/plain", "a", "text/plain", True),
    ],
)
def test_a_file_is_accepted_by_its_type_or_the_end_of_its_name(
    accept: str, name: str, content_type: str, *, is_accepted: bool
) -> None:
    message = problem(FileLimits(accept=accept), upload(name, content_type))

    assert (message is None) == is_accepted


@pytest.mark.parametrize(
    ("accept", "message"),
    [
        ("image/*", "must be a file of type image"),
        ("image/svg+xml,.pdf", "must be a file of type SVG, PDF"),
        ("audio/*, .tar.gz", "must be a file of type audio, GZ"),
    ],
)
def test_a_type_is_named_as_users_know_it(accept: str, message: str) -> None:
    assert problem(FileLimits(accept=accept), upload("a", "text/plain")) == message


@pytest.mark.parametrize(
    ("limit", "size"),
    [
        (2, "2 bytes"),
        (999, "999 bytes"),
        (1024, "1 KB"),
        (5_000_000, "4.7 MB"),
        (5 * 1024**2, "5 MB"),
        (3 * 1024**3, "3 GB"),
        (5000 * 1024**3, "5000 GB"),
    ],
)
def test_a_size_is_written_in_a_unit_that_users_know(limit: int, size: str) -> None:
    message = problem(FileLimits(max_bytes=limit), upload(size=limit + 1))

    assert message == f"must not be larger than {size}"


def test_the_messages_of_files_can_be_replaced() -> None:
    found = read_form(
        FormData([("cover", upload(size=5000)), ("logo", upload(content_type="a/b"))]),
        DataclassPhotos,
        {"file_size": "höchstens {limit} ({size})", "file_type": "nur {types} ({limit})"},
    )

    assert found.errors == {
        "cover": "höchstens 2000 (1.9 KB)",
        "logo": "nur PNG, JPEG (image/png, image/jpeg)",
    }
    assert Problem("a", "file_size", "1024").message == "must not be larger than 1 KB"


@pytest.mark.parametrize(
    "accept", ["png", "*/*", "image/", ".", "image/png,", "a b", "a/b/c", None, ["image/png"]]
)
def test_limits_that_no_file_can_meet_are_refused(accept: Any) -> None:
    with pytest.raises(FormShapeError, match="cannot accept files of the type"):
        FileLimits(accept=accept)


@pytest.mark.parametrize("max_bytes", [0, -1, 1.5, "5"])
def test_a_size_that_no_file_can_have_is_refused(max_bytes: Any) -> None:
    with pytest.raises(FormShapeError, match="cannot accept files of at most"):
        FileLimits(max_bytes=max_bytes)
