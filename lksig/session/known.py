"""What one session knows that can be typed: sids with name and owner, cids, identities, keys, references, messages.

It is the `Known` of `lksig.schema.suggestions`. Only what a name stands for without doubt is offered as a reference, by
the rules of `lksig.session.references`. Names of peers are written as they would be typed, so that no meaning holds a
character that acts on a terminal; no value of an attribute and no token is ever among them.

Memory is bounded: the roster has its own limits, and of everything else the newest is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from lksig.schema.pool import TO_CLIENT, Direction, enum_descriptor
from lksig.schema.references import written_name
from lksig.schema.scalars import enum_names
from lksig.schema.suggestions import KnownKind, KnownValue
from lksig.schema.typed_text import format_text
from lksig.session.roster import Roster
from lksig.wire.events import Message, Reading, Start

MAX_VALUES = 300
"""Of one kind that are offered, the newest of them; a list of more helps nobody."""

MAX_MESSAGES = 10_000
"""Messages whose case is remembered, as many as `%N` reaches."""

MAX_KEYS = 200
"""Keys of maps that are remembered."""

MAX_NAME = 40
"""Characters of a name in a meaning."""

_MARKS = {True: "<", False: ">"}
_ROSTER_CASES = {
    *("join", "room_moved", "update", "track_published", "track_unpublished"),
    *("publish_data_track_response", "unpublish_data_track_response"),
}


class KnownValues:
    """What is known in one session.

    Args:
        session: the number of the session whose participants and tracks are meant.
    """

    def __init__(self, session: int = 1) -> None:
        self._session = session
        self._roster = Roster()
        self._cases: dict[int, tuple[Direction, str]] = {}
        self._last: dict[str, int] = {}
        self._codecs: dict[str, None] = {}
        self._keys: dict[str, dict[str, None]] = {}
        self._made: dict[KnownKind, Sequence[KnownValue]] = {}

    # --- observing --------------------------------------------------------------------------------------------------

    def observe(self, reading: Reading) -> None:
        """Take note of a reading of the run, of any session."""
        event = reading.event
        if type(event) is Start and event.session == self._session:
            self._roster.identity = event.identity
        if type(event) is not Message or event.case is None or reading.n is None:
            return
        self._cases[reading.n] = event.direction, event.case
        if len(self._cases) > MAX_MESSAGES:
            del self._cases[next(iter(self._cases))]
        if event.session != self._session:
            return
        if event.by != "auto" and not reading.for_auto:
            self._last.pop(event.case, None)
            self._last[event.case] = reading.n
        self._look(event, getattr(event.envelope, event.case))

    def _look(self, message: Message, body: Any) -> None:
        case = message.case or ""
        if message.direction is TO_CLIENT and case in _ROSTER_CASES:
            self._roster.observe(case, body)
            self._made.clear()
        if case == "join":
            self._codecs = {codec.mime: None for codec in islice(body.enabled_publish_codecs, MAX_VALUES)}
        elif case == "update_metadata":
            self._note_keys("attributes", body.attributes)
        elif case in ("offer", "answer"):
            self._note_keys("mid_to_track_id", body.mid_to_track_id)

    def _note_keys(self, field: str, keys: Any) -> None:
        seen = self._keys.setdefault(field, {})
        for key in sorted(keys):
            seen.pop(key, None)
            seen[key] = None
        while len(seen) > MAX_KEYS:
            del seen[next(iter(seen))]

    # --- what is asked ----------------------------------------------------------------------------------------------

    def values(self, kind: KnownKind) -> Sequence[KnownValue]:
        """The values of a kind, the newest first."""
        if kind == "message":
            return tuple(self._messages())
        if kind == "case":
            return tuple((case, f"message {n}") for case, n in reversed(self._last.items()))
        if kind not in self._made:
            self._made[kind] = tuple(islice(_MAKERS[kind](self), MAX_VALUES))
        return self._made[kind]

    def keys(self, field: str) -> Sequence[KnownValue]:
        """The keys seen in a map, and whose they are."""
        found: dict[str, str] = {}
        if field == "attributes" and self._roster.me is not None:
            found = dict.fromkeys(sorted(self._roster.me.attributes), "an attribute of yours")
        for key in reversed(self._keys.get(field, {})):
            found.setdefault(key, "seen in this session")
        if field == "attributes":
            for info in islice(reversed(self._roster.people.values()), MAX_VALUES):
                for key in sorted(info.attributes)[:MAX_KEYS]:
                    found.setdefault(key, f"an attribute of {_name(info.identity)}")
        return tuple(islice(found.items(), MAX_KEYS))

    def case_of(self, number: int) -> tuple[Direction, str] | None:
        """Which case message `number` is; None for one that is not known."""
        return self._cases.get(number)

    # --- what is known ----------------------------------------------------------------------------------------------

    def _messages(self) -> Iterator[KnownValue]:
        for number, (direction, case) in islice(reversed(self._cases.items()), MAX_VALUES):
            yield str(number), f"{_MARKS[direction is TO_CLIENT]} {case}"

    def _own(self, kind: str) -> Iterator[Any]:
        return (info for info in reversed(self._roster.own_tracks.values()) if info.DESCRIPTOR.name == kind)

    def _own_tracks(self) -> Iterator[KnownValue]:
        cids = {sid: cid for cid, sid in self._roster.own_cids.items()}
        for info in self._own("TrackInfo"):
            cid = cids.get(info.sid, "")
            yield info.sid, _about_track(info, "you") + (f", cid {_name(cid)}" if cid else "")

    def _others(self) -> Iterator[Any]:
        """Everybody else, who came last first."""
        me = self._roster.me
        return (info for info in reversed(self._roster.people.values()) if me is None or info.identity != me.identity)

    def _tracks(self) -> Iterator[KnownValue]:
        return ((track.sid, _about_track(track, info.identity)) for info in self._others() for track in info.tracks)

    def _own_data_tracks(self) -> Iterator[KnownValue]:
        return ((info.sid, _about_track(info, "you")) for info in self._own("DataTrackInfo"))

    def _data_tracks(self) -> Iterator[KnownValue]:
        found = ((track, info.identity) for info in self._others() for track in info.data_tracks)
        return ((track.sid, _about_track(track, owner)) for track, owner in found)

    def _participants(self) -> Iterator[KnownValue]:
        return ((info.sid, _about_person(info, info.identity)) for info in self._people())

    def _identities(self) -> Iterator[KnownValue]:
        return ((info.identity, _about_person(info, info.sid)) for info in self._people())

    def _people(self) -> Iterator[Any]:
        yield from self._others()
        if self._roster.me is not None:
            yield self._roster.me

    def _cids(self) -> Iterator[KnownValue]:
        for cid, sid in reversed(self._roster.own_cids.items()):
            info = self._roster.own_tracks.get(sid)
            yield cid, _about_track(info, "you") if info is not None else "a track of yours that is gone"

    def _handles(self) -> Iterator[KnownValue]:
        return ((str(info.pub_handle), _about_track(info, "you")) for info in self._own("DataTrackInfo"))

    def _codec_names(self) -> Iterator[KnownValue]:
        return ((codec, "enabled by the server") for codec in self._codecs)

    # --- references -------------------------------------------------------------------------------------------------

    def _is_clear(self, name: str) -> bool:
        """Whether a name fits one thing only."""
        tracks, by_cid = self._roster.own_tracks, self._roster.own_cids.get(name)
        fitting = sum(1 for sid, info in tracks.items() if sid == by_cid or info.name == name)
        return fitting + (name in self._roster.people) == 1

    def _track_references(self) -> Iterator[KnownValue]:
        cids = {sid: cid for cid, sid in self._roster.own_cids.items()}
        for sid, info in reversed(self._roster.own_tracks.items()):
            name = next((name for name in (cids.get(sid), info.name) if name and self._is_clear(name)), None)
            if name is not None:
                yield f"%{written_name(name)}", _about_track(info, "you")
        for person in self._others():
            for track, name in _called(person) if person.identity else ():
                yield f"%{written_name(person.identity)}/{written_name(name)}", _about_track(track, person.identity)

    def _participant_references(self) -> Iterator[KnownValue]:
        for info in self._others():
            if info.identity and self._is_clear(info.identity):
                yield f"%{written_name(info.identity)}", _about_person(info, info.sid)


_MAKERS: dict[KnownKind, Callable[[KnownValues], Iterator[KnownValue]]] = {
    "own-track": KnownValues._own_tracks,
    "track": KnownValues._tracks,
    "own-data-track": KnownValues._own_data_tracks,
    "data-track": KnownValues._data_tracks,
    "participant": KnownValues._participants,
    "identity": KnownValues._identities,
    "cid": KnownValues._cids,
    "pub-handle": KnownValues._handles,
    "codec": KnownValues._codec_names,
    "track-reference": KnownValues._track_references,
    "participant-reference": KnownValues._participant_references,
}


def _called(person: Any) -> Iterator[tuple[Any, str]]:
    """The tracks of a participant that a name, or their source, fits alone."""
    tracks = [(track, track.name, _source(track)) for track in (*person.tracks, *person.data_tracks)]
    for track, *names in tracks:
        for name in names:
            fitting = [one for one, called, source in tracks if name == called or name.lower() == source]
            if name and len(fitting) == 1:
                yield track, name
                break


def _source(track: Any) -> str:
    """The source of a media track in lower case; empty where it is not told."""
    source = getattr(track, "source", 0)
    return enum_names(enum_descriptor("TrackSource")).get(source, "").lower() if source else ""


def _name(text: str) -> str:
    """A name of a peer as it would be typed, cut where it is long."""
    return format_text(text if len(text) <= MAX_NAME else f"{text[: MAX_NAME - 1]}…")


def _about_track(track: Any, owner: str) -> str:
    """`cam of alice, VIDEO CAMERA 1280x720, muted`."""
    name = _name(track.name) if track.name else _source(track) or "a track"
    parts = [f"{name} of {_name(owner)}"]
    if track.DESCRIPTOR.name == "DataTrackInfo":
        parts.append(f"data track {track.pub_handle}")
    else:
        kind = enum_names(enum_descriptor("TrackType")).get(track.type, str(track.type))
        words = [kind, _source(track).upper(), f"{track.width}x{track.height}" if track.width else ""]
        parts.append(" ".join(word for word in words if word))
        parts += ["muted"] * track.muted
    return ", ".join(parts)


def _about_person(info: Any, other: str) -> str:
    """`alice "Alice A.", 2 tracks`."""
    name = f" {_name(info.name)}" if info.name else ""
    count = len(info.tracks) + len(info.data_tracks)
    tracks = f"{count} track{'' if count == 1 else 's'}" if count else "no tracks"
    return f"{_name(other)}{name}, {tracks}"
