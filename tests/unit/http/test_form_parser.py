"""Bodies of forms: both encodings in any parts, their limits, and hostile ones."""

import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from bodies import MULTIPART, multipart
from fatmorph import Context, Writer
from fatmorph.adapters import collect_response
from fatmorph.errors import BodyError, FormError, MomentError
from fatmorph.forms import FormData, Upload
from fatmorph.http import _form_parser
from fatmorph.settings import Settings

URLENCODED = "application/x-www-form-urlencoded"
contexts: list[Context] = []
SMALL = Settings(
    max_form_bytes=1000,
    max_form_text_bytes=100,
    max_form_fields=3,
    max_form_files=2,
    max_spooled_bytes=10,
)


class Parts:
    """A body in parts, which knows how much of it was read and whether it was closed."""

    def __init__(self, parts: Iterable[bytes], error: Exception | None = None) -> None:
        self.parts = parts
        self.error = error
        self.read_bytes = 0
        self.is_closed = False

    async def __call__(self) -> AsyncIterator[bytes]:
        try:
            for part in self.parts:
                self.read_bytes += len(part)
                yield part
            if self.error is not None:
                raise self.error
        finally:
            self.is_closed = True


def post(
    parts: Parts | Iterable[bytes] | bytes,
    content_type: str = MULTIPART,
    settings: Settings = SMALL,
    **headers: str,
) -> Context:
    named = {"content-type": content_type} | {k.replace("_", "-"): v for k, v in headers.items()}
    parts = [parts] if isinstance(parts, bytes) else parts
    context = Context(
        method="POST",
        path="/form",
        headers=named.items(),
        read_parts=parts if isinstance(parts, Parts) else Parts(parts),
        settings=settings,
    )
    contexts.append(context)
    return context


@pytest.fixture(autouse=True)
def closed_files() -> Iterator[None]:
    """Close the files of forms whose contexts no adapter closes."""
    yield
    for context in contexts:
        context.close()
    contexts.clear()


def raw(*parts: str, boundary: str = "x") -> bytes:
    """Return a multipart body of hand-written parts."""
    return b"".join(f"--{boundary}\r\n{part}\r\n".encode() for part in parts) + b"--x--\r\n"


def summary(data: FormData) -> list[Any]:
    return [
        {name: data.get_all(name) for name in data},
        [[name, u.name, u.content_type, u.size, u.file.read()] for name, u in data.files.items()],
    ]


async def refusal(context: Context) -> FormError:
    with pytest.raises(FormError) as raised:
        await context.form()
    return raised.value


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 10_000])
async def test_a_form_is_the_same_in_parts_of_any_size(size: int) -> None:
    body = multipart(
        [("name", "é\r\nb"), ("name", "--x")], [("a", "ö.png", "Image/PNG", b"\r\n" * 9)]
    )
    parts = [body[at : at + size] for at in range(0, len(body), size)]

    data = await post(parts).form()

    assert summary(data) == [
        {"name": ["é\nb", "--x"]},
        [["a", "ö.png", "image/png", 18, b"\r\n" * 9]],
    ]


async def test_an_urlencoded_form_is_decoded() -> None:
    data = await post([b"a=%C3", b"%A9+b&empt", b"y=&a=2%0D%0A"], URLENCODED).form()

    assert summary(data) == [{"a": ["é b", "2\n"], "empty": [""]}, []]


async def test_a_form_in_a_url_is_read_without_a_body() -> None:
    context = Context(method="DELETE", path="/", query_string="a=1&a=2&b=%C3%A9")

    assert summary(await context.form()) == [{"a": ["1", "2"], "b": ["é"]}, []]


@pytest.mark.parametrize(
    "content_type",
    [f"{URLENCODED}; charset=UTF-8", f'{URLENCODED.upper()};charset="utf-8"'],
)
async def test_utf_8_is_the_charset_of_forms(content_type: str) -> None:
    assert dict(await post(b"a=1", content_type).form()) == {"a": "1"}


async def test_an_empty_file_control_is_left_out() -> None:
    data = await post(multipart(files=[("a", "", "application/octet-stream", b"")])).form()

    assert data == FormData()


async def test_an_empty_file_with_a_name_is_a_file() -> None:
    data = await post(multipart(files=[("a", "empty.txt", "text/plain", b"")])).form()

    assert summary(data)[1] == [["a", "empty.txt", "text/plain", 0, b""]]


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("../../etc/passwd", "passwd"),
        (r"C:\\Users\\ada\\a.png", "a.png"),
        ("/", ""),
        ("..", ""),
        ("a/..", ""),
        ("a\tb.png", "a\tb.png"),
    ],
)
async def test_a_file_has_only_the_last_part_of_its_name(sent: str, name: str) -> None:
    data = await post(multipart(files=[("a", sent, "image/png", b"1")])).form()

    assert data.files["a"].name == name


@pytest.mark.parametrize("kind", ["", "ïmage/png", "image/\x1bpng"])
async def test_an_unusable_type_is_unknown(kind: str) -> None:
    data = await post(multipart(files=[("a", "a", kind, b"1")])).form()

    assert data.files["a"].content_type == "application/octet-stream"


async def test_a_large_file_is_on_disk_and_a_small_one_in_memory() -> None:
    files = [("a", "a", "", b"1" * 11), ("b", "b", "", b"1" * 10)]

    data = await post(multipart(files=files)).form()

    rolled: Any = [data.files[name].file for name in ("a", "b")]
    assert [file._rolled for file in rolled] == [True, False]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (multipart([("a", "1")])[:-4], MULTIPART),
        (multipart([("a", "1")])[:50], MULTIPART),
        (b"", MULTIPART),
        (b"junk", MULTIPART),
        (multipart([("a", "1")]), "multipart/form-data"),
        (multipart([("a", "1")]), "multipart/form-data; boundary="),
        (multipart([("a", "1")]), "multipart/form-data; boundary=" + "x" * 1000),
        (multipart([("a", "1")]), "multipart/form-data; boundary=other"),
        (raw("\r\n1"), "multipart/form-data; boundary=x"),
        (raw("Content-Disposition: form-data\r\n\r\n1"), "multipart/form-data; boundary=x"),
        (
            raw("Content-Disposition: attachment; name=a\r\n\r\n1"),
            "multipart/form-data; boundary=x",
        ),
        (raw("Bad Header: 1\r\n\r\n1"), "multipart/form-data; boundary=x"),
        (raw(": 1\r\n\r\n1"), "multipart/form-data; boundary=x"),
        (multipart([("a", "\0")]), MULTIPART),
        (multipart([("a\0", "1")]), MULTIPART),
        (multipart(files=[("a", "a\0.png", "", b"")]), MULTIPART),
        (multipart([("a", "1")]).replace(b"1", b"\xff"), MULTIPART),
        (multipart([("é", "1")]).replace("é".encode(), b"\xff"), MULTIPART),
        (multipart(files=[("a", "é", "", b"1")]).replace("é".encode(), b"\xff"), MULTIPART),
        (b"a=%FF", URLENCODED),
        (b"a=\xff", URLENCODED),
        (b"a=%00", URLENCODED),
        (b"%00=1", URLENCODED),
    ],
)
async def test_a_broken_form_is_a_400(body: bytes, content_type: str) -> None:
    error = await refusal(post(body, content_type))

    assert (error.status, error.what) == (400, "cannot read a broken form")


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "text/plain",
        "multipart/mixed; boundary=x",
        "multipart/form-data; boundary=\xe9",
        "multipart/form-data; boundary=\udce9",
        f"{URLENCODED}; charset=latin-1",
    ],
)
async def test_another_type_is_a_415(content_type: str) -> None:
    assert (await refusal(post(b"a=1", content_type))).status == 415


async def test_an_empty_body_without_a_type_is_an_empty_form() -> None:
    assert await post(b"", "").form() == FormData()


@pytest.mark.parametrize(
    ("body", "content_type", "what"),
    [
        (multipart([("a", "1")] * 4), MULTIPART, "a form of more than 3 fields"),
        (b"a&b&c&d", URLENCODED, "a form of more than 3 fields"),
        (b"&" * 4, URLENCODED, "a form of more than 3 fields"),
        (multipart([("a", "1" * 101)]), MULTIPART, "a form of more than 100 bytes of text"),
        (multipart([("a" * 101, "1")]), MULTIPART, "a form of more than 100 bytes of text"),
        (b"a=" + b"1" * 99, URLENCODED, "a form of more than 100 bytes of text"),
        (multipart(files=[("a", "a", "", b"1")] * 3), MULTIPART, "a form of more than 2 files"),
        (
            multipart(files=[("a", "a", "", b"1" * 1000)]),
            MULTIPART,
            "a form of more than 1000 bytes",
        ),
    ],
)
async def test_too_much_is_a_413_that_names_the_limit(
    body: bytes, content_type: str, what: str
) -> None:
    error = await refusal(post(body, content_type))

    assert (error.status, error.what) == (413, f"cannot read {what}")


@pytest.mark.parametrize(
    "part",
    [
        "X: 1\r\n" * 5000,
        f"X: {'1' * 9000}\r\n",
        f"{'X' * 9000}: 1\r\n",
        f'Content-Disposition: form-data; name="{"a" * 9000}"\r\n',
    ],
)
async def test_the_headers_of_a_part_are_limited(part: str) -> None:
    large = replace(SMALL, max_form_bytes=10**6)
    body = raw(f"{part}\r\n1")

    error = await refusal(post(body, "multipart/form-data; boundary=x", large))

    assert error.status in {400, 413}  # python-multipart has a limit too, since 0.0.27


@pytest.mark.parametrize("length", ["9" * 5000, "9" * 20])
async def test_a_length_of_any_number_of_digits_is_a_413(length: str) -> None:
    error = await refusal(post(b"a=1", URLENCODED, content_length=length))

    assert error.status == 413


@pytest.mark.parametrize("length", ["-1", "+5", "1e3", "5, 5", "0x10", "\u0663", ""])
async def test_a_length_that_is_not_a_number_is_not_believed(length: str) -> None:
    assert dict(await post(b"a=1", URLENCODED, content_length=length).form()) == {"a": "1"}


async def test_a_long_name_is_a_413() -> None:
    error = await refusal(post(b"a" * 1025 + b"=1", URLENCODED, Settings()))

    assert (error.status, "name of more than 1024" in error.what) == (413, True)


async def test_a_refused_body_is_read_to_its_end() -> None:
    parts = Parts([multipart([("a", "1")] * 4), *[b"x" * 100] * 50])

    await refusal(post(parts))

    assert (parts.read_bytes > 5000, parts.is_closed) == (True, True)


async def test_a_refused_body_without_an_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_form_parser, "MAX_DISCARDED_BYTES", 5000)
    parts = Parts(iter(lambda: b"x" * 100, b""))

    await refusal(post(parts, content_length="999999"))

    assert (parts.read_bytes, parts.is_closed) == (5100, True)


async def test_a_form_that_was_refused_is_refused_again() -> None:
    context = post(b"junk")

    assert await refusal(context) is await refusal(context)


async def test_a_form_is_read_once() -> None:
    context = post(b"a=1", URLENCODED)

    assert await context.form() is await context.form()


async def test_a_body_is_not_kept_with_a_form() -> None:
    context = post(b"a=1", URLENCODED)
    await context.form()

    with pytest.raises(MomentError, match="read as a form"):
        await context.body()


async def test_a_form_is_read_from_a_body_that_was_read() -> None:
    async def read_body(max_bytes: int) -> bytes:
        return b"a=1"

    headers = [("content-type", URLENCODED)]
    context = Context(
        method="POST", path="/", headers=headers, read_body=read_body, read_parts=Parts([])
    )

    assert (await context.body(), dict(await context.form())) == (b"a=1", {"a": "1"})


async def test_a_client_that_leaves_within_its_form_leaves_no_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = spooled(monkeypatch)
    body = multipart(files=[("a", "a", "", b"1" * 100)])
    parts = Parts([body[:-20]], ConnectionResetError())

    with pytest.raises(BodyError, match="whose end was never sent"):
        await post(parts).form()

    assert [file.closed for file in files] == [True]


@pytest.mark.parametrize("ending", [None, LookupError, SystemExit], ids=["return", "error", "exit"])
async def test_files_are_closed_when_the_handler_ends(ending: Any) -> None:
    found: list[Upload] = []

    async def handler(c: Context, w: Writer) -> None:
        found.extend((await c.form()).get_files("a"))
        assert not found[0].file.closed
        if ending is not None:
            raise ending

    context = post(multipart(files=[("a", "a", "", b"1" * 100)]))
    errors = await failures(handler, context)

    assert (found[0].file.closed, errors) == (True, 0 if ending is None else 1)
    with pytest.raises(MomentError, match="after its handler has ended"):
        await found[0].read()


async def test_files_of_a_refused_form_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    files = spooled(monkeypatch)

    await refusal(post(multipart(files=[("a", "a", "", b"1" * 100)] * 3)))

    assert [file.closed for file in files] == [True, True]


async def test_a_form_that_the_framework_has_parsed_is_used_within_the_limits() -> None:
    def parsed(count: int) -> Context:
        return Context(
            method="POST", path="/", parsed_form=lambda: [("a", "1")] * count, settings=SMALL
        )

    assert (await parsed(3).form()).get_all("a") == ["1", "1", "1"]
    assert (await refusal(parsed(4))).status == 413


async def test_a_refused_form_is_answered_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def handler(c: Context, w: Writer) -> None:
        await c.form()

    found = await collect_response(handler, post(b"junk"), SMALL)

    assert found.status == 400
    [record] = [record for record in caplog.records if record.name == "fatmorph.adapters"]
    assert record.getMessage().startswith(
        "POST /form: cannot read a broken form; where: POST /form;"
    )


async def failures(handler: Any, context: Context) -> int:
    """Return how many errors a handler's response raises."""
    try:
        await collect_response(handler, context)
    except Exception:  # noqa: BLE001 - of any kind
        return 1
    return 0


def spooled(monkeypatch: pytest.MonkeyPatch) -> Sequence[Any]:
    """Return a list that gets every temporary file."""
    files: list[Any] = []

    class Spooled(tempfile.SpooledTemporaryFile[bytes]):
        def __init__(self, max_size: int) -> None:
            super().__init__(max_size)
            files.append(self)

    monkeypatch.setattr(_form_parser, "SpooledTemporaryFile", Spooled)
    return files
