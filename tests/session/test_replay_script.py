"""Recordings as scripts: what is a reply, a consequence, or came by itself, and which exchanges are scenes at all."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.session.fence import FIRST_FENCE_ID
from lksig.session.replay_script import MAX_MADE, Ended, Said, Script
from lksig.wire.codec import decode_frame
from lksig.wire.events import Message
from lksig.wire.personal import PersonalData
from tests.support.tape import Tape

TRACK = {"cid": "c", "track": {"sid": "TR_c"}}
JOIN = {"participant": {"sid": "PA_me", "identity": "probe"}}


def cues(tape: Tape) -> list[Any]:
    """Case of each cue, the case of the request it belongs to, and `reply` where it is one."""
    told: list[Any] = []
    for cue in tape.scene.cues:
        belongs = (cue.asked.case,) if cue.asked is not None else ()
        told.append((cue.case, *belongs, *(("reply",) if cue.is_reply else ())))
    return told


def test_replies_and_what_came_by_itself() -> None:
    tape = Tape().open().says(join=JOIN).asks(add_track={"cid": "c"}).says(speakers_changed={})
    tape.says(track_published=TRACK)
    assert cues(tape) == [("join",), ("speakers_changed",), ("track_published", "add_track", "reply")]
    (take,) = tape.takes()
    assert (take.identity, take.sid, take.sockets) == ("probe", "PA_me", 1)
    scene = take.scenes[0]
    assert [(asked.case, asked.n, asked.index) for asked in scene.asked] == [("add_track", 2, 2)]
    assert [cue.index for cue in scene.cues] == [1, 3, 4]


def test_keepalives_and_fences_are_left_out() -> None:
    tape = Tape().open().says(join={}).asks(ping_req={"timestamp": 5}).says(pong_resp={"last_ping_timestamp": 5})
    tape.asks(ping=1).says(pong=1)
    fence = {"request_id": FIRST_FENCE_ID}
    tape.asks(by="auto", update_metadata=fence).says(request_response={**fence, "update_metadata": fence})
    assert cues(tape) == [("join",)]
    assert tape.scene.asked == []


@pytest.mark.parametrize(
    ("asked", "said", "is_consequence"),
    [
        ({"update_metadata": {"name": "x", "request_id": 1}}, {"update": {}}, True),
        ({"mute": {"sid": "TR_x"}}, {"update": {}}, True),
        ({"mute": {"sid": "TR_x"}}, {"speakers_changed": {}}, False),
        ({"offer": {"sdp": "x"}}, {"trickle": {"target": "PUBLISHER"}}, True),
        ({"offer": {"sdp": "x"}}, {"trickle": {"target": "SUBSCRIBER"}}, False),
        ({"answer": {"sdp": "x"}}, {"leave": {"reason": "STATE_MISMATCH"}}, True),
        ({"answer": {"sdp": "x"}}, {"leave": {"reason": "DUPLICATE_IDENTITY"}}, False),
        ({"simulate": {"server_leave": True}}, {"leave": {"reason": "SERVER_SHUTDOWN"}}, True),
        ({"track_setting": {}}, {"update": {}}, False),
    ],
)
def test_what_a_request_brings_about(asked: dict[str, Any], said: dict[str, Any], is_consequence: bool) -> None:
    tape = Tape().open().says(join={}).asks(**asked).says(300, **said)
    (case,), (request,) = said, asked
    assert cues(tape)[1] == ((case, request) if is_consequence else (case,))


def test_a_cause_is_near() -> None:
    tape = Tape().open().says(join={}).asks(mute={"sid": "TR_a"}).asks(mute={"sid": "TR_b"})
    near = tape.says(999, update={}).scene.cues[-1]
    assert isinstance(near, Said)
    assert near.asked is not None
    assert near.asked.body.sid == "TR_b"
    assert cues(tape.says(1000, update={}))[-1] == ("update",)


def test_the_first_word_belongs_to_nothing() -> None:
    tape = Tape().open_v1(publisher_offer={"sdp": "x"}).says(leave={"reason": "STATE_MISMATCH"}).close()
    assert cues(tape) == [("leave",), ("close",)]


def test_what_names_a_track_comes_after_it() -> None:
    tape = Tape().open().says(join={}).asks(add_track={"cid": "c"}).says(track_published=TRACK)
    tape.says(60_000, track_subscribed={"track_sid": "TR_c"}).says(track_subscribed={"track_sid": "TR_other"})
    request: dict[str, Any] = {"pub_handle": 3, "name": "pose"}
    tape.asks(publish_data_track_request=request)
    tape.says(publish_data_track_response={"info": {"pub_handle": 3, "sid": "DTR_c"}})
    tape.says(data_track_subscriber_handles={"sub_handles": {"1": {"track_sid": "DTR_c"}}})
    assert cues(tape)[2:] == [
        ("track_subscribed", "add_track"),
        ("track_subscribed",),
        ("publish_data_track_response", "publish_data_track_request", "reply"),
        ("data_track_subscriber_handles", "publish_data_track_request"),
    ]


def test_only_so_many_tracks_are_looked_for() -> None:
    tape = Tape().open().says(join={})
    for number in range(MAX_MADE + 1):
        name = {"cid": f"c{number}"}
        tape.asks(add_track=name).says(track_published={**name, "track": {"sid": f"TR_{number:04}"}})
    tape.says(track_subscribed={"track_sid": f"TR_{MAX_MADE - 1:04}"})
    tape.says(track_subscribed={"track_sid": f"TR_{MAX_MADE:04}"})
    assert cues(tape)[-2:] == [("track_subscribed", "add_track"), ("track_subscribed",)]


def test_what_the_join_request_asked_for() -> None:
    tape = Tape().open_v1(publisher_offer={"id": 1}, add_track_requests=[{"cid": "a"}, {"cid": "b"}])
    tape.says(join={}).says(track_published={"cid": "b"}).says(track_published={"cid": "z"}).says(answer={"id": 2})
    tape.says(answer={"id": 1}).says(answer={"id": 1}).says(trickle={})
    assert cues(tape) == [
        ("join",),
        ("track_published", "add_track", "reply"),
        ("track_published",),
        ("answer",),
        ("answer", "offer", "reply"),
        ("answer",),
        ("trickle", "offer"),
    ]
    assert [asked.n for asked in tape.scene.asked] == [None, None, None]


def test_frames_that_do_not_decode_and_unknown_cases() -> None:
    tape = Tape().open().raw(1, b"\xff").raw(1, b"")
    assert cues(tape) == [(None,), (None,)]
    message = tape.events[-1]
    assert isinstance(message, Message)
    message.direction = TO_SERVER
    assert cues(tape) == [(None,)]


# --- the end of a socket --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "code", "ends"),
    [("server", 1011, True), ("network", None, True), ("client", 1000, False), ("client", None, False)],
)
def test_whose_deed_an_end_is(by: Any, code: int | None, ends: bool) -> None:
    tape = Tape().open().says(join={}).close(1, code, "why", by)
    last = tape.scene.cues[-1]
    assert isinstance(last, Ended) == ends
    if isinstance(last, Ended):
        assert (last.code, last.reason, last.asked) == (code, "why", None)


def test_seen_from_the_server_a_lost_connection_is_the_clients_deed() -> None:
    tape = Tape().open().says(join={}).asks(by="client", track_setting={}).close(1, None, "", "network")
    assert cues(tape) == [("join",)]
    tape = Tape().open().says(join={}).asks(by="client", ping=1).says(pong=1).close(1, None, "", "network")
    assert cues(tape) == [("join",)]
    tape = Tape().open().says(join={}).asks(by="client", track_setting={}).close(1, None)
    assert cues(tape) == [("join",), ("close",)]


@pytest.mark.parametrize("by", ["client", "server"])
def test_a_leave_ends_it(by: Any) -> None:
    tape = Tape().open().says(join={}).asks(leave={}).says(leave={"reason": "CLIENT_INITIATED"}).close(by=by)
    assert cues(tape)[1:] == [("leave", "leave", "reply"), ("close", "leave")]
    tape = Tape().open().says(join={}).asks(leave={}).close(by=by)
    assert cues(tape)[1:] == [("close", "leave")]
    tape = Tape().open().says(join={}).asks(leave={}).close(1, None, by=by)
    assert cues(tape)[1:] == ([("close", "leave")] if by == "server" else [])


def test_a_client_that_goes_after_something_else() -> None:
    tape = Tape().open().says(join={}).asks(simulate={"node_failure": True}).close(by="client")
    assert cues(tape) == [("join",)]
    tape = Tape().open().says(join={}).asks(simulate={"node_failure": True}).close(1, None)
    assert cues(tape) == [("join",), ("close", "simulate")]


def test_a_close_of_nothing() -> None:
    assert Tape().close().takes() == []


def test_a_socket_that_ends_without_a_word() -> None:
    tape = Tape().open().close(50, 1011)
    assert cues(tape) == [("close",)]


# --- scenes and participants ----------------------------------------------------------------------------------------


def test_refusals_and_probes_are_scenes() -> None:
    text = ("Content-Type", "text/plain")
    tape = Tape().http("/rtc/v1?a=b", 404, b"no", text).http("/base/rtc/v1/validate", 404, b"nope").open(path="/rtc")
    refused, probe, opened = tape.says(join={}).takes()[0].scenes
    assert (refused.path, refused.is_probe, refused.refusal) == ("v1", False, (404, (text,), b"no"))
    assert (probe.path, probe.is_probe, probe.refusal) == ("v1", True, (404, (), b"nope"))
    assert (opened.path, opened.is_probe, opened.refusal) == ("v0", False, None)
    assert tape.takes()[0].sockets == 1


@pytest.mark.parametrize(
    ("path", "status"), [("/rtc", None), ("/rtc", 103), ("/", 200), ("/settings/regions", 404), ("/rtc/validate", 101)]
)
def test_exchanges_that_cannot_be_played(path: str, status: int | None) -> None:
    assert Tape().http(path, status).takes() == []


def test_resumes() -> None:
    tape = Tape().open(path="/rtc").says(join={}).open(path="/rtc", reconnect="1").says(reconnect={})
    tape.open_v1(reconnect=True).open_v1(reconnect=False).open(path="/rtc", reconnect="true").open(path="/rtc")
    tape.says(reconnect={}).open().says(update={}).says(reconnect={})
    scenes = tape.takes()[0].scenes
    assert [scene.is_resume for scene in scenes] == [False, True, True, False, True, True, False]


def test_a_recording_that_begins_in_the_midst() -> None:
    tape = Tape(path="v0").says(5, update={}).says(update={})
    tape.socket = 1
    tape.close()
    (take,) = tape.takes()
    assert (take.scenes[0].path, take.scenes[0].opened_ns) == ("v0", 5_000_000)
    assert [cue.case for cue in take.scenes[0].cues] == ["update", "update", "close"]


def test_several_participants_and_whom_they_met() -> None:
    tape = Tape().open().says(join={**JOIN, "other_participants": [{"sid": "PA_b", "identity": "bob"}]})
    tape.says(update={"participants": [{"sid": "PA_me", "identity": "probe"}, {"sid": "PA_c", "identity": "carl"}]})
    tape.start(None, 2).open().says(join={"participant": {"sid": "PA_b", "identity": "bob"}})
    tape.start(None, 3).open().says(join={}).start("nobody", 4)
    first, second, third = tape.takes()
    assert first.others == {"bob", "carl"}
    assert (second.identity, second.sid, third.identity) == ("bob", "PA_b", None)


def test_where_its_times_begin() -> None:
    tape = Tape().open().says(join={}).says(5, update={}).says(7, update={}).open().says(reconnect={})
    (take,) = tape.takes(begins=3)
    assert [scene.began_ns for scene in take.scenes] == [13_000_000, None]
    script = Script()
    assert script.takes == []


def test_overwritten_identities_are_told_apart() -> None:
    tape = Tape().open().says(join={**JOIN, "other_participants": [{"identity": "alice"}, {"identity": "clara"}]})
    hidden, join = PersonalData(b"key of the run.."), tape.events[-1]
    assert isinstance(join, Message)
    join.raw, join.places = hidden.overwrite(join)
    cue = tape.scene.cues[0]
    assert isinstance(cue, Said)
    shown = decode_frame(cue.raw, direction=TO_CLIENT, t_ns=0, by="server")
    people: Any = shown.envelope
    known = dict(join.places)
    names = [known[f"join.other_participants.{index}.identity"] for index in range(2)]
    assert [one.identity for one in people.join.other_participants] == names
    assert names[0] != names[1]
    # A record whose bytes and places do not belong together is played as it is.
    join.raw = b"\xff"
    cue = tape.scene.cues[0]
    assert isinstance(cue, Said)
    assert cue.raw == b"\xff"
