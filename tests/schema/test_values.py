"""Values that only sending can know."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.schema.lexer import Span
from lksig.schema.pool import descriptor, message_class
from lksig.schema.references import Reference, parse_reference
from lksig.schema.values import Items, Mention, Now, Plain, Value, empty_value, mentions, resolve
from tests.support.typed import NOW_MS, FakeInputs, mistake


def field(path: str) -> Any:
    message, name = path.rsplit(".", 1)
    return descriptor(message).fields_by_name[name]


def mention(path: str, *, many: bool = False, text: str = "%4.x") -> Mention:
    return Mention(parse_reference(Span(f"a={text}", 2, 2 + len(text))), field(path), many)


def value_of(value: Value, found: object = None) -> Any:
    def lookup(reference: Reference) -> object:
        return found

    return resolve(value, lookup, FakeInputs())


def test_what_is_known_is_itself() -> None:
    assert value_of(Plain("x")) == "x"
    assert value_of(Items((Plain("a"), Plain("b")))) == ["a", "b"]


def test_now_comes_in_the_unit_of_its_field() -> None:
    assert value_of(Now(1, 1)) == NOW_MS
    assert value_of(Now(1, 1000)) == NOW_MS // 1000
    assert value_of(Now(1000, 1)) == NOW_MS * 1000


@pytest.mark.parametrize(
    ("path", "found", "value"),
    [
        ("MuteTrackRequest.sid", "TR_x", "TR_x"),
        ("MuteTrackRequest.sid", 7, "7"),
        ("MuteTrackRequest.sid", True, "true"),
        ("MuteTrackRequest.sid", 0.5, "0.5"),
        ("MuteTrackRequest.muted", True, True),
        ("MuteTrackRequest.muted", "false", False),
        ("Ping.timestamp", 9, 9),
        ("Ping.timestamp", "9", 9),
        ("AddTrackRequest.type", "VIDEO", 1),
        ("AddTrackRequest.type", 77, 77),
        ("SpeakerInfo.level", 0.5, 0.5),
        ("DataBlob.contents", b"\x00", b"\x00"),
        ("DataBlob.contents", "hex:é", "hex:é".encode()),
    ],
)
def test_a_found_value_becomes_one_of_the_field(path: str, found: object, value: object) -> None:
    assert value_of(mention(path), found) == value


def test_a_list_fits_where_many_are_wanted() -> None:
    assert value_of(mention("UpdateTrackSettings.track_sids", many=True), ["a", 7]) == ["a", "7"]
    assert value_of(mention("UpdateTrackSettings.track_sids", many=True), "a") == "a"
    items = Items((mention("UpdateTrackSettings.track_sids"), Plain("b")))
    assert value_of(items, "a") == ["a", "b"]


def test_a_message_fits_a_field_of_its_type() -> None:
    blob = message_class("DataBlob")(contents=b"x")
    assert value_of(mention("StoreDataBlobRequest.blob"), blob) == blob


@pytest.mark.parametrize(
    ("path", "found", "said"),
    [
        ("MuteTrackRequest.sid", ["a"], "`%4.x` is a list: name one element"),
        ("UpdateTrackSettings.track_sids", ["a"], "`%4.x` is a list: name one element"),
        ("MuteTrackRequest.sid", message_class("DataBlob")(), "`%4.x` is a whole message: name one of its fields"),
        ("MuteTrackRequest.sid", b"x", "`%4.x` is bytes: `sid` is not"),
        ("StoreDataBlobRequest.blob", "x", "`%4.x` is not a DataBlob"),
        ("StoreDataBlobRequest.blob", message_class("DataBlobKey")(), "`%4.x` is not a DataBlob"),
        ("AddTrackRequest.width", "secret", "the value of `%4.x` is not a whole number from 0 to 4294967295"),
        ("AddTrackRequest.width", -1, "the value of `%4.x` is not a whole number from 0 to 4294967295"),
        (
            "AddTrackRequest.encryption",
            "VIDEO",
            "the value of `%4.x` is not an Encryption.Type: NONE, GCM or CUSTOM",
        ),
    ],
)
def test_a_value_that_does_not_fit_is_refused_at_the_reference(path: str, found: object, said: str) -> None:
    error = mistake(value_of, mention(path), found)
    assert (error.text, error.marked, error.code) == (said, "%4.x", "bad-reference")


def test_references_are_found_wherever_they_stand() -> None:
    one, other = mention("MuteTrackRequest.sid"), mention("MuteTrackRequest.sid", text="%self")
    assert [reference.text for reference in mentions(one)] == ["%4.x"]
    assert [reference.text for reference in mentions(Items((Plain("a"), one, other)))] == ["%4.x", "%self"]
    assert list(mentions(Plain("a"))) == list(mentions(Now(1, 1))) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("MuteTrackRequest.sid", ""),
        ("UpdateTrackSettings.track_sids", ""),
        ("DataBlob.contents", b""),
        ("AddTrackRequest.type", 0),
        ("MuteTrackRequest.muted", False),
        ("SpeakerInfo.level", 0.0),
        ("StoreDataBlobRequest.blob", message_class("DataBlob")()),
    ],
)
def test_every_type_has_an_empty_value(path: str, value: object) -> None:
    assert empty_value(field(path)) == value
