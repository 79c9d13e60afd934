"""The words of the command line, shaped before Typer sees them.

`lksig URL` becomes `lksig connect URL`, `lksig FILE` becomes `lksig show FILE`; an unknown command names the nearest
one. An option in front of the command is the command's. For commands whose words are requests or filters, options may
stand anywhere among the words, and a word such as `-5` is a number: the options are moved to the front, the words
behind `--`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lksig.cli.app import COMMANDS
from lksig.errors import InputError

_NUMBER = re.compile(r"-\.?[0-9]")

_ROOT_OPTIONS = ("--version", "--help", "-h")
"""Options that are not the command's where they stand in front of it."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one command: which take a value."""

    with_value: frozenset[str] = field(default_factory=frozenset)
    flags: frozenset[str] = field(default_factory=frozenset)


def command_of(words: Sequence[str], is_file: Callable[[str], bool]) -> tuple[str | None, list[str]]:
    """The command these words ask for, and the words with its name spelled out.

    Args:
        is_file: tells whether a word names a file.

    Returns:
        The name (None when only options of the root are there) and the words.

    Raises:
        InputError: no such command; the nearest one is named.
    """
    for index, word in enumerate(words):
        if word.startswith("-") and word != "-":
            if word in _ROOT_OPTIONS:
                break
            continue
        is_named = word in COMMANDS
        name = word if is_named else _meant(word, is_file)
        return name, [name, *words[:index], *words[index + is_named :]]
    return None, list(words)


def _meant(word: str, is_file: Callable[[str], bool]) -> str:
    from lksig.schema.nearest import nearest
    from lksig.wire.target import looks_like_url

    if looks_like_url(word, bare=True):
        return "connect"
    if word == "-" or is_file(word):
        return "show"
    near = nearest(word, COMMANDS)
    raise InputError(
        f"there is no command `{word}`",
        code="unknown-command",
        hint=f"did you mean `{near}`?" if near else "see `lksig --help`",
    )


def options_first(words: Sequence[str], options: Options) -> list[str]:
    """The same words with all options in front, and `--` between.

    Args:
        words: of one command, its name not among them.

    Raises:
        InputError: the last one is an option that lacks its value.
    """
    front: list[str] = []
    rest: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word == "--":
            rest += words[at:]
            break
        if not word.startswith("-") or word == "-" or _NUMBER.match(word):
            rest.append(word)
            continue
        front.append(word)
        if not _wants_next(word, options):
            continue
        if at == len(words):
            raise InputError(f"`{word}` needs a value", code="usage", hint="write it behind the option")
        front.append(words[at])
        at += 1
    return [*front, "--", *rest]


def _wants_next(word: str, options: Options) -> bool:
    """Whether the value of this option is the next word."""
    if word.startswith("--"):
        return word in options.with_value
    for index, letter in enumerate(word[1:], start=1):
        if "-" + letter in options.with_value:
            return index == len(word) - 1
    return False
