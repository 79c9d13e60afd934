"""Scalars from text and back."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.pool import TO_CLIENT, TO_SERVER, descriptor, enum_descriptor, envelope_class
from lksig.schema.scalars import (
    FLOAT_LIMIT,
    Unfit,
    check_text,
    enum_names,
    format_float,
    format_scalar,
    integer_range,
    parse_base64,
    parse_scalar,
)

if TYPE_CHECKING:
    from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor


def field(path: str) -> FieldDescriptor:
    message, name = path.rsplit(".", 1)
    return descriptor(message).fields_by_name[name]


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("AddTrackRequest.cid", "-5", "-5"),
        ("AddTrackRequest.cid", "", ""),
        ("AddTrackRequest.width", "1280", 1280),
        ("AddTrackRequest.width", "+007", 7),
        ("AddTrackRequest.width", "4294967295", 2**32 - 1),
        ("SimulateScenario.speaker_update", "-2147483648", -(2**31)),
        ("Ping.timestamp", "9223372036854775807", 2**63 - 1),
        ("Ping.timestamp", "-9223372036854775808", -(2**63)),
        ("MuteTrackRequest.muted", "true", True),
        ("MuteTrackRequest.muted", "FALSE", False),
        ("MuteTrackRequest.muted", "1", True),
        ("MuteTrackRequest.muted", "0", False),
        ("AddTrackRequest.type", "VIDEO", 1),
        ("AddTrackRequest.type", "video", 1),
        ("AddTrackRequest.type", "2", 2),
        ("AddTrackRequest.type", "77", 77),
        ("AddTrackRequest.type", "-1", -1),
        ("ServerInfo.edition", "CLOUD", 1),
        ("SpeakerInfo.level", "0.5", 0.5),
        ("SpeakerInfo.level", "-.5e1", -5.0),
        ("SpeakerInfo.level", "3", 3.0),
        ("SpeakerInfo.level", "Infinity", math.inf),
        ("SpeakerInfo.level", "-inf", -math.inf),
        ("DataBlob.contents", "hex:00fF", b"\x00\xff"),
        ("DataBlob.contents", "hex:", b""),
        ("DataBlob.contents", "b64:AP8=", b"\x00\xff"),
        ("DataBlob.contents", "b64:AP8", b"\x00\xff"),
        ("DataBlob.contents", "b64:-_-_", b"\xfb\xff\xbf"),
        ("DataBlob.contents", "plain é", "plain é".encode()),
    ],
)
def test_a_text_is_read_as_the_type_of_its_field(path: str, text: str, value: Any) -> None:
    read = parse_scalar(field(path), text)
    assert read == value
    assert type(read) is type(value)


def test_not_a_number_is_a_float_too() -> None:
    assert math.isnan(float(parse_scalar(field("SpeakerInfo.level"), "nan")))


@pytest.mark.parametrize(
    ("path", "text", "wanted", "guess"),
    [
        ("AddTrackRequest.width", "-1", "a whole number from 0 to 4294967295", None),
        ("AddTrackRequest.width", "4294967296", "a whole number from 0 to 4294967295", None),
        ("AddTrackRequest.width", "1_0", "a whole number from 0 to 4294967295", None),
        ("AddTrackRequest.width", "1.5", "a whole number from 0 to 4294967295", None),
        ("AddTrackRequest.width", "９", "a whole number from 0 to 4294967295", None),
        ("AddTrackRequest.width", "9" * 5000, "a whole number from 0 to 4294967295", None),
        ("SimulateScenario.speaker_update", "x", "a whole number from -2147483648 to 2147483647", None),
        (
            "Ping.timestamp",
            "9223372036854775808",
            "a whole number from -9223372036854775808 to 9223372036854775807",
            None,
        ),
        ("MuteTrackRequest.muted", "yes", "a boolean: true or false", None),
        ("AddTrackRequest.type", "VIDOE", "a TrackType: AUDIO, VIDEO or DATA", "VIDEO"),
        ("AddTrackRequest.type", "2147483648", "a TrackType: AUDIO, VIDEO or DATA", None),
        ("AddTrackRequest.type", "", "a TrackType: AUDIO, VIDEO or DATA", None),
        ("AddTrackRequest.encryption", "GMC", "an Encryption.Type: NONE, GCM or CUSTOM", "GCM"),
        ("SpeakerInfo.level", "loud", "a number", None),
        ("SpeakerInfo.level", "1_0", "a number", None),
        ("SpeakerInfo.level", "1e300", "a number that fits into 32 bits", None),
        ("SpeakerInfo.level", "-1e99999", "a number that fits into 32 bits", None),
        ("DataBlob.contents", "hex:0", "hexadecimal: two digits a byte", None),
        ("DataBlob.contents", "b64:A", "base64", None),
        ("DataBlob.contents", "b64:A!==", "base64", None),
        ("DataBlob.contents", "\ud800", "UTF-8 text", None),
        ("AddTrackRequest.cid", "a\udcff", "UTF-8 text", None),
    ],
)
def test_what_does_not_fit_says_what_would(path: str, text: str, wanted: str, guess: str | None) -> None:
    with pytest.raises(Unfit) as caught:
        parse_scalar(field(path), text)
    assert (caught.value.wanted, caught.value.guess) == (wanted, guess)


def every_enum() -> list[EnumDescriptor]:
    names = ["TrackType", "DisconnectReason", "ServerInfo.Edition", "RequestResponse.Reason", "ParticipantInfo.Kind"]
    return [enum_descriptor(name) for name in names]


@pytest.mark.parametrize("enum", every_enum(), ids=lambda enum: enum.name)
def test_names_in_any_case_are_told_apart(enum: EnumDescriptor) -> None:
    assert len({value.name.upper() for value in enum.values}) == len(list(enum.values))
    assert enum_names(enum) == {value.number: value.name for value in enum.values}


def test_ranges_are_those_of_the_wire() -> None:
    assert integer_range(field("AddTrackRequest.width")) == (0, 2**32 - 1)
    assert integer_range(field("Ping.timestamp")) == (-(2**63), 2**63 - 1)
    assert integer_range(envelope_class(TO_CLIENT).DESCRIPTOR.fields_by_name["pong"]) == (-(2**63), 2**63 - 1)
    assert integer_range(envelope_class(TO_SERVER).DESCRIPTOR.fields_by_name["ping"])[0] == -(2**63)


def test_lone_surrogates_are_no_text() -> None:
    assert check_text("é😀") == "é😀"
    with pytest.raises(Unfit):
        check_text("a\ud800b")


@given(st.binary())
def test_base64_is_read_in_every_spelling(data: bytes) -> None:
    import base64

    for text in (base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()):
        assert parse_base64(text) == data
        assert parse_base64(text.rstrip("=")) == data


FLOATS = st.floats(width=32)


@given(FLOATS)
def test_floats_are_written_short_and_read_back(value: float) -> None:
    text = format_float(value)
    again = float(parse_scalar(field("SpeakerInfo.level"), text))
    if math.isnan(value):
        assert math.isnan(again)
    else:
        assert struct.pack("<f", again) == struct.pack("<f", value)


def test_floats_are_as_short_as_they_can_be() -> None:
    assert format_float(0.10000000149011612) == "0.1"
    greatest = (2 - 2**-23) * 2.0**127
    assert format_float(greatest) == "3.4028235e+38"
    assert greatest < float("3.4028235e+38") < FLOAT_LIMIT


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("AddTrackRequest.type", 1, "VIDEO"),
        ("AddTrackRequest.type", 77, "77"),
        ("MuteTrackRequest.muted", True, "true"),
        ("MuteTrackRequest.muted", False, "false"),
        ("DataBlob.contents", b"\x00\xff", "hex:00ff"),
        ("DataBlob.contents", bytes(33), "b64:" + "A" * 44),
        ("SpeakerInfo.level", 0.5, "0.5"),
        ("Ping.timestamp", -1, "-1"),
        ("AddTrackRequest.cid", "c 1", "c 1"),
    ],
)
def test_a_value_is_written_as_it_is_read(path: str, value: Any, text: str) -> None:
    assert format_scalar(field(path), value) == text
    assert parse_scalar(field(path), text) == value


@given(st.sampled_from(["AddTrackRequest.width", "AddTrackRequest.type", "SpeakerInfo.level"]), st.text(max_size=20))
def test_any_text_is_a_value_or_unfit(path: str, text: str) -> None:
    try:
        value = parse_scalar(field(path), text)
    except Unfit:
        return
    assert isinstance(value, int | float)
