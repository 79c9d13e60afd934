"""The few pieces of Markdown that the generated pages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def page(title: str, source: str, *blocks: str) -> str:
    """A whole page. `source` names what it is made from, for those who want to change it."""
    note = f"<!-- Made by `make docs` from {source}. Change that, not this page. -->"
    return "\n\n".join([note, f"# {title}", *(block.strip("\n") for block in blocks)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a `|` in a cell does not end it."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str) -> str:
    """Text in a typewriter's letters."""
    return f"`{text}`"


def codes(texts: Iterable[str]) -> str:
    """Several, separated by commas."""
    return ", ".join(map(code, texts))
