"""Suggestions for the value of one field: enum values, booleans, the time, and what the session knows.

Which live values fit a field is data (`LIVE`); everything else follows from the descriptors.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from lksig.schema.docs import summary, value_name
from lksig.schema.paths import short_name
from lksig.schema.suggestions import Known, KnownKind, Suggestion
from lksig.schema.typed_text import format_text, quoted
from lksig.schema.value_text import EPOCH_FIELDS

if TYPE_CHECKING:
    from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

_OWN: tuple[KnownKind, ...] = ("own-track", "track", "track-reference")
_OTHERS: tuple[KnownKind, ...] = ("track", "own-track", "track-reference")
_DATA: tuple[KnownKind, ...] = ("data-track", "own-data-track")

LIVE: dict[str, tuple[KnownKind, ...]] = {
    "ParticipantInfo.sid": ("participant",),
    "SpeakerInfo.sid": ("participant",),
    "DataTrackInfo.sid": ("own-data-track", "data-track"),
    "UpdateDataSubscription.Update.track_sid": _DATA,
    "DataTrackSubscriberHandles.PublishedDataTrack.track_sid": _DATA,
    "Room.sid": (),
    "UpdateSubscription.track_sids": _OTHERS,
    "UpdateTrackSettings.track_sids": _OTHERS,
    "ParticipantTracks.track_sids": _OTHERS,
    "SyncState.track_sids_disabled": _OTHERS,
    "sid": _OWN,
    "track_sid": _OWN,
    "track_sids": _OWN,
    "participant_sid": ("participant",),
    "publisher_sid": ("participant",),
    "participant_identity": ("identity",),
    "publisher_identity": ("identity",),
    "identity": ("identity",),
    "cid": ("cid",),
    "UnpublishDataTrackRequest.pub_handle": ("pub-handle",),
    "DataTrackInfo.pub_handle": ("pub-handle",),
    "codec": ("codec",),
}
"""`Message.field`, or the name of a field → what it holds, in the order in which it is offered."""

_DESCRIPTIONS = (("offer", "proposes a session"), ("answer", "accepts an offer"))
"""The values of `SessionDescription.type` that signaling carries. Source: RFC 8829, section 3.2."""

_MEANINGS = {"true": "", "false": "as when it is left out"}


@functools.cache
def kinds_of(field: FieldDescriptor) -> tuple[KnownKind, ...]:
    """The live values that fit a field."""
    return LIVE.get(f"{short_name(field.containing_type)}.{field.name}", LIVE.get(field.name, ()))


def value_items(
    field: FieldDescriptor, known: Known, *, taken: Collection[Any] = (), parent: str = ""
) -> list[Suggestion]:
    """The values that can be offered for one element of a field.

    Args:
        taken: elements that the list holds already, which are not offered again.
        parent: the case or field in which this one lies.
    """
    if field.enum_type is not None:
        return [item for number, item in _enum_items(field.enum_type) if number not in taken]
    if field.type == field.TYPE_BOOL:
        return [Suggestion(text, "" if field.has_presence else meaning) for text, meaning in _MEANINGS.items()]
    items = [item for item in live_items(field, known) if (item.label or item.text) not in taken]
    if field.name in EPOCH_FIELDS and field.cpp_type == field.CPPTYPE_INT64:
        items.append(Suggestion("now", "the time at which it is sent"))
    if field.full_name == "livekit.SessionDescription.type":
        items += [Suggestion(*pair) for pair in sorted(_DESCRIPTIONS, key=lambda pair: pair[0] != parent)]
    if field.type == field.TYPE_BYTES:
        items += [Suggestion("hex:", "bytes, two digits each"), Suggestion("b64:", "bytes as base64")]
    return items


@functools.cache
def _enum_items(enum: EnumDescriptor) -> tuple[tuple[int, Suggestion], ...]:
    """The values of an enum with their numbers; protocol 1.54.0 has no deprecated ones."""
    return tuple((value.number, Suggestion(value.name, summary(value_name(value)))) for value in enum.values)


def live_items(field: FieldDescriptor, known: Known) -> Iterator[Suggestion]:
    """What the session knows that fits a field, written as a value."""
    for kind in kinds_of(field):
        for value, meaning in known.values(kind):
            text = value if kind == "track-reference" else format_text(value)
            yield Suggestion(text, meaning, "" if text == value else value)


def in_json(field: FieldDescriptor, items: Sequence[Suggestion]) -> list[Suggestion]:
    """The same values as JSON writes them; references and the time have no place there."""
    plain = [item for item in items if not item.text.startswith("%") and item.text not in ("now", "hex:", "b64:")]
    is_text = field.enum_type is not None or field.type == field.TYPE_STRING
    return [Suggestion(_as_json(item), item.meaning, item.label) for item in plain] if is_text else plain


def _as_json(item: Suggestion) -> str:
    return quoted(item.label or item.text)
