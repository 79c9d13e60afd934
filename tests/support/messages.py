"""Messages of any shape, made from the descriptors: for properties that must hold for every message there is.

`envelopes()` gives `(direction, envelope)` for all 22 + 30 cases; `messages(name)` any message of the schema. With
`unknown=True` fields the schema does not know are mixed in, on every level.
"""

from __future__ import annotations

import functools
from typing import Any, Literal

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from hypothesis import strategies as st

from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, case_fields, envelope_class, message_class

_INTEGERS = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
}

_FLOAT32_MAX = 3.4028234663852886e38

TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["PA_huZgjKYCr3H", "TR_Vx7cycqyXMBpA", "ann", "Ann B.", 'a"b\\c', "\x00\x1b[31m", "\u202eevil", "😀 é"]
    ),
)
"""Text of peers: ordinary and hostile, without lone surrogates, which no protobuf string can hold."""

JWTS = st.sampled_from(
    [
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl",
        "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJ2aWRlbyI6e319.AbC-_09",
    ]
)

ICE = st.text("ABCwyz0189+/", min_size=4, max_size=32)
"""Credentials; without `x`, so that none looks as if it were overwritten already."""


@st.composite
def sdps(draw: st.DrawFn) -> str:
    """SDP as far as secrets go: credentials in several sections, any line ends, sometimes none at the end."""
    end = draw(st.sampled_from(["\r\n", "\n", "\r"]))
    lines = ["v=0", "s=-"]
    for _ in range(draw(st.integers(1, 3))):
        lines += [
            f"a=ice-ufrag:{draw(ICE)}",
            draw(st.sampled_from(["a=ice-pwd:", "A=ICE-PWD:", "a=ice-pwd: "])) + draw(ICE),
            "a=ice-options:trickle",
            f"a=candidate:1 1 udp 1 10.0.0.1 5 typ host ufrag {draw(ICE)} generation 0",
        ]
    return end.join(lines) + draw(st.sampled_from(["", end]))


def messages(name: str, *, unknown: bool = False) -> st.SearchStrategy[Any]:
    """Any message of a type, by its name in package `livekit`."""
    return _messages(message_class(name).DESCRIPTOR, unknown)


@functools.cache
def envelopes(direction: Direction | None = None, *, unknown: bool = False) -> st.SearchStrategy[tuple[Direction, Any]]:
    """Any signal message with its direction, every case as likely as the others."""
    directions = [TO_SERVER, TO_CLIENT] if direction is None else [direction]
    return st.one_of([_cases(one, unknown) for one in directions])


def _cases(direction: Direction, unknown: bool) -> st.SearchStrategy[tuple[Direction, Any]]:
    return st.one_of(
        [
            _values(field, unknown).map(functools.partial(_envelope, direction, name))
            for name, field in case_fields(direction).items()
        ]
    )


def _envelope(direction: Direction, case: str, value: Any) -> tuple[Direction, Any]:
    return direction, envelope_class(direction)(**{case: value})


@functools.cache
def _class_of(descriptor: Descriptor) -> Any:
    return message_class(descriptor.full_name.removeprefix("livekit."))


@functools.cache
def _messages(descriptor: Descriptor, unknown: bool) -> st.SearchStrategy[Any]:
    plain = {field.name: _field(field, unknown) for field in descriptor.fields if not _is_arm(field)}
    known = st.fixed_dictionaries({}, optional=plain)
    for oneof in descriptor.oneofs:
        if len(oneof.fields) > 1:
            arms = [st.fixed_dictionaries({field.name: _field(field, unknown)}) for field in oneof.fields]
            known = st.builds(lambda one, other: {**one, **other}, known, st.one_of([st.just({}), *arms]))
    extra = unknown_fields(descriptor) if unknown else st.just(b"")
    return st.builds(functools.partial(_build, descriptor), known, extra)


def _build(descriptor: Descriptor, fields: dict[str, Any], extra: bytes) -> Any:
    message = _class_of(descriptor)(**fields)
    if extra:
        message.MergeFromString(extra)
    return message


def _is_arm(field: FieldDescriptor) -> bool:
    return field.containing_oneof is not None and len(field.containing_oneof.fields) > 1


def _field(field: FieldDescriptor, unknown: bool) -> st.SearchStrategy[Any]:
    if not field.is_repeated:
        return _values(field, unknown)
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        entry = field.message_type.fields_by_name
        return st.dictionaries(_values(entry["key"], unknown), _values(entry["value"], unknown), max_size=3)
    return st.lists(_values(field, unknown), max_size=3)


def _values(field: FieldDescriptor, unknown: bool) -> st.SearchStrategy[Any]:
    """Values of one field, of an element or of a map's value."""
    if field.message_type is not None:
        return _messages(field.message_type, unknown)
    if field.enum_type is not None:
        return st.one_of(st.sampled_from(list(field.enum_type.values_by_number)), st.sampled_from([99, -1, 2**31 - 1]))
    if field.type == field.TYPE_BOOL:
        return st.booleans()
    if field.type == field.TYPE_BYTES:
        return st.binary(max_size=16)
    if field.type == field.TYPE_STRING:
        return _texts(field)
    if field.cpp_type in (field.CPPTYPE_FLOAT, field.CPPTYPE_DOUBLE):
        width: Literal[32, 64] = 32 if field.cpp_type == field.CPPTYPE_FLOAT else 64
        # The largest float is left out: json_format (protobuf 7.36) refuses to read what it writes for it.
        return st.floats(width=width).filter(lambda value: abs(value) != _FLOAT32_MAX) | st.just(-0.0)
    low, high = _INTEGERS[field.cpp_type]
    return st.one_of(st.integers(low, high), st.sampled_from([low, high, 0, 1]))


def _texts(field: FieldDescriptor) -> st.SearchStrategy[str]:
    if field.name == "sdp":
        return sdps()
    if field.name == "candidateInit":
        return ICE.map(lambda ufrag: f'{{"candidate":"candidate:1 ufrag {ufrag}","usernameFragment":"{ufrag}"}}')
    return st.one_of(TEXTS, TEXTS, JWTS.map(lambda jwt: f"é {jwt}!"), JWTS)


def unknown_fields(descriptor: Descriptor) -> st.SearchStrategy[bytes]:
    """Serialized fields that a message of this type does not have; mostly none."""
    known = set(descriptor.fields_by_number)
    numbers = st.sampled_from([number for number in (15, 31, 99, 2047, 536870911) if number not in known])
    contents = st.one_of(
        st.tuples(st.just(0), st.integers(0, 2**64 - 1).map(varint)),
        st.tuples(st.just(1), st.binary(min_size=8, max_size=8)),
        st.tuples(st.just(2), st.binary(max_size=8).map(lambda content: varint(len(content)) + content)),
        st.tuples(st.just(5), st.binary(min_size=4, max_size=4)),
    )
    one = st.builds(lambda number, content: varint(number << 3 | content[0]) + content[1], numbers, contents)
    group = st.builds(lambda number, inner: varint(number << 3 | 3) + inner + varint(number << 3 | 4), numbers, one)
    return st.one_of(st.just(b""), st.just(b""), st.lists(st.one_of(one, group), max_size=2).map(b"".join))


def varint(value: int) -> bytes:
    """A number as protobuf writes it."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
