"""The machine's view: exactly the keys that are promised, valid against the schema that is shipped."""

from __future__ import annotations

import base64
import json
from importlib import resources
from typing import Any

import jsonschema
import pytest
from hypothesis import given

from lksig import __version__
from lksig.render.errors import error_json, warning_json
from lksig.render.json_lines import WHOLE_BYTES, JsonLines
from lksig.schema.pool import PROTOCOL_VERSION, TO_CLIENT, TO_SERVER, Direction, message_class
from lksig.wire.events import Close, End, Http, Marker, Message, Note, Reading, Result, State, WsPing, WsPong
from tests.support.messages import envelopes
from tests.support.readings import frame, message, secrets, start
from tests.support.samples import SAMPLES, SECRETS, TOKEN, WALL_NS, envelope

SCHEMA: dict[str, Any] = json.loads(
    resources.files("lksig.render").joinpath("json_lines.schema.json").read_text("utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
MS = 1_000_000


def lines(**options: Any) -> JsonLines:
    show = options.pop("show", False)
    view = JsonLines(secrets(show=show), **options)
    view.text(start())
    return view


def parsed(reading: Reading, **options: Any) -> dict[str, Any]:
    text = lines(**options).text(reading)
    assert text.isascii()
    assert "\n" not in text
    value: dict[str, Any] = json.loads(text)
    VALIDATOR.validate(value)
    return value


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_start_line() -> None:
    text = JsonLines(secrets()).text(start())
    assert text == (
        f'{{"kind":"start","format":1,"lksig":"{__version__}","protocol":"{PROTOCOL_VERSION}",'
        '"time":"2026-11-25T14:34:05.811000Z","session":1,"url":"ws://127.0.0.1:7880/rtc/v1","path":"v1",'
        '"room":"standup","identity":"probe"}'
    )
    assert parsed(start(room=None, identity=None, path="v0"))["room"] is None


def test_a_message_line() -> None:
    reading = message(TO_CLIENT, "mute", reply_to=3, reply_ns=812_345, refused=True)
    assert lines().text(reading) == (
        '{"n":4,"kind":"message","time":"2026-11-25T14:34:11.325204Z","t_ms":5514.204,"dt_ms":0.812,"session":1,'
        '"socket":1,"dir":"to_client","case":"mute","by":"server","encoding":"protobuf","bytes":23,'
        '"message":{"mute":{"sid":"TR_AMHY4ht4bDDgyu","muted":true}},"reply_to":3,"reply_ms":0.812,"refused":true}'
    )
    parsed(reading)


def test_the_answer_to_a_message_of_lksig_says_so() -> None:
    value = parsed(message(TO_CLIENT, "pong_resp", reply_to=3, reply_ns=None, for_auto=True))
    assert value["for"] == "auto"
    assert value["reply_to"] == 3
    assert "reply_ms" not in value
    assert "refused" not in value


def test_who_made_it_and_on_which_socket() -> None:
    value = parsed(message(TO_SERVER, "ping_req", by="auto", session=2, socket=3))
    assert (value["by"], value["dir"], value["session"], value["socket"]) == ("auto", "to_server", 2, 3)


def test_an_empty_envelope_is_a_message_without_a_case() -> None:
    value = parsed(frame(b""))
    assert value["case"] is None
    assert value["message"] == {}
    assert "unknown" not in value


def test_an_unknown_case_is_listed() -> None:
    value = parsed(frame(b"\x9a\x06\x02hi"))
    assert value["case"] is None
    assert value["message"] == {}
    assert value["unknown"] == [{"path": "", "field": 99, "wire": "bytes", "value": "aGk="}]


def test_unknown_fields_stand_beside_the_known_ones() -> None:
    value = parsed(frame(b"\x4a\x08\x0a\x04TR_x\x78\x05"))
    assert value["message"] == {"mute": {"sid": "TR_x", "muted": False}}
    assert value["unknown"] == [{"path": "mute", "field": 15, "wire": "varint", "value": "5"}]


def test_unknown_keys_of_a_text_frame_are_listed() -> None:
    value = parsed(frame(b'{"mute":{"sid":"TR_x","odd":1}}', encoding="json"))
    assert value["encoding"] == "json"
    assert value["unknown"] == [{"path": "mute", "field": "odd", "wire": "json", "value": "1"}]


def test_a_frame_that_does_not_decode_keeps_its_bytes() -> None:
    value = parsed(frame(b"\x0a\x05abc"))
    assert value["case"] is None
    assert "message" not in value
    assert list(value)[-2:] == ["decode_error", "raw"]
    assert set(value["decode_error"]) == {"reason", "offset"}
    assert base64.b64decode(value["raw"]) == b"\x0a\x05abc"


def test_a_frame_without_a_reason_still_has_one() -> None:
    bare = Message(5, TO_CLIENT, b"x", None, None, by="server")
    assert parsed(Reading(bare, n=1))["decode_error"] == {"reason": "not decoded", "offset": None}


def test_raw_adds_the_bytes_with_secrets_overwritten() -> None:
    reading = message(TO_CLIENT, "refresh_token")
    hidden = base64.b64decode(parsed(reading, raw=True)["raw"])
    assert len(hidden) == len(reading.event.raw)
    assert TOKEN.encode() not in hidden
    assert base64.b64decode(parsed(reading, raw=True, show=True)["raw"]) == reading.event.raw


def test_defaults_prints_unset_fields_too() -> None:
    reading = message(TO_SERVER, "add_track", {"cid": "c"})
    assert "width" not in parsed(reading)["message"]["add_track"]
    assert parsed(reading, defaults=True)["message"]["add_track"]["width"] == 0


def test_without_a_start_nobody_knows_the_time() -> None:
    value = json.loads(JsonLines(secrets()).text(message(TO_CLIENT, "mute")))
    assert value["time"] is None
    VALIDATOR.validate(value)


@pytest.mark.parametrize(("way", "case"), [pytest.param(*key, id=".".join(key)) for key in SAMPLES])
def test_every_case_is_valid_and_hides_its_secrets(way: Direction, case: str) -> None:
    value = parsed(message(way, case), raw=True)
    assert value["case"] == case
    for secret in SECRETS:
        assert secret not in json.dumps(value)


@given(envelopes(unknown=True))
def test_any_message_is_valid(sample: tuple[Direction, Any]) -> None:
    way, any_envelope = sample
    reading = frame(any_envelope.SerializeToString(), way)
    for options in ({}, {"raw": True}, {"defaults": True}, {"show": True}):
        parsed(reading, **options)


EVENTS: list[tuple[Any, dict[str, Any]]] = [
    (State(MS, "CONNECTED", "joined"), {"kind": "state", "state": "CONNECTED", "why": "joined"}),
    (
        WsPing(MS, TO_CLIENT, b"\x01", "server", socket=2),
        {"kind": "ws_ping", "dir": "to_client", "by": "server", "bytes": 1, "payload": "AQ==", "socket": 2},
    ),
    (WsPong(MS, TO_SERVER, b"", "auto"), {"kind": "ws_pong", "dir": "to_server", "by": "auto", "payload": ""}),
    (Close(MS, 1000, "", "server"), {"kind": "close", "code": 1000, "reason": "", "ended_by": "server"}),
    (Close(MS, None, "", "network"), {"kind": "close", "code": None, "ended_by": "network"}),
    (Note(MS, "clock-offset", "5 ms", about=3), {"kind": "note", "code": "clock-offset", "text": "5 ms", "about": 3}),
    (Marker(MS, "here"), {"kind": "marker", "text": "here"}),
]


@pytest.mark.parametrize(("event", "expected"), EVENTS, ids=lambda value: getattr(value, "text", None))
def test_every_other_event_has_its_place_in_time(event: Any, expected: dict[str, Any]) -> None:
    value = parsed(Reading(event, dt_ns=500_000))
    assert value | expected == value
    assert list(value)[:6] == ["kind", "time", "t_ms", "dt_ms", "session", "socket"]
    assert (value["t_ms"], value["dt_ms"]) == (1.0, 0.5)
    assert value["time"] == "2026-11-25T14:34:05.812000Z"


def test_a_note_about_nothing_names_nothing() -> None:
    assert "about" not in parsed(Reading(Note(0, "code", "text")))


def test_a_result_line() -> None:
    result = Result(MS, 5, "mute", "refused", "NOT_FOUND", 6, 600_000)
    text = lines().text(Reading(result))
    assert text.startswith(
        '{"kind":"result","request":5,"case":"mute","outcome":"refused","reason":"NOT_FOUND","reply":6,"ms":0.6'
    )
    parsed(Reading(result))
    bare = parsed(Reading(Result(MS, 5, "mute", "lost")))
    assert not {"reason", "reply", "ms"} & set(bare)


def test_an_end_line() -> None:
    end = End(MS, "client", 1000, {"to_client": 4, "to_server": 2}, (), (5,), 0)
    assert (
        lines()
        .text(Reading(end))
        .startswith(
            '{"kind":"end","ended_by":"client","code":1000,"messages":{"to_client":4,"to_server":2},"unanswered":[],'
            '"refused":[5],"undecodable":0'
        )
    )
    parsed(Reading(end))
    assert parsed(Reading(End(MS, None, None)))["messages"] == {"to_client": 0, "to_server": 0}


def test_an_http_line_hides_tokens_and_decodes_the_join_request() -> None:
    join_request = message_class("JoinRequest")(
        client_info={"protocol": 17}, publisher_offer={"sdp": "a=ice-pwd:hush-hush-hush-hush"}
    )
    http = Http(
        t_ns=MS,
        method="GET",
        path=f"/rtc/v1?access_token={TOKEN}",
        request_headers=(("Authorization", f"Bearer {TOKEN}"),),
        status=401,
        headers=(("X-A", "1"), ("x-a", "2"), ("Server", "x")),
        body=f"invalid token: {TOKEN}\xff".encode("latin-1"),
        took_ns=4_200_000,
        join_request=join_request,
    )
    value = parsed(Reading(http))
    assert value["headers"] == {"x-a": "1, 2", "server": "x"}
    assert (value["method"], value["status"], value["ms"]) == ("GET", 401, 4.2)
    assert value["request_headers"] == {"authorization": f"Bearer {secrets().placeholder(TOKEN, 'jwt')}"}
    assert value["join_request"]["client_info"]["protocol"] == 17
    assert value["body"].startswith("invalid token: ")
    assert value["body"].endswith("\ufffd")
    assert TOKEN not in json.dumps(value)
    assert "hush" not in json.dumps(value)
    assert "join_request" not in parsed(Reading(Http(0, "GET", "/", (), None, (), b"", 0)))


def test_a_large_message_comes_in_pieces() -> None:
    people = [{"identity": f"participant-{n}", "sid": f"PA_{n:012d}"} for n in range(9000)]
    big = frame(envelope(TO_CLIENT, "update", {"participants": people}).SerializeToString())
    assert len(big.event.raw) > WHOLE_BYTES
    view = lines()
    pieces = list(view.pieces(big))
    assert "".join(pieces) == view.text(big) + "\n"
    assert max(map(len, pieces)) < 100_000


def test_anything_else_is_one_piece_with_its_newline() -> None:
    view = lines()
    for reading in (start(), message(TO_CLIENT, "mute"), frame(b"\x0a" * (WHOLE_BYTES + 1))):
        assert list(view.pieces(reading)) == [view.text(reading) + "\n"]


def test_times_of_a_second_session_count_from_the_first_start() -> None:
    view = lines()
    second = json.loads(view.text(start(t_ns=MS, wall_ns=WALL_NS + 7 * MS, session=2)))
    assert second["time"] == "2026-11-25T14:34:05.812000Z"


def test_what_stands_on_stderr_has_a_schema_too() -> None:
    stderr = jsonschema.Draft202012Validator({"$ref": "#/$defs/stderr", "$defs": SCHEMA["$defs"]})
    stderr.validate(json.loads(error_json(ValueError("x"))))
    stderr.validate(json.loads(warning_json("code", "text")))
    assert not stderr.is_valid({"error": {}})


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "message"},
        {"kind": "start", "format": 2},
        {"kind": "result", "request": 0, "case": "mute", "outcome": "refused"},
        {"kind": "result", "request": 1, "case": "mute", "outcome": "perhaps"},
        {"no": "kind"},
    ],
)
def test_the_schema_refuses_what_is_no_line(wrong: dict[str, Any]) -> None:
    assert not VALIDATOR.is_valid(wrong)


def test_the_schema_lets_later_keys_and_kinds_pass() -> None:
    value = parsed(message(TO_CLIENT, "mute"))
    VALIDATOR.validate({**value, "later": 1})
    VALIDATOR.validate({"kind": "finding", "later": 1})
