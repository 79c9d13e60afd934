"""The text behind an `=`, as a value of its field."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.schema.lexer import Span, json_string
from lksig.schema.paths import parse_path
from lksig.schema.pool import descriptor, message_class
from lksig.schema.value_text import is_file, is_reference, json_file, parse_value
from lksig.schema.values import Items, Mention, Now, Plain, Value
from tests.support.typed import FakeInputs, Mistake, mistake

FILES = FakeInputs(
    offer=b"v=0\r\n",
    latin=b"\xe9",
    keys=b'\xef\xbb\xbf {"a": "b"}',
    sids=b' ["a", "b"]',
    layers=b'\xef\xbb\xbf[{"rid": "q"}]',
    layer=b' {"rid": "q"}',
    broken=b'{"rid": 5}',
    gone=FileNotFoundError(2, "No such file or directory"),
    odd=OSError("odd"),
    null=ValueError("embedded null byte"),
    twice=InputError("standard input is read twice", code="stdin-twice", layer="file", hint="name a file"),
)
FILES.files["my file"] = b"x"


def parse(message: str, path: str, text: str, *, append: bool = False) -> Value:
    source = f"{path}={text} ]"
    step = parse_path(Span(source, 0, len(path)), descriptor(message))[-1]
    start = len(path) + 1
    return parse_value(step, Span(source, start, start + len(text)), FILES, append=append)


def wrong(message: str, path: str, text: str, *, append: bool = False) -> Mistake:
    return mistake(parse, message, path, text, append=append)


def thing(value: Value) -> Any:
    assert isinstance(value, Plain)
    return value.thing


@pytest.mark.parametrize(
    ("message", "path", "text", "expected"),
    [
        ("MuteTrackRequest", "sid", "TR_x", "TR_x"),
        ("MuteTrackRequest", "sid", "Ann B.", "Ann B."),
        ("MuteTrackRequest", "sid", '"Ann B."', "Ann B."),
        ("MuteTrackRequest", "sid", r'"\u00e9\n"', "é\n"),
        ("MuteTrackRequest", "sid", '"Ann" B.', '"Ann" B.'),
        ("MuteTrackRequest", "sid", r'"\d"', r'"\d"'),
        ("MuteTrackRequest", "sid", '"', '"'),
        ("MuteTrackRequest", "sid", '"%self"', "%self"),
        ("MuteTrackRequest", "sid", '"@offer"', "@offer"),
        ("MuteTrackRequest", "sid", "%%self", "%self"),
        ("MuteTrackRequest", "sid", "%%", "%"),
        ("MuteTrackRequest", "sid", "@@offer", "@offer"),
        ("MuteTrackRequest", "sid", "100%", "100%"),
        ("MuteTrackRequest", "sid", "a@b", "a@b"),
        ("MuteTrackRequest", "sid", "now", "now"),
        ("MuteTrackRequest", "sid", '{"a": 1}', '{"a": 1}'),
        ("MuteTrackRequest", "sid", "[a,b", "[a,b"),
        ("MuteTrackRequest", "sid", "", ""),
        ("MuteTrackRequest", "muted", "1", True),
        ("MuteTrackRequest", "muted", "", False),
        ("AddTrackRequest", "width", '"1280"', 1280),
        ("AddTrackRequest", "type", "video", 1),
        ("AddTrackRequest", "type", "", 0),
        ("SessionDescription", "sdp", "@offer", "v=0\r\n"),
        ("SessionDescription", "sdp", '@"my file"', "x"),
        ("DataBlob", "contents", "@latin", b"\xe9"),
        ("DataBlob", "contents", "hex:00ff", b"\x00\xff"),
        ("DataBlob", "contents", '"hex:00ff"', b"hex:00ff"),
        ("DataBlob", "contents", "@@x", b"@x"),
        ("UpdateTrackSettings", "track_sids.0", "[a]", "[a]"),
        ("UpdateTrackSettings", "track_sids", "a", "a"),
        ("UpdateTrackSettings", "track_sids", '"[a]"', "[a]"),
        ("UpdateTrackSettings", "track_sids", "@offer", "v=0\r\n"),
        ("UpdateTrackSettings", "track_sids", "@sids", ["a", "b"]),
        ("UpdateTrackSettings", "track_sids", "", []),
        ("UpdateLocalAudioTrack", "features", "tf_stereo", 0),
        ("UpdateParticipantMetadata", "attributes.a", "{b}", "{b}"),
        ("UpdateParticipantMetadata", "attributes.a", "", ""),
        ("UpdateParticipantMetadata", "attributes", "", {}),
        ("UpdateParticipantMetadata", "attributes", '{"a":"b","":"c"}', {"a": "b", "": "c"}),
        ("UpdateParticipantMetadata", "attributes", "@keys", {"a": "b"}),
        ("AddTrackRequest", "layers.0", '{"rid":"q"}', message_class("VideoLayer")(rid="q")),
        ("AddTrackRequest", "layers", '{"rid":"q"}', message_class("VideoLayer")(rid="q")),
        ("AddTrackRequest", "layers", "@layer", message_class("VideoLayer")(rid="q")),
        ("AddTrackRequest", "layers", "@layers", [message_class("VideoLayer")(rid="q")]),
        ("AddTrackRequest", "layers", "", []),
        ("AddTrackRequest", "layers.0", "", message_class("VideoLayer")()),
        ("StoreDataBlobRequest", "blob", "", message_class("DataBlob")()),
        ("StoreDataBlobRequest", "blob", "{}", message_class("DataBlob")()),
        ("StoreDataBlobRequest", "blob.key", "@keyed", None),
        (
            "DataTrackSubscriberHandles",
            "sub_handles.7",
            '{"track_sid":"x"}',
            message_class("DataTrackSubscriberHandles.PublishedDataTrack")(track_sid="x"),
        ),
    ],
)
def test_a_text_is_read_for_its_field(message: str, path: str, text: str, expected: object) -> None:
    if text == "@keyed":
        FILES.files["keyed"] = b'{"generic":"k"}'
        expected = message_class("DataBlobKey")(generic="k")
    read = thing(parse(message, path, text))
    assert read == expected
    assert type(read) is type(expected)


def test_what_is_appended_may_be_empty() -> None:
    assert thing(parse("UpdateTrackSettings", "track_sids", "", append=True)) == ""
    assert thing(parse("AddTrackRequest", "layers", "", append=True)) == message_class("VideoLayer")()


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("[]", []),
        ("[ \n]", []),
        ("[a]", ["a"]),
        ("[TR_a,TR_b]", ["TR_a", "TR_b"]),
        ('[ "a, b" ,\tc d , "" ]', ["a, b", "c d", ""]),
        ("[1,true,null]", ["1", "true", "null"]),
        ('["a\\"]"]', ['a"]']),
        ("[a[0],b]", ["a[0]", "b"]),
        ("[[x, y],{a,b}]", ["[x, y]", "{a,b}"]),
        ('[5",b]', ['5"', "b"]),
        ("[%%a,@@b]", ["%a", "@b"]),
        ("[@offer]", ["v=0\r\n"]),
        ("[a{b]", ["a{b"]),
    ],
)
def test_items_of_a_list_may_be_bare(text: str, items: list[str]) -> None:
    value = parse("UpdateTrackSettings", "track_sids", text)
    assert isinstance(value, Items)
    assert [thing(item) for item in value.items] == items


def test_items_may_be_references_and_messages() -> None:
    value = parse("UpdateTrackSettings", "track_sids", '[%"a,]b"/"c d".sid,%bob/cam,%x.tracks[0].sid]')
    assert isinstance(value, Items)
    found = [item.reference.text for item in value.items if isinstance(item, Mention) and not item.many]
    assert found == ['%"a,]b"/"c d".sid', "%bob/cam", "%x.tracks[0].sid"]
    layers = parse("AddTrackRequest", "layers", '[{"rid": "q"}, {}]')
    assert isinstance(layers, Items)
    kind = message_class("VideoLayer")
    assert [thing(item) for item in layers.items] == [kind(rid="q"), kind()]


def test_enums_and_numbers_stand_in_lists() -> None:
    value = parse("UpdateLocalAudioTrack", "features", '[TF_NO_DTX,"TF_STEREO",6]')
    assert isinstance(value, Items)
    assert [thing(item) for item in value.items] == [1, 0, 6]


def test_a_reference_may_give_a_whole_list() -> None:
    for text, path, many in [("%4.track_sids", "track_sids", True), ("%4.x", "track_sids.0", False)]:
        value = parse("UpdateTrackSettings", path, text)
        assert isinstance(value, Mention)
        assert value.many is many
    value = parse("StoreDataBlobRequest", "blob", "%4.blob")
    assert isinstance(value, Mention)
    assert value.field.name == "blob"


@pytest.mark.parametrize(
    ("message", "path", "unit"),
    [
        ("Ping", "timestamp", Now(1, 1)),
        ("Pong", "last_ping_timestamp", Now(1, 1)),
        ("ParticipantInfo", "joined_at", Now(1, 1000)),
        ("TimedVersion", "unix_micro", Now(1000, 1)),
    ],
)
def test_now_is_a_time_where_a_time_is_wanted(message: str, path: str, unit: Now) -> None:
    assert parse(message, path, "now") == unit


@pytest.mark.parametrize(
    ("message", "path", "text", "said", "marked", "code"),
    [
        (
            "AddTrackRequest",
            "type",
            "VIDOE",
            "not a TrackType: AUDIO, VIDEO or DATA (did you mean VIDEO?)",
            "VIDOE",
            "bad-value",
        ),
        ("AddTrackRequest", "width", "now", "not a whole number from 0 to 4294967295", "now", "bad-value"),
        (
            "Ping",
            "rtt",
            "now",
            "not a whole number from -9223372036854775808 to 9223372036854775807",
            "now",
            "bad-value",
        ),
        ("MuteTrackRequest", "sid", "\udcff", "not UTF-8 text", "\udcff", "bad-value"),
        ("DataBlob", "contents", r'"\ud800"', "not UTF-8 text", r'"\ud800"', "bad-value"),
        ("DataBlob", "contents", "hex:0", "not hexadecimal: two digits a byte", "hex:0", "bad-value"),
        ("UpdateTrackSettings", "track_sids", "[a", "`[` is not closed", "[a", "unclosed"),
        ("UpdateTrackSettings", "track_sids", "[a, b", "`[` is not closed", "[a, b", "unclosed"),
        ("UpdateTrackSettings", "track_sids", "[{a", "`{` is not closed", "{a", "unclosed"),
        ("UpdateTrackSettings", "track_sids", "[", "`[` is not closed", "[", "unclosed"),
        ("UpdateTrackSettings", "track_sids", '["a]', '`"` is not closed', '"a]', "unclosed"),
        ("UpdateTrackSettings", "track_sids", "[{a]", "`[` is not closed", "[{a]", "unclosed"),
        ("UpdateTrackSettings", "track_sids", "[x[a", "`[` is not closed", "[a", "unclosed"),
        ("UpdateTrackSettings", "track_sids", "[a,]", "an item of `track_sids` is missing here", "]", "bad-value"),
        ("UpdateTrackSettings", "track_sids", "[,a]", "an item of `track_sids` is missing here", ",", "bad-value"),
        ("UpdateTrackSettings", "track_sids", "[a, ,b]", "an item of `track_sids` is missing here", ",", "bad-value"),
        ("UpdateTrackSettings", "track_sids", "[a]b", "text behind the list of `track_sids`", "b", "bad-value"),
        (
            "UpdateLocalAudioTrack",
            "features",
            "[TF_STEREO,STEROE]",
            "not an AudioTrackFeature: TF_STEREO, TF_NO_DTX, TF_AUTO_GAIN_CONTROL, TF_ECHO_CANCELLATION, "
            "TF_NOISE_SUPPRESSION, TF_ENHANCED_NOISE_CANCELLATION or TF_PRECONNECT_BUFFER",
            "STEROE",
            "bad-value",
        ),
        (
            "AddTrackRequest",
            "layers",
            "[{}{}]",
            "text behind the JSON",
            "{}",
            "bad-json",
        ),
        ("AddTrackRequest", "layers", "q", "not a VideoLayer: `layers` is a message", "q", "bad-value"),
        ("StoreDataBlobRequest", "blob", "x", "not a DataBlob: `blob` is a message", "x", "bad-value"),
        ("StoreDataBlobRequest", "blob", "@@x", "not a DataBlob: `blob` is a message", "@@x", "bad-value"),
        ("UpdateParticipantMetadata", "attributes", "a", "`attributes` is a map: `attributes.KEY=…`", "a", "bad-value"),
        ("MuteTrackRequest", "sid", "@", "the name of a file is missing behind `@`", "@", "bad-value"),
        (
            "MuteTrackRequest",
            "sid",
            "@gone",
            "cannot read `gone`: No such file or directory",
            "@gone",
            "unreadable-file",
        ),
        ("MuteTrackRequest", "sid", "@odd", "cannot read `odd`: it cannot be read", "@odd", "unreadable-file"),
        ("MuteTrackRequest", "sid", "@null", "no file can be called `null`", "@null", "unreadable-file"),
        ("MuteTrackRequest", "sid", "@twice", "standard input is read twice", "@twice", "stdin-twice"),
        ("MuteTrackRequest", "sid", "@latin", "`latin` is not UTF-8 text at byte 0", "@latin", "unreadable-file"),
        (
            "MuteTrackRequest",
            "muted",
            "@offer",
            "a file gives text, bytes or JSON: `muted` is none of them",
            "@offer",
            "bad-value",
        ),
        (
            "AddTrackRequest",
            "layers.0",
            "@broken",
            "`broken` line 1, column 9: not a text: it stands in quotes",
            "@broken",
            "bad-value",
        ),
        (
            "AddTrackRequest",
            "layers",
            "@offer",
            "`offer` line 1, column 1: a JSON list for `layers` is expected here",
            "@offer",
            "bad-json",
        ),
        ("MuteTrackRequest", "sid", "%self.zzz", None, "zzz", "unknown-field"),
    ],
)
def test_a_wrong_value_points_at_itself(
    message: str, path: str, text: str, said: str | None, marked: str, code: str
) -> None:
    error = wrong(message, path, text)
    assert said in (error.text, None)
    assert (error.marked, error.code) == (marked, code)


def test_file_errors_belong_to_the_file() -> None:
    for name, hint in [("gone", None), ("twice", "name a file")]:
        with pytest.raises(InputError) as caught:
            parse("MuteTrackRequest", "sid", f"@{name}")
        assert (caught.value.layer, caught.value.hint) == ("file", hint)


def test_json_tells_what_it_set() -> None:
    value = parse("UpdateParticipantMetadata", "attributes", '{"b":"1","a":"2"}')
    assert isinstance(value, Plain)
    assert value.given == (("b",), ("a",))
    assert list(value.thing) == ["a", "b"]
    value = parse("AddTrackRequest", "layers.0", '{"rid":"q"}')
    assert isinstance(value, Plain)
    assert value.given == (("rid",),)


def test_the_signs_are_told_from_their_literals() -> None:
    assert [is_file(Span(text, 0, len(text))) for text in ("@a", "@@a", "a@")] == [True, False, False]
    assert [is_reference(Span(text, 0, len(text))) for text in ("%a", "%%a", "a%")] == [True, False, False]
    text = "@layer"
    layer = message_class("VideoLayer")()
    json_file(Span(text, 0, len(text)), FILES).message(layer)
    assert layer.rid == "q"


@given(st.text())
def test_text_is_literal_unless_it_begins_with_a_sign(text: str) -> None:
    value = parse("MuteTrackRequest", "sid", text.lstrip("%@"))
    quoted = json_string(text.lstrip("%@"))
    assert thing(value) == (text.lstrip("%@") if quoted is None else quoted)
    assert thing(parse("MuteTrackRequest", "sid", json.dumps(text))) == text


@given(st.lists(st.text(), max_size=4))
def test_a_json_list_of_texts_is_that_list(texts: list[str]) -> None:
    for ascii_only in (True, False):
        value = parse("UpdateTrackSettings", "track_sids", json.dumps(texts, ensure_ascii=ascii_only))
        assert isinstance(value, Items)
        assert [thing(item) for item in value.items] == texts


ANY_TEXT = st.text(alphabet=st.sampled_from('{}[]",:=%@\\ \nan01.é\ud800'), max_size=12)


@given(
    st.sampled_from(
        [
            ("UpdateTrackSettings", "track_sids"),
            ("UpdateParticipantMetadata", "attributes"),
            ("AddTrackRequest", "layers"),
            ("AddTrackRequest", "type"),
            ("StoreDataBlobRequest", "blob"),
            ("DataBlob", "contents"),
        ]
    ),
    ANY_TEXT,
    st.booleans(),
)
def test_any_text_is_a_value_or_a_mistake(where: tuple[str, str], text: str, append: bool) -> None:
    try:
        value = parse(*where, text, append=append)
    except InputError:
        return
    assert isinstance(value, Plain | Items | Mention)
