"""What completion gives and what it asks for: suggestions, the part of the line they replace, the values of a session.

Rule: completion is a function of the text, the cursor and what is known. Values of a session reach it through `Known`,
which the layer above provides; nothing here has seen a message. Texts to insert are safe to type and to show, because
whatever is not plain is written as a JSON string.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from lksig.patterns import lazy_pattern
from lksig.records import record
from lksig.schema.docs import summary
from lksig.schema.typed_text import quoted
from lksig.schema.units import unit_of

if TYPE_CHECKING:
    from google.protobuf.descriptor import FieldDescriptor

    from lksig.schema.pool import Direction

MAX_ITEMS = 200
"""Suggestions that are given at once: more than anybody reads, few enough to be made between two keys."""

KnownKind = Literal[
    "own-track",
    "track",
    "own-data-track",
    "data-track",
    "participant",
    "identity",
    "cid",
    "pub-handle",
    "codec",
    "track-reference",
    "participant-reference",
    "message",
    "case",
]
"""`own-track` and `own-data-track` are sids of this session's own tracks, `track` and `data-track` those of others,
`participant` sids of participants. References are whole (`%cam1`, `%alice/cam`), messages numbers (`12`), and cases
those that came in this session."""

KnownValue = tuple[str, str]
"""A value as it is, and what it is: owner and name of a sid, for example. The second text is one line, and safe."""


class Known(Protocol):
    """What a session knows and completion can offer."""

    def values(self, kind: KnownKind) -> Sequence[KnownValue]:
        """The values of a kind, the likeliest first."""
        ...

    def keys(self, field: str) -> Sequence[KnownValue]:
        """The keys seen in a map, by its name (`attributes`), and what stood behind them."""
        ...

    def case_of(self, number: int) -> tuple[Direction, str] | None:
        """Which case message `number` is; None for one that is not known."""
        ...


class NothingKnown:
    """What is known without a session."""

    def values(self, kind: KnownKind) -> Sequence[KnownValue]:
        """None of them."""
        return ()

    def keys(self, field: str) -> Sequence[KnownValue]:
        """None of them."""
        return ()

    def case_of(self, number: int) -> tuple[Direction, str] | None:
        """No message is known."""
        return None


class Suggestion(NamedTuple):
    """One way to go on. A tuple, because hundreds are made between two keys."""

    text: str
    """What takes the place of the part that is replaced."""
    meaning: str = ""
    """One line: the documentation, or what a value of the session is."""
    label: str = ""
    """What a menu shows, where that is not `text`."""


@record
class Suggestions:
    """The ways to go on, and the part of the line, `text[start:end]`, that each of them replaces.

    `end` is behind the cursor when the cursor stands inside of a word: the word as a whole is replaced.
    """

    start: int
    end: int
    items: tuple[Suggestion, ...] = ()
    wants_file: bool = False
    """The name of a file is typed here: whoever has a disk looks at it, and inserts `written_file(name)`."""
    file_prefix: str = ""
    """What was typed of that name, without quotes."""


def nothing(cursor: int) -> Suggestions:
    """No way to go on."""
    return Suggestions(cursor, cursor)


_NAME = lazy_pattern(r"\w*")
_PLAIN_FILE = lazy_pattern(r"""[^\s"'\\]+""")


def name_end(text: str, cursor: int) -> int:
    """Where the name or value ends in which the cursor stands."""
    found = _NAME.match(text, cursor)
    return found.end() if found else cursor


def written_file(name: str) -> str:
    """The name of a file as it stands behind `@`."""
    return name if _PLAIN_FILE.fullmatch(name) and name.isprintable() else quoted(name)


def plain_prefix(typed: str) -> str:
    """The begun name of a file without the quote it may begin with."""
    return typed.removeprefix('"')


def fold(text: str) -> str:
    """Text as names are compared: `addTrack` is `add_track`."""
    return text.lower().replace("_", "")


def matching(items: Iterable[Suggestion], typed: str) -> tuple[Suggestion, ...]:
    """The items that begin with what was typed; if there are none, those that hold it, also in their meaning.

    A single item that is what was typed already says nothing, and is left out.
    """
    every = list(items)
    if not typed:
        return tuple(every[:MAX_ITEMS])
    wanted = fold(typed)
    found = [item for item in every if fold(item.label or item.text).startswith(wanted)]
    if not found:
        found = [item for item in every if wanted in fold(item.label or item.text) or wanted in fold(item.meaning)]
    if len(found) == 1 and typed == found[0].text:
        return ()
    return tuple(found[:MAX_ITEMS])


@functools.cache
def about_field(field: FieldDescriptor) -> str:
    """The documentation of a field in one line, with its unit."""
    unit = unit_of(field)
    return summary(field) + (f" [{unit}]" if unit else "")
