"""The grammar of requests, as the prompt, arguments and scripts use it."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from livekit.protocol import rtc as theirs

from lksig.errors import InputError
from lksig.schema.grammar import ParsedRequest, parse_line, parse_message, parse_words
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, case_fields, envelope_class, message_class
from lksig.schema.typed_text import format_request
from tests.support.messages import envelopes
from tests.support.typed import NOW_MS, FakeInputs, Mistake, canonical, mistake

INPUTS = FakeInputs(
    offer=b"v=0\r\n",
    candidate=b'{"candidate":"a=b c"}\n',
    mute=b'{"sid":"TR_x","muted":true}',
    envelope=b'{"mute":{"sid":"TR_x"}}',
)


def line(text: str, direction: Direction = TO_SERVER) -> list[ParsedRequest]:
    return parse_line(text, INPUTS, direction=direction)


def built(text: str, direction: Direction = TO_SERVER) -> list[Any]:
    return [request.build() for request in line(text, direction)]


def wrong(text: str, direction: Direction = TO_SERVER) -> Mistake:
    return mistake(line, text, direction)


def request(**cases: Any) -> Any:
    return envelope_class(TO_SERVER)(**cases)


def response(**cases: Any) -> Any:
    return envelope_class(TO_CLIENT)(**cases)


# --- what can be typed ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "add_track cid=cam1 type=VIDEO source=CAMERA layers.0.quality=HIGH layers.0.width=1280",
            request(
                add_track={"cid": "cam1", "type": 1, "source": 1, "layers": [{"quality": 2, "width": 1280}]},
            ),
        ),
        (
            'update_metadata name="Ann B." attributes.lk.mood=ok attributes["a=b"]=c',
            request(update_metadata={"name": "Ann B.", "attributes": {"lk.mood": "ok", "a=b": "c"}}),
        ),
        (
            "trickle candidateInit=@candidate target=SUBSCRIBER",
            request(trickle={"candidateInit": '{"candidate":"a=b c"}\n', "target": 1}),
        ),
        ("offer type=offer sdp=@offer", request(offer={"type": "offer", "sdp": "v=0\r\n"})),
        ("ping 1732444800000", request(ping=1732444800000)),
        ("ping", request(ping=NOW_MS)),
        ("ping now", request(ping=NOW_MS)),
        ("ping timestamp=now", request(ping=NOW_MS)),
        ("ping timestamp=5", request(ping=5)),
        ("ping -5", request(ping=-5)),
        ("ping 0", request(ping=0)),
        ("ping_req timestamp=now", request(ping_req={"timestamp": NOW_MS})),
        ("ping_req", request(ping_req={})),
        ("simulate speaker_update=3", request(simulate={"speaker_update": 3})),
        ("simulate speaker_update=-3", request(simulate={"speaker_update": -3})),
        ('mute {"sid": "TR_x", "muted": true}', request(mute={"sid": "TR_x", "muted": True})),
        ('mute {"sid": "TR_x"} muted=true', request(mute={"sid": "TR_x", "muted": True})),
        ("mute @mute", request(mute={"sid": "TR_x", "muted": True})),
        ("@envelope", request(mute={"sid": "TR_x"})),
        ('{"mute": {"sid": "TR_x"}}', request(mute={"sid": "TR_x"})),
        ('{"trackSetting": {"trackSids": ["a"]}}', request(track_setting={"track_sids": ["a"]})),
        ('{"ping": "5"}', request(ping=5)),
        (
            "store_data_blob_request blob.contents=hex:00ff blob.key.generic=k",
            request(store_data_blob_request={"blob": {"contents": b"\x00\xff", "key": {"generic": "k"}}}),
        ),
        (
            "track_setting track_sids+=TR_x disabled=true",
            request(track_setting={"track_sids": ["TR_x"], "disabled": True}),
        ),
        ("leave", request(leave={})),
        ("update_metadata attributes.C++=yes", request(update_metadata={"attributes": {"C++": "yes"}})),
        ("update_metadata attributes.a+=b", request(update_metadata={"attributes": {"a+": "b"}})),
        ("mute sid=%%self", request(mute={"sid": "%self"})),
        ("mute sid=@@x", request(mute={"sid": "@x"})),
        ("mute sid=mute", request(mute={"sid": "mute"})),
    ],
)
def test_a_line_is_a_request(text: str, expected: Any) -> None:
    (found,) = built(text)
    assert found == expected


def test_a_case_begins_the_next_request() -> None:
    text = "add_track cid=c type=VIDEO mute sid=%c muted=true leave ping ping 5 ping"
    requests = line(text)
    assert [one.case for one in requests] == ["add_track", "mute", "leave", "ping", "ping", "ping"]
    assert [one.text for one in requests] == [
        "add_track cid=c type=VIDEO",
        "mute sid=%c muted=true",
        "leave",
        "ping",
        "ping 5",
        "ping",
    ]
    assert [reference.text for reference in requests[1].references] == ["%c"]
    assert [one.exact for one in requests] == [False] * 6


def test_envelopes_and_cases_can_follow_each_other() -> None:
    requests = line('{"ping":"1"} {"leave":{}} mute sid=x {"ping":"2"} @envelope leave {} ping {"ping":"3"} mute @mute')
    assert [one.case for one in requests] == ["ping", "leave", "mute", "ping", "mute", "leave", "ping", "ping", "mute"]
    assert [one.exact for one in requests] == [True, True, False, True, True, False, False, True, False]


def test_a_message_can_be_a_reference() -> None:
    (found,) = line("add_track %3 cid=again")
    body = envelope_class(TO_SERVER)(add_track={"name": "cam"}).add_track
    assert found.build(lambda reference: body) == request(add_track={"name": "cam", "cid": "again"})


def test_no_words_are_no_request() -> None:
    assert line("") == line("  ") == parse_words([], INPUTS) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pong 5", response(pong=5)),
        ("pong", response(pong=NOW_MS)),
        ("refresh_token abc", response(refresh_token="abc")),
        ("refresh_token a=b", response(refresh_token="a=b")),
        ("refresh_token timestamp=b", response(refresh_token="timestamp=b")),
        ('refresh_token "mute"', response(refresh_token="mute")),
        ('refresh_token {"a":"b"}', response(refresh_token='{"a":"b"}')),
        ('refresh_token ""', response(refresh_token="")),
        ("refresh_token @offer", response(refresh_token="v=0\r\n")),
        ("pong_resp last_ping_timestamp=now", response(pong_resp={"last_ping_timestamp": NOW_MS})),
        (
            "data_track_subscriber_handles sub_handles.7.track_sid=DTR_x",
            response(data_track_subscriber_handles={"sub_handles": {7: {"track_sid": "DTR_x"}}}),
        ),
    ],
)
def test_responses_are_typed_the_same_way(text: str, expected: Any) -> None:
    (found,) = built(text, TO_CLIENT)
    assert found == expected


# --- arguments ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["update_metadata", "name=Ann B."], request(update_metadata={"name": "Ann B."})),
        (["update_metadata", 'name="Ann B."'], request(update_metadata={"name": "Ann B."})),
        (["update_metadata", 'name="Ann'], request(update_metadata={"name": '"Ann'})),
        (["update_metadata", "metadata={a"], request(update_metadata={"metadata": "{a"})),
        (["update_metadata", "attributes.my key=v w"], request(update_metadata={"attributes": {"my key": "v w"}})),
        (["mute", ' {"sid":\n "TR_x"}\n'], request(mute={"sid": "TR_x"})),
        (['\n{"mute": {"sid": "TR x"}} '], request(mute={"sid": "TR x"})),
        (["ping", "-5"], request(ping=-5)),
        (["track_setting", "track_sids=[a, b]"], request(track_setting={"track_sids": ["a", "b"]})),
    ],
)
def test_an_argument_is_one_word_as_it_stands(words: list[str], expected: Any) -> None:
    (found,) = parse_words(words, INPUTS)
    assert found.build() == expected


def test_mistakes_of_arguments_stand_in_the_joined_line() -> None:
    error = mistake(parse_words, ["update_metadata", "name=Ann B.", "nmae=x"], INPUTS)
    assert error.source == "update_metadata name=Ann B. nmae=x"
    assert (error.marked, error.start) == ("nmae", 28)
    error = mistake(parse_words, ["mute", ""], INPUTS)
    assert (error.text, error.code) == ("an empty word sets nothing", "unknown-word")
    error = mistake(parse_words, [" "], INPUTS)
    assert (error.text, error.code) == ("an empty word is no request", "unknown-case")
    error = mistake(parse_words, ["a[b=c"], INPUTS)
    assert (error.text, error.marked) == ("no request is called `a[b=c`", "a[b=c")


# --- mistakes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said", "marked", "code"),
    [
        (
            "add_track cid=cam1 type=VIDOE",
            "not a TrackType: AUDIO, VIDEO or DATA (did you mean VIDEO?)",
            "VIDOE",
            "bad-value",
        ),
        ("muet sid=x", "no request is called `muet` (did you mean mute?)", "muet", "unknown-case"),
        ("addTrack cid=x", "no request is called `addTrack` (did you mean add_track?)", "addTrack", "unknown-case"),
        ("zebra", "no request is called `zebra`", "zebra", "unknown-case"),
        ("-v", "no request is called `-v`", "-v", "unknown-case"),
        ("a[b", "`[` is not closed", "[b", "unclosed"),
        (
            "track_published cid=x",
            "`track_published` is a response: the server sends it",
            "track_published",
            "unknown-case",
        ),
        ("sid=TR_x muted=1", "a request begins with its case, `mute sid=TR_x`", "sid=TR_x", "unknown-case"),
        (
            "mute sid=x mutd=1",
            "MuteTrackRequest has no field `mutd` (did you mean muted?)",
            "mutd",
            "unknown-field",
        ),
        ("mute sid", "`sid` needs a value: `sid=…`", "sid", "missing-value"),
        (
            "mute sid=x levae",
            "`levae` is neither a case nor a field of MuteTrackRequest with its value (did you mean leave?)",
            "levae",
            "unknown-word",
        ),
        (
            "mute sdi",
            "`sdi` is neither a case nor a field of MuteTrackRequest with its value (did you mean sid?)",
            "sdi",
            "unknown-word",
        ),
        (
            'mute "sid"=x',
            'MuteTrackRequest has no field `"sid"`: sid or muted',
            '"sid"',
            "unknown-field",
        ),
        ("mute =x", "the name of a field is missing here", "=", "unknown-field"),
        ("mute sid=x sid=y", "`sid` is set twice", "sid", "set-twice"),
        ('mute {"sid":"x"} sid=y', "`sid` is set twice", "sid", "set-twice"),
        (
            "simulate migration=1 node_failure=1",
            "`node_failure` and `migration` exclude each other: only one of them can be set",
            "node_failure",
            "two-arms",
        ),
        (
            "add_track layers.1.width=3",
            "an index beyond the end: `layers` has 0 elements: the next one is `layers.0`",
            "layers.1",
            "beyond-end",
        ),
        ("mute sid+=x", "`+=` appends to lists, and `sid` is none", "sid", "bad-path"),
        ("add_track layers.0+={}", "`+=` appends to lists, and `layers.0` is none", "layers.0", "bad-path"),
        ("update_metadata attributes+={}", "`+=` appends to lists, and `attributes` is none", "attributes", "bad-path"),
        (
            'update_metadata attributes["a"]+=b',
            '`+=` appends to lists, and `attributes["a"]` is none',
            'attributes["a"]',
            "bad-path",
        ),
        ("ping x", "not a whole number from -9223372036854775808 to 9223372036854775807", "x", "bad-value"),
        ("ping timestamp=x", "not a whole number from -9223372036854775808 to 9223372036854775807", "x", "bad-value"),
        ("ping 5 6", "no request is called `6`", "6", "unknown-case"),
        ("{}", "no case is set: an envelope holds a request", "{}", "no-case"),
        ('{"mute":null}', "no case is set: an envelope holds a request", '{"mute":null}', "no-case"),
        ('{"mut":{}}', "SignalRequest has no field `mut` (did you mean mute?)", "mut", "unknown-field"),
        (
            '{"mute":{},"leave":{}}',
            "`leave` and `mute` exclude each other: only one of them can be set",
            '"leave"',
            "two-arms",
        ),
        (
            '{"mute":{}} sid=x',
            "a whole envelope goes out as it is: nothing can be set behind it",
            "sid=x",
            "unknown-word",
        ),
        ('mute sid=x {"muted":1}', "SignalRequest has no field `muted` (did you mean mute?)", "muted", "unknown-field"),
        ("mute sid=%", None, " ", "bad-reference"),
        ("mute @gone", "cannot read `gone`: No such file or directory", "@gone", "unreadable-file"),
        ("@gone", "cannot read `gone`: No such file or directory", "@gone", "unreadable-file"),
        (
            "mute sid=x @@y",
            "`@@y` is neither a case nor a field of MuteTrackRequest with its value",
            "@@y",
            "unknown-word",
        ),
        ('mute sid="x', '`"` is not closed', '"x', "unclosed"),
        (
            '{"kind":"note","code":"x"}',
            "no request: of printed lines only messages of a user to the server are sent again",
            '{"kind":"note","code":"x"}',
            "no-request",
        ),
    ],
)
def test_a_mistake_says_what_and_where(text: str, said: str | None, marked: str, code: str) -> None:
    error = wrong(text + " " if marked == " " else text)
    assert said in (error.text, None)
    assert (error.marked, error.code) == (marked, code)


def test_mistakes_among_responses() -> None:
    error = wrong("add_track cid=x", TO_CLIENT)
    assert error.text == "`add_track` is a request: the client sends it"
    assert wrong("zebra", TO_CLIENT).text == "no response is called `zebra`"
    assert wrong("{}", TO_CLIENT).text == "no case is set: an envelope holds a response"
    for text in ("refresh_token", "refresh_token mute sid=x"):
        error = wrong(text, TO_CLIENT)
        assert (error.text, error.marked) == ("`refresh_token` needs its value: `refresh_token …`", "refresh_token")
        assert error.code == "missing-value"


def test_hints_name_the_next_step() -> None:
    shell = "no shell reads this line: text with blanks stands in double quotes, JSON in none"
    assert wrong("update_metadata name='Ann B.'").hint == shell
    assert wrong("'mute' sid=x").hint == shell
    assert wrong("mute sid=x levae").hint == "fields are set as `name=value`, in one word"
    assert wrong("zebra").hint == "`lksig schema` lists them all"
    assert wrong("sid=x").hint == "`lksig schema` lists them all"
    assert wrong("muet").hint is None
    assert wrong('{"mute":{}} sid=x').hint == "`CASE {…}` is JSON that more can be set behind"


# --- messages without a case ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ([], {}),
        (["metadata=a b", "client_info.sdk=GO"], {"metadata": "a b", "client_info": {"sdk": 5}}),
        (['{"clientInfo":{"sdk":"GO"}}', "client_info.version=1"], {"client_info": {"sdk": 5, "version": "1"}}),
        (["@join", "reconnect=1"], {"metadata": "m", "reconnect": True}),
        (["add_track_requests.0.cid=c"], {"add_track_requests": [{"cid": "c"}]}),
    ],
)
def test_any_message_is_typed_by_its_fields(words: list[str], fields: dict[str, Any]) -> None:
    inputs = FakeInputs(join=b'{"metadata":"m"}')
    assert parse_message("JoinRequest", words, inputs) == message_class("JoinRequest")(**fields)


@pytest.mark.parametrize(
    ("words", "said", "marked"),
    [
        (["reconnect"], "`reconnect` needs a value: `reconnect=…`", "reconnect"),
        (
            ["clientinfo"],
            "`clientinfo` is no field of JoinRequest with its value (did you mean client_info?)",
            "clientinfo",
        ),
        ([""], "an empty word sets nothing", " "),
        (['{"metadata":"a"}', "metadata=b"], "`metadata` is set twice", "metadata"),
        (["metadata=%self"], "`%self` has a value only in a session", "%self"),
        (["metadata=a", "{}"], "`{}` is no field of JoinRequest with its value", "{}"),
    ],
)
def test_a_mistake_in_a_message_is_pointed_at(words: list[str], said: str, marked: str) -> None:
    error = mistake(parse_message, "JoinRequest", [*words, *([""] if words == [""] else [])], INPUTS)
    assert (error.text, error.marked) == (said, marked)


# --- properties -----------------------------------------------------------------------------------------------------


@given(envelopes())
def test_every_message_can_be_typed(given: tuple[Direction, Any]) -> None:
    direction, envelope = given
    text = format_request(envelope, direction)
    expected = canonical(envelope)
    (typed,) = parse_line(text, INPUTS, direction=direction)
    assert canonical(typed.build()) == expected
    assert not typed.exact
    assert typed.text == text
    # The same words as arguments, each as the shell would hand it over.
    words = [word.text for word in _words_of(text)]
    (typed,) = parse_words(words, INPUTS, direction=direction)
    assert canonical(typed.build()) == expected


def _words_of(text: str) -> Any:
    from lksig.schema.lexer import split_line

    return split_line(text)


@given(st.lists(envelopes(TO_SERVER), max_size=4))
def test_several_requests_can_stand_in_one_line(given: list[tuple[Direction, Any]]) -> None:
    text = " ".join(format_request(envelope, TO_SERVER) for _, envelope in given)
    assert [one.build() for one in parse_line(text, INPUTS)] == [envelope for _, envelope in given]


@given(envelopes(TO_SERVER))
def test_the_line_is_what_the_protocol_package_encodes(given: tuple[Direction, Any]) -> None:
    _, envelope = given
    (typed,) = parse_line(format_request(envelope, TO_SERVER), INPUTS)
    ours = typed.build().SerializeToString(deterministic=True)
    other = theirs.SignalRequest.FromString(envelope.SerializeToString())
    assert ours == other.SerializeToString(deterministic=True)


EXAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "offer": ("type=offer sdp=v=0 id=1 mid_to_track_id.0=TR_x", {"type": "offer", "sdp": "v=0", "id": 1}),
    "answer": ("type=answer sdp=@offer id=7", {"type": "answer", "sdp": "v=0\r\n", "id": 7}),
    "trickle": (
        'candidateInit={"a":1} target=subscriber final=1',
        {"candidateInit": '{"a":1}', "target": 1, "final": True},
    ),
    "add_track": (
        "cid=c1 name=cam type=VIDEO source=CAMERA layers.0.quality=HIGH simulcast_codecs[0].codec=vp8 encryption=gcm "
        "audio_features=[TF_STEREO,TF_NO_DTX] width=1280",
        {
            "cid": "c1",
            "name": "cam",
            "type": 1,
            "source": 1,
            "layers": [{"quality": 2}],
            "simulcast_codecs": [{"codec": "vp8"}],
            "encryption": 1,
            "audio_features": [0, 1],
            "width": 1280,
        },
    ),
    "mute": ("sid=TR_x muted=true", {"sid": "TR_x", "muted": True}),
    "subscription": (
        "track_sids=[TR_a,TR_b] subscribe=1 participant_tracks.0.participant_sid=PA_x "
        "participant_tracks.0.track_sids=TR_c",
        {
            "track_sids": ["TR_a", "TR_b"],
            "subscribe": True,
            "participant_tracks": [{"participant_sid": "PA_x", "track_sids": ["TR_c"]}],
        },
    ),
    "track_setting": ("track_sids+=TR_a disabled=0 quality=HIGH", {"track_sids": ["TR_a"], "quality": 2}),
    "leave": ("reason=CLIENT_INITIATED action=DISCONNECT", {"reason": 1}),
    "update_layers": ("track_sid=TR_x layers.0.rid=q", {"track_sid": "TR_x", "layers": [{"rid": "q"}]}),
    "subscription_permission": (
        'all_participants=false track_permissions+={"participantIdentity":"ann","allTracks":true}',
        {"track_permissions": [{"participant_identity": "ann", "all_tracks": True}]},
    ),
    "sync_state": (
        "answer.type=answer subscription= publish_tracks.0.cid=c data_channels.0.label=_reliable offer.sdp=x",
        {
            "answer": {"type": "answer"},
            "subscription": {},
            "publish_tracks": [{"cid": "c"}],
            "data_channels": [{"label": "_reliable"}],
            "offer": {"sdp": "x"},
        },
    ),
    "simulate": ("switch_candidate_protocol=UDP", {"switch_candidate_protocol": 0}),
    "ping": ("1732444800000", {}),
    "update_metadata": (
        'metadata={"a":"b c"} name="Ann B." attributes.lk.mood=ok request_id=7',
        {"metadata": '{"a":"b c"}', "name": "Ann B.", "attributes": {"lk.mood": "ok"}, "request_id": 7},
    ),
    "ping_req": ("timestamp=now rtt=5", {"timestamp": NOW_MS, "rtt": 5}),
    "update_audio_track": ("track_sid=TR_x features+=TF_NO_DTX", {"track_sid": "TR_x", "features": [1]}),
    "update_video_track": ("track_sid=TR_x width=640", {"track_sid": "TR_x", "width": 640}),
    "publish_data_track_request": (
        "pub_handle=1 name=d frame_encoding.well_known=3 schema.name=s",
        {"pub_handle": 1, "name": "d", "frame_encoding": {"well_known": 3}, "schema": {"name": "s"}},
    ),
    "unpublish_data_track_request": ("pub_handle=1", {"pub_handle": 1}),
    "update_data_subscription": (
        "updates.0.track_sid=DTR_x updates.0.subscribe=true updates.0.options.target_fps=",
        {"updates": [{"track_sid": "DTR_x", "subscribe": True, "options": {"target_fps": 0}}]},
    ),
    "store_data_blob_request": (
        "request_id=1 blob.key.generic=k blob.contents=b64:AP8=",
        {"request_id": 1, "blob": {"key": {"generic": "k"}, "contents": b"\x00\xff"}},
    ),
    "get_data_blob_request": (
        "participant_identity=ann key.schema_id.encoding.custom=",
        {"participant_identity": "ann", "key": {"schema_id": {"encoding": {"custom": ""}}}},
    ),
}


def test_every_request_has_an_example() -> None:
    assert set(EXAMPLES) == set(case_fields(TO_SERVER))


@pytest.mark.parametrize("case", EXAMPLES)
def test_each_request_goes_out_as_the_protocol_package_encodes_it(case: str) -> None:
    words, fields = EXAMPLES[case]
    body: Any = 1732444800000 if case == "ping" else fields
    if case == "offer":
        body = {**fields, "mid_to_track_id": {"0": "TR_x"}}
    expected = theirs.SignalRequest(**{case: body}).SerializeToString(deterministic=True)
    (typed,) = line(f"{case} {words}")
    assert typed.build().SerializeToString(deterministic=True) == expected


@given(envelopes())
def test_json_is_read_in_both_spellings(given: tuple[Direction, Any]) -> None:
    from google.protobuf import json_format

    direction, envelope = given
    for keep in (True, False):
        text = json_format.MessageToJson(envelope, preserving_proto_field_name=keep, indent=None)
        (typed,) = parse_line(text, INPUTS, direction=direction)
        assert typed.exact
        assert canonical(typed.build()) == canonical(envelope)
        case = str(typed.case)
        if case_fields(direction)[case].message_type is not None:
            ((_, body),) = json.loads(text).items()
            (typed,) = parse_words([case, json.dumps(body)], INPUTS, direction=direction)
            assert not typed.exact
            assert canonical(typed.build()) == canonical(envelope)


PIECES = st.one_of(
    st.sampled_from(
        [
            *("mute", "add_track", "ping", "leave", "refresh_token", "sid=", "layers.0.", "layers+=", "attributes."),
            *("update_metadata", "%self", "%4.track", "@offer", '{"mute":', "{}", "[a,b]", "=", "+=", " ", '"', "\\"),
            *("]", "[", "}", ":", ",", "\ud800", "\x00", "é", "-5", "99999999999999999999999", "now", "hex:", "b64:"),
        ]
    ),
    st.text(max_size=4),
)


@given(st.lists(PIECES, max_size=12).map("".join), st.sampled_from([TO_SERVER, TO_CLIENT]))
def test_any_line_gives_requests_or_a_mistake(text: str, direction: Direction) -> None:
    try:
        requests = parse_line(text, INPUTS, direction=direction)
    except InputError:
        return
    for one in requests:
        assert one.sketch().WhichOneof("message") == one.case


@given(st.lists(st.lists(PIECES, max_size=4).map("".join), max_size=5))
def test_any_words_give_requests_or_a_mistake(words: list[str]) -> None:
    try:
        requests = parse_words(words, INPUTS)
    except InputError:
        return
    assert sum(len(one.text) for one in requests) <= len(" ".join(words))


@given(st.text().filter(lambda text: not text.startswith(("%", "@", '"'))))
def test_text_in_an_argument_is_literal(text: str) -> None:
    (typed,) = parse_words(["update_metadata", f"name={text}"], INPUTS)
    assert typed.build().update_metadata.name == text
    (typed,) = parse_words(["update_metadata", f"attributes.k={text}"], INPUTS)
    assert typed.build().update_metadata.attributes["k"] == text


@given(st.text(alphabet=st.characters(exclude_characters="'", exclude_categories=["Cs", "Cc"]), max_size=20))
def test_a_shell_and_the_prompt_mean_the_same(text: str) -> None:
    quoted = json.dumps(text)
    words = shlex.split(f"update_metadata 'name={quoted}' 'attributes[{quoted}]={quoted}'")
    (typed,) = parse_words(words, INPUTS)
    (same,) = parse_line(f"update_metadata name={quoted} attributes[{quoted}]={quoted}", INPUTS)
    assert typed.build() == same.build()
    assert typed.build().update_metadata.attributes[text] == text
