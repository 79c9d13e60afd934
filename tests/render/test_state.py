"""The room at one moment, as a person and as a program reads it."""

from __future__ import annotations

import json
from typing import Any

from lksig.recording.format_v1 import Record
from lksig.render.state import StateView
from lksig.session.room_state import RoomState, RoomStates
from lksig.wire.events import State
from tests.support.readings import secrets
from tests.support.recordings import readings
from tests.support.samples import TOKEN
from tests.support.traffic import came, closed, sent

ROOM = {"sid": "RM_1", "name": "standup", "turn_password": "burp12NujTWLvagTS9fmtoqnqefZqw0V9rDge"}
JOIN: dict[str, Any] = {
    "room": ROOM,
    "participant": {"sid": "PA_ann", "identity": "ann", "permission": {"can_publish": True}},
    "other_participants": [
        {"sid": "PA_bob", "identity": "bob b", "tracks": [{"sid": "TR_1"}], "data_tracks": [{"sid": "DTR_1"}]}
    ],
    "ping_interval": 5,
}

SESSION: tuple[Record, ...] = (
    State(1, "CONNECTED", ""),
    came(1, join=JOIN),
    came(2, refresh_token=TOKEN),
    came(3, room_update={"room": {**ROOM, "metadata": "\x1b[2J"}}),
    came(4, connection_quality={"updates": [{"participant_sid": "PA_bob", "quality": "GOOD"}]}),
    came(5, speakers_changed={"speakers": [{"sid": "PA_bob", "active": True}]}),
    came(6, track_published={"cid": "cam1", "track": {"sid": "TR_own", "type": "VIDEO"}}),
    came(7, subscription_permission_update={"track_sid": "TR_1", "allowed": True}),
    sent(8, track_setting={"track_sids": ["TR_1"], "disabled": True}),
    sent(9, subscription_permission={"all_participants": True}),
    came(10, offer={"type": "offer", "id": 3}),
    sent(12, answer={"type": "answer", "id": 3}),
    sent(13, offer={"type": "offer", "id": 1}),
    came(13.5, answer={"type": "answer", "id": 9}),
    sent(14, trickle={"target": "SUBSCRIBER", "final": True}),
    came(15, trickle={"target": "SUBSCRIBER"}),
    came(16, reconnect={}),
    came(17, leave={"reason": "DUPLICATE_IDENTITY"}),
    closed(18, "server"),
)


def state(*records: Record) -> RoomState:
    states = RoomStates()
    for reading in readings(records):
        states.observe(reading)
    return states.sessions[1]


def lines(*records: Record) -> list[str]:
    return list(StateView(secrets()).lines(state(*records)))


def test_every_value_stands_behind_its_message() -> None:
    told = lines(*SESSION)
    at = told.index("room standup")
    assert told[at + 1].startswith('    1  sid=RM_1 name=standup turn_password="[secret ')
    assert told[at + 2] == '    3  metadata="\\u001b[2J"'
    assert told[0] == "connection CONNECTED"
    assert "    2  newest token" in told
    assert "   16  resumed" in told
    assert any(line.startswith("   17  leave DUPLICATE_IDENTITY") for line in told)
    assert "    -  closed by the server 1000" in told


def test_people_and_their_tracks() -> None:
    told = lines(*SESSION)
    ann = told.index("participant ann (you)")
    assert "permission.can_publish=true" in told[ann + 1]
    bob = told.index('participant "bob b"')
    assert [line.split()[0] for line in told[bob + 1 : bob + 4]] == ["1", "4", "5"]
    assert told[bob + 4] == "  track TR_1"
    assert told[bob + 6] == "  data track DTR_1"
    announced = told.index("announced TR_own, no media yet")
    assert told[announced + 1] == "    6  cid=cam1"
    assert told[announced + 2].startswith("    6  sid=TR_own type=VIDEO")


def test_what_is_said_and_asked() -> None:
    told = lines(*SESSION)
    assert told[told.index("of track TR_1") + 1] == "    7  allowed: true"
    assert told[told.index("asked for TR_1") + 1].startswith('    8  settings: track_sids=["TR_1"] disabled=true')
    assert told[told.index("who may subscribe") + 1] == "    9  all_participants=true"


def test_offers_and_answers() -> None:
    told = lines(*SESSION)
    at = told.index("offers, answers, candidates")
    assert told[at + 1 :] == [
        "   10  < offer id=3, answered by 11 after 2.0 ms",
        "   11  > answer id=3 →10",
        "   12  > offer id=1, not answered",
        "   13  < answer id=9",
        "   14  > 1 candidate for SUBSCRIBER, the last one is 14",
        "   15  < 1 candidate for SUBSCRIBER",
    ]


def test_nothing_yet() -> None:
    assert lines(sent(1, ping=1)) == ["connection"]
    value = json.loads(StateView(secrets()).json(state(sent(1, ping=1)), 1))
    assert (value["room"], value["me"], value["participants"], value["close"]) == (None, None, [], None)


def test_a_socket_that_was_lost() -> None:
    assert lines(closed(1, "network", None)) == ["connection", "    -  closed by the network"]


def test_an_answer_whose_time_nobody_knows() -> None:
    made = state(came(10, offer={"type": "offer", "id": 3}), sent(12, answer={"type": "answer", "id": 3}))
    made.descriptions[1].answered_ns = None
    assert "    1  < offer id=3, answered by 2" in list(StateView(secrets()).lines(made))


def test_a_track_whose_cid_is_forgotten() -> None:
    made = state(*SESSION)
    made.cids.clear()
    told = list(StateView(secrets()).lines(made))
    assert told[told.index("announced TR_own, no media yet") + 1].startswith("    6  sid=TR_own")


def test_the_same_for_a_program() -> None:
    value = json.loads(StateView(secrets()).json(state(*SESSION), 16))
    assert (value["kind"], value["after"], value["session"], value["me"]) == ("room_state", 16, 1, "ann")
    assert (value["room"]["value"]["metadata"], value["room"]["from"]["metadata"]) == ("\x1b[2J", 3)
    ann, bob = value["participants"]
    assert ann["value"]["permission"]["can_publish"] is True
    assert "tracks" not in bob["value"]
    assert (bob["tracks"][0]["value"]["sid"], bob["tracks"][0]["from"]["sid"]) == ("TR_1", 1)
    assert bob["quality"]["value"]["quality"] == "GOOD"
    assert value["announced"][0]["cid"] == {"value": "cam1", "n": 6}
    assert value["said"] == {"TR_1": {"allowed": {"value": True, "n": 7}}}
    assert value["asked"]["TR_1"]["settings"]["value"]["disabled"] is True
    assert value["descriptions"][0] == {
        "n": 10,
        "dir": "to_client",
        "type": "offer",
        "id": 3,
        "answered_by": 11,
        "answered_ms": 2.0,
        "answers": None,
    }
    assert {entry["dir"]: entry["count"] for entry in value["candidates"]} == {"to_server": 1, "to_client": 1}
    assert (value["token"], value["resumed"], value["leave"]["n"]) == (2, [16], 17)
    assert value["close"] == {"code": 1000, "ended_by": "server"}


def test_no_view_tells_a_secret() -> None:
    made = state(*SESSION)
    for text in ("\n".join(StateView(secrets()).lines(made)), StateView(secrets()).json(made, 16)):
        assert "burp12" not in text
        assert TOKEN not in text
