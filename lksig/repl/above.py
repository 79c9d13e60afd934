"""What is printed above the line being typed: everything, in frames, so that the line is never broken by it.

While a terminal is attached, text is collected and handed over as one piece per frame: at once while little comes (the
answer to a request waits for nothing), and about thirty times a second while much does. Without one, before the first
prompt and behind the last, text goes straight to its stream.

Rule: what is written is shown. Too much is kept away before it is written: whoever writes asks `has_room`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TextIO

FRAME_S = 1 / 30
"""Time between two frames while much is printed. More of them nobody sees; each costs a redraw of the prompt."""

SOON_S = 0.002
"""A frame waits so long for company: a line, what it sends, and what answers on a near server are drawn together."""

FREE_FRAMES = 12
"""Frames that may follow each other as soon as that: a person's line, its answer, a view."""

LINES_PER_S = 3000
"""More than anybody reads; drawing them takes a quarter of the time there is between keys."""

MAX_BURST_LINES = 4000
"""What may come at once, and what is kept while another program has the terminal."""

Paint = Callable[[str], None]
"""Prints whole lines above the prompt."""


class Above:
    """Collects text and prints it in frames.

    Args:
        stdout: where the terminal is.
    """

    def __init__(self, stdout: TextIO) -> None:
        self.stdout = stdout
        self._paint: Paint | None = None
        self._is_held = False
        self._pieces: list[str] = []
        self._rest = ""
        """The line that has no end yet."""
        self._lines = 0
        self._frames = float(FREE_FRAMES)
        self._room = float(MAX_BURST_LINES)
        self._refilled_s = 0.0
        self._due: asyncio.Handle | None = None

    # --- who prints -------------------------------------------------------------------------------------------------

    def attach(self, paint: Paint) -> None:
        """A prompt is on the screen from now on; `paint` prints above it."""
        self._paint = paint
        self._refilled_s = asyncio.get_running_loop().time()

    def detach(self) -> None:
        """The prompt is gone; what waits is printed."""
        self._paint = None
        self._is_held = False
        if self._due is not None:
            self._due.cancel()
            self._due = None
        text = "".join(self._pieces) + self._rest
        self._pieces, self._rest, self._lines = [], "", 0
        if text:
            self.stdout.write(text)
            self.stdout.flush()

    def hold(self) -> None:
        """Another program has the terminal: print nothing until `release`."""
        self.paint()
        self._is_held = True

    def release(self) -> None:
        """Print again."""
        self._is_held = False
        self.paint()

    # --- what is printed --------------------------------------------------------------------------------------------

    def write(self, text: str) -> None:
        """Print text; a line appears when it is whole."""
        if self._paint is None:
            self.stdout.write(text)
            return
        whole, end, rest = text.rpartition("\n")
        if not end:
            self._rest += rest
            return
        self._pieces.append(f"{self._rest}{whole}\n")
        self._lines += whole.count("\n") + 1
        self._room -= whole.count("\n") + 1
        self._rest = rest
        self._schedule()

    def flush(self) -> None:
        """Hand over what was written straight to the stream."""
        if self._paint is None:
            self.stdout.flush()

    def has_room(self, lines: int = 1) -> bool:
        """Whether so many lines more can be drawn without keeping keys waiting."""
        if self._paint is None:
            return True
        self._refill()
        return self._room >= lines and self._lines + lines <= MAX_BURST_LINES

    def paint(self) -> None:
        """Print at once what was written so far."""
        if self._due is not None:
            self._due.cancel()
            self._due = None
        if self._paint is None or self._is_held or not self._pieces:
            return
        text = "".join(self._pieces)
        self._pieces, self._lines = [], 0
        self._paint(text)

    # --- when -------------------------------------------------------------------------------------------------------

    def _schedule(self) -> None:
        if self._due is not None or self._is_held:
            return
        self._refill()
        self._frames -= 1
        delay_s = max(-self._frames * FRAME_S, SOON_S)
        self._due = asyncio.get_running_loop().call_later(delay_s, self.paint)

    def _refill(self) -> None:
        now_s = asyncio.get_running_loop().time()
        passed_s = now_s - self._refilled_s
        self._refilled_s = now_s
        self._frames = min(self._frames + passed_s / FRAME_S, float(FREE_FRAMES))
        self._room = min(self._room + passed_s * LINES_PER_S, float(MAX_BURST_LINES))


class AboveStream:
    """A standard stream whose text is printed above the prompt; everything else is the real one's.

    Args:
        real: the stream of the process.
    """

    def __init__(self, above: Above, real: TextIO) -> None:
        self._above = above
        self._real = real

    def write(self, text: str) -> int:
        """Print text above."""
        self._above.write(text)
        return len(text)

    def flush(self) -> None:
        """Lines appear by themselves."""
        self._above.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)
