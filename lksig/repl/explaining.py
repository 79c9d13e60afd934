"""What the toolbar says about a line while it is typed: the command, or the field under the cursor."""

from __future__ import annotations

from lksig.render.width import cut
from lksig.repl import toolbar
from lksig.repl.verbs import VERBS

MAX_CHARACTERS = 10_000
"""In a longer text, pasted, nothing is explained and nothing completed."""

MAX_WIDTH = 400
"""Columns of an explanation that is kept to be cut to the terminal's width."""


class Explainer:
    """Explains a line; the last explanation is kept, because the toolbar is drawn more often than keys are pressed."""

    def __init__(self) -> None:
        self._last: tuple[str, int, str] | None = None

    def text(self, line: str, cursor: int, width: int) -> str:
        """The explanation in at most `width` columns; empty where nothing can be said."""
        if line.startswith("/"):
            verb = VERBS.get((line[1:].split(None, 1) or [""])[0])
            return toolbar.verb_text(verb, width) if verb is not None else ""
        if len(line) > MAX_CHARACTERS:
            return ""
        if self._last is None or self._last[:2] != (line, cursor):
            from lksig.schema.signature import signature

            found = signature(line, cursor)
            self._last = line, cursor, toolbar.signature_text(found, MAX_WIDTH) if found is not None else ""
        return cut(self._last[2], width)
