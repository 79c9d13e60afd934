"""The report of a replay: the verdict first, every difference in words and as JSON, and no secret in either."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lksig.render.replay_report import MAX_VALUE, report_json, report_lines
from lksig.session.replay_report import Differing, Finding, ReplayReport
from lksig.wire.redaction import Secrets
from tests.support.json_lines import problems
from tests.support.readings import secrets


def report(*findings: Finding, **changes: Any) -> ReplayReport:
    given: dict[str, Any] = {"sessions": 1, "requests": 5, "answers": 4, "same": 4 - len(findings), **changes}
    return ReplayReport(findings=findings, **given)


def lines(found: ReplayReport, *, verbose: int = 0, known: Secrets | None = None) -> list[str]:
    return list(report_lines(found, known or secrets(), verbose=verbose))


MISSING = Finding("missing", 1, "mute", 5, "request_response NOT_FOUND", 6, None)


def test_everything_came_again() -> None:
    assert lines(report(), verbose=1) == [
        "replay: 4 of 4 answers came again as recorded · 5 requests of 1 session",
    ]


@pytest.mark.parametrize(
    ("finding", "told"),
    [
        (MISSING, ["  mute 5: request_response NOT_FOUND (recorded 6) did not come"]),
        (
            Finding("extra", 1, "mute", 5, "request_response NOT_FOUND", None, 9),
            ["  mute 5: request_response NOT_FOUND (message 9) came, and was not recorded"],
        ),
        (
            Finding(
                *("different", 1, "add_track", 3, "track_published", 4, 5),
                (Differing("case", "track_published", "request_response NOT_ALLOWED"),),
            ),
            ["  add_track 3: answered by request_response NOT_ALLOWED (message 5), recorded was track_published (4)"],
        ),
        (
            Finding("different", 2, "connect", None, "join", 1, 1, (Differing("join.room.name", "a", None),)),
            [
                "  session 2: connect: join differs (message 1, recorded 1)",
                '    join.room.name: recorded "a", here nothing',
            ],
        ),
        (
            Finding("ending", 1, "close", None, None, None, None, (Differing("close", "close 1000", None),)),
            ["  close: recorded close 1000, here the server did not end the session"],
        ),
        (
            Finding("ending", 1, "close", None, None, None, None, (Differing("close", "close 1000", "close 1001"),)),
            ["  close: recorded close 1000, here close 1001"],
        ),
    ],
)
def test_differences(finding: Finding, told: list[str]) -> None:
    assert lines(report(finding)) == [
        "replay: 3 of 4 answers came again as recorded, 1 difference · 5 requests of 1 session",
        *told,
    ]


def test_what_was_not_sent_is_one_line() -> None:
    unsent = [Finding("not_sent", 1, "mute", n, None, None, None) for n in range(12)]
    assert lines(report(MISSING, *unsent, is_whole=False)) == [
        "replay: -9 of 4 answers came again as recorded, 13 differences · 5 requests of 1 session · stopped before its "
        "end",
        "  mute 5: request_response NOT_FOUND (recorded 6) did not come",
        "  not sent, the session was over: mute 0, mute 1, mute 2, mute 3, mute 4, mute 5, mute 6, mute 7, +4 more",
    ]


def test_what_does_not_count() -> None:
    aside = report(
        unsolicited=(9, 7),
        missing_kinds={"room_update": 1, "update": 2},
        unbound=("TR_a", "offer 3"),
        place=(Differing("join.server_version", "1", "2"),),
        left_out=3,
    )
    assert lines(aside)[1:] == [
        "  unasked: 9 recorded, 7 here, none of room_update (1 recorded), update (2 recorded)",
        "  sent as recorded, for nothing here told what stands for them: TR_a, offer 3",
    ]
    assert lines(aside, verbose=1)[3:] == [
        "  another server, which does not count:",
        '    join.server_version: recorded "1", here "2"',
        "  left out: 3 pings and fences of the recording",
    ]
    assert lines(report(unsolicited=(1, 2)))[1:] == ["  unasked: 1 recorded, 2 here"]


def test_values_are_cut_and_hidden() -> None:
    known = secrets()
    known.learn("a very secret value")
    found = (Differing("p", "x" * 1000, "a very secret value\x1b[2J"),)
    shown = lines(report(Finding("different", 1, "mute", 3, "leave", 4, 5, found)), known=known)[-1]
    assert "secret" not in shown
    assert "\x1b" not in shown
    assert len(shown) < 2 * MAX_VALUE
    assert shown.count("…") == 1
    text = report_json(report(Finding("different", 1, "mute", 3, "leave", 4, 5, found)), known)
    assert "very secret" not in text


def test_as_json() -> None:
    found = Finding("different", 1, "add_track", 3, "track_published", 4, 5, (Differing("p", None, "b"),))
    line = json.loads(report_json(report(found, MISSING, missing_kinds={"update": 1}, unbound=("TR_a",)), secrets()))
    assert problems(line) == []
    assert (line["kind"], line["same"], line["whole"]) == ("replay", False, True)
    assert line["findings"] == [
        {
            "what": "different",
            "session": 1,
            "case": "add_track",
            "request": 3,
            "answer": "track_published",
            "recorded": 4,
            "live": 5,
            "differences": [{"path": "p", "recorded": None, "live": "b"}],
        },
        {
            "what": "missing",
            "session": 1,
            "case": "mute",
            "request": 5,
            "answer": "request_response NOT_FOUND",
            "recorded": 6,
        },
    ]
    assert json.loads(report_json(report(), secrets()))["same"] is True
