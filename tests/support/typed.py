"""Typed requests in tests: inputs without a clock or a disk, and what an error points at."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from lksig.errors import InputError

NOW_MS = 1_732_444_800_000


class FakeInputs:
    """A stopped clock, and files that are given by name; a file that is an exception is raised."""

    def __init__(self, **files: bytes | Exception) -> None:
        self.files: dict[str, bytes | Exception] = dict(files)

    def now_ms(self) -> int:
        return NOW_MS

    def read_file(self, name: str) -> bytes:
        content = self.files.get(name, FileNotFoundError(2, "No such file or directory"))
        if isinstance(content, Exception):
            raise content
        return content


def canonical(message: Any) -> bytes:
    """Deterministic bytes of a message, with every NaN the same: text has no other bits of it."""
    copy = type(message)()
    copy.CopyFrom(message)
    case = copy.WhichOneof("message")
    # The only two messages of the schema that hold floats.
    if case == "connection_quality":
        for update in copy.connection_quality.updates:
            update.score = math.nan if math.isnan(update.score) else update.score
    elif case == "speakers_changed":
        for speaker in copy.speakers_changed.speakers:
            speaker.level = math.nan if math.isnan(speaker.level) else speaker.level
    return bytes(copy.SerializeToString(deterministic=True))


@dataclass(frozen=True)
class Mistake:
    """What an InputError says, and the text its caret marks."""

    text: str
    marked: str
    code: str
    hint: str | None
    start: int
    source: str


def mistake(call: Callable[..., object], *args: object, **kwargs: object) -> Mistake:
    """The mistake that a call raises."""
    with pytest.raises(InputError) as caught:
        call(*args, **kwargs)
    error = caught.value
    assert error.source is not None
    assert error.start < error.end <= max(len(error.source), error.start + 1)
    marked = error.source[error.start : error.end]
    return Mistake(error.text, marked, error.code, error.hint, error.start, error.source)
