"""What one participant did and another one saw: `alice update_metadata (12) → bob update (15)`, with the time between.

Both are sessions of one run, so both times are of one clock. What a server tells others about a participant is an
`update` that names it. What has changed in it since the last one says which requests can have caused it, and the oldest
of those that this seer has not yet seen the effect of is taken for the cause. Nothing on the wire says so: it is a
conclusion, and a request that is older than `MAX_AGE_NS` causes nothing.

Source: livekit_models.proto ParticipantInfo. Observed: livekit-server 1.13.5 tells one `update_metadata` in two
updates, the name first, the attributes then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from lksig.records import record
from lksig.schema.pool import TO_CLIENT
from lksig.wire.events import Message, Reading

EFFECTS: dict[str, tuple[str, ...]] = {
    "update_metadata": ("name", "metadata", "attributes"),
    "add_track": ("tracks",),
    "mute": ("tracks",),
    "update_audio_track": ("tracks",),
    "update_video_track": ("tracks",),
    "publish_data_track_request": ("data_tracks",),
    "unpublish_data_track_request": ("data_tracks",),
    "leave": ("state",),
}
"""Requests that change what others are told about a participant, and the fields of ParticipantInfo that they change."""

MAX_AGE_NS = 5_000_000_000
MAX_DONE = 100
"""Requests of one participant that may still be seen."""

_FIELDS = tuple(dict.fromkeys(field for fields in EFFECTS.values() for field in fields))


@record
class Crossing:
    """One thing that crossed from a participant to another."""

    actor: str
    case: str
    request: int
    """Number of the request."""
    seer: str
    update: int
    """Number of the message that told it."""
    took_ns: int

    @property
    def pair(self) -> tuple[str, str]:
        """The two ends, for statistics."""
        return f"{self.actor} {self.case}", f"{self.seer} update"


class _Done:
    """A request that others can see the effect of."""

    __slots__ = ("case", "n", "seen_by", "t_ns")

    def __init__(self, n: int, message: Message) -> None:
        self.n = n
        self.case = message.case or ""
        self.t_ns = message.t_ns
        self.seen_by: set[int] = set()


class Crossings:
    """Finds them while the readings pass."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._done: dict[str, deque[_Done]] = {}
        """By identity of who asked, the oldest first."""
        self._told: dict[tuple[int, str], dict[str, bytes]] = {}
        """Session of who was told and identity of whom → what was told last."""

    def add(self, session: int, identity: str | None) -> None:
        """One more participant of the run."""
        if identity is not None:
            self._names[session] = identity

    def observe(self, reading: Reading) -> Iterator[Crossing]:
        """What this reading shows to have crossed."""
        message = reading.event
        if type(message) is not Message or message.session not in self._names or message.case is None:
            return
        if message.direction is TO_CLIENT:
            yield from self._to_client(reading, message)
        elif message.case in EFFECTS and message.by == "user":
            done = self._done.setdefault(self._names[message.session], deque(maxlen=MAX_DONE))
            done.append(_Done(reading.n or 0, message))

    def _to_client(self, reading: Reading, message: Message) -> Iterator[Crossing]:
        body: Any = getattr(message.envelope, message.case or "")
        if message.case in ("join", "room_moved"):
            for info in body.other_participants:
                self._changes(message.session, info)
        elif message.case == "update":
            for info in body.participants:
                changed = self._changes(message.session, info)
                cause = self._cause(message, info.identity, changed)
                if cause is not None:
                    cause.seen_by.add(message.session)
                    seer, took_ns = self._names[message.session], message.t_ns - cause.t_ns
                    yield Crossing(info.identity, cause.case, cause.n, seer, reading.n or 0, took_ns)

    def _changes(self, seer: int, info: Any) -> set[str]:
        """The fields that differ from what this seer was told before; remembered for those who speak here."""
        if info.identity not in self._names.values() or self._names[seer] == info.identity:
            return set()
        now = {name: _bytes(info, name) for name in _FIELDS}
        before = self._told.get((seer, info.identity), {})
        self._told[seer, info.identity] = now
        return {name for name in _FIELDS if now[name] != before.get(name, b"")}

    def _cause(self, message: Message, identity: str, changed: set[str]) -> _Done | None:
        for done in self._done.get(identity, ()):
            is_recent = message.t_ns - done.t_ns <= MAX_AGE_NS
            if is_recent and message.session not in done.seen_by and changed.intersection(EFFECTS[done.case]):
                return done
        return None


def _bytes(info: Any, name: str) -> bytes:
    """One field alone on the wire, to be compared; map entries in the order of their keys."""
    alone = type(info)()
    alone.CopyFrom(info)
    for field, _ in info.ListFields():
        if field.name != name:
            alone.ClearField(field.name)
    return bytes(alone.SerializeToString(deterministic=True))
