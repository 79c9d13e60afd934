"""What the schema does not know is found, named and scrubbed."""

from __future__ import annotations

import base64
import json
from typing import Any

from google.protobuf.message import Message as ProtoMessage
from hypothesis import given

from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, envelope_class
from lksig.wire.codec import decode_frame
from lksig.wire.events import Encoding
from lksig.wire.redaction import Secrets
from lksig.wire.unknown import UnknownField, has_unknown, scrubbed, unknown_fields, unknown_text
from tests.support.messages import envelopes, varint

SECRETS = Secrets(b"k" * 16)


def sized(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def found(raw: bytes, direction: Direction = TO_CLIENT, encoding: Encoding = "protobuf") -> list[UnknownField]:
    return unknown_fields(decode_frame(raw, direction=direction, encoding=encoding, t_ns=0, by="server"))


def test_every_wire_type_on_every_level() -> None:
    extra = b"\xf8\x07\x05" + b"\xf9\x07" + b"\xff" * 8 + b"\xfd\x07\x01\x02\x03\x04" + sized(127, b"hi")
    raw = extra + sized(5, sized(1, extra) + b"\x10\x01")
    kinds = [
        ("varint", "5"),
        ("fixed64", "18446744073709551615"),
        ("fixed32", "67305985"),
        ("bytes", "aGk="),
    ]
    assert found(raw) == [
        *[("", 127, wire, value) for wire, value in kinds],
        *[("update.participants.0", 127, wire, value) for wire, value in kinds],
    ]


def test_a_group_is_given_as_the_fields_inside() -> None:
    inside = b"\x08\xac\x02" + b"\x11" + bytes(8) + sized(3, b"x") + b"\x23\x08\x01\x24" + b"\x2d\x01\x00\x00\x00"
    raw = varint(99 << 3 | 3) + inside + varint(99 << 3 | 4)
    assert found(raw) == [("", 99, "group", base64.b64encode(inside).decode())]


def test_the_path_of_maps() -> None:
    entry = b"\x08\x07" + sized(2, b"\xf8\x07\x01")
    assert found(sized(29, sized(1, entry))) == [("data_track_subscriber_handles.sub_handles.7", 127, "varint", "1")]
    # A map entry with an unknown field in it is an unknown field of the message around the map.
    entry = sized(1, b"k") + b"\x18\x01"
    raw = sized(15, sized(3, entry) + sized(3, sized(1, b"a")))
    assert found(raw, TO_SERVER) == [("update_metadata", 3, "bytes", base64.b64encode(entry).decode())]


def test_an_unknown_case_and_a_known_number_of_another_kind() -> None:
    assert found(sized(77, b"")) == [("", 77, "bytes", "")]
    assert found(b"\x80\x01\x05") == [("", 16, "varint", "5")]


def test_text_frames_name_the_key() -> None:
    raw = b'{"mute":{"sid":"TR_x","why":{"a":1}}}'
    assert found(raw, TO_SERVER, "json") == [("mute", "why", "json", '{"a":1}')]


def test_undecodable_frames_have_none() -> None:
    assert found(b"\x0f") == []


def walk(message: Any) -> bool:
    """Whether there is an unknown field anywhere, asked message by message."""
    from google.protobuf.unknown_fields import UnknownFieldSet

    if len(UnknownFieldSet(message)):
        return True
    for field, value in message.ListFields():
        if field.message_type is not None:
            values = value if field.is_repeated else [value]
            values = values.values() if hasattr(values, "values") else values
            if any(isinstance(inner, ProtoMessage) and walk(inner) for inner in values):
                return True
    return False


@given(envelopes(unknown=True))
def test_looking_finds_what_is_there(made: tuple[Direction, Any]) -> None:
    direction, envelope = made
    raw = envelope.SerializeToString()
    decoded = envelope_class(direction).FromString(raw)
    assert has_unknown(decoded) == walk(decoded) == bool(found(raw, direction))
    deterministic = envelope.SerializeToString(deterministic=True)
    assert decoded.SerializeToString(deterministic=True) == deterministic  # looking changes nothing


def test_secrets_in_it_are_overwritten_when_shown() -> None:
    jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2ln"
    unknown = found(sized(99, jwt.encode()) + b"\xf8\x07\x05")
    assert json.loads(unknown_text(unknown, SECRETS)) == [
        {"path": "", "field": 99, "wire": "bytes", "value": base64.b64encode(b"x" * len(jwt)).decode()},
        {"path": "", "field": 127, "wire": "varint", "value": "5"},
    ]
    key = UnknownField(f"m.{jwt}", jwt, "json", f'"{jwt}"')
    hidden = "x" * len(jwt)
    assert scrubbed(key, SECRETS) == (f"m.{hidden}", hidden, "json", f'"{hidden}"')
