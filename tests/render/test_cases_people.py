"""Who is there, with what, in which state."""

from __future__ import annotations

from typing import Any

from lksig.render.phrases import MAX_NAMED
from tests.support.telling import response

VIDEO = {"sid": "TR_v", "type": "VIDEO"}


def update(**participant: Any) -> str:
    return response("update", {"participants": [participant]})


def test_an_empty_join() -> None:
    assert response("join", {}) == "no room name · nobody else"


def test_a_join_says_room_oneself_the_others_server_and_pings() -> None:
    assert response("join") == (
        "standup RM_zeMP2FTjcyUB · you PA_duHZgjKYCr3H · alice: cam, mic muted, data pose; agent-x (agent) · "
        "livekit 1.13.5 · ping 5 s/15 s"
    )


def test_a_join_may_come_from_an_old_server_or_the_cloud_or_point_elsewhere() -> None:
    told = response(
        "join",
        {
            "room": {"name": "standup"},
            "server_version": "0.15.1",
            "alternative_url": "wss://other.example.com",
            "ping_timeout": 15,
        },
    )
    assert told == ("standup · nobody else · livekit 0.15.1 · ping 0 s/15 s · try wss://other.example.com instead")
    info = {"version": "2.0", "edition": "Cloud", "region": "Oregon B"}
    assert response("join", {"server_info": info}).endswith('livekit 2.0 cloud "Oregon B"')


def test_tracks_are_named_by_source_name_or_type() -> None:
    tracks = [{"source": "SCREEN_SHARE"}, {"source": "SCREEN_SHARE_AUDIO"}, {**VIDEO, "name": "Left eye"}, VIDEO]
    assert update(identity="a", tracks=tracks) == 'a JOINING · screen, screen audio, "Left eye", video'
    assert update(identity="a", data_tracks=[{"sid": "DTR_1"}]) == "a JOINING · data DTR_1"


def test_one_participant_alone_is_told_in_full() -> None:
    told = update(
        sid="PA_1",
        identity="probe",
        state="ACTIVE",
        version=3,
        name="Ann B.",
        metadata="é",
        attributes={"b": "x" * 65, "a": "1"},
    )
    assert told == 'probe ACTIVE PA_1 v3 · name="Ann B." · metadata 2 B · attributes a=1, b=(65 B)'


def test_without_an_identity_the_sid_stands_for_it() -> None:
    assert update(sid="PA_1", state="DISCONNECTED", disconnect_reason="DUPLICATE_IDENTITY") == (
        "PA_1 DISCONNECTED (DUPLICATE_IDENTITY)"
    )


def test_several_participants_are_told_shortly_and_many_counted() -> None:
    people = [{"identity": f"p{n}"} for n in range(MAX_NAMED + 3)]
    told = response("update", {"participants": people})
    assert told.startswith("11 participants: p0 JOINING; p1 JOINING; ")
    assert told.endswith("p7 JOINING; +3 more")
    assert response("update", {"participants": people[:2], "full_snapshot": True}) == (
        "2 participants: p0 JOINING; p1 JOINING · full_snapshot"
    )
    assert response("update", {}) == "nobody"


def test_a_resumed_session() -> None:
    assert response("reconnect", {}) == "resumed"
    assert response("reconnect") == "resumed · livekit 1.13.5 · ice_servers×2 · last_message_seq=12"


def test_a_room_that_changed() -> None:
    assert response("room_update", {"room": {"name": "r", "num_participants": 1}}) == (
        "r · 1 participant, 0 publishers"
    )
    assert response("room_update").endswith("2 participants, 1 publisher · recording · metadata 13 B")


def test_a_move_to_another_room() -> None:
    assert response("room_moved", {}) == "now in no room name · nobody else"
    assert response("room_moved").startswith("now in breakout RM_other2345678 · you PA_moved2345678 · alice: cam")


def test_who_speaks_and_how_well_they_are_connected() -> None:
    assert response("speakers_changed") == "PA_duHZgjKYCr3H speaks 0.90, PA_huZgjKYCr3H silent"
    assert response("connection_quality") == "PA_duHZgjKYCr3H EXCELLENT 4.5, PA_huZgjKYCr3H POOR 1.6"


def test_lists_that_are_empty_say_so() -> None:
    assert response("speakers_changed", {}) == "nobody"
    assert response("connection_quality", {}) == "nobody"
    assert response("data_track_subscriber_handles", {}) == "no data tracks"


def test_handles_are_in_order_and_fall_back_to_the_sid() -> None:
    handles = {
        10: {"track_sid": "DTR_b", "publisher_sid": "PA_1"},
        9: {"track_sid": "DTR_a", "publisher_identity": "x"},
    }
    assert response("data_track_subscriber_handles", {"sub_handles": handles}) == "9=DTR_a of x, 10=DTR_b of PA_1"
