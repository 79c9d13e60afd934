"""Messages as trees: what stands under which name, and what is left out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from lksig.recording.message_tree import KEYS, Trees
from lksig.recording.stable import Roles
from lksig.recording.trees import Bag, Node, Order, Tree, differences, words
from lksig.schema.pool import TO_CLIENT, TO_SERVER, descriptor
from lksig.wire.events import Message
from tests.support.recordings import frames, readings
from tests.support.samples import SECRETS, SIF_TRAILER, TOKEN, envelope
from tests.support.traffic import came, frame, sent


def tree(message: Message, *, times: bool = False) -> Node:
    roles = Roles(named=True)
    for reading in readings([message]):
        roles.observe(reading)
    return Trees(roles, times=times).of(message)


def at(found: Tree, path: str) -> Any:
    for step in path.split("."):
        assert isinstance(found, Node)
        found = found[step]
    return found


def test_fields_by_name() -> None:
    body = {"cid": "cam1", "type": "VIDEO", "width": 1280, "disable_dtx": True, "audio_features": ["TF_STEREO"]}
    assert tree(sent(1, add_track=body)) == {
        "add_track": {
            "cid": "cam1",
            "type": "VIDEO",
            "width": "1280",
            "disable_dtx": "true",
            "audio_features": Bag(["TF_STEREO"]),
        }
    }


SPEAKERS = {"speakers": [{"sid": "PA_x", "level": 0.1}, {"sid": "PA_y", "level": 0.123456789}]}
CODECS = {"enabled_publish_codecs": [{"mime": "b"}, {"mime": "a"}]}
ALLOWED = {"track_permissions": [{"participant_identity": "bob", "all_tracks": True}]}


@pytest.mark.parametrize(
    ("message", "path", "value"),
    [
        (came(1, speakers_changed=SPEAKERS), "speakers.PA_x", Node({"sid": "PA_x"})),
        (sent(1, add_track={"layers": [{"width": 5}]}), "layers.LOW.width", "5"),
        (sent(1, add_track={"layers": [{"quality": 2}, {"quality": 2}]}), "layers.HIGH#2.quality", "HIGH"),
        (sent(1, add_track={"type": 99}), "type", "99"),
        (sent(1, subscription={"track_sids": ["b", "a"]}), "track_sids", Bag("ab")),
        (came(1, join={"ice_servers": [{"urls": ["b", "a"]}]}), "ice_servers.0.urls", "[b,a]"),
        (came(1, join={"ice_servers": [{"username": "1795617545:x"}]}), "ice_servers.0.username", "0:x"),
        (came(1, join={"ice_servers": [{"credential": "x"}]}), "ice_servers.0.credential", "[secret]"),
        (came(1, join=CODECS), "enabled_publish_codecs.order", Order("ba")),
        (came(1, refresh_token=TOKEN), "", "[jwt]"),
        (came(1, refresh_token="x" * len(TOKEN)), "", "[jwt]"),  # as a redacted recording has it
        (sent(1, update_metadata={"attributes": {"b": "1", "a": ""}}), "attributes", Node({"a": "", "b": "1"})),
        (sent(1, store_data_blob_request={"blob": {"contents": b"\x00\xff"}}), "blob.contents", "hex:00ff"),
        (
            sent(1, sync_state={"publish_data_tracks": [{"info": {"name": "p"}}]}),
            "publish_data_tracks.p.info.name",
            "p",
        ),
        (sent(1, sync_state={"publish_data_tracks": [{}]}), "publish_data_tracks.0", Node()),
        (sent(1, subscription_permission=ALLOWED), "track_permissions.bob.all_tracks", "true"),
        (
            came(1, data_track_subscriber_handles={"sub_handles": {9: {"track_sid": "DTR_x"}}}),
            "sub_handles.DTR_x.track_sid",
            "DTR_x",
        ),
        (came(1, pong=1795617245000), "", Node()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_stands_where(message: Message, path: str, value: object) -> None:
    assert at(tree(message), f"{message.case}.{path}".rstrip(".")) == value


def test_what_stands_beside_the_case() -> None:
    assert tree(sent(1)) == {}
    assert tree(frame(1, TO_SERVER, b'{"ping":"5"}', "user", text=True))["encoding"] == "json"


def test_long_bytes_are_told_by_their_hash() -> None:
    blob = sent(1, store_data_blob_request={"blob": {"contents": b"x" * 33}})
    assert at(tree(blob), "store_data_blob_request.blob.contents").startswith("33 bytes, sha256 ")


def test_times_and_what_is_random_are_left_out_unless_asked_for() -> None:
    body = {"participant": {"joined_at": 5}, "sif_trailer": SIF_TRAILER, "ice_servers": [{"username": "1795617545:x"}]}
    bare, timed = tree(came(1, join=body)), tree(came(1, join=body), times=True)
    assert at(bare, "join.participant") == {}
    assert at(bare, "join.sif_trailer") == at(timed, "join.sif_trailer") == "[secret]"
    assert at(timed, "join.participant.joined_at") == "5"
    assert at(timed, "join.ice_servers.0.username") == "1795617545:x"


def test_numbers_are_as_short_as_they_can_be() -> None:
    found = tree(came(1, speakers_changed=SPEAKERS), times=True)
    assert at(found, "speakers_changed.speakers.PA_x.level") == "0.1"
    assert at(found, "speakers_changed.speakers.PA_y.level") == "0.123456791"


def test_offers_are_counted() -> None:
    roles = Roles(named=True)
    run = [came(1, offer={"id": 77}), sent(2, answer={"id": 77}), came(3, offer={"id": 78}), sent(4, answer={"id": 5})]
    for reading in readings(run):
        roles.observe(reading)
    trees = Trees(roles)
    ids = [at(trees.of(message), f"{message.case}.id") for message in run]
    assert ids == ["1", "1", "2", "5 (of no offer)"]
    original: Any = run[0].envelope
    assert original.offer.id == 77


def test_offers_that_were_kept_for_a_resume_are_counted_too() -> None:
    roles = Roles(named=True)
    kept = sent(4, sync_state={"answer": {"id": 78}, "offer": {"id": 9}})
    run = [came(1, offer={"id": 77}), came(2, offer={"id": 78}), sent(3, offer={"id": 9}), kept]
    for reading in readings(run):
        roles.observe(reading)
    found = Trees(roles).of(kept)
    assert at(found, "sync_state.answer.id") == "2"
    assert at(found, "sync_state.offer.id") == "1"
    assert at(Trees(roles).of(sent(5, sync_state={"offer": {"id": 5}})), "sync_state.offer.id") == "5"


def test_what_the_schema_does_not_know_is_compared() -> None:
    unknown = frame(1, TO_CLIENT, b"\xa0\x7d\x05\xaa\x7d\x02ab", "server")
    assert tree(unknown) == {"unknown.2004": "varint 5", "unknown.2005": "bytes, 4 characters, sha256 b3a909e3418d2e76"}
    deep = frame(1, TO_SERVER, b'{"mute":{"sid":"x","more":1}}', "user", text=True)
    assert [name for name in tree(deep) if name.startswith("unknown")] == ["unknown.mute.more"]


def test_a_frame_that_does_not_decode() -> None:
    broken = tree(frame(1, TO_CLIENT, b"\xff", "server"))
    assert broken["raw"] == "hex:ff"
    assert broken["undecodable"]
    assert tree(Message(0, TO_CLIENT, b"", None, None, by="server"))["undecodable"] == "not decoded"


def test_no_secret_is_in_a_tree() -> None:
    for direction, case in (
        (TO_CLIENT, "join"),
        (TO_SERVER, "offer"),
        (TO_CLIENT, "trickle"),
        (TO_SERVER, "sync_state"),
    ):
        raw = envelope(direction, case).SerializeToString()
        text = words(tree(frame(1, direction, raw, "server")))
        assert [one for one in SECRETS if (one if isinstance(one, str) else one.decode()) in text] == []


def test_the_keys_are_fields() -> None:
    for message, keys in KEYS.items():
        assert keys[0].partition(".")[0] in descriptor(message).fields_by_name


@given(frames())
def test_every_message_has_a_tree_that_is_always_the_same(message: Message) -> None:
    assert list(differences(tree(message), tree(message))) == []
    assert list(differences(tree(message, times=True), tree(message, times=True))) == []
