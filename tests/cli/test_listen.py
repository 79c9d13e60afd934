"""`lksig listen` against the embedded server: when it stops, what it prints, and how it ends."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.support.cli import run
from tests.support.connecting import connecting
from tests.support.served import CREDENTIALS, Served, error, messages
from tests.support.serving import serving

HOSTILE = "Ann\x1b]0;owned\x07\x1b[31m\u202egnp.exe[red]\nline"


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving("--with", "alice") as url:
        yield Served(url)


def test_count(served: Served) -> None:
    ran = served.run("listen", "-n", "2")
    assert ran.exit_code == 0
    assert len(ran.lines) == 2


def test_count_behind_a_filter(served: Served) -> None:
    ran = served.run("listen", "-n", "1", "refresh_token")
    assert [line.split()[4] for line in ran.lines] == ["refresh_token"]


def test_until(served: Served) -> None:
    ran = served.run("listen", "--json", "--until", "refresh_token", "--timeout", "5")
    assert ran.exit_code == 0
    assert messages(ran, "refresh_token")


def test_until_in_vain(served: Served) -> None:
    ran = served.run("listen", "--json", "--until", "room_moved", "--timeout", "0.2")
    assert (ran.exit_code, error(ran)["exit"]) == (6, 6)
    assert ran.json[-1]["kind"] == "end"


@pytest.mark.parametrize(
    ("words", "caret"),
    [
        (("--filter", "bytes gt big", "update"), "error: bytes gt big\n                ^^^ not a number"),
        (("--filter", "update", "bytes", "gt", "big"), "error: bytes gt big\n                ^^^ not a number"),
        (("--filter", "update or", "join"), "error: update or\n                ^ something is missing"),
    ],
)
def test_of_two_filters_a_mistake_points_into_the_one_that_was_typed(
    served: Served, words: tuple[str, ...], caret: str
) -> None:
    ran = served.run("listen", *words)
    assert ran.exit_code == 2
    assert ran.stderr.startswith(caret)


def test_two_filters_must_both_hold(served: Served) -> None:
    ran = served.run("listen", "-n", "1", "--filter", "join or refresh_token", "not join")
    assert [line.split()[4] for line in ran.lines] == ["refresh_token"]


def test_timeout_alone_is_a_duration(served: Served) -> None:
    assert served.run("listen", "--timeout", "0.1").exit_code == 0


@pytest.mark.parametrize("words", [("update.participants.identty=a",), ("tracks_published",), ("bytes", "gt", "big")])
def test_a_wrong_filter_is_exit_2(served: Served, words: tuple[str, ...]) -> None:
    ran = served.run("listen", *words)
    assert ran.exit_code == 2
    assert "^" in ran.stderr


def test_a_bare_address_is_a_url() -> None:
    ran = run("listen", "localhost:1", "--api-key", "devkey", "--api-secret", "secret", "--room", "r", "--json")
    assert (ran.exit_code, ran.json[0]["url"]) == (3, "ws://localhost:1/rtc/v1")


@pytest.mark.parametrize("view", [(), ("--json",), ("--format", "tree"), ("--format", "json")])
def test_hostile_names_are_harmless(served: Served, view: tuple[str, ...]) -> None:
    ran = served.run("listen", "-n", "1", "--name", HOSTILE, *view)
    for text in (ran.stdout, ran.stderr):
        assert not [char for char in text if (ord(char) < 32 and char != "\n") or char in "\u202e\x7f"]
    assert "\nline" not in ran.stdout


def test_the_tree_knows_what_time_it_is(served: Served) -> None:
    ran = served.run("listen", "--until", "refresh_token", "--filter", "refresh_token", "--format", "tree")
    assert re.search(r"expires .* \(in 6 h\)", ran.stdout), ran.stdout


def test_the_start_line_names_everything(served: Served) -> None:
    ran = served.run("listen", "--json", "-n", "1", "--room", "standup", "--identity", "probe")
    start = ran.json[0]
    assert start["kind"] == "start"
    assert (start["format"], start["room"], start["identity"], start["path"]) == (1, "standup", "probe", "v1")
    assert start["url"] == f"{served.url}/rtc/v1"


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_leave_politely(served: Served, number: signal.Signals, exit_code: int) -> None:
    with served.start("listen", "--json") as process:
        assert process.stdout is not None
        while '"case":"join"' not in process.stdout.readline():
            pass
        process.send_signal(number)
        rest = process.stdout.read()
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
    assert process.returncode == exit_code
    assert '"case":"leave","by":"auto"' in rest
    assert '"ended_by":"client"' in rest.splitlines()[-1]


def test_a_signal_while_dialing(served: Served) -> None:
    """Nobody answers there, so there is nothing to leave; the end must come all the same."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        line = [sys.executable, "-m", "lksig", "listen", f"ws://127.0.0.1:{silent.getsockname()[1]}", *CREDENTIALS]
        with subprocess.Popen([*line, "--room", "r", "--json"], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            while "CONNECTING" not in process.stdout.readline():
                pass
            with silent.accept()[0]:
                process.send_signal(signal.SIGINT)
                process.stdout.read()
    assert process.returncode == 130


def test_a_reader_that_goes_away(served: Served) -> None:
    with served.start("listen", "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        complaints = process.stderr.read()
    assert process.returncode == 141
    assert complaints == ""


@pytest.mark.parametrize("size", ["0", "0k", "-1", "x", "1.5k", "k", "", "\u00b2", "9" * 20, "9" * 5000])
def test_what_is_no_size(size: str) -> None:
    ran = run("listen", "ws://127.0.0.1:1", "--dev", "--json", f"--max-message-size={size}")
    assert (ran.exit_code, error(ran)["code"]) == (2, "bad-option")


@pytest.mark.parametrize("size", ["1", "300B", "2M", "512Ki", "999999999999mi"])
def test_what_is_one(size: str) -> None:
    assert run("listen", "ws://127.0.0.1:1", "--dev", "--dry-run", "--max-message-size", size).exit_code == 0


@pytest.mark.parametrize("compression", ["--compression", "--no-compression"])
def test_a_message_over_the_limit_is_told_with_the_limit(served: Served, compression: str) -> None:
    ran = served.run("listen", "--json", "--max-message-size", "300", compression)
    told = error(ran)
    assert (ran.exit_code, told["layer"], told["code"]) == (3, "protocol", "message-too-big")
    assert re.fullmatch(r"given up: a message( of \d+ bytes)? is over the limit of 300 bytes", told["text"])
    assert "the connection went away" not in served.run("listen", "--max-message-size", "300", compression).stderr


def test_undecodable_is_strict_only_when_asked(served: Served) -> None:
    assert served.run("listen", "-n", "1", "--strict").exit_code == 0


@pytest.mark.parametrize(
    ("proxy", "exit_code", "code"),
    [
        ("http://127.0.0.1:1", 3, "proxy-unreachable"),
        ("nonsense", 2, "bad-proxy"),
    ],
)
def test_a_proxy_that_does_not_do(served: Served, proxy: str, exit_code: int, code: str) -> None:
    ran = served.run("listen", "--json", "-x", proxy)
    assert (ran.exit_code, error(ran)["layer"], error(ran)["code"]) == (exit_code, "proxy", code)


def test_through_a_proxy(served: Served) -> None:
    """A proxy that only knows CONNECT: the session goes through it."""
    with connecting() as (proxy, seen):
        ran = served.run("listen", "-n", "1", "-x", proxy)
    assert ran.exit_code == 0
    assert seen == ["CONNECT " + served.url.removeprefix("ws://") + " HTTP/1.1"]
