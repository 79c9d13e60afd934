"""What is remembered from one prompt to the next, and what never is."""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.repl.history import MAX_ENTRIES, MAX_ENTRY_CHARACTERS, HistoryFile, holds_secret
from lksig.repl.history import _escaped as escaped
from lksig.repl.history import _unescaped as unescaped
from lksig.wire.redaction import Secrets
from tests.support.tokens import make_token

TOKEN = make_token()


@pytest.fixture
def secrets() -> Secrets:
    made = Secrets(b"key")
    made.give("a-secret-of-the-user")
    return made


def file_of(folder: Path, secrets: Secrets) -> HistoryFile:
    return HistoryFile(folder / "lksig" / "history", secrets)


def entries(history: HistoryFile) -> list[str]:
    return list(history.load_history_strings())


def test_entries_come_back_the_newest_first_and_once(tmp_path: Path, secrets: Secrets) -> None:
    first = file_of(tmp_path, secrets)
    assert entries(first) == []
    for line in ("ping 1", 'mute {\n  "sid": "a\\nb"\n}', "ping 2", "ping 1"):
        first.append_string(line)
    assert entries(file_of(tmp_path, secrets)) == ["ping 1", "ping 2", 'mute {\n  "sid": "a\\nb"\n}']


def test_nobody_else_may_read_it(tmp_path: Path, secrets: Secrets) -> None:
    history = file_of(tmp_path, secrets)
    history.append_string("ping")
    assert history.path is not None
    assert stat.S_IMODE(history.path.stat().st_mode) == 0o600
    history.path.chmod(0o644)
    history.append_string("ping 2")
    assert stat.S_IMODE(history.path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "line",
    [
        f"/text {TOKEN}",
        f"! curl -H 'Authorization: Bearer {TOKEN}'",
        "update_metadata metadata=a-secret-of-the-user",
        f"/raw hex:{TOKEN.encode().hex()}",
        f"/raw hex:{b'xx a-secret-of-the-user xx'.hex(' ')}",
        f"/raw b64:{base64.b64encode(b'a-secret-of-the-user').decode()}",
        f"/raw b64:{base64.urlsafe_b64encode(b'a-secret-of-the-user').decode().rstrip('=')}",
        r'offer type=offer sdp="v=0\r\na=ice-pwd:verysecretpassword\r\n"',
        'trickle candidateInit={"candidate":"candidate:1 1 udp 1 10.0.0.1 1 typ host ufrag abcd"}',
        "! lksig connect 'ws://h/rtc?access_token=shorttoken'",
    ],
)
def test_a_line_with_a_secret_is_written_nowhere(tmp_path: Path, secrets: Secrets, line: str) -> None:
    history = file_of(tmp_path, secrets)
    history.append_string("ping")
    history.append_string(line)
    assert history.get_strings()[-1] == line  # this prompt remembers
    assert entries(file_of(tmp_path, secrets)) == ["ping"]


def test_secrets_are_none_of_the_files_even_where_they_are_shown(tmp_path: Path) -> None:
    history = file_of(tmp_path, Secrets(b"key", show=True))
    history.append_string(f"/text {TOKEN}")
    assert entries(history) == []


@pytest.mark.parametrize(
    "line", ["add_track cid=4f3a9c1e-0000-4000-8000-000000000001 type=VIDEO", "/raw hex:7005", "ping"]
)
def test_ordinary_lines_hold_none(secrets: Secrets, line: str) -> None:
    assert not holds_secret(line, secrets)


@given(st.text())
def test_any_text_is_looked_at(text: str) -> None:
    holds_secret(text, Secrets(b"key"))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_entry_is_one_row_of_the_file(text: str) -> None:
    assert "\n" not in escaped(text)
    assert unescaped(escaped(text)) == text


def test_a_very_long_line_is_not_written(tmp_path: Path, secrets: Secrets) -> None:
    history = file_of(tmp_path, secrets)
    history.append_string("x " * MAX_ENTRY_CHARACTERS)
    assert entries(history) == []


def test_the_file_is_cut_when_it_has_grown(tmp_path: Path, secrets: Secrets) -> None:
    history = file_of(tmp_path, secrets)
    history.append_string("first")
    assert history.path is not None
    with history.path.open("a") as file:
        file.writelines(f"ping {n}\n" for n in range(2 * MAX_ENTRIES))
    found = entries(file_of(tmp_path, secrets))
    assert (len(found), found[0]) == (MAX_ENTRIES, f"ping {2 * MAX_ENTRIES - 1}")
    assert len(history.path.read_text().splitlines()) == MAX_ENTRIES
    assert stat.S_IMODE(history.path.stat().st_mode) == 0o600
    assert len(list(history.path.parent.iterdir())) == 1


def test_what_is_remembered_is_bounded(secrets: Secrets) -> None:
    history = HistoryFile(None, secrets)
    assert entries(history) == []
    for n in range(MAX_ENTRIES + 10):
        history.append_string(f"ping {n}")
    assert len(history.get_strings()) == MAX_ENTRIES


def test_a_disk_that_takes_nothing_costs_the_history_only(tmp_path: Path, secrets: Secrets) -> None:
    (tmp_path / "lksig").write_text("a file where the folder should be")
    history = file_of(tmp_path, secrets)
    assert entries(history) == []
    history.append_string("ping")
    assert history.path is None
    assert history.get_strings() == ["ping"]


def test_a_file_that_cannot_be_cut_is_read_all_the_same(
    tmp_path: Path, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "history"
    path.write_text("".join(f"ping {n}\n" for n in range(2 * MAX_ENTRIES + 1)))

    def full(*_: object, **__: object) -> None:
        raise OSError("full")

    monkeypatch.setattr(os, "replace", full)
    history = HistoryFile(path, secrets)
    assert len(entries(history)) == MAX_ENTRIES
    assert history.path is None
