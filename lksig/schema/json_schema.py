"""JSON Schema of the messages, as proto3 JSON writes them: the form of LiveKit's text frames.

The rule: what `json_format` writes for a message that holds no invented enum numbers is valid against its schema, and
nothing is required that may be left out. Draft 7, which AsyncAPI builds on. Names, types and oneofs come from the
descriptors, texts from the comments of `proto/`.
Sources: the proto3 JSON mapping; livekit protocol utils/protojson (camelCase names, 64-bit integers as strings).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lksig.schema.docs import comment, summary, value_name
from lksig.schema.lookup import is_map, short_name
from lksig.schema.manual import row_of
from lksig.schema.units import UNITS

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

SCHEMAS = "#/components/schemas/"
"""Where a reference points, in front of the short name of a message or enum."""

_INT64 = {"type": "string", "pattern": "^-?[0-9]+$"}
_NUMBER = {"anyOf": [{"type": "number"}, {"enum": ["NaN", "Infinity", "-Infinity"]}]}

_SCALARS: dict[str, dict[str, Any]] = {
    "double": _NUMBER,
    "float": _NUMBER,
    "int64": {**_INT64, "format": "int64"},
    "uint64": {"type": "string", "pattern": "^[0-9]+$", "format": "uint64"},
    "int32": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    "uint32": {"type": "integer", "minimum": 0, "maximum": 2**32 - 1},
    "bool": {"type": "boolean"},
    "string": {"type": "string"},
    "bytes": {"type": "string", "contentEncoding": "base64"},
}
"""By the word `.proto` files use."""


def schemas_of(roots: Iterable[FieldDescriptor]) -> dict[str, dict[str, Any]]:
    """The schema of every message and enum that can be reached from these fields, by short name, sorted."""
    found: dict[str, dict[str, Any]] = {}
    waiting = list(roots)
    while waiting:
        field = _value(waiting.pop())
        message, enum = field.message_type, field.enum_type
        if message is not None and short_name(message) not in found:
            found[short_name(message)] = message_schema(message)
            waiting += message.fields
        elif enum is not None:
            found[short_name(enum)] = enum_schema(enum)
    return dict(sorted(found.items()))


def _value(field: FieldDescriptor) -> FieldDescriptor:
    """The field that holds the type of a field: of a map its values."""
    entry = field.message_type
    return entry.fields_by_name["value"] if is_map(field) and entry is not None else field


def message_schema(message: Descriptor) -> dict[str, Any]:
    """The schema of a message; what it holds is referred to."""
    fields = sorted(message.fields, key=lambda field: field.number)
    schema = _described({"type": "object"}, comment(message))
    schema["properties"] = {field.json_name: field_schema(field) for field in fields}
    oneofs = [_one_of(oneof.fields) for oneof in message.oneofs if len(oneof.fields) > 1]
    return schema | ({"allOf": oneofs} if oneofs else {})


def _one_of(arms: Iterable[FieldDescriptor]) -> dict[str, Any]:
    """At most one of these: exactly one, or none."""
    required = [{"required": [arm.json_name]} for arm in arms]
    return {"oneOf": [*required, {"not": {"anyOf": required}}]}


def enum_schema(enum: EnumDescriptor) -> dict[str, Any]:
    """The schema of an enum: the names of its values, each explained in the description."""
    lines = [f"- `{value.name}` ({value.number}): {summary(value_name(value))}" for value in enum.values]
    text = "\n\n".join([*filter(None, [comment(enum)]), "\n".join(lines)])
    return {"type": "string", "description": text, "enum": [value.name for value in enum.values]}


def field_schema(field: FieldDescriptor) -> dict[str, Any]:
    """The schema of a field's value, with what is said about the field."""
    row = row_of(field)
    if is_map(field):
        schema: dict[str, Any] = {"type": "object", "additionalProperties": _type(_value(field))}
    elif field.is_repeated:
        schema = {"type": "array", "items": _type(field)}
    else:
        schema = _type(field)
    if "$ref" in schema:
        schema = {"allOf": [schema]}  # beside a reference draft 7 reads nothing
    schema = _described(schema, row.doc + (f"\n\nUnit: {UNITS[row.unit]}." if row.unit else ""))
    if row.deprecated:
        schema["deprecated"] = True
    schema["x-field-number"] = row.number
    if row.sensitivity is not None:
        schema["x-sensitivity"] = row.sensitivity
    return schema


def _type(field: FieldDescriptor) -> dict[str, Any]:
    """The schema of one value of a field, without its texts."""
    element = field.message_type or field.enum_type
    if element is not None:
        return {"$ref": SCHEMAS + short_name(element)}
    return dict(_SCALARS[row_of(field).type.rpartition(" ")[2]])


def _described(schema: dict[str, Any], text: str) -> dict[str, Any]:
    return {**schema, "description": text} if text else schema
