"""The prompt on plain streams: what a pipe reads, one line a message, or JSON lines.

Rule: readings look as everywhere else, so the screen of the other live commands shows them. What is asked for goes to
stdout, under `--json` as a line of kind `view`; notices and mistakes go to stderr as they come, because whoever feeds
the pipe may wait for them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

from lksig.render.errors import error_json, error_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from lksig.errors import LksigError
    from lksig.wire.events import Reading


MAX_COLUMNS = 1_000
"""A mistake in a longer line is shown with what stands around it."""


class Screen(Protocol):
    """What shows readings on plain streams."""

    @property
    def is_json(self) -> bool:
        """Everything is JSON lines."""

    def sink(self, reading: Reading) -> None:
        """Show a reading."""

    def note(self, reading: Reading) -> None:
        """Take note of a reading that is not shown."""

    def data(self, text: str) -> None:
        """A line of stdout."""

    def notice(self, text: str) -> None:
        """A line of stderr, whatever is silenced."""

    def warn(self, code: str, text: str) -> None:
        """A warning."""


class PlainOutput:
    """An `Output` over a screen.

    Args:
        is_quiet: no notices.
        scrub: overwrites secrets in a text with as many characters.
    """

    width: int | None = None
    colour = False

    def __init__(self, screen: Screen, *, is_quiet: bool, scrub: Callable[[str], str]) -> None:
        self._screen = screen
        self.is_json = screen.is_json
        self._is_quiet = is_quiet
        self._scrub = scrub
        self._errors: dict[int, LksigError] = {}
        """The first one of each exit code."""

    def reading(self, reading: Reading) -> None:
        """A line of the screen."""
        self._screen.sink(reading)

    def unseen(self, reading: Reading) -> None:
        """The screen counts it."""
        self._screen.note(reading)

    def text(self, text: str) -> None:
        """Lines of stdout."""
        if self.is_json:
            self._screen.data(json.dumps({"kind": "view", "text": text}, separators=(",", ":")))
            return
        for line in text.split("\n"):
            self._screen.data(line)

    def json(self, text: str) -> None:
        """A line of stdout."""
        self._screen.data(text)

    def notice(self, text: str) -> None:
        """A line of stderr."""
        if self.is_json:
            self._screen.warn("prompt", text)
        elif not self._is_quiet:
            self._screen.notice(f"= {text}")

    def error(self, error: LksigError, line: str) -> None:
        """A mistake with its caret; under `--json` a warning at once, as the one error is for the end."""
        self._errors.setdefault(int(error.exit_code), error)
        if self.is_json:
            self._screen.warn(error.code, self._scrub(error.text))
            return
        for row in error_lines(error, width=MAX_COLUMNS, scrub=self._scrub):
            self._screen.notice(row)

    def close(self, code: int) -> None:
        """Under `--json` the one error that decided over the exit."""
        chosen = self._errors.get(code)
        if self.is_json and chosen is not None and code >= 2:
            self._screen.notice(error_json(chosen, self._scrub))
