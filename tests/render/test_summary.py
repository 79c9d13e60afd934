"""The generic summary: set fields, meaningful defaults, words that can be typed back."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.render.summary import FLATTENED, LEAD, MAX_LISTED, MAX_WORDS, WordCache, Words
from lksig.render.times import WallClock
from lksig.schema.pool import descriptor, message_class
from tests.support.readings import secrets
from tests.support.samples import TOKEN


def words(message_name: str, body: dict[str, Any], *, typed: bool = True, show: bool = False) -> str:
    teller = Words(secrets(show=show), WallClock())
    return teller.of(message_class(message_name)(**body), typed=typed)


def test_the_tables_name_what_the_schema_has() -> None:
    for name, fields in LEAD.items():
        known = descriptor(name).fields_by_name
        for field in fields:
            assert known[field.removesuffix("!")].message_type is None
    for name in FLATTENED:
        assert descriptor(name)


def test_fields_that_lead_come_first_and_meaningful_defaults_are_said() -> None:
    assert words("AddTrackRequest", {"source": "CAMERA", "cid": "c", "stereo": True}) == (
        "cid=c type=AUDIO source=CAMERA stereo=true"
    )
    assert words("MuteTrackRequest", {}) == "muted=false"


def test_nested_messages_are_paths_and_an_empty_one_is_an_empty_value() -> None:
    assert words(
        "StoreDataBlobRequest", {"request_id": 3, "blob": {"key": {"generic": "k"}, "contents": b"\x00\xff"}}
    ) == ("request_id=3 blob.key.generic=k blob.contents=hex:00ff")
    assert words("StoreDataBlobRequest", {"blob": {}}) == "blob="


def test_what_has_presence_is_said_even_when_it_is_the_default() -> None:
    assert words("SimulateScenario", {"node_failure": False}) == "node_failure=false"
    assert words("SimulateScenario", {"speaker_update": 0}) == "speaker_update=0"
    assert words("DataTrackSubscriptionOptions", {"target_fps": 0}) == "target_fps=0"
    assert words("DataBlobKey", {"generic": ""}) == 'generic=""'


def test_lists_of_scalars_are_written_out_and_counted_beyond_reason() -> None:
    assert words("UpdateSubscription", {"track_sids": ["TR_a", "a b"]}) == 'track_sids=[TR_a,"a b"] subscribe=false'
    assert words("UpdateLocalAudioTrack", {"features": [0, 77]}) == "features=[TF_STEREO,77]"
    many = [f"TR_{n}" for n in range(MAX_LISTED + 1)]
    assert words("UpdateSubscription", {"track_sids": many}) == "track_sids×101 subscribe=false"


def test_lists_of_messages_are_counted_but_for_those_that_matter() -> None:
    assert words("UpdateVideoLayers", {"layers": [{}, {}]}) == "layers×2"
    updates = [{"track_sid": "DTR_a"}, {"track_sid": "DTR_b", "subscribe": True}]
    assert words("UpdateDataSubscription", {"updates": updates}) == (
        "updates.0.track_sid=DTR_a updates.0.subscribe=false updates.1.track_sid=DTR_b updates.1.subscribe=true"
    )
    assert words("UpdateDataSubscription", {"updates": updates * 3}) == "updates×6"


def test_maps_are_sorted_and_odd_keys_are_quoted() -> None:
    body = {"attributes": {"b": "2", "a=b": "c", "a b": "d", "lk.mood": "Ann B."}}
    assert words("UpdateParticipantMetadata", body) == (
        'attributes["a b"]=d attributes["a=b"]=c attributes.b=2 attributes.lk.mood="Ann B."'
    )
    many = {str(n): "x" for n in range(MAX_LISTED + 1)}
    assert words("UpdateParticipantMetadata", {"attributes": many}) == "attributes×101"
    assert words("DataTrackSubscriberHandles", {"sub_handles": {1: {}, 2: {}}}) == "sub_handles×2"


def test_enums_beyond_the_schema_are_numbers() -> None:
    assert words("AddTrackRequest", {"type": 77}) == "type=77"


def test_a_type_is_learned_once() -> None:
    teller = Words(secrets(), WallClock())
    mute = message_class("MuteTrackRequest")(sid="TR_x")
    assert teller.of(mute) == teller.of(mute) == "sid=TR_x muted=false"


def test_floats_are_short() -> None:
    assert words("SpeakerInfo", {"level": 0.9}) == "level=0.9"


def test_long_bytes_are_counted() -> None:
    assert words("DataBlob", {"contents": b"x" * 33}) == "contents=(33 B)"


def test_numbers_of_the_server_carry_units_and_clock_times() -> None:
    body = {"last_ping_timestamp": 1_795_617_245_811, "timestamp": 5}
    told = words("Pong", body, typed=False)
    assert told == "last_ping_timestamp=1795617245811 (14:34:05.811Z) timestamp=5"
    assert words("Pong", body) == "last_ping_timestamp=1795617245811 timestamp=5"
    assert words("JoinResponse", {"ping_interval": 5}, typed=False) == "ping_interval=5 s"
    assert words("Room", {"creation_time": 1_795_617_245}, typed=False) == "creation_time=1795617245 (14:34:05Z)"
    assert words("Room", {"creation_time": 2**62}, typed=False) == f"creation_time={2**62}"


def test_secrets_are_placeholders() -> None:
    server = {"urls": ["turn:x"], "username": "u", "credential": "hush-hush-hush"}
    placeholder = secrets().placeholder("hush-hush-hush")
    assert words("ICEServer", server) == f"urls=[turn:x] username=u credential={placeholder}"
    assert words("ICEServer", server, show=True) == "urls=[turn:x] username=u credential=hush-hush-hush"
    assert words("ICEServer", {"credential": "two words"}, show=True) == 'credential="two words"'


def test_secret_bytes_are_placeholders() -> None:
    told = words("JoinResponse", {"sif_trailer": b"0123456789"})
    assert told.startswith("sif_trailer=[secret ")
    assert words("JoinResponse", {"sif_trailer": b"\x01"}, show=True) == "sif_trailer=hex:01"


@pytest.mark.parametrize(("name", "field"), [("TrackInfo", "name"), ("AddTrackRequest", "stream")])
def test_a_token_anywhere_is_hidden(name: str, field: str) -> None:
    told = words(name, {field: f"my {TOKEN}"})
    assert TOKEN not in told
    assert f'{field}="my [jwt ' in told
    assert TOKEN in words(name, {field: f"my {TOKEN}"}, show=True)


def test_credentials_inside_descriptions_are_hidden() -> None:
    told = words("JoinRequest", {"publisher_offer": {"sdp": "a=ice-pwd:hush-hush-hush-hush\r\n"}})
    assert "hush" not in told


def test_frequent_words_are_remembered_and_never_too_many() -> None:
    known = WordCache(secrets())
    assert known["PA_a"] == "PA_a"
    assert "PA_a" in known
    long = "x" * 65
    assert known[long] == long
    assert long not in known
    for number in range(MAX_WORDS):
        assert known[f"{number}"] == f"{number}"
    assert len(known) <= MAX_WORDS
