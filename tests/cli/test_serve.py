"""`lksig serve`: its first line, what it prints of its sessions, its keys, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from typing import Any

import jsonschema
import pytest

from tests.support.cli import run

SCHEMA = json.loads(resources.files("lksig.render").joinpath("json_lines.schema.json").read_text("utf-8"))
KEYS = {"LIVEKIT_API_KEY": "devkey", "LIVEKIT_API_SECRET": "secret"}
TIMEOUT_S = 20


class Serving:
    """A running `lksig serve`, and what it printed once it has ended."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.first = process.stdout.readline().rstrip("\n")
        self.stdout = self.stderr = ""

    @property
    def url(self) -> str:
        """Where it listens."""
        return str(json.loads(self.first)["url"]) if self.first.startswith("{") else self.first.split()[1]

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """End it, and give its exit code."""
        self.process.send_signal(number)
        self.stdout, self.stderr = self.process.communicate(timeout=TIMEOUT_S)
        return self.process.returncode


@contextmanager
def serving(*words: str, **variables: str) -> Iterator[Serving]:
    command = [sys.executable, "-m", "lksig", "serve", "--port", "0", *words]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIVEKIT_")}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=kept | variables
    ) as process:
        try:
            yield Serving(process)
        finally:
            process.kill()


def ask(server: Serving, *words: str, **variables: str) -> Any:
    return run("send", server.url, "--room", "r", "--identity", "ann", *words, variables=KEYS | variables)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_listens_and_ends_well(number: signal.Signals) -> None:
    with serving() as server:
        assert server.first.startswith("listening ws://127.0.0.1:")
        assert server.stop(number) == 0
    assert server.stdout == ""
    assert "accepts tokens of the key devkey" in server.stderr
    assert "no media" in server.stderr


def test_it_shows_what_passes() -> None:
    with serving() as server:
        assert ask(server, "mute", "sid=TR_nope", "muted=true").exit_code == 1
        assert ask(server, "ping", LIVEKIT_API_SECRET="wrong").exit_code == 4
        server.stop()
    cases = [line.split()[4] for line in server.stdout.splitlines()]
    assert cases[:2] == ["join", "refresh_token"]
    assert {"mute", "request_response", "leave"} <= set(cases)
    assert "as ann in r" in server.stderr
    assert "answered with HTTP 401 invalid authorization token" in server.stderr


def test_json_lines_keep_to_their_schema_and_hide_secrets() -> None:
    with serving("--json", "--with", "alice") as server:
        ask(server, "add_track", "cid=c", "type=VIDEO")
        assert server.stop() == 0
    lines = [json.loads(line) for line in server.stdout.splitlines()]
    assert json.loads(server.first) == {"kind": "listening", "url": server.url}
    assert [line["kind"] for line in lines][:3] == ["start", "http", "message"]
    assert lines[-1]["kind"] == "end"
    join = lines[2]["message"]["join"]
    assert join["other_participants"][0]["identity"] == "alice"
    for line in lines:
        jsonschema.validate(line, SCHEMA)
    assert "eyJ" not in server.stdout
    assert server.stderr == ""


def test_its_keys_are_flags_or_variables() -> None:
    with serving("--api-key", "k", "--api-secret", "s" * 32, "-q") as server:
        assert ask(server, "ping", LIVEKIT_API_KEY="k", LIVEKIT_API_SECRET="s" * 32).exit_code == 0
        assert ask(server, "ping").exit_code == 4
        server.stop()
    assert "no media" not in server.stderr
    with serving(LIVEKIT_API_KEY="e", LIVEKIT_API_SECRET="t" * 32) as server:
        assert ask(server, "ping", LIVEKIT_API_KEY="e", LIVEKIT_API_SECRET="t" * 32).exit_code == 0


def test_a_full_room_is_refused_as_on_a_real_server() -> None:
    with serving("--max-participants", "1") as server:
        bob = ("listen", server.url, "--dev", "--room", "r", "--identity", "bob")
        with subprocess.Popen([sys.executable, "-m", "lksig", *bob], stdout=subprocess.PIPE, text=True) as first:
            assert first.stdout is not None
            assert " < join " in first.stdout.readline()
            ran = ask(server, "ping", "--json")
            assert (ran.exit_code, ran.stderr_json[-1]["error"]["code"]) == (3, "closed-by-media")
            first.kill()
    assert run("serve", "--max-participants", "-1").exit_code == 2


def test_sessions_may_be_ended_as_on_a_real_server() -> None:
    with serving("--join-timeout", "0.2") as server:
        ran = run(
            "listen",
            server.url,
            "--room",
            "r",
            "--identity",
            "ann",
            "--until",
            "leave",
            "--timeout",
            "5",
            variables=KEYS,
        )
        assert ran.exit_code == 0
        assert "JOIN_FAILURE" in ran.stdout


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--port", "70000"), "`--port 70000` is no port"),
        (("--api-key", "k"), "the API secret is missing"),
        (("--api-secret", "s"), "the API key is missing"),
        (("--join-timeout", "-1"), "`--join-timeout` needs a number of seconds"),
        (("--format", "x"), "`--format x` is no view"),
    ],
)
def test_what_makes_no_sense(words: tuple[str, ...], text: str) -> None:
    ran = run("serve", "--port", "0", *words)
    assert ran.exit_code == 2
    assert text in ran.stderr


def test_a_port_in_use_is_told_without_traceback() -> None:
    with serving() as server:
        ran = run("serve", "--port", server.url.rpartition(":")[2])
    assert ran.exit_code == 2
    assert "is in use" in ran.stderr
    assert "Traceback" not in ran.stderr
