"""The pictures of a recording: no secret in any of them, whatever the file keeps, and nothing hostile on a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from lksig.recording.format_v1 import Record
from lksig.schema.pool import TO_CLIENT, TO_SERVER, case_fields
from lksig.wire.events import Close, Http, Marker, Note, Start
from tests.support.cli import run
from tests.support.recordings import recorded
from tests.support.samples import SECRETS, TOKEN, WALL_NS, envelope
from tests.support.traffic import frame

VIEWS = (
    ("--stats",),
    ("--stats", "--json"),
    ("--timeline", "-v"),
    ("--mermaid", "-v"),
    ("--state", "end"),
    ("--state", "end", "--json"),
    ("--stable",),
    ("--stable", "--json"),
)


@pytest.fixture
def kept(tmp_path: Path) -> str:
    """A recording that keeps every byte of every case, and text that would act on a terminal."""
    records: list[Record] = [Start(0, WALL_NS, "ws://h/rtc", "v0", "standup", "probe\x1b[2J")]
    for direction in (TO_CLIENT, TO_SERVER):
        for case in case_fields(direction):
            raw = envelope(direction, case).SerializeToString()
            records.append(frame(len(records), direction, raw, "server" if direction is TO_CLIENT else "user"))
    path = f"/rtc?access_token={TOKEN}"
    records += [
        Http(10**9, "GET", path, (("Authorization", f"Bearer {TOKEN}"),), 401, (), f"no {TOKEN}".encode(), 5),
        Note(10**9, "said", f"\x1b]0;title\x07 {TOKEN}"),
        Marker(10**9, f"\u202e {TOKEN}"),
        Close(10**9, 1008, f"\x1b[2J {TOKEN}", "server"),
    ]
    file = tmp_path / "kept.lksig"
    file.write_bytes(recorded(records))
    return str(file)


@pytest.mark.parametrize("flags", VIEWS, ids=" ".join)
def test_no_secret_and_nothing_hostile(kept: str, flags: tuple[str, ...]) -> None:
    ran = run("show", kept, *flags)
    assert ran.exit_code == 0
    assert ran.stdout
    for secret in SECRETS:
        value = secret if isinstance(secret, str) else secret.decode()
        assert value not in ran.stdout + ran.stderr
    assert not {"\x1b", "\x07", "\u202e"} & set(ran.stdout)


@pytest.mark.parametrize("flags", [("--stable",), ("--stable", "--json")], ids=" ".join)
def test_what_is_stable_is_the_same_in_every_run(kept: str, flags: tuple[str, ...]) -> None:
    """Though each run has a key of its own for what it hides."""
    assert run("show", kept, *flags).stdout == run("show", kept, *flags).stdout
