"""What Enter makes of the text at the prompt: does it go on, and which lines does it hold.

Pasted JSON goes over rows and is one line; pasted requests are one line each, as in a script.
"""

from __future__ import annotations

from collections.abc import Iterator

from lksig.repl.lines import COMMENT, PIPE, SHELL, SLASH
from lksig.schema.lexer import BLANKS, scan_line
from lksig.schema.scripts import LineJoiner

GOES_ON = "\\"


def goes_on(text: str) -> bool:
    """Whether more belongs to a text: a bracket is open, or a row ends with `\\`. An empty row ends it all the same."""
    last = text.rpartition("\n")[2]
    if "\n" in text and not last.strip(BLANKS):
        return False
    return last.endswith(GOES_ON) or _is_open(text)


def _is_open(text: str) -> bool:
    if text.lstrip(BLANKS)[:1] in (SLASH, PIPE, SHELL, COMMENT):
        return False
    unclosed = scan_line(text).unclosed
    return unclosed is not None and text[unclosed] in "{["


def logical_lines(text: str) -> Iterator[str]:
    """The lines of a text, as the desk takes them."""
    joiner = LineJoiner()
    row = ""
    for part in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        row = f"{row}\n{part}" if row else part
        if _is_open(row):
            continue
        line = joiner.feed(row)
        row = ""
        if line is not None:
            yield line.text
    line = (joiner.feed(row) if row else None) or joiner.finish()
    if line is not None:
        yield line.text
