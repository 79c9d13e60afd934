"""Where the prompt writes: a port that the terminal and the plain streams implement.

Rule: the desk decides what is worth showing, an output decides where and how it looks. Everything it is given has been
made harmless and holds no secret, except errors and readings, which an output renders itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from lksig.errors import LksigError
    from lksig.wire.events import Reading


class Output(Protocol):
    """Takes what the prompt has to say."""

    width: int | None
    """Columns for views; None for no limit."""
    colour: bool
    """Views may be coloured."""
    is_json: bool
    """Everything on stdout is one JSON object a line."""

    def reading(self, reading: Reading) -> None:
        """Something happened: one line, or one JSON object."""

    def unseen(self, reading: Reading) -> None:
        """Something happened that has no line of its own: it was kept back, or is shown as text. What comes later may
        speak of it, such as the lines that end a session."""

    def text(self, text: str) -> None:
        """What was asked for (stdout): whole lines, without the newline at the end."""

    def json(self, text: str) -> None:
        """A view that has a JSON form of its own, as one object; where `is_json`."""

    def notice(self, text: str) -> None:
        """What lksig has to say about it (stderr): one line."""

    def error(self, error: LksigError, line: str) -> None:
        """A mistake, or what did not work.

        Args:
            line: what was typed. A caret stands under it where `error.source` is this line; otherwise the error
                brings its own text.
        """
