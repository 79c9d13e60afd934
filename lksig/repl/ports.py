"""What the prompt needs from whoever starts it: sessions to open, files to write, a terminal to borrow.

The command line has flags, credentials and recorders; the prompt asks for them through these.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from lksig.live.run import Run
    from lksig.live.session import LiveSession
    from lksig.wire.events import Event, Reading


class Ticket(Protocol):
    """How one participant joins: decided once, before the first packet."""

    identity: str | None
    protocol: int
    """The signaling protocol number the handshake announces; 0 for none."""
    notes: Iterable[tuple[str, str]]
    """Code and text of what the person should know before joining."""

    def session(self, run: Run, number: int) -> LiveSession:
        """A session that is not open yet."""

    async def open(self, session: LiveSession) -> None:
        """Dial for the first time.

        Raises:
            LksigError: it did not open; a probe has found out why.
        """

    async def open_again(self, session: LiveSession, *, resume: bool) -> None:
        """Dial for another socket, with the newest token: to resume, or to start over.

        Raises:
            LksigError: it did not open.
        """


class Tickets(Protocol):
    """Makes tickets for others."""

    def ticket(self, identity: str) -> Ticket:
        """For another identity, in the same room of the same server.

        Raises:
            InputError: there is nothing to make a token with.
        """


class Recordings(Protocol):
    """Writes recordings of the run."""

    path: str | None
    """The one that is being written."""

    def start(self, path: str, events: Iterable[Event]) -> None:
        """Write a recording from now on, beginning with what has happened.

        Raises:
            InputError: the file is there already, or cannot be made.
        """

    def stop(self) -> None:
        """The recording is complete."""

    def find(self, n: int) -> Reading | None:
        """Message `n` of the recording that is being written; None where it is not there or cannot be read back."""

    def save(self, path: str, events: Iterable[Event]) -> None:
        """Write a whole recording at once.

        Raises:
            InputError: the file is there already, or cannot be made.
        """


RunProgram = Callable[[str, str | None], Awaitable[int]]
"""Runs a command of the shell, with a text as its input or none; gives its exit code."""

Edit = Callable[[str], Awaitable[str | None]]
"""Lets a person edit a request of this case; gives the text, None where it was given up."""
