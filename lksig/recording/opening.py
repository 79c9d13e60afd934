"""Any file with a session in it, opened by its content: a recording, a HAR, lines of frames.

The rule: the first bytes decide, compressed or not, whatever the file is called. What is nothing else is taken for a
recording, whose reader says what is wrong with it.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from lksig.errors import InputError
from lksig.recording.compression import Decompressed
from lksig.recording.reader import CHUNK_BYTES, Recording, Wait

if TYPE_CHECKING:
    from lksig.recording.importers.imported import Imported
    from lksig.recording.session_file import SessionFile

_HAR = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{\s*\"log\"\s*:")


class _Rewound:
    """A stream of which the beginning was read already."""

    def __init__(self, head: bytes, stream: Any) -> None:
        self._head = head
        self._stream = stream
        self._read = getattr(stream, "read1", stream.read)

    def read1(self, size: int) -> bytes:
        """As much as there is at a time."""
        head, self._head = self._head, b""
        return head or self._read(size)

    read = read1

    def fileno(self) -> int:
        """Of the stream itself."""
        number: int = self._stream.fileno()
        return number

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()


def open_session_file(path: Path, *, follow: Wait | None = None) -> SessionFile:
    """The sessions in a file.

    Raises:
        InputError: there is no such file, or it cannot be read.
        RecordingError: there are none in it.
    """
    try:
        stream = path.open("rb", buffering=0)
    except OSError as exc:
        raise InputError(f"cannot read `{path}`: {exc.strerror}", code="file-unreadable", layer="file") from exc
    try:
        return session_file(stream, str(path), follow=follow)
    except BaseException:
        stream.close()
        raise


def session_file(stream: IO[bytes], name: str, *, follow: Wait | None = None) -> SessionFile:
    """The sessions in a stream, which is closed with them.

    Raises:
        RecordingError: there are none in it.
    """
    try:
        head = getattr(stream, "read1", stream.read)(CHUNK_BYTES)
    except OSError:  # a directory: the reader says it
        head = b""
    rest: Any = _Rewound(head, stream)
    text = _beginning(head)
    if _HAR.match(text) is not None:
        return _imported(rest, name, is_har=True)
    if follow is None and _is_lines(text):
        return _imported(rest, name, is_har=False)
    return Recording(rest, name, follow=follow)


def _beginning(head: bytes) -> bytes:
    """What the first bytes are when they are decompressed."""
    pieces = iter(Decompressed(iter([head])))
    return next(pieces, b"")


def _is_lines(text: bytes) -> bool:
    from lksig.recording.importers.frame_lines import is_frame_lines

    return not text.lstrip().startswith(b"{") and is_frame_lines(text.decode("latin-1"))


def _chunks(stream: Any) -> Iterator[bytes]:
    while chunk := stream.read1(CHUNK_BYTES):
        yield chunk


def _imported(stream: Any, name: str, *, is_har: bool) -> Imported:
    from lksig.recording.importers.imported import Imported

    content = Decompressed(_chunks(stream))
    with contextlib.closing(stream):
        pieces = list(content)
    size = sum(map(len, pieces))
    data = b"".join(pieces)
    del pieces
    if is_har:
        from lksig.recording.importers.har import parse_har, read_har

        document = parse_har(data, name)
        del data
        found = read_har(document, name)
    else:
        from lksig.recording.importers.frame_lines import read_lines

        found = read_lines(data, name)
    if content.damage is not None:
        found.complaints.append(content.damage)
    return Imported(found, name, size)
