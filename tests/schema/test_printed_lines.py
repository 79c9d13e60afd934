"""Lines that `--json` printed, sent again."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.schema.lexer import Span
from lksig.schema.pool import TO_SERVER, envelope_class
from lksig.schema.printed_lines import PrintedLine, printed_line, printed_request
from lksig.schema.requests import ParsedRequest
from lksig.wire.codec import decode_frame, unknown_fields
from tests.support.messages import envelopes
from tests.support.typed import FakeInputs, Mistake, mistake

USER = {"n": 3, "kind": "message", "dir": "to_server", "case": "mute", "by": "user", "encoding": "protobuf"}


def line(**more: Any) -> str:
    return json.dumps({**USER, **more})


def printed(text: str) -> PrintedLine | None:
    return printed_line(Span(f"  {text} ", 2, 2 + len(text)))


def read(text: str) -> ParsedRequest:
    found = printed(text)
    assert found is not None
    return printed_request(found, TO_SERVER, FakeInputs())


def wrong(text: str) -> Mistake:
    return mistake(read, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mute sid=x",
        '{"mute":{}}',
        '{"mute":{"sid":"kind"}}',
        '{"mute":{"sid":"a","kind":1}}',
        '{"kind":1}',
        '{"kind":"message"',
        '{"kind":"message",}',
        '{"kind":"message"} x',
        '["kind","message"]',
        '"kind"',
        '{"kind":' + "[" * 100_000,
    ],
)
def test_what_nobody_printed_is_no_printed_line(text: str) -> None:
    assert printed(text) is None


def test_keys_stand_where_they_stand() -> None:
    text = ' {"kind" : "note", "é":[1, {"a":"}"}] ,"x":{}}'.strip()
    found = printed(text)
    assert found is not None
    assert found.members == {"kind": "note", "é": [1, {"a": "}"}], "x": {}}
    assert {name: place.text for name, place in found.places.items()} == {
        "kind": '"note"',
        "é": '[1, {"a":"}"}]',
        "x": "{}",
    }


@pytest.mark.parametrize(
    ("changed", "is_request"),
    [
        ({}, True),
        ({"by": "auto"}, False),
        ({"by": "replay"}, False),
        ({"dir": "to_client"}, False),
        ({"kind": "note"}, False),
        ({"by": None}, False),
    ],
)
def test_only_messages_of_a_user_to_the_server_are_requests(changed: dict[str, Any], is_request: bool) -> None:
    text = line(message={"mute": {}}, **changed)
    found = printed(text)
    assert found is not None
    assert found.is_user_request is is_request
    if not is_request:
        error = wrong(text)
        assert error.text == "no request: of printed lines only messages of a user to the server are sent again"
        assert (error.marked, error.code) == (text, "no-request")


def test_the_envelope_goes_out_exactly() -> None:
    request = read(line(message={"mute": {"sid": "TR_x", "muted": False}}))
    assert (request.case, request.exact, request.raw) == ("mute", True, None)
    assert request.build() == envelope_class(TO_SERVER)(mute={"sid": "TR_x"})


def test_raw_bytes_go_out_exactly() -> None:
    raw = base64.b64encode(b"\x2a\x00").decode()
    request = read(line(message={"mute": {}}, raw=raw, unknown=[{"odd": 1}]))
    assert (request.raw, request.encoding, request.case) == (b"\x2a\x00", "protobuf", "mute")
    request = read(line(case=None, decode_error={"reason": "x", "offset": 0}, raw=raw))
    assert (request.raw, request.case) == (b"\x2a\x00", None)
    text = base64.b64encode(b'{"mute":{}}').decode()
    assert read(line(message={"mute": {}}, raw=text, encoding="json")).encoding == "json"


def test_an_empty_envelope_was_sent_on_purpose() -> None:
    request = read(line(case=None, message={}))
    assert request.case is None
    assert request.build().SerializeToString() == b""


@pytest.mark.parametrize(
    ("entry", "data"),
    [
        (
            {"path": "", "field": 99, "wire": "varint", "value": "18446744073709551615"},
            b"\x98\x06" + b"\xff" * 9 + b"\x01",
        ),
        ({"path": "", "field": 99, "wire": "varint", "value": "0"}, b"\x98\x06\x00"),
        ({"path": "", "field": 99, "wire": "fixed32", "value": "1"}, b"\x9d\x06\x01\x00\x00\x00"),
        ({"path": "", "field": 99, "wire": "fixed64", "value": "1"}, b"\x99\x06\x01" + b"\x00" * 7),
        ({"path": "", "field": 99, "wire": "bytes", "value": "AP8="}, b"\x9a\x06\x02\x00\xff"),
        ({"path": "", "field": 99, "wire": "group", "value": "CAE="}, b"\x9b\x06\x08\x01\x9c\x06"),
    ],
)
def test_unknown_fields_are_put_back(entry: dict[str, Any], data: bytes) -> None:
    request = read(line(case=None, message={}, unknown=[entry]))
    assert request.build().SerializeToString() == data


def test_unknown_fields_return_to_their_message() -> None:
    entry = {"path": "add_track.layers.1", "field": 99, "wire": "varint", "value": "5"}
    request = read(line(message={"add_track": {"layers": [{}, {}]}}, unknown=[entry]))
    layers = request.build().add_track.layers
    assert [layer.SerializeToString() for layer in layers] == [b"", b"\x98\x06\x05"]


@pytest.mark.parametrize(
    "entry",
    [
        {"path": "", "field": 99, "wire": "varint"},
        {"path": "", "field": 99, "wire": "varint", "value": "x"},
        {"path": "", "field": 99, "wire": "varint", "value": "-1"},
        {"path": "", "field": 0, "wire": "varint", "value": "1"},
        {"path": "", "field": 2**29, "wire": "varint", "value": "1"},
        {"path": "", "field": "key", "wire": "json", "value": "1"},
        {"path": "", "field": 99, "wire": "bytes", "value": "!"},
        {"path": "", "field": 99, "wire": "fixed32", "value": str(2**32)},
        {"path": "", "field": 99, "wire": "group", "value": "/w=="},
        {"path": "mute.sid", "field": 99, "wire": "varint", "value": "1"},
        {"path": "mute.nothing", "field": 99, "wire": "varint", "value": "1"},
        {"path": "add_track.layers.3", "field": 99, "wire": "varint", "value": "1"},
        7,
    ],
)
def test_unknown_fields_that_cannot_be_put_back_are_said(entry: Any) -> None:
    text = line(message={"mute": {"sid": "TR_x"}}, unknown=[entry])
    error = wrong(text)
    assert error.text == "an entry of `unknown` cannot be put back: print the line with `--raw`"
    assert (error.marked, error.code) == (json.dumps([entry]), "bad-line")


@pytest.mark.parametrize(
    ("text", "said", "marked", "code"),
    [
        (line(), "this line has neither `message` nor `raw`", None, "bad-line"),
        (line(raw="!"), "`raw` is not base64", '"!"', "bad-line"),
        (line(raw=7), "`raw` is not base64", "7", "bad-line"),
        (line(message=[]), "a JSON object for SignalRequest is expected here", "[", "bad-json"),
        (
            line(message={"mute": {"sdi": "x"}}),
            "MuteTrackRequest has no field `sdi` (did you mean sid?)",
            "sdi",
            "unknown-field",
        ),
    ],
)
def test_a_wrong_line_is_pointed_at(text: str, said: str, marked: str | None, code: str) -> None:
    error = wrong(text)
    assert (error.text, error.marked, error.code) == (said, marked or text, code)


@given(envelopes(TO_SERVER, unknown=True))
def test_what_was_printed_of_a_request_sends_it_again(given: tuple[Any, Any]) -> None:
    from google.protobuf import json_format

    _, envelope = given
    raw = envelope.SerializeToString(deterministic=True)
    message = decode_frame(raw, direction=TO_SERVER, t_ns=0, by="user")
    body = json_format.MessageToDict(envelope, preserving_proto_field_name=True)
    unknown = [entry._asdict() for entry in unknown_fields(message)]
    request = read(line(case=message.case, message=body, unknown=unknown))
    again = request.build()
    assert message.envelope is not None
    assert again.SerializeToString(deterministic=True) == message.envelope.SerializeToString(deterministic=True)
    assert read(line(case=message.case, message=body, raw=base64.b64encode(raw).decode())).raw == raw


LINES = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["message", "note", 1]),
        "dir": st.sampled_from(["to_server", "x"]),
        "by": st.sampled_from(["user", None]),
        "message": st.one_of(st.none(), st.just({"mute": {}}), st.just({"ping": "5"}), st.integers()),
        "raw": st.one_of(st.text(max_size=3), st.none()),
        "unknown": st.one_of(
            st.none(), st.lists(st.dictionaries(st.sampled_from(["path", "field", "wire"]), st.text()))
        ),
        "encoding": st.one_of(st.none(), st.just("json")),
    },
)


@given(LINES)
def test_any_line_is_a_request_or_a_mistake(members: dict[str, Any]) -> None:
    found = printed(json.dumps(members))
    if found is None:
        return
    try:
        request = printed_request(found, TO_SERVER, FakeInputs())
    except InputError:
        return
    assert request.exact
