"""Session descriptions, candidates, what is wanted of a track."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.render.cases_media import candidate_words
from lksig.wire import sdp
from tests.support.samples import UFRAG, candidate_init
from tests.support.telling import request, response, summaries


def test_a_description_of_another_type_than_its_case_says_so() -> None:
    assert request("offer", {"type": "answer"}) == "type=answer · empty SDP"
    assert request("offer", {}) == 'type="" · empty SDP'
    assert request("offer", {"type": "offer", "id": 7}) == "id=7 · empty SDP"


def test_mids_are_in_order() -> None:
    body = {"type": "answer", "mid_to_track_id": {"10": "TR_c", "2": "TR_b", "x y": "TR_d"}}
    assert response("answer", body).endswith('mids 2=TR_b, 10=TR_c, "x y"=TR_d')


def test_a_hostile_description_is_harmless() -> None:
    told = request("offer", {"type": "offer", "sdp": "v=0\nm=\x1b[31m 9 x 0\n"})
    assert "\x1b" not in told
    assert "\\x1b[31m" in told


def test_a_candidate_names_its_connection_and_the_last_one_itself() -> None:
    assert request("trickle", {"candidateInit": candidate_init(), "final": True}) == (
        "PUBLISHER host udp 192.0.2.2:7882, mid 0, final"
    )
    assert request("trickle", {"candidateInit": "{}", "target": "SUBSCRIBER"}) == "SUBSCRIBER end of candidates"
    assert request("trickle", {"candidateInit": "nonsense"}) == "PUBLISHER no RTCIceCandidateInit"


CANDIDATES = st.builds(
    lambda protocol, place, tail: f"candidate:1 1 {protocol} 2130706431 {place} {tail}",
    st.sampled_from(["udp", "tcp", "UDP", "ssltcp"]),
    st.sampled_from(["192.0.2.2 7882", "fd00::2 7881", "h.local 9", "1.2.3.4 99999", "\u202e 1", "eyJh.eyJ 1"]),
    st.sampled_from(
        [
            "typ host",
            f"typ host ufrag {UFRAG}",
            f"typ host tcptype passive ufrag {UFRAG}",
            "typ host tcptype active",
            "typ host generation 0 ufrag x network-id 1",
            "typ srflx raddr 10.0.0.1 rport 5",
            "typ relay raddr 0.0.0.0 rport 0",
        ]
    ),
)
INITS = st.builds(
    lambda candidate, mid, index, fragment, dense: json.dumps(
        {"candidate": candidate, "sdpMid": mid, "sdpMLineIndex": index, "usernameFragment": fragment},
        separators=(",", ":") if dense else None,
    ),
    CANDIDATES,
    st.sampled_from([None, "0", "12", "audio", "\x1b"]),
    st.sampled_from([None, 0, 7, 99999]),
    st.sampled_from([None, UFRAG]),
    st.booleans(),
)


@given(INITS)
def test_the_short_cut_says_what_the_long_way_says(init: str) -> None:
    tell = summaries()
    assert candidate_words(tell, init) == tell.prose(sdp.candidate_summary(init))


def test_a_sync_state_lists_what_the_client_holds() -> None:
    assert request("sync_state", {}) == ""
    told = request("sync_state", {"offer": {"type": "offer"}, "subscription": {}, "data_subscription": {}})
    assert told == "offer empty SDP · subscription subscribe=false · data_subscription "
    assert request("sync_state").startswith("answer id=249 · 1 section: application")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"disabled": True}, "disabled=true"),
        ({}, "disabled=false quality=LOW"),
        ({"quality": "HIGH"}, "disabled=false quality=HIGH"),
        ({"width": 640, "height": 360}, "disabled=false width=640 height=360"),
    ],
)
def test_an_unset_quality_is_said_where_it_counts(body: dict[str, object], told: str) -> None:
    assert request("track_setting", {"track_sids": ["TR_x"], **body}) == f"track_sids=[TR_x] {told}"


def test_media_sections_that_are_missing() -> None:
    assert response("media_sections_requirement", {}) == "offer again"
    assert response("media_sections_requirement", {"num_audios": 1}) == "offer again with 1 more audio, 0 more video"


def test_streams_that_pause() -> None:
    assert response("stream_state_update", {}) == "no streams"
    assert response("stream_state_update") == ("TR_x of PA_huZgjKYCr3H PAUSED, TR_y of PA_huZgjKYCr3H ACTIVE")


def test_layers_that_are_wanted() -> None:
    assert response("subscribed_quality_update", {"track_sid": "TR_x"}) == "TR_x wanted: nothing"
    old = {"track_sid": "TR_x", "subscribed_qualities": [{"quality": "HIGH", "enabled": True}]}
    assert response("subscribed_quality_update", old) == "TR_x wanted: HIGH"
    both = {"subscribed_codecs": [{"codec": "vp8", "qualities": [{"quality": "HIGH"}]}, {"codec": "av1"}]}
    assert response("subscribed_quality_update", {**old, **both}) == "TR_x wanted: vp8 nothing, not HIGH; av1 nothing"


def test_audio_codecs_that_are_wanted() -> None:
    assert response("subscribed_audio_codec_update", {"track_sid": "TR_x"}) == "TR_x wanted: nothing"
    assert response("subscribed_audio_codec_update") == "TR_AMHY4ht4bDDgyu wanted: opus on, red off"
