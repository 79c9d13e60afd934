"""The room after each message, and which message each value comes from."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from lksig.recording.format_v1 import Record
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.session import room_state as subject
from lksig.session.room_state import RoomState, RoomStates
from lksig.wire.events import Marker, State
from tests.support.recordings import readings, sessions
from tests.support.traffic import MS, came, closed, frame, sent

ANN: dict[str, Any] = {"sid": "PA_ann", "identity": "ann", "state": "JOINED", "version": 1}
BOB: dict[str, Any] = {"sid": "PA_bob", "identity": "bob", "state": "ACTIVE", "version": 3}
TRACK: dict[str, Any] = {"sid": "TR_1", "type": "VIDEO", "name": "cam"}
JOIN: dict[str, Any] = {
    "room": {"sid": "RM_1", "name": "standup", "metadata": "old"},
    "participant": ANN,
    "other_participants": [{**BOB, "tracks": [TRACK]}],
    "ping_interval": 5,
    "sif_trailer": b"x",
}


def after(*records: Record) -> RoomState:
    states = RoomStates()
    for reading in readings(records):
        states.observe(reading)
    (state,) = states.sessions.values()
    return state


def joined(*records: Record) -> RoomState:
    return after(came(1, join=JOIN), *records)


def update(t_ms: float, *participants: dict[str, Any], full: bool = False) -> Record:
    return came(t_ms, update={"participants": list(participants), "full_snapshot": full})


def test_a_join_tells_everything() -> None:
    state = joined()
    assert state.me == "ann"
    assert list(state.people) == ["ann", "bob"]
    assert state.room is not None
    assert (state.room.value.metadata, state.room.sources["metadata"]) == ("old", 1)
    assert state.connection is not None
    assert state.connection.value.ping_interval == 5
    assert not state.connection.value.HasField("room")
    assert not state.connection.value.sif_trailer
    assert list(state.people["bob"].tracks) == ["TR_1"]


def test_a_value_keeps_the_number_of_the_message_that_said_it_first() -> None:
    state = joined(
        came(2, room_update={"room": {"sid": "RM_1", "name": "standup", "metadata": "new"}}),
        came(3, room_update={"room": {"sid": "RM_1", "name": "standup", "metadata": "new", "num_participants": 2}}),
    )
    assert state.room is not None
    sources = state.room.sources
    assert (sources["name"], sources["metadata"], sources["num_participants"]) == (1, 2, 3)


def test_a_room_may_be_told_before_the_join() -> None:
    state = after(came(1, room_update={"room": {"name": "early"}}))
    assert state.room is not None
    assert state.room.value.name == "early"


def test_people_change_come_and_go() -> None:
    state = joined(
        update(2, {**BOB, "version": 4, "name": "Bob"}),
        update(3, {**BOB, "version": 3, "name": "older"}),
        update(4, {"sid": "PA_cy", "identity": "cy"}),
        update(5, {"sid": "PA_cy", "identity": "cy", "state": "DISCONNECTED"}),
        update(6, {"sid": "PA_nobody", "identity": "nobody", "state": "DISCONNECTED"}),
    )
    bob = state.people["bob"].info
    assert (bob.value.name, bob.sources["name"], bob.sources["state"], bob.sources["version"]) == ("Bob", 2, 1, 2)
    assert list(state.people) == ["ann", "bob"]
    assert state.people["bob"].tracks == {}, "an update tells all tracks"


def test_somebody_who_came_back_is_somebody_new() -> None:
    again = {**BOB, "sid": "PA_again", "version": 1}
    state = joined(update(2, again), update(3, {**BOB, "state": "DISCONNECTED"}))
    bob = state.people["bob"].info
    assert (bob.value.sid, bob.sources["state"]) == ("PA_again", 2)


def test_a_snapshot_is_everybody() -> None:
    assert list(joined(update(2, full=True)).people) == ["ann"]
    assert list(joined(update(2, {**BOB, "version": 9}, full=True)).people) == ["ann", "bob"]


def test_tracks_of_others_by_field() -> None:
    state = joined(
        update(2, {**BOB, "version": 4, "tracks": [{**TRACK, "muted": True}], "data_tracks": [{"sid": "D"}]})
    )
    track = state.people["bob"].tracks["TR_1"]
    assert (track.value.muted, track.sources["muted"], track.sources["name"]) == (True, 2, 1)
    assert list(state.people["bob"].data_tracks) == ["D"]


def test_another_room() -> None:
    state = joined(
        came(2, room_moved={"room": {"name": "breakout"}, "token": "t", "participant": ANN, "other_participants": []})
    )
    assert state.room is not None
    assert state.room.value.name == "breakout"
    assert (list(state.people), state.token) == (["ann"], 2)


def test_what_is_said_of_people() -> None:
    state = joined(
        came(2, connection_quality={"updates": [{"participant_sid": "PA_bob", "quality": "GOOD"}, {"quality": 1}]}),
        came(3, connection_quality={"updates": [{"participant_sid": "PA_bob", "quality": "GOOD", "score": 4}]}),
        came(4, speakers_changed={"speakers": [{"sid": "PA_bob", "active": True}, {"sid": "PA_gone"}]}),
    )
    bob = state.people["bob"]
    assert bob.quality is not None
    assert (bob.quality.sources["quality"], bob.quality.sources["score"]) == (2, 3)
    assert bob.speaking is not None
    assert bob.speaking.value.active


def test_what_is_said_twice_keeps_its_source() -> None:
    quality = came(2, connection_quality={"updates": [{"participant_sid": "PA_bob", "quality": "GOOD"}]})
    bob = joined(quality, quality).people["bob"]
    assert bob.quality is not None
    assert set(bob.quality.sources.values()) == {2}


def test_what_is_said_of_an_old_sid_is_not_said_of_the_new_one() -> None:
    again = update(2, {**BOB, "sid": "PA_again"})
    state = joined(again, came(3, connection_quality={"updates": [{"participant_sid": "PA_bob", "quality": "GOOD"}]}))
    assert state.people["bob"].quality is None


def test_own_tracks_are_announced_until_media_comes() -> None:
    published = came(2, track_published={"cid": "cam1", "track": TRACK})
    state = joined(published)
    assert (state.announced["TR_1"].sources["name"], state.cids["TR_1"].value) == (2, "cam1")
    state = joined(published, update(3, {**ANN, "version": 2, "tracks": [TRACK]}))
    assert (state.announced, list(state.people["ann"].tracks)) == ({}, ["TR_1"])
    state = joined(published, came(3, track_unpublished={"track_sid": "TR_1"}))
    assert (state.announced, state.cids) == ({}, {})


def test_own_tracks_with_media_are_muted_and_unpublished() -> None:
    with_media = update(2, {**ANN, "version": 2, "tracks": [TRACK]})
    muted = joined(with_media, came(3, mute={"sid": "TR_1", "muted": True})).people["ann"].tracks["TR_1"]
    assert (muted.value.muted, muted.sources["muted"], muted.sources["name"]) == (True, 3, 2)
    state = joined(with_media, came(3, track_unpublished={"track_sid": "TR_1"}))
    assert state.people["ann"].tracks == {}
    pending = joined(
        came(2, track_published={"cid": "c", "track": TRACK}), came(3, mute={"sid": "TR_1", "muted": True})
    )
    assert pending.announced["TR_1"].sources["muted"] == 3


def test_own_data_tracks() -> None:
    info = {"pub_handle": 1, "sid": "DTR_1", "name": "pose"}
    published = came(2, publish_data_track_response={"info": info})
    assert list(joined(published).people["ann"].data_tracks) == ["DTR_1"]
    state = joined(published, came(3, unpublish_data_track_response={"info": info}))
    assert state.people["ann"].data_tracks == {}


def test_nothing_of_ones_own_before_the_join() -> None:
    info = {"sid": "DTR_1"}
    state = after(
        came(1, publish_data_track_response={"info": info}),
        came(2, unpublish_data_track_response={"info": info}),
        came(3, mute={"sid": "TR_1", "muted": True}),
        came(4, track_unpublished={"track_sid": "TR_1"}),
        came(5, speakers_changed={"speakers": [{"sid": "PA"}]}),
    )
    assert state.people == {}


def test_what_is_said_of_tracks_and_asked_for() -> None:
    state = joined(
        came(2, subscription_permission_update={"track_sid": "TR_1", "allowed": True}),
        came(3, stream_state_update={"stream_states": [{"track_sid": "TR_1", "state": "PAUSED"}]}),
        came(4, subscription_response={"track_sid": "TR_1", "err": "SE_TRACK_NOTFOUND"}),
        came(5, subscribed_quality_update={"track_sid": "TR_1"}),
        came(6, subscribed_audio_codec_update={"track_sid": "TR_1"}),
        came(7, track_subscribed={"track_sid": "TR_1"}),
        came(8, data_track_subscriber_handles={"sub_handles": {1: {"track_sid": "D"}}}),
        came(9, media_sections_requirement={"num_audios": 1}),
        sent(10, subscription={"participant_tracks": [{"track_sids": ["TR_1"]}], "subscribe": True}),
        sent(11, update_data_subscription={"updates": [{"track_sid": "D", "subscribe": True}]}),
        sent(12, track_setting={"track_sids": ["TR_1"], "disabled": True}),
        sent(13, mute={"sid": "TR_1", "muted": True}),
        sent(14, subscription_permission={"all_participants": True}),
        came(15, refresh_token="t"),
    )
    said = {aspect: known.n for aspect, known in state.said["TR_1"].items()}
    assert said == {"allowed": 2, "stream_state": 3, "error": 4, "quality": 5, "codecs": 6, "subscribed": 7}
    asked = {aspect: known.n for aspect, known in state.asked["TR_1"].items()}
    assert asked == {"subscribe": 10, "settings": 12, "muted": 13}
    assert state.asked["D"]["subscribe"].value is True
    assert [known and known.n for known in (state.handles, state.sections, state.permissions)] == [8, 9, 14]
    assert state.token == 15


def test_offers_answers_candidates() -> None:
    state = joined(
        came(2, offer={"type": "offer", "id": 7}),
        sent(9, answer={"type": "answer", "id": 7}),
        sent(10, offer={"type": "offer", "id": 1}),
        sent(11, trickle={"target": "SUBSCRIBER"}),
        sent(12, trickle={"target": "SUBSCRIBER", "final": True}),
        came(13, trickle={}),
    )
    assert [(one.n, one.answered_by, one.answered_ns, one.answers) for one in state.descriptions.values()] == [
        (2, 3, 7 * MS, None),
        (3, None, None, 2),
        (4, None, None, None),
    ]
    mine, theirs = state.candidates[TO_SERVER, 1], state.candidates[TO_CLIENT, 0]
    assert (mine.count, mine.last, mine.final) == (2, 6, 6)
    assert (theirs.count, theirs.last, theirs.final) == (1, 7, None)


def test_ends_and_what_follows_them() -> None:
    ended: list[Record] = [State(2 * MS, "CONNECTED", ""), came(2, leave={"action": "RESUME"}), closed(3, "server")]
    state = joined(*ended)
    assert state.phase is not None
    assert (state.phase.state, state.leave and state.leave.n, state.close and state.close.code) == (
        "CONNECTED",
        2,
        1000,
    )
    resumed = joined(*ended, came(4, reconnect={}))
    assert (resumed.resumed, resumed.leave, resumed.close) == ([3], None, None)
    again = joined(*ended, came(4, join=JOIN))
    assert (again.leave, again.close) == (None, None)
    assert joined(sent(2, leave={})).leave is not None


def test_a_socket_that_was_taken_over_closes_nothing() -> None:
    resumed = joined(came(2, socket=2, reconnect={}), closed(3, "server", socket=1))
    assert resumed.close is None
    assert joined(came(2, socket=2, reconnect={}), closed(3, "server", socket=2)).close is not None


def test_what_says_nothing_of_the_room() -> None:
    state = joined(frame(2, TO_CLIENT, b"\xff", "server"), came(3, pong=1), Marker(4, "here"))
    assert list(state.people) == ["ann", "bob"]


def test_sessions_are_apart() -> None:
    states = RoomStates()
    for reading in readings([came(1, join=JOIN), came(2, join=JOIN, session=2), Marker(5 * MS, "here")]):
        states.observe(reading)
    assert list(states.sessions) == [1, 2]
    assert (states.last_n, states.last_ns) == (2, 5 * MS)


def test_nothing_grows_without_bound() -> None:
    states = RoomStates()
    for reading in readings([came(1, pong=1, session=number) for number in range(subject.MAX_SESSIONS + 5)]):
        states.observe(reading)
    assert len(states.sessions) == subject.MAX_SESSIONS
    many = subject.MAX_DESCRIPTIONS + 5
    state = after(*(came(1, offer={"id": number}) for number in range(many)))
    assert next(iter(state.descriptions)) == 6
    assert len(state.descriptions) == subject.MAX_DESCRIPTIONS
    state = after(*(came(1, reconnect={}) for _ in range(many)))
    assert (len(state.resumed), state.resumed[-1]) == (subject.MAX_DESCRIPTIONS, many)


@given(sessions())
def test_every_value_comes_from_a_message_that_was_seen(records: list[Record]) -> None:
    states, count = RoomStates(), 0
    for reading in readings(records):
        states.observe(reading)
        count = reading.n or count
    for state in states.sessions.values():
        people = state.people.values()
        entities = [state.room, state.connection, *(person.info for person in people), *state.announced.values()]
        for entity in entities:
            assert entity is None or all(1 <= n <= count for n in entity.sources.values())
