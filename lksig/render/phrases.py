"""Small phrases that the hand-written summaries are made of."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from lksig.schema.pool import enum_descriptor

if TYPE_CHECKING:
    from lksig.render.summaries import Summaries
    from lksig.wire.events import Reading

    Case = Callable[[Summaries, Any, Reading], str]
    """Tells the body of one case."""

MAX_NAMED = 8
"""Participants, tracks, speakers… that a line names; the rest is counted."""

SEPARATOR = " · "


class Names(dict[int, str]):
    """An enum's names by number; a number it does not know stays a number."""

    def __missing__(self, number: int) -> str:
        return str(number)


@functools.cache
def names_of(enum: str) -> Names:
    """The names of an enum of package `livekit`, by short or dotted nested name."""
    return Names({value.number: value.name for value in enum_descriptor(enum).values})


def counted(count: int, noun: str) -> str:
    """`1 section`, `3 sections`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def joined(shown: Sequence[str], total: int, separator: str = ", ") -> str:
    """What is shown, and how many more there are."""
    more = [f"+{total - len(shown)} more"] if total > len(shown) else []
    return separator.join([*shown, *more])


def some(items: Any, tell: Callable[[Any], str], separator: str = ", ") -> str:
    """The first few items in words, and how many more there are; empty for nothing."""
    if not items:
        return ""
    count = len(items)
    if count <= MAX_NAMED:
        return separator.join([tell(item) for item in items])
    return joined([tell(item) for item in items[:MAX_NAMED]], count, separator)


def listed(title: str, items: Any, tell: Callable[[Any], str]) -> str | None:
    """`some` with a title in front; None for nothing."""
    return f"{title} {some(items, tell)}" if items else None


def parts(*found: str | None) -> str:
    """The parts that are there, with a dot between them."""
    return SEPARATOR.join([part for part in found if part])
