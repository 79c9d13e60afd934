"""`lksig connect` from the outside: exit codes, streams, what is said before and after the prompt."""

from __future__ import annotations

import contextlib
import functools
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lksig.session.recent import RecentMessages
from lksig.wire.access_token import mint
from tests.support.cli import run
from tests.support.prompt import kinds, typed
from tests.support.served import Served, error
from tests.support.serving import serving


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as url:
        yield Served(url)


def test_a_url_alone_means_connect(served: Served) -> None:
    flags = ("--api-key", "devkey", "--api-secret", "secret", "--room", "r")
    ran = run(served.url, *flags, stdin="ping 5\n")
    assert (ran.exit_code, " pong " in ran.stdout) == (0, True)


def test_nothing_to_do_joins_and_leaves(served: Served) -> None:
    ran = typed(served, flags=("--json",))
    assert ran.exit_code == 0
    assert (kinds(ran)[0], kinds(ran)[-1]) == ("start", "end")
    assert ran.json[-1]["ended_by"] == "client"


def test_the_words_are_a_url_and_nothing_else(served: Served) -> None:
    ran = served.run("connect", "ping")
    assert (ran.exit_code, "`ping` is no URL" in ran.stderr) == (2, True)
    assert "requests are typed at the prompt" in ran.stderr
    assert served.run("connect", "--timeout", "-1").exit_code == 2
    assert served.run("connect", "--filter", "bogus(").exit_code == 2


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["ping 5"], 0),
        (["mute sid=TR_nope muted=true"], 1),
        (["nope", "mute sid=TR_nope muted=true"], 2),
        (["mute sid=TR_nope muted=true", "offer type=offer sdp=v=0"], 6),
        (["mute sid=%alice/cam muted=true"], 2),
        (["ping %last.offer.id"], 6),
        (["nope", "simulate server_leave=true"], 8),
        (["nope", "simulate server_leave=true", "/rejoin"], 2),
        (["/drop"], 0),
    ],
)
def test_the_exit_code_is_that_of_the_worst(served: Served, lines: list[str], code: int) -> None:
    ran = typed(served, *lines, flags=("--timeout", "0.3"))
    assert ran.exit_code == code, ran.stderr


def test_under_json_one_error_says_why(served: Served) -> None:
    ran = typed(served, "nope", "/nope", flags=("--json",))
    assert (error(ran)["exit"], error(ran)["code"], error(ran)["source"]) == (2, "unknown-case", "nope")
    ended = typed(served, "simulate server_leave=true", flags=("--json",))
    assert (ended.exit_code, error(ended)["code"]) == (8, "server-ended")


def test_a_dial_that_fails_is_explained() -> None:
    ran = run("connect", "ws://127.0.0.1:9", "--dev", stdin="ping 5\n")
    assert ran.exit_code == 3
    assert "connection refused" in ran.stderr


def test_without_credentials_it_probes(served: Served) -> None:
    ran = run("connect", served.url, stdin="ping 5\n")
    assert ran.exit_code == 4
    assert "no credentials" in ran.stderr
    assert "`--token`" in ran.stderr


def test_dry_run_connects_to_nothing(served: Served) -> None:
    ran = served.run("connect", "--dry-run")
    assert (ran.exit_code, "GET /rtc/v1?" in ran.stdout) == (0, True)


def test_whose_session_a_token_ends_is_said(served: Served) -> None:
    token = mint("devkey", "secret", identity="ann", room="r", now_s=int(time.time()))
    ran = run("connect", served.url, "--token", token)
    assert (ran.exit_code, "joining ends ann's session in r" in ran.stderr) == (0, True)


def test_a_recording_on_stdout(served: Served) -> None:
    ran = typed(served, "ping 5", "/show 1", flags=("--record", "-"))
    assert ran.exit_code == 0
    assert json.loads(ran.lines[0])
    assert " > ping " in ran.stderr
    again = run("show", "-", stdin=ran.stdout_bytes)
    assert " > ping " in again.stdout


class TestLookingBack:
    @pytest.fixture(autouse=True)
    def little_is_held(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("lksig.repl.desk.RecentMessages", functools.partial(RecentMessages, max_messages=1))

    def test_a_recording_has_what_memory_has_not(self, served: Served, tmp_path: Path) -> None:
        file = tmp_path / "call.lksig"
        lines = ("ping 5", "/show 1 json", "ping %1.participant.joined_at", "/record stop", "/show 1 json")
        ran = typed(served, *lines, flags=("--record", str(file)))
        assert '"identity": "probe"' in ran.stdout
        assert "message 1 is no longer held" in ran.stderr
        assert ran.exit_code == 2

    def test_a_recording_that_cannot_be_read_back(self, served: Served, tmp_path: Path) -> None:
        file = tmp_path / "call.lksig"
        for flags in (("--record", str(file)), ("--record", "-")):
            ran = typed(served, "ping 5", f"! rm -f {file}", "/show 1", flags=flags)
            assert (ran.exit_code, "message 1 is no longer held" in ran.stderr) == (2, True)


def test_a_rejoin_that_is_refused_is_explained() -> None:
    line = [sys.executable, "-m", "lksig", "connect"]
    pipe = subprocess.PIPE
    with contextlib.ExitStack() as stack:
        served = Served(stack.enter_context(serving()))
        with subprocess.Popen([*line, *served.flags()], stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
            assert process.stdout is not None
            assert " join " in process.stdout.readline()
            stack.close()  # the server is gone
            _, told = process.communicate("! sleep 0.1\n/rejoin\n")
            assert process.returncode == 3
            assert "connection refused" in told


def test_stdin_has_one_reader(served: Served, tmp_path: Path) -> None:
    ran = run("connect", served.url, "--token-file", "-", stdin="x")
    assert ran.exit_code == 2


def test_a_script_loads_only_what_it_asks_for(served: Served) -> None:
    code = (
        "import json, sys\nsys.argv = ['lksig', 'connect', *sys.argv[1:]]\nfrom lksig.entry import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\nprint(json.dumps(sorted(sys.modules)))"
    )
    line = [sys.executable, "-c", code, *served.flags("--json")]
    done = subprocess.run(line, input="ping 5\n", capture_output=True, text=True, check=True)
    modules = json.loads(done.stdout.splitlines()[-1])
    assert "lksig.repl.desk" in modules
    unasked = (
        *("prompt_toolkit", "rich.console", "lksig.repl.verbs_", "lksig.repl.terminal", "lksig.session.known"),
        *("lksig.schema.filter", "lksig.schema.manual", "lksig.schema.suggest", "lksig.recording.reader"),
        *("lksig.session.rooms", "lksig.render.tree", "lksig.render.state"),
    )
    assert [name for name in modules if name.startswith(unasked)] == []


class TestProcesses:
    def start(self, served: Served, *flags: str) -> subprocess.Popen[str]:
        line = [sys.executable, "-m", "lksig", "connect", *served.flags("--json", *flags)]
        pipe = subprocess.PIPE
        return subprocess.Popen(line, stdin=pipe, stdout=pipe, stderr=pipe, text=True)

    def wait_for(self, process: subprocess.Popen[str], what: str) -> str:
        assert process.stdout is not None
        for line in process.stdout:
            if what in line:
                return line
        raise AssertionError(f"{what} did not come")

    def test_a_program_may_write_a_line_and_read_what_comes(self, served: Served) -> None:
        with self.start(served) as process:
            assert process.stdin is not None
            for number in (5, 6):
                process.stdin.write(f"ping {number}\n")
                process.stdin.flush()
                self.wait_for(process, '"kind":"result"')
            process.stdin.close()
            assert process.wait() == 0

    @pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
    def test_a_signal_leaves_politely(self, served: Served, sent: signal.Signals, code: int) -> None:
        with self.start(served) as process:
            self.wait_for(process, '"case":"join"')
            process.send_signal(sent)
            self.wait_for(process, '"kind":"end"')
            assert process.wait() == code

    def test_a_reader_that_goes_away(self, served: Served) -> None:
        with self.start(served) as process:
            self.wait_for(process, '"case":"join"')
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdout.close()
            process.stdin.write("ping 5\n" * 50)
            process.stdin.flush()
            assert process.wait() == 141

    def test_to_a_reader_that_went_away_nothing_is_said(self, served: Served, tmp_path: Path) -> None:
        script = tmp_path / "script"
        script.write_text("ping 5\n" * 5000)
        line = [sys.executable, "-m", "lksig", "connect", *served.flags()]
        with (
            script.open() as typed_in,
            subprocess.Popen(
                line, stdin=typed_in, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            ) as process,
        ):
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.readline()
            process.stdout.close()
            assert "not sent" not in process.stderr.read()
            assert process.wait() == 141
