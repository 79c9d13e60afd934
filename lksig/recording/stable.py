"""What is the same each time a session is run again: ids become roles, times are left out.

The rule: two recordings of the same story give the same text, and nothing but ids, times and what was random is taken
out. A role is an id's kind and its place by first appearance (`PA_1`, `TR_2`); the session's own participant is
`PA_self`. Source of the kinds: github.com/livekit/protocol utils/guid; Observed: livekit-server 1.13.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lksig.schema.pool import TO_CLIENT
from lksig.schema.units import EPOCH_NS, unit_of
from lksig.wire.events import Http, Message, Note, Reading

_ID = re.compile(
    r"(?<![A-Za-z0-9])(?P<kind>PA|RM|TR|DTR|ND|EG|IN|ST|CO|AJ|AD)_[A-Za-z0-9]{8,}"
    r"|(?<![0-9A-Fa-f-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9A-Fa-f-])"
)
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


class Roles:
    """Replaces ids in any text; the same id has the same role throughout."""

    def __init__(self) -> None:
        self._roles: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def observe(self, reading: Reading) -> None:
        """Learn from a join who the session itself is; to be called before its text is replaced."""
        event = reading.event
        if type(event) is Message and event.case == "join" and event.direction is TO_CLIENT:
            envelope: Any = event.envelope
            sid = envelope.join.participant.sid
            if sid and sid not in self._roles:
                self._roles[sid] = "PA_self" if event.session == 1 else f"PA_self{event.session}"

    def text(self, text: str) -> str:
        """The text with roles instead of ids, and secrets and random parts of SDP without what tells them apart."""
        text = _PLACEHOLDER.sub(r"[\1]", _ID.sub(self._role, text))
        for pattern, constant in _RANDOM_SDP:
            text = pattern.sub(constant, text)
        return text

    def _role(self, found: re.Match[str]) -> str:
        role = self._roles.get(found[0])
        if role is None:
            kind = found["kind"] or "uuid"
            number = self._counts[kind] = self._counts.get(kind, 0) + 1
            role = self._roles[found[0]] = f"{kind}_{number}"
        return role


def timeless(reading: Reading) -> Reading | None:
    """The reading without its times; None for one that speaks of nothing else."""
    event = reading.event
    if isinstance(event, Note) and event.code in _TIMED_NOTES:
        return None
    if type(event) is Message and event.envelope is not None:
        envelope: Any = type(event.envelope)()
        envelope.CopyFrom(event.envelope)
        _clear(envelope)
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
    if entry.cpp_type == entry.CPPTYPE_STRING:
        if entry.type == entry.TYPE_STRING and _TOKEN.fullmatch(value):
            setattr(message, entry.name, TOKEN)
        elif entry.full_name == "livekit.ICEServer.username":
            message.username = _EXPIRY.sub("0", value)
        elif entry.name == "sif_trailer":
            message.ClearField(entry.name)
    elif unit_of(entry) in EPOCH_NS or entry.name in ("rtt", "ping", "pong"):
        setattr(message, entry.name, 0)  # an unset one would lose its arm of a oneof


def _inside(entry: Any, value: Any) -> Iterator[Any]:
    if not entry.is_repeated:
        yield value
    elif not entry.message_type.GetOptions().map_entry:
        yield from value
    elif entry.message_type.fields_by_name["value"].message_type is not None:
        yield from value.values()
