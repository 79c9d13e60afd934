"""What can be typed next in a filter: cases and the other words of filters, fields, operators, values.

The tokens are those of `filter_lexer`, paths are read by `filter_paths`. A field stands without a dot behind it: alone
it means that it is set, and `(…)` may follow it.

Rule: any text and any cursor give an answer; nothing is offered that `parse_filter` then refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lksig.errors import InputError
from lksig.patterns import lazy_pattern
from lksig.schema.filter import FLAGS, KINDS, MAKERS, NUMBERS, TEXTS, cases
from lksig.schema.filter_lexer import LOGIC, OPERATORS, Token, begun, past_blanks
from lksig.schema.filter_paths import Step, map_entry, read_path
from lksig.schema.filter_values import FITTING
from lksig.schema.pool import TO_CLIENT, TO_SERVER, case_fields, envelope_class
from lksig.schema.suggest_paths import MAX_SEPARATORS
from lksig.schema.suggest_values import value_items
from lksig.schema.suggestions import Known, Suggestion, Suggestions, about_field, matching, name_end, nothing
from lksig.schema.typed_text import quoted

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor

_MEANINGS = {
    "to_server": "what the client sends",
    "to_client": "what the server sends",
    "refused": "refusals of requests",
    "unknown": "holds fields or a case that the schema does not know",
    "undecodable": "frames that did not decode",
    "keepalive": "the four pings and pongs",
    "for_auto": "answers what lksig sent by itself",
    "bytes": "size after decompression: `bytes gt 16k`",
    "n": "number of the message",
    "by": "who made it: `by=user`",
    "case": "the case by name: `case matches ^ping`",
    "start": "events: a session begins",
    "message": "events: any message",
    "state": "events: the session entered a state",
    "ws_ping": "events: WebSocket ping",
    "ws_pong": "events: WebSocket pong",
    "close": "events: the WebSocket closed",
    "http": "events: one HTTP exchange",
    "note": "events: what lksig did or learned",
    "marker": "events: a place that a person named",
    "result": "events: what became of a request",
    "end": "events: a session is over",
}
_OPERATORS = {
    "=": "equal",
    "!=": "not equal, or without a value",
    "<": "less",
    ">": "greater",
    "<=": "at most",
    ">=": "at least",
    "contains": "holds this text",
    "matches": "a regular expression fits somewhere",
}
_WORDS = {meaning: word for word, meaning in OPERATORS.items() if word.isalpha() and word != meaning}
"""What is typed in a shell, which reads `<`, `>` and `!` itself."""
_PLAIN = lazy_pattern(r"""[^\s()"'~=!<>]+""")
"""Values that need no quotes."""
_PLAIN_KEY = lazy_pattern(r"[\w:/@-][\w:/@.-]*")
_SEPARATOR = re.compile(r"[.\[]")


def suggest_filter(text: str, cursor: int, known: Known) -> Suggestions:
    """The ways to go on at `cursor` in a filter expression."""
    cursor = max(0, min(cursor, len(text)))
    head = text[:cursor]
    start = _word_start(head)
    tokens, state = begun(head[:start])
    place = _Place(head, start, tokens, known)
    if head.startswith("~", start):
        return nothing(cursor)
    if state == "operand":
        start, items = place.operands()
    elif state == "value":
        items = place.values()
    else:
        items = place.operators() if state == "word" else []
        items += [Suggestion("and", "both"), Suggestion("or", "one of them")]
    found = matching(items, head[start:].lstrip("\"'.["))
    return Suggestions(start, name_end(text, cursor), found) if found else nothing(cursor)


def _word_start(head: str) -> int:
    """Where the word begins that ends the text; the end where none is begun."""
    tokens, _ = begun(head)
    last = tokens[-1] if tokens else None
    behind = past_blanks(head, last.end if last else 0)
    if last is None or behind < len(head):
        return behind
    is_word = last.kind in ("word", "value", "text", *LOGIC) or (last.kind == "op" and head[last.start].isalpha())
    return last.start if is_word and last.end == len(head) else len(head)


class _Place:
    """The end of a filter that is being typed: complete tokens, and from `start` on the word that is begun."""

    def __init__(self, head: str, start: int, tokens: list[Token], known: Known) -> None:
        self.head = head
        self.start = start
        self.tokens = tokens
        self.known = known
        self.scope = self._scope()

    def _scope(self) -> Descriptor | None:
        """The message whose fields are named, inside of `path(…)`; None outside."""
        scopes: list[Descriptor | None] = [None]
        for at, token in enumerate(self.tokens):
            if token.kind == "group":
                steps = self._steps(self.tokens[at - 1], scopes[-1])
                scopes.append(steps[-1].type.message_type if steps else None)
            elif token.kind == "(":
                scopes.append(scopes[-1])
            elif token.kind == ")" and len(scopes) > 1:
                scopes.pop()
        return scopes[-1]

    def _steps(self, path: Token, scope: Descriptor | None) -> list[Step]:
        """The steps of a path; none where it is wrong, or no path."""
        name = _SEPARATOR.split(path.value, maxsplit=1)[0]
        if scope is None:
            direction = TO_SERVER if name in case_fields(TO_SERVER) else TO_CLIENT
            scope = envelope_class(direction).DESCRIPTOR
        try:
            return read_path(self.head, scope, path.start, path.end)
        except InputError:
            return []

    # --- operands ---------------------------------------------------------------------------------------------------

    def operands(self) -> tuple[int, list[Suggestion]]:
        """Names, and from where on they replace what is typed."""
        places = [found.start() for found in _SEPARATOR.finditer(self.head, self.start)]
        for at in reversed(places[:MAX_SEPARATORS]):
            done = Token("word", self.start, at, self.head[self.start : at])
            steps = self._steps(done, self.scope)
            if steps and map_entry(steps[-1].field) and steps[-1].key is None:
                return at, list(self._keys(steps[-1].field.name))
            message = steps[-1].type.message_type if steps else None
            if message is not None and self.head[at] == ".":
                return at + 1, _field_items(message)
        return self.start, [] if places else [*self._names(), Suggestion("not", "the opposite of what follows")]

    def _names(self) -> Iterator[Suggestion]:
        if self.scope is not None:
            yield from _field_items(self.scope)
            return
        for name, field in cases().items():
            yield Suggestion(name, about_field(field))
        for name in (*FLAGS, *NUMBERS, *TEXTS, *KINDS):
            yield Suggestion(name, _MEANINGS[name])

    def _keys(self, field: str) -> Iterator[Suggestion]:
        for key, meaning in self.known.keys(field):
            yield Suggestion(_written_key(key), meaning, key)

    # --- comparisons ------------------------------------------------------------------------------------------------

    def _compared(self, word: Token) -> tuple[str, FieldDescriptor | None]:
        """What a name has for a value, as `FITTING` calls it; nothing where it has none. And its field."""
        if self.scope is None and (word.value in NUMBERS or word.value in TEXTS):
            return "a number" if word.value in NUMBERS else "a text", None
        if self.scope is None and (word.value in FLAGS or word.value in KINDS):
            return "", None
        steps = self._steps(word, self.scope)
        if (
            not steps
            or steps[-1].type.message_type is not None
            or (map_entry(steps[-1].field) and steps[-1].key is None)
        ):
            return "", None
        return _kind(steps[-1].type), steps[-1].type

    def operators(self) -> list[Suggestion]:
        """The operators that fit the name before them, as symbols and as words."""
        fitting = FITTING.get(self._compared(self.tokens[-1])[0], ())
        words = [
            Suggestion(_WORDS[op], _OPERATORS[op]) for op in fitting if op in _WORDS and self.start < len(self.head)
        ]
        return [*(Suggestion(op, _OPERATORS[op]) for op in fitting), *words]

    def values(self) -> list[Suggestion]:
        """The values that fit the name and the operator before them."""
        word, op = self.tokens[-2], OPERATORS[self.tokens[-1].value]
        kind, field = self._compared(word)
        if op not in FITTING.get(kind, ()):
            return []
        if field is None:
            names = {"by": MAKERS, "case": tuple(cases())}.get(word.value, ())
            return [Suggestion(name) for name in names]
        # A name of a peer as a regular expression would mean something else, or nothing.
        items = [] if kind == "a text" and op == "matches" else value_items(field, self.known)
        return [_written(item) for item in items if item.text != "now" and not item.text.startswith("%")]


def _kind(field: FieldDescriptor) -> str:
    if field.enum_type is not None:
        return "an enum"
    return {field.TYPE_BOOL: "a boolean", field.TYPE_STRING: "a text", field.TYPE_BYTES: "bytes"}.get(
        field.type, "a number"
    )


def _field_items(message: Descriptor) -> list[Suggestion]:
    return [Suggestion(field.name, about_field(field)) for field in message.fields]


def _written(item: Suggestion) -> Suggestion:
    """A value as filters write it."""
    value = item.label or item.text
    is_plain = _PLAIN.fullmatch(value) and value.isprintable() and value.lower() not in LOGIC
    text = value if is_plain else quoted(value)
    return Suggestion(text, item.meaning, "" if text == value else value)


def _written_key(key: str) -> str:
    """The key of a map behind its name; what ends a name in filters stands in brackets."""
    return f".{key}" if _PLAIN_KEY.fullmatch(key) and key.isprintable() else f"[{quoted(key)}]"
