"""Lines of a recording as they are read: leniently where a later version may have written them, strictly otherwise."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.recording.format_v1 import Ended, Header, Stopped, header_line, record_line
from lksig.recording.format_v1_lines import MAX_NS, Damaged, LineReader, parse_header
from lksig.schema.pool import TO_CLIENT, message_class
from lksig.wire import events

START = b'[0,"start",1,0,{"wall_ns":17,"url":"ws://h","path":"v1","room":null,"identity":"ann"}]'
HTTP = (
    b'[0,"http",1,1,{"method":"GET","path":"/","request_headers":[],"status":null,"headers":[],"body":"","took_ns":0}]'
)


def read(line: bytes | str) -> Any:
    return LineReader().read(line if isinstance(line, bytes) else line.encode())


def test_intervals_add_up_over_kinds_that_are_not_known() -> None:
    reader = LineReader()
    assert reader.read(b'[3,"marker",1,1,"a"]') == events.Marker(3, "a")
    assert reader.read(b'[10,"from-the-future",1,1,{"any":"thing"}]') is None
    assert reader.read(b'{"kind":"a note of somebody"}') is None
    assert reader.read(b'[-2,"marker",1,1,"b"]') == events.Marker(11, "b")
    with pytest.raises(Damaged):
        reader.read(b'[5,"marker",1,1,7]')
    assert reader.read(b'[1,"end",1,0]') == Ended(17, 1)


def test_what_follows_the_known_elements_is_passed_over() -> None:
    assert read('[0,"marker",1,1,"a",{"more":[]}]') == events.Marker(0, "a")
    assert read('[0,"close",1,1,1000,"","client",null,8]') == events.Close(0, 1000, "", "client")
    assert read('[0,"stop",0,0,4,"x"]') == Stopped(0, 4)
    message = read('[0,"<",1,1,"server","","later versions",{}]')
    assert (message.raw, message.places) == (b"", ())
    assert read('[0,"<",1,1,"server","",{"later":1}]').raw == b""
    assert read(HTTP.replace(b'"took_ns"', b'"later":1,"took_ns"')).took_ns == 0
    assert read('[0,"marker",1,1,"a"]\r') == events.Marker(0, "a")


def test_words_that_a_later_version_may_know() -> None:
    assert read('[0,"<",1,1,"proxy","" ]').by == "proxy"
    assert read('[0,"state",1,1,"MIGRATING","x"]').state == "MIGRATING"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[",
        "nonsense",
        "12",
        '"text"',
        "[]",
        '[0,"end",1]',
        '[0,"end",1,0] more',
        '["0","end",1,0]',
        '[true,"end",1,0]',
        f'[{MAX_NS + 1},"end",1,0]',
        '[1e3,"end",1,0]',
        "[" * 100_000,
        "[" + "9" * 5_000 + ',"end",1,0]',
        '[0,["end"],1,0]',
        '[0,"end","1",0]',
        '[0,"end",-1,0]',
        '[0,"end",2147483648,0]',
        '[0,"stop",0,0]',
        '[0,"marker",1,1]',
        '[0,"marker",1,1,null]',
        '[0,"close",1,1,"1000","","client"]',
        '[0,"close",1,1,1000,""]',
        '[0,"close",1,1,1000,"","cli\\"ent"]',
        '[0,"state",1,1,"no word","x"]',
        '[0,"note",1,1,"code","text"]',
        '[0,"note",1,1,"code","text","4"]',
        '[0,"ws_ping",1,1,"auto","sideways",""]',
        '[0,"ws_ping",1,1,"auto","to_client","no base64"]',
        '[0,"<",1,1,"server","AQ"]',
        '[0,"<",1,1,"server",7]',
        '[0,"<",1,1,"\\"}","AQ=="]',
        '[0,"<",1,1,"server","",{"places":{"a":["jwt 4f3a9c1"]}}]',
        '[0,"<",1,1,"server","",{"places":{"a":[7]}}]',
        '[0,"<",1,1,"server","",{"places":["a"]}]',
        '[0,"<",1,1,"server","",{"error":"text"}]',
        '[0,"<",1,1,"server","",{"error":[7,null]}]',
        '[0,"start",1,0,[]]',
        START.decode().replace("17", "-1"),
        START.decode().replace("17", '"17"'),
        START.decode().replace('"v1"', '"v 1"'),
        START.decode().replace('"ann"', "7"),
        HTTP.decode().replace('"took_ns":0', '"took_ns":-1'),
        HTTP.decode().replace('"took_ns":0', '"took_ns":0.5'),
        HTTP.decode().replace('"headers":[]', '"headers":[["a"]]'),
        HTTP.decode().replace('"headers":[]', '"headers":[["a",null]]'),
        HTTP.decode().replace('"status":null', '"status":"200"'),
        HTTP.decode().replace('"took_ns":0', '"took_ns":0,"join_request":7'),
    ],
)
def test_lines_that_are_none(line: str) -> None:
    with pytest.raises(Damaged):
        read(line)


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(Damaged):
        read(b'[0,"marker",1,1,"\xff"]')


def test_a_join_request_that_cannot_be_read_is_left_out() -> None:
    assert read(HTTP.replace(b'"took_ns":0', b'"took_ns":0,"join_request":"????"')).join_request is None
    assert read(HTTP.replace(b'"took_ns":0', b'"took_ns":0,"join_request":null')).join_request is None


def test_a_frame_keeps_the_reason_why_it_did_not_decode() -> None:
    message = read('[0,"<",1,1,"server","",{"error":["it was cut",5]}]')
    assert (message.error, message.envelope) == (events.DecodeError("it was cut", 5), None)


def test_placeholders_stand_where_something_was_overwritten() -> None:
    raw = message_class("SignalResponse")(refresh_token="xxxxxx").SerializeToString()
    frame = events.Message(
        0,
        TO_CLIENT,
        raw,
        None,
        None,
        by="server",
        places=(("refresh_token", "[jwt 4f3a9c1e]"), ("a[1:2]", "[secret 00000000]"), ("a[5:6]", "[secret 00000000]")),
    )
    message = read(record_line(frame, 0).encode())
    assert message.envelope.refresh_token == "[jwt 4f3a9c1e]"
    assert (message.raw, message.places) == (raw, frame.places)


@given(st.binary())
def test_any_bytes_are_a_record_nothing_or_damaged(line: bytes) -> None:
    with contextlib.suppress(Damaged):
        read(line)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.sampled_from(["<", ">json", "start", "http", "close", "state", "note", "ws_ping", "stop"]), st.lists(_json))
def test_any_values_are_a_record_or_damaged(kind: str, values: list[Any]) -> None:
    line = json.dumps([0, kind, 1, 1, *values])
    with contextlib.suppress(Damaged):
        read(line)


def test_headers() -> None:
    header = Header(17, ("secrets", "personal"), "record")
    assert parse_header(header_line(header).encode()) == header
    odd = b'{"kind":"lksig-recording","wall_ns":"now","redacted":"all","version":2,"lksig":null}'
    assert parse_header(odd) == Header(0, (), "", "2", "None", "")
    assert parse_header(b'{"kind":"lksig-recording","wall_ns":-5}') == Header(0, (), "", "", "", "")
    assert parse_header(b'{"kind":"something else","version":"1.0"}') is None
    assert parse_header(b'["kind"]') is None
    assert parse_header(b"{") is None
