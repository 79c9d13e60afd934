"""Who is in the room, as a session was told."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.schema.pool import TO_CLIENT, envelope_class
from lksig.session import roster as module
from lksig.session.roster import Roster

ME = {"identity": "probe", "sid": "PA_me"}
ALICE = {"identity": "alice", "sid": "PA_alice", "tracks": [{"sid": "TR_cam", "name": "cam"}]}


def told(*messages: dict[str, Any]) -> Roster:
    roster = Roster()
    for message in messages:
        envelope = envelope_class(TO_CLIENT)(**message)
        case = envelope.WhichOneof("message")
        roster.observe(case, getattr(envelope, case))
    return roster


JOIN: dict[str, Any] = {"join": {"participant": ME, "other_participants": [ALICE]}}


def sids(roster: Roster) -> dict[str, str]:
    return {identity: info.sid for identity, info in roster.people.items()}


def test_nobody_is_known_before_the_join() -> None:
    roster = told({"pong": 5}, {"update": {"full_snapshot": True, "participants": [ALICE]}})
    assert roster.me is None
    assert sids(roster) == {"alice": "PA_alice"}
    assert roster.own_tracks == {}


def test_a_join_tells_everybody() -> None:
    roster = told(JOIN)
    assert roster.me.sid == "PA_me"
    assert sids(roster) == {"alice": "PA_alice", "probe": "PA_me"}


def test_updates_bring_change_and_take_participants() -> None:
    bob = {"identity": "bob", "sid": "PA_bob"}
    roster = told(JOIN, {"update": {"participants": [bob, {**ALICE, "name": "Alice"}]}})
    assert sids(roster) == {"alice": "PA_alice", "probe": "PA_me", "bob": "PA_bob"}
    assert roster.people["alice"].name == "Alice"
    gone = {"identity": "alice", "sid": "PA_alice", "state": "DISCONNECTED"}
    roster = told(JOIN, {"update": {"participants": [bob, gone]}})
    assert sids(roster) == {"probe": "PA_me", "bob": "PA_bob"}


def test_the_old_sid_of_one_who_came_back_takes_nothing_away() -> None:
    back = {"identity": "alice", "sid": "PA_new"}
    old = {"identity": "alice", "sid": "PA_alice", "state": "DISCONNECTED"}
    stranger = {"identity": "nobody", "sid": "PA_x", "state": "DISCONNECTED"}
    roster = told(JOIN, {"update": {"participants": [back, old, stranger]}})
    assert sids(roster) == {"alice": "PA_new", "probe": "PA_me"}


def test_a_snapshot_replaces_everybody_but_oneself() -> None:
    bob = {"identity": "bob", "sid": "PA_bob"}
    roster = told(JOIN, {"update": {"full_snapshot": True, "participants": [bob]}})
    assert sids(roster) == {"probe": "PA_me", "bob": "PA_bob"}


def test_a_move_tells_everybody_anew() -> None:
    moved = {"participant": {**ME, "sid": "PA_moved"}, "other_participants": [{"identity": "bob", "sid": "PA_bob"}]}
    roster = told(JOIN, {"track_published": {"cid": "c", "track": {"sid": "TR_x"}}}, {"room_moved": moved})
    assert sids(roster) == {"probe": "PA_moved", "bob": "PA_bob"}
    assert roster.me.sid == "PA_moved"
    assert list(roster.own_tracks) == ["TR_x"]


def test_own_tracks_come_with_their_answers() -> None:
    roster = told(
        JOIN,
        {"track_published": {"cid": "c1", "track": {"sid": "TR_1", "name": "cam"}}},
        {"publish_data_track_response": {"info": {"sid": "DTR_1", "name": "data", "pub_handle": 7}}},
    )
    assert {sid: info.name for sid, info in roster.own_tracks.items()} == {"TR_1": "cam", "DTR_1": "data"}
    assert roster.own_cids == {"c1": "TR_1"}


def test_own_tracks_are_kept_up_to_date_and_go() -> None:
    published = {"track_published": {"cid": "c1", "track": {"sid": "TR_1"}}}
    data = {"publish_data_track_response": {"info": {"sid": "DTR_1", "name": "data"}}}
    me = {**ME, "tracks": [{"sid": "TR_1", "muted": True}, {"sid": "TR_2"}], "data_tracks": [{"sid": "DTR_2"}]}
    update = {"update": {"participants": [me]}}
    roster = told(JOIN, published, data, update)
    assert roster.own_tracks["TR_1"].muted
    assert sorted(roster.own_tracks) == ["DTR_1", "DTR_2", "TR_1", "TR_2"]
    assert len(roster.me.tracks) == 2
    roster = told(
        JOIN,
        published,
        data,
        {"track_unpublished": {"track_sid": "TR_1"}},
        {"track_unpublished": {"track_sid": "TR_unknown"}},
        {"unpublish_data_track_response": {"info": {"sid": "DTR_1"}}},
    )
    assert roster.own_tracks == {}


def test_a_cid_that_is_used_again_names_the_newest_track() -> None:
    roster = told(
        JOIN,
        {"track_published": {"cid": "c", "track": {"sid": "TR_1"}}},
        {"track_published": {"cid": "c", "track": {"sid": "TR_2"}}},
    )
    assert roster.own_cids == {"c": "TR_2"}


def test_a_new_join_begins_anew() -> None:
    roster = told(JOIN, {"track_published": {"cid": "c", "track": {"sid": "TR_1"}}}, {"join": {"participant": ME}})
    assert (roster.own_tracks, roster.own_cids, sids(roster)) == ({}, {}, {"probe": "PA_me"})


def test_nothing_a_server_says_grows_without_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_OWN_TRACKS", 2)
    monkeypatch.setattr(module, "MAX_PARTICIPANTS", 2)
    tracks = [{"track_published": {"cid": f"c{n}", "track": {"sid": f"TR_{n}"}}} for n in range(4)]
    people = [{"identity": f"p{n}", "sid": f"PA_{n}"} for n in range(4)]
    roster = told(JOIN, *tracks, {"update": {"participants": people}})
    assert list(roster.own_tracks) == ["TR_2", "TR_3"]
    assert list(roster.own_cids) == ["c2", "c3"]
    assert list(roster.people) == ["p2", "p3"]
