"""A request line with every field of a case, to be edited: `lksig schema NAME --skeleton`.

The line is legal in the grammar of `lksig send`: values are of the right type and mean nothing, lists have one
element, maps one key, and of a oneof the first arm is named. Only descriptors decide what is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from lksig.schema.lookup import is_map
from lksig.schema.pool import PACKAGE
from lksig.schema.units import unit_of

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor

_SAMPLES = {
    "ParticipantInfo.sid": "PA_x",
    "SpeakerInfo.sid": "PA_x",
    "Room.sid": "RM_x",
    "DataTrackInfo.sid": "DTR_x",
    "DataTrackSubscriberHandles.PublishedDataTrack.track_sid": "DTR_x",
    "UpdateDataSubscription.Update.track_sid": "DTR_x",
    "participant_sid": "PA_x",
    "publisher_sid": "PA_x",
    "sid": "TR_x",
    "track_sid": "TR_x",
    "track_sids": "TR_x",
    "candidateInit": "{}",
}
"""Text that looks like what belongs there, by `Message.field` or by field name; the field's name in capitals for the
others."""

_TYPE_BOOL, _TYPE_STRING, _TYPE_BYTES = 8, 9, 12


def skeleton(case: FieldDescriptor) -> str:
    """The line for a case, a field of one of the envelopes."""
    return typed([case])


def typed(trail: Sequence[FieldDescriptor]) -> str:
    """The line that sets one field alone, and all that it holds; `trail` leads to it from its case."""
    case = trail[0]
    path = case.name
    for above, field in pairwise(trail):
        path += _element(above) + f".{field.name}"
    if case.message_type is None:
        return f"{case.name} {_value(case, path)}"
    words = _assignments(case.message_type, f"{path}.") if len(trail) == 1 else _assignment(trail[-1], path)
    return " ".join([case.name, *(word.removeprefix(f"{case.name}.") for word in words)])


def _element(field: FieldDescriptor) -> str:
    """How a path goes on into the first element of a list or map."""
    if is_map(field):
        assert field.message_type is not None
        return ".KEY" if field.message_type.fields_by_name["key"].type == _TYPE_STRING else ".1"
    return ".0" if field.is_repeated else ""


def _assignments(message: Descriptor, prefix: str) -> Iterator[str]:
    named_oneofs = set()
    for field in sorted(message.fields, key=lambda field: field.number):
        if (oneof := field.containing_oneof) is not None:
            if oneof.name in named_oneofs:
                continue
            named_oneofs.add(oneof.name)
        yield from _assignment(field, f"{prefix}{field.name}")


def _assignment(field: FieldDescriptor, path: str) -> Iterator[str]:
    message = field.message_type
    if message is None:
        yield f"{path}{'+=' if field.is_repeated else '='}{_value(field, path)}"
    elif is_map(field):
        yield from _assignment(message.fields_by_name["value"], path + _element(field))
    else:
        yield from _assignments(message, f"{path}{_element(field)}.")


def _value(field: FieldDescriptor, path: str) -> str:
    if field.enum_type is not None:
        return str(field.enum_type.values[1].name)  # the first one would not be on the wire
    if field.type == _TYPE_BOOL:
        return "true"
    if field.type == _TYPE_BYTES:
        return "hex:00"
    if field.type != _TYPE_STRING:
        return "now" if unit_of(field) == "unix ms" else "1"
    name = field.full_name.removeprefix(f"{PACKAGE}.")
    if name == "SessionDescription.type":
        return path.split(".")[-2]  # the kind is called as the case or field that holds it
    return _SAMPLES.get(name) or _SAMPLES.get(field.name) or field.name.upper()
