"""Text frames into messages: what the server reads, what it ignores, and what makes it close the socket."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from google.protobuf import json_format
from hypothesis import given

from lksig.schema.pool import Direction, message_class
from lksig.wire.json_frame import JsonProblem, UnknownKey, fill_message, parse_json
from tests.support.messages import envelopes


def read(text: str, name: str = "SignalRequest") -> tuple[Any, list[UnknownKey]]:
    message = message_class(name)()
    return message, fill_message(message, parse_json(text))


def refusal(text: str, name: str = "SignalRequest") -> JsonProblem:
    with pytest.raises(JsonProblem) as caught:
        read(text, name)
    return caught.value


@given(envelopes())
def test_what_protobuf_writes_is_read_without_loss(made: tuple[Direction, Any]) -> None:
    envelope = made[1]
    for preserving in (True, False):
        text = json_format.MessageToJson(envelope, preserving_proto_field_name=preserving)
        again = type(envelope)()
        assert fill_message(again, parse_json(text)) == []
        assert again.SerializeToString(deterministic=True) == envelope.SerializeToString(deterministic=True)


def test_both_spellings_and_all_kinds_of_numbers() -> None:
    message, unknown = read('{"pingReq":{"timestamp":"1","rtt":2.0}}')
    assert (message.ping_req.timestamp, message.ping_req.rtt, unknown) == (1, 2, [])
    message, _ = read('{"add_track":{"type":1,"source":"CAMERA","width":1e3,"audioFeatures":["TF_NO_DTX",0]}}')
    track = message.add_track
    assert (track.type, track.source, track.width, list(track.audio_features)) == (1, 1, 1000, [1, 0])


def test_floats() -> None:
    written = ["0.5", '"NaN"', '"-Infinity"', '"1e-3"', "2", "3.4028235e38"]
    speakers = ",".join(f'{{"level":{level}}}' for level in written)
    text = f'{{"speakersChanged":{{"speakers":[{speakers}]}}}}'
    levels = [speaker.level for speaker in read(text, "SignalResponse")[0].speakers_changed.speakers]
    assert levels[0] == 0.5
    assert math.isnan(levels[1])
    assert levels[2] == -math.inf
    assert levels[3] == pytest.approx(0.001)
    assert levels[4:] == [2.0, 3.4028234663852886e38]


@pytest.mark.parametrize("written", ["_-8=", "_-8", "/+8=", "/+8"])
def test_bytes_in_any_base64(written: str) -> None:
    message, _ = read(json.dumps({"store_data_blob_request": {"blob": {"contents": written}}}))
    assert message.store_data_blob_request.blob.contents == b"\xff\xef"


def test_maps() -> None:
    message, _ = read('{"update_metadata":{"attributes":{"lk.mood":"ok","":"empty"}}}')
    assert dict(message.update_metadata.attributes) == {"lk.mood": "ok", "": "empty"}
    message, _ = read('{"dataTrackSubscriberHandles":{"subHandles":{"7":{"trackSid":"x"}}}}', "SignalResponse")
    assert message.data_track_subscriber_handles.sub_handles[7].track_sid == "x"


def test_null_is_absent_and_an_empty_message_is_set() -> None:
    message, unknown = read('{"offer":null,"leave":{"regions":{},"reason":null}}')
    assert message.WhichOneof("message") == "leave"
    assert message.leave.HasField("regions")
    assert unknown == []


def test_what_the_server_ignores_is_named_with_its_value() -> None:
    message, unknown = read(
        '{"future":[1,{"a":"é"},{"a":1,"a":2}],"add_track":{"cid":"c","type":"VIDOE","source":"1","layers":[{"x":null}],'
        '"audio_features":["TF_NOPE","TF_STEREO"]}}'
    )
    assert message.add_track.type == 0
    assert list(message.add_track.audio_features) == [0]
    assert unknown == [
        ("", "future", '[1,{"a":"\\u00e9"},{"a":2}]'),
        ("add_track", "type", '"VIDOE"'),
        ("add_track", "source", '"1"'),
        ("add_track.layers.0", "x", "null"),
        ("add_track", "audio_features", '"TF_NOPE"'),
    ]


def test_unknown_keys_inside_a_map_of_messages() -> None:
    _, unknown = read('{"data_track_subscriber_handles":{"sub_handles":{"7":{"new":1}}}}', "SignalResponse")
    assert unknown == [("data_track_subscriber_handles.sub_handles.7", "new", "1")]


@pytest.mark.parametrize(
    ("text", "reason", "path"),
    [
        ("[]", "a frame is an object, this is a list", ()),
        ("3", "a frame is an object, this is a number", ()),
        ('{"mute":{},"leave":{}}', "`mute` and `leave` exclude each other", ("leave",)),
        ('{"mute":{},"mute":{}}', "`mute` is given twice", ("mute",)),
        ('{"ping_req":{},"pingReq":{}}', "`ping_req` is given twice", ("pingReq",)),
        ('{"mute":{"sid":"a","sid":"b"}}', "`mute.sid` is given twice", ("mute", "sid")),
        ('{"simulate":{"migration":true,"nodeFailure":true}}',
         "`simulate.migration` and `simulate.node_failure` exclude each other", ("simulate", "nodeFailure")),
        ('{"mute":"x"}', "`mute` is an object, this is a text", ("mute",)),
        ('{"mute":{"muted":"true"}}', "`mute.muted` is true or false, this is a text", ("mute", "muted")),
        ('{"mute":{"muted":1}}', "`mute.muted` is true or false, this is a number", ("mute", "muted")),
        ('{"mute":{"sid":true}}', "`mute.sid` is a text, this is true or false", ("mute", "sid")),
        ('{"mute":{"sid":"\\ud800"}}', "`mute.sid` cannot hold this value", ("mute", "sid")),
        ('{"ping":true}', "`ping` is a whole number, this is true or false", ("ping",)),
        ('{"ping":1.5}', "`ping` is a whole number, this is a number", ("ping",)),
        ('{"ping":"1x"}', "`ping` is a whole number, this is a text", ("ping",)),
        ('{"ping":"9223372036854775808"}', "`ping` cannot hold this value", ("ping",)),
        ('{"ping":1e400}', "`ping` is a whole number, this is a number", ("ping",)),
        ('{"add_track":{"width":-1}}', "`add_track.width` cannot hold this value", ("add_track", "width")),
        ('{"add_track":{"type":[]}}', "`add_track.type` is a whole number, this is a list", ("add_track", "type")),
        ('{"add_track":{"type":4294967296}}', "`add_track.type` cannot hold this value", ("add_track", "type")),
        ('{"add_track":{"layers":{}}}', "`add_track.layers` is a list, this is an object", ("add_track", "layers")),
        ('{"add_track":{"layers":[null]}}', "`add_track.layers.0` is an object, this is null",
         ("add_track", "layers", 0)),
        ('{"subscription":{"track_sids":["a",1]}}', "`subscription.track_sids.1` is a text, this is a number",
         ("subscription", "track_sids", 1)),
        ('{"update_metadata":{"attributes":[]}}', "`update_metadata.attributes` is an object, this is a list",
         ("update_metadata", "attributes")),
        ('{"update_metadata":{"attributes":{"k":1}}}', "`update_metadata.attributes` is a text, this is a number",
         ("update_metadata", "attributes", "k")),
        ('{"update_metadata":{"attributes":{"k":"1","k":"2"}}}', "`update_metadata.attributes` holds a key twice",
         ("update_metadata", "attributes", "k")),
        ('{"update_metadata":{"attributes":{"\\ud800":"1"}}}', "`update_metadata.attributes` cannot hold this value",
         ("update_metadata", "attributes", "\ud800")),
        ('{"store_data_blob_request":{"blob":{"contents":"*"}}}',
         "`store_data_blob_request.blob.contents` is base64, this is not",
         ("store_data_blob_request", "blob", "contents")),
        ('{"mute":NaN}', "`NaN` is no JSON number: it stands in quotes", ()),
    ],
)  # fmt: skip
def test_what_no_message_can_hold(text: str, reason: str, path: tuple[str | int, ...]) -> None:
    problem = refusal(text)
    assert (problem.reason, problem.path) == (reason, path)


@pytest.mark.parametrize(
    ("level", "reason"),
    [
        ("1e39", "cannot hold this value"),
        ("1e999", "cannot hold this value"),
        ("true", "is a number, this is true or false"),
        ('"loud"', "is a number, this is a text"),
    ],
)
def test_floats_that_are_none(level: str, reason: str) -> None:
    problem = refusal(f'{{"speakers_changed":{{"speakers":[{{"level":{level}}}]}}}}', "SignalResponse")
    assert problem.reason == f"`speakers_changed.speakers.0.level` {reason}"


def test_a_map_of_messages_refuses_foreign_keys() -> None:
    text = '{"data_track_subscriber_handles":{"sub_handles":{"KEY":{}}}}'
    named = refusal(text.replace("KEY", "seven"), "SignalResponse")
    assert named.reason == "`data_track_subscriber_handles.sub_handles` is a whole number, this is a text"
    large = refusal(text.replace("KEY", "4294967296"), "SignalResponse")
    assert large.reason == "`data_track_subscriber_handles.sub_handles` cannot hold this value"


def test_a_problem_quotes_no_value() -> None:
    assert "hunter2" not in str(refusal('{"mute":{"muted":"hunter2"}}'))
