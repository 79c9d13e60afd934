"""How far a long file has been read: a bar on stderr, for a person who waits and sees nothing else.

The rule: it is there only when stderr is a terminal, the machine's view is off, and the lines do not show by themselves
that something happens.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lksig.environ import Environ
    from lksig.recording.session_file import SessionFile
    from lksig.wire.events import Reading

MIN_BYTES = 4_000_000
"""A smaller file is read before anybody looks for a bar."""

EVERY = 2000
"""Readings between two looks at the position."""


@contextlib.contextmanager
def progress(recording: SessionFile, environ: Environ, *, wanted: bool) -> Iterator[Iterable[Reading]]:
    """The readings of a recording, and where it is worth it a bar while they pass.

    Args:
        wanted: False never shows one.
    """
    readings = recording.readings()
    size = recording.size_bytes
    if not wanted or size < MIN_BYTES or not environ.is_terminal(environ.stderr):
        yield readings
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    console = Console(file=environ.stderr, no_color=not environ.wants_colour(environ.stderr))
    with Progress(BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", total=size)

        def passing() -> Iterator[Reading]:
            for count, reading in enumerate(readings):
                if count % EVERY == 0:
                    bar.update(task, completed=recording.read_bytes)
                yield reading

        yield passing()
