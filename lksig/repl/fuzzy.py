"""Finding lines of the history by some of their letters: `adtv` finds `add_track cid=cam1 type=VIDEO`.

The letters must stand in the line in their order; a query in small letters takes both cases. Better is what holds them
together, at beginnings of words, and was typed later.
"""

from __future__ import annotations

from collections.abc import Iterable

TOGETHER = 8
"""For a letter directly behind the one before."""
BEGINNING = 6
"""For a letter that begins a word."""
MAX_GAP_COST = 3


def score(query: str, text: str) -> int | None:
    """How well a text holds the letters of a query; None where it does not."""
    if not query:
        return 0
    wanted = query if query != query.lower() else None
    letters = text if wanted else text.lower()
    query = wanted or query.lower()
    if query in letters:
        at = letters.index(query)
        return len(query) * TOGETHER + (BEGINNING if _begins(letters, at) else 0) + TOGETHER
    best: int | None = None
    start = letters.find(query[0])
    # Where the first letter stands decides over the rest; a line has few places for it, and is short.
    for _ in range(MAX_STARTS):
        if start < 0:
            break
        found = _from(query, letters, start)
        if found is None:
            break
        best = found if best is None else max(best, found)
        start = letters.find(query[0], start + 1)
    return best


MAX_STARTS = 16
"""Places of the first letter that are tried."""


def _from(query: str, letters: str, at: int) -> int | None:
    total = BEGINNING if _begins(letters, at) else 0
    for letter in query[1:]:
        found = letters.find(letter, at + 1)
        if found < 0:
            return None
        gap = found - at - 1
        if not gap:
            total += TOGETHER
        elif _begins(letters, found):
            total += BEGINNING
        else:
            total -= min(gap, MAX_GAP_COST)
        at = found
    return total


def _begins(letters: str, at: int) -> bool:
    return at == 0 or not letters[at - 1].isalnum()


def ranked(query: str, lines: Iterable[str], limit: int) -> list[str]:
    """The best lines first.

    Args:
        lines: the newest first; a line that comes again counts once.
    """
    scored = []
    for age, line in enumerate(dict.fromkeys(lines)):
        points = score(query, line)
        if points is not None:
            scored.append((-points, age, line))
    return [line for _, _, line in sorted(scored)[:limit]]
