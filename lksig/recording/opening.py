"""Any file with a session in it, opened by its content: a recording, a HAR, lines of frames.

The rule: the first bytes decide, compressed or not, whatever the file is called. What is nothing else is taken for a
recording, whose reader says what is wrong with it.
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

from lksig.errors import InputError
from lksig.recording.compression import Decompressed
from lksig.recording.reader import CHUNK_BYTES, Recording, Wait

if TYPE_CHECKING:
    from lksig.recording.session_file import SessionFile

Kind = Literal["recording", "har", "lines"]

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
    kind, rest = peeked(stream)
    if kind == "recording" or follow is not None:
        return Recording(rest, name, follow=follow)
    data, damage = _content(rest)
    size = len(data)
    if kind == "har":
        from lksig.recording.importers.har import parse_har, read_har

        document = parse_har(data, name)
        del data
        found = read_har(document, name)
    else:
        from lksig.recording.importers.frame_lines import read_lines

        found = read_lines(data, name)

    from lksig.recording.importers.imported import Imported

    found.complaints += [damage] if damage is not None else []
    return Imported(found, name, size)


def har_document(stream: Any, name: str) -> Any:
    """The HAR in a stream that `peeked` says is one; the stream is closed.

    Raises:
        RecordingError: it cannot be read, or is cut.
    """
    from lksig.recording.importers.har import parse_har

    return parse_har(_content(stream)[0], name)


def peeked(stream: IO[bytes]) -> tuple[Kind, Any]:
    """What is in a stream, and the stream from its beginning."""
    try:
        head = getattr(stream, "read1", stream.read)(CHUNK_BYTES)
    except OSError:  # a directory: the reader says it
        head = b""
    text = next(iter(Decompressed(iter([head]))), b"")
    kind: Kind = "recording"
    if _HAR.match(text) is not None:
        kind = "har"
    elif not text.lstrip().startswith(b"{"):
        from lksig.recording.importers.frame_lines import is_frame_lines

        kind = "lines" if is_frame_lines(text.decode("latin-1")) else "recording"
    return kind, _Rewound(head, stream)


def _content(stream: Any) -> tuple[bytes, str | None]:
    """All of a stream, decompressed, and what is wrong with the end of it."""
    content = Decompressed(iter(lambda: stream.read1(CHUNK_BYTES), b""))
    with contextlib.closing(stream):
        data = b"".join(content)
    return data, content.damage
