"""JSON in typed requests: what it means, and where it is wrong."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.schema.json_reader import JsonReader
from lksig.schema.lexer import Span
from lksig.schema.pool import TO_CLIENT, TO_SERVER, envelope_class, message_class, pool
from tests.support.messages import envelopes
from tests.support.typed import Mistake, canonical, mistake


def read(name: str, text: str) -> Any:
    message = message_class(name)()
    padded = Span(f"case {text} more", 5, 5 + len(text))
    reader = JsonReader(padded)
    reader.whole(lambda: reader.message(message))
    return message


def wrong(name: str, text: str) -> Mistake:
    return mistake(read, name, text)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("MuteTrackRequest", "{}", {}),
        ("MuteTrackRequest", ' {\n "sid" : "TR_x" ,\t"muted":true } ', {"sid": "TR_x", "muted": True}),
        ("UpdateTrackSettings", '{"trackSids":["a","b"]}', {"track_sids": ["a", "b"]}),
        ("UpdateTrackSettings", '{"track_sids":[],"quality":"high"}', {"quality": 2}),
        ("UpdateTrackSettings", '{"quality":1,"fps":"30","width":640.0}', {"quality": 1, "fps": 30, "width": 640}),
        ("MuteTrackRequest", '{"sid":null,"muted":null}', {}),
        ("Ping", '{"timestamp":"-5","rtt":7}', {"timestamp": -5, "rtt": 7}),
        ("SpeakerInfo", '{"level":0.5}', {"level": 0.5}),
        ("SpeakerInfo", '{"level":1e2}', {"level": 100.0}),
        ("SpeakerInfo", '{"level":2.0}', {"level": 2.0}),
        ("SpeakerInfo", '{"level":"Infinity"}', {"level": math.inf}),
        ("DataBlob", '{"contents":"AP8="}', {"contents": b"\x00\xff"}),
        ("DataBlob", '{"contents":"-_8"}', {"contents": b"\xfb\xff"}),
        (
            "AddTrackRequest",
            '{"layers":[{"quality":"LOW"},{}]}',
            {"layers": [{}, {}]},
        ),
        (
            "UpdateParticipantMetadata",
            r'{"attributes":{"a=b":"c","":"\u00e9"}}',
            {"attributes": {"a=b": "c", "": "é"}},
        ),
        (
            "DataTrackSubscriberHandles",
            '{"subHandles":{"7":{"trackSid":"DTR_x"},"8":{}}}',
            {"sub_handles": {7: {"track_sid": "DTR_x"}, 8: {}}},
        ),
        ("TrickleRequest", '{"candidateInit":"{}","final":true}', {"candidateInit": "{}", "final": True}),
    ],
)
def test_json_fills_a_message(name: str, text: str, expected: dict[str, Any]) -> None:
    assert read(name, text) == message_class(name)(**expected)


def test_an_empty_message_is_set() -> None:
    assert read("StoreDataBlobRequest", '{"blob":{}}').HasField("blob")
    assert read("SimulateScenario", '{"nodeFailure":false}').WhichOneof("scenario") == "node_failure"
    assert read("PublishDataTrackRequest", '{"schema":{"name":""}}').HasField("schema")


@pytest.mark.parametrize(
    ("name", "text", "said", "marked", "code"),
    [
        ("MuteTrackRequest", "", "a JSON object for MuteTrackRequest is expected here", " ", "bad-json"),
        ("MuteTrackRequest", "[]", "a JSON object for MuteTrackRequest is expected here", "[", "bad-json"),
        (
            "MuteTrackRequest",
            "{sid:1}",
            "a name in quotes, of a field of MuteTrackRequest is expected here",
            "s",
            "bad-json",
        ),
        (
            "MuteTrackRequest",
            '{"sid":"a",}',
            "a name in quotes, of a field of MuteTrackRequest is expected here",
            "}",
            "bad-json",
        ),
        ("MuteTrackRequest", '{"sid" "a"}', "`:` behind the name is expected here", '"', "bad-json"),
        ("MuteTrackRequest", '{"sid":"a" "muted":true}', "`,` or `}` is expected here", '"', "bad-json"),
        ("MuteTrackRequest", '{"sid":"a"', "`,` or `}` is expected here", " ", "bad-json"),
        ("MuteTrackRequest", '{"sid":"a"} x', "text behind the JSON", "x", "bad-json"),
        ("MuteTrackRequest", '{"sid":}', "a value for `sid` is expected here", "}", "bad-json"),
        ("MuteTrackRequest", '{"sid":"a}', "a value is expected here", '"', "bad-json"),
        ("MuteTrackRequest", '{"sid":5}', "not a text: it stands in quotes", "5", "bad-value"),
        (
            "MuteTrackRequest",
            '{"sid":"a\\d"}',
            "not a JSON string: a control character, or a `\\` that escapes nothing",
            '"a\\d"',
            "bad-json",
        ),
        ("MuteTrackRequest", r'{"sid":"\ud800"}', "not UTF-8 text", r'"\ud800"', "bad-value"),
        ("MuteTrackRequest", '{"muted":"true"}', "not a boolean: true or false", '"true"', "bad-value"),
        ("MuteTrackRequest", '{"muted":1}', "not a boolean: true or false", "1", "bad-value"),
        (
            "MuteTrackRequest",
            '{"sd":"a"}',
            "MuteTrackRequest has no field `sd` (did you mean sid?)",
            "sd",
            "unknown-field",
        ),
        ("MuteTrackRequest", '{"":1}', "the name of a field is missing here", '"', "unknown-field"),
        ("MuteTrackRequest", '{"sid":"a","sid":"b"}', "`sid` is set twice", '"sid"', "set-twice"),
        (
            "UpdateTrackSettings",
            '{"track_sids":[],"trackSids":[]}',
            "`trackSids` is set twice",
            '"trackSids"',
            "set-twice",
        ),
        (
            "SimulateScenario",
            '{"migration":true,"node_failure":true}',
            "`node_failure` and `migration` exclude each other: only one of them can be set",
            '"node_failure"',
            "two-arms",
        ),
        ("UpdateTrackSettings", '{"track_sids":"a"}', "a JSON list for `track_sids` is expected here", '"', "bad-json"),
        ("UpdateTrackSettings", '{"track_sids":["a" "b"]}', "`,` or `]` is expected here", '"', "bad-json"),
        ("UpdateTrackSettings", '{"track_sids":["a",]}', "a value for `track_sids` is expected here", "]", "bad-json"),
        ("UpdateTrackSettings", '{"track_sids":[null]}', "not a text: it stands in quotes", "null", "bad-value"),
        (
            "UpdateTrackSettings",
            '{"quality":"HGIH"}',
            "not a VideoQuality: LOW, MEDIUM, HIGH or OFF (did you mean HIGH?)",
            '"HGIH"',
            "bad-value",
        ),
        ("UpdateTrackSettings", '{"fps":-1}', "not a whole number from 0 to 4294967295", "-1", "bad-value"),
        ("UpdateTrackSettings", '{"fps":1.5}', "not a whole number from 0 to 4294967295", "1.5", "bad-value"),
        ("UpdateTrackSettings", '{"fps":""}', "not a whole number from 0 to 4294967295", '""', "bad-value"),
        ("SpeakerInfo", '{"level":1e400}', "not a number that fits into 32 bits", "1e400", "bad-value"),
        ("DataBlob", '{"contents":"?"}', "not base64", '"?"', "bad-value"),
        ("DataBlob", '{"contents":7}', "not bytes: base64 in quotes", "7", "bad-value"),
        (
            "AddTrackRequest",
            '{"layers":[{"qualty":1}]}',
            "VideoLayer has no field `qualty` (did you mean quality?)",
            "qualty",
            "unknown-field",
        ),
        ("AddTrackRequest", '{"layers":[null]}', "a JSON object for VideoLayer is expected here", "n", "bad-json"),
        (
            "DataTrackSubscriberHandles",
            '{"sub_handles":{"x":{}}}',
            "not a key of `sub_handles`: a whole number from 0 to 4294967295",
            '"x"',
            "bad-json",
        ),
        ("DataTrackSubscriberHandles", '{"sub_handles":{"7":{},"07":{}}}', "`07` is set twice", '"07"', "set-twice"),
        (
            "UpdateParticipantMetadata",
            '{"attributes":{"a":1}}',
            "not a text: it stands in quotes",
            "1",
            "bad-value",
        ),
    ],
)
def test_a_mistake_stands_at_its_place(name: str, text: str, said: str, marked: str, code: str) -> None:
    error = wrong(name, text)
    assert (error.text, error.marked, error.code) == (said, marked, code)
    assert error.start >= 5


def test_a_mistake_in_a_file_names_line_and_column() -> None:
    content = '{\n  "sid": "TR_x",\n  "muetd": true\n}'
    line = "mute @request.json"
    reader = JsonReader(Span(content, 0, len(content)), ("request.json", Span(line, 5, len(line))))
    error = mistake(reader.whole, lambda: reader.message(message_class("MuteTrackRequest")()))
    assert error.text == (
        "`request.json` line 3, column 4: MuteTrackRequest has no field `muetd` (did you mean muted?)"
    )
    assert (error.marked, error.source, error.code) == ("@request.json", line, "unknown-field")
    first = JsonReader(Span("[]", 0, 2), ("request.json", Span(line, 5, len(line))))
    error = mistake(first.whole, lambda: first.message(message_class("MuteTrackRequest")()))
    assert error.text.startswith("`request.json` line 1, column 1: ")


def test_what_was_set_is_told_with_its_path() -> None:
    text = '{"name":"","layers":[{"rid":"q"}],"sid":null,"simulcast_codecs":[]}'
    reader = JsonReader(Span(text, 0, len(text)))
    reader.message(message_class("AddTrackRequest")())
    expected = [("name",), ("layers",), ("layers", 0), ("layers", 0, "rid"), ("simulcast_codecs",)]
    assert reader.given == expected
    text = '{"sub_handles":{"7":{"track_sid":"x"}}}'
    reader = JsonReader(Span(text, 0, len(text)))
    reader.message(message_class("DataTrackSubscriberHandles")())
    assert reader.given == [("sub_handles",), ("sub_handles", 7), ("sub_handles", 7, "track_sid")]


def test_one_field_can_be_read_alone() -> None:
    message = message_class("UpdateTrackSettings")()
    text = '["a","b"]'
    reader = JsonReader(Span(text, 0, len(text)))
    reader.whole(lambda: reader.value(message, message.DESCRIPTOR.fields_by_name["track_sids"]))
    assert list(message.track_sids) == ["a", "b"]
    assert reader.given == [(), (0,), (1,)]


def test_depth_is_bounded_by_the_schema() -> None:
    error = wrong("MuteTrackRequest", '{"sid":' + "[" * 100_000)
    assert error.text == "a value for `sid` is expected here"


@given(envelopes(), st.booleans(), st.booleans())
def test_every_message_is_read_as_the_library_prints_it(given: tuple[Any, Any], proto_names: bool, ints: bool) -> None:
    _, envelope = given
    text = json_format.MessageToJson(
        envelope,
        preserving_proto_field_name=proto_names,
        use_integers_for_enums=ints,
        ensure_ascii=not ints,
        indent=None if ints else 1,
        descriptor_pool=pool(),
    )
    again = type(envelope)()
    reader = JsonReader(Span(text, 0, len(text)))
    reader.whole(lambda: reader.message(again))
    assert canonical(again) == canonical(envelope)


BROKEN = st.text(alphabet=st.sampled_from('{}[]",:\\ \n0-.eE1ntrue\ud800é'), max_size=12)


@given(envelopes(), st.integers(0, 200), st.integers(0, 8), BROKEN)
def test_broken_json_is_a_mistake_or_a_message(given: tuple[Any, Any], at: int, cut: int, broken: str) -> None:
    _, envelope = given
    text = json.dumps(json_format.MessageToDict(envelope, descriptor_pool=pool()))
    text = text[:at] + broken + text[at + cut :]
    reader = JsonReader(Span(text, 0, len(text)))
    again = type(envelope)()
    try:
        reader.whole(lambda: reader.message(again))
    except InputError:
        return
    assert again.SerializeToString() is not None


def test_both_directions_have_an_envelope() -> None:
    assert read("SignalRequest", '{"ping":"5"}') == envelope_class(TO_SERVER)(ping=5)
    assert read("SignalResponse", '{"refreshToken":"t"}') == envelope_class(TO_CLIENT)(refresh_token="t")
