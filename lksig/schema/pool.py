"""The signaling schema: one descriptor pool of our own, and the message classes made from it.

The pool is never protobuf's default one: a second registration of `livekit_rtc.proto` there crashes any process that
also imports `livekit.protocol` (duplicate file, symbol and extension entries; protobuf 7.36). The descriptor set is
made from `proto/` by `make proto`.
"""

from __future__ import annotations

import enum
import functools
from importlib import resources
from typing import TYPE_CHECKING, Any

from google.protobuf import descriptor_pool, message_factory

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
    from google.protobuf.message import Message as ProtoMessage

PROTOCOL_VERSION = "1.54.0"
"""The LiveKit protocol release in `proto/` (Go module `github.com/livekit/protocol`)."""

PACKAGE = "livekit"

SENSITIVITY_PII = 1
SENSITIVITY_SECRET = 2


class Direction(enum.StrEnum):
    """Which way a message goes; never "sent" or "received": in a recording those words have no owner."""

    TO_SERVER = "to_server"
    TO_CLIENT = "to_client"


TO_SERVER = Direction.TO_SERVER
TO_CLIENT = Direction.TO_CLIENT

_ENVELOPES = {TO_SERVER: "SignalRequest", TO_CLIENT: "SignalResponse"}


@functools.cache
def pool() -> descriptor_pool.DescriptorPool:
    """The descriptor pool that holds the whole signaling schema."""
    loaded = descriptor_pool.DescriptorPool()
    for file_bytes in _split_set(resources.files("lksig._proto").joinpath("livekit.binpb").read_bytes()):
        loaded.AddSerializedFile(file_bytes)
    return loaded


def _split_set(data: bytes) -> list[bytes]:
    """The serialized files of a FileDescriptorSet, split by hand: `descriptor_pb2` costs 10 ms to import."""
    files, at = [], 0
    while at < len(data):
        at += 1  # the tag of `file = 1`, length-delimited: one byte
        size = shift = 0
        while True:
            byte = data[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        files.append(data[at : at + size])
        at += size
    return files


@functools.cache
def descriptor(name: str) -> Descriptor:
    """The descriptor of a message of package `livekit`, by short (`JoinRequest`) or dotted nested name.

    Raises:
        KeyError: the schema has no such message.
    """
    return pool().FindMessageTypeByName(f"{PACKAGE}.{name}")


@functools.cache
def enum_descriptor(name: str) -> EnumDescriptor:
    """The descriptor of an enum of package `livekit`, by short or dotted nested name.

    Raises:
        KeyError: the schema has no such enum.
    """
    return pool().FindEnumTypeByName(f"{PACKAGE}.{name}")


@functools.cache
def message_class(name: str) -> type[Any]:
    """The class of a message of package `livekit`, by short or dotted nested name.

    Raises:
        KeyError: the schema has no such message.
    """
    return message_factory.GetMessageClass(descriptor(name))


def envelope_class(direction: Direction) -> type[Any]:
    """`SignalRequest` for TO_SERVER, `SignalResponse` for TO_CLIENT."""
    return message_class(_ENVELOPES[direction])


@functools.cache
def case_fields(direction: Direction) -> dict[str, FieldDescriptor]:
    """The cases of one envelope, by name, in the order of their field numbers."""
    fields = descriptor(_ENVELOPES[direction]).oneofs_by_name["message"].fields
    return {field.name: field for field in sorted(fields, key=lambda field: field.number)}


@functools.cache
def sensitivity(field: FieldDescriptor) -> int:
    """Upstream's mark on a field: 0 none, `SENSITIVITY_PII`, or `SENSITIVITY_SECRET`."""
    options = field.GetOptions()
    if not options.ByteSize():
        return 0
    # The option is an extension our pool knows and the default pool's FieldOptions does not: parse it with ours.
    ours = message_factory.GetMessageClass(pool().FindMessageTypeByName("google.protobuf.FieldOptions"))
    parsed: Any = ours.FromString(options.SerializeToString())
    extension = pool().FindExtensionByName("logger.sensitivity")
    return int(parsed.Extensions[extension])


def case_of(envelope: ProtoMessage) -> str | None:
    """The case set in an envelope; None for an empty one and for a case the schema does not know."""
    case: str | None = envelope.WhichOneof("message")
    return case
