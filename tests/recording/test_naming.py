"""What names the things that ids stand for."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.recording.naming import names_in
from lksig.recording.stable import Roles
from lksig.wire.events import Message
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
    return dict(names_in(message, lambda text: text, ()))


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
    assert list(names_in(message, lambda text: text, known)) == []
