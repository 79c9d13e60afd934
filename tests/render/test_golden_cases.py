"""What a person and a script read of each of the 22 + 30 cases, one file per case, and one for what is no message."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lksig.render.bodies import body_pieces
from lksig.render.json_lines import JsonLines
from lksig.render.line import LineView
from lksig.render.times import UTC
from lksig.render.tree import TreeView
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, case_fields
from lksig.wire.events import Reading
from tests.support.golden import check_golden
from tests.support.readings import message, secrets, start
from tests.support.samples import SAMPLES, SECRETS

CASES = [pytest.param(way, case, id=f"{way}.{case}") for way, case in SAMPLES]
AROUND: dict[tuple[Direction, str], dict[str, Any]] = {
    (TO_CLIENT, "track_published"): {"reply_to": 3, "reply_ns": 812_000},
    (TO_CLIENT, "request_response"): {"reply_to": 3, "reply_ns": 600_000, "refused": True},
    (TO_CLIENT, "pong_resp"): {"reply_to": 3, "reply_ns": 812_000, "for_auto": True},
}


def reading_of(way: Direction, case: str) -> Reading:
    return message(way, case, **AROUND.get((way, case), {}))


def views(reading: Reading, *, show: bool = False) -> dict[str, str]:
    """The reading in every view, by a title."""
    hidden = secrets(show=show)
    line = LineView(hidden, piped=False, width=130, tz=UTC, verbose=1)
    piped = LineView(hidden, piped=True, verbose=1)
    tree = TreeView(hidden, width=130, tz=UTC, meanings=False, line=LineView(hidden, piped=False, tz=UTC, verbose=1))
    json_lines = JsonLines(hidden)
    for view in (line, piped, tree, json_lines):
        view.text(start())
    return {
        "terminal": line.text(reading) or "",
        "pipe": piped.text(reading) or "",
        "json": json_lines.text(reading),
        "tree": tree.text(reading) or "",
        "body": "".join(body_pieces(reading, hidden, "json")),
    }


def test_every_case_has_a_sample() -> None:
    for way in (TO_SERVER, TO_CLIENT):
        assert {case for direction, case in SAMPLES if direction is way} == set(case_fields(way))


@pytest.mark.parametrize(("way", "case"), CASES)
def test_reads_like_this(way: Direction, case: str, update_golden: bool) -> None:
    shown = views(reading_of(way, case))
    text = "".join(f"--- {title}\n{shown[title]}\n" for title in ("terminal", "pipe", "json", "tree"))
    check_golden(f"cases/{way}.{case}.txt", text, update=update_golden)


@pytest.mark.parametrize(("way", "case"), CASES)
def test_no_view_shows_a_secret(way: Direction, case: str) -> None:
    for title, text in views(reading_of(way, case)).items():
        for secret in SECRETS:
            assert secret not in text, title


@pytest.mark.parametrize(("way", "case"), CASES)
def test_a_body_is_the_message_of_its_json_line(way: Direction, case: str) -> None:
    shown = views(reading_of(way, case))
    line = json.loads(shown["json"])
    assert json.loads(shown["body"]) == line["message"]
    assert line["case"] == case


def test_secrets_are_shown_when_asked_for() -> None:
    shown = views(reading_of(TO_CLIENT, "join"), show=True)
    assert SECRETS[4] in shown["json"]
    assert SECRETS[4] in shown["tree"]
