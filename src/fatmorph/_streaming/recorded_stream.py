"""A stream that reports its events, and can send data that is not counted; for development."""

from __future__ import annotations

from typing import Any, Protocol

from fatmorph._streaming.stream import Stream

__all__ = ("RecordedStream", "Recorder")


class Recorder(Protocol):
    """Told what a stream sends."""

    def add(self, event: bytes) -> None:
        """Note an event that was just written."""
        ...

    def close(self) -> None:
        """Stop, because the stream has ended."""
        ...


class RecordedStream(Stream):
    """A stream with a recorder; arguments as for `Stream`."""

    __slots__ = ("recorder",)

    def __init__(self, *args: Any, **options: Any) -> None:  # Any: they are those of Stream
        super().__init__(*args, **options)
        self.recorder: Recorder | None = None
        """Told of every event; None before there is one."""

    @property
    def bytes_sent(self) -> int:
        """Bytes that the socket has accepted, after compression."""
        return self._traffic.sent

    def write(self, data: bytes, *, is_event: bool = True) -> bool:
        """Write as a stream does, and report events."""
        is_written = super().write(data, is_event=is_event)
        if is_written and is_event and self.recorder is not None:
            self.recorder.add(data)
        return is_written

    def write_aside(self, data: bytes) -> bool:
        """Send data that no counter counts; return False if the socket is not ready for it."""
        if self.is_complete or not self.flush():
            return False
        traffic = self._traffic
        before = traffic.written, traffic.sent
        self.write(data, is_event=False)
        is_sent = self.flush()
        if is_sent:
            traffic.written, traffic.sent = before
        return is_sent

    def close(self) -> None:
        """Stop as a stream does, and the recorder too."""
        super().close()
        if self.recorder is not None:
            self.recorder.close()
            self.recorder = None
