"""What a typed line does: requests, and every command, in a script against the embedded server."""

from __future__ import annotations

import base64
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lksig.repl.verbs import VERBS
from lksig.wire.access_token import mint
from tests.support.cli import run
from tests.support.json_lines import problems
from tests.support.prompt import shown, typed
from tests.support.served import Served, messages, results
from tests.support.serving import serving

SETTLED = "/fence"
"""What the server says unasked has come when the fence is back: the next request is message 5."""

UNASKED = (1, 2, 3, 4)
"""Join, token, fence and its answer; whether the token or the fence is quicker, nobody knows."""

SILENT = "track_setting track_sids+=TR_x"
"""Succeeds without an answer of its own."""

QUICK = ("--timeout", "0.2")
"""For what is never answered."""


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as url:
        yield Served(url)


class TestRequests:
    def test_each_line_is_sent_and_has_its_verdict(self, served: Served) -> None:
        ran = typed(served, "add_track cid=c type=VIDEO", "mute sid=%c muted=true", "ping 5", flags=("--json",))
        assert ran.exit_code == 0
        assert sorted(results(ran)) == [("add_track", "answered"), ("mute", "unopposed"), ("ping", "answered")]
        assert [line["by"] for line in messages(ran) if line["dir"] == "to_server"][-1] == "auto"  # the leave

    def test_a_mistake_is_marked_and_the_next_line_is_done(self, served: Served) -> None:
        ran = typed(served, "mute sdi=TR_x", "ping 5")
        assert ran.exit_code == 2
        assert "error: mute sdi=TR_x\n            ^^^ " in ran.stderr
        assert "did you mean sid?" in ran.stderr
        assert any(line.startswith("< pong") for line in shown(ran))

    def test_what_waits_for_a_refused_one_is_not_sent(self, served: Served) -> None:
        ran = typed(served, "store_data_blob_request", "mute sid=%last.store_data_blob_response.key.generic")
        assert ran.exit_code == 1
        assert "not sent" in ran.stderr

    def test_placeholders_are_never_sent(self, served: Served) -> None:
        ran = typed(served, 'update_metadata metadata="[jwt 4f3a9c1e]"')
        assert (ran.exit_code, "holds a placeholder" in ran.stderr) == (2, True)

    def test_printed_lines_are_sent_again(self, served: Served) -> None:
        printed = typed(served, "ping 5", flags=("--json", "--show-secrets"))
        ran = typed(served, *printed.lines, flags=("--json",))
        assert [line["message"] for line in messages(ran, "ping")] == [{"ping": "5"}]

    def test_lines_go_on_and_comments_are_passed_over(self, served: Served) -> None:
        ran = typed(served, "# nothing", "", "update_metadata \\", "name=Ann", flags=("--json",))
        assert results(ran) == [("update_metadata", "answered")]

    def test_a_line_that_is_not_utf8(self, served: Served) -> None:
        ran = served.run("connect", stdin=b"\xff\xfe\nping 5\n")
        assert (ran.exit_code, "not UTF-8 at byte 0" in ran.stderr) == (2, True)
        assert any(line.startswith("< pong") for line in shown(ran))

    def test_the_last_line_needs_no_end(self, served: Served) -> None:
        ran = served.run("connect", "--json", stdin=b"ping 5\\\n")
        assert results(ran) == [("ping", "answered")]

    def test_a_long_script_waits_for_its_verdicts(self, served: Served) -> None:
        ran = typed(served, *(f"ping {number}" for number in range(1200)), flags=("--json", "--filter", "close"))
        assert ran.exit_code == 0
        (end,) = [line for line in ran.json if line["kind"] == "end"]
        assert end["messages"]["to_server"] >= 1200

    def test_a_request_without_a_connection(self, served: Served) -> None:
        ran = typed(served, "/leave", "ping 5", "/fence", "/ws ping", "/drop", "/leave")
        assert ran.exit_code == 2
        assert ran.stderr.count("`probe` has no connection") == 5


class TestViews:
    def test_help(self, served: Served) -> None:
        ran = typed(served, "/help", "help show", "?")
        assert all(f"{verb.usage}  " in ran.stdout and verb.help in ran.stdout for verb in VERBS.values())
        assert "/show [N] [tree|json|hex|wire|sdp]\n  message N whole" in ran.stdout
        assert run("schema", "mute").stdout.strip() in typed(served, "/help mute").stdout
        both = typed(served, "/help ping").stdout
        assert "/ping\n  send a `ping_req`" in both
        assert "> ping  case" in both
        assert "> ping  case" not in typed(served, "/help /ping").stdout

    def test_help_with_what_is_not_there(self, served: Served) -> None:
        ran = typed(served, "/help mtue", "/help /nope")
        assert ran.exit_code == 2
        assert "mtue" in ran.stderr
        assert "there is no command `/nope`" in ran.stderr

    def test_show_in_every_form(self, served: Served) -> None:
        lines = ("mute sid=TR_x muted=true", "/show %5 hex", "/show 5 wire", "/show 5 json", "/show 5", "/show")
        ran = typed(served, "/quiet on", SETTLED, *lines, flags=("--filter", "to_server and mute"))
        text = ran.stdout
        assert "  1 sid    TR_x" in text
        assert "1 sid  bytes 4" in text
        assert '{\n  "mute": {\n    "sid": "TR_x",' in text
        assert re.search(r"^00000000: 2a08 0a04 5452 5f78", text, re.MULTILINE)

    def test_session_descriptions_raw(self, served: Served) -> None:
        without = (f"/show {n} sdp" for n in UNASKED)
        ran = typed(served, SETTLED, "offer type=offer sdp=v=0", "/show 5 sdp", *without, flags=QUICK)
        assert "v=0" in ran.stdout
        assert "message 1 (`join`) holds no session description" in ran.stderr
        assert "(`refresh_token`) holds no session description" in ran.stderr

    @pytest.mark.parametrize(
        ("line", "text", "caret"),
        [
            ("/show 99", "there is no message 99, the last one is", "             ^^"),
            ("/show 0", "there is no message 0", "             ^"),
            ("/show x", "`x` is no message number", "             ^"),
            ("/show 1 tre", "`tre` is no form (did you mean tree?)", "               ^^^"),
            ("/show 1 tree now", "`/show` takes a number and a form", "                    ^^^"),
        ],
    )
    def test_mistakes(self, served: Served, line: str, text: str, caret: str) -> None:
        ran = typed(served, line)
        assert ran.exit_code == 2
        (row,) = [row for row in ran.stderr.splitlines() if text in row]
        assert row.startswith(f"{caret} {text}")

    def test_views_are_piped(self, served: Served) -> None:
        ran = typed(served, "/show 1 json | grep -c participant", "| wc -l", "| ", "/show 1 json", "| head -1")
        lines = [line for line in ran.lines if not line[:1].isdigit() or "Z" not in line]
        assert int(lines[0]) > 0
        assert int(lines[1]) > 10
        assert lines[-1] == "{"
        assert ran.exit_code == 2

    def test_nothing_to_pipe(self, served: Served) -> None:
        ran = typed(served, "| wc")
        assert (ran.exit_code, "nothing was shown that could be piped" in ran.stderr) == (2, True)

    def test_programs(self, served: Served) -> None:
        ran = typed(served, "! echo one; echo two >&2; exit 3", "! cat")
        assert "one\n" in ran.stdout
        assert "= two\n" in ran.stderr
        assert "`echo one; echo two >&2; exit 3` ended with 3" in ran.stderr
        assert ran.exit_code == 0

    def test_a_program_ends_with_the_prompt(self, served: Served) -> None:
        before = time.monotonic()
        line = [sys.executable, "-m", "lksig", "connect", *served.flags()]
        pipe = subprocess.PIPE
        with subprocess.Popen(line, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write("! echo begun >&2; exec sleep 50\n")
            process.stdin.flush()
            assert " join " in process.stdout.readline()
            process.send_signal(signal.SIGINT)
            process.stdin.close()
            assert process.wait() == 130
        assert time.monotonic() - before < 40

    def test_state(self, served: Served) -> None:
        ran = typed(served, "add_track cid=c type=VIDEO", "/state")
        assert re.search(r"^after message \d+, at ", ran.stdout, re.MULTILINE)
        assert "participant probe (you)" in ran.stdout
        (line,) = [line for line in typed(served, "/state", flags=("--json",)).json if line["kind"] == "room_state"]
        assert line["after"] > 0

    def test_latency(self, served: Served) -> None:
        ran = typed(served, "/latency", "ping 5", "ping 6", "/latency")
        assert "nothing was answered yet\n" in ran.stdout
        assert re.search(r"^ping → pong +2( +[0-9.]+ ms){3}$", ran.stdout, re.MULTILINE)

    def test_views_are_json_lines_under_json(self, served: Served) -> None:
        ran = typed(served, "/latency", "mute sdi=1", "/filter", flags=("--json",))
        (view,) = [line for line in ran.json if line["kind"] == "view"]
        assert view == {"kind": "view", "text": "nothing was answered yet"}
        warnings = [line["warning"]["code"] for line in ran.stderr_json if "warning" in line]
        assert warnings == ["unknown-field", "prompt"]
        assert [line["error"]["exit"] for line in ran.stderr_json if "error" in line] == [2]


class TestScreen:
    def test_filter(self, served: Served) -> None:
        ran = typed(
            served,
            SETTLED,
            "/filter",
            "/filter pong",
            "ping 5",
            "/filter off",
            "ping 6",
            "/filter bogus(",
            "/filter ~pong",
        )
        assert ran.exit_code == 2
        cases = [line.split()[1] for line in shown(ran, "<", ">")]
        assert cases[4:7] == ["pong", "ping", "pong"]
        assert "there is no filter\n" in ran.stderr
        assert "error: /filter bogus(\n               ^^^^^ " in ran.stderr

    def test_a_filter_of_the_command_line(self, served: Served) -> None:
        ran = typed(served, "ping 5", "/filter", flags=("--filter", "pong"))
        assert [line.split()[1] for line in shown(ran, "<", ">")] == ["pong"]
        assert "only `pong` is shown" in ran.stderr
        assert re.search(r"^\d+ messages in .* < \d+, [1-9]", ran.stderr, re.MULTILINE)

    def test_filters_see_words_of_the_lines(self, served: Served) -> None:
        ran = typed(served, "mute sid=TR_first", "mute sid=TR_second", flags=("--filter", "~TR_second"))
        assert [line.split()[2] for line in shown(ran, ">")] == ["sid=TR_second"]

    def test_quiet(self, served: Served) -> None:
        ran = typed(served, SETTLED, "/quiet", "ping 5", "/quiet off", "/quiet maybe", "/quiet on off")
        assert [line[:6] for line in shown(ran, "<", ">")][4:6] == ["> ping", "< pong"]
        assert "only what you send and what answers it is shown" in ran.stderr
        assert "all is shown again" in ran.stderr
        assert "`maybe` is neither on nor off" in ran.stderr
        assert "nothing stands behind `on` or `off`" in ran.stderr

    def test_quiet_shows_how_sessions_begin_and_end(self, served: Served) -> None:
        ran = typed(served, SETTLED, "/quiet", "/resume", "/rejoin")
        assert [line.split()[1] for line in shown(ran, "<")][3:] == ["reconnect", "leave", "join", "leave"]
        assert "rejoin: start over" in ran.stderr

    def test_detail(self, served: Served) -> None:
        ran = typed(served, "/detail", "ping 5", "/detail off", "ping 6")
        assert "> ping · 2 B · by user" in ran.stdout
        assert "> ping 6" in shown(ran)

    def test_detail_changes_no_json_line(self, served: Served) -> None:
        ran = typed(served, "/detail", "ping 5", flags=("--json",))
        assert messages(ran, "ping")

    def test_auto(self, served: Served) -> None:
        ran = typed(served, "/auto", "/auto fence off", SILENT, "/auto sync", "/auto ping off", "/auto nope")
        assert "ping    on   send `ping_req`" in ran.stdout
        assert "fence   off  find out" in ran.stdout
        assert "sync    off  say" in ran.stdout
        assert "lksig does nothing called `nope` by itself" in ran.stderr
        assert not any("unopposed" in line for line in shown(ran))
        ran = typed(served, "/auto rejoin on", flags=("--json",))
        assert [line["text"][:10] for line in ran.json if line["kind"] == "view"] == ["rejoin  on"]


class TestFrames:
    def test_ping(self, served: Served) -> None:
        ran = typed(served, SETTLED, "/ping")
        assert [line.split()[1] for line in shown(ran)][4:6] == ["ping_req", "pong_resp"]

    def test_fence(self, served: Served) -> None:
        ran = typed(served, SILENT, "/fence", flags=("--no-fence",))
        assert re.search(r"the fence came back after [0-9.]+ ms", ran.stderr)
        assert ran.exit_code == 0

    def test_a_fence_that_the_end_overtakes(self, served: Served) -> None:
        ran = typed(served, "/fence", "/drop")
        assert ran.exit_code == 0

    def test_resend(self, served: Served) -> None:
        ran = typed(
            served,
            SETTLED,
            "add_track cid=c type=VIDEO width=640",
            "/resend 5 cid=d -width",
            "/resend 1",
            "/resend",
            "/resend 5 x=1",
        )
        assert "> add_track cid=d type=VIDEO" in shown(ran)
        assert "message 1 is the server's (`join`)" in ran.stderr
        assert "`/resend` needs the number of a request" in ran.stderr
        assert ran.exit_code == 2

    def test_exact_bytes(self, served: Served, tmp_path: Path) -> None:
        file = tmp_path / "frame"
        file.write_bytes(b"\x70\x07")
        lines = (
            "/raw hex:70 05",
            "/raw b64:cAY=",
            f"/raw @{file}",
            '/text {"ping":"8"}',
            "/raw",
            "/text",
            "/raw 68",
            "/raw hex:6",
        )
        ran = typed(served, *lines, "/raw b64:?", flags=("--json",))
        sent = [(line["message"], line["encoding"]) for line in messages(ran, "ping")]
        assert sent == [({"ping": str(n)}, "protobuf") for n in (5, 6, 7)] + [({"ping": "8"}, "json")]
        assert ran.exit_code == 2
        assert sum("warning" in line for line in ran.stderr_json) == 5

    def test_websocket_pings_and_closes(self, served: Served) -> None:
        ran = typed(served, "/ws ping hello", "/ping", "/ws close 4001 enough of this")
        assert "% - - ws_ping to server, 5 B 68656c6c6f" in ran.stdout
        assert "ws_pong to client, 5 B 68656c6c6f" in ran.stdout
        assert "client closed 4001" in ran.stdout
        assert ran.exit_code == 0

    @pytest.mark.parametrize(
        ("line", "text"),
        [
            ("/ws", "`/ws` sends a `ping` or a `close`"),
            ("/ws pong", "`/ws` sends a `ping` or a `close`"),
            ("/ws close 99", "`99` is no close code"),
            ("/ws close 1005", "1005 is never sent"),
            ("/ws close 1000 " + "x" * 124, "a reason has 123 bytes at most"),
            ("/ws ping " + "x" * 126, "a ping holds 125 bytes at most"),
        ],
    )
    def test_what_no_control_frame_can_be(self, served: Served, line: str, text: str) -> None:
        ran = typed(served, line)
        assert (ran.exit_code, text in ran.stderr) == (2, True)


class TestSessions:
    def test_a_resume_takes_over(self, served: Served) -> None:
        ran = typed(served, "add_track cid=c type=VIDEO", "/resume", "mute sid=%c muted=true", "/ping")
        assert ran.exit_code == 0
        assert "the one before is still open" in ran.stderr
        cases = [line.split()[1] for line in shown(ran, "<", ">")]
        assert cases.count("join") == 1
        assert "reconnect" in cases
        assert "sync_state" in cases
        assert any("unopposed" in line for line in shown(ran, "="))
        assert "server closed 1000 · socket 1, taken over by socket 2" in ran.stdout

    def test_a_resume_without_sync_state(self, served: Served) -> None:
        ran = typed(served, "/auto sync off", "/resume")
        assert "sync_state" not in [line.split()[1] for line in shown(ran, ">")]

    def test_a_resume_after_a_drop_finds_nobody(self, served: Served) -> None:
        ran = typed(served, "/drop", "! sleep 0.1", "/resume")
        assert ran.exit_code == 8
        assert "the one before is gone" in ran.stderr
        assert "STATE_MISMATCH" in ran.stdout
        assert "not resumed: a server forgets a participant without media when its socket closes" in ran.stderr
        assert typed(served, "/drop", "! sleep 0.1", "/resume", "/rejoin", "ping 5").exit_code == 0

    def test_a_rejoin_starts_over(self, served: Served) -> None:
        ran = typed(served, "update_metadata name=A", "/rejoin", "update_metadata name=B", flags=("--json",))
        sids = [line["message"]["join"]["participant"]["sid"] for line in messages(ran, "join")]
        assert len(set(sids)) == 2
        ids = [
            line["message"]["update_metadata"].get("request_id")
            for line in messages(ran, "update_metadata")
            if line["by"] == "user"
        ]
        assert ids == [1, 2]
        assert len([line for line in ran.json if line["kind"] == "end"]) == 1

    def test_leaving_keeps_the_prompt(self, served: Served) -> None:
        ran = typed(served, "/leave", "/show 1 hex", "/rejoin", "ping 5")
        assert ran.exit_code == 0
        assert any(line.startswith("< pong") for line in shown(ran))

    def test_quit_reads_no_more(self, served: Served) -> None:
        ran = typed(served, "/quit", "ping 5")
        assert (ran.exit_code, any("ping" in line for line in shown(ran, ">"))) == (0, False)

    def test_the_server_ends_it(self, served: Served) -> None:
        ran = typed(served, "simulate server_leave=true", "! sleep 0.2", "ping 5")
        assert ran.exit_code == 8
        assert "`probe` has no connection" in ran.stderr

    def test_rejoin_by_itself(self, served: Served) -> None:
        ran = typed(
            served, "simulate server_leave=true", "/ping", "! sleep 0.2", "ping 5", flags=("--rejoin", "--json")
        )
        assert len(messages(ran, "join")) == 2
        assert messages(ran, "pong")


class TestParticipants:
    def test_a_second_one_speaks(self, served: Served) -> None:
        ran = typed(
            served, "/use bob", "update_metadata name=Bob", "/use", "/use probe", "update_metadata name=P", "/latency"
        )
        assert ran.exit_code == 0
        assert any(" join " in line and "B [bob] room" in line for line in ran.lines)
        assert re.search(r"^  probe  CONNECTED  PA_\w+\n\* bob  CONNECTED  PA_\w+$", ran.stdout, re.MULTILINE)
        assert re.search(r"^= bob update_metadata \(\d+\) → probe update \(\d+\) [0-9.]+ ms$", ran.stderr, re.MULTILINE)
        assert re.search(r"^probe update_metadata → bob update +1 ", ran.stdout, re.MULTILINE)

    def test_numbers_of_sessions_in_json(self, served: Served) -> None:
        ran = typed(served, "/use bob", "ping 5", '/use "probe"', "ping 6", "/state", flags=("--json",))
        assert [(line["session"], line["message"]) for line in messages(ran, "ping")] == [
            (2, {"ping": "5"}),
            (1, {"ping": "6"}),
        ]
        assert [line["kind"] for line in ran.json].count("end") == 2

    def test_each_has_its_own_state(self, served: Served) -> None:
        ran = typed(served, "/use bob", "/state")
        assert "as bob sees it" in ran.stdout
        assert "participant bob (you)" in ran.stdout

    def test_without_a_key_nobody_else_can_join(self, served: Served) -> None:
        token = mint("devkey", "secret", identity="probe", room="r", now_s=int(time.time()))
        ran = run("connect", served.url, "--token", token, stdin='/use bob\n/use ""\nping 5\n')
        assert ran.exit_code == 2
        assert "an identity is not empty" in ran.stderr
        assert "`bob` needs a token of its own" in ran.stderr
        assert any("pong" in line for line in shown(ran))


class TestFiles:
    def test_a_recording_begins_at_the_beginning(self, served: Served, tmp_path: Path) -> None:
        file = tmp_path / "call.lksig"
        lines = (
            "ping 5",
            "/record",
            f"/record start {file}",
            "/record",
            "ping 6",
            "/record mark here",
            "/record stop",
            "ping 7",
        )
        ran = typed(served, *lines)
        assert ran.exit_code == 0
        assert "nothing is being recorded" in ran.stderr
        assert "from the beginning of the session" in ran.stderr
        assert "is complete" in ran.stderr
        shown_again = run("show", str(file), "--json")
        assert shown_again.exit_code == 0
        pings = [line["message"]["ping"] for line in messages(shown_again, "ping")]
        assert pings == ["5", "6"]
        assert [line["text"] for line in shown_again.json if line["kind"] == "marker"] == ["here"]

    def test_a_recording_shows_the_lines_that_were_printed(self, served: Served, tmp_path: Path) -> None:
        file = tmp_path / "call.lksig"
        lines = ("add_track cid=c type=VIDEO", "/resume", "/use bob", "ping 5", "/record mark", "/drop", "/rejoin")
        ran = typed(served, *lines, "/ws ping x", "! sleep 0.1", flags=("--record", str(file), "--json"))
        again = run("show", str(file), "--json")
        assert (ran.exit_code, again.exit_code) == (0, 0)
        assert again.json == ran.json

    def test_so_does_one_that_was_begun_in_the_middle(self, served: Served, tmp_path: Path) -> None:
        file = tmp_path / "call.lksig"
        lines = ("add_track cid=c type=VIDEO", "/resume", "/use bob", f"/record start {file}", "ping 5")
        ran = typed(served, *lines, flags=("--json",))
        assert run("show", str(file), "--json").json == ran.json

    def test_everything_so_far_is_saved(self, served: Served, tmp_path: Path) -> None:
        file = tmp_path / "so far.lksig.gz"
        ran = typed(served, "ping 5", f'/save "{file}"', f'/save "{file}"', "/save")
        assert ran.exit_code == 2
        assert "exists already" in ran.stderr
        assert "give another name" in ran.stderr
        assert "--force" not in ran.stderr
        assert "`/save` needs a file" in ran.stderr
        assert any(" ping " in line for line in run("show", str(file)).lines)

    def test_mistakes_about_recordings(self, served: Served, tmp_path: Path) -> None:
        file = tmp_path / "a.lksig"
        ran = typed(
            served, "/record stop", "/record start", "/record pause", f"/record start {file}", f"/record start {file}"
        )
        for text in (
            "nothing is being recorded",
            "needs a file",
            "`start FILE`, `stop` or `mark TEXT`",
            "being recorded already",
        ):
            assert text in ran.stderr
        assert ran.exit_code == 2

    def test_an_existing_file_is_refused_before_the_dial(self, served: Served, tmp_path: Path) -> None:
        file = tmp_path / "a.lksig"
        file.write_text("x")
        ran = typed(served, flags=("--record", str(file)))
        assert (ran.exit_code, "exists already" in ran.stderr) == (2, True)
        assert ran.stdout == ""

    def test_an_editor_needs_a_terminal(self, served: Served) -> None:
        ran = typed(served, "/edit mute", "/edit mtue", "/edit")
        assert "there is no terminal for an editor" in ran.stderr
        assert "did you mean mute?" in ran.stderr
        assert "`/edit` needs the case to send" in ran.stderr


class TestSecrets:
    def test_nothing_shows_a_token(self, served: Served, tmp_path: Path) -> None:
        lines = (
            SETTLED,
            "/show 2",
            "/show 2 json",
            "/show 2 hex",
            "/show 2 wire",
            "/state",
            "/detail",
            "/show 2 json | cat",
        )
        ran = typed(served, *lines)
        hexed = "65794a"  # `eyJ`, how every token begins
        assert "eyJ" not in ran.stdout + ran.stderr
        assert hexed not in ran.stdout.replace(" ", "")

    def test_unless_asked_for(self, served: Served) -> None:
        ran = typed(served, SETTLED, *(f"/show {n} json" for n in UNASKED), flags=("--show-secrets",))
        assert "eyJ" in ran.stdout

    def test_a_mistake_does_not_repeat_the_secret(self, served: Served) -> None:
        token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
        ran = typed(served, f"mute sdi={token}")
        assert (ran.exit_code, token in ran.stderr) == (2, False)


def test_every_json_line_fits_the_schema(served: Served) -> None:
    ran = typed(served, "ping 5", "/show 3", "/state", "/latency", "/resume", "/use bob", "/ws ping", flags=("--json",))
    assert {"view", "room_state", "ws_ping"} < {line["kind"] for line in ran.json}
    assert [problems(line) for line in ran.json if problems(line)] == []


class TestSecretsOfTheUser:
    SECRET = "APIsecret0123456789abcdef"

    def test_the_users_own_are_hidden_in_every_view_of_a_message_and_of_the_room(self) -> None:
        flags = ("--api-key", "key", "--api-secret", self.SECRET, "--room", "standup", "--identity", "probe")
        grant = ("--grant", "canUpdateOwnMetadata=true")
        lines = [f'update_metadata metadata="my {self.SECRET}"', SETTLED, "/detail on"]
        lines += [f"/show {n} {form}" for n in (5, 6, 7, 8) for form in ("tree", "json", "hex", "wire")]
        lines += ["/state", f"update_metadata name={self.SECRET}", SETTLED]
        with serving("--api-key", "key", "--api-secret", self.SECRET) as url:
            ran = run("connect", url, *flags, *grant, stdin="".join(f"{line}\n" for line in lines))
        assert "my [secret " in ran.stdout
        assert "metadata=my [secret" in ran.stdout.replace('"', "")
        told = "".join(line[10:50].replace(" ", "") for line in ran.lines)
        for form in (self.SECRET, self.SECRET.encode().hex(), base64.b64encode(self.SECRET.encode()).decode()):
            assert form not in ran.stdout + ran.stderr + told
