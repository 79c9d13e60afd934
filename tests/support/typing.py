"""Completion in tests: a session that is known, a cursor in a line, and what a choice makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction
from lksig.schema.suggestions import KnownKind, KnownValue, Suggestions

CURSOR = "¦"
"""Where the cursor stands in a line of a test; without it at the end."""


class FakeKnown:
    """What a test says is known."""

    def __init__(
        self,
        values: Mapping[KnownKind, Sequence[KnownValue]] | None = None,
        keys: Mapping[str, Sequence[KnownValue]] | None = None,
        cases: Mapping[int, tuple[Direction, str]] | None = None,
    ) -> None:
        self._values = dict(values or {})
        self._keys = dict(keys or {})
        self._cases = dict(cases or {})

    def values(self, kind: KnownKind) -> Sequence[KnownValue]:
        return self._values.get(kind, ())

    def keys(self, field: str) -> Sequence[KnownValue]:
        return self._keys.get(field, ())

    def case_of(self, number: int) -> tuple[Direction, str] | None:
        return self._cases.get(number)


ROOM = FakeKnown(
    {
        "own-track": [("TR_own", "cam of you, VIDEO CAMERA")],
        "track": [("TR_alice", "mic of alice, AUDIO MICROPHONE"), ("TR odd", 'a track of "Ann B."')],
        "own-data-track": [("DTR_own", "pose of you")],
        "data-track": [("DTR_alice", "chat of alice")],
        "participant": [("PA_alice", "alice"), ("PA_me", "probe")],
        "identity": [("alice", "PA_alice"), ("Ann B.", "PA_ann"), ("and", "PA_and")],
        "cid": [("cam1", "cam of you")],
        "pub-handle": [("1", "pose of you")],
        "codec": [("video/VP8", "enabled by the server")],
        "track-reference": [("%cam1", "cam of you"), ("%alice/cam", "cam of alice"), ('%"Ann B."/cam', "of Ann")],
        "participant-reference": [("%alice", "PA_alice")],
        "message": [("9", "< pong"), ("4", "< track_published"), ("3", "> add_track"), ("2", "> mute"), ("1", "?")],
        "case": [("track_published", "message 4")],
    },
    {"attributes": [("mood", "yours"), ("lk.mood", "of alice"), ("a=b", "odd")]},
    {
        2: (TO_SERVER, "mute"),
        3: (TO_SERVER, "add_track"),
        4: (TO_CLIENT, "track_published"),
        9: (TO_CLIENT, "pong"),
    },
)


def split_cursor(line: str) -> tuple[str, int]:
    """The text of a line of a test, and the place of its cursor."""
    text, _, behind = line.partition(CURSOR)
    return text + behind, len(text)


def texts(found: Suggestions) -> list[str]:
    """What would be inserted."""
    return [item.text for item in found.items]


def chosen(text: str, found: Suggestions, index: int = 0) -> str:
    """The line after one of the items was chosen."""
    return text[: found.start] + found.items[index].text + text[found.end :]
