"""Lines of frames as a session: one frame a line, in hex or base64, with or without a time and a direction before it.

    # captured on the bench
    2026-11-25T14:34:05.811Z < 0a 1f 0a 0d
    12.250 > CgUKA2NhbQ==
    0a050a0363616d

The rule: a file is hex when all of its frames are, else base64. A time is RFC 3339, a time of day, seconds with a
point, or seconds or milliseconds since 1970. A frame without a direction is read both ways (`wire.guess`), and how many
of them there were is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from lksig.errors import RecordingError
from lksig.recording.format_v1 import Record
from lksig.recording.importers.imported import Found
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction
from lksig.wire import events
from lksig.wire.codec import decode_frame
from lksig.wire.guess import guess_direction, oddities
from lksig.wire.notations import read_base64, read_hex

_TO_SERVER = "> -> => >> out send sent tx c2s request to_server"
_TO_CLIENT = "< <- <= << in receive received recv rx s2c response to_client"
_MARKS: dict[str, Direction] = {
    **dict.fromkeys(_TO_SERVER.split(), TO_SERVER),
    **dict.fromkeys(_TO_CLIENT.split(), TO_CLIENT),
}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}\S*")
_OF_DAY = re.compile(r"([0-9]{1,2}):([0-9]{2}):([0-9]{2}(?:[.,][0-9]{1,9})?)")
_SECONDS = re.compile(r"[0-9]{1,10}\.[0-9]{1,9}|[0-9]{10}")
_MILLISECONDS = re.compile(r"[0-9]{13}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_LOOKED_AT = 5
"""Lines that decide whether a text is frames at all."""
_MAX_FIRST = 20
"""Frames in which a `join` is looked for."""


class _Line(NamedTuple):
    time_ns: int | None
    """Nanoseconds since the epoch, or since wherever the file counts from."""
    direction: Direction | None
    text: str


def is_frame_lines(text: str) -> bool:
    """Whether a text that begins so is lines of frames: one of the first is a signal message."""
    lines = [line for _, line in _lines(text[: text.rfind("\n") + 1] or text)][:_LOOKED_AT]
    is_hex = _is_hex(lines)
    for line in lines:
        raw = _bytes(line, is_hex=is_hex)
        if raw is None:
            return False
        if any(_makes_sense(raw, direction) for direction in (TO_CLIENT, TO_SERVER)):
            return True
    return False


def _makes_sense(raw: bytes, direction: Direction) -> bool:
    message = decode_frame(raw, direction=direction, t_ns=0, by="client")
    return message.case is not None and not oddities(raw, direction)


def read_lines(data: bytes, name: str) -> Found:
    """The session in the lines.

    Raises:
        RecordingError: there is no frame in them.
    """
    numbered = list(_lines(data.decode("utf-8", "replace")))
    lines = [line for _, line in numbered]
    is_hex = _is_hex(lines)
    frames: list[tuple[_Line, bytes]] = []
    odd: list[int] = []
    for number, line in numbered:
        raw = _bytes(line, is_hex=is_hex)
        if raw is None:
            odd.append(number)
        else:
            frames.append((line, raw))
    if not frames:
        raise RecordingError(f"`{name}` holds no frame", code="no-frames", hint="one frame a line, in hex or base64")
    wall_ns = next((line.time_ns for line, _ in frames if line.time_ns is not None), 0)
    notation = "hex" if is_hex else "base64"
    found = Found(wall_ns, f"lines of {notation}", lambda found: _told(frames, wall_ns), damaged=len(odd))
    if odd:
        more = f", {len(odd)} in all" if len(odd) > 1 else ""
        found.complaints.append(f"line {odd[0]} is no {notation}{more}")
    found.warnings += _warnings(frames)
    return found


def _warnings(frames: list[tuple[_Line, bytes]]) -> Iterator[tuple[str, str]]:
    guessed = sum(line.direction is None for line, _ in frames)
    if guessed:
        whose = "a frame has" if guessed == 1 else f"{guessed} frames have"
        yield "direction-guessed", f"{whose} no direction: it was guessed from the content; `>` and `<` say it"
    untimed = sum(line.time_ns is None for line, _ in frames)
    if untimed:
        whose = "a frame has" if untimed == 1 else f"{untimed} frames have"
        yield "no-times", f"{whose} no time: the time of the frame before stands for it"


def _lines(text: str) -> Iterator[tuple[int, _Line]]:
    """The lines that are neither empty nor comments, with their numbers."""
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if words and not words[0].startswith("#"):
            yield number, _line(words)


def _line(words: list[str]) -> _Line:
    time_ns: int | None = None
    direction: Direction | None = None
    while len(words) > 1:
        if len(words) > 2 and _DATE.fullmatch(words[0]):
            words = [f"{words[0]} {words[1]}", *words[2:]]
        mark = _MARKS.get(words[0].strip("[]():,").lower())
        if direction is None and mark is not None:
            direction = mark
        elif time_ns is None and (read := _time(words[0].strip("[](),"))) is not None:
            time_ns = read
        else:
            break
        words = words[1:]
    return _Line(time_ns, direction, " ".join(words))


def _time(word: str) -> int | None:
    if _SECONDS.fullmatch(word):
        whole, _, part = word.partition(".")
        return int(whole) * 10**9 + int(part.ljust(9, "0"))
    if _MILLISECONDS.fullmatch(word):
        return int(word) * 10**6
    of_day = _OF_DAY.fullmatch(word)
    if of_day is not None:
        return (int(of_day[1]) * 3600 + int(of_day[2]) * 60) * 10**9 + round(float(of_day[3].replace(",", ".")) * 1e9)
    return _instant(word) if _INSTANT.fullmatch(word) else None


def _instant(word: str) -> int | None:
    try:
        instant = datetime.fromisoformat(word)
    except ValueError:
        return None
    return max(0, (instant.replace(tzinfo=instant.tzinfo or UTC) - _EPOCH) // timedelta(microseconds=1) * 1000)


def _is_hex(lines: list[_Line]) -> bool:
    return all(read_hex(line.text) is not None for line in lines)


def _bytes(line: _Line, *, is_hex: bool) -> bytes | None:
    written = read_hex(line.text) if is_hex else read_base64(line.text)
    return written.data if written is not None else None


def _told(frames: list[tuple[_Line, bytes]], wall_ns: int) -> Iterator[Record]:
    """The session; nobody knows its URL, or its path."""
    room, identity = _joined(frames)
    yield events.Start(0, wall_ns, "-", "v1", room, identity)
    t_ns = 0
    for line, raw in frames:
        if line.time_ns is not None:
            t_ns = max(t_ns, line.time_ns - wall_ns)
        direction = line.direction or guess_direction(raw).direction
        by: events.By = "client" if direction is TO_SERVER else "server"
        yield decode_frame(raw, direction=direction, t_ns=t_ns, by=by)


def _joined(frames: list[tuple[_Line, bytes]]) -> tuple[str | None, str | None]:
    """Room and identity, as the server tells them at the beginning."""
    for line, raw in frames[:_MAX_FIRST]:
        if line.direction is not TO_SERVER:
            told = decode_frame(raw, direction=TO_CLIENT, t_ns=0, by="server")
            if told.case == "join":
                envelope: Any = told.envelope
                return envelope.join.room.name or None, envelope.join.participant.identity or None
    return None, None
