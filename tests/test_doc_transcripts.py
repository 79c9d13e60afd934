"""Every ```prompt block of the documentation is typed at a real terminal, and leaves there what it says.

`--update-golden` writes what is left there now into the documents; look at the difference before committing.
"""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from tests.support.examples import same
from tests.support.serving import serving
from tests.support.transcripts import Transcript, play, rewritten, transcripts

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [
    str(path.relative_to(ROOT))
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if transcripts(path.read_text("utf-8"))
]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_transcripts(document: str, tmp_path: Path, update_golden: bool) -> None:
    file = ROOT / document
    text = file.read_text("utf-8")
    with serving("--with", "alice") as url:
        places = {"--dev": f"{url} --api-key devkey --api-secret secret", "ws://127.0.0.1:7880": url}
        shown = [play(transcript, places, tmp_path) for transcript in transcripts(text)]
    different: list[str] = []
    for transcript, rows in zip(transcripts(text), shown, strict=True):
        if not same(transcript.rows, rows):
            different += difflib.unified_diff(transcript.rows, rows, "document", "now", lineterm="", n=1)
    if update_golden and different:
        file.write_text(rewritten(text, shown), "utf-8")
    else:
        assert not different, "\n".join(different)


def test_a_block_is_a_command_what_is_typed_and_what_stays() -> None:
    block = "```prompt\n$ lksig connect --dev\n= connecting\nroom ann> ping\n  2 > ping\nroom ann> /help\nhelp\n```\n"
    (found,) = transcripts(f"before\n{block}after\n")
    assert found == Transcript(
        "lksig connect --dev", ("= connecting", "room ann> ping", "  2 > ping", "room ann> /help", "help")
    )
    assert found.typed() == [
        ("ping", ["= connecting"]),
        ("/help", ["= connecting", "room ann> ping", "  2 > ping"]),
    ]
    assert rewritten(block, [["one", "two"]]) == "```prompt\n$ lksig connect --dev\none\ntwo\n```\n"
