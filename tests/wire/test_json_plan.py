"""The generated writers: every kind of field, also those the signal schema does not have yet."""

from __future__ import annotations

import json
import math
import struct
from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.pool import descriptor, message_class
from lksig.wire.json_plan import Style, compile_fields, double_text, float_text, in_order, message_function, sorted_keys
from lksig.wire.redaction import Secrets

SECRETS = Secrets(b"k" * 16)
_Kind = descriptor_pb2.FieldDescriptorProto


def write(message: Any, style: Style = Style()) -> str:  # noqa: B008 - an immutable value
    return message_function(message.DESCRIPTOR, style)(message, SECRETS, [])


@pytest.fixture(scope="module")
def odd() -> Any:
    """A message with kinds of fields that no signal message has: double, unsigned 64 bits, boolean keys, mixed arms."""
    file = descriptor_pb2.FileDescriptorProto(name="odd.proto", package="odd", syntax="proto3")
    message = file.message_type.add(name="Odd")
    message.oneof_decl.add(name="one")
    entry = message.nested_type.add(name="FlagsEntry")
    entry.options.map_entry = True
    entry.field.add(name="key", number=1, type=_Kind.TYPE_BOOL, label=_Kind.LABEL_OPTIONAL)
    entry.field.add(name="value", number=2, type=_Kind.TYPE_DOUBLE, label=_Kind.LABEL_OPTIONAL)
    for name, number, kind, label, arm in (
        ("ratio", 4, _Kind.TYPE_DOUBLE, _Kind.LABEL_OPTIONAL, False),
        ("large", 3, _Kind.TYPE_UINT64, _Kind.LABEL_OPTIONAL, False),
        ("ratios", 5, _Kind.TYPE_DOUBLE, _Kind.LABEL_REPEATED, False),
        ("flags", 6, _Kind.TYPE_MESSAGE, _Kind.LABEL_REPEATED, False),
        ("text", 7, _Kind.TYPE_STRING, _Kind.LABEL_OPTIONAL, True),
        ("again", 9, _Kind.TYPE_MESSAGE, _Kind.LABEL_OPTIONAL, True),
    ):
        field = message.field.add(name=name, number=number, type=kind, label=label)
        if kind == _Kind.TYPE_MESSAGE:
            field.type_name = ".odd.Odd.FlagsEntry" if name == "flags" else ".odd.Odd"
        if arm:
            field.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("odd.Odd"))


def test_every_kind_of_field(odd: Any) -> None:
    assert write(odd(ratio=-0.0)) == '{"ratio":-0.0}'
    message = odd(ratio=0.1, large=2**64 - 1, ratios=[math.inf, -math.inf, 1.0], flags={True: 1.5, False: math.nan})
    message.again.text = ""
    assert write(message) == (
        '{"large":"18446744073709551615","ratio":0.1,"ratios":["Infinity","-Infinity",1.0],'
        '"flags":{"false":"NaN","true":1.5},"again":{"text":""}}'
    )
    assert write(odd(), Style(unset="all")) == '{"large":"0","ratio":0.0,"ratios":[],"flags":{}}'


def test_numbers_the_enum_does_not_know_and_floats() -> None:
    assert write(message_class("SubscribedQuality")(quality=-7)) == '{"quality":-7,"enabled":false}'
    assert write(message_class("ConnectionQualityInfo")(score=4.5)) == '{"quality":"POOR","score":4.5}'
    assert write(message_class("ConnectionQualityInfo")(), Style(unset="all")) == (
        '{"participant_sid":"","quality":"POOR","score":0.0}'
    )


def test_a_function_for_some_fields_writes_only_those(odd: Any) -> None:
    message = odd(large=1, text="t")
    fields = in_order(odd.DESCRIPTOR)
    style = Style()
    assert [field.name for field in fields] == ["large", "ratio", "ratios", "flags", "text", "again"]
    assert compile_fields(odd.DESCRIPTOR, fields[:1], style)(message, SECRETS, []) == '{"large":"1"}'
    assert compile_fields(odd.DESCRIPTOR, fields[4:], style)(message, SECRETS, []) == '{"text":"t"}'
    assert compile_fields(odd.DESCRIPTOR, fields[5:], style)(message, SECRETS, []) == "{}"


def test_a_type_is_compiled_once_for_each_style() -> None:
    one = descriptor("MuteTrackRequest")
    assert message_function(one, Style()) is message_function(one, Style())
    assert message_function(one, Style()) is not message_function(one, Style(camel=True))


def test_styles() -> None:
    codec = message_class("SimulcastCodec")(codec="vp8")
    assert write(codec) == '{"codec":"vp8","video_layer_mode":"MODE_UNUSED"}'
    assert write(codec, Style(camel=True)) == '{"codec":"vp8","videoLayerMode":"MODE_UNUSED"}'
    assert write(codec, Style(unset="none")) == '{"codec":"vp8"}'
    assert write(codec, Style(unset="all")) == '{"codec":"vp8","cid":"","layers":[],"video_layer_mode":"MODE_UNUSED"}'


def test_secret_fields_are_hidden_unless_shown() -> None:
    room_moved = message_class("RoomMovedResponse")(token="a-secret-token")
    assert write(room_moved) == f'{{"token":"{SECRETS.placeholder("a-secret-token")}"}}'
    assert write(room_moved, Style(hidden=False)) == '{"token":"a-secret-token"}'
    blob = message_class("DataBlob")(contents=b"\xff\x00")
    assert write(blob) == '{"contents":"/wA="}'


def test_messages_with_unknown_fields_are_reported() -> None:
    participant = message_class("ParticipantInfo")()
    participant.permission.MergeFromString(b"\xf8\x07\x01")
    reported: list[Any] = []
    message_function(participant.DESCRIPTOR, Style())(participant, SECRETS, reported)
    assert reported == [participant.permission]


@given(st.floats(width=32))
def test_a_float_is_the_shortest_that_gives_the_same_bits(value: float) -> None:
    text = float_text(value)
    speaker = message_class("SpeakerInfo")(level=value)
    assert json.loads(text) == json_format.MessageToDict(speaker).get("level", 0.0)
    if math.isfinite(value):
        assert struct.pack("<f", json.loads(text)) == struct.pack("<f", value)


@given(st.floats())
def test_a_double_keeps_every_digit(value: float) -> None:
    text = json.loads(double_text(value))
    assert text == value if math.isfinite(value) else text in ("NaN", "Infinity", "-Infinity")


def test_map_keys_are_sorted_as_they_are_shown() -> None:
    first, second = "eyJhbGciOiJIUzI1NiJ9.eyJhIn0.c2ln", "eyJhbGciOiJIUzI1NiJ9.eyJiIn0.c2ln"
    keys = {first: "", "z": "", second: "", "[": ""}
    shown = sorted(keys, key=SECRETS.tokens)
    assert sorted_keys(keys) == ["[", first, second, "z"]
    assert sorted_keys(keys, SECRETS) == shown
    assert sorted_keys({"b": "", "a": ""}, SECRETS) == ["a", "b"]
    assert sorted_keys({10: "", 9: ""}) == [9, 10]


def reachable(name: str, seen: set[str]) -> set[str]:
    for field in descriptor(name).fields:
        inside = field.message_type
        if inside is not None and inside.full_name not in seen:
            seen.add(inside.full_name)
            reachable(inside.full_name.removeprefix("livekit."), seen)
    return seen


def test_no_well_known_type_needs_a_form_of_its_own() -> None:
    names = {"SignalRequest", "SignalResponse", "JoinRequest"}
    assert all(found.startswith("livekit.") for name in names for found in reachable(name, set()))
