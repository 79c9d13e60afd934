"""What stays the same when a session is run again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from lksig.recording import stable
from lksig.recording.format_v1 import Record
from lksig.recording.stable import MAX_TEXTS, TOKEN, Roles, timeless
from lksig.wire.events import Http, Marker, Message, Note, Reading, Start
from tests.support.recordings import readings, sessions
from tests.support.samples import SIF_TRAILER
from tests.support.samples import TOKEN as REAL_TOKEN
from tests.support.traffic import came, frame, sent


def bare(record: Record) -> Any:
    (reading, *_) = readings([record])
    found = timeless(reading, Roles())
    return None if found is None else found.event


def test_ids_are_roles_by_first_appearance() -> None:
    roles = Roles()
    (reading,) = readings([came(1, join={"participant": {"sid": "PA_duHZgjKYCr3H"}})])
    roles.observe(reading)
    text = "PA_huZgjKYCr3H TR_VCMZbTsgrXwLLd PA_duHZgjKYCr3H PA_huZgjKYCr3H TR_AMHY4ht4bDDgyu RM_zeMP2FTjcyUB"
    assert roles.text(text) == "PA_1 TR_1 PA_self PA_1 TR_2 RM_1"
    assert roles.text("cid 9f3c6a52-77a5-4b0e-8f0e-6c5d1a2b3c4d") == "cid uuid_1"


def test_another_session_has_a_self_of_its_own() -> None:
    roles = Roles()
    same = {"participant": {"sid": "PA_duHZgjKYCr3H"}}
    other = came(3, join={"participant": {"sid": "PA_other2345"}}, session=2)
    for reading in readings([came(1, join=same), came(2, join=same), other]):
        roles.observe(reading)
    roles.observe(Reading(Marker(1, "no join")))
    assert roles.text("PA_duHZgjKYCr3H PA_other2345") == "PA_self PA_self2"


def test_a_join_without_a_sid_names_nobody() -> None:
    roles = Roles()
    roles.observe(readings([came(1, join={})])[0])
    assert roles.text("") == ""


def test_what_is_no_id_stays() -> None:
    text = "TR_nope SE_TRACK_NOTFOUND RR_SUBSCRIBER_FAILED TF_STEREO MY_PA_x PA_ standup"
    assert Roles().text(text) == text


def test_what_is_random_is_taken_out() -> None:
    sdp = f"o=- 6444203045483076329 1795617245 IN IP4 0.0.0.0\r\na=fingerprint:sha-256 {':'.join(['AB'] * 32)}\r\n"
    assert Roles().text(sdp) == "o=- 0 0 IN IP4 0.0.0.0\r\na=fingerprint:sha-256 x\r\n"
    assert Roles().text("[jwt 4f3a9c1e] [secret 91be22d0] [secret]") == "[jwt] [secret] [secret]"


def test_times_are_taken_out_of_a_message() -> None:
    participant = {"sid": "PA", "joined_at": 5, "attributes": {"a": "b"}, "tracks": [{"sid": "TR"}]}
    turn = [{"username": "1795617545:probe"}]
    body = {"participant": participant, "ice_servers": turn, "sif_trailer": SIF_TRAILER, "ping_interval": 5}
    join = bare(came(9, join=body)).envelope.join
    assert join.ice_servers[0].username == "0:probe"
    assert (join.participant.joined_at, join.sif_trailer, join.ping_interval) == (0, b"", 5)
    assert (join.participant.attributes["a"], join.participant.tracks[0].sid) == ("b", "TR")
    assert bare(came(9, refresh_token=REAL_TOKEN)).envelope.refresh_token == TOKEN
    pong = bare(came(9, pong=1795617245000))
    assert (pong.case, pong.envelope.WhichOneof("message"), pong.envelope.pong) == ("pong", "pong", 0)
    assert bare(sent(9, ping_req={"timestamp": 5, "rtt": 7})).envelope.ping_req.rtt == 0
    handles = {"sub_handles": {9: {"track_sid": "DTR"}}}
    told = bare(came(9, data_track_subscriber_handles=handles)).envelope.data_track_subscriber_handles
    assert told.sub_handles[9].track_sid == "DTR"


def test_the_original_is_left_alone() -> None:
    message = came(9, pong=5)
    bare(message)
    envelope: Any = message.envelope
    assert envelope.pong == 5


def test_what_has_no_times() -> None:
    broken = frame(9, came(1, pong=1).direction, b"\xff", "server")
    assert bare(broken) is broken
    assert bare(Note(1, "clock-offset", "the server's clock is +5 ms from ours")) is None
    assert bare(Note(1, "timeout", "no answer")) == Note(1, "timeout", "no answer")
    http = bare(Http(1, "GET", "/rtc?access_token=x", (("a", "b"),), 101, (("Date", "x"),), b"body", 5))
    assert http == Http(1, "GET", "/rtc", (), 101, (), b"body", 0)


@given(sessions())
def test_a_reading_keeps_its_place(records: list[Record]) -> None:
    for reading in readings(records):
        found = timeless(reading, Roles())
        if found is None:
            continue
        names = ("n", "reply_to", "refused", "for_auto")
        assert [getattr(found, name) for name in names] == [getattr(reading, name) for name in names]
        assert (found.dt_ns, found.reply_ns) == (0, None)
        if isinstance(reading.event, Message):
            assert (found.event.case, found.event.raw) == (reading.event.case, reading.event.raw)


def test_two_participants_of_one_session_have_two_roles() -> None:
    roles = Roles()
    for sid in ("PA_aaaaaaaaaaaa", "PA_bbbbbbbbbbbb"):
        roles.observe(readings([came(1, join={"participant": {"sid": sid}})])[0])
    assert roles.text("PA_bbbbbbbbbbbb PA_aaaaaaaaaaaa") == "PA_self#2 PA_self"


def test_the_identity_that_lksig_made_up() -> None:
    roles = Roles()
    roles.observe(Reading(Start(0, 0, "", "v1", None, "lksig-abcd")))
    assert (
        roles.text("lksig-abcd lksig-wxyz my-lksig-abcd lksig-abcde") == "lksig_self lksig_1 my-lksig-abcd lksig-abcde"
    )


def test_short_texts_are_remembered_and_forgotten() -> None:
    roles = Roles()
    texts = [f"TR_{number:012d}" for number in range(MAX_TEXTS + 2)]
    assert [roles.ids(text) for text in texts] == [f"TR_{number}" for number in range(1, MAX_TEXTS + 3)]
    assert roles.ids(texts[0]) == "TR_1"
    assert roles.ids("x" * 65) == "x" * 65


def test_offers_count_from_one_whatever_their_ids() -> None:
    roles = Roles()
    run = readings([came(1, offer={"id": 77}), sent(2, answer={"id": 77}), sent(3, offer={"id": 9})])
    lines = []
    for reading in run:
        roles.observe(reading)
        roles.observe(reading)
        found = timeless(reading, roles)
        assert found is not None
        lines.append(getattr(found.event.envelope, found.event.case).id)
    assert lines == [1, 1, 1]


def test_in_bytes_only_what_is_known_is_replaced() -> None:
    roles = Roles()
    roles.text("PA_aaaaaaaaaaaa")
    raw = b"\n\x0fPA_aaaaaaaaaaaaBx PA_zzzzzzzzzzzz"
    assert roles.in_bytes(raw) == "\n\x0f\x00PA_1\x00Bx PA_zzzzzzzzzzzz"
    assert roles.text("PA_cccccccccccc") == "PA_2"


def test_a_million_ids_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stable, "MAX_IDS", 3)
    roles = Roles()
    roles.observe(readings([came(1, join={"participant": {"sid": "PA_aaaaaaaaaaaa"}})])[0])
    ids = [f"TR_{number:012d}" for number in range(4)]
    assert [roles.ids(one) for one in ids] == ["TR_1", "TR_2", "TR_3", "TR_4"]
    assert roles.ids(ids[3]) == "TR_4"
    assert roles.ids(ids[0]) == "TR_5"
    assert roles.ids("PA_aaaaaaaaaaaa") == "PA_self"
