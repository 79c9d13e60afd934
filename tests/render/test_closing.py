"""The lines that end a session."""

from __future__ import annotations

from typing import Any

from lksig.render.closing import Closing
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.wire.events import Close, End, Outcome, Reading, Result
from tests.support.readings import message, start

S = 1_000_000_000


def end(**changes: Any) -> End:
    fields: dict[str, Any] = {"t_ns": 41_300_000_000, "ended_by": "server", "code": 1000}
    return End(**{**fields, **changes})


def result(request: int, case: str, outcome: Outcome, reason: str | None = None) -> Reading:
    return Reading(Result(0, request, case, outcome, reason))


def fed(*readings: Reading) -> Closing:
    closing = Closing()
    for reading in readings:
        closing.observe(reading)
    return closing


def test_counts_sockets_and_the_longest_silence() -> None:
    closing = fed(
        start(),
        message(TO_CLIENT, "join", n=1, t_ns=S, dt_ns=S),
        message(TO_SERVER, "mute", n=2, t_ns=8 * S, dt_ns=7 * S),
        Reading(Close(10 * S, 1000, "", "server"), dt_ns=2 * S),
        message(TO_CLIENT, "reconnect", n=3, t_ns=11 * S, dt_ns=S, socket=2),
    )
    lines = closing.lines(end(messages={"to_client": 2, "to_server": 1}))
    assert lines == [
        "3 messages in 41.3 s · < 2, 774 B · > 1, 13 B · 2 sockets · longest gap 7.0 s before 2",
        "ended by the server, close 1000",
    ]


def test_a_silence_before_the_close_is_told_too() -> None:
    closing = fed(start(), Reading(Close(60 * S, None, "", "network"), dt_ns=60 * S))
    assert closing.close is not None
    assert closing.lines(end(t_ns=60 * S, ended_by="network", code=None)) == [
        "0 messages in 60.0 s · < 0, 0 B · > 0, 0 B · longest gap 60.0 s before the close",
        "ended by the network",
    ]


def test_the_story_is_told_harmlessly() -> None:
    lines = fed(start()).lines(end(messages={"to_client": 1}), "the server said \x1b[31mno")
    assert lines == ["1 message in 41.3 s · < 1, 0 B · > 0, 0 B", "the server said \\x1b[31mno"]


def test_a_recording_may_have_no_end() -> None:
    assert Closing().lines(end(ended_by=None, code=None))[1] == "no end: the recording stops before the session does"


def test_refused_and_unanswered_requests_are_named() -> None:
    closing = fed(
        result(5, "mute", "refused", "NOT_FOUND"),
        result(6, "subscription", "refused"),
        result(9, "offer", "timeout"),
        result(11, "add_track", "lost"),
        result(12, "mute", "unopposed"),
    )
    lines = closing.lines(end(refused=(5, 6, 7), unanswered=(9, 11), undecodable=2))
    assert lines[2:] == [
        "refused: mute NOT_FOUND (5), subscription (6), 7",
        "unanswered: offer (9), add_track (11)",
        "undecodable: 2",
    ]


def test_of_many_only_the_first_are_named_and_kept() -> None:
    closing = fed(*(result(n, "mute", "refused", "NOT_FOUND") for n in range(1, 20)))
    line = closing.lines(end(refused=tuple(range(1, 20))))[2]
    assert line.endswith("mute NOT_FOUND (8), +11 more")
    closing = fed(*(result(n, "offer", "lost") for n in range(1, 20)))
    assert closing.lines(end(unanswered=tuple(range(1, 20))))[2].endswith("offer (8), +11 more")


def test_the_last_socket_is_the_one_that_ended() -> None:
    first, second = Close(10 * S, 1000, "", "server", socket=1), Close(9 * S, 1000, "", "client", socket=2)
    assert fed(start(), Reading(second), Reading(first)).close is second
