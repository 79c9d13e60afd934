"""What was probably meant: the known word nearest to a mistyped one, and lists of words as a sentence.

Rule: a guess is only made when it is close; a wrong one sends people further astray than none.
The distance is the optimal string alignment one (insert, delete, replace, swap two neighbours), because swapped letters
(`VIDOE`) are what fingers do; `difflib` measures something else and costs its import.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MAX_WORD = 48
"""Characters; longer words are no misspelling of anything in the schema, and comparing them costs time."""

MAX_LISTED = 12
"""Words of a list that are printed; a longer list is cut."""


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that `word` probably means, or None; case does not matter, ties go to the first."""
    if not 0 < len(word) <= MAX_WORD:
        return None
    typed = _plain(word)
    best: tuple[int, str] | None = None
    for choice in choices:
        known = _plain(choice)
        if known == typed:
            return choice
        # One edit in short words, a third of the letters in longer ones.
        allowed = max(1, min(len(typed), len(known)) // 3)
        distance = _distance(typed, known, allowed)
        if distance > allowed and len(typed) >= 3 and known.startswith(typed):
            # The start of a word is a guess of last resort: `publish_data` for `publish_data_track_request`.
            distance = 100 + len(known) - len(typed)
        elif distance > allowed:
            continue
        if best is None or distance < best[0]:
            best = (distance, choice)
    return best[1] if best else None


def _plain(word: str) -> str:
    """The letters and digits: `trackSids` and `track-sids` are `track_sids`."""
    return word.lower().replace("_", "").replace("-", "")


def _distance(a: str, b: str, limit: int) -> int:
    """Edits from `a` to `b`; any number above `limit` when there are more."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    above = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        row = [i]
        for j, right in enumerate(b, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]


def listed(words: Sequence[str], last: str = "or") -> str:
    """`A, B or C`; a long list is cut and says so."""
    shown = list(words) if len(words) <= MAX_LISTED else [*words[: MAX_LISTED - 1], "…"]
    return f"{', '.join(shown[:-1])} {last} {shown[-1]}" if len(shown) > 1 else "".join(shown)


def with_article(noun: str) -> str:
    """`a TrackType`, `an Encryption.Type`."""
    return f"{'an' if noun[:1].upper() in tuple('AEIO') else 'a'} {noun}"


def with_guess(text: str, guess: str | None) -> str:
    """The sentence, with what was probably meant behind it."""
    return f"{text} (did you mean {guess}?)" if guess else text
