"""Marking places in a session while it is recorded: a line typed at the terminal, or SIGUSR1 from anywhere."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lksig.environ import Environ
    from lksig.live.session import LiveSession

DEFAULT_TEXT = "mark"
"""Of a marker that nobody named."""


@contextlib.contextmanager
def marks(session: LiveSession, environ: Environ) -> Iterator[None]:
    """While entered, Enter (with a text before it, or without) and SIGUSR1 put a marker into the session."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, session.mark, DEFAULT_TEXT)
    is_typed = environ.is_terminal(environ.stdin)

    def typed() -> None:
        line = environ.stdin.readline()
        if line:
            session.mark(line.strip() or DEFAULT_TEXT)
        else:
            loop.remove_reader(environ.stdin)

    if is_typed:
        loop.add_reader(environ.stdin, typed)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGUSR1)
        if is_typed:
            loop.remove_reader(environ.stdin)
