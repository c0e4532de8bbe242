r"""The body of a form, read part by part: texts are kept in memory, large files go to disk.

1. Everything is bounded before it is kept: the body, the texts, the numbers of fields and files,
   the length of a name and of a part's headers.
2. Texts are UTF-8 without NUL. Browsers encode forms in UTF-8 if the page is UTF-8, and a text with
   NUL is not typed by a user; databases reject it.
3. Line ends are `\n`, as scripts see them. Browsers send `\r\n` or `\n`, depending on the encoding
   of the form.
4. A file control without a file sends an empty file without a name, which is left out.
5. Clients read the response only after they have sent the whole body, so the rest of a refused body
   is read and discarded, up to a limit.

Sources: https://www.rfc-editor.org/rfc/rfc7578 (multipart/form-data),
https://url.spec.whatwg.org/#application/x-www-form-urlencoded
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from importlib import import_module
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, Protocol, cast
from urllib.parse import parse_qsl

from fatmorph.errors import FormError, MissingExtraError, short_repr
from fatmorph.http._form_data import Upload, file_type, last_part

__all__ = (
    "MAX_DISCARDED_BYTES",
    "MULTIPART",
    "FormLimits",
    "Pairs",
    "checked_pairs",
    "large_form_error",
    "query_pairs",
    "read_pairs",
)

Pairs = list[tuple[str, "str | Upload"]]
"""Names with texts or files, in the order sent."""

MAX_DISCARDED_BYTES = 64 * 1024 * 1024
MAX_NAME_CHARACTERS = 1024  # Rails writes long names: `user[addresses_attributes][0][street]`
MAX_HEADER_BYTES = 8 * 1024  # of one part; as servers allow for one header
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
SENT_BY_A_BROWSER = "new FormData(form)  (as the body; a browser writes its boundary)"


class FormLimits(Protocol):
    """The settings of a route that limit its forms."""

    @property
    def max_form_bytes(self) -> int:
        """Return how large the body may be, with its files."""
        ...

    @property
    def max_form_text_bytes(self) -> int:
        """Return how large all texts and names may be together."""
        ...

    @property
    def max_form_fields(self) -> int:
        """Return how many texts there may be."""
        ...

    @property
    def max_form_files(self) -> int:
        """Return how many files there may be."""
        ...

    @property
    def max_spooled_bytes(self) -> int:
        """Return how much of a file is kept in memory."""
        ...


async def read_pairs(
    parts: AsyncIterator[bytes], content_type: str, length: int, limits: FormLimits
) -> Pairs:
    """Read a form from the parts of a body; the caller closes its files.

    Args:
        parts: The body.
        content_type: The header of the request; empty for none.
        length: The number of bytes that the client announced, or 0.
        limits: The limits of the route.

    Raises:
        FormError: Not a form, broken, or too large.
        MissingExtraError: python-multipart is not installed.
    """
    reader = _reader(content_type, limits)
    try:
        await _feed(reader, parts, length, limits)
        return checked_pairs(reader.end(), limits)
    except BaseException:
        reader.close()
        raise


def query_pairs(query: str, limits: FormLimits) -> Pairs:
    """Return the fields of a form that was sent in a URL."""
    reader = _UrlencodedReader(limits)
    reader.feed(query.encode())
    return checked_pairs(reader.end(), limits)


def checked_pairs(pairs: Pairs, limits: FormLimits) -> Pairs:
    """Return pairs as handlers see them; refuse too many, and unusable names and texts."""
    texts = sum(isinstance(value, str) for _, value in pairs)
    _check_count(texts, limits.max_form_fields, "max_form_fields", "fields")
    _check_count(len(pairs) - texts, limits.max_form_files, "max_form_files", "files")
    for name, value in pairs:
        if len(name) > MAX_NAME_CHARACTERS:
            raise _too_large(f"a field's name of more than {MAX_NAME_CHARACTERS} characters")
        if "\0" in name or "\0" in (value if isinstance(value, str) else value.name):
            place = f"field {short_repr(name)}"
            raise _broken("a text or a name has a NUL", place, "text.replaceAll('\\0', '')")
    return [
        (_with_newlines(name), _with_newlines(value) if isinstance(value, str) else value)
        for name, value in pairs
        if not _is_empty(value)
    ]


async def _feed(
    reader: _Reader, parts: AsyncIterator[bytes], length: int, limits: FormLimits
) -> None:
    refusal, received = None, 0
    async with aclosing(cast("Any", parts)) as body:  # the cast: an asynchronous generator
        async for part in body:
            received += len(part)
            if refusal is None:
                refusal = await _refusal(reader, part, max(received, length), limits)
            elif received > MAX_DISCARDED_BYTES:
                break
    if refusal is not None:
        raise refusal


async def _refusal(reader: _Reader, part: bytes, size: int, limits: FormLimits) -> FormError | None:
    """Read a part; return why the form is refused, if it is."""
    if size > limits.max_form_bytes:
        return large_form_error(limits.max_form_bytes)
    try:
        reader.feed(part)
        await reader.flush()
    except FormError as error:
        reader.close()
        return error
    return None


def large_form_error(max_bytes: int) -> FormError:
    """Return the error for a body that is larger than a form may be."""
    return _over("bytes", max_bytes, "max_form_bytes")


def _reader(content_type: str, limits: FormLimits) -> _Reader:
    try:
        return _reader_of(content_type, limits)
    except FormError as error:
        return _NoReader(error)


def _reader_of(content_type: str, limits: FormLimits) -> _Reader:
    kind, _, parameters = content_type.partition(";")
    match kind.strip().lower():
        case "multipart/form-data" if content_type.isascii():
            return _MultipartReader(content_type, limits)
        case "application/x-www-form-urlencoded":
            charset = parameters.strip().lower().removeprefix("charset=").strip('"')
            if "charset" in parameters.lower() and charset not in {"utf-8", "utf8"}:
                raise _wrong_type(content_type, "browsers encode it in UTF-8")
            return _UrlencodedReader(limits)
        case _:
            raise _wrong_type(content_type, f"forms are {URLENCODED} or {MULTIPART}")


class _Reader(Protocol):
    """One encoding of forms."""

    def feed(self, part: bytes) -> None:
        """Take the next part of the body."""
        ...

    async def flush(self) -> None:
        """Write the content of files to disk."""
        ...

    def end(self) -> Pairs:
        """Return all fields after the last part."""
        ...

    def close(self) -> None:
        """Close and remove all files."""
        ...


class _NoReader:
    """A body that is refused unless it is empty."""

    def __init__(self, error: FormError) -> None:
        self._error = error

    def feed(self, part: bytes) -> None:
        if part:
            raise self._error

    async def flush(self) -> None:
        """Do nothing."""

    def end(self) -> Pairs:
        return []

    def close(self) -> None:
        """Do nothing."""


class _UrlencodedReader:
    """`a=1&b=2`; it cannot contain files."""

    def __init__(self, limits: FormLimits) -> None:
        self._limits = limits
        self._body = bytearray()

    def feed(self, part: bytes) -> None:
        self._body += part
        if len(self._body) > self._limits.max_form_text_bytes:
            raise _over("bytes of text", self._limits.max_form_text_bytes, "max_form_text_bytes")

    async def flush(self) -> None:
        """Do nothing."""

    def end(self) -> Pairs:
        limit = self._limits.max_form_fields
        _check_count(self._body.count(b"&"), limit, "max_form_fields", "fields")
        try:
            return [*parse_qsl(self._body.decode(), keep_blank_values=True, errors="strict")]
        except UnicodeDecodeError:
            raise _not_utf8() from None

    def close(self) -> None:
        """Do nothing."""


class _MultipartReader:
    """Texts and files, between boundaries, by python-multipart."""

    def __init__(self, content_type: str, limits: FormLimits) -> None:
        self._multipart = _python_multipart()
        self._limits = limits
        self._pairs: Pairs = []
        self._texts = self._files = self._text_bytes = 0
        self._is_ended = False
        self._headers: dict[bytes, bytes] = {}
        self._name = self._header = self._header_value = b""
        self._header_bytes = 0
        self._text: bytearray | None = None
        self._unwritten: list[tuple[BinaryIO, bytes, bool]] = []
        _, options = self._multipart.parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if not boundary:
            raise _broken("its boundary is missing", f"content-type: {short_repr(content_type)}")
        callbacks = {
            name.removeprefix("_"): getattr(self, name)
            for name in dir(self)
            if name.startswith("_on_")
        }
        try:
            self._parser = self._multipart.MultipartParser(boundary, callbacks)
        except ValueError:
            raise _broken("its boundary is too long") from None

    def feed(self, part: bytes) -> None:
        try:
            self._parser.write(part)
        except FormError:
            raise
        except ValueError:  # the base of python-multipart's errors
            raise _broken("its boundary or the headers of a part are malformed") from None

    async def flush(self) -> None:
        for file, content, is_on_disk in self._unwritten:
            if is_on_disk:
                await asyncio.to_thread(file.write, content)
            else:
                file.write(content)
        self._unwritten.clear()

    def end(self) -> Pairs:
        if not self._is_ended:
            raise _broken("its last boundary is missing")
        for _, value in self._pairs:
            if isinstance(value, Upload):
                value.file.seek(0)
        return self._pairs

    def close(self) -> None:
        self._unwritten.clear()
        for _, value in self._pairs:
            if isinstance(value, Upload):
                value.file.close()

    def _on_part_begin(self) -> None:
        self._headers = {}
        self._header_bytes = 0

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._count_header(end - start)
        self._header += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._count_header(end - start)
        self._header_value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[self._header.lower()] = self._header_value
        self._header = self._header_value = b""

    def _count_header(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > MAX_HEADER_BYTES:
            raise _too_large(f"headers of more than {MAX_HEADER_BYTES} bytes in one part")

    def _on_headers_finished(self) -> None:
        header = self._headers.get(b"content-disposition", b"")
        disposition, options = self._multipart.parse_options_header(header)
        if disposition != b"form-data" or b"name" not in options:
            raise _broken("a part has no name")
        self._name = options[b"name"]
        self._count_text(len(self._name))
        filename = options.get(b"filename")
        self._text = bytearray() if filename is None else None
        if filename is None:
            self._texts += 1
            _check_count(self._texts, self._limits.max_form_fields, "max_form_fields", "fields")
        else:
            self._files += 1
            _check_count(self._files, self._limits.max_form_files, "max_form_files", "files")
            self._pairs.append((_decoded(self._name), self._new_upload(filename)))

    def _new_upload(self, filename: bytes) -> Upload:
        content_type = self._headers.get(b"content-type", b"").decode("latin-1")
        name = last_part(_decoded(filename))  # before there is a file to close
        file = SpooledTemporaryFile(max_size=self._limits.max_spooled_bytes)  # noqa: SIM115
        return Upload(
            name=name,
            content_type=file_type(content_type),
            size=0,
            file=cast("BinaryIO", file),  # which it is, for all that a reader needs
        )

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._text is not None:
            self._count_text(end - start)
            self._text += data[start:end]
            return
        upload = cast("Upload", self._pairs[-1][1])
        upload.size += end - start
        is_on_disk = upload.size > self._limits.max_spooled_bytes
        self._unwritten.append((upload.file, data[start:end], is_on_disk))

    def _count_text(self, size: int) -> None:
        self._text_bytes += size
        if self._text_bytes > self._limits.max_form_text_bytes:
            raise _over("bytes of text", self._limits.max_form_text_bytes, "max_form_text_bytes")

    def _on_part_end(self) -> None:
        if self._text is not None:
            self._pairs.append((_decoded(self._name), _decoded(bytes(self._text))))

    def _on_end(self) -> None:
        self._is_ended = True


def _python_multipart() -> Any:  # Any: an optional dependency
    try:
        return import_module("python_multipart.multipart")
    except ImportError:
        raise MissingExtraError(
            "cannot read a form with files without python-multipart",
            where="await c.form(…)",
            why="it parses multipart/form-data, and is part of the extra forms",
            fix='pip install "fatmorph[forms]"',
        ) from None


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise _not_utf8() from None


def _is_empty(value: str | Upload) -> bool:
    """Return whether a value is that of a file control without a file; close its file."""
    if isinstance(value, str) or value.name or value.size:
        return False
    value.file.close()
    return True


def _with_newlines(text: str) -> str:
    return text.replace("\r\n", "\n") if "\r" in text else text


def _check_count(count: int, limit: int, setting: str, unit: str) -> None:
    if count > limit:
        raise _over(unit, limit, setting)


def _over(unit: str, limit: int, setting: str) -> FormError:
    return _too_large(f"a form of more than {limit} {unit}", f"Settings({setting}={2 * limit})")


def _too_large(what: str, fix: str = "c.request  (the framework's own request)") -> FormError:
    error = FormError(
        f"cannot read {what}",
        why="a client could fill the memory or the disk of the server",
        fix=fix,
    )
    error.status = 413
    return error


def _wrong_type(content_type: str, why: str) -> FormError:
    error = FormError(
        f"cannot read {short_repr(content_type) if content_type else 'an unknown type'} as a form",
        where="content-type",
        why=why,
        fix="at.post('/signup', content_type='form')  (or await c.signals(), for signals)",
    )
    error.status = 415
    return error


def _broken(why: str, where: str = "", fix: str = SENT_BY_A_BROWSER) -> FormError:
    return FormError("cannot read a broken form", where=where, why=why, fix=fix)


def _not_utf8() -> FormError:
    return _broken("it is not UTF-8", fix="h.meta(charset='utf-8')  (in the page of the form)")
