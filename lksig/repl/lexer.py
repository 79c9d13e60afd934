"""Colours while typing: which part of the line is a case, a field, a reference, a command.

Colour tells nothing that the words do not. Any text, finished or not, comes out as it went in, but for characters that
act on a terminal, which a stranger's name may hold that is pasted here: each is shown as one that does not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from prompt_toolkit.lexers import Lexer

from lksig.render.safe_text import masked
from lksig.repl.verbs import VERBS
from lksig.schema.lexer import Span, scan_line, skip_blanks

if TYPE_CHECKING:
    from prompt_toolkit.document import Document
    from prompt_toolkit.formatted_text import StyleAndTextTuples

MAX_CHARACTERS = 20_000
"""A longer text, pasted, is not coloured: every key would wait for it."""

Run = tuple[int, int, str]
"""From, to, and the style of it."""


def runs(text: str) -> list[Run]:
    """The parts of a text that have a style, in order."""
    first = skip_blanks(text, 0, len(text))
    if text[first : first + 1] in ("!", "|", "#"):
        return [(first, len(text), "class:comment" if text[first] == "#" else "class:verb")]
    words = scan_line(text).words
    if not words:
        return []
    if words[0].text.startswith("/"):
        known = words[0].text[1:] in VERBS
        return [(words[0].start, words[0].end, "class:verb" if known else "")]
    found: list[Run] = []
    for word in words:
        found += _word(word)
    return found


def _word(word: Span) -> list[Run]:
    from lksig.schema.pool import TO_SERVER, case_fields

    text = word.text
    if text in case_fields(TO_SERVER):
        return [(word.start, word.end, "class:case")]
    if text[:1] in "{%@":
        return [(word.start, word.end, "class:reference" if text[0] in "%@" else "")]
    path, sign, value = text.partition("=")
    if not sign:
        return []
    equals = word.start + len(path)
    parts = [(word.start, equals + 1, "class:field")]
    if value[:1] in ("%", "@") and value[:1] != value[1:2]:
        parts.append((equals + 1, word.end, "class:reference"))
    return parts


class LineLexer(Lexer):
    """Colours the line being typed."""

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """Gives the fragments of each row."""
        text = document.text
        styled = runs(text) if len(text) <= MAX_CHARACTERS else []
        shown = masked(text)
        rows: list[StyleAndTextTuples] = []
        at = 0
        for row in text.split("\n"):
            rows.append(_fragments(shown, at, at + len(row), styled))
            at += len(row) + 1
        return lambda number: rows[number] if number < len(rows) else []


def _fragments(text: str, start: int, end: int, styled: list[Run]) -> StyleAndTextTuples:
    """`text[start:end]` in pieces of one style each."""
    pieces: StyleAndTextTuples = []
    at = start
    for first, last, style in styled:
        first, last = max(first, at), min(last, end)
        if first >= last:
            continue
        if first > at:
            pieces.append(("", text[at:first]))
        pieces.append((style, text[first:last]))
        at = last
    if at < end:
        pieces.append(("", text[at:end]))
    return pieces
