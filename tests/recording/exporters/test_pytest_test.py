from __future__ import annotations

import ast
from pathlib import Path, PurePosixPath

import pytest

from lksig.recording.exporters.pytest_test import pytest_test
from lksig.recording.reader import open_recording
from lksig.wire.events import Reading, Start

KEPT = Path(__file__).parent.parent.parent / "recordings"


def exported(name: str, *, relative: bool = True) -> str:
    with open_recording(KEPT / "full.lksig") as recording:
        return pytest_test(recording.readings(), PurePosixPath(name), version="9.9", relative=relative)


def joined(identity: str | None, room: str | None, session: int = 1) -> Reading:
    return Reading(Start(0, 0, "ws://x/rtc", "v0", room, identity, session))


def test_the_story_is_told_without_content() -> None:
    text = exported("../calls/full.lksig")
    assert text.startswith('"""full.lksig, played again.\n')
    assert 'RECORDING = Path(__file__).parent / "../calls/full.lksig"' in text
    assert "def test_full(replay):" in text
    assert "Made by lksig 9.9." in text
    story = [line for line in text.splitlines() if line.startswith("- ")]
    assert len(story) >= 1
    assert "add_track" in story[0]
    ast.parse(text)
    assert 'RECORDING = Path("/x/full.lksig")' in exported("/x/full.lksig", relative=False)


@pytest.mark.parametrize(
    ("name", "function"),
    [("A call-2.lksig.zst", "a_call_2"), ("ünï.lksig", "n"), ("---", "recording"), ('"""\\.lksig', "recording")],
)
def test_any_name_of_a_file(name: str, function: str) -> None:
    tree = ast.parse(exported(name))
    (test,) = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert test.name == f"test_{function}"
    assert ast.get_docstring(tree) is not None
    assert f"{name!r}" in ast.unparse(tree)


def test_strangers_names_stay_names() -> None:
    readings = [joined('"""\nimport os; """', "r\\N{x}"), joined(None, None, 2)]
    text = pytest_test(readings, PurePosixPath("a.lksig"), version="1", relative=True)
    tree = ast.parse(text)
    assert [type(node).__name__ for node in tree.body] == ["Expr", "ImportFrom", "Assign", "FunctionDef"]
    assert "- somebody in a room: no requests" in text


def test_a_crowd_is_counted() -> None:
    readings = [joined(f"p{n}", "r", n) for n in range(1, 31)]
    text = pytest_test(readings, PurePosixPath("a.lksig"), version="1", relative=True)
    assert "- p20 in r: no requests\n- and 10 more\n" in text
