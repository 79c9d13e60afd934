"""What is the same each time a session is run again: ids become roles, times are left out.

The rule: two recordings of the same story give the same text, and nothing but ids, times and what was random is taken
out. `lksig show --stable` and `lksig diff` share what stands here. A role is an id's kind and its place by first
appearance (`PA_1`, `TR_2`), or, for a comparison, the name of the thing (`PA_alice`, `TR_alice/cam`, `naming`); the
session's own participant is `PA_self`. Source of the kinds: github.com/livekit/protocol utils/guid; Observed:
livekit-server 1.13.5, whose offers and data track handles count from a random number.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from lksig.recording.naming import Naming, self_of
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction
from lksig.schema.units import EPOCH_NS, unit_of
from lksig.wire.events import Event, Http, Message, Note, Reading, Start

if TYPE_CHECKING:
    from google.protobuf.descriptor import FieldDescriptor

ID = re.compile(
    r"(?<![A-Za-z0-9])(?P<kind>PA|RM|TR|DTR|ND|EG|IN|ST|CO|AJ|AD)_[A-Za-z0-9]{8,}"
    r"|(?<![0-9A-Fa-f-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9A-Fa-f-])"
    r"|(?<![A-Za-z0-9-])(?P<own>lksig)-[a-z]{4}(?![A-Za-z0-9-])"
)
"""Ids of the server, UUIDs, and the identity that lksig makes up when none was given."""

_PLACEHOLDER = re.compile(r"\[(jwt|secret) [0-9a-f]{8}\]")
_RANDOM_SDP = (
    (re.compile(r"(o=\S+) [0-9]+ [0-9]+ "), r"\1 0 0 "),
    (re.compile(r"(a=fingerprint:\S+) [0-9A-Fa-f:]{32,}"), r"\1 x"),
)
_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
TOKEN = "[jwt 00000000]"  # what stands for one
_EXPIRY = re.compile(r"^[0-9]{10}(?=:)")
"""In front of the user name of a TURN credential. Source: draft-uberti-behave-turn-rest."""
_TIMED_NOTES = frozenset({"clock-offset"})
TIME_KEYS = ("time", "t_ms", "dt_ms", "reply_ms", "ms", "headers")
"""Keys of JSON lines that differ each time; headers hold dates and nonces."""

MAX_IDS = 100_000
"""Ids that have a role at a time; the one that came first is forgotten then, in every run at the same place."""

MAX_TEXTS, MAX_TEXT = 8192, 64
"""Short texts that are remembered with their roles: sids and identities come back in nearly every message."""

_MEASURED = frozenset(
    {
        *("livekit.ParticipantInfo.version", "livekit.SpeakerInfo.level", "livekit.ConnectionQualityInfo.score"),
        *("livekit.Room.num_participants", "livekit.Room.num_publishers"),
    }
)
"""What a server measures; how often it touched a participant: by itself too, and now and then once more; counts, which
it brings up to date about a second late. Observed: livekit-server 1.13.5."""

_OWN = frozenset({"track_published", "publish_data_track_response"})
"""What these name is the session's own."""

Change = Literal["time", "expiry", "random", "offer"]


@functools.cache
def change_of(field: FieldDescriptor) -> Change | None:
    """Why a field is another one each time; None for one that is not."""
    if field.full_name == "livekit.ICEServer.username":
        return "expiry"
    if field.full_name == "livekit.SessionDescription.id":
        return "offer"
    if field.name == "sif_trailer":
        return "random"
    if unit_of(field) in EPOCH_NS or field.name in ("rtt", "ping", "pong"):
        return "time"
    return "time" if field.full_name in _MEASURED else None


class Roles:
    """Replaces ids in any text; the same id has the same role throughout, and no two ids have the same one.

    Args:
        named: what has a name gets its role from it, so that the order in which things appear does not matter.
    """

    def __init__(self, *, named: bool = False) -> None:
        self._texts: dict[str, str] = {}
        self._roles: dict[str, str] = {}
        self._naming = Naming(self.ids, self._roles) if named else None
        self._sessions: dict[int, int] = {}
        self._taken: set[str] = set()
        self._lengths: list[int] = []
        self._counts: dict[str, int] = {}
        self._offers: dict[tuple[int, Direction, int], int] = {}
        self._offered: dict[tuple[int, Direction], int] = {}

    def observe(self, reading: Reading) -> None:
        """Learn who is who; to be called for each reading before its text is replaced, or the text of a later one."""
        event = reading.event
        if type(event) is Message and event.envelope is not None:
            if event.case == "join" and event.direction is TO_CLIENT:
                self._learn_self(event)
            elif event.case == "offer":
                self._learn_offer(event)
            if self._naming is not None:
                give = self._call if event.case in _OWN else self._give
                for found, name in self._naming.names_in(event, self._session(event)):
                    give(found, name)
        elif isinstance(event, Start) and event.identity is not None:
            if self._naming is not None:
                self._naming.learn_session(event.identity, self._session(event))
            if ID.fullmatch(event.identity):
                self._give(event.identity, f"lksig_{self_of(self._session(event))}")

    def count_session(self, number: int, as_number: int) -> None:
        """Call a session what another recording calls it, which had it at another place; before it is observed."""
        if number != as_number:
            self._sessions[number] = as_number

    def whose(self, event: Event) -> str | None:
        """Whose session an event belongs to, where it is not the first one's."""
        number = self._session(event)
        identity = self._naming.identity_of(number) if self._naming is not None and number != 1 else None
        return self.ids(identity) if identity else None if number == 1 else f"#{number}"

    def _session(self, event: Event) -> int:
        return self._sessions.get(event.session, event.session)

    def _learn_self(self, message: Message) -> None:
        envelope: Any = message.envelope
        participant = envelope.join.participant
        if self._naming is not None and participant.identity:
            self._naming.learn_session(participant.identity, self._session(message))
        if participant.sid:
            self._call(participant.sid, f"PA_{self_of(self._session(message))}")

    def _learn_offer(self, message: Message) -> None:
        envelope: Any = message.envelope
        key = message.session, message.direction
        if (*key, envelope.offer.id) not in self._offers:
            number = self._offered[key] = self._offered.get(key, 0) + 1
            self._offers[(*key, envelope.offer.id)] = number

    def _give(self, found: str, role: str) -> None:
        """Name what has no role yet; the second of a name is told from the first."""
        if not found or found in self._roles:
            return
        free, number = role, 2
        while free in self._taken:
            free, number = f"{role}#{number}", number + 1
        if len(self._roles) >= MAX_IDS:
            self._forget_one()
        self._taken.add(free)
        if len(found) not in self._lengths:
            self._lengths = sorted([*self._lengths, len(found)], reverse=True)
        self._roles[found] = free

    def _call(self, found: str, role: str) -> None:
        """Name what a session's own messages name, whatever another session was told before."""
        known = self._roles.get(found)
        if known is None or self._naming is None:
            self._give(found, role)
        elif known != role and not known.startswith(f"{role}#"):
            self._rename(found, role)
            owner, new = known.removeprefix("PA_"), self._roles[found].removeprefix("PA_")
            of_it = [one for one, its in self._roles.items() if its.startswith((f"TR_{owner}/", f"DTR_{owner}/"))]
            for one in of_it if known.startswith("PA_") else ():
                kind, _, name = self._roles[one].partition(f"_{owner}/")
                self._rename(one, f"{kind}_{new}/{name}")

    def _rename(self, found: str, role: str) -> None:
        self._taken.discard(self._roles.pop(found))
        self._texts.clear()
        self._give(found, role)

    def _forget_one(self) -> None:
        """Forget the id that came first, but not whose session it is."""
        oldest = list(itertools.islice(self._roles, 64))
        first = next((found for found in oldest if "_self" not in self._roles[found]), oldest[0])
        self._taken.discard(self._roles.pop(first))
        self._texts.clear()

    def text(self, text: str) -> str:
        """The text with roles instead of ids, and secrets and random parts of SDP without what tells them apart."""
        text = self.ids(text)
        for pattern, constant in _RANDOM_SDP:
            text = pattern.sub(constant, text)
        return text

    def ids(self, text: str) -> str:
        """The text with roles instead of ids, and secrets without what tells them apart."""
        known = self._texts.get(text)
        if known is None:
            known = ID.sub(self._role, text) if "_" in text or "-" in text else text
            if "[" in known:
                known = _PLACEHOLDER.sub(r"[\1]", known)
            if len(text) <= MAX_TEXT:
                if len(self._texts) >= MAX_TEXTS:
                    self._texts.clear()
                self._texts[text] = known
        return known

    def _role(self, found: re.Match[str]) -> str:
        role = self._roles.get(found[0])
        if role is None:
            kind = found["kind"] or found["own"] or "uuid"
            number = self._counts[kind] = self._counts.get(kind, 0) + 1
            self._give(found[0], f"{kind}_{number}")
            role = self._roles[found[0]]
        return role

    def in_bytes(self, raw: bytes) -> str:
        """The bytes of a frame with roles instead of the ids that have one; no id gets one by this."""
        return ID.sub(self._known_role, raw.decode("latin-1"))

    def _known_role(self, found: re.Match[str]) -> str:
        """In a frame letters may follow an id: the tag of the next field, its length, its text."""
        text = found[0]
        for end in self._lengths:
            role = self._roles.get(text[:end])
            if role is not None:
                return f"\x00{role}\x00{text[end:]}"
        return text

    def offer(self, session: int, side: Direction, number: int) -> int | None:
        """Which of the offers of one side it is that has this id, from 1; None where none had it.

        Args:
            side: where the offer went.
        """
        return self._offers.get((session, side, number))


def timeless(reading: Reading, roles: Roles) -> Reading | None:
    """The reading without its times; None for one that speaks of nothing else."""
    event = reading.event
    if isinstance(event, Note) and event.code in _TIMED_NOTES:
        return None
    if type(event) is Message and event.envelope is not None:
        envelope: Any = type(event.envelope)()
        envelope.CopyFrom(event.envelope)
        _clear(envelope)
        number = offer_number(event, roles)
        if number is not None:
            getattr(envelope, event.case or "").id = number
        event = Message(
            event.t_ns,
            event.direction,
            event.raw,
            envelope,
            event.case,
            by=event.by,
            encoding=event.encoding,
            session=event.session,
            socket=event.socket,
            places=event.places,
        )
    elif isinstance(event, Http):
        event = Http(
            event.t_ns,
            event.method,
            event.path.partition("?")[0],
            (),
            event.status,
            (),
            event.body,
            0,
            None,
            event.session,
            event.socket,
        )
    return Reading(event, n=reading.n, reply_to=reading.reply_to, refused=reading.refused, for_auto=reading.for_auto)


def offer_number(message: Message, roles: Roles) -> int | None:
    """The number, counted from 1, of the offer that a message is or answers; None where there is no such offer."""
    if message.case not in ("offer", "answer"):
        return None
    side = message.direction
    if message.case == "answer":
        side = TO_CLIENT if side is TO_SERVER else TO_SERVER
    return roles.offer(message.session, side, getattr(message.envelope, message.case).id)


def _clear(message: Any) -> None:
    """Set times to zero and tokens to a placeholder, in a message and all within it."""
    for entry, value in message.ListFields():
        if entry.message_type is None:
            if not entry.is_repeated:
                _clear_scalar(message, entry, value)
        else:
            for inside in _inside(entry, value):
                _clear(inside)


def _clear_scalar(message: Any, entry: Any, value: Any) -> None:
    change = change_of(entry)
    if entry.type == entry.TYPE_STRING and _TOKEN.fullmatch(value):
        setattr(message, entry.name, TOKEN)
    elif change == "expiry":
        message.username = without_expiry(value)
    elif change == "random":
        message.ClearField(entry.name)
    elif change == "time":
        setattr(message, entry.name, 0)  # an unset one would lose its arm of a oneof


def without_expiry(username: str) -> str:
    """The user name of a TURN credential without the time in front of it."""
    return _EXPIRY.sub("0", username)


def _inside(entry: Any, value: Any) -> Iterator[Any]:
    if not entry.is_repeated:
        yield value
    elif not entry.message_type.GetOptions().map_entry:
        yield from value
    elif entry.message_type.fields_by_name["value"].message_type is not None:
        yield from value.values()
