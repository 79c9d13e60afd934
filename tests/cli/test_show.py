"""`lksig show`: a recording in the views of `listen`, a part of it, and what is said when it is no recording."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cli import run

KEPT = Path(__file__).parent.parent / "recordings"
FULL = str(KEPT / "full.lksig")


def numbers(*words: str) -> list[int]:
    """The messages that are shown."""
    return [line["n"] for line in run("show", FULL, "--json", *words).json if line["kind"] == "message"]


def test_a_file_alone_is_shown() -> None:
    ran = run(FULL, "join")
    assert ran.exit_code == 0
    assert [line.split()[4] for line in ran.lines] == ["join"]
    assert "connecting wss://lk.example.com/rtc/v1 as probe in standup" in ran.stderr
    assert ran.stderr.splitlines()[-5:] == [
        "58 messages in 5.2 s · < 35, 5.5 kB · > 23, 2.3 kB · 2 sockets",
        "left: the client ended the session, close 1000",
        *ran.stderr.splitlines()[-3:-1],
        "undecodable: 2",
    ]


def test_the_machines_view_is_that_of_the_session() -> None:
    expected = [json.loads(line) for line in (KEPT / "full.jsonl").read_text().splitlines()]
    assert [line["kind"] for line in run("show", FULL, "--json").json] == [line["kind"] for line in expected]


def test_filters_and_views() -> None:
    assert numbers("join") == [1]
    assert numbers("--filter", "to_client", "refresh_token or leave") == [14, 58]
    body = run("show", FULL, "refresh_token", "-q", "--format", "json").stdout
    assert json.loads(body) == {"refresh_token": "[jwt 04b18964]"}
    raw = run("show", FULL, "refresh_token", "-q", "--format", "raw").stdout_bytes
    assert raw.startswith(b"\x82\x01")
    assert set(raw[4:]) == {ord("x")}
    tree = run("show", FULL, "mute", "-q", "--format", "tree")
    assert "TR_nope" in tree.stdout


def test_parts() -> None:
    assert numbers("--from", "30", "--to", "32") == [30, 31, 32]
    assert numbers("--from", "5.1s") == [56, 57, 58]
    assert numbers("--to", "50ms") == [1, 2, 3, 4, 5, 6, 7]
    assert numbers("--from", "mark:before the odd ones", "--to", "53") == [50, 51, 52, 53]
    assert numbers("--from", "14:34:11Z") == [58]
    ran = run("show", FULL, "--json", "--from", "9999")
    assert ran.exit_code == 2
    assert [line["kind"] for line in ran.json] == ["start", "start", "end"]
    assert ran.stderr_json[0]["error"]["text"] == "`--from 9999` is behind the last message, 58"
    assert run("show", FULL, "--to", "yesterday").exit_code == 2


def test_an_incomplete_recording_shows_what_is_whole_and_says_what_is_not() -> None:
    path = str(KEPT / "truncated.lksig")
    ran = run("show", path, "--json")
    assert ran.exit_code == 7
    assert [line["kind"] for line in ran.json].count("message") == 35
    assert ran.json[-1]["ended_by"] is None
    assert ran.stderr_json == [
        {
            "error": {
                "exit": 7,
                "layer": "file",
                "code": "incomplete",
                "text": f"`{path}` is incomplete behind 35 whole messages: it ends within a line, "
                "of which 39 bytes are left",
                "hint": "everything that is whole was read",
            }
        }
    ]
    assert run("show", path).stderr.count("is incomplete") == 1


def test_a_newer_recording_says_what_was_passed_over() -> None:
    ran = run("show", str(KEPT / "odd.lksig"), "-v")
    assert ran.exit_code == 0
    told = "warning: 2 lines are of a kind that this lksig does not know; lksig 9.0.1 wrote them"
    assert told in ran.stderr.splitlines()
    assert "= recorded by lksig 9.0.1, protocol 1.99.0, secrets and locations hidden" in ran.stderr.splitlines()
    assert "nothing hidden" in run("show", str(KEPT / "minimal.lksig"), "-v").stderr


def test_the_start_line_names_the_lksig_that_recorded() -> None:
    first = run("show", str(KEPT / "odd.lksig"), "--json").json[0]
    assert (first["lksig"], first["protocol"], first["format"]) == ("9.0.1", "1.99.0", 1)


def test_strict_looks_at_frames_that_do_not_decode() -> None:
    assert run("show", FULL, "--strict", "-q").exit_code == 5
    assert run("show", str(KEPT / "minimal.lksig"), "--strict", "-q").exit_code == 0


def test_a_frame_that_has_no_json_is_told_beside_it() -> None:
    ran = run("show", FULL, "undecodable", "--format", "json")
    assert ran.stdout == ""
    assert "does not decode" in ran.stderr


def test_raw_bytes_are_not_for_a_terminal_which_would_obey_them() -> None:
    for words in (("show", FULL), ("replay", FULL), ("listen", "ws://127.0.0.1:1", "--dev")):
        ran = run(*words, "--format", "raw", stdout_is_terminal=True)
        assert (ran.exit_code, ran.stdout) == (2, "")
        assert "raw bytes are not for a terminal" in ran.stderr


def test_strict_says_why_in_json_and_where_the_closing_lines_do_not() -> None:
    told = json.loads(run("show", FULL, "--strict", "--json").stderr)["error"]
    assert (told["exit"], told["layer"], told["code"]) == (5, "protocol", "undecodable-under-strict")
    assert "did not decode" in run("show", FULL, "--strict", "-q").stderr
    assert "did not decode" not in run("show", FULL, "--strict").stderr  # `undecodable: N` says it


def test_standard_input() -> None:
    data = Path(FULL).read_bytes()
    assert run("show", "-", "--json", stdin=data).stdout == run("show", FULL, "--json").stdout
    assert run("-", "--json", stdin=data).stdout == run("show", FULL, "--json").stdout
    assert run("show", "-", "--json", "--follow", stdin=data[:4_000]).exit_code == 7


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (("show",), 2, "no file to show"),
        (("show", "nothing.lksig"), 2, "cannot read `nothing.lksig`: No such file or directory"),
        (("show", __file__), 7, "is no lksig recording"),
        (("show", FULL, "--format", "picture"), 2, "`--format picture` is no view"),
        (("show", FULL, "no_such_case"), 2, "no_such_case"),
        (("show", FULL, "--from", "3", "--to", "2"), 2, "`--to 2` comes before `--from 3`"),
    ],
)
def test_mistakes(words: tuple[str, ...], code: int, text: str) -> None:
    ran = run(*words)
    assert (ran.exit_code, ran.stdout) == (code, "")
    assert text in ran.stderr


def test_a_reader_that_leaves_is_no_failure_but_has_its_code() -> None:
    command = [sys.executable, "-m", "lksig", "show", FULL, "--json"]
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, check=False)
    os.close(write_end)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_pager_is_used_on_a_terminal_and_may_leave_early(tmp_path: Path) -> None:
    kept = tmp_path / "paged"
    pager = f'{sys.executable} -c \'import sys; open("{kept}", "w").write(sys.stdin.readline())\''
    variables = {"PAGER": pager, "TERM": "dumb", "COLUMNS": "90"}
    ran = run("show", FULL, stdout_is_terminal=True, variables=variables)
    assert (ran.exit_code, ran.stdout) == (0, "")
    assert kept.read_text()
    kept.unlink()
    for flag in ("--no-pager", "--follow"):
        ran = run("show", FULL, flag, stdout_is_terminal=True, variables=variables)
        assert ran.lines
        assert not kept.exists()


def test_a_growing_file_is_followed_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "call.lksig"
    data = Path(FULL).read_bytes()
    path.write_bytes(data[:4_000])
    command = [sys.executable, "-m", "lksig", "show", str(path), "--json", "--follow"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        with path.open("ab") as file:
            file.write(data[4_000:])
        rest = process.stdout.read()
    assert process.returncode == 0
    assert first + rest == run("show", FULL, "--json").stdout_bytes


def test_ctrl_c_ends_following(tmp_path: Path) -> None:
    path = tmp_path / "call.lksig"
    shutil.copy(KEPT / "minimal.lksig", path)
    command = [sys.executable, "-m", "lksig", "show", str(path), "--json", "--follow"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["kind"] == "message"
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == b""
        assert process.stderr.read() == b""
    assert process.returncode == 130


def test_numbers_of_a_session() -> None:
    ran = run("show", FULL, "--stats")
    assert ran.exit_code == 0
    assert ran.lines[0] == "58 messages in 5.2 s · 2 sockets · 5.5 kB < · 2.3 kB > · 1 mark"
    assert ran.stderr == ""
    (value,) = run("show", FULL, "--stats", "--json").json
    assert value["messages"] == {"to_client": 35, "to_server": 23}
    (part,) = run("show", FULL, "--stats", "--json", "mute").json
    assert {row["case"] for row in part["cases"]} == {"mute"}
    twice = run("show", FULL, "--stats", "--format", "tree")
    assert (twice.exit_code, twice.stdout) == (2, "")
    cut = run("show", str(KEPT / "truncated.lksig"), "--stats")
    assert cut.exit_code == 7
    assert cut.lines[0].endswith(">")


def test_a_ladder() -> None:
    ran = run("show", FULL, "--timeline")
    assert ran.exit_code == 0
    assert ran.lines[0].split() == ["s", "+ms", "client", "server"]
    assert "── /rtc/v1 101 ──" in ran.lines[1]
    assert not any("ping_req" in line for line in ran.lines)
    assert any("ping_req" in line for line in run("show", FULL, "--timeline", "-v").lines)
    assert [line.split()[3:5] for line in run("show", FULL, "--timeline", "join").lines[1:]] == [["join", "1"]]
    assert run("show", FULL, "--timeline", "--json").exit_code == 2
    assert run("show", FULL, "--timeline", "--stats").exit_code == 2


def test_a_diagram() -> None:
    ran = run("show", FULL, "--mermaid", "--timeline")
    assert ran.lines[:4] == [
        "sequenceDiagram",
        "    participant client as probe (client)",
        "    participant server",
        "    client->>server: /rtc/v1 101",
    ]
    assert len(run("show", FULL, "--mermaid", "bytes gt 1M").lines) == 3


def test_the_room_after_a_message() -> None:
    ran = run("show", FULL, "--state", "5")
    assert ran.lines[:2] == ["after message 5, at 46.1 ms", "connection CONNECTED"]
    assert "room standup" in ran.lines
    (value,) = run("show", FULL, "--state", "9", "--json").json
    assert (value["after"], set(value["room"]["from"].values())) == (9, {1, 9})
    assert [line["session"] for line in run("show", FULL, "--state", "end", "--json").json] == [1, 2]
    late = run("show", FULL, "--state", "59")
    assert (late.exit_code, late.stdout) == (2, "")
    assert "there is no message 59, the last one is 58" in late.stderr
    for words in (("0",), ("x",), ("5", "join"), ("5", "--from", "3"), ("5", "--stats"), ("12345678901",)):
        assert run("show", FULL, "--state", *words).exit_code == 2


def test_a_filter_does_not_change_who_is_who() -> None:
    whole = [line for line in run("show", FULL, "--stable").lines if line.split()[2] == "speakers_changed"]
    assert run("show", FULL, "--stable", "speakers_changed").lines == whole
    assert [line.split()[4] for line in whole] == ["PA_self"]
    (answer,) = run("show", FULL, "--stable", "--json", "to_server and answer").json[1:2]
    assert answer["message"]["answer"]["id"] == 1  # the offer was left out


def test_stable_lines_hold_neither_ids_nor_times() -> None:
    ran = run("show", FULL, "--stable", "join or mute or close")
    assert ran.exit_code == 0
    assert ran.lines[0].startswith("1 < join 634B standup RM_1 · you PA_self · ")
    assert ran.lines[-1] == "- x - - client closed 1000"
    lines = run("show", FULL, "--stable", "--json").json
    assert not [key for line in lines for key in line if key in ("time", "t_ms", "dt_ms", "reply_ms", "ms")]
    assert "1795617" not in json.dumps(lines)
    assert run("show", FULL, "--stable", "--json", "--raw").exit_code == 2
