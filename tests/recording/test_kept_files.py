"""Recordings as they were written by released versions: they must open for ever, and mean what they meant.

The `.lksig` files in `tests/recordings` are never edited once released; new ones are added. Beside each stand the JSON
lines it gives (`make golden` writes those again): keys may be added to a line, what is there stays.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lksig.recording.check import Checker
from lksig.recording.reader import open_recording
from lksig.recording.redact import Redactor
from lksig.render.json_lines import JsonLines
from lksig.wire.events import Message
from lksig.wire.redaction import Secrets
from tests.support.recordings import KEY, facts

KEPT = sorted((Path(__file__).parent.parent / "recordings").glob("*.lksig"))
BY_THE_READER = {"lksig", "protocol"}
"""Keys of the start line that speak of the lksig that shows it."""


def lines(path: Path) -> list[dict[str, Any]]:
    view = JsonLines(Secrets(KEY))
    with open_recording(path) as recording:
        return [json.loads(view.text(reading)) for reading in recording.readings()]


def test_there_are_all_sorts() -> None:
    assert {path.stem for path in KEPT} >= {"full", "minimal", "odd", "truncated"}


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_it_means_what_it_meant(path: Path, update_golden: bool) -> None:
    shown = lines(path)
    golden = path.with_suffix(".jsonl")
    if update_golden:
        golden.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in shown))
    expected = [json.loads(line) for line in golden.read_text().splitlines()]
    assert [{key: line.get(key) for key in past} for line, past in zip(shown, expected, strict=True)] == [
        {key: shown[index][key] if key in BY_THE_READER else value for key, value in past.items()}
        for index, past in enumerate(expected)
    ]


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_it_is_redacted_as_it_was(path: Path) -> None:
    assert list(Checker({}).survivors([path.read_bytes()])) == []
    redactor = Redactor(Secrets(KEY))
    with open_recording(path) as recording:
        for event in recording:
            assert facts(redactor.hide(event)) == facts(event)


def test_what_is_missing_is_told() -> None:
    problems = {}
    for path in KEPT:
        with open_recording(path) as recording:
            list(recording)
            error = recording.problem()
            problems[path.stem] = None if error is None else str(error).partition("lksig` ")[2]
    assert problems.pop("truncated") == (
        "is incomplete behind 35 whole messages: it ends within a line, of which 39 bytes are left"
    )
    assert set(problems.values()) == {None}


def test_the_header_tells_where_it_comes_from() -> None:
    with open_recording(next(path for path in KEPT if path.stem == "odd")) as recording:
        header = recording.header
        assert (header.version, header.lksig, header.redacted) == ("1.7", "9.0.1", ("secrets", "locations"))
        assert [event.by for event in recording if isinstance(event, Message)] == ["upstream", "user", "server"]
        assert recording.skipped == 2
