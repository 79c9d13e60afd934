"""Ids of a recording, and what stands for them in the session that replays it.

A server makes its own ids each time. What it calls a thing is learned from its answers as they come: the recorded
response and the live one name the same participant, track or offer, and the two ids belong together. A request is
rewritten only where the descriptors say that an id stands; cids, request ids and handles are the client's own and stay.

    participant    by identity, and of one that came back by how often
    own track      by cid
    other tracks   by owner, source, kind and name; data tracks by owner and name
    offer          by its place among the offers since the join; `answer.id` says which one is answered

What redaction took out of a request is made anew: ICE credentials of the same length, the same for the same recorded
one, and the session's own token in the place of a token. Source: livekit_rtc.proto, livekit_models.proto.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.wire.codec import decode_frame
from lksig.wire.events import Message
from lksig.wire.places import put_placeholders
from lksig.wire.redaction import treatment
from lksig.wire.secret_text import PLACEHOLDER, find_in_candidate, find_in_sdp, read_overwritten_ice, replaced

if TYPE_CHECKING:
    from lksig.session.ids import Ids

UFRAG_LENGTH, PWD_LENGTH = 8, 24
"""Of credentials whose length is not known any more; 4 and 22 at least. Source: RFC 8839 section 5.4."""

_JWT = re.compile(r"\[jwt [0-9a-f]{8}\]")
_IDENTITIES = frozenset({"identity", "participant_identity", "publisher_identity"})


class Request(NamedTuple):
    """A recorded request as it goes out."""

    envelope: Any
    """None for a frame that does not decode: `raw` goes out."""
    raw: bytes | None
    """The recorded bytes, where nothing had to change; else None."""


class _Names:
    """What each thing was called, in order: a participant that comes back has another sid."""

    def __init__(self) -> None:
        self.by_key: dict[Hashable, dict[Hashable, None]] = {}
        self.joins: dict[int, int] = {}
        """Full joins of each session: offers count from each of them."""
        self.identities: dict[int, str] = {}

    def add(self, key: Hashable, name: Hashable) -> None:
        if name:
            self.by_key.setdefault(key, {})[name] = None


class Bindings:
    """The live ids of recorded ones, over all sessions of a replay.

    Args:
        fresh: makes credentials.
    """

    def __init__(self, fresh: Ids) -> None:
        self._fresh = fresh
        self._credentials: dict[str, str] = {}
        self._identities: dict[str, str] = {}
        self._recorded = _Names()
        self._live = _Names()
        self._ids: dict[Hashable, Hashable] = {}
        self._known: set[Hashable] = set()
        """Recorded ids that the recorded server had made."""

    def rename(self, recorded: str | None, live: str | None) -> None:
        """A participant goes by another identity here."""
        if recorded and live and recorded != live:
            self._identities[recorded] = live

    def learn_recorded(self, message: Message) -> list[Hashable]:
        """A message of the recorded server; gives the ids that it told first."""
        told = []
        for key, name in _named(message, self._recorded, self._renamed):
            if name and name not in self._known:
                self._known.add(name)
                told.append(name)
            self._learn(self._recorded, key, name)
        return told

    def learn_live(self, message: Message) -> None:
        """A message of the server that is played to."""
        for key, name in _named(message, self._live, str):
            self._learn(self._live, key, name)

    def _renamed(self, identity: str) -> str:
        return self._identities.get(identity, identity)

    def _learn(self, names: _Names, key: Hashable, name: Hashable) -> None:
        names.add(key, name)
        pairs = zip(self._recorded.by_key.get(key, ()), self._live.by_key.get(key, ()), strict=False)
        for recorded, live in pairs:
            self._ids.setdefault(recorded, live)

    def live_id(self, recorded: str) -> str:
        """What stands for a recorded sid; itself, where nothing is known to."""
        return str(self._ids.get(recorded, recorded))

    # --- requests ---------------------------------------------------------------------------------------------------

    def missing(self, message: Message) -> list[Hashable]:
        """The recorded ids in a request that the server has not told its own ones for yet."""
        return [name for name in self._held(message) if name in self._known and name not in self._ids]

    def _held(self, message: Message) -> list[Hashable]:
        if message.envelope is None:
            return []
        held: list[Hashable] = [name for _, _, name in _ids_in(message.envelope)]
        if message.case == "answer":
            held.append(self._offer(message))
        return held

    def _offer(self, message: Message) -> Hashable:
        envelope: Any = message.envelope
        return _offer_name(message.session, self._recorded, envelope.answer.id)

    def request(self, message: Message, token: str | None) -> Request:
        """A recorded request with live ids, and with fresh credentials where they were overwritten.

        Args:
            token: of the live session.
        """
        if message.envelope is None:
            return Request(None, message.raw)
        # The bytes, and not the placeholders that a redacted message holds for the views.
        plain = decode_frame(message.raw, direction=TO_SERVER, encoding=message.encoding, t_ns=0, by="replay")
        envelope: Any = plain.envelope
        before = type(envelope)()
        before.CopyFrom(envelope)
        if message.places:
            put_placeholders(plain, [place for place in message.places if place[1].startswith("[jwt")])
        offer = self._ids.get(self._offer(message)) if message.case == "answer" else None
        if isinstance(offer, tuple):
            envelope.answer.id = offer[-1]
        self.rewrite(envelope, token, is_redacted=bool(message.places))
        return Request(envelope, message.raw if envelope == before else None)

    def rewrite(self, message: Any, token: str | None, *, is_redacted: bool) -> None:
        """The same for any message of the schema, in place: a `JoinRequest` holds ids and descriptions, too.

        Args:
            is_redacted: what looks like an overwritten credential is one.
        """
        for put, get, name in _ids_in(message):
            put(self._ids.get(name, get))
        self._rewrite_texts(message, token, is_redacted)

    def _rewrite_texts(self, message: Any, token: str | None, is_redacted: bool) -> None:
        for field, value in message.ListFields():
            if field.message_type is not None:
                for inside in _inside(field, value):
                    self._rewrite_texts(inside, token, is_redacted)
            elif field.type == field.TYPE_STRING and not field.is_repeated:
                if field.name in _IDENTITIES:
                    value = self._renamed(value)
                elif is_redacted:
                    value = self._text(treatment(field), value, token)
                setattr(message, field.name, value)

    def _text(self, how: str | None, text: str, token: str | None) -> str:
        if how in ("sdp", "candidate_init"):
            spans = (find_in_sdp if how == "sdp" else find_in_candidate)(text)
            text = replaced(text, spans, self._credential)
        return text if token is None else _JWT.sub(lambda _: token, text)

    def _credential(self, kind: str, value: str) -> str:
        """A credential; one that was overwritten is made anew, once for all its mentions."""
        is_placeholder = PLACEHOLDER.fullmatch(value) is not None
        digits = value[-9:-1] if is_placeholder else read_overwritten_ice(value)
        if digits is None:
            return value
        known = self._credentials.get(digits or value)
        if known is None:
            length = {"ufrag": UFRAG_LENGTH}.get(kind, PWD_LENGTH) if is_placeholder else len(value)
            known = self._credentials[digits or value] = self._fresh.text(length)
        return known


# --- what names what ------------------------------------------------------------------------------------------------

_Named = Iterator[tuple[Hashable, Hashable]]
_Rename = Callable[[str], str]


def _named(message: Message, names: _Names, rename: _Rename) -> _Named:
    """Each thing a response names, with the id it has there."""
    if message.envelope is None or message.direction is not TO_CLIENT:
        return
    body: Any = getattr(message.envelope, message.case) if message.case else None
    session = message.session
    if message.case in ("join", "room_moved"):
        names.identities[session] = rename(body.participant.identity)
        if message.case == "join":
            names.joins[session] = names.joins.get(session, 0) + 1
        yield ("room", session), body.room.sid
        yield from _participants((body.participant, *body.other_participants), rename)
    elif message.case == "update":
        yield from _participants(body.participants, rename)
    elif message.case == "room_update":
        yield ("room", session), body.room.sid
    elif message.case == "track_published":
        yield ("cid", session, body.cid), body.track.sid
    elif message.case == "publish_data_track_response":
        yield ("data", names.identities.get(session), _name(body.info.name)), body.info.sid
    elif message.case == "offer":
        yield ("offer", session, names.joins.get(session)), _offer_name(session, names, body.id)


def _offer_name(session: int, names: _Names, number: int) -> Hashable:
    """An offer's id is a small number: it names one only with the session and the join it came after."""
    return ("offer", session, names.joins.get(session), number)


def _participants(participants: Iterable[Any], rename: _Rename) -> _Named:
    for one in participants:
        identity = rename(one.identity)
        yield ("participant", identity), one.sid
        for track in one.tracks:
            yield ("track", identity, track.type, track.source, _name(track.name)), track.sid
        for track in one.data_tracks:
            yield ("data", identity, _name(track.name)), track.sid


def _name(text: str) -> str:
    """A name; none for one that redaction hid, in the recording or in what was sent of it."""
    return "" if PLACEHOLDER.fullmatch(text) or not text.strip("x") else text


# --- where ids stand ------------------------------------------------------------------------------------------------

_Places = Iterator[tuple[Callable[[Any], None], Any, Hashable]]


def _ids_in(message: Any) -> _Places:
    """Each id in a message: what sets it, its value, and its name."""
    for field, value in message.ListFields():
        if field.message_type is not None and not _is_text_map(field):
            for inside in _inside(field, value):
                yield from _ids_in(inside)
        elif field.name == "mid_to_track_id":
            for mid, track in tuple(value.items()):
                yield _setter(value, mid), track, track
        elif field.name != "sid" and not field.name.endswith(("_sid", "_sids")):
            continue
        elif field.is_repeated:
            for index, sid in enumerate(value):
                yield _setter(value, index), sid, sid
        else:
            yield _attribute(message, field.name), value, value


def _setter(owner: Any, at: Any) -> Callable[[Any], None]:
    return lambda live: owner.__setitem__(at, live)


def _attribute(owner: Any, name: str) -> Callable[[Any], None]:
    return lambda live: setattr(owner, name, live)


def _is_text_map(field: Any) -> bool:
    kind = field.message_type
    return bool(kind.GetOptions().map_entry) and kind.fields_by_name["value"].message_type is None


def _inside(field: Any, value: Any) -> tuple[Any, ...]:
    """The messages in a field; the texts of a map are none."""
    if _is_text_map(field):
        return ()
    if not field.is_repeated:
        return (value,)
    return tuple(value.values() if field.message_type.GetOptions().map_entry else value)


def id_text(name: Hashable) -> str:
    """An id as a person is told it."""
    return f"offer {name[-1]}" if isinstance(name, tuple) else str(name)
