"""Scripted scenarios for a signaling server, as data: played over sockets or against the machine with a fake clock.

`$PA(ann)`, `$TR(cam)`, `$DTR(d)` in a request stand for the sid of a participant (by identity), of a track (by cid)
and of a data track (by name).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PROTOCOL = 17


@dataclass(frozen=True, slots=True)
class Join:
    """A client connects; `who` names it in the transcript and, unless `identity` says otherwise, in its token."""

    who: str
    path: str = "v0"
    identity: str | None = None
    room: str = "r"
    params: dict[str, str] = field(default_factory=dict)
    join_request: dict[str, Any] | None = None
    grants: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Send:
    """Requests of one client, one after another, as proto3 JSON."""

    who: str
    requests: tuple[dict[str, Any], ...]
    text: bool = False


@dataclass(frozen=True, slots=True)
class Raw:
    """One frame: text for `str`, binary for `bytes`."""

    who: str
    data: bytes | str


@dataclass(frozen=True, slots=True)
class Settle:
    """Wait; what came since the last one is a block of the transcript."""

    seconds: float = 0.0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Close:
    """The client closes its socket without a word; `code` None cuts the connection."""

    who: str
    code: int | None = 1000


Step = Join | Send | Raw | Settle | Close


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named list of steps; `kick_off` offers are compared by their sections only."""

    name: str
    steps: tuple[Step, ...]


def send(who: str, *requests: dict[str, Any], text: bool = False) -> Send:
    """A `Send` of these requests."""
    return Send(who, requests, text)


def protocol(number: int) -> dict[str, str]:
    """Query parameters that announce another protocol version."""
    return {"protocol": str(number)}


META = {"canUpdateOwnMetadata": True}
FENCE = {"update_metadata": {"request_id": 4242}}
OFFER_SDP = "\r\n".join(
    (
        "v=0",
        "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0",
        "a=msid-semantic: WMS",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "c=IN IP4 0.0.0.0",
        "a=ice-ufrag:gUJ8",
        "a=ice-pwd:8mA7nnkSgbRzWrFP5rCFd0n2",
        "a=ice-options:trickle",
        "a=fingerprint:sha-256 " + ":".join(["AB"] * 32),
        "a=setup:actpass",
        "a=mid:0",
        "a=sctp-port:5000",
        "a=max-message-size:262144",
        "",
    )
)
OFFER_MEDIA_SDP = OFFER_SDP.replace("a=group:BUNDLE 0", "a=group:BUNDLE 0 1") + "\r\n".join(
    (
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
        "c=IN IP4 0.0.0.0",
        "a=ice-ufrag:gUJ8",
        "a=ice-pwd:8mA7nnkSgbRzWrFP5rCFd0n2",
        "a=fingerprint:sha-256 " + ":".join(["AB"] * 32),
        "a=setup:actpass",
        "a=mid:1",
        "a=msid:stream cam",
        "a=sendonly",
        "a=rtcp-mux",
        "a=rtpmap:96 VP8/90000",
        "a=ssrc:1111 cname:x",
        "",
    )
)
NO_CREDENTIALS_SDP = "\r\n".join(
    line for line in OFFER_SDP.split("\r\n") if not line.startswith(("a=ice-", "a=fingerprint"))
)


def _metadata() -> tuple[Step, ...]:
    return (
        Join("bob"),
        Join("ann", grants=META, claims={"name": "Ann", "metadata": "m0", "attributes": {"k": "v", "z": "1"}}),
        Settle(0.3, "joined"),
        Settle(3.2, "batch"),
        Settle(3.0, "room"),
        send("ann", {"update_metadata": {"name": "Ann B.", "request_id": 7}}),
        Settle(0, "name"),
        send("ann", {"update_metadata": {"metadata": "m1", "attributes": {"k": "", "new": "x"}, "request_id": 8}}),
        Settle(0, "metadata and attributes"),
        send("ann", {"update_metadata": {"name": "Ann B.", "metadata": "m1", "request_id": 9}}),
        Settle(0, "nothing changes"),
        send("ann", {"update_metadata": {"attributes": {"new": "x"}}}),
        Settle(0, "attributes unchanged, no id"),
        send("ann", {"update_metadata": {"name": "n" * 257, "request_id": 10}}),
        send("ann", {"update_metadata": {"metadata": "n" * (512 * 1024 + 1), "request_id": 11}}),
        send("ann", {"update_metadata": {"attributes": {"a": "n" * 65536}, "request_id": 12}}),
        Settle(0.2, "limits"),
        send("bob", {"update_metadata": {"name": "x", "request_id": 1}}, {"update_metadata": {}}),
        Settle(0, "not allowed"),
    )


def _tracks() -> tuple[Step, ...]:
    layers = [{"quality": "HIGH", "width": 640, "height": 360, "bitrate": 5}, {"quality": "LOW", "width": 320}]
    return (
        Join("bob"),
        Join("ann"),
        Settle(3.5, "joined"),
        send("ann", {"add_track": {"cid": "cam", "name": "my cam", "type": "VIDEO", "source": "CAMERA", "width": 640}}),
        send("ann", {"add_track": {"cid": "mic", "source": "MICROPHONE", "stereo": True, "disable_dtx": True}}),
        send("ann", {"add_track": {}}),
        send("ann", {"add_track": {"cid": "scr", "type": "VIDEO", "source": "SCREEN_SHARE", "layers": layers}}),
        send("ann", {"add_track": {"cid": "sa", "source": "SCREEN_SHARE_AUDIO", "audio_features": [2, 2, 1]}}),
        send("ann", {"add_track": {"cid": "plain", "type": "VIDEO", "stream": "s1", "muted": True, "encryption": 1}}),
        Settle(0, "add_track"),
        send("ann", {"add_track": {"cid": "cam", "type": "VIDEO"}}, {"add_track": {"cid": "cam"}}),
        Settle(0, "queued"),
        send("ann", {"add_track": {"cid": "d", "type": "DATA"}}, {"add_track": {"cid": "e", "sid": "TR_nopenopenope"}}),
        Settle(0, "refused"),
        send(
            "ann",
            {
                "add_track": {
                    "cid": "sim",
                    "type": "VIDEO",
                    "source": "CAMERA",
                    "layers": layers,
                    "backup_codec_policy": "SIMULCAST",
                    "simulcast_codecs": [
                        {"codec": "vp9", "cid": "sim9"},
                        {"codec": "vp8", "cid": "sim8", "layers": [{"quality": "LOW", "width": 9}]},
                        {"codec": "invented", "cid": "simx"},
                    ],
                }
            },
            {"add_track": {"cid": "h2", "type": "VIDEO", "layers": layers, "simulcast_codecs": [{"codec": "h264"}]}},
            {"add_track": {"cid": "none", "type": "VIDEO", "layers": layers, "simulcast_codecs": [{"cid": "q"}]}},
            {"add_track": {"cid": "bad", "type": "VIDEO", "layers": layers, "simulcast_codecs": [{"codec": "zz"}]}},
            {"add_track": {"cid": "aud", "simulcast_codecs": [{"codec": "audio/red"}, {"codec": "opus", "cid": "o"}]}},
            {"add_track": {"cid": "abad", "simulcast_codecs": [{"codec": "zz"}]}},
        ),
        Settle(0, "simulcast codecs"),
        send("ann", {"mute": {"sid": "$TR(cam)", "muted": True}}, {"mute": {"sid": "$TR(cam)"}}),
        send("ann", {"update_audio_track": {"track_sid": "$TR(cam)", "features": ["TF_STEREO"]}}),
        send("ann", {"update_video_track": {"track_sid": "$TR(mic)", "width": 9}}),
        send("ann", {"update_layers": {"track_sid": "$TR(cam)"}}),
        send("ann", {"track_setting": {"track_sids": ["TR_nope", "$TR(cam)"], "disabled": True}}),
        send("ann", {"subscription": {"track_sids": ["TR_nope"], "subscribe": True}}),
        send("ann", {"subscription": {"track_sids": ["TR_nope"]}}),
        Settle(0.3, "silent"),
        send("ann", {"mute": {"sid": "TR_nope", "muted": True}}, {"mute": {}}),
        send("ann", {"update_audio_track": {"track_sid": "TR_nope", "features": ["TF_STEREO"]}}),
        send("ann", {"update_video_track": {"track_sid": "TR_nope", "width": 9, "height": 8}}),
        Settle(0, "not found"),
        Settle(3.2, "nobody hears of pending tracks"),
    )


def _sources() -> tuple[Step, ...]:
    return (
        Join("ann", grants={"canPublishSources": ["camera"]}),
        Join("bob", grants={"canPublish": False}),
        Settle(0.3, "joined"),
        send("ann", {"add_track": {"cid": "c", "type": "VIDEO", "source": "CAMERA"}}),
        send("ann", {"add_track": {"cid": "m", "source": "MICROPHONE"}}, {"add_track": {"cid": "u"}}),
        send("bob", {"add_track": {"cid": "c", "type": "VIDEO", "source": "CAMERA"}}),
        send("bob", {"publish_data_track_request": {"pub_handle": 1, "name": "d"}}),
        Settle(0, "refused"),
        Settle(3.2, "batch"),
    )


def _data_tracks() -> tuple[Step, ...]:
    def publish(**fields: Any) -> dict[str, Any]:
        return {"publish_data_track_request": fields}

    def unpublish(handle: int) -> dict[str, Any]:
        return {"unpublish_data_track_request": {"pub_handle": handle}}

    return (
        Join("bob"),
        Join("ann"),
        Settle(3.5, "joined"),
        send("ann", publish(pub_handle=1, name="d")),
        Settle(0, "first"),
        Settle(3.2, "batch"),
        send("ann", publish(pub_handle=65535, name="e", encryption="GCM", frame_encoding={"custom": "x"})),
        Settle(0, "second"),
        send("ann", publish(pub_handle=7, name="f", frame_encoding={"well_known": 99}, schema={})),
        Settle(0, "unknown encoding, empty schema"),
        send("ann", publish(pub_handle=1, name="g"), publish(pub_handle=2, name="d")),
        send("ann", publish(name="g"), publish(pub_handle=65536, name="g")),
        send("ann", publish(pub_handle=3), publish(pub_handle=3, name="n" * 257)),
        send("ann", publish(pub_handle=3, name="g", frame_encoding={"custom": ""})),
        send("ann", publish(pub_handle=3, name="g", frame_encoding={"custom": "n" * 33})),
        send("ann", publish(pub_handle=3, name="g", schema={"name": "s", "encoding": {"custom": ""}})),
        send("ann", publish(pub_handle=3, name="g", schema={"name": "s" * 257, "encoding": {"well_known": 1}})),
        send("ann", publish(pub_handle=3, name="g2", schema={"name": "s", "encoding": {"custom": "n" * 33}})),
        Settle(0, "refused"),
        send("ann", unpublish(9)),
        Settle(0, "unpublish unknown"),
        send("ann", unpublish(131071)),
        Settle(0, "unpublish, truncated handle"),
        Settle(3.2, "batch"),
    )


def _data_subscriptions() -> tuple[Step, ...]:
    def subscribe(*sids: str, on: bool = True) -> dict[str, Any]:
        return {"update_data_subscription": {"updates": [{"track_sid": sid, "subscribe": on} for sid in sids]}}

    return (
        Join("ann"),
        send("ann", {"publish_data_track_request": {"pub_handle": 1, "name": "d"}}),
        send("ann", {"publish_data_track_request": {"pub_handle": 2, "name": "e"}}),
        Settle(0.2, "published"),
        Join("bob"),
        Join("cat", params={"auto_subscribe_data_track": "1"}),
        Settle(3.5, "joined"),
        send("bob", subscribe("$DTR(d)")),
        Settle(0.1, "subscribe"),
        send("bob", subscribe("$DTR(d)")),
        Settle(0.1, "again"),
        send("bob", subscribe("$DTR(e)")),
        Settle(0.1, "subscribe another"),
        send("bob", subscribe("$DTR(d)", on=False)),
        Settle(0.1, "unsubscribe"),
        send("bob", subscribe("DTR_nope")),
        Settle(0.1, "unknown"),
        send("ann", {"subscription_permission": {}}),
        Settle(3.3, "deny all"),
        send(
            "ann",
            {"subscription_permission": {"track_permissions": [{"participant_identity": "bob", "all_tracks": True}]}},
        ),
        Settle(3.3, "allow bob"),
        send(
            "ann",
            {
                "subscription_permission": {
                    "track_permissions": [{"participant_sid": "$PA(cat)", "track_sids": ["$DTR(e)"]}]
                }
            },
        ),
        Settle(3.3, "allow cat one track"),
        send("ann", {"subscription_permission": {"track_permissions": [{"all_tracks": True}]}}),
        Settle(3.3, "entry without id"),
        send("ann", {"subscription_permission": {"all_participants": True}}),
        Settle(3.3, "allow all"),
        send("ann", {"unpublish_data_track_request": {"pub_handle": 1}}),
        Settle(3.5, "unpublish"),
        send("cat", {"leave": {}}),
        Settle(3.5, "a subscriber leaves"),
        send("ann", {"leave": {}}),
        Settle(3.5, "publisher leaves"),
    )


def _blobs() -> tuple[Step, ...]:
    def store(number: int, key: dict[str, Any] | None, contents: str = "QUJD") -> dict[str, Any]:
        blob = {"contents": contents} | ({"key": key} if key is not None else {})
        return {"store_data_blob_request": {"request_id": number, "blob": blob}}

    def get(number: int, who: str, key: dict[str, Any] | None) -> dict[str, Any]:
        body: dict[str, Any] = {"request_id": number, "participant_identity": who}
        return {"get_data_blob_request": body | ({"key": key} if key is not None else {})}

    return (
        Join("ann"),
        Join("bob"),
        Settle(3.5, "joined"),
        send("ann", store(1, {"generic": "k"}), store(0, {"generic": "k"}, "REVG")),
        send("ann", store(2, {"schema_id": {"name": "s", "encoding": {"well_known": 1}}})),
        Settle(0, "store"),
        send("ann", store(3, None), store(4, {"generic": "n" * 257}), store(5, {"generic": "k"}, "")),
        send("ann", store(6, {"schema_id": {"name": "s", "encoding": {"custom": ""}}})),
        send("ann", store(7, {"generic": "big"}, "A" * 86400), store(8, {}), {"store_data_blob_request": {}}),
        Settle(0, "store refused"),
        send("bob", get(1, "ann", {"generic": "k"})),
        send("bob", get(0, "ann", {"schema_id": {"name": "s", "encoding": {"well_known": 1}}})),
        send("ann", get(2, "ann", {"generic": "k"})),
        Settle(0, "get"),
        send("bob", get(3, "ann", None), get(4, "nobody", {"generic": "k"}), get(5, "", {"generic": "k"})),
        send("bob", get(6, "ann", {"generic": "other"}), {"get_data_blob_request": {}}, get(7, "ann", {})),
        Settle(0, "get refused"),
    )


def _simulate() -> tuple[Step, ...]:
    return (
        Join("obs"),
        Join("ann", params={"auto_subscribe_data_track": "1"}),
        Settle(3.3, "joined"),
        send("ann", {"simulate": {"speaker_update": 1}}),
        Settle(0.2, "speaker on"),
        Settle(1.2, "speaker off"),
        send("ann", {"simulate": {}}, {"simulate": {"leave_request_full_reconnect": True}}),
        send("ann", {"simulate": {"subscriber_bandwidth": 1000}}, {"simulate": {"disconnect_signal_on_resume": False}}),
        send("ann", {"simulate": {"switch_candidate_protocol": "TCP"}}),
        Settle(0.3, "no effect but an offer"),
        send("ann", {"simulate": {"node_failure": False}}),
        Settle(3.2, "node failure"),
        Join("ben"),
        Settle(3.2, "joined"),
        send("ben", {"simulate": {"migration": True}}),
        Settle(3.2, "migration"),
        Join("cat"),
        Settle(3.2, "joined"),
        send("cat", {"simulate": {"server_leave": True}}),
        Settle(3.2, "server leave"),
    )


def _leaves() -> tuple[Step, ...]:
    steps: list[Step] = [Join("obs"), Settle(3.5, "joined")]
    for number, (who, leave) in enumerate(
        (
            ("a", {}),
            ("b", {"reason": "USER_REJECTED", "action": "RESUME"}),
            ("c", {"reason": "USER_UNAVAILABLE"}),
            ("d", {"reason": "AGENT_ERROR"}),
            ("e", {"reason": "SERVER_SHUTDOWN", "can_reconnect": True}),
            ("f", {}),
        )
    ):
        steps += [Join(who, params=protocol(12 if who == "f" else 17)), Settle(0.2, f"join {number}")]
        steps += [send(who, {"leave": leave}), Settle(3.3, f"leave {number}")]
    return (*steps, Join("g"), Settle(0.2, "join"), Close("g"), Settle(3.3, "closes"), Settle(3, "room"))


def _duplicates() -> tuple[Step, ...]:
    return (
        Join("new", params=protocol(17)),
        Join("old", params=protocol(11)),
        Settle(3.5, "observers"),
        Join("ann1", identity="ann"),
        Settle(0.1, "first"),
        Join("ann2", identity="ann"),
        Settle(0.3, "second within the batch"),
        Settle(3.2, "batch"),
        Join("ann3", identity="ann", params=protocol(12)),
        Settle(0.3, "third"),
        Join("ann4", identity="ann"),
        Settle(3.3, "fourth"),
    )


def _sdp() -> tuple[Step, ...]:
    return (
        Join("ann"),
        Settle(0.3, "joined"),
        send("ann", {"offer": {"type": "offer", "sdp": "v=broken", "id": 4}}),
        Settle(0.2, "unparseable"),
        send("ann", {"offer": {"type": "offer", "sdp": OFFER_SDP, "id": 5}}),
        Settle(0.3, "offer"),
        Join("bob"),
        Settle(0.2, "joined"),
        send("bob", {"offer": {"type": "offer", "sdp": NO_CREDENTIALS_SDP, "id": 5}}),
        Settle(0.3, "without credentials"),
        Join("cat"),
        Settle(0.2, "joined"),
        send("cat", {"offer": {"type": "offer"}}),
        Settle(0.3, "empty"),
        Join("dan", params=protocol(12)),
        Settle(0.2, "joined"),
        send("dan", {"answer": {"type": "answer", "sdp": "garbage"}}),
        Settle(0.3, "answer garbage"),
        Join("eve"),
        Settle(0.2, "joined"),
        send("eve", {"answer": {}}),
        Settle(0.3, "answer empty"),
        Join("fay"),
        Settle(0.2, "joined"),
        send("fay", {"offer": {"type": "answer", "sdp": OFFER_SDP}}),
        Settle(0.3, "wrong type"),
    )


SCRAPS = {"cut": "v=0\r\no", "one": "x", "ends": "\r\n", "none": ""}
"""SDPs that are no more than a beginning: the server parses them and finds nothing in them."""


def _scraps() -> tuple[Step, ...]:
    """What does not parse, with and without a good first line, is ignored; what parses to nothing ends the session."""
    ignored = ("garbage\r\n", "xx", "v=0", "v=0\r\ngarbage\r\n", "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0")
    steps: list[Step] = []
    for path in ("v0", "v1"):
        ann = f"ann-{path}"
        steps += [Join(ann, path=path, room=ann), Settle(0.4, "joined")]
        steps += [send(ann, *({"offer": {"type": "offer", "sdp": sdp, "id": 1}} for sdp in ignored), FENCE)]
        steps += [Settle(0.3, "ignored"), Close(ann), Settle(0.3, "closed")]
        for who, sdp in SCRAPS.items():
            steps += [Join(f"{who}-{path}", path=path, room=f"{who}-{path}"), Settle(0.3, "joined")]
            steps += [send(f"{who}-{path}", {"offer": {"type": "offer", "sdp": sdp, "id": 1}}), Settle(0.3, "a scrap")]
    return tuple(steps)


def _trickle() -> tuple[Step, ...]:
    def trickle(text: str, **fields: Any) -> dict[str, Any]:
        return {"trickle": {"candidateInit": text, **fields}}

    return (
        Join("ann"),
        Settle(3.3, "joined"),
        send("ann", trickle(""), trickle("nope"), trickle('"a"'), trickle('{"candidate":5}')),
        send("ann", trickle('{"candidate":"x"', final=True), trickle("[]"), trickle("3"), trickle("true")),
        send("ann", trickle('{"sdpMLineIndex":"a"}'), trickle('{"sdpMLineIndex":70000}'), trickle('{"sdpMid":{}}')),
        send("ann", trickle('{"a":1} x'), trickle("{a"), trickle('{"a" 1}'), trickle('{"a":1,}'), trickle("\t tru")),
        send("ann", trickle('{"a":"\n"}'), trickle('{"a":-}'), trickle("xyz"), trickle("[1"), trickle("[1 2]")),
        send("ann", trickle('{"sdpMLineIndex":1.5}'), trickle('{"sdpMLineIndex":-1}'), trickle("01"), trickle('"\\x"')),
        Settle(0.2, "bad JSON"),
        send("ann", trickle("null"), trickle("{}"), trickle("{}", target="SUBSCRIBER")),
        Settle(0.2, "passes"),
    )


def _sync() -> tuple[Step, ...]:
    return (
        Join("ann"),
        Settle(0.2, "joined"),
        send("ann", {"add_track": {"cid": "c", "type": "VIDEO"}}),
        send("ann", {"publish_data_track_request": {"pub_handle": 1, "name": "d"}}),
        Settle(0.1, "published"),
        send("ann", {"sync_state": {}}, {"sync_state": {"subscription": {"track_sids": ["TR_x"], "subscribe": True}}}),
        send(
            "ann",
            {
                "sync_state": {
                    "publish_tracks": [{"cid": "c", "track": {"sid": "$TR(c)"}}],
                    "publish_data_tracks": [{"info": {"sid": "$DTR(d)"}}],
                    "track_sids_disabled": ["TR_x"],
                }
            },
        ),
        Settle(0.2, "fits"),
        send("ann", {"sync_state": {"publish_tracks": [{"cid": "c", "track": {"sid": "TR_x"}}]}}),
        Settle(0.3, "unknown track"),
        Join("bob"),
        Settle(0.2, "joined"),
        send("bob", {"sync_state": {"publish_tracks": [{"cid": "c"}]}}),
        Settle(0.3, "track without info"),
        Join("cat"),
        Settle(0.2, "joined"),
        send("cat", {"sync_state": {"publish_data_tracks": [{"info": {"sid": "DTR_x"}}]}}),
        Settle(0.3, "unknown data track"),
        Join("dan", params=protocol(12)),
        Settle(0.2, "joined"),
        send("dan", {"sync_state": {"publish_data_tracks": [{}]}}),
        Settle(0.3, "data track without info"),
    )


def _frames() -> tuple[Step, ...]:
    return (
        Join("ann", grants=META),
        Settle(3.3, "joined"),
        send("ann", {"ping": "5"}, {"ping_req": {"timestamp": "77", "rtt": "3"}}),
        Settle(0, "pings"),
        send("ann", FENCE, text=True),
        Settle(0, "JSON"),
        Raw("ann", b""),
        Raw("ann", "{}"),
        Raw("ann", b"\xf8\x06\x01"),
        Raw("ann", '{"nope": {"x": 1}, "mute": {"sid": "TR_x", "muted": null, "wat": []}}'),
        Raw("ann", '{"addTrack": {"cid": "q", "type": "video", "source": 1}}'),
        Settle(0.1, "accepted"),
        Raw("ann", b"\x2a\x05abc"),
        Settle(0.3, "truncated protobuf"),
        Join("bob"),
        Settle(0.2, "joined"),
        Raw("bob", '{"ping": 1, "mute": {}}'),
        Settle(0.3, "two cases"),
        Join("cat"),
        Settle(0.2, "joined"),
        Raw("cat", ""),
        Settle(0.3, "empty text"),
        Join("dan"),
        Settle(0.2, "joined"),
        Raw("dan", b"\x2a\x03\x0a\x01\xff"),
        Settle(0.3, "invalid UTF-8"),
        Join("eve"),
        Settle(0.2, "joined"),
        Raw("eve", b"\x28\x05\x70\x01\x70\x02"),
        Settle(0.3, "wrong wire type, two cases"),
    )


def _resume() -> tuple[Step, ...]:
    again = {"reconnect": "1", "reconnect_reason": "1"}
    v1: dict[str, Any] = {"client_info": {"protocol": 17}, "reconnect": True}
    return (
        Join("obs"),
        Join("ann"),
        Settle(6.5, "joined"),
        send("ann", {"add_track": {"cid": "c", "type": "VIDEO"}}),
        Settle(0.1, "track"),
        Join("ann2", identity="ann", params=again),
        Settle(0.3, "resumed"),
        send("ann2", {"mute": {"sid": "$TR(c)", "muted": True}}, {"mute": {"sid": "TR_x"}}, {"ping": 1}),
        Settle(0.1, "same participant"),
        Join("ann3", identity="ann", path="v1", join_request=v1),
        Settle(0.4, "resumed on v1"),
        Close("ann3"),
        Settle(13.5, "socket dropped"),
        Join("ann4", identity="ann", params=again),
        Settle(0.3, "nobody to resume"),
        Join("ann5", identity="ann", params=again | protocol(12)),
        Settle(0.3, "nobody to resume, protocol 12"),
        Join("js", params={"sdk": "js", "version": "1.6.2"}),
        Settle(6.5, "old JS"),
        Join("js2", identity="js", params=again | {"sdk": "js", "version": "1.6.2"}),
        Settle(0.4, "old JS resumed"),
        Join("v1", path="v1"),
        Settle(3.3, "v1"),
        Join("v1b", identity="v1", path="v1", join_request=v1),
        Settle(0.4, "v1 resumed"),
        send("v1b", {"simulate": {"disconnect_signal_on_resume": True}}),
        Settle(0.1, "armed"),
        Join("v1c", identity="v1", path="v1", join_request=v1),
        Settle(3.4, "resumed and dropped"),
    )


def _grants() -> tuple[Step, ...]:
    return (
        Join("obs", claims={"kind": "agent"}),
        Settle(3.3, "observer"),
        Join("hid", grants={"hidden": True, **META}),
        Settle(3.4, "hidden"),
        send("hid", {"update_metadata": {"name": "Hid", "request_id": 3}}),
        Settle(0.1, "hidden changes"),
        Join("sub", grants={"canSubscribe": False}),
        Settle(3.4, "cannot subscribe"),
        send("hid", {"leave": {}}),
        Settle(3.4, "hidden leaves"),
        Join("pub", params={"publish": "screen"}, claims={"name": "P", "kind": "sip"}),
        Settle(3.4, "publish only"),
        Join("nopub", params={"publish": "x"}, grants={"canPublish": False}),
        Join("attr", params={"attributes": "eyJhIjoiYiIsImUiOiIifQ=="}, grants=META, claims={"attributes": {"o": "1"}}),
        Join("noattr", params={"attributes": "eyJhIjoiYiJ9"}),
        Join("badattr", params={"attributes": "!!"}),
        Settle(3.4, "attributes"),
        Join("rec", grants={"recorder": True, "hidden": True}),
        Settle(3.4, "recorder"),
        send("rec", {"leave": {}}),
        Settle(3.4, "recorder leaves"),
    )


def _versions() -> tuple[Step, ...]:
    steps: list[Step] = []
    for number in (0, 2, 3, 8, 14, 15, 99):
        who = f"p{number}"
        steps += [Join(who, room=who, grants=META, params=protocol(number)), Settle(0.3, who)]
        steps += [send(who, FENCE, {"mute": {"sid": "x"}}, {"simulate": {"speaker_update": 1}})]
        steps += [Settle(0.1, "requests"), send(who, {"leave": {}}), Settle(0.3, "leave")]
    rust = {"sdk": "rust", "protocol": "9"}
    return (
        *steps,
        Join("rust", room="rust", params=rust),
        Settle(0.3, "rust"),
        send("rust", {"mute": {"sid": "x"}}, {"ping": 1}),
        Settle(0.1, "rust below 10"),
        Join("firefox", room="ff", params={"sdk": "js", "version": "2.1.0", "browser": "firefox", "os": "linux"}),
        Settle(0.3, "firefox"),
        Join("safari", room="sf", params={"sdk": "js", "version": "2.1.0", "browser": "safari"}),
        Settle(0.3, "safari"),
        Join("caps", room="cp", params={"capabilities": "CAP_PACKET_TRAILER,CAP_X", "client_protocol": "3"}),
        Settle(3.3, "capabilities"),
    )


def _v1() -> tuple[Step, ...]:
    request: dict[str, Any] = {
        "client_info": {"protocol": 17, "sdk": "PYTHON", "client_protocol": 1, "capabilities": [1]},
        "connection_settings": {"auto_subscribe": True},
        "metadata": "from join",
        "participant_attributes": {"a": "b"},
        "add_track_requests": [{"cid": "cam", "type": "VIDEO"}, {"cid": "cam"}, {"cid": "d", "type": "DATA"}],
    }
    offer = {"type": "offer", "sdp": OFFER_SDP, "id": 9}
    return (
        Join("ann", path="v1"),
        Settle(6.2, "plain"),
        send("ann", {"answer": {"type": "answer", "sdp": "garbage"}}),
        send("ann", {"trickle": {"candidateInit": '{"candidate":""}', "target": "SUBSCRIBER"}}, {"mute": {"sid": "x"}}),
        Settle(0.2, "ignored"),
        Join("bob", path="v1", join_request=request, grants=META),
        Settle(3.3, "tracks"),
        Join("cat", path="v1", join_request={"publisher_offer": offer, "client_info": {"protocol": 17}}),
        Settle(0.4, "offer"),
        Join("dan", path="v1", join_request={"publisher_offer": {"type": "offer"}, "client_info": {"protocol": 17}}),
        Settle(0.4, "broken offer"),
        Join("eve", path="v1", join_request={"publisher_offer": offer | {"sdp": "v=x"}}),
        Settle(0.4, "unparseable offer, no client info"),
        send("eve", FENCE),
        Settle(0.1, "protocol 0"),
        Join("fay", path="v1", join_request=request),
        Settle(0.1, "metadata without the grant"),
        Join("gus", path="v0", join_request={"client_info": {"protocol": 17}, "metadata": ""}),
        Settle(0.3, "join_request on /rtc"),
    )


def _media_sections() -> tuple[Step, ...]:
    return (
        Join("ann"),
        Settle(0.2, "joined"),
        send("ann", {"add_track": {"cid": "cam", "type": "VIDEO", "source": "CAMERA"}}),
        send("ann", {"offer": {"type": "offer", "sdp": OFFER_MEDIA_SDP, "id": 1}}),
        Settle(0.4, "offer with video"),
        send("ann", {"offer": {"type": "offer", "sdp": OFFER_MEDIA_SDP, "id": 2}}),
        Settle(0.3, "again"),
    )


def _rejoin() -> tuple[Step, ...]:
    return (
        Join("ann"),
        Settle(3.3, "joined"),
        send("ann", {"leave": {}}),
        Settle(1.0, "left"),
        Join("ann2", identity="ann"),
        Settle(5.0, "back in the same room"),
        Join("bob"),
        Settle(0.3, "bob"),
        Close("bob", None),
        Settle(6.0, "bob cut off"),
    )


def _together() -> tuple[Step, ...]:
    return (
        Join("ann"),
        Settle(6.5, "alone"),
        Join("bob"),
        Settle(0.5, "bob"),
        Settle(6.5, "quiet"),
        send("bob", {"leave": {}}),
        Settle(6.5, "bob leaves"),
    )


def _full_room() -> tuple[Step, ...]:
    config = {"roomConfig": {"maxParticipants": 2, "departureTimeout": 9, "metadata": "from the token"}}
    return (
        Join("ann", claims=config, params=protocol(11)),
        Join("old", params=protocol(11), claims={"roomConfig": {"maxParticipants": 50}}),
        Settle(3.3, "two are in"),
        Join("bob"),
        Settle(0.2, "no third one"),
        Join("rec", grants={"recorder": True}),
        Settle(3.4, "a recorder does not count"),
        Join("ann2", identity="ann"),
        Settle(0.3, "replacing frees the place"),
    )


def _json() -> tuple[Step, ...]:
    return (
        Join("ann", grants=META, path="v1"),
        Settle(0.3, "joined"),
        send("ann", {"add_track": {"cid": "c", "type": "VIDEO", "layers": [{"quality": "HIGH"}]}}, text=True),
        send(
            "ann", {"store_data_blob_request": {"blob": {"key": {"generic": "k"}, "contents": "AAEC/w=="}}}, text=True
        ),
        send("ann", {"update_metadata": {"name": "J", "attributes": {"a": "b"}, "request_id": 4294967295}}, text=True),
        Settle(0.2, "requests"),
        Raw("ann", '{"add_track": {"cid": "snake", "simulcast_codecs": [{"codec": "opus"}]}}'),
        Settle(0.1, "snake case"),
        Raw("ann", '{"mute": {"sid": 5}}'),
        Settle(0.3, "a wrong type"),
        Join("bob"),
        Settle(0.2, "joined"),
        send("bob", {"ping_req": {"timestamp": "9007199254740993"}}, text=True),
        send("bob", {"leave": {"reason": "USER_REJECTED"}}, text=True),
        Settle(0.3, "leave"),
    )


def _rejoin_fast() -> tuple[Step, ...]:
    return (
        Join("new"),
        Join("old", params=protocol(11)),
        Settle(3.3, "observers"),
        Join("ann"),
        Settle(0.2, "ann"),
        send("ann", {"leave": {}}),
        Settle(0.2, "left"),
        Join("ann2", identity="ann"),
        Settle(0.3, "back within the batch"),
        Settle(3.0, "batch"),
    )


def _kinds() -> tuple[Step, ...]:
    kinds = ("standard", "ingress", "egress", "SIP", "agent", "connector", "bridge", "nonsense")
    steps: list[Step] = [Join("obs"), Settle(3.3, "observer")]
    for kind in kinds:
        steps += [Join(kind, claims={"kind": kind, "kindDetails": ["cloud_agent", "forwarded"]}), Settle(0.2, kind)]
    return (*steps, Settle(5.0, "everybody"))


def _hostile() -> tuple[Step, ...]:
    name = "a\x1b[31m\u202eb\r\n<b>\x00\u2028"
    return (
        Join("obs"),
        Join("ann", identity=name, grants=META, claims={"name": name, "metadata": name, "attributes": {name: name}}),
        Settle(3.3, "joined"),
        send("ann", {"add_track": {"cid": name, "name": name, "stream": name, "type": "VIDEO"}}),
        send("ann", {"publish_data_track_request": {"pub_handle": 1, "name": name}}),
        send("ann", {"update_metadata": {"name": name * 2, "attributes": {name: "", "\u202e": "\U0001f600"}}}),
        Settle(0.2, "requests"),
        send("obs", {"get_data_blob_request": {"participant_identity": name, "key": {"generic": name}}}),
        send("obs", {"mute": {"sid": name}}, {"trickle": {"candidateInit": name}}),
        Settle(0.2, "echoes"),
    )


def _closes() -> tuple[Step, ...]:
    steps: list[Step] = [Join("obs"), Settle(3.3, "observer")]
    for code in (1000, 1001, 1011, 3000, 4000, None):
        who = f"c{code}"
        steps += [Join(who), Settle(0.2, f"join {code}"), Close(who, code), Settle(3.2, f"close {code}")]
    return tuple(steps)


def _late_subscribers() -> tuple[Step, ...]:
    settings = {"connection_settings": {"auto_subscribe_data_track": True}, "client_info": {"protocol": 17}}
    return (
        Join("ann", path="v1"),
        send("ann", {"publish_data_track_request": {"pub_handle": 9, "name": "d", "encryption": "CUSTOM"}}),
        Settle(0.2, "published"),
        Join("bob", path="v1", join_request=settings),
        Settle(0.3, "subscribed at join"),
        Join("old", params={"auto_subscribe_data_track": "1"} | protocol(7)),
        Settle(0.3, "below protocol 8 not before ACTIVE"),
        Join("deaf", grants={"canSubscribe": False}, params={"auto_subscribe_data_track": "true"}),
        Settle(3.2, "without the grant not at all"),
        send("ann", {"publish_data_track_request": {"pub_handle": 10, "name": "e"}}),
        Settle(0.3, "later tracks only when ACTIVE"),
    )


def _boundaries() -> tuple[Step, ...]:
    """The protocol numbers at which the server changes its ways, each beside the one before."""
    steps: list[Step] = []
    for number in (1, 7, 9, 10, 12, 13, 16, 17, 18):
        who = f"p{number}"
        steps += [Join(who, room=who, grants=META, params=protocol(number)), Settle(0.3, who)]
        steps += [send(who, FENCE, {"add_track": {"cid": "d", "type": "DATA"}}, {"ping": 1}), Settle(0.1, "requests")]
        steps += [send(who, {"simulate": {"server_leave": True}}), Settle(0.3, "the server leaves")]
    return (
        *steps,
        Join("rust", room="rust", grants=META, params={"sdk": "rust", "protocol": "10"}),
        Settle(0.3, "rust"),
        send("rust", FENCE, {"mute": {"sid": "x"}}, {"ping": 1}),
        Settle(0.1, "rust from 10 on"),
        Join("text", room="text", params={"protocol": "seventeen"}),
        Join("below", room="below", params=protocol(-1)),
        Settle(0.3, "no numbers"),
        send("text", {"leave": {}}),
        send("below", {"leave": {}}),
        Settle(0.3, "and their leaves"),
    )


def _catch_up() -> tuple[Step, ...]:
    """Who left while nothing was heard of a client is told when it resumes, from protocol 9 on."""
    again = {"reconnect": "1"}
    return (
        Join("new"),
        Join("old", params=protocol(8)),
        Join("ann"),
        Join("hid", grants={"hidden": True}),
        Settle(3.5, "joined"),
        send("ann", {"leave": {}}),
        send("hid", {"leave": {}}),
        Settle(6.5, "two left, and both were told of one"),
        Join("new2", identity="new", params=again),
        Join("old2", identity="old", params=again | protocol(8)),
        Settle(0.4, "resumed"),
        Join("new3", identity="new", params=again),
        Settle(0.4, "once more, without a word between"),
        send("new3", {"ping": 1}),
        Settle(0.1, "a word"),
        Join("new4", identity="new", params=again),
        Settle(0.4, "after it nobody is missing"),
    )


def _hidden() -> tuple[Step, ...]:
    subscribe = {"update_data_subscription": {"updates": [{"track_sid": "$DTR(d)", "subscribe": True}]}}
    return (
        Join("hid", grants={"hidden": True, **META}),
        Settle(3.3, "alone"),
        Join("ann", params={"auto_subscribe_data_track": "1"}),
        Join("two", grants={"hidden": True}),
        Settle(6.5, "one that is seen, and a second hidden one"),
        send("hid", {"publish_data_track_request": {"pub_handle": 1, "name": "d"}}),
        Settle(3.3, "it publishes"),
        send("ann", subscribe),
        Settle(0.3, "who knows the sid subscribes"),
        send("hid", {"simulate": {"speaker_update": 1}}, {"update_metadata": {"metadata": "m", "request_id": 5}}),
        Settle(3.3, "it speaks and changes"),
        Join("hid2", identity="hid", grants={"hidden": True}, params={"reconnect": "1"}),
        Settle(0.4, "it resumes"),
        Join("hid3", identity="hid", grants={"hidden": True}),
        Settle(3.3, "it is replaced"),
        Join("ann2", identity="ann", params={"reconnect": "1"}),
        Settle(0.4, "who resumes does not see it either"),
        Close("hid3", None),
        Settle(6.5, "it is cut off"),
    )


def _publish_only() -> tuple[Step, ...]:
    side = {"publish": "screen"}
    return (
        Join("obs"),
        Join("ann", grants=META),
        Settle(3.3, "joined"),
        Join("ann+", identity="ann", params=side, grants=META),
        Settle(6.5, "both are there"),
        send("ann+", {"add_track": {"cid": "s", "type": "VIDEO", "source": "SCREEN_SHARE"}}),
        send("ann+", {"update_metadata": {"name": "Screen", "request_id": 2}}),
        send("ann+", {"subscription": {"track_sids": ["TR_x"], "subscribe": True}}, FENCE),
        Settle(0.2, "it publishes"),
        Join("ann+2", identity="ann", params=side | {"reconnect": "1"}, grants=META),
        Settle(0.3, "it resumes by its own name"),
        Join("ann+3", identity="ann", params={"publish": "cam"}),
        Settle(3.3, "another side"),
        Join("ann+4", identity="ann", params={"publish": "cam"}),
        Settle(0.3, "the same side again"),
        send("ann", {"leave": {}}),
        Settle(6.5, "the main one leaves"),
        Join("v1", path="v1", params=side),
        Join("empty", params={"publish": ""}),
        Settle(3.3, "v1 does not know it, and empty is none"),
    )


def _too_large() -> tuple[Step, ...]:
    long = "n" * 257
    return (
        Join("obs"),
        Join("old", params=protocol(11)),
        Settle(3.3, "observers"),
        Join("attr", claims={"attributes": {"a": "n" * 65536}}),
        Settle(3.3, "attributes of the token"),
        Join("meta", claims={"metadata": "n" * (512 * 1024 + 1)}),
        Settle(3.3, "metadata of the token"),
        Join("mine", grants=META, path="v1", join_request={"metadata": "n" * (512 * 1024 + 1)}),
        Settle(3.3, "metadata of the join request"),
        Join("fits", claims={"name": long}),
        Settle(3.3, "a long name"),
        Join("room", room=long),
        Join("who", identity=long),
        Settle(0.2, "names"),
    )


def _mixed() -> tuple[Step, ...]:
    """Text and binary frames in turn: each answer is in the codec of what came last."""
    return (
        Join("ann", grants=META),
        Join("bob"),
        Settle(3.3, "joined"),
        send("ann", {"ping": "1"}, text=True),
        Settle(0.1, "text"),
        send("ann", {"ping": "1"}),
        Settle(0.1, "binary"),
        Raw("ann", '{"updateMetadata":{"metadata":"\\u00e9\\u0000","requestId":"7","attributes":{"":"x","y":null}}}'),
        Settle(0.1, "escapes, a number as text, null in a map"),
        Raw("bob", '{"ping":null,"addTrack":{"cid":"c","type":1,"source":"CAMERA","layers":null,"width":6.4e2}}'),
        Settle(0.1, "nulls and floats"),
        Raw("bob", '{"add_track":{"cid":"e","type":"NOPE","source":"camera","width":"0x1"}}'),
        Settle(0.3, "a number that is none"),
        Join("cat"),
        Settle(0.2, "joined"),
        Raw("cat", '{"ping":1,"ping":2}'),
        Settle(0.3, "a key twice"),
        Join("dan"),
        Settle(0.2, "joined"),
        Raw("dan", '{"storeDataBlobRequest":{"blob":{"contents":"_-8","key":{"generic":"k"}}}}'),
        Raw("dan", '{"storeDataBlobRequest":{"blob":{"contents":"_-8=","key":{"generic":"k"}}}} '),
        Settle(0.2, "base64 of any kind"),
        Raw("dan", '[{"ping":1}]'),
        Settle(0.3, "an array"),
    )


SCENARIOS: tuple[Scenario, ...] = (
    Scenario("together", _together()),
    Scenario("metadata", _metadata()),
    Scenario("tracks", _tracks()),
    Scenario("sources", _sources()),
    Scenario("data-tracks", _data_tracks()),
    Scenario("data-subscriptions", _data_subscriptions()),
    Scenario("blobs", _blobs()),
    Scenario("simulate", _simulate()),
    Scenario("leaves", _leaves()),
    Scenario("duplicates", _duplicates()),
    Scenario("sdp", _sdp()),
    Scenario("sdp-scraps", _scraps()),
    Scenario("media-sections", _media_sections()),
    Scenario("trickle", _trickle()),
    Scenario("sync", _sync()),
    Scenario("frames", _frames()),
    Scenario("resume", _resume()),
    Scenario("grants", _grants()),
    Scenario("versions", _versions()),
    Scenario("v1", _v1()),
    Scenario("rejoin", _rejoin()),
    Scenario("rejoin-fast", _rejoin_fast()),
    Scenario("full-room", _full_room()),
    Scenario("json", _json()),
    Scenario("kinds", _kinds()),
    Scenario("hostile", _hostile()),
    Scenario("closes", _closes()),
    Scenario("late-subscribers", _late_subscribers()),
    Scenario("boundaries", _boundaries()),
    Scenario("catch-up", _catch_up()),
    Scenario("hidden", _hidden()),
    Scenario("publish-only", _publish_only()),
    Scenario("too-large", _too_large()),
    Scenario("mixed", _mixed()),
)
