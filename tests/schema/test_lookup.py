"""Names of the schema as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.schema.lookup import enums, find, messages
from lksig.schema.pool import TO_CLIENT, TO_SERVER, case_fields


def found(name: str) -> list[str]:
    """`kind path` of everything a name means, with the mark of its direction."""
    marks = {TO_SERVER: "> ", TO_CLIENT: "< ", None: ""}
    return [f"{marks[each.direction]}{each.kind} {each.path}" for each in find(name)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("add_track", ["> case add_track"]),
        ("answer", ["> case answer", "< case answer"]),
        (">answer", ["> case answer"]),
        ("< answer", ["< case answer"]),
        (" mute ", ["> case mute", "< case mute"]),
        ("addTrack", ["> case add_track"]),
        ("ADD_TRACK", ["> case add_track"]),
        ("AddTrackRequest", ["message AddTrackRequest"]),
        ("livekit.AddTrackRequest", ["message AddTrackRequest"]),
        ("addtrackrequest", ["message AddTrackRequest"]),
        ("LeaveRequest.Action", ["enum LeaveRequest.Action"]),
        ("Action", ["enum LeaveRequest.Action"]),
        ("PublishedDataTrack", ["message DataTrackSubscriberHandles.PublishedDataTrack"]),
        ("CAMERA", ["value TrackSource.CAMERA"]),
        ("camera", ["value TrackSource.CAMERA"]),
        ("UNKNOWN", ["value ClientInfo.SDK.UNKNOWN", "value TrackSource.UNKNOWN"]),
        ("TrackSource.CAMERA", ["value TrackSource.CAMERA"]),
        ("TrackSource.1", ["value TrackSource.CAMERA"]),
        ("4", ["> case add_track", "< case trickle"]),
        (">4", ["> case add_track"]),
        ("<4", ["< case trickle"]),
        ("9", ["< case mute"]),
        ("23", ["> case get_data_blob_request", "< case track_subscribed"]),
    ],
)
def test_names_and_numbers(name: str, expected: list[str]) -> None:
    assert found(name) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("add_track.layers.quality", ["> field add_track.layers.quality"]),
        ("add_track.layers.0.quality", ["> field add_track.layers.quality"]),
        ("add_track.layers[0].quality", ["> field add_track.layers.quality"]),
        ("add_track.layers.0", ["> field add_track.layers"]),
        ("addTrack.simulcastCodecs.videoLayerMode", ["> field add_track.simulcast_codecs.video_layer_mode"]),
        ("add_track.source.CAMERA", ["> value add_track.source.CAMERA"]),
        ("add_track.audio_features.0", ["> field add_track.audio_features"]),
        ("add_track.audio_features.TF_STEREO", ["> value add_track.audio_features.TF_STEREO"]),
        ("update.participants.identity", ["< field update.participants.identity"]),
        ("update.participants.0.17", ["< field update.participants.joined_at_ms"]),
        ("update_metadata.attributes", ["> field update_metadata.attributes"]),
        ("update_metadata.attributes.lk.mood", ["> field update_metadata.attributes"]),
        ('update_metadata.attributes["a=b"]', ["> field update_metadata.attributes"]),
        (
            "data_track_subscriber_handles.sub_handles.track_sid",
            ["< field data_track_subscriber_handles.sub_handles.track_sid"],
        ),
        (
            "data_track_subscriber_handles.sub_handles.5.track_sid",
            ["< field data_track_subscriber_handles.sub_handles.track_sid"],
        ),
        ("trickle.target", ["> field trickle.target", "< field trickle.target"]),
        ("<trickle.target", ["< field trickle.target"]),
        ("SignalRequest.offer.sdp", ["field SignalRequest.offer.sdp"]),
        ("VideoLayer.rid", ["field VideoLayer.rid"]),
        ("4.9.1", ["> field add_track.layers.quality"]),
        ("8.2", ["> field leave.reason", "< field leave.reason"]),
        ("identity", ["field ParticipantInfo.identity"]),
        ("candidateinit", ["field TrickleRequest.candidateInit"]),
        ("audio_features", ["field AddTrackRequest.audio_features", "field TrackInfo.audio_features"]),
    ],
)
def test_paths(path: str, expected: list[str]) -> None:
    assert found(path) == expected


def test_what_a_path_leads_to_is_handed_over() -> None:
    (layers,) = find("add_track.layers")
    assert layers.message is messages()["VideoLayer"]
    assert [field.number for field in layers.trail] == [4, 9]
    (attributes,) = find("update_metadata.attributes")
    assert attributes.message is None
    (handles,) = find("data_track_subscriber_handles.sub_handles")
    assert handles.message is messages()["DataTrackSubscriberHandles.PublishedDataTrack"], "of a map, its values"
    (value,) = find("add_track.source.CAMERA")
    assert value.value is not None
    assert value.value.number == 1


@pytest.mark.parametrize(
    ("name", "text", "marked", "hint"),
    [
        ("add_trak", "`add_trak` is nothing in the schema (did you mean `add_track`?)", "add_trak", "lists the cases"),
        ("VIDOE", "`VIDOE` is nothing in the schema (did you mean `VIDEO`?)", "VIDOE", "lists the cases"),
        ("qqqq", "`qqqq` is nothing in the schema", "qqqq", "lists the cases"),
        ("qqqq.sid", "`qqqq` is nothing in the schema", "qqqq", "lists the cases"),
        ("", "`` is nothing in the schema", "", "lists the cases"),
        (
            "add_track.layers.0.qualty",
            "VideoLayer has no field `qualty` (did you mean `quality`?)",
            "qualty",
            "`lksig schema VideoLayer`, which lists its fields",
        ),
        (
            ">add_track.layrs[0].layrs",
            "AddTrackRequest has no field `layrs` (did you mean `layers`?)",
            "layrs",
            "`lksig schema AddTrackRequest`, which lists its fields",
        ),
        (
            "add_track.source.CAMRA",
            "TrackSource has no value `CAMRA` (did you mean `CAMERA`?)",
            "CAMRA",
            "`lksig schema TrackSource`, which lists its values",
        ),
        (
            "mute.sid.x",
            "nothing is below `mute.sid`, so not `x`",
            "x",
            "`lksig schema mute.sid`, which says what it is",
        ),
        (
            "TrackSource.CAMERA.x",
            "nothing is below `TrackSource.CAMERA`, so not `x`",
            "x",
            "`lksig schema TrackSource.CAMERA`, which says what it is",
        ),
        (
            "subscription.track_sids.0.1",
            "nothing is below `subscription.track_sids`, so not `1`",
            "1",
            "says what it is",
        ),
    ],
)
def test_a_mistake_is_marked_and_what_is_near_is_named(name: str, text: str, marked: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        find(name)
    error = caught.value
    assert str(error) == text
    assert error.source == name
    assert name[error.start : error.end] == marked
    assert error.hint is not None
    assert hint in error.hint
    assert error.code == "unknown-name"


def test_a_number_of_any_length_is_a_name_nobody_has() -> None:
    with pytest.raises(InputError) as caught:
        find("9" * 5000)
    assert caught.value.code == "unknown-name"


def test_the_mark_stands_under_the_last_of_equal_words() -> None:
    with pytest.raises(InputError) as caught:
        find("sync_state.offer.offer")
    assert caught.value.start == len("sync_state.offer.")


@pytest.mark.parametrize(
    ("number", "text", "hint"),
    [
        ("99", "the schema has no case number `99`", "a number that a case has: > 1-8, 10-23 or < 1-6, 8-31"),
        (">9", "the schema has no case number `>9`", "a number that a case has: > 1-8, 10-23"),
        ("4.99", "no field has the numbers `4.99`", "a number that a case has: > 1-8, 10-23 or < 1-6, 8-31"),
        (">14.1", "no field has the numbers `>14.1`", "a number that a case has: > 1-8, 10-23"),
        ("99.1", "no field has the numbers `99.1`", "a number that a case has: > 1-8, 10-23 or < 1-6, 8-31"),
    ],
)
def test_numbers_nobody_has(number: str, text: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        find(number)
    assert str(caught.value) == text
    assert caught.value.hint == hint
    assert caught.value.code == "unknown-number"
    assert number[caught.value.start : caught.value.end] == number


def test_a_gap_of_one_number_is_no_range() -> None:
    numbers = [field.number for field in case_fields(TO_CLIENT).values()]
    assert 7 not in numbers, "or the hint above proves nothing"


def test_every_message_enum_and_value_finds_itself() -> None:
    for name in messages():
        assert f"message {name}" in found(name)
    for name, enum in enums().items():
        assert f"enum {name}" in found(name)
        for value in enum.values:
            assert f"value {name}.{value.name}" in found(f"{name}.{value.name}")


@given(st.text(alphabet="abel_.[]<>0149 \u00b2", max_size=20) | st.text(max_size=12))
def test_any_text_is_found_or_a_marked_mistake(text: str) -> None:
    try:
        assert find(text)
    except InputError as mistake:
        error = mistake
    else:
        return
    assert error.source == text
    assert 0 <= error.start <= len(text)
