"""The words of a filter expression: one pass from text to tokens, with the place of each for the caret.

What a character means depends on what came before (behind an operator everything up to a blank is a value, before one
it is a name), so the lexer keeps one word of state. It knows nothing of the schema: which names exist is asked later.

Rule: any text gives tokens or an InputError that points at the mistake.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from json import JSONDecodeError, JSONDecoder
from typing import Literal

from lksig.errors import InputError
from lksig.patterns import lazy_pattern
from lksig.schema.lexer import BLANKS

Op = Literal["=", "!=", "<", ">", "<=", ">=", "contains", "matches"]
Kind = Literal["word", "text", "value", "op", "(", ")", "group", "and", "or", "not", "end"]
"""`text` is what follows `~`; `group` is the parenthesis that directly follows a path."""

OPERATORS: dict[str, Op] = {
    "=": "=",
    "==": "=",
    "!=": "!=",
    "<": "<",
    ">": ">",
    "<=": "<=",
    ">=": ">=",
    "eq": "=",
    "ne": "!=",
    "lt": "<",
    "gt": ">",
    "le": "<=",
    "ge": ">=",
    "contains": "contains",
    "matches": "matches",
}
"""Symbols, and words because a shell reads `<`, `>` and `!` itself."""

LOGIC: dict[str, Kind] = {"and": "and", "or": "or", "not": "not"}

_SYMBOL = lazy_pattern(r"[=!<>]=|[=<>]")
_BARE_WORD = lazy_pattern(rf"[A-Za-z]+(?=[{BLANKS}()\"'~]|$)")
_NAME_END = lazy_pattern(rf"[{BLANKS}()=<>\[]|!=")
_SURROGATE = lazy_pattern("[\ud800-\udfff]")
# Not strict: a raw tab or line end inside quotes is taken as it is.
_JSON = JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a filter. `value` is its meaning: the operator, or a text without its quotes."""

    kind: Kind
    start: int
    end: int
    value: str = ""
    quoted: Literal["", "'", '"'] = ""


def mistake(
    source: str, start: int, end: int, text: str, *, code: str = "filter-syntax", hint: str | None = None
) -> InputError:
    """The InputError that points at `source[start:end]`."""
    return InputError(text, code=code, hint=hint, source=source, start=start, end=max(end, start + 1))


def tokens(source: str) -> list[Token]:
    """The tokens of a filter, ending with one of kind `end`.

    Raises:
        InputError: a quote or bracket is left open, a value is missing, or a character has no meaning here.
    """
    found = _SURROGATE.search(source)
    if found:
        raise mistake(source, found.start(), found.end(), "this byte is not UTF-8 text")
    return _Lexer(source).run()


State = Literal["operand", "word", "value", "done"]
"""What was read last: nothing or what an operand follows, a name, an operator, or a whole operand."""


def begun(source: str) -> tuple[list[Token], State]:
    """The tokens of a filter that is being typed, as far as they are right, and what was read last."""
    lexer = _Lexer(source)
    try:
        lexer.run()
    except InputError:
        return lexer.found, lexer.state
    return lexer.found[:-1], lexer.state


class _Lexer:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.found: list[Token] = []
        self.state: State = "operand"

    def run(self) -> list[Token]:
        while True:
            blank_from, self.at = self.at, past_blanks(self.source, self.at)
            if self.at == len(self.source):
                break
            self.found.append(self.next(adjacent=blank_from == self.at))
        if self.state == "value":
            raise mistake(
                self.source, self.at, self.at, "a value is missing here", hint='the empty text is written `""`'
            )
        self.found.append(Token("end", self.at, self.at))
        return self.found

    def next(self, *, adjacent: bool) -> Token:
        state, self.state = self.state, "operand"
        if state == "value":
            return self.value()
        char = self.source[self.at]
        if char == "(":
            return self.take("group" if state == "word" and adjacent else "(", 1)
        if char == ")":
            self.state = "done"
            return self.take(")", 1)
        if char == "~":
            self.state = "done"
            return self.text()
        if state == "word":
            operator = self.operator()
            if operator:
                self.state = "value"
                return operator
        bare = _BARE_WORD.match(self.source, self.at)
        logic = LOGIC.get(bare.group().lower()) if bare else None
        if logic:
            return self.take(logic, len(logic))
        self.state = "word"
        return self.word()

    def take(self, kind: Kind, length: int, value: str = "") -> Token:
        start = self.at
        self.at += length
        return Token(kind, start, self.at, value)

    def operator(self) -> Token | None:
        symbol = _SYMBOL.match(self.source, self.at) or _BARE_WORD.match(self.source, self.at)
        meaning = OPERATORS.get(symbol.group().lower()) if symbol else None
        return self.take("op", len(symbol.group()), meaning) if symbol and meaning else None

    def word(self) -> Token:
        """A path: everything up to a blank, an operator or a parenthesis; `[…]` as a whole."""
        start = self.at
        while True:
            stop = _NAME_END.search(self.source, self.at)
            self.at = stop.start() if stop else len(self.source)
            if stop is None or stop.group() != "[":
                break
            self.at = self.bracket()
        if self.at == start:
            raise self.odd(start)
        return Token("word", start, self.at, self.source[start : self.at])

    def odd(self, at: int) -> InputError:
        symbol = _SYMBOL.match(self.source, at)
        given = symbol.group() if symbol else self.source[at]
        return mistake(self.source, at, at + len(given), f"`{given}` has nothing on its left to compare")

    def bracket(self) -> int:
        """Where the `[…]` that opens here ends."""
        inside = self.at + 1
        if self.source.startswith('"', inside):
            inside = string_end(self.source, inside)
        closed = self.source.find("]", inside)
        if closed < 0:
            raise mistake(self.source, self.at, len(self.source), "this `[` is not closed")
        return closed + 1

    def value(self) -> Token:
        self.state = "done"
        token = self.literal("value")
        if not token.quoted and token.value.lower() in LOGIC:
            text = f"a value is missing before `{token.value}`"
            raise mistake(
                self.source, token.start, token.end, text, hint=f'the word itself is written `"{token.value}"`'
            )
        return token

    def text(self) -> Token:
        start = self.at
        self.at += 1
        token = self.literal("text")
        if not token.value:
            raise mistake(self.source, start, token.end, "`~` needs a text to look for", hint="for example `~alice`")
        return replace(token, start=start)

    def literal(self, kind: Kind) -> Token:
        """A quoted text, or everything up to a blank or to the `)` that belongs to somebody else."""
        start, source = self.at, self.source
        if source.startswith('"', start):
            self.at = string_end(source, start)
            token = Token(kind, start, self.at, unquote(source, start, self.at), '"')
        elif source.startswith("'", start):
            closed = source.find("'", start + 1)
            if closed < 0:
                raise mistake(
                    source, start, len(source), "this `'` is not closed", hint="in double quotes it stands for itself"
                )
            self.at = closed + 1
            token = Token(kind, start, self.at, source[start + 1 : closed], "'")
        else:
            self.at = _bare_end(source, start)
            return Token(kind, start, self.at, source[start : self.at])
        behind = source[self.at : self.at + 1]
        if behind and behind != ")" and behind not in BLANKS:
            raise mistake(source, self.at, _bare_end(source, self.at), "this follows a quoted text without a blank")
        return token


def past_blanks(source: str, at: int) -> int:
    """The place of the first character from `at` on that is no blank."""
    while at < len(source) and source[at] in BLANKS:
        at += 1
    return at


def _bare_end(source: str, at: int) -> int:
    depth = 0
    while at < len(source) and source[at] not in BLANKS:
        depth += {"(": 1, ")": -1}.get(source[at], 0)
        if depth < 0:
            break
        at += 1
    return at


def string_end(source: str, start: int) -> int:
    """Where the JSON string that opens at `start` ends.

    Raises:
        InputError: it does not.
    """
    at = start + 1
    while at < len(source) and source[at] != '"':
        at += 2 if source[at] == "\\" else 1
    if at >= len(source):
        raise mistake(source, start, len(source), 'this `"` is not closed', hint='inside of quotes write `\\"`')
    return at + 1


def unquote(source: str, start: int, end: int) -> str:
    """The text that the JSON string `source[start:end]` stands for.

    Raises:
        InputError: a wrong escape, or half of a surrogate pair.
    """
    try:
        text = _JSON.decode(source[start:end])
    except JSONDecodeError as exc:
        at = start + exc.pos
        hint = r"a backslash is written `\\` here; single quotes take it as it is"
        raise mistake(source, at, at + 2, "JSON strings have no such escape", hint=hint) from exc
    if _SURROGATE.search(text):
        raise mistake(source, start, end, "half of a surrogate pair is not text")
    return str(text)


def quote(text: str) -> str:
    """`text` as a quoted value."""
    return json.dumps(text, ensure_ascii=False)
