"""How a message type becomes JSON text: one function per type, written once from its descriptor and then compiled.

The rule: the descriptors are walked once, not once per message. A generated function reads the fields it knows by
name, in the order of their numbers. (Measured with protobuf 7.36: 50 ns to look at a field, where `ListFields` takes
170 for each that is set; in all twice the speed of `MessageToDict` and `json`.) A function is compiled when the first
message of its type arrives, which takes 0.2 ms.

What is printed is proto3 JSON, with `.proto` names, map keys sorted (their order in memory differs
from process to process), and of the unset fields the enums and booleans without presence, whose default carries
meaning. Source: protobuf.dev "ProtoJSON Format". No well-known type can be reached from a signal message.
"""

from __future__ import annotations

import functools
import json
import math
from binascii import b2a_base64
from collections.abc import Callable, Sequence
from struct import Struct
from typing import TYPE_CHECKING, Any, NamedTuple

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.unknown_fields import UnknownFieldSet

from lksig.wire.redaction import treatment

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor

MessageText = Callable[[Any, Any, list[Any]], str]
"""Message, the `Secrets` of the run, a list that receives the messages with unknown fields → JSON text."""

quoted: Callable[[str], str] = json.encoder.encode_basestring_ascii
"""A JSON string in ASCII; the standard library's C function where there is one."""


class Style(NamedTuple):
    """Which of the JSON forms of a message."""

    camel: bool = False
    """`lowerCamelCase` names, as Go's protojson writes them, instead of the `.proto` file's."""
    unset: str = "meaningful"
    """Which fields without presence are printed though unset: `none`, `meaningful` (enums and booleans), or `all`."""
    hidden: bool = True
    """Secrets become placeholders."""


_texts: dict[tuple[str, Style], MessageText] = {}


def message_function(descriptor: Descriptor, style: Style) -> MessageText:
    """The function that writes messages of a type; the same one every time."""
    key = descriptor.full_name, style
    function = _texts.get(key)
    if function is None:
        function = _texts[key] = compile_fields(descriptor, in_order(descriptor), style)
    return function


def in_order(descriptor: Descriptor) -> list[FieldDescriptor]:
    """The fields of a message by their numbers."""
    return sorted(descriptor.fields, key=lambda field: field.number)


def compile_fields(descriptor: Descriptor, fields: Sequence[FieldDescriptor], style: Style) -> MessageText:
    """A function that writes a message of a type as far as these fields go."""
    return _Writer(descriptor, fields, style).compiled()


def field_key(field: FieldDescriptor, style: Style) -> str:
    """A field's name as JSON key, colon included."""
    return quoted(field.json_name if style.camel else field.name) + ":"


class _Names(dict[int, str]):
    """An enum's numbers as JSON text; a number it does not know stays a number."""

    def __missing__(self, number: int) -> str:
        return str(number)


class _Arms(dict[str, MessageText]):
    """The arms of a oneof, each with a function that is made when the arm is first seen: an envelope has thirty."""

    def __init__(self, make: Callable[[FieldDescriptor], MessageText], fields: Sequence[FieldDescriptor]) -> None:
        self._make = make
        self._fields = {field.name: field for field in fields}

    def __missing__(self, arm: str) -> MessageText:
        function = self[arm] = self._make(self._fields[arm])
        return function


_FLOATS = (FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE)
_64_BIT = (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64)
"""Numbers that JSON's readers would round, so they stand in quotes."""

_F32 = Struct("<f")


def float_text(value: float) -> str:
    """A `float` field as JSON: the shortest decimal that gives the same 32 bits.

    Source: protobuf.dev "ProtoJSON Format" for NaN and infinity.
    """
    return _shortest(value) if value else repr(value)  # 0.0 and -0.0 are one key to a cache


@functools.lru_cache(maxsize=1024)
def _shortest(value: float) -> str:
    if not math.isfinite(value):
        return _special(value)
    packed, digits = _F32.pack(value), 6
    while _F32.pack(shortest := float(f"{value:.{digits}g}")) != packed:
        digits += 1
    return repr(shortest)


def double_text(value: float) -> str:
    """A `double` field as JSON."""
    return repr(value) if math.isfinite(value) else _special(value)


def _special(value: float) -> str:
    if value != value:
        return '"NaN"'
    return '"Infinity"' if value > 0 else '"-Infinity"'


def bytes_text(value: bytes) -> str:
    """A `bytes` field as JSON: standard base64, padded."""
    return f'"{b2a_base64(value, newline=False).decode("ascii")}"'


def sorted_keys(entries: Any, secrets: Any = None) -> list[Any]:
    """A map's keys in the order of the JSON: numbers by value, texts as they are shown where secrets are hidden."""
    keys = sorted(entries)
    if secrets is not None and "eyJ" in "".join(keys):
        keys.sort(key=secrets.tokens)
    return keys


class _Writer:
    """Writes the source of one function. `m` is the message, `s` the secrets, `u` the list for unknown ones.

    Every field becomes a piece of one f-string, which joins them all at once. A piece that may be missing is made
    before, as a variable that is empty or begins with its comma.
    """

    def __init__(self, descriptor: Descriptor, fields: Sequence[FieldDescriptor], style: Style) -> None:
        self._descriptor = descriptor
        self._fields = fields
        self._style = style
        self._lines = ["def text(m, s, u):", " if unknown(m): u.append(m)"]
        self._pieces: list[str] = []
        self._names: dict[str, Any] = {
            "unknown": UnknownFieldSet,
            "quoted": quoted,
            "sign": math.copysign,
            "float_text": float_text,
            "double_text": double_text,
            "bytes_text": bytes_text,
            "sorted_keys": sorted_keys,
        }

    def compiled(self) -> MessageText:
        for field in self._fields:
            if field.is_repeated:
                self._write_repeated(field)
            elif field.has_presence:
                self._write_optional(field)
            else:
                self._write_plain(field)
        if self._pieces and self._pieces[0].startswith(","):
            self._lines.append(f" return f'{{{{{''.join(self._pieces)[1:]}}}}}'")
        else:
            self._lines += [f" t = f'{''.join(self._pieces)}'", " return f'{{{t[1:]}}}'"]
        return self._compiled("\n".join(self._lines), "text")

    def _compiled(self, source: str, name: str) -> MessageText:
        code = compile(source, f"<json of {self._descriptor.full_name}>", "exec")
        exec(code, self._names)  # noqa: S102 - the source is made from descriptors of the package, never from input
        function: MessageText = self._names[name]
        return function

    def _key(self, field: FieldDescriptor) -> str:
        return field_key(field, self._style)

    def _write_plain(self, field: FieldDescriptor) -> None:
        """A field without presence: it is printed when it is not the default, or always."""
        meaningful = field.type in (field.TYPE_ENUM, field.TYPE_BOOL)
        if self._style.unset == "all" or (meaningful and self._style.unset == "meaningful"):
            self._pieces.append(f",{self._key(field)}{self._piece(field, f'm.{field.name}')}")
            return
        condition = f"(v := m.{field.name})"
        if field.cpp_type in _FLOATS:
            condition += " or sign(1.0, v) < 0"  # a negative zero is false and yet set
        self._write_if(condition, field, f"f',{self._key(field)}{self._piece(field, 'v')}'")

    def _write_optional(self, field: FieldDescriptor) -> None:
        oneof = field.containing_oneof
        if oneof is None or len(oneof.fields) == 1:  # `optional` makes a oneof of one
            text = f"f',{self._key(field)}{self._piece(field, f'm.{field.name}')}'"
            self._write_if(f"m.HasField({field.name!r})", field, text)
        elif self._names.get(table := f"arms_{oneof.name}") is None:
            self._own(table, _Arms(self._arm_text, oneof.fields))
            self._write_if(f"(a := m.WhichOneof({oneof.name!r}))", field, f"{table}[a](getattr(m, a), s, u)")

    def _arm_text(self, field: FieldDescriptor) -> MessageText:
        """A function that writes one arm of a oneof, key and comma included."""
        if field not in self._fields:
            return lambda _v, _s, _u: ""
        return self._compiled(f"def arm(v, s, u): return f',{self._key(field)}{self._piece(field, 'v')}'", "arm")

    def _write_repeated(self, field: FieldDescriptor) -> None:
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            entry = field.message_type.fields_by_name
            is_text = entry["key"].type == field.TYPE_STRING
            key = "{quoted(k)}" if is_text else '"{str(k).lower()}"'
            keys = "sorted_keys(v, s)" if is_text and self._style.hidden else "sorted_keys(v)"
            text = f"'{{' + ','.join([f'{key}:{self._piece(entry['value'], 'v[k]')}' for k in {keys}]) + '}}'"
        else:
            text = f"'[' + ','.join([f'{self._piece(field, 'x')}' for x in v]) + ']'"
        condition = f"(v := m.{field.name})"
        if self._style.unset == "all":
            condition += " is not None"
        self._write_if(condition, field, f"',{self._key(field)}' + {text}")

    def _write_if(self, condition: str, field: FieldDescriptor, text: str) -> None:
        self._lines.append(f" p{field.number} = {text} if {condition} else ''")
        self._pieces.append(f"{{p{field.number}}}")

    def _piece(self, field: FieldDescriptor, value: str) -> str:
        """The piece of an f-string that writes one value, given as an expression."""
        if field.type == field.TYPE_STRING:
            return f"{{quoted({self._shown(field, value)})}}"
        if field.type == field.TYPE_BYTES:
            return f"{{bytes_text({self._shown(field, value)})}}"
        if field.type == field.TYPE_BOOL:
            return f'{{"true" if {value} else "false"}}'
        if field.type == field.TYPE_FLOAT:
            return f"{{float_text({value})}}"
        if field.type == field.TYPE_DOUBLE:
            return f"{{double_text({value})}}"
        if field.enum_type is not None:
            numbers = {number: quoted(known.name) for number, known in field.enum_type.values_by_number.items()}
            return f"{{{self._own(f'names_{field.number}', _Names(numbers))}[{value}]}}"
        if field.message_type is not None:
            return f"{{{self._child(field.message_type)}({value}, s, u)}}"
        return f'"{{{value}}}"' if field.cpp_type in _64_BIT else f"{{{value}}}"

    def _shown(self, field: FieldDescriptor, value: str) -> str:
        """The expression for what a text or bytes field shows."""
        how = treatment(field) if self._style.hidden else None
        return f"s.{how}({value})" if how else value

    def _child(self, descriptor: Descriptor) -> str:
        """The name of the function for a message inside; it is compiled when it is first called."""
        name = f"text_of_{descriptor.full_name.replace('.', '_')}"

        def first(m: Any, s: Any, u: list[Any]) -> str:
            function = self._names[name] = message_function(descriptor, self._style)
            return function(m, s, u)

        return self._own(name, first)

    def _own(self, name: str, value: Any) -> str:
        self._names[name] = value
        return name
