"""The prompt on a real terminal: what only a terminal shows. The line and completeness are asserted, never a time."""

from __future__ import annotations

import os
import re
import signal
import stat
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.flooding import flooding
from tests.support.terminal import OnTerminal

ROOT = Path(__file__).resolve().parent.parent.parent
ENTER, CTRL_C, CTRL_D, TAB = "\r", "\x03", "\x04", "\t"
PROMPT = "lksig probe>"

HOSTILE = "eve\x1b[2J\x1b]0;owned\x07\x1b[31m\r\n= you were promoted\u202e\x9b5A\x08\x08"
"""Clears, retitles, colours, forges a line, reverses, moves the cursor."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with flooding() as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@contextmanager
def prompt(
    url: str, folder: Path, *flags: str, columns: int = 100, rows: int = 30, **variables: str
) -> Iterator[OnTerminal]:
    """`lksig connect` at its first prompt."""
    command = [sys.executable, "-m", "lksig", "connect", url, "--dev", "--path", "v0", "--identity", "probe", *flags]
    kept = {name: os.environ[name] for name in ("PATH",)}
    surroundings = {"HOME": str(folder), "XDG_STATE_HOME": str(folder), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    with OnTerminal(
        command, kept | {"PYTHONPATH": str(ROOT)} | surroundings | variables, columns=columns, rows=rows
    ) as at:
        at.until(lambda: at.cursor_row() == PROMPT and _is_drawn(at), "the first prompt")
        yield at


def _is_drawn(at: OnTerminal) -> bool:
    """The editor is there, or on a terminal that cannot draw will not be."""
    return b"\x1b[?2004h" in at.raw or b"\x1b" not in at.raw


def leave(at: OnTerminal) -> int:
    at.type(CTRL_D)
    return at.wait()


def test_a_thousand_messages_a_second_leave_the_line_alone(url: str, folder: Path) -> None:
    with prompt(url, folder, "--no-fence") as at:
        at.type(f"update_metadata name=1000/2000{ENTER}")
        at.until_seen("PA_000000000100")
        typed = "mute sid=TR_x muted=true"
        for letter in typed:
            at.type(letter)
            at.read(0.0)
        at.until(lambda: any("request_response" in row for row in at.rows()), "the end of the flood")
        at.until(lambda: at.cursor_row() == f"{PROMPT} {typed}", "the line")
        shown = re.findall(r"PA_(0\d{11})\b", "\n".join(at.everything()))
        assert shown == [f"{n:012}" for n in range(2000)]
        assert "not shown" not in "\n".join(at.rows())
        at.type(f"{CTRL_C}")
        at.until(lambda: at.cursor_row() == PROMPT, "the empty line")
        assert leave(at) == 0


def test_what_is_kept_from_the_screen_is_counted_and_can_be_asked_for(url: str, folder: Path) -> None:
    with prompt(url, folder, "--no-fence") as at:
        at.type(f"/quiet{ENTER}update_metadata name=0/300{ENTER}mute sid=")
        at.until_seen("OK: ")
        at.until(lambda: at.cursor_row() == f"{PROMPT} mute sid=", "the line")
        assert not any("speakers_changed" in row for row in at.everything())
        at.type(CTRL_C)
        at.until_seen("+300 not shown")
        at.type(f"/show 100{ENTER}")
        at.until_seen("100 < speakers_changed")
        assert leave(at) == 0


def test_ctrl_c_clears_and_ctrl_d_leaves(url: str, folder: Path) -> None:
    with prompt(url, folder) as at:
        at.type(f"mute sid=x{CTRL_C}")
        at.until(lambda: at.cursor_row() == PROMPT, "the empty line")
        at.type(f"mute sdi=x{ENTER}")
        at.until_seen("^^^ MuteTrackRequest has no field `sdi`")
        rows = at.rows()
        typed = rows.index(f"{PROMPT} mute sdi=x")
        assert rows[typed + 1].index("^^^") == rows[typed].index("sdi")
        assert leave(at) == 0
        assert at.rows()[-1] == "left: the client ended the session, close 1000"
        assert PROMPT not in at.cursor_row()
        assert b"\x1b[?1049h" not in at.raw  # no alternate screen
        assert not re.search(rb"\x1b\[\?100[0-6]h", at.raw)  # no mouse


def test_a_second_ctrl_c_while_leaving_ends_at_once(url: str, folder: Path) -> None:
    with prompt(url, folder, "--no-fence") as at:
        at.type(f"update_metadata name=deaf{ENTER}")
        at.until_seen("request_response")
        at.type(CTRL_D)
        at.until_seen("leaving; Ctrl-C stops at once")
        at.type(CTRL_C)
        assert at.wait() == 130


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_signals_leave_politely_and_the_terminal_is_as_before(
    url: str, folder: Path, number: signal.Signals, code: int
) -> None:
    with prompt(url, folder, "--no-fence") as at:
        at.type("mute sid=")
        at.until(lambda: at.cursor_row() == f"{PROMPT} mute sid=", "the line")
        os.kill(at.pid, number)
        assert at.wait() == code
        assert at.rows()[-1] == "left: the client ended the session, close 1000"
        assert termios.tcgetattr(at.fd)[3] & termios.ECHO
        assert at.raw.rfind(b"\x1b[?2004l") > at.raw.rfind(b"\x1b[?2004h")


def test_pasted_json_is_one_request(url: str, folder: Path) -> None:
    with prompt(url, folder, "--no-fence") as at:
        at.type('\x1b[200~mute {\n  "sid": "TR_x",\n  "muted": true\n}\x1b[201~')
        at.until(lambda: at.cursor_row() == "... }", "the last row of what was pasted")
        at.type(ENTER)
        sent = re.compile(r"  > mute +\d+ B  sid=TR_x muted=true")
        at.until(lambda: any(map(sent.search, at.rows())), "the request")
        assert leave(at) == 0


def test_names_cannot_act_on_the_terminal(url: str, folder: Path) -> None:
    with prompt(url, folder, "--no-fence", columns=160) as at:
        before = at.rows()[: at.cursor[0]]
        escaped = HOSTILE.encode("unicode_escape").decode().replace("\\r", "\\u000d").replace("\\n", "\\u000a")
        text = re.sub(r"\\x(..)", r"\\u00\1", escaped)
        at.type(f'update_metadata metadata="{text}"{ENTER}')
        at.until_seen("request_response")
        at.type(f"update_subscription_{CTRL_C}subscription participant_tracks.0.participant_sid=")
        at.type(TAB)
        at.until(lambda: at.cursor_row().endswith("participant_sid=PA_"), "what both have in common")
        at.until_seen("PA_1  probe")
        at.type(TAB)
        at.until(lambda: at.cursor_row().endswith("participant_sid=PA_2"), "the completion")
        assert at.rows()[: len(before)] == before
        assert at.screen.title == ""
        assert not any(row.startswith("= you were") for row in at.rows())
        for bad in ("\x1b[2J", "\x1b]0;", "\x9b", "\u202e", "\x08"):
            assert bad.encode() not in at.raw.replace(b"\x1b[2J\x1b[H", b"")
        row = at.screen.buffer[at.screen.cursor.y]
        assert row[0].fg == "default"
        at.type(CTRL_C)
        assert leave(at) == 0


def test_another_size(url: str, folder: Path) -> None:
    with prompt(url, folder, columns=120) as at:
        at.type("mute sid=TR_x muted=true")
        at.until(lambda: at.cursor_row().endswith("muted=true"), "the line")
        at.resize(60, 20)
        at.until(lambda: at.cursor_row() == f"{PROMPT} mute sid=TR_x muted=true", "the line in another width")
        at.type(ENTER)
        at.until_seen("unopposed")
        at.until(lambda: at.cursor_row() == PROMPT, "the prompt")
        (sent,) = [row for row in at.rows() if "  > mute" in row]
        assert len(sent) <= 60
        assert leave(at) == 0


def test_sixty_columns(url: str, folder: Path) -> None:
    with prompt(url, folder, "--no-fence", columns=60) as at:
        long = "add_track cid=4f3a9c1e-0000-4000-8000-000000000001 type=VIDEO source=CAMERA"
        at.type(long)
        at.until(lambda: "".join(at.rows()[-3:]).replace("\n", "").find("source=CAMERA") > 0, "the line over two rows")
        at.until(lambda: any("ends in" in row or "add_track" in row for row in at.rows()[-1:]), "the toolbar")
        at.type(ENTER)
        at.until_seen("> add_track")
        assert f"{PROMPT} {long}" in "".join(row.ljust(60) for row in at.rows())
        assert leave(at) == 0


def test_no_colour(url: str, folder: Path) -> None:
    with prompt(url, folder, NO_COLOR="1") as at:
        at.type(f"mute sid=TR_x muted=true{ENTER}")
        at.until_seen("unopposed")
        at.type("mut")
        at.until_seen("Mutes or unmutes a track")
        at.type(CTRL_C)
        assert leave(at) == 0
        assert set(re.findall(rb"\x1b\[([0-9;]*)m", at.raw)) <= {b"0", b""}


def test_a_dumb_terminal(url: str, folder: Path) -> None:
    with prompt(url, folder, "--no-fence", TERM="dumb") as at:
        at.type("update_metadata name=100/3\n")
        at.until_seen("PA_000000000002")
        at.until_seen("request_response")
        at.until(lambda: at.cursor_row() == PROMPT, "the prompt")
        at.type("ping_req")
        at.until(lambda: at.cursor_row() == f"{PROMPT} ping_req", "what the terminal echoes")
        at.type(CTRL_C)
        at.until(lambda: at.cursor_row() == PROMPT, "a new prompt")
        at.type("mute sdi=x\n")
        at.until_seen("^^^ MuteTrackRequest has no field `sdi`")
        at.until(lambda: at.cursor_row() == PROMPT, "the prompt")
        assert leave(at) == 0
        assert b"\x1b" not in at.raw
        assert at.rows()[-1] == "left: the client ended the session, close 1000"


def test_a_lost_connection_keeps_the_prompt_and_what_is_typed(url: str, folder: Path) -> None:
    with prompt(url, folder, "--no-fence") as at:
        at.type(f"/drop{ENTER}mute sid=")
        at.until(lambda: at.cursor_row() == "lksig probe (no connection)> mute sid=", "the line")
        at.type(f"TR_x{ENTER}")
        at.until_seen("not sent")
        at.type(f"/rejoin{ENTER}")
        at.until(lambda: at.cursor_row() == PROMPT, "the prompt")
        assert leave(at) == 0


def test_a_session_that_the_server_ended_is_exit_8_when_it_is_left(url: str, folder: Path) -> None:
    with prompt(url, folder, "--no-fence") as at:
        at.type(f"mute sdi=x{ENTER}update_metadata name=goodbye{ENTER}")
        at.until(lambda: at.cursor_row() == "lksig probe (no connection)>", "the end of the session")
        assert leave(at) == 8


def test_what_was_typed_is_kept_without_secrets(url: str, folder: Path) -> None:
    jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJlc2lnbmF0dXJl"
    with prompt(url, folder, "--no-fence") as at:
        at.type(f"mute sid=TR_x muted=true{ENTER}")
        at.until_seen("> mute")
        at.type(f"update_metadata metadata={jwt}{ENTER}")
        at.until_seen("request_response")
        assert leave(at) == 0
    path = folder / "lksig" / "history"
    assert path.read_text() == "mute sid=TR_x muted=true\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with prompt(url, folder, "--no-fence") as at:
        at.type("\x12mutr")
        at.until(lambda: at.cursor_row() == f"{PROMPT} mute sid=TR_x muted=true", "the find")
        at.type(f"{ENTER}{CTRL_C}")
        assert leave(at) == 0


def test_programs_have_the_terminal_meanwhile(url: str, folder: Path) -> None:
    with prompt(url, folder, "--no-fence") as at:
        at.type(f"! echo name; read answer; echo got $answer{ENTER}")
        at.until(lambda: "name" in at.rows(), "the program")
        at.type(f"this{ENTER}")
        at.until_seen("got this")
        at.until(lambda: at.cursor_row() == PROMPT, "the prompt")
        at.type(f"/show 1 json | head -c 8{ENTER}")
        at.until(lambda: '  "joi' in at.rows(), "the view")
        at.until(lambda: at.cursor_row() == PROMPT, "the prompt")
        at.type(f"! echo here; exec sleep 1000{ENTER}")
        at.until(lambda: "here" in at.rows(), "the program")
        at.type(CTRL_C)
        at.until_seen("ended with 130")
        at.until(lambda: at.cursor_row() == PROMPT, "the prompt")
        assert leave(at) == 0
