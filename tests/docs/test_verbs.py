"""The page of what can be typed at the prompt names everything, once."""

from __future__ import annotations

from docs.generators import verbs
from lksig.repl.verbs import VERBS

TEXT = verbs.text()


def test_every_command_is_there_once() -> None:
    for verb in VERBS.values():
        assert TEXT.count(f"`{verb.usage}`".replace("|", "\\|")) == 1
        assert verb.help.replace("|", "\\|") in TEXT
    assert {verb.subject for verb in VERBS.values()} == set(verbs.SUBJECTS)


def test_every_row_has_two_cells() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| ")]
    assert all(row.replace("\\|", "").count("|") == 3 for row in rows)


def test_it_says_how_far_back_one_can_look() -> None:
    assert "the last 10000 messages (64 MiB)" in TEXT
