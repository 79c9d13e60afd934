"""What a live command waits for: a number of messages (`-n`), a message that matches (`--until`, `--expect`).

Both look at messages to the client, unless the expression names a direction: for `-n` that is the filter it counts
behind. Answers to lksig's own messages are not counted by `-n`; an undecodable frame is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from lksig.schema.pool import TO_CLIENT
from lksig.wire.events import Close, Message, Reading

if TYPE_CHECKING:
    from lksig.schema.filter import Filter
    from lksig.session.facts import ReadingFacts


class Awaited:
    """A sink that notices when what is waited for has come.

    Args:
        facts: how a filter sees a reading.
        until: the expression of `--until` or `--expect`.
        count: the number of `-n`.
        shown: the filter of the command, which `-n` counts behind.
        on_came: called at once when it came, before the next reading.
    """

    def __init__(
        self,
        facts: Callable[[Reading], ReadingFacts],
        *,
        until: Filter | None = None,
        count: int | None = None,
        shown: Filter | None = None,
        on_came: Callable[[], None] = lambda: None,
    ) -> None:
        self._facts = facts
        self._until = until
        self._left = count
        self._shown = shown
        self.on_came = on_came
        self.came = asyncio.Event()

    @property
    def is_waiting(self) -> bool:
        """There is something to wait for."""
        return self._until is not None or self._left is not None

    def sink(self, reading: Reading) -> None:
        """Look at one reading."""
        if self.came.is_set():
            return
        if (self._until is not None and awaits(self._until, reading, self._facts)) or self._counts_down(reading):
            self.came.set()
            self.on_came()

    def _counts_down(self, reading: Reading) -> bool:
        event = reading.event
        if self._left is None or type(event) is not Message or reading.for_auto:
            return False
        if event.direction is not TO_CLIENT and not (self._shown is not None and self._shown.names_direction):
            return False
        if self._shown is not None and not self._shown.matches(self._facts(reading)):
            return False
        self._left -= 1
        return self._left <= 0


def awaits(expression: Filter, reading: Reading, facts: Callable[[Reading], ReadingFacts]) -> bool:
    """Whether a reading is one that `--until` or `--expect` with this expression waits for."""
    event = reading.event
    if type(event) is Message:
        if event.direction is not TO_CLIENT and not expression.names_direction:
            return False
    elif not isinstance(event, Close):
        return False
    return expression.matches(facts(reading))
