"""The output of a prompt on a terminal: lines above the prompt, cut to its width, coloured where that is wanted.

Rule: what a person did, and what answers it, is always shown. Of the rest as much as can be read is shown; what is not
is counted, and the gap is marked where it is, with the numbers that `/show` takes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TextIO

from lksig.render.errors import error_lines
from lksig.render.safe_text import neutralise
from lksig.render.theme import Paint
from lksig.render.width import width_of
from lksig.repl.plain import Screen
from lksig.repl.views import is_own
from lksig.wire.events import Message

if TYPE_CHECKING:
    from lksig.errors import LksigError
    from lksig.repl.above import Above
    from lksig.wire.events import Reading


CONTINUATION = "... "
"""Before the second and further lines of a text."""

RESUME_LINES = 500
"""Room there must be before showing goes on after a gap: a few gaps are read, one behind every line is not."""


class WideScreen(Screen, Protocol):
    """A screen that can be told how wide it is."""

    def resized(self, width: int | None) -> None:
        """Lines are cut to this width from now on."""


class LiveOutput:
    """An `Output` above the line being typed.

    Args:
        screen: shows readings on streams of `above`.
        stderr: where notices go, which may be somewhere else.
        scrub: overwrites secrets in a text with as many characters.
    """

    def __init__(
        self,
        screen: WideScreen,
        above: Above,
        stderr: TextIO,
        *,
        width: int | None,
        colour: bool,
        is_quiet: bool,
        scrub: Callable[[str], str],
    ) -> None:
        self.width = width
        self.colour = colour
        self.is_json = False
        self.above = above
        self.not_shown = 0
        """Messages that a burst kept from the screen."""
        self._screen = screen
        self._stderr = stderr
        self._is_quiet = is_quiet
        self._scrub = scrub
        self._paint = Paint(colour)
        self._gap: tuple[int, int, int] | None = None
        """Count, first and last number of what was not shown since the last line."""
        self._typed: tuple[str, int] | None = None
        """The line that stands last on the screen, and how far in, as long as nothing follows it."""

    def resized(self, width: int) -> None:
        """The terminal has another width."""
        self.width = width
        self._screen.resized(width)

    # --- an `Output` ------------------------------------------------------------------------------------------------

    def reading(self, reading: Reading) -> None:
        """A line, if there is room for it."""
        event = reading.event
        if type(event) is Message and not self._has_room() and not is_own(reading):
            self._skip(reading)
            return
        self._typed = None
        self._close_gap()
        self._screen.sink(reading)

    def unseen(self, reading: Reading) -> None:
        """The screen counts it."""
        self._screen.note(reading)

    def json(self, text: str) -> None:
        """Nothing here is JSON."""

    def text(self, text: str) -> None:
        """Lines of a view, with their colours."""
        self._typed = None
        self.above.write(f"{text}\n")
        self.above.flush()

    def notice(self, text: str) -> None:
        """A line of lksig's own."""
        if self._is_quiet:
            return
        self._typed = None
        self._stderr.write(f"{self._paint('notice', '=')} {text}\n")
        self._stderr.flush()

    def error(self, error: LksigError, line: str) -> None:
        """A mistake: a caret below what was typed, where that is still the last line and fits into one row."""
        at = None
        if self._typed is not None and self._typed[0] == line and getattr(error, "source", None) == line:
            at = self._typed[1]
            if "\n" in line or (self.width is not None and at + width_of(neutralise(line)) > self.width):
                at = None
        self._typed = None
        rows = error_lines(error, colour=self.colour, width=self.width, typed_at=at, scrub=self._scrub)
        # Where it was typed, wherever stderr goes: the caret stands below it.
        self.above.write("".join(f"{row}\n" for row in rows))
        self.above.flush()

    def close(self, code: int) -> None:
        """Everything was told."""
        self._close_gap()

    # --- the typed line ---------------------------------------------------------------------------------------------

    def typed(self, prompt: str, text: str) -> None:
        """A line was entered: it stays where it was typed."""
        first, *rest = text.split("\n")
        rows = [self._paint("name", prompt) + neutralise(first), *(CONTINUATION + neutralise(row) for row in rest)]
        self.above.write("".join(f"{row}\n" for row in rows))
        self._typed = None if rest else (text, width_of(prompt))

    # --- what is not shown ------------------------------------------------------------------------------------------

    def _has_room(self) -> bool:
        return self.above.has_room(1 if self._gap is None else RESUME_LINES)

    def _skip(self, reading: Reading) -> None:
        self.not_shown += 1
        n = reading.n or 0
        count, first, _ = self._gap or (0, n, n)
        self._gap = count + 1, first, n
        self._screen.note(reading)

    def _close_gap(self) -> None:
        if self._gap is None:
            return
        count, first, last = self._gap
        self._gap = None
        numbers = f"message {first}" if count == 1 else f"{count} messages ({first}-{last})"
        self.above.write(f"{self._paint('notice', '=')} {numbers} came too fast to be shown; `/show N` has them\n")
