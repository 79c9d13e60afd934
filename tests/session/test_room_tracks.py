"""Announcing tracks; `tests/golden/server/tracks.txt` holds what the real server made of most of these."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.session.joining import Client
from lksig.session.room_tracks import AUDIO, MAX_PENDING_CIDS, MAX_QUEUED_PER_CID, VIDEO, publish_codecs
from tests.support.house import House, HouseClient

LAYERS = [{"quality": "HIGH", "width": 640}, {"quality": "LOW", "width": 320}]


@pytest.fixture
def ann() -> HouseClient:
    return House().client("ann")


def add(client: HouseClient, **fields: Any) -> Any:
    """The TrackInfo of a track that was announced."""
    (response,) = client.ask({"add_track": {"cid": "c", **fields}})
    assert response.track_published.cid == fields.get("cid", "c")
    return response.track_published.track


def refusal(client: HouseClient, **request: Any) -> Any:
    (response,) = client.ask(request)
    return response.request_response


def reason(response: Any) -> str:
    return str(type(response).DESCRIPTOR.enum_types_by_name["Reason"].values_by_number[response.reason].name)


def test_a_camera(ann: HouseClient) -> None:
    track = add(ann, type="VIDEO", source="CAMERA", name="cam", width=1280, height=720, layers=LAYERS, muted=True)
    assert track.sid.startswith("TR_VC")
    assert (track.name, track.width, track.height, track.muted, track.stream) == ("cam", 1280, 720, True, "camera")
    assert [layer.width for layer in track.layers] == [320, 640]
    (codec,) = track.codecs
    assert (codec.cid, codec.mime_type, codec.video_layer_mode, len(codec.layers)) == ("c", "", 1, 2)


@pytest.mark.parametrize(
    ("source", "stream"),
    [("MICROPHONE", "camera"), ("SCREEN_SHARE", "screen"), ("SCREEN_SHARE_AUDIO", "screen"), ("UNKNOWN", "unknown")],
)
def test_the_stream_follows_the_source(ann: HouseClient, source: str, stream: str) -> None:
    assert add(ann, source=source).stream == stream


def test_a_stream_that_was_named_stays(ann: HouseClient) -> None:
    assert add(ann, stream="mine").stream == "mine"


def test_audio_features(ann: HouseClient) -> None:
    assert list(add(ann, stereo=True, disable_dtx=True, audio_features=[3, 2, 3]).audio_features) == [2, 3, 0, 1]
    again = add(ann, cid="d", stereo=True, disable_dtx=True, audio_features=[1, 0])
    assert list(again.audio_features) == [0, 1]


@pytest.mark.parametrize(
    ("fields", "policy"),
    [
        ({}, 1),
        ({"backup_codec_policy": "REGRESSION"}, 2),
        ({"type": "VIDEO"}, 0),
        ({"type": "VIDEO", "backup_codec_policy": "REGRESSION"}, 2),
    ],
)
def test_audio_is_simulcast_by_default(ann: HouseClient, fields: dict[str, Any], policy: int) -> None:
    assert add(ann, **fields).backup_codec_policy == policy


def codecs(track: Any) -> list[tuple[str, str, int, list[int]]]:
    return [
        (one.mime_type, one.cid, one.video_layer_mode, [layer.width for layer in one.layers]) for one in track.codecs
    ]


def test_simulcast_codecs(ann: HouseClient) -> None:
    track = add(
        ann,
        type="VIDEO",
        layers=LAYERS,
        simulcast_codecs=[
            {"codec": "vp9", "cid": "nine"},
            {"codec": "video/VP8", "cid": "eight", "layers": [{"width": 9}]},
            {"codec": "invented", "cid": "again"},
            {"codec": "h264", "video_layer_mode": 3},
        ],
    )
    assert codecs(track) == [
        ("video/vp9", "nine", 2, [320, 640]),
        ("video/VP8", "eight", 1, [9]),
        ("video/h264", "", 3, [320, 640]),
    ]
    assert not track.simulcast


def test_several_layers_in_streams_of_their_own_are_simulcast(ann: HouseClient) -> None:
    track = add(ann, type="VIDEO", layers=LAYERS, simulcast_codecs=[{"codec": "zz"}, {"codec": "vp8", "cid": "x"}])
    assert codecs(track) == [("video/VP8", "", 1, [320, 640]), ("video/vp8", "x", 1, [320, 640])]
    assert track.simulcast


def test_audio_codecs(ann: HouseClient) -> None:
    assert codecs(add(ann, simulcast_codecs=[{"codec": "audio/red"}, {"codec": "zz"}])) == [
        ("audio/red", "", 0, []),
        ("audio/PCMU", "", 0, []),
    ]


def test_disabled_codecs_are_not_offered() -> None:
    assert "video/AV1" not in publish_codecs(Client(browser="safari"), VIDEO)
    assert "video/H264" not in publish_codecs(Client(browser="firefox", os="linux"), VIDEO)
    assert publish_codecs(Client(), AUDIO) == ("audio/PCMU", "audio/PCMA", "audio/opus", "audio/red")


def test_what_is_refused(ann: HouseClient) -> None:
    assert reason(refusal(ann, add_track={"cid": "d", "type": "DATA"})) == "UNSUPPORTED_TYPE"
    assert reason(refusal(ann, add_track={"cid": "e", "sid": "TR_x"})) == "NOT_FOUND"
    bob = ann.house.client("bob", grants={"canPublishSources": ["camera"]})
    bob.take()
    response = refusal(bob, add_track={"cid": "m", "source": "MICROPHONE"})
    assert reason(response) == "NOT_ALLOWED"
    assert response.add_track.cid == "m"


def test_the_same_cid_queues(ann: HouseClient) -> None:
    first = add(ann, type="VIDEO")
    for _ in range(MAX_QUEUED_PER_CID):
        assert reason(refusal(ann, add_track={"cid": "c", "type": "VIDEO"})) == "QUEUED"
    assert reason(refusal(ann, add_track={"cid": "c", "type": "VIDEO"})) == "LIMIT_EXCEEDED"
    assert ann.ask({"mute": {"sid": first.sid, "muted": True}}) == []


def test_so_many_tracks_may_be_pending(ann: HouseClient) -> None:
    for number in range(MAX_PENDING_CIDS):
        add(ann, cid=str(number))
    assert reason(refusal(ann, add_track={"cid": "one more"})) == "LIMIT_EXCEEDED"


def test_changes_of_announced_tracks_are_silent(ann: HouseClient) -> None:
    house = ann.house
    add(ann, cid="other")
    sent = add(ann, type="VIDEO")
    sid = sent.sid
    assert ann.ask({"mute": {"sid": sid, "muted": True}}) == []
    assert ann.ask({"update_audio_track": {"track_sid": sid, "features": ["TF_NO_DTX", "TF_STEREO"]}}) == []
    assert ann.ask({"update_video_track": {"track_sid": sid, "width": 5, "height": 6}}) == []
    (now,) = house.server.rooms["r"].participants["ann"].pending["c"]
    assert (now.muted, list(now.audio_features), now.stereo, now.disable_dtx) == (True, [0, 1], True, True)
    assert (now.width, now.height) == (5, 6)
    assert not sent.muted


def test_tracks_that_are_not_there(ann: HouseClient) -> None:
    requests: list[dict[str, Any]] = [
        {"mute": {"sid": "TR_x"}},
        {"mute": {}},
        {"update_audio_track": {"track_sid": "TR_x"}},
        {"update_video_track": {"track_sid": "TR_x"}},
    ]
    for request in requests:
        response = refusal(ann, **request)
        assert reason(response) == "NOT_FOUND"
        assert response.WhichOneof("request") == next(iter(request))
