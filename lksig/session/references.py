"""What a reference means in a session: `%4.track.sid`, `%self`, `%cam1`, `%bob/cam`, `%last.track_published.track.sid`.

    %NAME       an own track by cid, then by name, or a participant by identity. Strangers choose names: one that fits
                two things is refused, so that nobody can slip into somebody else's place by calling himself so.
    %OWNER/…    a track of a participant, by name or by source (`camera`, `microphone`).
    %last.CASE  the newest message of that case that lksig's own pings and fences did not cause.

What is not there yet waits for the answer that will bring it (`NotYet`); what was refused never comes (`Refused`); what
nothing can bring is an InputError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lksig.schema.nearest import nearest
from lksig.schema.paths import is_map, value_at
from lksig.schema.pool import TO_CLIENT, enum_descriptor
from lksig.schema.scalars import enum_names
from lksig.session.own_requests import OwnRequest, OwnRequests
from lksig.session.recent import RecentMessages
from lksig.session.roster import Roster
from lksig.session.sequence import NotYet, Refused
from lksig.wire.events import Message, Reading, Start

if TYPE_CHECKING:
    from lksig.schema.references import Reference
    from lksig.schema.requests import ParsedRequest


class ReferenceBook:
    """Gives the values of references in one session.

    Args:
        session: the number of the session whose participants and tracks are meant.
        recent: the messages that `%N` reaches, where somebody else holds them already; then they are not added here.
    """

    def __init__(self, session: int = 1, recent: RecentMessages | None = None) -> None:
        self._session = session
        self._holds_recent = recent is None
        self._recent = RecentMessages() if recent is None else recent
        self._roster = Roster()
        self._own = OwnRequests()
        self._last: dict[str, Reading] = {}

    def observe(self, reading: Reading) -> None:
        """Take note of a reading of the run, of any session."""
        message = reading.event
        if type(message) is Start and message.session == self._session:
            self._roster.identity = message.identity
        if type(message) is not Message:
            return
        if self._holds_recent:
            self._recent.add(reading)
        if message.session != self._session or message.case is None:
            return
        if message.case == "join":
            self._own.forget_sent()
        self._own.observe(reading)
        if message.direction is TO_CLIENT:
            self._roster.observe(message.case, getattr(message.envelope, message.case))
        if message.by != "auto" and not reading.for_auto:
            self._last[message.case] = reading

    def announce(self, request: ParsedRequest) -> None:
        """This request will be sent, behind all that were announced before."""
        self._own.announce(request)

    def withdraw(self, request: ParsedRequest) -> None:
        """This announced request will not be sent: what it would have brought counts as refused."""
        self._own.withdraw(request)

    def resolve(self, reference: Reference) -> object:
        """The value of a reference, `NotYet`, or `Refused`.

        Texts, numbers, booleans, bytes, messages and lists; enums by name, or number where they have none.

        Raises:
            InputError: it fits two things, names nothing, or leads to no value.
        """
        kind = reference.root.kind
        if kind == "message":
            return self._message(reference)
        if kind == "last":
            return self._newest(reference)
        if self._roster.me is None and kind != "name":
            return NotYet("the join")
        if kind == "self":
            return _value(reference, self._roster.me)
        return self._track(reference) if kind == "track" else self._name(reference)

    # --- messages ---------------------------------------------------------------------------------------------------

    def _message(self, reference: Reference) -> object:
        n = reference.root.number
        if n > self._recent.newest:
            return NotYet(f"message {n}")
        reading = self._recent.get(n)
        if reading is None:
            what = f"message {n} is no longer held" if n else "messages are numbered from 1"
            raise reference.span.mistake(what, code="not-held")
        return _body(reference, reading)

    def _newest(self, reference: Reference) -> object:
        case = reference.root.name
        last = self._last.get(case)
        refused: OwnRequest | None = None
        for own in self._own.before(reference):
            if own.state == "open" and (own.answer == case or (own.case == case and own.n is None)):
                return NotYet(f"the answer to {own}" if own.answer == case else f"{own} to be sent")
            if own.state == "refused" and own.answer == case and (last is None or (own.n or 0) > (last.n or 0)):
                refused = own
        if refused is not None:
            return Refused(refused.n)
        return NotYet(f"`{case}`") if last is None else _body(reference, last)

    # --- names ------------------------------------------------------------------------------------------------------

    def _name(self, reference: Reference) -> object:
        name = reference.root.name
        found = self._own_tracks(name)
        person = self._roster.people.get(name)
        requests = self._requests(reference, name, found)
        if len(found) + len(requests) + (person is not None) > 1:
            raise self._ambiguous(reference, name)
        if found:
            return _value(reference, found[0])
        if person is not None:
            return _value(reference, person)
        if requests:
            return _awaited(requests[0])
        if self._roster.me is None:
            return NotYet("the join")
        known = [
            *self._roster.people,
            *self._roster.own_cids,
            *(info.name for info in self._roster.own_tracks.values()),
        ]
        guess = nearest(name, known)
        text = f"nobody and no track of this session is called `{name}`"
        hint = "tracks of others are named with their owner: `%bob/cam`" if guess is None else None
        raise reference.span.mistake(text, code="unknown-name", guess=guess, hint=hint)

    def _own_tracks(self, name: str) -> list[Any]:
        """The own tracks with this cid or name."""
        tracks = self._roster.own_tracks
        by_cid = self._roster.own_cids.get(name)
        return [info for sid, info in tracks.items() if sid == by_cid or info.name == name]

    def _requests(self, reference: Reference, name: str, found: list[Any]) -> list[OwnRequest]:
        """The requests that will bring a track of this name; if nothing does, the last one that was refused."""
        tracks, cids = self._roster.own_tracks, self._roster.own_cids
        by_key: dict[str, OwnRequest] = {}
        for own in self._own.before(reference):
            # A track that is there already answers for its cid.
            if name in (own.cid, own.name) and (not own.cid or cids.get(own.cid) not in tracks):
                by_key[own.cid or own.name] = own
        waiting = [own for own in by_key.values() if own.state == "open"]
        if waiting or found:
            return waiting
        return [own for own in by_key.values() if own.state == "refused"][-1:]

    def _ambiguous(self, reference: Reference, name: str) -> Exception:
        text = f"`{name}` fits more than one track or participant"
        hint = "name the message that brought it: `%N.track.sid`, `%N.participants.0.sid`"
        return reference.span.mistake(text, code="ambiguous-name", hint=hint)

    def _track(self, reference: Reference) -> object:
        root, me = reference.root, self._roster.me
        owner = me if root.owner_is_self else self._roster.people.get(root.name)
        if owner is None:
            guess = nearest(root.name, self._roster.people)
            raise reference.span.mistake(f"nobody here is called `{root.name}`", code="unknown-name", guess=guess)
        tracks = {info.sid: info for info in (*owner.tracks, *owner.data_tracks) if _is_called(info, root.track)}
        requests: list[OwnRequest] = []
        if owner is me:
            tracks |= {info.sid: info for info in self._own_tracks(root.track)}
            requests = self._requests(reference, root.track, list(tracks.values()))
        if len(tracks) + len(requests) > 1:
            raise self._ambiguous(reference, f"{root.name}/{root.track}")
        if tracks:
            return _value(reference, *tracks.values())
        if requests:
            return _awaited(requests[0])
        known = [info.name for info in (*owner.tracks, *owner.data_tracks)]
        text = f"`{root.name}` has no track called `{root.track}`"
        raise reference.span.mistake(text, code="unknown-name", guess=nearest(root.track, known))


def _awaited(own: OwnRequest) -> NotYet | Refused:
    return NotYet(f"the answer to {own}") if own.state == "open" else Refused(own.n)


def _is_called(info: Any, name: str) -> bool:
    """By name, or by source: SDKs leave the name of a camera's track empty."""
    if info.name == name:
        return True
    source = getattr(info, "source", 0)
    # Source: livekit_models.proto TrackSource; UNKNOWN is no name.
    return bool(source) and enum_names(enum_descriptor("TrackSource")).get(source, "").lower() == name.lower()


def _body(reference: Reference, reading: Reading) -> object:
    """What a message holds: its body, or the field at the path."""
    message: Message = reading.event
    if message.envelope is None or message.case is None:
        what = "did not decode" if message.envelope is None else "holds no case that is known"
        raise reference.span.mistake(f"message {reading.n} {what}", code="nothing-there")
    body = getattr(message.envelope, message.case)
    if hasattr(body, "DESCRIPTOR"):
        return _value(reference, body) if reference.path_span else body
    if reference.path_span:
        what = f"`{message.case}` is a bare value and has no fields"
        raise reference.path_span.mistake(what, code="bad-path")
    return body


def _value(reference: Reference, info: Any) -> object:
    """A field of a participant, a track or a message; without a path the sid."""
    steps = reference.steps(info.DESCRIPTOR)
    if not steps:
        return info.sid
    found = value_at(info, steps)
    last = steps[-1]
    if last.is_whole:
        if is_map(last.field):
            raise last.span.mistake(f"`{last.field.name}` is a map: name one entry", code="bad-reference")
        return [_named(last.field.enum_type, value) for value in found]
    return _named(last.value_field.enum_type, found)


def _named(enum: Any, value: Any) -> object:
    """An enum value by its name, where it has one: a name fits only fields of the same enum."""
    return value if enum is None else enum_names(enum).get(value, value)


__all__ = ["NotYet", "ReferenceBook", "Refused"]
