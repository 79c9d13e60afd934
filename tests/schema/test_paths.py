"""Field paths, checked against the schema step by step."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.schema.lexer import Span
from lksig.schema.paths import is_map, other_arm, parse_path, short_name, two_arms, value_at
from lksig.schema.pool import descriptor, enum_descriptor, message_class
from tests.support.typed import Mistake, mistake


def steps(message: str, path: str) -> list[tuple[str, Any]]:
    padded = Span(f"..{path}..", 2, 2 + len(path))
    found = parse_path(padded, descriptor(message))
    assert found[-1].span.end == padded.end
    return [(step.field.name, step.key) for step in found]


def wrong(message: str, path: str) -> Mistake:
    return mistake(parse_path, Span(f"case {path}=x", 5, 5 + len(path)), descriptor(message))


@pytest.mark.parametrize(
    ("message", "path", "expected"),
    [
        ("MuteTrackRequest", "sid", [("sid", None)]),
        ("AddTrackRequest", "layers", [("layers", None)]),
        ("AddTrackRequest", "layers.0", [("layers", 0)]),
        ("AddTrackRequest", "layers[0]", [("layers", 0)]),
        ("AddTrackRequest", "layers.12.quality", [("layers", 12), ("quality", None)]),
        ("AddTrackRequest", "layers[1].quality", [("layers", 1), ("quality", None)]),
        ("UpdateTrackSettings", "track_sids.0", [("track_sids", 0)]),
        (
            "SyncState",
            "publish_tracks.0.track.codecs[1].layers.2.rid",
            [("publish_tracks", 0), ("track", None), ("codecs", 1), ("layers", 2), ("rid", None)],
        ),
        ("UpdateParticipantMetadata", "attributes", [("attributes", None)]),
        ("UpdateParticipantMetadata", "attributes.lk.mood", [("attributes", "lk.mood")]),
        ("UpdateParticipantMetadata", "attributes.a[0].b", [("attributes", "a[0].b")]),
        ("UpdateParticipantMetadata", 'attributes["a=b"]', [("attributes", "a=b")]),
        ("UpdateParticipantMetadata", r'attributes["\u00e9]"]', [("attributes", "é]")]),
        ("UpdateParticipantMetadata", "attributes[a b]", [("attributes", "a b")]),
        ("UpdateParticipantMetadata", 'attributes[""]', [("attributes", "")]),
        ("UpdateParticipantMetadata", 'attributes."a"', [("attributes", '"a"')]),
        ("DataTrackSubscriberHandles", "sub_handles.7", [("sub_handles", 7)]),
        ("DataTrackSubscriberHandles", "sub_handles[7].track_sid", [("sub_handles", 7), ("track_sid", None)]),
        ("DataTrackSubscriberHandles", 'sub_handles["7"]', [("sub_handles", 7)]),
        ("StoreDataBlobRequest", "blob.key.generic", [("blob", None), ("key", None), ("generic", None)]),
    ],
)
def test_a_path_leads_step_by_step(message: str, path: str, expected: list[tuple[str, Any]]) -> None:
    assert steps(message, path) == expected


def test_a_dotted_key_of_scalars_takes_the_rest() -> None:
    kind = descriptor("UpdateParticipantMetadata")
    assert [
        parse_path(Span(path, 0, len(path)), kind)[-1].takes_rest
        for path in ("attributes.a", 'attributes["a"]', "attributes", "name")
    ] == [True, False, False, False]


def test_a_list_or_map_without_element_is_whole() -> None:
    kind = descriptor("AddTrackRequest")
    found = [parse_path(Span(path, 0, len(path)), kind)[-1] for path in ("layers", "layers.0", "cid")]
    assert [step.is_whole for step in found] == [True, False, False]


@pytest.mark.parametrize(
    ("message", "path", "text", "marked", "code"),
    [
        (
            "AddTrackRequest",
            "typ",
            "AddTrackRequest has no field `typ` (did you mean type?)",
            "typ",
            "unknown-field",
        ),
        (
            "UpdateTrackSettings",
            "trackSids",
            "UpdateTrackSettings has no field `trackSids` (did you mean track_sids?)",
            "trackSids",
            "unknown-field",
        ),
        (
            "MuteTrackRequest",
            "zebra",
            "MuteTrackRequest has no field `zebra`: sid or muted",
            "zebra",
            "unknown-field",
        ),
        (
            "AddTrackRequest",
            "layers.0.qualty",
            "VideoLayer has no field `qualty` (did you mean quality?)",
            "qualty",
            "unknown-field",
        ),
        ("MuteTrackRequest", "", "the name of a field is missing here", "=", "unknown-field"),
        ("StoreDataBlobRequest", "blob.", "the name of a field is missing here", "=", "unknown-field"),
        ("StoreDataBlobRequest", "blob..key", "the name of a field is missing here", ".", "unknown-field"),
        ("MuteTrackRequest", "sid.x", "`sid` has no fields: it is no message", ".x", "bad-path"),
        ("MuteTrackRequest", "sid[0]", "`sid` has no fields: it is no message", "[0]", "bad-path"),
        (
            "AddTrackRequest",
            "layers.quality",
            "`layers` is a list: `layers.0` is its first element",
            "quality",
            "bad-path",
        ),
        ("AddTrackRequest", "layers[-1]", "`layers` is a list: `layers.0` is its first element", "-1", "bad-path"),
        ("AddTrackRequest", "layers.", "`layers` is a list: `layers.0` is its first element", "=", "bad-path"),
        ("AddTrackRequest", 'layers["0"]', "`layers` is a list: `layers.0` is its first element", '"0"', "bad-path"),
        ("AddTrackRequest", "layers[0", "`[` is not closed", "[0", "unclosed"),
        ("AddTrackRequest", "layers[0]x", "`layers[0]` is one element, not a list", "x", "bad-path"),
        ("AddTrackRequest", "layers.0[1]", "`layers.0` is one element, not a list", "[1]", "bad-path"),
        ("StoreDataBlobRequest", "blob[0]", "`blob` is one message, not a list", "[0]", "bad-path"),
        ("UpdateTrackSettings", "track_sids.0.x", "`track_sids` has no fields: it is no message", ".x", "bad-path"),
        ("UpdateParticipantMetadata", "attributes.", "a key of `attributes` is missing here", "=", "bad-path"),
        ("UpdateParticipantMetadata", "attributes[]", "a key of `attributes` is missing here", "]", "bad-path"),
        (
            "UpdateParticipantMetadata",
            'attributes["a"].b',
            "`attributes` has no fields: it is no message",
            ".b",
            "bad-path",
        ),
        (
            "DataTrackSubscriberHandles",
            "sub_handles.seven",
            "not a key of `sub_handles`: a whole number from 0 to 4294967295",
            "seven",
            "bad-path",
        ),
        ("DataTrackSubscriberHandles", "sub_handles[7", "`[` is not closed", "[7", "unclosed"),
    ],
)
def test_a_wrong_path_points_at_the_step(message: str, path: str, text: str, marked: str, code: str) -> None:
    error = wrong(message, path)
    assert (error.text, error.marked, error.code) == (text, marked, code)


@given(
    st.sampled_from(["AddTrackRequest", "UpdateParticipantMetadata", "DataTrackSubscriberHandles", "SyncState"]),
    st.text(alphabet=st.sampled_from('ab0.[]"_=\\ é\ud800'), max_size=8),
    st.sampled_from(["", "layers", "attributes", "sub_handles", "publish_tracks.0.track"]),
)
def test_any_text_is_a_path_or_a_mistake(message: str, text: str, start: str) -> None:
    path = start + text
    try:
        found = parse_path(Span(path, 0, len(path)), descriptor(message))
    except InputError:
        return
    assert found[-1].span.end == len(path)


def test_only_maps_are_maps() -> None:
    fields = descriptor("UpdateParticipantMetadata").fields_by_name
    assert is_map(fields["attributes"])
    assert not is_map(fields["name"])
    assert not is_map(descriptor("AddTrackRequest").fields_by_name["layers"])


def test_names_lose_their_package() -> None:
    assert short_name(enum_descriptor("Encryption.Type")) == "Encryption.Type"
    assert short_name(descriptor("UpdateDataSubscription.Update")) == "UpdateDataSubscription.Update"


def test_an_arm_knows_the_one_it_would_replace() -> None:
    scenario = message_class("SimulateScenario")(node_failure=False)
    fields = scenario.DESCRIPTOR.fields_by_name
    assert other_arm(scenario, fields["migration"]) == "node_failure"
    assert other_arm(scenario, fields["node_failure"]) is None
    assert other_arm(message_class("SimulateScenario")(), fields["migration"]) is None
    mute = message_class("MuteTrackRequest")(sid="x")
    assert other_arm(mute, mute.DESCRIPTOR.fields_by_name["muted"]) is None
    data = message_class("PublishDataTrackRequest")()
    data.schema.name = "x"
    assert other_arm(data, data.DESCRIPTOR.fields_by_name["frame_encoding"]) is None
    error = two_arms(Span("migration=1", 0, 9), fields["migration"], "node_failure")
    assert error.text == "`migration` and `node_failure` exclude each other: only one of them can be set"
    assert error.code == "two-arms"


def info(**fields: Any) -> Any:
    return message_class("ParticipantInfo")(**fields)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("identity", "ann"),
        ("name", ""),
        ("permission.can_publish", False),
        ("tracks.0.sid", "TR_x"),
        ("attributes.lk.mood", "ok"),
        ("attributes", {"lk.mood": "ok"}),
        ("kind_details", [1]),
    ],
)
def test_a_path_reads_what_is_there_or_its_default(path: str, value: Any) -> None:
    message = info(identity="ann", tracks=[{"sid": "TR_x"}], attributes={"lk.mood": "ok"}, kind_details=[1])
    assert value_at(message, parse_path(Span(path, 0, len(path)), message.DESCRIPTOR)) == value


@pytest.mark.parametrize(
    ("path", "text", "marked"),
    [
        ("tracks.1.sid", "`tracks` has 1 there", "tracks.1"),
        ("attributes.x", "`attributes` has no such entry there", "attributes.x"),
    ],
)
def test_what_is_not_there_is_said(path: str, text: str, marked: str) -> None:
    message = info(tracks=[{"sid": "TR_x"}], attributes={"lk.mood": "ok"})
    found = parse_path(Span(path, 0, len(path)), message.DESCRIPTOR)
    error = mistake(value_at, message, found)
    assert (error.text, error.marked, error.code) == (text, marked, "nothing-there")
