"""Every kind of object that `--json` prints is in the schema of the JSON lines, with every one of its keys."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from lksig.schema.pool import message_class
from lksig.wire.join_request import encode_join_request
from tests.support.cli import run
from tests.support.json_lines import KINDS, SCHEMA, problems
from tests.support.samples import TOKEN

KEPT = Path(__file__).parent.parent / "recordings"
JOIN = encode_join_request(message_class("JoinRequest")(metadata="m", client_info={"protocol": 17}))

COMMANDS: dict[str, list[str]] = {
    "lines": ["show", str(KEPT / "full.lksig"), "--raw"],
    "defaults": ["show", str(KEPT / "full.lksig"), "--defaults"],
    "cut": ["show", str(KEPT / "truncated.lksig")],
    "minimal": ["show", str(KEPT / "minimal.lksig")],
    "stats": ["show", str(KEPT / "full.lksig"), "--stats"],
    "stats of a part": ["show", str(KEPT / "full.lksig"), "--stats", "--from", "50"],
    "stats of nothing": ["show", str(KEPT / "minimal.lksig"), "--stats", "room_moved"],
    "state": ["show", str(KEPT / "full.lksig"), "--state", "end"],
    "state before the join": ["show", str(KEPT / "full.lksig"), "--state", "1"],
    "token": ["decode", TOKEN],
    "join_request": ["decode", JOIN],
    "url": ["decode", f"wss://h/rtc/v1?access_token={TOKEN}&join_request={JOIN}&x=1"],
    "unreadable url": ["decode", "?access_token=eyJ&join_request=xx"],
    "frame": ["decode", "2a060a0454525f78"],
    "broken frame": ["decode", "2a060a0454525f"],
    "survivor": ["redact", "--check", str(KEPT / "handshakes.json")],
    "diff": ["diff", str(KEPT / "minimal.lksig"), str(KEPT / "full.lksig")],
    "dry run": ["send", "ws://h", "--dev", "--room", "r", "--dry-run", "ping"],
    "no server": ["send", "ws://127.0.0.1:1", "--dev", "--room", "r", "ping"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_line_is_what_the_schema_says(command: str) -> None:
    lines = run(*COMMANDS[command], "--json").json
    assert lines
    assert [(line["kind"], problems(line)) for line in lines if problems(line)] == []


def test_every_stable_line_too_and_it_has_no_times() -> None:
    lines = run("show", str(KEPT / "full.lksig"), "--stable", "--json").json
    assert {line["kind"] for line in lines} >= {"start", "http", "message", "ws_ping", "close", "result", "end"}
    assert [(line["kind"], problems(line, stable=True)) for line in lines if problems(line, stable=True)] == []
    schema = jsonschema.Draft202012Validator(SCHEMA)
    assert [error.message for line in lines for error in schema.iter_errors(line)] == []


def test_a_line_has_all_of_its_times_or_none() -> None:
    schema = jsonschema.Draft202012Validator(SCHEMA)
    line = next(one for one in run("show", str(KEPT / "full.lksig"), "--json").json if one["kind"] == "http")
    assert schema.is_valid(line)
    for key in ("time", "t_ms", "dt_ms", "headers", "ms"):
        assert not schema.is_valid({name: value for name, value in line.items() if name != key}), key


def test_together_they_are_all_kinds_but_those_that_need_a_server_or_a_prompt() -> None:
    seen = {line["kind"] for command in COMMANDS.values() for line in run(*command, "--json").json}
    known = {name for kind in KINDS for name in kind.get("enum", [kind.get("const")])}
    # tests/cli/test_serve.py, tests/cli/test_replay_to.py and tests/repl/test_prompt.py have these.
    assert known - seen == {"listening", "replay", "view"}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ({"kind": "survivor", "line": 1, "what": "a JWT"}, "$: 'where' is a required property"),
        ({"kind": "survivor", "line": 1, "what": "a JWT", "where": "hex", "new": 1}, "('new' was unexpected)"),
        ({"kind": "novelty"}, "$.kind: 'novelty' is not one of"),
    ],
)
def test_the_check_sees_what_is_missing_and_what_is_new(line: dict[str, object], problem: str) -> None:
    assert any(problem in found for found in problems(line))


def test_and_inside_too() -> None:
    (stats,) = run("show", str(KEPT / "full.lksig"), "--stats", "--json").json
    stats["sockets"][0]["close"]["novelty"] = 1
    assert "novelty" in problems(stats)[0]
