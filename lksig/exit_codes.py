"""The exit codes of lksig, and which one counts where several causes meet.

The numbers are a public contract: they stay fixed once released.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable


class ExitCode(enum.IntEnum):
    """What the process tells its caller."""

    DONE = 0
    CHECK_FAILED = 1
    """A check or comparison did not hold, or a request was refused."""
    USAGE = 2
    """Bad usage or bad input."""
    TRANSPORT = 3
    """Could not connect, or the connection was lost without a close frame."""
    AUTH = 4
    """Not authorised, or no credentials."""
    UNDECODABLE = 5
    """Undecodable data under `--strict`, or given to `decode`."""
    DEADLINE = 6
    """An awaited message did not come."""
    RECORDING = 7
    """A recording that cannot be read, or is incomplete."""
    ENDED = 8
    """The server ended the session first."""
    BUG = 70
    INTERRUPTED = 130
    """Ctrl-C."""
    READER_GONE = 141
    """The reader of standard output went away."""
    TERMINATED = 143
    """SIGTERM."""


PRECEDENCE: tuple[ExitCode, ...] = (
    ExitCode.BUG,
    ExitCode.INTERRUPTED,
    ExitCode.TERMINATED,
    ExitCode.READER_GONE,
    ExitCode.AUTH,
    ExitCode.TRANSPORT,
    ExitCode.ENDED,
    ExitCode.USAGE,
    ExitCode.RECORDING,
    ExitCode.DEADLINE,
    ExitCode.UNDECODABLE,
    ExitCode.CHECK_FAILED,
    ExitCode.DONE,
)
"""Where several causes meet, the first of these counts."""


def worst(codes: Iterable[int]) -> ExitCode:
    """The one exit code that counts among `codes`; `DONE` when there are none."""
    given = {ExitCode(code) for code in codes}
    return next((code for code in PRECEDENCE if code in given), ExitCode.DONE)
