"""Session descriptions, candidates and tokens as rows."""

from __future__ import annotations

import json

from lksig.render.sdp_view import candidate_rows, raw_rows, sdp_rows, token_rows
from lksig.render.times import WallClock
from tests.support.readings import secrets
from tests.support.samples import PWD, SDP, TOKEN, UFRAG, WALL_NS, candidate_init
from tests.support.tokens import make_token

NOW_S = WALL_NS / 1e9


def test_a_description_is_a_table_of_sections() -> None:
    assert list(sdp_rows(SDP, secrets())) == [
        "mid  kind         direction  codecs        msid                                     setup",
        "0    application  -          -             -                                        actpass",
        "1    audio        sendonly   opus/red      PA_huZgjKYCr3H|camera TR_AMHY4ht4bDDgyu  actpass",
        "2    video        recvonly   VP8/rtx/H264  -                                        actpass",
        "candidate host udp 192.0.2.2:7882, priority 2130706431, component 1, foundation 2070692838",
        "candidate srflx udp 203.0.113.7:50000, priority 1694498815, component 1, foundation 1, "
        "behind it 10.0.0.4:50000",
        "end of candidates",
    ]


def test_without_sections_there_is_no_table() -> None:
    assert list(sdp_rows("", secrets())) == []
    assert list(sdp_rows("v=0\r\n", secrets())) == []


def test_a_section_may_be_rejected_nameless_and_have_many_codecs() -> None:
    names = "".join(f"a=rtpmap:{96 + n} C{n}/90000\r\n" for n in range(10))
    types = " ".join(str(96 + n) for n in range(10))
    _, row = sdp_rows(f"m=video 0 UDP/TLS/RTP/SAVPF {types}\r\n{names}", secrets())
    assert row == "#0   video rejected  sendrecv   C0/C1/C2/C3/C4/C5/C6/C7+2  -     -"


def test_hostile_attributes_are_harmless_and_tokens_hidden() -> None:
    text = f"m=audio 9 x 0\r\na=mid:\x1b[31m\r\na=msid:{TOKEN}\r\n"
    rows = "\n".join(sdp_rows(text, secrets()))
    assert "\x1b" not in rows
    assert TOKEN not in rows


def test_the_raw_text_keeps_its_lines_and_hides_its_credentials() -> None:
    rows = list(raw_rows(SDP, secrets()))
    assert rows[0] == "v=0"
    assert rows[-1] == ""
    assert len(rows) == SDP.count("\n") + 1
    assert any(row.startswith("a=ice-pwd:[secret ") for row in rows)
    assert not any(UFRAG in row or PWD in row for row in rows)
    assert PWD in "\n".join(raw_rows(SDP, secrets(show=True)))
    assert list(raw_rows("a\x1bb\nc", secrets())) == ["a\\x1bb", "c"]


def test_a_candidate_is_taken_apart() -> None:
    assert list(candidate_rows(candidate_init(), secrets())) == [
        "candidate host udp 192.0.2.2:7882, priority 2130706431, component 1, foundation 1",
        "sdpMid 0",
        "sdpMLineIndex 0",
    ]
    assert list(candidate_rows("{}", secrets())) == []
    assert list(candidate_rows("nonsense", secrets())) == []
    hostile = json.dumps({"candidate": "\x1b", "sdpMid": "a b\x1b"})
    assert list(candidate_rows(hostile, secrets())) == ['sdpMid "a b\\u001b"']


def test_a_token_is_explained() -> None:
    rows = list(token_rows(TOKEN, NOW_S, WallClock()))
    assert rows[:3] == ["identity probe", 'name "Ann B."', "room standup"]
    assert rows[3].startswith("grants ")
    assert rows[4:] == [
        "issued 2026-11-25 14:34:05Z (811.0 ms ago)",
        "not before 2026-11-25 14:34:05Z (811.0 ms ago)",
        "expires 2026-11-25 20:34:05Z (in 6 h)",
    ]


def test_a_token_may_leave_out_anything() -> None:
    rows = list(token_rows(make_token({"exp": 10**15}), NOW_S, WallClock()))
    assert rows[0].startswith("grants ")
    assert rows[1].startswith("expires 1000000000000000")
    assert list(token_rows("no token", NOW_S, WallClock())) == []
