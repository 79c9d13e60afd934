"""Lines of a recording as they are written: every kind literally, because files outlive the code."""

from __future__ import annotations

import json

import pytest

from lksig import __version__
from lksig.recording.format_v1 import Ended, Header, Record, Stopped, header_line, record_line
from lksig.schema.pool import PROTOCOL_VERSION, TO_CLIENT, TO_SERVER, message_class
from lksig.wire import events
from lksig.wire.codec import decode_frame
from lksig.wire.places import put_placeholders

PONG = bytes.fromhex("9001b0ac8ea2e965")


def test_the_header() -> None:
    line = header_line(Header(1_795_617_245_811_000_000, ("secrets",), "listen"))
    assert line.endswith("}\n")
    assert json.loads(line) == {
        "kind": "lksig-recording",
        "version": "1.0",
        "lksig": __version__,
        "protocol": PROTOCOL_VERSION,
        "wall_ns": 1795617245811000000,
        "redacted": ["secrets"],
        "command": "listen",
    }


@pytest.mark.parametrize(
    ("record", "line"),
    [
        (
            events.Start(0, 17, "ws://h/rtc/v1", "v1", "standup", None),
            '[5,"start",1,0,{"wall_ns":17,"url":"ws://h/rtc/v1","path":"v1","room":"standup","identity":null}]',
        ),
        (events.State(0, "CONNECTED", "joined", 2, 3), '[5,"state",2,3,"CONNECTED","joined"]'),
        (events.Note(0, "timeout", "é", 4), '[5,"note",1,1,"timeout","\\u00e9",4]'),
        (events.Marker(0, "now"), '[5,"marker",1,1,"now"]'),
        (events.Close(0, None, "", "network"), '[5,"close",1,1,null,"","network"]'),
        (events.WsPing(0, TO_SERVER, b"\x01\x02", "auto"), '[5,"ws_ping",1,1,"auto","to_server","AQI="]'),
        (events.WsPong(0, TO_CLIENT, b"", "server"), '[5,"ws_pong",1,1,"server","to_client",""]'),
        (
            events.Http(0, "GET", "/rtc", (("Host", "h"),), 401, (), b"no", 7),
            '[5,"http",1,1,{"method":"GET","path":"/rtc","request_headers":[["Host","h"]],"status":401,"headers":[],'
            '"body":"bm8=","took_ns":7}]',
        ),
        (
            events.Http(0, "GET", "/", (), None, (), b"", 7, message_class("JoinRequest")(reconnect=True), 2, 3),
            '[5,"http",2,3,{"method":"GET","path":"/","request_headers":[],"status":null,"headers":[],"body":"",'
            '"took_ns":7,"join_request":"EgI4AQ=="}]',
        ),
        (decode_frame(PONG, direction=TO_CLIENT, t_ns=0, by="server"), '[5,"<",1,1,"server","kAGwrI6i6WU="]'),
        (
            decode_frame(b'{"ping":"1"}', direction=TO_SERVER, encoding="json", t_ns=0, by="user", session=2, socket=3),
            '[5,">json",2,3,"user","eyJwaW5nIjoiMSJ9"]',
        ),
        (Ended(9, 2), '[5,"end",2,0]'),
        (Stopped(9, 12), '[5,"stop",0,0,12]'),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_kind(record: Record, line: str) -> None:
    assert record_line(record, 5) == line + "\n"


def test_what_was_overwritten_stands_beside_the_frame_each_path_once() -> None:
    raw = message_class("SignalResponse")(offer={"sdp": "a=ice-ufrag:xxxx\r\na=ice-pwd:91be22d0xxxx\r\n"})
    frame = decode_frame(raw.SerializeToString(), direction=TO_CLIENT, t_ns=0, by="server")
    places = [("offer.sdp[12:16]", "[secret 4f3a9c1e]"), ("offer.sdp[28:40]", "[secret 91be22d0]")]
    again = ("offer.sdp[50:54]", "[secret 4f3a9c1e]")
    put_placeholders(frame, [*places, ("refresh_token", "[jwt 00000000]"), again])
    more = json.loads(record_line(frame, 0))[6]
    assert more == {
        "places": {
            "offer.sdp": ["12:16 50:54 secret 4f3a9c1e", "28:40 secret 91be22d0"],
            "refresh_token": ["jwt 00000000"],
        }
    }


def test_a_reason_is_written_only_when_the_bytes_do_not_give_it_again() -> None:
    broken = decode_frame(b"\xff", direction=TO_CLIENT, t_ns=0, by="server")
    assert len(json.loads(record_line(broken, 0))) == 6
    broken.error = events.DecodeError("it was redacted", 3)
    assert json.loads(record_line(broken, 0))[6] == {"error": ["it was redacted", 3]}
