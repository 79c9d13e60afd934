"""A recording, read: its header, its events in order, the readings they give, and what is missing from it.

    with open_recording(Path("call.lksig")) as recording:
        for reading in recording.readings():
            ...
        error = recording.problem()

The rule: everything that is whole is given, then it is said what is not. Nothing of a file is held but the line at
hand, so its size does not matter.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from lksig.errors import InputError, RecordingError
from lksig.recording.compression import Decompressed
from lksig.recording.format_v1 import KIND, MAJOR, Header, Record, Stopped
from lksig.recording.format_v1_lines import Damaged, LineReader, parse_header
from lksig.recording.line_source import LineSource
from lksig.recording.session_file import SessionFile
from lksig.wire.events import Message, Reading

CHUNK_BYTES = 1 << 16
"""Read at a time."""

Wait = Callable[[], bool]
"""Called at the end of a file that is still being written: waits a little; False when it is time to stop."""

_VERSION = re.compile(r"([0-9]{1,6})\.[0-9]{1,6}")


def open_recording(path: Path, *, follow: Wait | None = None) -> Recording:
    """The recording in a file; plain, gzip and zstd are told apart by their content.

    Raises:
        InputError: there is no such file, or it cannot be read.
        RecordingError: it is no recording, or of a newer major version.
    """
    try:
        stream = path.open("rb", buffering=0)
    except OSError as exc:
        raise InputError(f"cannot read `{path}`: {exc.strerror}", code="file-unreadable", layer="file") from exc
    try:
        return Recording(stream, str(path), follow=follow)
    except BaseException:
        stream.close()
        raise


def find_message(path: Path, n: int) -> Reading | None:
    """Message `n` of a recording, as the journal sees it; None when there is no such message.

    Reads from the beginning, 10 µs an event: for a person who asks for one message, not for a loop.

    Raises:
        InputError: there is no such file, or it cannot be read.
        RecordingError: it is no recording, or of a newer major version.
    """
    with open_recording(path) as recording:
        return next((reading for reading in recording.readings() if reading.n == n), None)


class Recording(SessionFile):
    """A recording. It is read once: iterate over it for its events, or call `readings` or `records`.

    Args:
        stream: of bytes; closed with the recording.
        name: of the file, for messages.
        follow: asked at the end of the file, which may grow.

    Raises:
        RecordingError: it is no recording, or of a newer major version.
    """

    def __init__(self, stream: IO[bytes], name: str, *, follow: Wait | None = None) -> None:
        self.name = name
        self.skipped = 0
        """Lines of kinds that this version does not know, as far as it was read."""
        self.read_bytes = 0
        """Of the file, as it stands on disk."""
        self.damaged = 0
        """Lines that are none, as far as it was read."""
        self.is_stopped = False
        """It was closed in order, and everything before that was read."""
        self._stream = stream
        self._follow = follow
        self._content = Decompressed(self._chunks())
        self._source = LineSource(self._content)
        self._lines = enumerate(self._source, start=1)
        self._messages = 0
        self._complaints: list[str] = []
        self.header = self._read_header()

    @property
    def size_bytes(self) -> int:
        """Of the file, as it is now; 0 for a pipe."""
        try:
            return os.fstat(self._stream.fileno()).st_size
        except OSError:
            return 0

    @property
    def origin(self) -> str:
        """Where it comes from, in one line."""
        hidden = " and ".join(self.header.redacted) or "nothing"
        return f"recorded by lksig {self.header.lksig}, protocol {self.header.protocol}, {hidden} hidden"

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def records(self) -> Iterator[Record]:
        """The events, where sessions end, and where the recording was closed."""
        reader = LineReader()
        count = 0
        for number, line in self._lines:
            if line is not None and line.startswith(b"{") and parse_header(line) is not None:
                self._complaints.append(f"another recording begins at line {number}")
                return
            record = self._record(reader, number, line)
            yield from self._given(record, count)
            count += 1
        yield from self._given(self._record_without_newline(reader), count)

    def _record(self, reader: LineReader, number: int, line: bytes | None) -> Record | None:
        try:
            if line is None:
                raise Damaged("it is too long")
            record = reader.read(line)
        except Damaged as exc:
            self.damaged += 1
            if self.damaged == 1:
                self._complaints.append(f"line {number} is damaged ({exc})")
            return None
        if record is None:
            self.skipped += 1
        return record

    def _record_without_newline(self, reader: LineReader) -> Record | None:
        """What stands behind the last newline: a line that was cut, though perhaps by nothing but its newline."""
        rest, self._source.rest = self._source.rest, b""
        try:
            return reader.read(rest) if rest else None
        except Damaged:
            self._complaints.append(f"it ends within a line, of which {len(rest)} bytes are left")
            return None

    def _given(self, record: Record | None, count: int) -> Iterator[Record]:
        """Take note of a record on its way out.

        Args:
            count: of the lines before it.
        """
        if record is None:
            return
        if type(record) is Message:
            self._messages += 1
        elif type(record) is Stopped:
            self._stopped(count, record.lines)
        yield record

    def _stopped(self, count: int, expected: int) -> None:
        self._follow = None
        self.is_stopped = count >= expected
        if not self.is_stopped:
            self._complaints.append(f"it lacks {expected - count} of its {expected} lines")

    def problem(self) -> RecordingError | None:
        """What is missing, in one sentence, when everything was read; None when nothing is."""
        told = list(self._complaints)
        if self.damaged > 1:
            told.append(f"{self.damaged} lines are damaged in all")
        if self._content.damage is not None:
            told.append(self._content.damage)
        if not told:
            return None
        whole = f"{self._messages} whole message{'' if self._messages == 1 else 's'}"
        return RecordingError(
            f"`{self.name}` is incomplete behind {whole}: {', '.join(told)}",
            code="incomplete",
            hint="everything that is whole was read",
        )

    def warnings(self) -> list[tuple[str, str]]:
        """Lines that only a later version knows."""
        if not self.skipped:
            return []
        text = f"{self.skipped} lines are of a kind that this lksig does not know"
        return [("unknown-lines", f"{text}; lksig {self.header.lksig} wrote them")]

    # --- the beginning ----------------------------------------------------------------------------------------------

    def _chunks(self) -> Iterator[bytes]:
        """As much as there is at a time: somebody may be writing into a pipe."""
        read = getattr(self._stream, "read1", self._stream.read)
        while True:
            try:
                chunk = read(CHUNK_BYTES)
            except OSError as exc:
                self._complaints.append(f"it cannot be read any further ({exc.strerror})")
                return
            if chunk:
                self.read_bytes += len(chunk)
                yield chunk
            elif self._follow is None or not self._follow():
                return

    def _read_header(self) -> Header:
        _, line = next(self._lines, (0, None))
        if line is None:
            line, self._source.rest = self._source.rest, b""
        header = parse_header(line)
        if header is None:
            raise self._no_recording(line)
        version = _VERSION.fullmatch(header.version)
        if version is None or int(version[1]) != MAJOR:
            raise RecordingError(
                f"`{self.name}` is a recording of format {header.version[:20]}, this lksig reads format {MAJOR}",
                code="newer-recording",
                hint=f"it was written by lksig {header.lksig[:20]}: use that version or a later one",
            )
        return header

    def _no_recording(self, line: bytes) -> RecordingError:
        if self._content.damage is not None:
            why = f"cannot be read: {self._content.damage}"
        elif self._complaints:
            why = f"cannot be read: {self._complaints[0]}"
        elif not line:
            why = "is empty"
        elif line.startswith(b'{"kind":"' + KIND.encode()):
            why = "ends within its first line"
        else:
            why = "is no lksig recording"
        return RecordingError(f"`{self.name}` {why}", code="not-a-recording", hint="`lksig record FILE` makes one")
