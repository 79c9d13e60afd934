"""What every file with a session in it gives, whatever its format: a recording, a HAR, lines of frames.

The rule: views, comparisons and replays know this and nothing of the format. It is read once; everything that is whole
is given, then `problem` says what is not.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from lksig.errors import RecordingError
from lksig.recording.format_v1 import Ended, Header, Record, Stopped
from lksig.session.journal import Journal
from lksig.wire.events import Event, Reading


class SessionFile(ABC):
    """A file with sessions: iterate over it for its events, or call `readings` or `records`; one of them, once."""

    name: str
    """Of the file, for messages."""
    header: Header
    read_bytes: int
    """Of the file, as it stands on disk."""
    damaged: int
    """Lines or messages that are none, as far as it was read."""
    is_stopped: bool
    """It was closed in order, and everything before that was read."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[Event]:
        for record in self.records():
            if not isinstance(record, Ended | Stopped):
                yield record

    @property
    @abstractmethod
    def size_bytes(self) -> int:
        """Of the file, as it is now; 0 for a pipe."""

    @property
    @abstractmethod
    def origin(self) -> str:
        """Where it comes from, in one line."""

    @abstractmethod
    def close(self) -> None:
        """Close the file."""

    @abstractmethod
    def records(self) -> Iterator[Record]:
        """The events, where sessions end, and where the recording was closed."""

    @abstractmethod
    def problem(self) -> RecordingError | None:
        """What is missing, in one sentence, when everything was read; None when nothing is."""

    @abstractmethod
    def warnings(self) -> list[tuple[str, str]]:
        """What else a person should know, when everything was read: codes and texts."""

    def readings(self) -> Iterator[Reading]:
        """What the journal makes of the events: the readings of the live session.

        A session without an end gets one that says so, unless the file was closed in order.
        """
        journal = Journal()
        open_sessions: dict[int, None] = {}
        t_ns = 0
        for record in self.records():
            t_ns = record.t_ns
            if isinstance(record, Ended):
                open_sessions.pop(record.session, None)
                yield from journal.end(t_ns, record.session)
            elif not isinstance(record, Stopped):
                open_sessions[record.session] = None
                yield from journal.add(record)
        for session in () if self.is_stopped else open_sessions:
            (reading,) = journal.end(t_ns, session)
            reading.event = dataclasses.replace(reading.event, ended_by=None, code=None)
            yield reading
