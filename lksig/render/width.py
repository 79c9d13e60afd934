"""How wide text is on a terminal, and text cut or filled to a width.

Text must have passed `safe_text` and must hold no colour yet: it is measured and cut first, painted afterwards, so
that no cut ever lands inside an escape sequence. Source of the widths: wcwidth, which prompt_toolkit brings along.
"""

from __future__ import annotations

from collections.abc import Sequence

ELLIPSIS = "…"


def width_of(text: str) -> int:
    """Terminal columns of a text; a wide character takes two, a combining one none."""
    if text.isascii():
        return len(text)
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        from wcwidth import wcswidth

        return max(wcswidth(text), 0)
    # Nothing wide or combining lies below U+0100, and nearly every line has a `·` or `×` of ours.
    return len(text)


def cut(text: str, width: int) -> str:
    """`text` where it fits into `width` columns, otherwise its beginning with `…` at the end."""
    if width_of(text) <= width:
        return text
    if width < 1:
        return ""
    room = width - 1
    # A character has at most two columns and at least none, so the cut lies at `room` characters or nearby.
    kept = text[:room]
    while width_of(kept) > room:
        kept = kept[:-1]
    return kept + ELLIPSIS


def fill(text: str, width: int) -> str:
    """`text` with blanks behind it up to `width` columns; never cut."""
    return text + " " * (width - width_of(text))


def fit(text: str, width: int) -> str:
    """`text` in exactly `width` columns: cut, or with blanks behind it."""
    missing = width - width_of(text)
    return text + " " * missing if missing >= 0 else fill(cut(text, width), width)


def aligned(rows: Sequence[Sequence[str]], gap: int = 2) -> list[str]:
    """Rows of cells as lines, each column as wide as its widest cell; no blanks at the ends of lines."""
    widths = [max(map(width_of, column)) for column in zip(*rows, strict=True)]
    blank = " " * gap
    return [blank.join(fill(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
