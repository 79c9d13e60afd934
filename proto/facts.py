"""What counts about a schema, as a table of facts per element, and the differences between two such tables.

Files are parsed with the classes of our own pool: it knows the `logger` options, and it is apart from protobuf's
default pool, in which `livekit.protocol` registers itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from google.protobuf import message_factory

from lksig.schema.pool import pool

Facts = dict[str, dict[str, object]]
"""Full element name (an enum value's inside its enum) → what is said about it. `kind` and `owner` are always there."""

PACKAGES = ("livekit", "logger")
_TYPE_NAMES = {1: "double", 2: "float", 3: "int64", 4: "uint64", 5: "int32", 6: "fixed64", 7: "fixed32", 8: "bool"}
_TYPE_NAMES |= {9: "string", 10: "group", 12: "bytes", 13: "uint32", 15: "sfixed32", 16: "sfixed64", 17: "sint32"}
_TYPE_NAMES |= {18: "sint64"}
_LABEL_REPEATED = 3


def _class(name: str) -> type[Any]:
    return message_factory.GetMessageClass(pool().FindMessageTypeByName(f"google.protobuf.{name}"))


def files_of_set(data: bytes) -> list[bytes]:
    """The serialized files of a serialized FileDescriptorSet."""
    return [file.SerializeToString() for file in _class("FileDescriptorSet").FromString(data).file]


def facts(files: Iterable[bytes]) -> Facts:
    """Everything the packages of the schema declare in serialized FileDescriptorProtos."""
    found: Facts = {}
    for data in files:
        file = _class("FileDescriptorProto").FromString(data)
        if file.package in PACKAGES:
            for message in file.message_type:
                found.update(_of_message(message, file.package))
            for enum in file.enum_type:
                found.update(_of_enum(enum, file.package))
            found.update(_of_field(field, file.package, ()) for field in file.extension)
    return found


def _of_message(message: Any, scope: str) -> Iterator[tuple[str, dict[str, object]]]:
    name = f"{scope}.{message.name}"
    options = message.options
    yield name, {"kind": "message", "owner": name, "deprecated": options.deprecated, "map entry": options.map_entry}
    oneofs = [oneof.name for oneof in message.oneof_decl]
    for field in message.field:
        yield _of_field(field, name, oneofs)
    for nested in message.nested_type:
        yield from _of_message(nested, name)
    for enum in message.enum_type:
        yield from _of_enum(enum, name)


def _of_field(field: Any, owner: str, oneofs: Iterable[str]) -> tuple[str, dict[str, object]]:
    options = field.options
    # Generated Python modules leave out JSON names that follow from the name.
    said: dict[str, object] = {
        "kind": "field",
        "owner": owner,
        "number": field.number,
        "type": _TYPE_NAMES.get(field.type) or field.type_name.removeprefix("."),
        "repeated": field.label == _LABEL_REPEATED,
        "optional": field.proto3_optional,
        "oneof": list(oneofs)[field.oneof_index] if field.HasField("oneof_index") else None,
        "JSON name": field.json_name or _json_name(field.name),
        "deprecated": options.deprecated,
        "packed": options.packed if options.HasField("packed") else None,
    }
    for mark in ("sensitivity", "redact_format", "name"):
        said[f"logger.{mark}"] = options.Extensions[pool().FindExtensionByName(f"logger.{mark}")]
    return f"{owner}.{field.name}", said


def _json_name(name: str) -> str:
    """protoc's rule: an underscore goes, and what follows it is upper case."""
    first, *others = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in others)


def _of_enum(enum: Any, scope: str) -> Iterator[tuple[str, dict[str, object]]]:
    name = f"{scope}.{enum.name}"
    yield name, {"kind": "enum", "owner": name, "deprecated": enum.options.deprecated}
    for value in enum.value:
        said = {"kind": "value", "owner": name, "number": value.number, "deprecated": value.options.deprecated}
        yield f"{name}.{value.name}", said


def differences(ours: Facts, theirs: Facts) -> list[str]:
    """One line per difference, sorted. Messages and enums that only `theirs` has were trimmed away and are none."""
    found: list[str] = []
    for name in ours.keys() | theirs.keys():
        mine, other = ours.get(name), theirs.get(name)
        if other is None:
            found.append(f"{name}: only here")
        elif mine is None:
            if other["owner"] in ours and other["owner"] != name:
                found.append(f"{name}: only upstream")
        else:
            found += [
                f"{name}: {key} is {mine.get(key)!r} here, {other.get(key)!r} upstream"
                for key in sorted(mine.keys() | other.keys())
                if mine.get(key) != other.get(key)
            ]
    return sorted(found)
