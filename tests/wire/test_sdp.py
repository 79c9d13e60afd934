from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.wire.sdp import (
    candidate_summary,
    header,
    parse_candidate,
    parse_candidate_init,
    sections,
    summary,
)

SERVER_OFFER = (
    "v=0\r\no=- 4393378657950250128 1795618501 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=msid-semantic:WMS *\r\n"
    "a=fingerprint:sha-256 CD:E4:C4:61\r\na=extmap-allow-mixed\r\na=group:BUNDLE 0\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=setup:actpass\r\na=mid:0\r\n"
    "a=sendrecv\r\na=sctp-port:5000\r\na=max-message-size:65535\r\na=ice-ufrag:zvPo\r\na=ice-pwd:GiSI\r\n"
)
"""As livekit-server 1.13.5 sends it for the subscriber connection."""

HOST_UDP = "candidate:2070692838 1 udp 2130706431 192.0.2.2 7863 typ host ufrag zvPonIwlpmWeSwJn"
HOST_TCP = "candidate:3332321798 1 TCP 1671430143 fd00::2 7862 typ host tcptype passive ufrag zvPonIwlpmWeSwJn"
SRFLX = "a=candidate:842163049 1 udp 1677729535 203.0.113.9 46154 typ srflx raddr 192.0.2.2 rport 50000 generation 0"
"""The first two as livekit-server 1.13.5 trickles them, the last one as Chromium writes it."""

MEDIA = (
    "v=0\r\nt=0 0\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 110\r\na=mid:a\r\na=msid:stream mic\r\na=sendonly\r\n"
    "a=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\na=rtpmap:110 telephone-event/48000\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103\r\na=mid:b\r\na=recvonly\r\n"
    "a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=rtpmap:102 H264/90000\r\na=rtpmap:103 h264/90000\r\n"
    f"a={HOST_UDP}\r\n{SRFLX}\r\na=end-of-candidates\r\n"
)


def media_section(kind: str, *attributes: str, port: int = 9, payloads: str = "96") -> str:
    return f"m={kind} {port} UDP/TLS/RTP/SAVPF {payloads}\r\n" + "".join(f"a={line}\r\n" for line in attributes)


class TestSections:
    def test_the_servers_offer_has_one_section_without_direction(self) -> None:
        (section,) = sections(SERVER_OFFER)
        assert (section.index, section.kind, section.mid, section.direction) == (0, "application", "0", None)
        assert (section.codecs, section.candidates, section.setup, section.msid) == ((), (), "actpass", None)
        assert not section.rejected
        assert not section.end_of_candidates
        assert section.lines[-1] == "a=ice-pwd:GiSI"

    def test_media_sections_know_direction_codecs_and_candidates(self) -> None:
        audio, video = sections(MEDIA)
        assert (audio.kind, audio.mid, audio.direction, audio.msid) == ("audio", "a", "sendonly", "stream mic")
        assert audio.codecs == ("opus", "red", "G722", "PCMU", "telephone-event")
        assert (video.index, video.direction) == (1, "recvonly")
        assert video.codecs == ("VP8", "rtx", "H264")
        assert [candidate.type for candidate in video.candidates] == ["host", "srflx"]
        assert video.end_of_candidates

    def test_a_section_without_direction_is_sendrecv(self) -> None:
        (section,) = sections(media_section("video"))
        assert section.direction == "sendrecv"

    def test_a_direction_in_the_header_is_no_direction_of_a_section(self) -> None:
        assert sections("v=0\r\na=inactive\r\n" + media_section("audio"))[0].direction == "sendrecv"

    def test_port_zero_is_rejected_unless_bundle_only(self) -> None:
        rejected, bundled = sections(media_section("video", port=0) + media_section("video", "bundle-only", port=0))
        assert rejected.rejected
        assert not bundled.rejected

    def test_a_line_that_is_cut_off_still_counts(self) -> None:
        (section,) = sections("m=audio 9 UDP/TLS/RTP/SAVPF 0\na=mid:x\na=recvonly")
        assert (section.mid, section.direction) == ("x", "recvonly")
        assert sections("m=audio 9 X 111\na=rtpmap:111 opus/48000")[0].codecs == ("opus",)

    def test_an_empty_media_line_is_a_section_too(self) -> None:
        (section,) = sections("m=")
        assert (section.kind, section.codecs, section.rejected) == ("?", (), False)

    @given(
        st.lists(
            st.sampled_from(["v=0", "m=audio 9 X 0", "m=", "m=video 0 X 96", "a=mid:0", "a=sendonly", "", "\r", "x"]),
            max_size=12,
        ),
        st.sampled_from(["\n", "\r\n"]),
    )
    def test_header_and_sections_are_the_sdp_again(self, lines: list[str], end: str) -> None:
        for sdp in (end.join(lines), end.join(lines) + end):
            assert header(sdp) + "".join(section.text for section in sections(sdp)) == sdp

    @given(st.text())
    def test_any_text_can_be_read(self, sdp: str) -> None:
        assert header(sdp) + "".join(section.text for section in sections(sdp)) == sdp
        assert "\n" not in summary(sdp)


class TestSummary:
    def test_says_sections_and_candidates(self) -> None:
        assert summary(SERVER_OFFER) == "1 section: application · no candidates"
        assert summary(MEDIA) == (
            "2 sections: audio sendonly opus/G722/PCMU, video recvonly VP8/H264 · 2 candidates (host udp 1, srflx 1)"
        )

    def test_equal_neighbours_are_counted(self) -> None:
        receiving = media_section("video", "recvonly", "rtpmap:96 VP8/90000")
        sdp = SERVER_OFFER + receiving * 3 + media_section("audio", "inactive", "rtpmap:96 opus/48000")
        assert summary(sdp) == ("5 sections: application, video recvonly VP8 ×3, audio inactive opus · no candidates")

    def test_what_only_repairs_is_named_where_there_is_nothing_else(self) -> None:
        assert summary(media_section("video", "rtpmap:96 rtx/90000")) == "1 section: video sendrecv rtx · no candidates"
        assert summary(media_section("text")) == "1 section: text sendrecv · no candidates"

    def test_a_rejected_section_says_so(self) -> None:
        assert summary(media_section("video", port=0)) == "1 section: video rejected · no candidates"

    def test_candidates_repeated_in_bundled_sections_count_once(self) -> None:
        sdp = media_section("audio", HOST_UDP, HOST_TCP) + media_section("video", HOST_UDP)
        assert summary(sdp).endswith("· 2 candidates (host udp 1, host tcp 1)")
        relay_tcp = "candidate:1 1 tcp 1 192.0.2.3 443 typ relay raddr 0.0.0.0 rport 0"
        assert summary(media_section("audio", relay_tcp)).endswith("· 1 candidate (relay tcp 1)")

    def test_it_stays_short(self) -> None:
        codecs = [f"rtpmap:{number} C{number}/90000" for number in range(100, 120)]
        many = media_section("video", *codecs, payloads=" ".join(map(str, range(100, 120))))
        assert "C100/C101/C102/C103/C104/C105+14 ·" in summary(many)
        kinds = "".join(media_section("audio", f"mid:{n}", "sendonly" if n % 2 else "recvonly") for n in range(40))
        assert "+28 ·" in summary(kinds)

    @pytest.mark.parametrize(
        ("sdp", "said"),
        [("", "empty SDP"), ("v=0\r\n", "an SDP without sections"), ("hello", "no SDP"), ("  \r\n", "empty SDP")],
    )
    def test_what_is_no_offer(self, sdp: str, said: str) -> None:
        assert summary(sdp) == said


class TestCandidate:
    def test_of_the_server(self) -> None:
        candidate = parse_candidate(HOST_UDP)
        assert candidate is not None
        assert (candidate.foundation, candidate.component, candidate.protocol) == ("2070692838", 1, "udp")
        assert (candidate.priority, candidate.address, candidate.port) == (2130706431, "192.0.2.2", 7863)
        assert (candidate.type, candidate.ufrag, candidate.extensions) == ("host", "zvPonIwlpmWeSwJn", ())
        assert (candidate.kind, candidate.place) == ("host udp", "192.0.2.2:7863")

    def test_over_tcp_and_ipv6(self) -> None:
        candidate = parse_candidate(HOST_TCP)
        assert candidate is not None
        assert (candidate.kind, candidate.place) == ("host tcp passive", "[fd00::2]:7862")

    def test_reflexive_with_an_attribute_prefix(self) -> None:
        candidate = parse_candidate(SRFLX)
        assert candidate is not None
        assert (candidate.related_address, candidate.related_port) == ("192.0.2.2", "50000")
        assert candidate.extensions == (("generation", "0"),)

    @pytest.mark.parametrize("text", ["", "candidate:", "candidate:1 1 udp x 1.2.3.4 5 typ host", "1 1 udp 1 a 5 typ"])
    def test_nonsense_is_none(self, text: str) -> None:
        assert parse_candidate(text) is None


class TestCandidateInit:
    def test_of_the_server(self) -> None:
        init = parse_candidate_init(
            json.dumps({"candidate": HOST_UDP, "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "uf"})
        )
        assert init is not None
        assert init.candidate == parse_candidate(HOST_UDP)
        assert (init.text, init.sdp_mid, init.sdp_mline_index, init.username_fragment) == (HOST_UDP, "0", 0, "uf")

    @pytest.mark.parametrize("text", ["null", "{}"])
    def test_nothing_said_passes_as_on_the_server(self, text: str) -> None:
        init = parse_candidate_init(text)
        assert init is not None
        assert (init.text, init.candidate) == ("", None)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "nope",
            '"text"',
            "[" * 100_000,
            '{"candidate": 3}',
            '{"sdpMid": 1}',
            '{"usernameFragment": []}',
            '{"sdpMLineIndex": -1}',
            '{"sdpMLineIndex": 65536}',
            '{"sdpMLineIndex": true}',
            '{"sdpMLineIndex": "0"}',
        ],
    )
    def test_what_the_server_refuses_is_none(self, text: str) -> None:
        assert parse_candidate_init(text) is None

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            ({"candidate": HOST_UDP, "sdpMid": "0"}, "host udp 192.0.2.2:7863, mid 0"),
            ({"candidate": HOST_TCP, "sdpMLineIndex": 1}, "host tcp passive [fd00::2]:7862, section 1"),
            ({"candidate": SRFLX}, "srflx udp 203.0.113.9:46154 of 192.0.2.2"),
            ({"candidate": SRFLX.replace("raddr 192.0.2.2", "raddr 0.0.0.0")}, "srflx udp 203.0.113.9:46154"),
            ({"candidate": ""}, "end of candidates"),
            ({"candidate": "x", "sdpMid": "a"}, "not a candidate, mid a"),
            ([], "no RTCIceCandidateInit"),
        ],
    )
    def test_summary(self, value: object, said: str) -> None:
        assert candidate_summary(json.dumps(value)) == said
        assert "zvPonIwlpmWeSwJn" not in candidate_summary(json.dumps(value))

    @given(st.text())
    def test_any_text_can_be_summarised(self, text: str) -> None:
        assert candidate_summary(text)


def browser_offer() -> str:
    """About 600 lines, built like the first offer of a browser: 7 sections, long codec lists, candidates."""
    codecs = "".join(
        f"a=rtpmap:{pt} VP8/90000\r\na=rtcp-fb:{pt} nack\r\na=rtcp-fb:{pt} nack pli\r\na=fmtp:{pt} apt={pt}\r\n"
        for pt in range(96, 120)
    )
    candidates = f"a={HOST_UDP}\r\n{SRFLX}\r\n"
    payloads = " ".join(map(str, range(96, 120)))
    video = f"m=video 9 UDP/TLS/RTP/SAVPF {payloads}\r\na=mid:0\r\na=recvonly\r\n{codecs}"
    return SERVER_OFFER + candidates + video * 6


def test_an_offer_of_600_lines_is_read_to_its_end() -> None:
    sdp = browser_offer()
    assert sdp.count("\n") > 600
    assert summary(sdp) == "7 sections: application, video recvonly VP8 ×6 · 2 candidates (host udp 1, srflx 1)"
    assert header(sdp) + "".join(section.text for section in sections(sdp)) == sdp
