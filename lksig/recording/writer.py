"""A recording, written: every event is in the file, as a whole line, before anybody sees it.

The rule: the session comes first. When the file takes nothing more, the recording stops for good and says so once; what
was written stays whole. A file is made readable for its owner only, and an existing one is never written over unasked.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from lksig.errors import InputError
from lksig.recording.format_v1 import Ended, Header, Record, Stopped, header_line, record_line

if TYPE_CHECKING:
    from lksig.recording.compression import Compressor
    from lksig.recording.redact import Redactor
    from lksig.wire.events import Event

MODE = 0o600
_WRITE = os.O_WRONLY | getattr(os, "O_BINARY", 0)
"""Windows would write two characters for a line feed."""


class Output(Protocol):
    """Where whole lines go."""

    def write(self, data: bytes) -> None:
        """Write all of it.

        Raises:
            OSError: it could not be written; what was there before is as it was.
        """

    def close(self) -> None:
        """Nothing more comes.

        Raises:
            OSError: something written before was lost.
        """


class FileOutput:
    """A file that was just made.

    Args:
        fd: owned by this object from now on.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._size = 0
        self._is_file = stat.S_ISREG(os.fstat(fd).st_mode)

    def write(self, data: bytes) -> None:
        """Write all of it, or take back what was written of it."""
        if self._is_file and os.fstat(self._fd).st_nlink == 0:
            raise FileNotFoundError(errno.ENOENT, "the file was removed")
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._fd, view) :]
        except OSError:
            self._take_back()
            raise
        self._size += len(data)

    def _take_back(self) -> None:
        if self._is_file:
            with contextlib.suppress(OSError):  # then the last line is a cut one, which every reader can tell
                os.ftruncate(self._fd, self._size)

    def close(self) -> None:
        os.close(self._fd)


def create_file(path: str, *, force: bool = False) -> FileOutput:
    """A new file for a recording.

    Args:
        force: replace a file that exists. Pipes and devices are there already, and are written to.

    Raises:
        InputError: it exists, or cannot be made.
    """
    try:
        if force:
            _remove(path)
        return FileOutput(os.open(path, _WRITE | os.O_CREAT | os.O_EXCL, MODE))
    except FileExistsError as exc:
        if not _is_sink(path):
            raise _exists(path) from exc
    except OSError as exc:
        raise _cannot(path, exc) from exc
    try:
        return FileOutput(os.open(path, _WRITE))
    except OSError as exc:
        raise _cannot(path, exc) from exc


def check_absent(path: str) -> None:
    """Refuse a file that `create_file` would refuse, before the work is done that it is for.

    Raises:
        InputError: it exists.
    """
    if os.path.lexists(path) and not _is_sink(path):
        raise _exists(path)


def _exists(path: str) -> InputError:
    return InputError(f"`{path}` exists already", code="file-exists", layer="file", hint="`--force` replaces it")


def _remove(path: str) -> None:
    """A file is replaced, not emptied: somebody may be reading it, and its mode may let others read the new one."""
    try:
        kind = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if stat.S_ISREG(kind) or stat.S_ISLNK(kind):
        os.unlink(path)


def _is_sink(path: str) -> bool:
    """Whether it is something that exists to be written to: `/dev/null`, a named pipe."""
    try:
        kind = os.stat(path).st_mode
    except OSError:
        return False
    return stat.S_ISCHR(kind) or stat.S_ISFIFO(kind)


def _cannot(path: str, exc: OSError) -> InputError:
    return InputError(f"cannot write `{path}`: {exc.strerror}", code="file-unwritable", layer="file")


class Recorder:
    """Writes the events of one run; the session never hears of its failure.

    Args:
        output: closed by `close`.
        redactor: hides what is secret; None keeps every byte.
        compressor: made for the name of the file.
        on_failure: told once, when nothing more can be written.
    """

    def __init__(
        self,
        output: Output,
        header: Header,
        *,
        redactor: Redactor | None,
        compressor: Compressor,
        on_failure: Callable[[OSError], None],
    ) -> None:
        self.has_failed = False
        self._output = output
        self._redactor = redactor
        self._compressor = compressor
        self._on_failure = on_failure
        self._t_ns = 0
        self._lines = 0
        self._write(header_line(header))

    def event(self, event: Event) -> None:
        """Write an event; when this returns, it is in the file."""
        if not self.has_failed:
            self._record(event if self._redactor is None else self._redactor.hide(event))

    def end(self, t_ns: int, session: int) -> None:
        """Write that a session is over; see `Journal.end`."""
        if not self.has_failed:
            self._record(Ended(t_ns, session))

    def close(self) -> None:
        """Write that nothing follows, and close the file."""
        if not self.has_failed:
            self._record(Stopped(self._t_ns, self._lines))
        if not self.has_failed:
            self._attempt(lambda: self._output.write(self._compressor.finish()))
        self._attempt(self._output.close)

    def _record(self, record: Record) -> None:
        line = record_line(record, record.t_ns - self._t_ns)
        self._t_ns = record.t_ns
        self._lines += 1
        self._write(line)

    def _write(self, line: str) -> None:
        self._attempt(lambda: self._output.write(self._compressor.line(line.encode("ascii"))))

    def _attempt(self, work: Callable[[], None]) -> None:
        try:
            work()
        except OSError as exc:
            if not self.has_failed:
                self.has_failed = True
                self._on_failure(exc)
