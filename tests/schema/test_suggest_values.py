"""Suggestions for the value of a field."""

from __future__ import annotations

import pytest
from google.protobuf.descriptor import FieldDescriptor

from lksig.schema.pool import descriptor
from lksig.schema.suggest_values import LIVE, in_json, kinds_of, value_items
from tests.support.typing import ROOM


def field(name: str) -> FieldDescriptor:
    message, _, last = name.rpartition(".")
    return descriptor(message).fields_by_name[last]


def offered(name: str, taken: tuple[object, ...] = (), parent: str = "") -> list[str]:
    return [item.text for item in value_items(field(name), ROOM, taken=taken, parent=parent)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AddTrackRequest.type", ["AUDIO", "VIDEO", "DATA"]),
        ("MuteTrackRequest.muted", ["true", "false"]),
        ("MuteTrackRequest.sid", ["TR_own", "TR_alice", '"TR odd"', "%cam1", "%alice/cam", '%"Ann B."/cam']),
        ("UpdateTrackSettings.track_sids", ["TR_alice", '"TR odd"', "TR_own", "%cam1", "%alice/cam", '%"Ann B."/cam']),
        ("UpdateDataSubscription.Update.track_sid", ["DTR_alice", "DTR_own"]),
        ("TrackPermission.participant_sid", ["PA_alice", "PA_me"]),
        ("TrackPermission.participant_identity", ["alice", '"Ann B."', "and"]),
        ("AddTrackRequest.cid", ["cam1"]),
        ("UnpublishDataTrackRequest.pub_handle", ["1"]),
        ("SimulcastCodec.codec", ["video/VP8"]),
        ("Ping.timestamp", ["now"]),
        ("SessionDescription.type", ["offer", "answer"]),
        ("DataBlob.contents", ["hex:", "b64:"]),
        ("AddTrackRequest.width", []),
        ("AddTrackRequest.name", []),
        ("Room.sid", []),
    ],
)
def test_what_fits_a_field(name: str, expected: list[str]) -> None:
    assert offered(name) == expected


def test_what_a_list_holds_is_not_offered_again() -> None:
    assert "TF_STEREO" not in offered("UpdateLocalAudioTrack.features", (0,))
    assert "TF_NO_DTX" in offered("UpdateLocalAudioTrack.features", (0,))
    assert offered("UpdateSubscription.track_sids", ("TR_alice", "TR odd"))[0] == "TR_own"


def test_a_description_is_most_likely_called_as_what_holds_it() -> None:
    assert offered("SessionDescription.type", parent="answer") == ["answer", "offer"]


def test_values_say_what_they_mean() -> None:
    told = {item.text: item.meaning for item in value_items(field("AddTrackRequest.type"), ROOM)}
    assert told["VIDEO"] == "Moving pictures"
    assert [item.meaning for item in value_items(field("MuteTrackRequest.muted"), ROOM)][1] == "as when it is left out"
    arm = field("SimulateScenario.migration")
    assert [item.meaning for item in value_items(arm, ROOM)] == ["", ""]
    assert value_items(field("MuteTrackRequest.sid"), ROOM)[0].meaning == "cam of you, VIDEO CAMERA"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AddTrackRequest.type", ['"AUDIO"', '"VIDEO"', '"DATA"']),
        ("MuteTrackRequest.muted", ["true", "false"]),
        ("MuteTrackRequest.sid", ['"TR_own"', '"TR_alice"', '"TR odd"']),
        ("UnpublishDataTrackRequest.pub_handle", ["1"]),
        ("Ping.timestamp", []),
        ("DataBlob.contents", []),
    ],
)
def test_values_in_json(name: str, expected: list[str]) -> None:
    assert [item.text for item in in_json(field(name), value_items(field(name), ROOM))] == expected


def test_the_table_of_live_values_names_fields_that_exist() -> None:
    from lksig.schema.lookup import messages

    fields = [one for message in messages().values() for one in message.fields]
    names = {one.name for one in fields} | {one.full_name.removeprefix("livekit.") for one in fields}
    assert set(LIVE) <= names
    assert kinds_of(field("MuteTrackRequest.sid"))[0] == "own-track"
