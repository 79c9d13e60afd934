"""Small checks on the words and numbers of a command line."""

from __future__ import annotations

from collections.abc import Callable

from lksig.errors import InputError


def split_url(words: list[str], is_url: Callable[[str], bool]) -> tuple[str | None, list[str]]:
    """The URL among the words, and the other words.

    Only the first URL is taken: later words may hold one as a value.
    """
    for index, word in enumerate(words):
        if is_url(word):
            return word, words[:index] + words[index + 1 :]
    return None, words


def check_count(count: int | None) -> None:
    """A count is positive.

    Raises:
        InputError: it is not.
    """
    if count is not None and count < 1:
        raise InputError(f"`-n {count}` counts nothing", code="bad-option", hint="give a number from 1 on")


def check_seconds(seconds: float | None, option: str = "--timeout") -> None:
    """A time is not negative.

    Raises:
        InputError: it is.
    """
    if seconds is not None and not 0 <= seconds < 1e9:
        raise InputError(f"`{option}` needs a number of seconds", code="bad-option")
