"""Words of typed requests, with the place of each: the one way from a line, or from arguments, to words.

A line is split at blanks outside quotes, brackets and braces; in arguments the shell has done that already, so each is
one word. Both give `Span`s of one source text, and everything behind this module sees no difference.

Quotes and brackets only count where they begin something: a value (`name="Ann B."`), JSON, the key in a path
(`attributes["a=b"]`), a name in a reference (`%"a.b"`) or a file (`@"my offer.sdp"`). Elsewhere they are plain text,
so that `name=5"` and `:-[` swallow nothing.

Rule: any text gives words or an InputError; `scan_line` gives words of unfinished lines too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from lksig.errors import InputError
from lksig.patterns import lazy_pattern
from lksig.records import record
from lksig.schema.nearest import with_guess

BLANKS = " \t\n\r\f\v"
"""What separates words: ASCII only, so that a no-break space stays in a name."""

_BLANK = lazy_pattern(f"[{BLANKS}]")
_NOT_BLANK = lazy_pattern(f"[^{BLANKS}]")
_PATH_STOP = lazy_pattern(rf"[{BLANKS}=\[]")
_STRING = lazy_pattern(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NESTING = lazy_pattern(r'["{}\[\]]')
_QUOTE_OPENERS = "%@/.["
"""Characters behind which a quote opens a name, in references and file names."""
_QUOTE_OR_BLANK = lazy_pattern(rf'["{BLANKS}]')


@record
class Span:
    """A part of a text, and where it stands."""

    source: str
    start: int
    end: int

    @property
    def text(self) -> str:
        """What stands there."""
        return self.source[self.start : self.end]

    def cut(self, start: int, end: int | None = None) -> Span:
        """A part of this one. The places are those of the source."""
        return Span(self.source, start, self.end if end is None else end)

    def mistake(self, text: str, *, code: str, guess: str | None = None, hint: str | None = None) -> InputError:
        """The error that points here, with what was probably meant."""
        end = max(self.end, self.start + 1)
        return InputError(with_guess(text, guess), code=code, hint=hint, source=self.source, start=self.start, end=end)


@record
class Scan:
    """The words of a line. `unclosed` is the place of the quote or bracket that the line leaves open."""

    words: tuple[Span, ...]
    unclosed: int | None


@record
class Parts:
    """An assignment, taken apart."""

    path: Span
    append: bool
    """It was written `+=`."""
    value: Span


def scan_line(source: str) -> Scan:
    """The words of a line, finished or not; never raises."""
    words: list[Span] = []
    at = 0
    while found := _NOT_BLANK.search(source, at):
        start = found.start()
        at, unclosed = _word_end(source, start)
        words.append(Span(source, start, at))
        if unclosed is not None:
            return Scan(tuple(words), unclosed)
    return Scan(tuple(words), None)


def split_line(source: str) -> list[Span]:
    """The words of a finished line.

    Raises:
        InputError: a quote or bracket is left open.
    """
    scan = scan_line(source)
    if scan.unclosed is not None:
        raise unclosed_error(Span(source, scan.unclosed, len(source)))
    return list(scan.words)


def stripped(span: Span) -> Span:
    """A part without the blanks around it, which an argument may have."""
    text = span.text
    start = span.start + len(text) - len(text.lstrip(BLANKS))
    return span.cut(start, max(start, span.start + len(text.rstrip(BLANKS))))


def skip_blanks(source: str, start: int, end: int) -> int:
    """The place of the first character from `start` on that is no blank, or `end`."""
    found = _NOT_BLANK.search(source, start, end)
    return found.start() if found else end


def unclosed_error(rest: Span) -> InputError:
    """For a text that begins with a quote or bracket and does not close it."""
    opener = rest.text[:1]
    is_value = opener != '"' and rest.source.startswith("=", rest.start - 1)
    hint = f'text that begins with `{opener}` stands in quotes: `"{opener}…"`' if is_value else None
    return rest.mistake(f"`{opener}` is not closed", code="unclosed", hint=hint)


def join_arguments(arguments: Sequence[str]) -> list[Span]:
    """Arguments as words of one line, joined by blanks; each is a word as it stands."""
    source = " ".join(arguments)
    words: list[Span] = []
    at = 0
    for argument in arguments:
        words.append(Span(source, at, at + len(argument)))
        at += len(argument) + 1
    return words


def _word_end(source: str, start: int) -> tuple[int, int | None]:
    """Behind the word that begins at `start`, and the opener it leaves open."""
    if source[start] in '"{[%@':
        return _value_end(source, start)
    at = start
    while found := _PATH_STOP.search(source, at):
        if found.group() == "=":
            return _value_end(source, found.end())
        if found.group() != "[":
            return found.start(), None
        closed = key_end(source, found.start())
        if closed is None:
            return len(source), found.start()
        at = closed
    return len(source), None


def _value_end(source: str, start: int) -> tuple[int, int | None]:
    first = source[start : start + 1]
    at: int | None = start
    if first == '"':
        at = string_end(source, start)
    elif first and first in "{[":
        at = nested_end(source, start)
    elif first and first in "%@" and not source.startswith(first, start + 1):
        return _named_end(source, start)
    if at is None:
        return len(source), start
    blank = _BLANK.search(source, at)
    return (blank.start() if blank else len(source)), None


def _named_end(source: str, start: int) -> tuple[int, int | None]:
    """Behind a reference or file name, whose names may be quoted."""
    at = start + 1
    while found := _QUOTE_OR_BLANK.search(source, at):
        if found.group() != '"':
            return found.start(), None
        at = found.end()
        if source[found.start() - 1] in _QUOTE_OPENERS:
            closed = string_end(source, found.start())
            if closed is None:
                return len(source), found.start()
            at = closed
    return len(source), None


def string_end(source: str, start: int, end: int | None = None) -> int | None:
    """Behind the quoted text that opens at `start`; None when it does not close before `end`."""
    found = _STRING.match(source, start, len(source) if end is None else end)
    return found.end() if found else None


def nested_end(source: str, start: int, end: int | None = None) -> int | None:
    """Behind the bracket that closes the one at `start`; None when none does. Which kind closes is JSON's business."""
    stop = len(source) if end is None else end
    depth, at = 0, start
    while found := _NESTING.search(source, at, stop):
        at = found.end()
        if found.group() == '"':
            closed = string_end(source, found.start(), stop)
            if closed is None:
                return None
            at = closed
        elif found.group() in "{[":
            depth += 1
        else:
            depth -= 1
            if not depth:
                return at
    return None


def key_end(source: str, start: int, end: int | None = None) -> int | None:
    """Behind the `]` of a key or index in a path that opens at `start`; None when there is none."""
    stop = len(source) if end is None else end
    at: int | None = start + 1
    if source.startswith('"', start + 1, stop):
        at = string_end(source, start + 1, stop)
    closed = source.find("]", at, stop) if at is not None else -1
    return closed + 1 if closed >= 0 else None


def split_assignment(word: Span) -> Parts | None:
    """A word at its first `=` outside brackets; None for a word without.

    Raises:
        InputError: a bracket in the path is left open.
    """
    at = word.start
    while found := _PATH_STOP.search(word.source, at, word.end):
        at = found.end()
        if found.group() == "=":
            append = word.source.startswith("+", found.start() - 1) and found.start() > word.start
            path = word.cut(word.start, found.start() - append)
            return Parts(path, append, word.cut(found.end()))
        if found.group() == "[":
            closed = key_end(word.source, found.start(), word.end)
            if closed is None:
                raise unclosed_error(word.cut(found.start()))
            at = closed
    return None


def json_string(text: str) -> str | None:
    """The meaning of a text that is one whole JSON string, else None."""
    if not text.startswith('"') or string_end(text, 0) != len(text):
        return None
    try:
        meaning: Any = json.loads(text)
    except ValueError:
        return None
    return str(meaning)
