"""Where the values of a JSON text stand: every token with its path and its place.

The standard parser gives values and forgets where they were; who wants to point at a mistake or to overwrite a secret
in place needs the place. The scan never fails: of a text that is cut short or broken it tells what it can read, and it
stops where values are nested deeper than any signal message.

Source: RFC 8259; proto3 JSON of protobuf.dev for what a path means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_DEPTH = 100
"""Values in each other. Source: protobuf's own limit for messages."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_CHARACTER = re.compile(
    r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\(.)|.|\\", re.DOTALL
)
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}

Path = tuple[str | int, ...]


class Token(NamedTuple):
    """A key or a value; `start` and `end` enclose its text, quotes included, of an object or array its bracket."""

    path: Path
    start: int
    end: int
    is_key: bool = False


class Literal(NamedTuple):
    """A string literal, read."""

    text: str
    places: list[int]
    """Where each character of `text` begins in the source, and behind the last one where the literal's content ends."""


def scan_json(text: str) -> Iterator[Token]:
    """The keys and values of a JSON text in their order; a key has the path of its value."""
    path: list[str | int] = []
    at_key = False
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in "{[":
            yield Token(tuple(path), match.start(), match.end())
            if len(path) == MAX_DEPTH:
                return
            at_key = token == "{"
            path.append("" if at_key else 0)
        elif token in "}]":
            if path:
                path.pop()
            at_key = False
        elif token == ",":
            if path and isinstance(path[-1], int):
                path[-1] += 1
            else:
                at_key = bool(path)
        elif token == ":":
            at_key = False
        elif at_key and token[0] == '"':
            path[-1] = read_literal(text, match.start(), match.end()).text
            yield Token(tuple(path), match.start(), match.end(), is_key=True)
        else:
            yield Token(tuple(path), match.start(), match.end())


def read_literal(text: str, start: int, end: int) -> Literal:
    """What the string literal between two quotes says, and where; the closing quote may be missing."""
    stop = end - 1 if end - start > 1 and text[end - 1] == '"' else end
    characters, places = [], []
    for match in _CHARACTER.finditer(text, start + 1, stop):
        places.append(match.start())
        high, low, unit, escape = match.groups()
        if high:
            characters.append(chr(0x10000 + ((int(high, 16) & 0x3FF) << 10) + (int(low, 16) & 0x3FF)))
        elif unit:
            characters.append(chr(int(unit, 16)))
        else:
            characters.append(_ESCAPES.get(escape, escape) if escape else match[0])
    places.append(stop)
    return Literal("".join(characters), places)


def place_of(text: str, path: Path) -> int:
    """Where the value at `path` begins; of one that is not there, where its nearest enclosing value does."""
    best, best_length = 0, -1
    for token in scan_json(text):
        length = len(token.path)
        if not token.is_key and length > best_length and token.path == path[:length]:
            best, best_length = token.start, length
    return best
