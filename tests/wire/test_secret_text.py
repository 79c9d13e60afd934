"""Secrets are found wherever they stand, whatever surrounds them, in time proportional to the text."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.wire.secret_text import (
    Span,
    find_anywhere,
    find_in_candidate,
    find_in_sdp,
    find_tokens,
    hide_in_candidate,
    hide_in_sdp,
    is_placeholder,
    is_token,
    merged,
    overwritten_ice,
    read_overwritten_ice,
    replaced,
)
from tests.support.messages import ICE, sdps

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"


def found(text: str, spans: list[Span]) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.end]) for span in spans]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        (JWT, [JWT]),
        (f"token={JWT}&x=1", [JWT]),
        (f"({JWT}). And {JWT}", [JWT, JWT]),
        (f"x{JWT}", [JWT]),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIi", ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIi"]),
        ("eyJ0.eyJ1.sig", ["eyJ0.eyJ1.sig"]),
        ("eyJhbGciOiJkaXIifQ..iv.text.tag", ["eyJhbGciOiJkaXIifQ..iv.text.tag"]),
        ("heyJude.mp3 eyJude", []),
        ("eyJhbGciOiJIUzI1NiJ9", []),
        ("eyJhbGciOiJIUzI1NiJ9... and on", []),
        ("", []),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert [value for _, value in found(text, list(find_tokens(text)))] == tokens
    assert is_token(text) == (tokens == [text])


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_credentials_of_an_sdp(end: str, last: bool) -> None:
    lines = [
        "v=0",
        "a=ice-options:trickle",
        "a=ice-ufrag:aB+/",
        "a=ice-pwd: with blank ",
        "A=ICE-PWD:big",
        " a = ice-pwd:s",
    ]
    text = end.join(lines) + (end if last else "")
    assert found(text, find_in_sdp(text)) == [("ufrag", "aB+/"), ("pwd", "with blank"), ("pwd", "big"), ("pwd", "s")]


@pytest.mark.parametrize(
    ("text", "credentials"),
    [
        ("a=ice-pwd:only", [("pwd", "only")]),
        ("v=0\\r\\na=ice-pwd:inside\\r\\na=mid:0", [("pwd", "inside")]),
        ("a=candidate:1 1 udp 1 h 1 typ host ufrag Xy/9 network-id 1", [("ufrag", "Xy/9")]),
        ("İa=x\na=ice-ufrag:afterİ\n", [("ufrag", "afterİ")]),
        ("a=ice-pwd:[secret 0a1b2c3d]\n", [("pwd", "[secret 0a1b2c3d]")]),
        ("a=ice-pwd:\na=ice-lite", []),
    ],
)
def test_odd_sdp(text: str, credentials: list[tuple[str, str]]) -> None:
    assert found(text, find_in_sdp(text)) == credentials


@pytest.mark.parametrize(
    ("text", "fragments"),
    [
        ('{"candidate":"candidate:1 ufrag aB+/ x","usernameFragment":"aB+/"}', ["aB+/", "aB+/"]),
        ('{"username_fragment" : "u"}', ["u"]),
        ("candidate:1 1 udp 1 h 1 typ host ufrag tail", ["tail"]),
        ("candidate:1 nufrag no", []),
        ('{"candidate":"c\\u0020ufrag\\u0020hid","username\\u0046ragment":"deep\\u0021"}', ["hid", "deep\\u0021"]),
        ('{"a\\\\":1,"candidate":"ufrag x","usernameFragment":""}', ["x"]),
        ('"\\u0075frag top"', ["top"]),
        ('{"usernameFragment":null}\\', []),
    ],
)
def test_fragments_of_a_candidate(text: str, fragments: list[str]) -> None:
    assert [value for _, value in found(text, find_in_candidate(text))] == fragments


def test_anything_in_a_text_of_unknown_kind() -> None:
    text = (
        f'/rtc?access_token=short&x {JWT} a=ice-pwd:p1 ufrag u1 {{\\"usernameFragment\\":\\"u2\\"}} "iceServers" '
        "ACCESS_TOKEN=other"
    )
    assert found(text, find_anywhere(text)) == [
        ("secret", "short"),
        ("jwt", JWT),
        ("pwd", "p1"),
        ("ufrag", "u1"),
        ("ufrag", "u2"),
        ("secret", "other"),
    ]


@given(st.lists(st.builds(lambda a, size: Span(a, a + size, "jwt"), st.integers(0, 20), st.integers(1, 6)), max_size=6))
def test_merged_spans_cover_the_same_and_do_not_overlap(spans: list[Span]) -> None:
    apart = merged(spans)
    assert {at for span in spans for at in range(span.start, span.end)} == {
        at for span in apart for at in range(span.start, span.end)
    }
    assert all(one.end <= other.start for one, other in itertools.pairwise(apart))


def test_replacing() -> None:
    assert replaced("a-b-c", [Span(0, 1, "x"), Span(4, 5, "y")], lambda kind, value: kind + value) == "xa-b-yc"


def stand_in(kind: str, value: str) -> str:
    return f"<{kind} {len(value)}>"


@given(sdps() | st.sampled_from(["v=0\na=ice-pwd:[secret 0a1b2c3d]\n", "a=ice-pwd:x y\n", "\na=ice-pwd:a\\b\n", ""]))
def test_hiding_in_an_sdp_replaces_what_is_found(text: str) -> None:
    assert hide_in_sdp(text, stand_in) == replaced(text, find_in_sdp(text), stand_in)


@given(
    st.builds(
        lambda ufrag, shape: shape.replace("U", ufrag),
        ICE,
        st.sampled_from(
            [
                json.dumps({"candidate": "candidate:1 ufrag U", "usernameFragment": "U"}, separators=(",", ":")),
                json.dumps({"candidate": "candidate:1  ufrag  U", "usernameFragment": "U"}),
                '{"candidate":"ufrag U\\u0020x"}',
                "nufrag U",
                "Ufrag U",
                "",
            ]
        ),
    )
)
def test_hiding_in_a_candidate_replaces_what_is_found(text: str) -> None:
    assert hide_in_candidate(text, stand_in) == replaced(text, find_in_candidate(text), stand_in)


def test_placeholders() -> None:
    assert is_placeholder("[jwt 4f3a9c1e]")
    assert is_placeholder("[secret 91be22d0]")
    assert not is_placeholder("[secret 91be22d0] ")
    assert not is_placeholder("[other 91be22d0]")


@given(st.text("0123456789abcdef", min_size=8, max_size=8), st.integers(0, 40))
def test_what_is_overwritten_is_known_as_such(fingerprint: str, size: int) -> None:
    text = overwritten_ice(fingerprint, size)
    assert len(text) == size
    if size:
        assert read_overwritten_ice(text) == (fingerprint if size >= 10 else "")
    assert read_overwritten_ice("u" + text) is None


@pytest.mark.parametrize(
    "text",
    [
        "eyJ" * 100_000,
        "eyJ." * 100_000,
        "eyJa" + "." * 300_000,
        "a=ice-pwd:" + " " * 300_000,
        "a=ice-pwd" + " " * 300_000,
        "ice-pwd:" * 40_000,
        "a=ice-pwd: " * 40_000,
        "ufrag " * 50_000,
        '"usernameFragment"' * 20_000,
        'usernameFragment"' + "\\" * 300_000,
        "usernameFragment\\" * 20_000,
        "[" * 300_000,
    ],
)
def test_no_text_makes_it_slow(text: str) -> None:
    # A search that went over the text again for each place would take minutes, and every test has a limit.
    find_in_sdp(text)
    find_in_candidate(text)
    find_anywhere(text)
    hide_in_sdp(text, stand_in)
    hide_in_candidate(text, stand_in)
