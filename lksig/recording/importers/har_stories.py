"""Which requests of a HAR belong together: sockets and probes of one participant become one story.

The rule: a socket that resumes belongs to the story whose participant it names; a try that was refused belongs to the
next one of the same client; a probe belongs to the try before it. All other sockets are stories of their own.

Source: livekit-server 1.13.5 pkg/service/rtcservice.go (`reconnect` and `sid` on v0, `JoinRequest` on v1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lksig.recording.importers.har_entries import Exchange, are_characters, message_bytes, message_ns
from lksig.schema.pool import TO_CLIENT
from lksig.wire.codec import decode_frame

if TYPE_CHECKING:
    from lksig.wire import events

_FIRST_FRAMES = 8
"""Among so many stands the `join`."""


def first_ns(one: Exchange) -> int | None:
    """When its first message passed; None where none did."""
    times = (message_ns(frame.get("time")) for frame in one.frames or () if isinstance(frame, dict))
    return next((time for time in times if time is not None), None)


def begin_ns(one: Exchange) -> int:
    """When it began: the date of an entry is missing, or is of another clock than its messages."""
    first = first_ns(one)
    return one.started_ns if first is None or 0 < one.started_ns <= first else first


class Story:
    """One session: its sockets and probes."""

    def __init__(self, number: int, first: Exchange) -> None:
        self.number = number
        self.exchanges: list[tuple[int, Exchange]] = []
        """With the number of the socket."""
        self.sockets = 0
        """That opened."""
        self.sid: str | None = None
        self.first = first
        self.room, self.identity = first.room, first.identity

    def add(self, one: Exchange) -> None:
        self.exchanges.append((max(1, self.sockets + one.is_upgrade), one))
        if not one.is_open:
            return
        if not self.sockets:
            self.first = one
        self.sockets += 1
        joined = _joined(one)
        if joined is not None and self.sid is None:
            self.sid = joined.participant.sid
            self.room, self.identity = (
                self.room or joined.room.name or None,
                self.identity or joined.participant.identity or None,
            )

    def is_of(self, one: Exchange) -> bool:
        """Whether the same client asks."""
        mine = self.exchanges[0][1]
        return _netloc(mine) == _netloc(one) and _client(mine) == _client(one)


class Stories:
    """Finds out what belongs together."""

    def __init__(self) -> None:
        self.stories: list[Story] = []

    def add(self, one: Exchange) -> None:
        """Another socket, in the order of time."""
        story = self._resumed(one) if one.resumes is not None else None
        story = story or next((told for told in reversed(self.stories) if not told.sockets and told.is_of(one)), None)
        (story or self._new(one)).add(one)

    def _resumed(self, one: Exchange) -> Story | None:
        told = [story for story in reversed(self.stories) if story.sockets and _netloc(story.first) == _netloc(one)]
        if one.resumes:
            return next((story for story in told if story.sid == one.resumes), None)
        return next((story for story in told if story.is_of(one)), None)

    def add_probe(self, probe: Exchange) -> None:
        """A request of `/validate`: of the last try before it."""
        told = [
            (story, socket, one)
            for story in self.stories
            for socket, one in story.exchanges
            if one.is_upgrade and _netloc(one) == _netloc(probe)
        ]
        told = [found for found in told if _client(found[2]) == _client(probe)] or told
        before = [found for found in told if found[2].started_ns <= probe.started_ns]
        if not told:
            self._new(probe).add(probe)
            return
        story, socket, _ = max(before, key=lambda found: found[2].started_ns) if before else told[0]
        story.exchanges.append((socket, probe))

    def _new(self, first: Exchange) -> Story:
        self.stories.append(Story(len(self.stories) + 1, first))
        return self.stories[-1]


def _netloc(one: Exchange) -> str:
    return one.url.partition("://")[2].partition("/")[0]


def _client(one: Exchange) -> tuple[str | None, ...]:
    """Who asks: a token is renewed, the one who holds it stays."""
    return (one.room, one.identity) if one.identity is not None else (one.token,)


def _joined(one: Exchange) -> Any:
    """The `join` of a socket; None where it has none."""
    as_characters = are_characters(one.frames or [])
    for message in (one.frames or [])[:_FIRST_FRAMES]:
        if isinstance(message, dict) and message.get("type") == "receive":
            try:
                raw = message_bytes(message, as_characters=as_characters)
            except ValueError:
                continue
            encoding: events.Encoding = "json" if message.get("opcode") == 1 else "protobuf"
            told = decode_frame(raw, direction=TO_CLIENT, encoding=encoding, t_ns=0, by="server")
            if told.case == "join":
                envelope: Any = told.envelope
                return envelope.join
    return None
