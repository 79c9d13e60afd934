"""Rooms: ticks, batches, who is counted, who is told of whom, and when a room ends."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.session.people import Reason
from lksig.session.rooms import MAX_UPDATE_BYTES, Options, open_room
from tests.support.house import House, HouseClient

META = {"canUpdateOwnMetadata": True}


@pytest.fixture
def house() -> House:
    return House()


def updates(client: HouseClient) -> list[list[tuple[str, int]]]:
    """Identity and state of everybody in each `update`."""
    return [[(one.identity, one.state) for one in sent.update.participants] for sent in client.take("update")]


def counts(client: HouseClient) -> list[int]:
    """`num_participants` of each `room_update`."""
    return [sent.room_update.room.num_participants for sent in client.take("room_update")]


# --- the batch of 3 s -----------------------------------------------------------------------------------------------


def test_newcomers_are_told_on_the_tick_to_themselves_too(house: House) -> None:
    ann = house.client("ann")
    house.wait(1)
    bob = house.client("bob")
    house.wait(1.9)
    assert updates(ann) == updates(bob) == []
    house.wait(0.2)
    assert updates(ann) == updates(bob) == [[("ann", 1), ("bob", 1)]]
    house.wait(9)
    assert updates(ann) == []


def test_ticks_count_from_the_creation_of_the_room(house: House) -> None:
    ann = house.client("ann")
    house.wait(7)
    ann.take()
    house.client("bob")
    house.wait(1.9)
    assert updates(ann) == []
    house.wait(0.2)
    assert updates(ann) == [[("bob", 1)]]


def test_who_came_and_went_between_two_ticks_is_only_told_gone(house: House) -> None:
    ann = house.client("ann")
    house.wait(4)
    ann.take()
    house.client("bob").send({"leave": {}})
    house.wait(3)
    assert updates(ann) == [[("bob", 3)]]


def test_a_publisher_leaves_at_once(house: House) -> None:
    ann, bob = house.client("ann"), house.client("bob")
    bob.send({"publish_data_track_request": {"pub_handle": 1, "name": "d"}})
    house.wait(4)
    ann.take()
    bob.send({"leave": {}})
    assert updates(ann) == [[("bob", 3)]]


def test_a_second_session_replaces_the_first(house: House) -> None:
    new, old = house.client("new"), house.client("old", params={"protocol": "11"})
    house.wait(4)
    first = house.client("ann")
    for one in (new, old):
        one.take()
    second = house.client("ann")
    assert [one.leave.reason for one in first.take("leave")] == [2]
    assert first.closed == (1000, "")
    assert updates(new) == [[("ann", 1)]]
    assert updates(old) == [[("ann", 3), ("ann", 1)]]
    assert updates(second) == [[("ann", 1)]]
    house.wait(4)
    assert updates(new) == []


def test_news_of_an_older_session_are_dropped(house: House) -> None:
    room_of = house.server.rooms
    bob = house.client("bob")
    house.client("ann")
    older = room_of["r"].participants["ann"]
    house.client("ann")
    house.wait(4)
    bob.take()
    room_of["r"].broadcast(older, immediate=True)
    house.do_all(room_of["r"].world.out.take())
    assert updates(bob) == []
    newer = room_of["r"].participants["ann"]
    room_of["r"].broadcast(newer)
    room_of["r"].broadcast(older)
    house.do_all(room_of["r"].world.out.take())
    house.wait(4)
    assert updates(bob) == [[("ann", 1)]]


def test_hidden_ones_are_told_to_nobody_but_counted(house: House) -> None:
    ann = house.client("ann")
    house.wait(6)
    ann.take()
    hidden = house.client("spy", grants={"hidden": True})
    assert [one.join.other_participants[0].identity for one in hidden.take("join")] == ["ann"]
    house.wait(6)
    assert [one.WhichOneof("message") for one in ann.got] == ["room_update"]
    assert counts(ann) == [2]
    assert not house.client("bob").take("join")[0].join.other_participants[1:]


def test_long_updates_come_in_pieces(house: House) -> None:
    ann = house.client("ann", grants=META)
    for number in range(4):
        house.client(f"p{number}", claims={"metadata": "m" * (MAX_UPDATE_BYTES // 3)})
    ann.take()
    house.wait(3)
    assert [len(one) for one in updates(ann)] == [3, 2]


# --- the room's own tick of 5 s -------------------------------------------------------------------------------------


def test_the_room_is_told_after_five_seconds_when_it_is_new(house: House) -> None:
    ann = house.client("ann")
    assert ann.take("join")[0].join.room.num_participants == 0
    house.wait(4.9)
    assert counts(ann) == []
    house.wait(0.2)
    assert counts(ann) == [1]


def test_and_at_once_when_it_was_quiet_for_longer(house: House) -> None:
    ann = house.client("ann")
    house.wait(11)
    ann.take()
    bob = house.client("bob")
    assert bob.got[0].join.room.num_participants == 1
    assert counts(ann) == counts(bob) == [2]
    house.client("cat")
    assert counts(ann) == []
    house.wait(8.9)
    assert counts(ann) == []
    house.wait(0.2)
    assert counts(ann) == [3]


def test_a_late_tick_does_not_cost_the_next_one(house: House) -> None:
    ann = house.client("ann")
    timer = ("room", "r")
    house.timers[timer] += 300_000_000
    house.wait(5.5)
    assert counts(ann) == [1]
    house.client("bob")
    house.wait(4.6)
    assert counts(ann) == [2]


def test_what_did_not_change_is_not_told(house: House) -> None:
    ann = house.client("ann", grants=META)
    house.wait(6)
    ann.take()
    ann.send({"update_metadata": {"name": "x"}})
    house.wait(10)
    assert counts(ann) == []
    room = house.server.rooms["r"]
    refreshed = room.refreshed_ns
    room.touch()
    house.do_all(room.world.out.take())
    house.wait(5)
    room.tick()
    assert room.refreshed_ns == refreshed


def test_agents_and_recorders_do_not_count_and_recording_is_told_at_once(house: House) -> None:
    ann = house.client("ann", claims={"kind": "agent"})
    house.wait(6)
    ann.take()
    recorder = house.client("rec", grants={"recorder": True})
    (told,) = ann.take("room_update")
    assert (told.room_update.room.active_recording, told.room_update.room.num_participants) == (True, 0)
    recorder.send({"leave": {}})
    assert not ann.take("room_update")[0].room_update.room.active_recording


# --- how a room begins and ends -------------------------------------------------------------------------------------


def test_a_token_may_configure_a_room_that_is_made(house: House) -> None:
    config = {"maxParticipants": 2, "departure_timeout": 7, "emptyTimeout": "x", "metadata": "hello", "name": "y"}
    room = house.client("ann", claims={"roomConfig": config}).take("join")[0].join.room
    assert (room.max_participants, room.departure_timeout, room.empty_timeout) == (2, 7, 300)
    assert room.metadata == "hello"
    again = house.client("bob", claims={"roomConfig": {"metadata": "other"}}).take("join")[0].join.room
    assert again.metadata == "hello"
    strange = house.client("cat", room="s", claims={"roomConfig": {"maxParticipants": -1}})
    assert strange.take("join")[0].join.room.max_participants == 0


def test_a_room_ends_some_time_after_the_last_one_left(house: House) -> None:
    ann = house.client("ann")
    sid = ann.take("join")[0].join.room.sid
    ann.send({"leave": {}})
    house.wait(19)
    assert house.client("ann").take("join")[0].join.room.sid == sid
    house.wait(100)
    assert "r" in house.server.rooms
    house.clients[2].send({"leave": {}})
    agent = house.client("agent", claims={"kind": "agent"})
    house.wait(21)
    assert house.server.rooms == {}
    assert [one.leave.reason for one in agent.take("leave")] == [10]
    assert agent.closed == (1000, "")
    assert [timer for timer in house.timers if timer[0] != "ws_ping"] == []  # type: ignore[index]  # all are tuples


def test_a_room_nobody_came_to_ends_later(house: House) -> None:
    house.client("ann", params={"reconnect": "1"})
    house.client("agent", claims={"kind": "agent"})
    house.wait(299)
    assert "r" in house.server.rooms
    house.wait(2)
    assert "r" not in house.server.rooms


def test_who_is_gone_cannot_be_removed_again(house: House) -> None:
    ann = house.client("ann")
    room = house.server.rooms["r"]
    participant = room.participants["ann"]
    ann.send({"leave": {}})
    room.remove(participant, Reason.SIGNAL_CLOSE, leave=None)
    assert participant.reason is Reason.CLIENT_INITIATED
    assert house.server.rooms["r"].world.out.take() == []


def test_a_full_room(house: House) -> None:
    full = House(Options(max_participants=1))
    assert not full.client("agent", claims={"kind": "agent"}).response
    full.client("ann")
    room = full.server.rooms["r"]
    assert room.is_full
    assert open_room(room.world, "r", {}) is room
    assert not open_room(house.server._world, "s", {}).is_full


def test_who_has_no_socket_hears_nothing_and_subscribers_learn_late_who_left() -> None:
    house = House(Options(simulated=("alice",)))
    ann, bob = house.client("ann"), house.client("bob")
    ann.send({"publish_data_track_request": {"pub_handle": 1, "name": "d"}})
    sid = ann.take("publish_data_track_response")[0].publish_data_track_response.info.sid
    bob.send({"update_data_subscription": {"updates": [{"track_sid": sid, "subscribe": True}]}})
    room = house.server.rooms["r"]
    assert room.publisher_of(sid, data=True) is room.participants["ann"]
    ann.send({"simulate": {"node_failure": True}})
    bob.take()
    house.wait(2.9)
    assert bob.take("data_track_subscriber_handles") == []
    house.wait(2.2)
    assert len(bob.take("data_track_subscriber_handles")) == 2
    room.close(Reason.ROOM_CLOSED)
    assert room.world.sockets == {}


def test_finding(house: House) -> None:
    house.client("ann")
    room = house.server.rooms["r"]
    ann: Any = room.participants["ann"]
    assert room.find(ann.sid) is ann
    assert room.find("PA_x") is None
    assert room.publisher_of("TR_x", data=False) is None
    assert room.publisher_of("DTR_x", data=True) is None
