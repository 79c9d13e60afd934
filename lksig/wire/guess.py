"""Which way a frame went, when nobody says: read it both ways and see which reading makes sense.

The two envelopes share field numbers, so most frames decode either way; but read the wrong way they hold unknown
fields, enum numbers without a name, or texts that cannot be what their field is for. What fits both ways equally is
taken for a response, because that is what people capture, and the reason says so.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError
from google.protobuf.unknown_fields import UnknownFieldSet

from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, case_fields, envelope_class
from lksig.wire.sdp import parse_candidate_init

if TYPE_CHECKING:
    from google.protobuf.descriptor import FieldDescriptor

_NAMES = {TO_SERVER: "request", TO_CLIENT: "response"}
_SID = re.compile(r"[A-Z]{2,4}_")
"""How an id of the server begins: `TR_`, `PA_`, `DTR_`. Source: livekit/protocol utils/guid."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Guess:
    """A direction and, in words, why."""

    direction: Direction
    why: str


def guess_direction(raw: bytes) -> Guess:
    """Which way a binary frame went."""
    as_request, as_response = oddities(raw, TO_SERVER), oddities(raw, TO_CLIENT)
    if as_request is None and as_response is None:
        return Guess(TO_CLIENT, "it decodes neither as a request nor as a response")
    if as_request is None or as_response is None:
        winner = TO_SERVER if as_response is None else TO_CLIENT
        return Guess(winner, f"it does not decode as a {_NAMES[_other(winner)]}")
    if as_request == as_response:
        return Guess(TO_CLIENT, "it fits both ways; --request reads it the other way")
    winner = TO_SERVER if as_request < as_response else TO_CLIENT
    return Guess(winner, f"as a {_NAMES[_other(winner)]} it would hold unknown fields or senseless values")


def guess_json_direction(text: str) -> Guess:
    """Which way a JSON frame went, by the name of its case."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = {}
    keys = set(value) if isinstance(value, dict) else set()
    fits = {direction: bool(keys & _json_names(direction)) for direction in (TO_SERVER, TO_CLIENT)}
    if fits[TO_SERVER] == fits[TO_CLIENT]:
        both = "its case exists both ways; --request reads it the other way"
        return Guess(TO_CLIENT, both if fits[TO_CLIENT] else "it names no case of either direction")
    winner = TO_SERVER if fits[TO_SERVER] else TO_CLIENT
    return Guess(winner, f"its case exists only as a {_NAMES[winner]}")


def oddities(raw: bytes, direction: Direction) -> int | None:
    """How much of the frame makes no sense that way; None when it does not decode at all."""
    envelope = envelope_class(direction)()
    try:
        envelope.ParseFromString(raw)
    except DecodeError:
        return None
    return message_oddities(envelope)


def _other(direction: Direction) -> Direction:
    return TO_CLIENT if direction is TO_SERVER else TO_SERVER


def _json_names(direction: Direction) -> set[str]:
    return {name for field in case_fields(direction).values() for name in (field.name, field.json_name)}


def message_oddities(message: Any) -> int:
    """How much of a decoded message makes no sense."""
    count = len(UnknownFieldSet(message))
    for field, value in message.ListFields():
        kind = field.message_type
        if kind is None:
            count += sum(_is_odd(field, part) for part in (value if field.is_repeated else (value,)))
        elif kind.GetOptions().map_entry:
            is_message = kind.fields_by_name["value"].message_type is not None
            count += sum(map(message_oddities, value.values())) if is_message else 0
        else:
            count += sum(map(message_oddities, value if field.is_repeated else (value,)))
    return count


def _is_odd(field: FieldDescriptor, value: Any) -> bool:
    """A number that its enum does not name, or a text that cannot be what its field is for."""
    if field.enum_type is not None:
        return value not in field.enum_type.values_by_number
    return isinstance(value, str) and (_CONTROLS.search(value) is not None or _is_senseless(field, value))


def _is_senseless(field: FieldDescriptor, text: str) -> bool:
    """Whether a text gives away that another message was read as this one.

    Read the other way an `add_track` is a `trickle`, whose candidate is then the cid, and an `update_metadata` a
    `subscription_permission_update`, whose sids are then texts of people.
    """
    if field.full_name == "livekit.TrickleRequest.candidateInit":
        return parse_candidate_init(text) is None
    if field.full_name == "livekit.SessionDescription.type":
        return text not in ("offer", "answer", "pranswer", "rollback")
    if field.name == "sid" or field.name.endswith(("_sid", "_sids")):
        return _SID.match(text) is None
    return field.name == "cid" and _SID.match(text) is not None
