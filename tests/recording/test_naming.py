"""What names the things that ids stand for."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.recording.naming import MAX_HELD, Naming
from lksig.recording.stable import Roles
from lksig.wire.events import Message, Start
from tests.support.recordings import readings
from tests.support.traffic import came, sent

UUID = "9f3c6a52-77a5-4b0e-8f0e-6c5d1a2b3c4d"
ANN = {"sid": "PA_aaaaaaaaaaaa", "identity": "ann"}
CAM = {"sid": "TR_VCcccccccccc", "name": "cam", "type": "VIDEO", "source": "CAMERA"}
MIC = {"sid": "TR_AMmmmmmmmmmm", "source": "MICROPHONE"}
BARE = {"sid": "TR_AAaaaaaaaaaa"}
POSE = {"sid": "DTR_pppppppppppp", "name": "pose", "pub_handle": 1}


def named(*messages: Message) -> Roles:
    roles = Roles(named=True)
    for reading in readings(messages):
        roles.observe(reading)
    return roles


def names(message: Message) -> dict[str, str]:
    return dict(Naming(lambda text: text, ()).names_in(message, 1))


@pytest.mark.parametrize(
    ("message", "ids"),
    [
        (came(1, update={"participants": [ANN]}), {"PA_aaaaaaaaaaaa": "PA_ann"}),
        (came(1, join={"participant": ANN}), {"PA_aaaaaaaaaaaa": "PA_self"}),
        (came(1, join={"other_participants": [ANN]}), {"PA_aaaaaaaaaaaa": "PA_ann"}),
        (came(1, room_moved={"other_participants": [ANN]}), {"PA_aaaaaaaaaaaa": "PA_ann"}),
        (
            came(1, update={"participants": [{**ANN, "tracks": [CAM, MIC, BARE], "data_tracks": [POSE]}]}),
            {
                "TR_VCcccccccccc": "TR_ann/cam",
                "TR_AMmmmmmmmmmm": "TR_ann/microphone",
                "TR_AAaaaaaaaaaa": "TR_ann/audio",
                "DTR_pppppppppppp": "DTR_ann/pose",
            },
        ),
        (came(1, track_published={"cid": "cam1", "track": CAM}), {"TR_VCcccccccccc": "TR_cam1"}),
        (came(1, track_published={"cid": UUID, "track": CAM}), {"TR_VCcccccccccc": "TR_cam"}),
        (came(1, track_published={"track": MIC}), {"TR_AMmmmmmmmmmm": "TR_microphone"}),
        (came(1, publish_data_track_response={"info": POSE}), {"DTR_pppppppppppp": "DTR_self/pose"}),
        (sent(1, add_track={"cid": UUID, "source": "CAMERA"}), {UUID: "cid_camera"}),
        (came(1, update={"participants": [{"sid": "PA_aaaaaaaaaaaa"}]}), {"PA_aaaaaaaaaaaa": "PA_1"}),
    ],
)
def test_names(message: Message, ids: dict[str, str]) -> None:
    roles = named(message)
    assert {one: roles.ids(one) for one in ids} == ids


def test_the_second_of_a_name_is_told_from_the_first() -> None:
    again = {"sid": "PA_bbbbbbbbbbbb", "identity": "ann"}
    roles = named(came(1, update={"participants": [ANN]}), came(2, update={"participants": [again, ANN]}))
    assert roles.ids("PA_bbbbbbbbbbbb PA_aaaaaaaaaaaa") == "PA_ann#2 PA_ann"


def test_a_source_of_the_future_stays_a_number() -> None:
    assert names(came(1, track_published={"track": {"sid": "TR_x", "source": 77}})) == {"TR_x": "TR_77"}


def test_what_names_nothing() -> None:
    quiet: list[Any] = [came(1, pong=1), sent(1, mute={"sid": "TR_VCcccccccccc"}), came(1), sent(1)]
    assert [names(message) for message in quiet] == [{}, {}, {}, {}]


def test_what_has_a_role_is_not_named_again() -> None:
    message = came(1, update={"participants": [{**ANN, "tracks": [CAM], "data_tracks": [POSE]}]})
    known = {"PA_aaaaaaaaaaaa", "TR_VCcccccccccc", "DTR_pppppppppppp"}
    assert list(Naming(lambda text: text, known).names_in(message, 1)) == []


# --- several sessions ---------------------------------------------------------------------------------------------


def begun(identity: str, session: int) -> Start:
    return Start(0, 0, "ws://127.0.0.1:7880/rtc/v1", "v1", "standup", identity, session)


def observed(*records: Message | Start) -> Roles:
    roles = Roles(named=True)
    for reading in readings(records):
        roles.observe(reading)
    return roles


JOINS = {
    "participant": came(2, session=2, join={"participant": ANN}),
    "published": came(3, session=2, track_published={"cid": "cam1", "track": CAM}),
    "data track": came(3, session=2, publish_data_track_response={"info": POSE}),
}
OF_ANOTHER = came(2, update={"participants": [{**ANN, "tracks": [CAM], "data_tracks": [POSE]}]})
IN_BOTH_ORDERS = pytest.mark.parametrize("at", range(len(JOINS) + 1))


@IN_BOTH_ORDERS
def test_a_role_does_not_depend_on_which_session_is_told_first(at: int) -> None:
    asked = sent(1, session=2, add_track={"cid": "cam1", "name": "cam"})
    told: list[Message] = list(JOINS.values())
    told.insert(at, OF_ANOTHER)
    roles = observed(begun("bob", 1), begun("ann", 2), asked, *told)
    ids = (ANN["sid"], CAM["sid"], POSE["sid"])
    assert [roles.ids(str(one)) for one in ids] == ["PA_self2", "TR_self2/cam1", "DTR_self2/pose"]


@IN_BOTH_ORDERS
def test_nor_does_that_of_a_track_with_a_random_cid(at: int) -> None:
    asked = sent(1, session=2, add_track={"cid": UUID, "name": "cam"})
    told: list[Message] = [*list(JOINS.values())[:1], came(3, session=2, track_published={"cid": UUID, "track": CAM})]
    told.insert(min(at, 2), OF_ANOTHER)
    roles = observed(begun("bob", 1), begun("ann", 2), asked, *told)
    assert [roles.ids(str(one)) for one in (CAM["sid"], UUID)] == ["TR_self2/cam", "cid_self2/cam"]


@IN_BOTH_ORDERS
def test_nor_on_whether_the_session_had_begun(at: int) -> None:
    asked = sent(1, session=2, add_track={"cid": "cam1", "name": "cam"})
    told: list[Message | Start] = [begun("ann", 2), asked, *JOINS.values()]
    told.insert(at, OF_ANOTHER)
    roles = observed(begun("bob", 1), *told)
    ids = (ANN["sid"], CAM["sid"], POSE["sid"])
    assert [roles.ids(str(one)) for one in ids] == ["PA_self2", "TR_self2/cam1", "DTR_self2/pose"]
    assert roles.in_bytes(str(CAM["sid"]).encode()) == "\0TR_self2/cam1\0"


def test_a_name_of_an_own_track_that_is_taken_is_told_once() -> None:
    published = came(3, track_published={"cid": "cam1", "track": {**CAM, "sid": "TR_VCdddddddddd"}})
    roles = observed(came(2, track_published={"cid": "cam1", "track": CAM}), published, published)
    assert roles.ids("TR_VCcccccccccc TR_VCdddddddddd") == "TR_cam1 TR_cam1#2"


@pytest.mark.parametrize(("told", "role"), [(1, "PA_self"), (2, "PA_self3"), (3, "PA_self3")])
def test_an_identity_is_that_of_the_session_that_is_told_of_it_or_of_its_latest(told: int, role: str) -> None:
    message = came(1, session=told, update={"participants": [ANN]})
    roles = observed(begun("ann", 1), begun("bob", 2), begun("ann", 3), message)
    assert roles.ids(str(ANN["sid"])) == role


def test_a_session_without_start_is_known_by_its_join() -> None:
    again = {**ANN, "sid": "PA_bbbbbbbbbbbb"}
    roles = observed(
        came(1, session=2, join={"participant": ANN}),
        came(2, update={"participants": [again]}),
        came(3, session=2, join={"participant": again}),
    )
    assert roles.ids("PA_aaaaaaaaaaaa PA_bbbbbbbbbbbb") == "PA_self2 PA_self2#2"


def test_a_session_may_be_counted_as_another_recording_counts_it() -> None:
    roles = Roles(named=True)
    roles.count_session(1, 2)
    for reading in readings([begun("lksig-abcd", 1), came(1, join={"participant": ANN})]):
        roles.observe(reading)
    assert roles.ids("lksig-abcd PA_aaaaaaaaaaaa") == "lksig_self2 PA_self2"


def test_the_oldest_identities_are_forgotten() -> None:
    naming = Naming(lambda text: text, ())
    for number in range(MAX_HELD + 1):
        naming.learn_session(f"p{number}", number + 2)
    message = came(1, update={"participants": [{"sid": f"PA_{n}", "identity": f"p{n}"} for n in (0, 1)]})
    assert dict(naming.names_in(message, 1)) == {"PA_0": "PA_p0", "PA_1": "PA_self3"}


def test_whose_session_an_event_belongs_to() -> None:
    roles = observed(begun("ann", 1), begun("lksig-abcd", 2))
    events = [sent(1, session=number) for number in (1, 2, 3)]
    assert [roles.whose(event) for event in events] == [None, "lksig_self2", "#3"]
    assert Roles().whose(events[1]) == "#2"
