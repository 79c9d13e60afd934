"""The generator of the documentation: writes, prints, and notices what is out of date."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs import generate

PAGES = {"docs/one.md": lambda: "one\n", "docs/deep/two.md": lambda: "two\nlines\n"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "PAGES", PAGES)
    return tmp_path


def test_what_was_written_is_up_to_date(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main([]) == 0
    assert (folder / "docs/deep/two.md").read_text("utf-8") == "two\nlines\n"
    assert generate.main(["--check"]) == 0
    assert capsys.readouterr() == ("", "")


def test_what_was_changed_or_is_missing_is_named_with_the_difference(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    generate.main([])
    (folder / "docs/one.md").write_text("another\n", "utf-8")
    (folder / "docs/deep/two.md").unlink()
    assert generate.main(["--check"]) == 1
    told = capsys.readouterr().err
    assert "docs/one.md is out of date; `make docs` makes it again" in told
    assert "\n-another\n+one\n" in told
    assert "docs/deep/two.md is out of date" in told


def test_a_page_can_be_printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--print", "docs/one.md"]) == 0
    assert capsys.readouterr().out == "one\n"
    assert list(folder.iterdir()) == []


def test_everything_lies_where_it_belongs_and_comes_from_its_own_generator() -> None:
    assert len(generate.PAGES) == len(set(generate.PAGES.values()))
    pages = [path for path in generate.PAGES if not path.startswith("completions/")]
    assert all(path.startswith("docs/") and path.endswith(".md") for path in pages)
