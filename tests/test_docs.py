"""What the documents show works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lksig.exit_codes import ExitCode
from lksig.schema.filter import parse_filter

ROOT = Path(__file__).resolve().parent.parent


def blocks(document: str, language: str) -> list[str]:
    """The lines of all code blocks of one language."""
    text = (ROOT / document).read_text("utf-8")
    return [line for block in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]


@pytest.mark.parametrize("line", blocks("docs/filters.md", "filter"))
def test_a_filter_of_the_manual_is_one(line: str) -> None:
    assert parse_filter(line).text == line


def test_the_words_of_filters_are_all_explained() -> None:
    from lksig.schema.filter import FLAGS, NUMBERS, TEXTS

    text = (ROOT / "docs/filters.md").read_text("utf-8")
    assert [word for word in (*FLAGS, *NUMBERS, *TEXTS) if f"`{word}`" not in text] == []


def test_the_readme_lists_every_exit_code() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    listed = {int(code) for row in re.findall(r"^\| ([0-9, ]+) \|", text, re.MULTILINE) for code in row.split(",")}
    assert listed == {code.value for code in ExitCode}


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_the_readme_has_a_line_for(command: str) -> None:
    """Exactly this line: it is pasted by people, and looked for by CI."""
    assert command in (ROOT / "README.md").read_text("utf-8").splitlines()


def anchors(document: Path) -> set[str]:
    """The headings of a document, as links name them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


DOCUMENTS = ["README.md", "CHANGELOG.md", *(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("document", sorted(DOCUMENTS))
def test_links_between_documents_lead_somewhere(document: str) -> None:
    here = ROOT / document
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", here.read_text("utf-8")):
        name, _, anchor = target.partition("#")
        there = here.parent / name if name else here
        if "://" not in target and (not there.exists() or (anchor and anchor not in anchors(there))):
            broken.append(target)
    assert broken == []


def test_the_recording_format_is_documented_as_it_is() -> None:
    from lksig.recording.format_v1 import KIND
    from lksig.recording.format_v1_lines import _READERS, LineReader, parse_header

    text = (ROOT / "docs/recording-format.md").read_text("utf-8")
    header, *lines = next(
        block.splitlines() for block in re.findall(r"```\n(.*?)```", text, re.DOTALL) if f'"{KIND}"' in block
    )
    assert parse_header(header.encode()) is not None
    reader = LineReader()
    for line in lines:
        assert reader.read(re.sub('"CoME[^"]*"', '""', line).encode()) is not None
    assert [kind for kind in _READERS if f"`{kind}`" not in text] == []
