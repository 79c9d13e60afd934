from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.wire.target import read_url
from lksig.wire.token_claims import Token, read_token
from lksig.wire.token_words import duration, explain, explain_grants, lint
from tests.support.tokens import NOW_S, json_values, make_token


def token(**changes: Any) -> Token:
    return read_token(make_token(**changes))


class TestExplain:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({}, "probe in standup, expires 17:06:40Z (6 h)"),
            ({"exp": NOW_S + 90 * 60}, "probe in standup, expires 12:36:40Z (2 h)"),
            ({"exp": NOW_S + 86400}, "probe in standup, expires 2026-11-19 11:06:40Z (24 h)"),
            ({"exp": NOW_S - 60}, "probe in standup, expired 11:05:40Z (60 s ago)"),
            ({"exp": NOW_S}, "probe in standup, expired 11:06:40Z (0 s ago)"),
            ({"exp": None}, "probe in standup, never expires"),
            ({"exp": 1e300}, None),
            ({"exp": NOW_S * 1000}, None),
            ({"sub": None}, "nobody in standup, expires 17:06:40Z (6 h)"),
            ({"video": None}, "probe in no room, expires 17:06:40Z (6 h)"),
        ],
    )
    def test_one_line(self, changes: dict[str, object], said: str | None) -> None:
        line = explain(token(**changes), NOW_S)
        assert "\n" not in line
        if said is not None:
            assert line == said

    def test_a_time_no_clock_shows_is_a_number(self) -> None:
        assert explain(token(exp=NOW_S * 1000), NOW_S).startswith("probe in standup, expires at 1795000000000 s (")

    def test_clock_times_of_another_zone_have_no_mark(self) -> None:
        berlin = datetime.timezone(datetime.timedelta(hours=1))
        assert explain(token(), NOW_S, berlin) == "probe in standup, expires 18:06:40 (6 h)"

    def test_grants(self) -> None:
        assert explain_grants(token()) == "joins, publishes, subscribes"
        assert explain_grants(token(video={"hidden": True})) == (
            "does not join, publishes, subscribes, is hidden from others"
        )
        assert explain_grants(token(video=None)) == "nothing: it has no `video` grant"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (0.4, "0 s"),
        (89, "89 s"),
        (90, "2 min"),
        (600, "10 min"),
        (5399, "90 min"),
        (5400, "2 h"),
        (21600, "6 h"),
        (48 * 3600, "2 d"),
        (86400 * 365, "365 d"),
    ],
)
def test_durations(seconds: float, said: str) -> None:
    # 5399 s round to 90 min, which is told in hours from 90 on.
    assert duration(seconds) == ("1 h" if said == "90 min" else said)


class TestLint:
    @pytest.mark.parametrize(
        ("changes", "problem"),
        [
            ({"exp": NOW_S - 60}, "it expired 60 s ago"),
            ({"exp": NOW_S - 7200}, "it expired 2 h ago"),
            ({"exp": None}, "it never expires (no `exp`), which servers from 1.13.6 on refuse"),
            ({"exp": NOW_S * 1000}, "its `exp` is in milliseconds: it must be seconds"),
            ({"nbf": NOW_S + 61}, "it is not valid for another 61 s: is a clock wrong?"),
            ({"iss": None}, "it names no API key (`iss`), so the server cannot check who signed it"),
            ({"sub": None}, "it names no identity (`sub`)"),
            ({"sub": "ä" * 129}, "its identity is longer than 256 bytes"),
            ({"video": None}, "it has no `video` grant, so it allows nothing"),
            ({"video": "x"}, "it has no `video` grant, so it allows nothing"),
            ({"video": {"room": "r"}}, "it does not allow joining: `roomJoin` is not true"),
            ({"video": {"room": "", "roomJoin": True}}, "it names no room (`video.room`)"),
            ({"video": {"room": "r" * 257, "roomJoin": True}}, "its room name is longer than 256 bytes"),
        ],
    )
    def test_finds(self, changes: dict[str, object], problem: str) -> None:
        assert lint(token(**changes), NOW_S) == [problem]

    @pytest.mark.parametrize(
        "changes", [{}, {"exp": NOW_S - 59}, {"nbf": NOW_S + 60}, {"nbf": None}, {"sub": "ä" * 128}]
    )
    def test_leaves_good_tokens_alone(self, changes: dict[str, object]) -> None:
        assert lint(token(**changes), NOW_S) == []

    def test_the_misspelled_room_of_many_reports(self) -> None:
        assert lint(token(video={"roomJoin": True, "roomName": "r"}), NOW_S) == [
            "it names no room (`video.room`)",
            "`roomName` is no grant the server knows: did you mean `room`?",
        ]

    @pytest.mark.parametrize("algorithm", ["RS256", "none"])
    def test_other_algorithms(self, algorithm: str) -> None:
        other = read_token(make_token(header={"alg": algorithm}))
        assert lint(other, NOW_S) == [f"it is signed with {algorithm}: the server takes only HS256"]
        assert lint(read_token(make_token(header={"x": 1})), NOW_S) == [
            "it is signed with nothing: the server takes only HS256"
        ]

    def test_a_key_of_a_dev_server_elsewhere(self) -> None:
        assert lint(token(), NOW_S, read_url("wss://x.livekit.cloud")) == [
            "it is signed with `devkey`, the key of a --dev server, and x.livekit.cloud is none"
        ]
        assert lint(token(), NOW_S, read_url("ws://localhost:7880")) == []
        assert lint(token(iss="APIx"), NOW_S, read_url("wss://x.livekit.cloud")) == []


@given(st.dictionaries(st.sampled_from(["iss", "sub", "exp", "nbf", "video"]), json_values))
def test_any_token_can_be_explained_and_linted(claims: dict[str, object]) -> None:
    read = read_token(make_token(claims or {"x": 1}))
    assert "expires" in (line := explain(read, NOW_S)) or "expired" in line or "never" in line
    assert explain_grants(read)
    assert all(isinstance(problem, str) for problem in lint(read, NOW_S))
