"""Golden files: what a person reads, kept as files and compared; `--update-golden` writes what is printed now."""

from __future__ import annotations

import difflib
from pathlib import Path

DIRECTORY = Path(__file__).resolve().parent.parent / "golden"


def check_golden(name: str, text: str, *, update: bool) -> None:
    """Compare a text with `tests/golden/NAME`, or write it there.

    Args:
        name: with its extension and, if it has one, its directory.
        update: the fixture `update_golden`.
    """
    path = DIRECTORY / name
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="")
        return
    assert path.exists(), f"{path} is missing: run `make golden` and look at what it wrote"
    kept = path.read_bytes().decode("utf-8")
    if kept != text:
        lines = difflib.unified_diff(kept.splitlines(), text.splitlines(), "kept", "printed now", lineterm="")
        raise AssertionError(f"{path.name} differs; `make golden` accepts it\n" + "\n".join(lines))
