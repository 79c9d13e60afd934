"""The words of Go's JSON parser, as livekit-server 1.13.5 said them (`tests/golden/server/trickle.txt` has more)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.session.go_json import CandidateFields, JsonComplaint, read_candidate_init

GO = "json: cannot unmarshal"
FIELD = "into Go struct field ICECandidateInit"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "unexpected end of JSON input"),
        (" \t\r\n", "unexpected end of JSON input"),
        ("nope", "invalid character 'o' in literal null (expecting 'u')"),
        ("tru", "invalid character ' ' in literal true (expecting 'e')"),
        ("xyz", "invalid character 'x' looking for beginning of value"),
        ("'a'", "invalid character '\\'' looking for beginning of value"),
        ("{'a'}", "invalid character '\\'' looking for beginning of object key string"),
        ("{a", "invalid character 'a' looking for beginning of object key string"),
        ('{"a" 1}', "invalid character '1' after object key"),
        ('{"a":1 "', "invalid character '\"' after object key:value pair"),
        ('{"a":1,}', "invalid character '}' looking for beginning of object key string"),
        ('{"candidate":"x"', "unexpected end of JSON input"),
        ("{", "unexpected end of JSON input"),
        ("[", "unexpected end of JSON input"),
        ("[1", "unexpected end of JSON input"),
        ("[1 2]", "invalid character '2' after array element"),
        ("01", "invalid character '1' after top-level value"),
        ("{} {", "invalid character '{' after top-level value"),
        ('"a\x01"', "invalid character '\\x01' in string literal"),
        ('"a\n"', "invalid character '\\n' in string literal"),
        ('"\\x"', "invalid character 'x' in string escape code"),
        ('"\\', "invalid character ' ' in string escape code"),
        ('"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"),
        ("-", "invalid character ' ' in numeric literal"),
        ("-a", "invalid character 'a' in numeric literal"),
        ("1.x", "invalid character 'x' after decimal point in numeric literal"),
        ("1e", "invalid character ' ' in exponent of numeric literal"),
        ("1e+x", "invalid character 'x' in exponent of numeric literal"),
        ("\\", "invalid character '\\\\' looking for beginning of value"),
        ("é", "invalid character 'Ã' looking for beginning of value"),
        ("\x80", "invalid character 'Â' looking for beginning of value"),
        ("\u2028", "invalid character 'â' looking for beginning of value"),
        ("\x7f", "invalid character '\\x7f' looking for beginning of value"),
        ("[" * 10_001, "exceeded max depth"),
        ('"a"', f"{GO} string into Go value of type webrtc.ICECandidateInit"),
        ("[]", f"{GO} array into Go value of type webrtc.ICECandidateInit"),
        (" -1.5e3 ", f"{GO} number into Go value of type webrtc.ICECandidateInit"),
        ("false", f"{GO} bool into Go value of type webrtc.ICECandidateInit"),
        ('{"candidate":5}', f"{GO} number {FIELD}.candidate of type string"),
        ('{"sdpMid":{"a":[{}]}}', f"{GO} object {FIELD}.sdpMid of type string"),
        ('{"usernameFragment":[]}', f"{GO} array {FIELD}.usernameFragment of type string"),
        ('{"sdpMLineIndex":"a"}', f"{GO} string {FIELD}.sdpMLineIndex of type uint16"),
        ('{"sdpMLineIndex":70000}', f"{GO} number 70000 {FIELD}.sdpMLineIndex of type uint16"),
        ('{"sdpMLineIndex":1.5}', f"{GO} number 1.5 {FIELD}.sdpMLineIndex of type uint16"),
        ('{"sdpMLineIndex":-1}', f"{GO} number -1 {FIELD}.sdpMLineIndex of type uint16"),
        ('{"sdpMLineIndex":100000000000}', f"{GO} number 100000000000 {FIELD}.sdpMLineIndex of type uint16"),
        ('{"SDPMID":true,"candidate":1}', f"{GO} bool {FIELD}.sdpMid of type string"),
    ],
)
def test_complaint(text: str, complaint: str) -> None:
    with pytest.raises(JsonComplaint) as raised:
        read_candidate_init(text)
    assert str(raised.value) == complaint


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("null", CandidateFields()),
        ("{}", CandidateFields()),
        ('{"candidate":null,"sdpMid":null,"sdpMLineIndex":null}', CandidateFields()),
        ('{"other":[1,[2],{"a":{}}],"candidate":"c"}', CandidateFields("c")),
        ('{ "Candidate" : "c\\u00e9\\n" , "sdpMid":"0" }', CandidateFields("cé\n", "0")),
        ('{"sdpMLineIndex":65535,"usernameFragment":"u"}', CandidateFields("", None, 65535, "u")),
        ('{"candidate":"a","candidate":"b"}', CandidateFields("b")),
        ('{"candidate":"\\ud800"}', CandidateFields("\ufffd")),
        ('{"a":[],"b":{},"c":-0.5E-7,"d":true,"sdpMid":"m"}', CandidateFields("", "m")),
    ],
)
def test_what_is_read(text: str, fields: CandidateFields) -> None:
    assert read_candidate_init(text) == fields


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(json_values)
def test_what_python_writes_is_json_to_go_too(value: Any) -> None:
    try:
        read_candidate_init(json.dumps({"x": value}))
    except JsonComplaint as complaint:
        raise AssertionError(f"{value!r}: {complaint}") from complaint


@given(st.text() | st.text(alphabet='{}[]",:\\utrfn01-.eE '))
def test_what_python_refuses_go_refuses_too(text: str) -> None:
    try:
        value = json.loads(text, parse_constant=lambda name: 1 / 0)
    except (ValueError, ZeroDivisionError, RecursionError):
        with pytest.raises(JsonComplaint):
            read_candidate_init(text)
        return
    if isinstance(value, dict) and not any(key.lower() in ("candidate", "sdpmid") for key in value):
        read_candidate_init(text)
