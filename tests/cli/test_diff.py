"""`lksig diff`: exit codes, filters, forms, what is missing, and no secret on the screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from lksig.recording.format_v1 import Record
from lksig.schema.pool import TO_CLIENT, TO_SERVER, case_fields
from lksig.wire.events import Close, Http, Start
from tests.support.cli import run
from tests.support.recordings import recorded
from tests.support.samples import SECRETS, TOKEN, WALL_NS, envelope
from tests.support.traffic import came, closed, frame, sent

VALUE = "a-long-enough-secret"


def start(identity: str = "probe") -> Start:
    return Start(0, WALL_NS, "ws://h/rtc", "v1", "standup", identity)


SESSION: list[Record] = [
    start(),
    came(1, join={"participant": {"sid": "PA_aaaaaaaaaaaa"}}),
    sent(2, mute={"sid": "TR_x", "muted": True}),
    sent(3, "auto", ping_req={"timestamp": 3}),
    came(4, update={"participants": [{"sid": "PA_bbbbbbbbbbbb", "identity": "bob"}]}),
    closed(5, "client"),
]


def file(folder: Path, name: str, records: list[Record], *, cut: int = 0) -> str:
    data = recorded(records)
    (folder / name).write_bytes(data[: len(data) - cut])
    return str(folder / name)


@pytest.fixture
def one(tmp_path: Path) -> str:
    return file(tmp_path, "one.lksig", SESSION)


@pytest.fixture
def other(tmp_path: Path) -> str:
    """Another run that muted something else, with another ping."""
    changed = [*SESSION]
    changed[1] = came(1, join={"participant": {"sid": "PA_zzzzzzzzzzzz"}})
    changed[2] = sent(2, mute={"sid": "TR_y", "muted": True})
    changed[3] = sent(3, "auto", ping_req={"timestamp": 9})
    changed.insert(4, sent(3, "auto", ping_req={"timestamp": 12}))
    return file(tmp_path, "other.lksig", changed)


def test_nothing_differs(one: str, tmp_path: Path) -> None:
    ran = run("diff", one, file(tmp_path, "same.lksig.copy", SESSION))
    assert (ran.exit_code, ran.stdout, ran.stderr) == (0, "equal: 3 messages\n", "")


def test_something_differs(one: str, other: str) -> None:
    ran = run("diff", one, other)
    assert ran.exit_code == 1
    assert ran.stderr == ""
    assert ran.lines == [
        f"first difference: message 2 of {one}, message 2 of {other}",
        "",
        "  - 2 > mute 10B sid=TR_x muted=true",
        "  + 2 > mute 10B sid=TR_y muted=true",
        "",
        "  mute.sid",
        "  - TR_x",
        "  + TR_y",
        "",
        "1 difference: 1 changed · 2 messages the same",
    ]


def test_keep_alives_with_v(one: str, other: str) -> None:
    ran = run("diff", one, other, "-v", "ping_req")
    assert ran.exit_code == 1
    assert ran.lines[-1] == f"1 difference: 1 only in {other} · 1 message the same"


def test_times(one: str, other: str) -> None:
    assert run("diff", one, other, "ping_req").exit_code == 0
    ran = run("diff", "--times", "-v", one, one)
    assert (ran.exit_code, ran.stdout) == (0, "equal: 4 messages\n")
    assert "ping_req.timestamp" in run("diff", "--times", "-v", one, other).stdout


def test_filters_choose_what_is_compared(one: str, other: str) -> None:
    assert run("diff", one, other, "to_client").exit_code == 0
    assert run("diff", one, other, "--filter", "mute").exit_code == 1
    assert run("diff", one, other, "mute", "and", "to_client").stdout == "equal: 0 messages\n"
    assert run("diff", one, other, "~TR_y").lines[-1] == f"1 difference: 1 only in {other} · 0 messages the same"
    assert run("diff", one, other, "close").stdout == "equal: 0 messages\n"
    wrong = run("diff", one, other, "mut")
    assert wrong.exit_code == 2
    assert "^^^" in wrong.stderr


def test_json(one: str, other: str) -> None:
    ran = run("diff", one, other, "--json")
    assert ran.exit_code == 1
    difference, end = ran.json
    assert (difference["path"], difference["a"], difference["b"]) == ("mute.sid", "TR_x", "TR_y")
    assert (end["kind"], end["equal"], end["differences"]) == ("comparison", False, 1)
    assert run("diff", one, one, "--json").json[0]["equal"] is True


def test_quiet_says_nothing(one: str, other: str) -> None:
    ran = run("diff", "-q", one, other)
    assert (ran.exit_code, ran.stdout, ran.stderr) == (1, "", "")


def test_one_of_them_may_be_standard_input(one: str, other: str) -> None:
    ran = run("diff", one, "-", stdin=Path(one).read_bytes())
    assert (ran.exit_code, ran.stdout) == (0, "equal: 3 messages\n")
    assert run("diff", "-", other, stdin=Path(one).read_bytes()).exit_code == 1
    both = run("diff", "-", "-")
    assert (both.exit_code, "stdin-twice" in both.stderr or "two things read" in both.stderr) == (2, True)


@pytest.mark.parametrize("words", [(), ("a",)])
def test_two_files_are_needed(words: tuple[str, ...]) -> None:
    ran = run("diff", *words)
    assert ran.exit_code == 2
    assert "two recordings are compared" in ran.stderr


def test_files_that_cannot_be_read(one: str, tmp_path: Path) -> None:
    assert run("diff", one, str(tmp_path / "none.lksig")).exit_code == 2
    (tmp_path / "none.txt").write_text("hello")
    ran = run("diff", one, str(tmp_path / "none.txt"))
    assert ran.exit_code == 7
    assert "is no lksig recording" in ran.stderr


def test_what_is_missing_is_said_when_all_was_compared(one: str, other: str, tmp_path: Path) -> None:
    short = file(tmp_path, "short.lksig", SESSION, cut=5)
    ran = run("diff", short, one)
    assert ran.exit_code == 7
    assert ran.stdout == "equal as far as they go: 3 messages\n"
    assert "is incomplete" in ran.stderr
    differs = run("diff", short, other)
    assert differs.exit_code == 7
    assert differs.lines[-1] == "1 difference: 1 changed · 2 messages the same"


def test_what_is_missing_from_both_as_json(tmp_path: Path) -> None:
    short = file(tmp_path, "short.lksig", SESSION, cut=5)
    ran = run("diff", short, short, "--json")
    assert ran.exit_code == 7
    assert (ran.json[-1]["equal"], ran.json[-1]["complete"]) == (True, False)
    first, second = ran.stderr_json
    assert first["error"]["code"] == second["warning"]["code"] == "incomplete"


def test_a_screen_is_not_passed_over(one: str, other: str) -> None:
    ran = run("diff", one, other, stdout_is_terminal=True, variables={"TERM": "xterm", "COLUMNS": "60"})
    assert "\x1b[1mfirst difference:\x1b[0m" in ran.stdout
    plain = run("diff", one, other, stdout_is_terminal=True, variables={"NO_COLOR": "1", "TERM": "xterm"})
    assert "\x1b" not in plain.stdout


@pytest.mark.parametrize("flags", [(), ("--json",), ("--times", "-v")], ids=" ".join)
def test_no_secret_and_nothing_hostile(tmp_path: Path, flags: tuple[str, ...]) -> None:
    records: list[Record] = [start("probe\x1b[2J")]
    for direction in (TO_CLIENT, TO_SERVER):
        for case in case_fields(direction):
            raw = envelope(direction, case).SerializeToString()
            records.append(frame(len(records), direction, raw, "server" if direction is TO_CLIENT else "user"))
    path = f"/rtc?access_token={TOKEN}&x={VALUE}"
    records += [
        Http(10**9, "GET", path, (("Authorization", f"Bearer {TOKEN}"),), 401, (), f"no {TOKEN}".encode(), 5),
        sent(1001, update_metadata={"metadata": f"{TOKEN} {VALUE} \u202e"}),
        Close(10**9, 1008, f"\x1b[2J {TOKEN}", "server"),
    ]
    ran = run(
        "diff",
        file(tmp_path, "kept.lksig", records),
        file(tmp_path, "none.lksig", [start()]),
        *flags,
        variables={"LIVEKIT_API_SECRET": VALUE},
    )
    assert ran.exit_code == 1
    for secret in (*SECRETS, VALUE):
        value = secret if isinstance(secret, str) else secret.decode()
        assert value not in ran.stdout + ran.stderr
    assert not {"\x1b", "\x07", "\u202e"} & set(ran.stdout)


def test_a_full_disk(one: str, other: str) -> None:
    full = Path("/dev/full")
    if not full.exists():
        return
    import subprocess
    import sys

    with full.open("wb") as nowhere:
        done = subprocess.run(
            [sys.executable, "-m", "lksig", "diff", one, other], stdout=nowhere, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert b"cannot write the output" in done.stderr
