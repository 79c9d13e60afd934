"""Ctrl-R: a search in the history, whose find stands in the line while the query stands in the toolbar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prompt_toolkit.document import Document

from lksig.render.safe_text import neutralise
from lksig.render.width import cut
from lksig.repl.fuzzy import ranked

if TYPE_CHECKING:
    from prompt_toolkit.buffer import Buffer

MAX_FOUND = 100


class HistorySearch:
    """A search that is open or not.

    Args:
        buffer: the line being typed, and its history.
    """

    def __init__(self, buffer: Buffer) -> None:
        self.is_open = False
        self.query = ""
        self.found: list[str] = []
        self._index = 0
        self._buffer = buffer
        self._before = Document()

    def open(self) -> None:
        """Begin, with what is typed as the query."""
        self.is_open = True
        self._before = self._buffer.document
        self._buffer.complete_state = None
        self.query = self._before.text.replace("\n", " ")
        self._look()

    def add(self, text: str) -> None:
        """Add to the query."""
        self.query += text
        self._look()

    def back(self) -> None:
        """Take the last character from the query."""
        self.query = self.query[:-1]
        self._look()

    def step(self, by: int) -> None:
        """To a find further down the list, or up."""
        if self.found:
            self._index = (self._index + by) % len(self.found)
        self._show()

    def close(self, *, keep: bool) -> None:
        """End; without `keep` the line is as it was."""
        self.is_open = False
        if not keep or not self.found:
            self._put(self._before)

    def bar_text(self, width: int) -> str:
        """What the toolbar says meanwhile."""
        where = f"{self._index + 1} of {len(self.found)}" if self.found else "nothing found"
        return cut(f" history: {neutralise(self.query)}▏ {where} · Enter takes it, Ctrl-R the next, Esc none", width)

    def _look(self) -> None:
        newest_first = reversed(self._buffer.history.get_strings())
        self.found = ranked(self.query, newest_first, MAX_FOUND)
        self._index = 0
        self._show()

    def _show(self) -> None:
        text = self.found[self._index] if self.found else ""
        self._put(Document(text, len(text)) if self.found else self._before)

    def _put(self, document: Document) -> None:
        self._buffer.document = document
        self._buffer.suggestion = None
