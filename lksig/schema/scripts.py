"""Scripts: requests in files and on standard input, one logical line at a time.

`#` begins a comment line, `\\` at the end of a line continues it with the next one, empty lines are skipped. Lines that
`--json` printed are taken too: messages of a user are sent, all others skipped, so that a printed session is a script.
Lines are read as they come: a prompt that is fed by a pipe runs each before the next one exists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lksig.errors import InputError
from lksig.schema.grammar import parse_line
from lksig.schema.lexer import BLANKS, Span
from lksig.schema.pool import TO_SERVER, Direction
from lksig.schema.printed_lines import printed_line

if TYPE_CHECKING:
    from lksig.schema.requests import ParsedRequest
    from lksig.schema.values import Inputs


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One logical line of a script, and what it asks for."""

    number: int
    """Of its first physical line, from 1."""
    text: str
    """Without line ends and continuations."""
    parsed: tuple[ParsedRequest, ...] = ()
    error: InputError | None = field(default=None, compare=False)
    """Why the line is no request."""

    @property
    def requests(self) -> tuple[ParsedRequest, ...]:
        """The requests of the line.

        Raises:
            InputError: the line is wrong.
        """
        if self.error is not None:
            raise self.error
        return self.parsed


class LineJoiner:
    """Makes logical lines of physical ones, as they come."""

    def __init__(self) -> None:
        self._number = 0
        self._begun_at = 0
        self._begun: list[str] = []

    @property
    def is_inside(self) -> bool:
        """The last line continues: more belongs to it."""
        return bool(self._begun)

    def feed(self, line: str) -> ScriptLine | None:
        """The logical line that ends with this physical one; None for a part of one, a comment, an empty line."""
        self._number += 1
        line = line.rstrip("\r\n")
        if self._number == 1:
            line = line.removeprefix("\ufeff")
        if not self._begun:
            if line.lstrip(BLANKS)[:1] in ("", "#"):
                return None
            self._begun_at = self._number
        self._begun.append(line.removesuffix("\\"))
        return None if line.endswith("\\") else self.finish()

    def finish(self) -> ScriptLine | None:
        """The logical line that was begun, at the end of the script."""
        if not self._begun:
            return None
        text = "".join(self._begun)
        self._begun = []
        return ScriptLine(self._begun_at, text)


def read_line(line: ScriptLine, inputs: Inputs, *, direction: Direction = TO_SERVER) -> ScriptLine | None:
    """The same line with its requests, or with its mistake; None when it is a printed line that is not sent again."""
    text = line.text
    printed = printed_line(Span(text, len(text) - len(text.lstrip(BLANKS)), len(text.rstrip(BLANKS))))
    if printed is not None and not printed.is_user_request:
        return None
    try:
        return ScriptLine(line.number, text, tuple(parse_line(text, inputs, direction=direction)))
    except InputError as error:
        return ScriptLine(line.number, text, error=error)


def parse_script(lines: Iterable[str], inputs: Inputs, *, direction: Direction = TO_SERVER) -> Iterator[ScriptLine]:
    """The lines of a script that ask for something, right or wrong, as they come.

    Args:
        lines: physical lines, with or without their ends. Split the text at `\\n` only: `str.splitlines` also splits
            at characters that may stand in a name (U+2028).
    """
    joiner = LineJoiner()
    for physical in lines:
        logical = joiner.feed(physical)
        read = read_line(logical, inputs, direction=direction) if logical else None
        if read is not None:
            yield read
    logical = joiner.finish()
    read = read_line(logical, inputs, direction=direction) if logical else None
    if read is not None:
        yield read
