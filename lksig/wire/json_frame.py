"""Text frames: proto3 JSON into a message, as LiveKit's server reads it, with nothing lost.

The rule: what the server ignores (unknown keys, unknown enum names) is left out of the message too, and named; what
makes the server close the socket (a key or a oneof given twice, a value of the wrong kind) is an error with a path.
Not `json_format`: it takes the name of an enum for an error, its errors quote values, and it says no place.

Source: protobuf.dev "ProtoJSON Format"; Go's encoding/protojson with DiscardUnknown.
Observed: livekit-server 1.13.5 reads an unknown or misspelt enum name, and a number in quotes, as if it were not there.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from lksig.wire.json_scan import Path

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor
    from google.protobuf.message import Message as ProtoMessage

_FLOAT32_MAX, _FLOAT64_MAX = 3.4028235677973362e38, 1.7976931348623157e308
"""The largest numbers that 32 and 64 bits do not round to infinity."""
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,30})")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class JsonProblem(Exception):
    """A JSON value that no message can hold: why, in words without the value, and at which path of the JSON."""

    def __init__(self, reason: str, path: Path) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path


class UnknownKey(NamedTuple):
    """A key the schema does not know, or a key with an enum name the schema does not know."""

    path: str
    """Of the containing message, with the `.proto` names."""
    key: str
    """As written."""
    value: str
    """The value as compact ASCII JSON."""


class _Object(list[tuple[str, Any]]):
    """A JSON object with its keys in order, twice-given ones included."""


class _UnknownEnumName(Exception):
    pass


def parse_json(text: str) -> object:
    """The value of a JSON text.

    Raises:
        JSONDecodeError: it is no JSON; `pos` says where.
        RecursionError: values are nested too deep.
        ValueError: a number has too many digits.
    """
    return json.loads(text, object_pairs_hook=_Object, parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> object:
    raise JsonProblem(f"`{name}` is no JSON number: it stands in quotes", ())


def fill_message(message: ProtoMessage, value: object) -> list[UnknownKey]:
    """Set the fields of an empty message from a value of `parse_json`; what it did not know.

    Raises:
        JsonProblem: the message cannot hold it.
    """
    unknown: list[UnknownKey] = []
    _fill(message, value, (), "", unknown)
    return unknown


def _fill(message: Any, value: object, at: Path, path: str, unknown: list[UnknownKey]) -> None:
    if not isinstance(value, _Object):
        raise JsonProblem(f"{_name(path)} is an object, this is {_kind(value)}", at)
    fields = fields_by_key(message.DESCRIPTOR)
    given: set[str] = set()
    for key, entry in value:
        field = fields.get(key)
        if field is None:
            unknown.append(UnknownKey(path, key, _compact(entry)))
            continue
        if field.name in given:
            raise JsonProblem(f"{_name(path, field.name)} is given twice", (*at, key))
        given.add(field.name)
        if entry is None:
            continue
        oneof = field.containing_oneof
        other = message.WhichOneof(oneof.name) if oneof is not None else None
        if other is not None:
            raise JsonProblem(f"{_name(path, other)} and {_name(path, field.name)} exclude each other", (*at, key))
        try:
            _set(message, field, entry, (*at, key), f"{path}.{field.name}" if path else field.name, unknown)
        except _UnknownEnumName:
            unknown.append(UnknownKey(path, key, _compact(entry)))


def _set(
    message: ProtoMessage, field: FieldDescriptor, value: object, at: Path, path: str, unknown: list[UnknownKey]
) -> None:
    if field.is_repeated:
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            _set_map(getattr(message, field.name), field.message_type, value, at, path, unknown)
        else:
            _set_list(message, field, value, at, path, unknown)
    elif field.message_type is not None:
        child = getattr(message, field.name)
        child.SetInParent()
        _fill(child, value, at, path, unknown)
    else:
        _guarded(setattr, at, path, message, field.name, _scalar(field, value, at, path))


def _set_list(
    message: ProtoMessage, field: FieldDescriptor, value: object, at: Path, path: str, unknown: list[UnknownKey]
) -> None:
    if not isinstance(value, list) or isinstance(value, _Object):
        raise JsonProblem(f"{_name(path)} is a list, this is {_kind(value)}", at)
    elements = getattr(message, field.name)
    for index, entry in enumerate(value):
        if field.message_type is not None:
            _fill(elements.add(), entry, (*at, index), f"{path}.{index}", unknown)
            continue
        try:
            here, name = (*at, index), f"{path}.{index}"
            _guarded(elements.append, here, name, _scalar(field, entry, here, name))
        except _UnknownEnumName:
            unknown.append(UnknownKey(path.rpartition(".")[0], str(at[-1]), _compact(entry)))


def _set_map(
    entries: Any, entry_type: Descriptor, value: object, at: Path, path: str, unknown: list[UnknownKey]
) -> None:
    if not isinstance(value, _Object):
        raise JsonProblem(f"{_name(path)} is an object, this is {_kind(value)}", at)
    key_field, value_field = entry_type.fields_by_name["key"], entry_type.fields_by_name["value"]
    for key, entry in value:
        here, name = (*at, key), f"{path}.{key}"
        typed = key if key_field.type == key_field.TYPE_STRING else _integer(key, here, path)
        if _guarded(entries.__contains__, here, path, typed):
            raise JsonProblem(f"{_name(path)} holds a key twice", here)
        if value_field.message_type is not None:
            _fill(_guarded(entries.__getitem__, here, path, typed), entry, here, name, unknown)
        else:
            scalar = _scalar(value_field, entry, here, path)
            _guarded(entries.__setitem__, here, path, typed, scalar)


def _guarded(change: Callable[..., Any], at: Path, path: str, *arguments: object) -> Any:
    """Change a message; protobuf's own checks of ranges and Unicode become problems that quote no value."""
    try:
        return change(*arguments)
    except ValueError as exc:
        raise JsonProblem(f"{_name(path)} cannot hold this value", at) from exc


def _scalar(field: FieldDescriptor, value: object, at: Path, path: str) -> object:
    if field.enum_type is not None:
        if isinstance(value, str):
            known = field.enum_type.values_by_name.get(value)
            if known is None:
                raise _UnknownEnumName
            return known.number
        return _integer(value, at, path)
    if field.type == field.TYPE_BOOL:
        wanted: type = bool
    elif field.type in (field.TYPE_STRING, field.TYPE_BYTES):
        wanted = str
    elif field.type in (field.TYPE_FLOAT, field.TYPE_DOUBLE):
        return _float(value, field.type == field.TYPE_FLOAT, at, path)
    else:
        return _integer(value, at, path)
    if not isinstance(value, wanted):
        raise JsonProblem(f"{_name(path)} is {_KINDS[wanted]}, this is {_kind(value)}", at)
    return _bytes(value, at, path) if field.type == field.TYPE_BYTES else value


def _integer(value: object, at: Path, path: str) -> int:
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise JsonProblem(f"{_name(path)} is a whole number, this is {_kind(value)}", at)


def _float(value: object, single: bool, at: Path, path: str) -> float:
    if isinstance(value, str) and (value in _SPECIAL or _NUMBER.fullmatch(value)):
        return _SPECIAL[value] if value in _SPECIAL else float(value)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise JsonProblem(f"{_name(path)} is a number, this is {_kind(value)}", at)
    if abs(value) > (_FLOAT32_MAX if single else _FLOAT64_MAX):
        raise JsonProblem(f"{_name(path)} cannot hold this value", at)
    return float(value)


def _bytes(value: Any, at: Path, path: str) -> bytes:
    bare = value.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError) as exc:
        raise JsonProblem(f"{_name(path)} is base64, this is not", at) from exc


_KINDS: dict[type, str] = {
    bool: "true or false",
    str: "a text",
    int: "a number",
    float: "a number",
    list: "a list",
    _Object: "an object",
    type(None): "null",
}


def _kind(value: object) -> str:
    return _KINDS[type(value)]


def _name(path: str, name: str = "") -> str:
    """How a reason names a place: the envelope has no name of its own."""
    whole = f"{path}.{name}" if path and name else path or name
    return f"`{whole}`" if whole else "a frame"


_tables: dict[str, dict[str, FieldDescriptor]] = {}


def fields_by_key(descriptor: Descriptor) -> dict[str, FieldDescriptor]:
    """A message's fields by both their names, camelCase and `.proto`."""
    table = _tables.get(descriptor.full_name)
    if table is None:
        table = {key: field for field in descriptor.fields for key in (field.json_name, field.name)}
        _tables[descriptor.full_name] = table
    return table


def _compact(value: object) -> str:
    return json.dumps(_plain(value), separators=(",", ":"))


def _plain(value: object) -> object:
    """The value with ordinary objects; of a key given twice the last stays."""
    if isinstance(value, _Object):
        return {key: _plain(entry) for key, entry in value}
    return [_plain(entry) for entry in value] if isinstance(value, list) else value
