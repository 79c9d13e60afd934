"""The Python of docs/library.md, run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.serving import serving

PAGE = Path(__file__).parent.parent / "docs" / "library.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)


def test_there_are_programs_and_tests() -> None:
    assert [block.startswith("def test_") for block in BLOCKS] == [False, True]


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_what_the_page_shows_runs(number: int, tmp_path: Path) -> None:
    with serving() as url:
        file = tmp_path / "test_page.py"
        file.write_text(BLOCKS[number].replace("ws://127.0.0.1:7880", url))
        is_test = BLOCKS[number].startswith("def test_")
        how = ["-m", "pytest", "-q", "-p", "no:cacheprovider"] if is_test else []
        ran = subprocess.run(
            [sys.executable, *how, str(file)], cwd=tmp_path, capture_output=True, text=True, timeout=50, check=False
        )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    if not is_test:
        lines = ran.stdout.splitlines()
        assert lines[0].startswith("answered TR_")
        assert lines[1:] == ["unopposed", "refused NOT_FOUND"]
