"""What one participant did and another one saw: `alice update_metadata (12) → bob update (15)`, with the time between.

Both are sessions of one run, so both times are of one clock. What a server tells others about a participant is an
`update` that names it; the last request before it that can have caused it is taken for the cause. That is a guess, as
nothing on the wire says so: a request that is older than `MAX_AGE_NS` causes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lksig.records import record
from lksig.schema.pool import TO_SERVER
from lksig.wire.events import Message, Reading

SEEN_CASES = frozenset(
    {
        "add_track",
        "mute",
        "update_metadata",
        "update_audio_track",
        "update_video_track",
        "publish_data_track_request",
        "unpublish_data_track_request",
        "leave",
    }
)
"""Requests that change what others are told about a participant."""

MAX_AGE_NS = 5_000_000_000


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


class Crossings:
    """Finds them while the readings pass."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._done: dict[int, Reading] = {}
        """The last request of each session that others can see."""
        self._seen: set[tuple[int, int]] = set()
        """Request and seer: each is told once."""

    def add(self, session: int, identity: str | None) -> None:
        """One more participant of the run."""
        if identity is not None:
            self._names[session] = identity

    def observe(self, reading: Reading) -> Iterator[Crossing]:
        """What this reading shows to have crossed."""
        message = reading.event
        if type(message) is not Message:
            return
        if message.direction is TO_SERVER:
            if message.by == "user" and message.case in SEEN_CASES:
                self._done[message.session] = reading
                self._seen = {(n, seer) for n, seer in self._seen if any(done.n == n for done in self._done.values())}
        elif message.case == "update" and message.session in self._names:
            yield from self._told(reading, message)

    def _told(self, reading: Reading, message: Message) -> Iterator[Crossing]:
        envelope: Any = message.envelope
        named = {info.identity for info in envelope.update.participants}
        for session, done in self._done.items():
            key = (done.n or 0, message.session)
            took_ns = message.t_ns - done.event.t_ns
            if session == message.session or key in self._seen or self._names.get(session) not in named:
                continue
            self._seen.add(key)
            if took_ns <= MAX_AGE_NS:
                actor, seer = self._names[session], self._names[message.session]
                yield Crossing(actor, done.event.case, done.n or 0, seer, reading.n or 0, took_ns)
