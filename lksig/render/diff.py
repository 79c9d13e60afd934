"""What differs between two sessions, for a person and for a script.

The rule: the first difference is told at length, since what follows often follows from it; every other one is a line of
its own that can be searched for: mark, number in the first, number in the second, direction, path, both values. `~`
says something else in the second, `-` is only in the first, `+` only in the second; colour repeats that. The last line
is the sum. Contract: `--json` has one object for each difference and one at the end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lksig.render.phrases import SEPARATOR, counted
from lksig.render.safe_text import neutralise, quoted, word
from lksig.render.stable import StableLines
from lksig.render.theme import Paint, Role
from lksig.render.width import ELLIPSIS, cut, width_of
from lksig.schema.pool import TO_SERVER
from lksig.session.facts import KINDS
from lksig.wire.events import Close, Message, WsPing, WsPong

if TYPE_CHECKING:
    from lksig.recording.diff import Counts, Finding
    from lksig.recording.stable import Roles
    from lksig.recording.trees import Difference
    from lksig.wire.events import Reading
    from lksig.wire.redaction import Secrets

MAX_LARGE = 8
"""Differences of the first message that are told at length; the rest of them are lines."""

ARROW = " → "
MIN_VALUE_WIDTH = 12
"""On a terminal too narrow for more the line is cut."""

_MARKS: dict[str, str] = {"changed": "~", "only_a": "-", "only_b": "+"}
_ROLES: dict[str, Role] = {"~": "changed", "-": "removed", "+": "added"}


class DiffView:
    """The differences for a person.

    Args:
        names: of both recordings.
        roles: of both.
        secrets: what must not be printed.
        colour: the stream takes colour.
        width: columns of the terminal; None leaves lines whole, and their columns are separated by one blank.
        verbose: keep-alives were compared, too.
    """

    def __init__(
        self,
        names: tuple[str, str],
        roles: tuple[Roles, Roles],
        secrets: Secrets,
        *,
        colour: bool = False,
        width: int | None = None,
        verbose: int = 0,
    ) -> None:
        self._names = neutralise(names[0]), neutralise(names[1])
        self._secrets = secrets
        self._paint = Paint(colour)
        self._width = width
        self._roles = roles
        self._lines = [StableLines(secrets, one, verbose=verbose) for one in roles]
        self._is_first = True
        self._differences = 0

    def lines(self, finding: Finding) -> Iterator[str]:
        """The lines of what differs at one place."""
        self._differences += max(len(finding.differences), 1)
        if self._is_first:
            self._is_first = False
            yield from self._first(finding)
        elif finding.change == "changed":
            for one in finding.differences:
                yield self._line(finding, *self._values(one))
        else:
            yield self._line(finding, self._said(finding))

    def summary(self, counts: Counts, *, is_complete: bool = True) -> str:
        """The last line.

        Args:
            is_complete: nothing is missing from either recording.
        """
        between = f"{SEPARATOR}{counted(counts.in_between, 'state')} in between left out" if counts.in_between else ""
        if counts.is_equal:
            return f"equal{'' if is_complete else ' as far as they go'}: {counted(counts.same, 'message')}{between}"
        told = [
            f"{counts.changed} changed" if counts.changed else "",
            f"{counts.only_a} only in {self._names[0]}" if counts.only_a else "",
            f"{counts.only_b} only in {self._names[1]}" if counts.only_b else "",
        ]
        same = f"{counted(counts.same, 'message')} the same"
        return f"{counted(self._differences, 'difference')}: {', '.join(filter(None, told))}{SEPARATOR}{same}{between}"

    # --- the first one ------------------------------------------------------------------------------------------------

    def _first(self, finding: Finding) -> Iterator[str]:
        yield self._paint("name", "first difference:") + " " + self._where(finding)
        rows = [
            f"  {self._marked(mark)} {text}"
            for mark, reading, lines in zip("-+", (finding.a, finding.b), self._lines, strict=True)
            if reading is not None and (text := self._reading_text(lines, reading, finding.said))
        ]
        yield from ["", *rows] if rows else []
        for one in finding.differences[:MAX_LARGE]:
            yield ""
            yield "  " + self._paint("name", neutralise(one.path))
            for mark, value in (("-", one.a), ("+", one.b)):
                yield f"  {self._marked(mark)} {self._paint(_ROLES[mark], self._shown(value))}"
        yield ""
        for one in finding.differences[MAX_LARGE:]:
            yield self._line(finding, *self._values(one))

    def _where(self, finding: Finding) -> str:
        a, b = self._names
        whose = self._whose(finding)
        session = f"{SEPARATOR}session of {whose}" if whose else ""
        if finding.change == "changed":
            return f"{_name(finding.a)} of {a}, {_name(finding.b)} of {b}{session}"
        return f"{_name(finding.a or finding.b)}, only in {b if finding.a is None else a}{session}"

    def _whose(self, finding: Finding) -> str:
        reading, roles = (finding.a, self._roles[0]) if finding.a is not None else (finding.b, self._roles[1])
        assert reading is not None
        whose = roles.whose(reading.event) or ""
        is_number = whose.startswith("#") and whose[1:].isdecimal()
        return whose if is_number or not whose else word(self._secrets.scrub(self._secrets.tokens(whose)))

    def _reading_text(self, lines: StableLines, reading: Reading, said: str) -> str:
        """The line of a reading; of what has none, what it says."""
        text = lines.text(reading)
        return text or (f"{_mark(reading)} {_case(reading)} {self._clean(said)}" if said else "")

    # --- the others ---------------------------------------------------------------------------------------------------

    def _line(self, finding: Finding, told: str, values: tuple[str, str] | None = None) -> str:
        mark = _MARKS[finding.change]
        numbers = [_number(finding.a), _number(finding.b)]
        whose = self._whose(finding)
        way = _mark(finding.a or finding.b) + (f" [{whose}]" if whose else "")
        if self._width is None:
            head = f"{mark} {' '.join(numbers)} {way} "
        else:
            head = f"{mark} {numbers[0]:>4} {numbers[1]:>4}  {way} "
        text = told if values is None else f"{told} {self._fitted(values, width_of(head + told) + 1)}"
        if self._width is not None:
            text = cut(text, max(self._width - width_of(head), 1))
        return self._marked(mark) + head[1:] + text

    def _values(self, one: Difference) -> tuple[str, tuple[str, str]]:
        return self._clean(one.path), (self._shown(one.a), self._shown(one.b))

    def _fitted(self, values: tuple[str, str], before: int) -> str:
        """Both values; where there is no room for them, from the place on where they part."""
        a, b = values
        whole = f"{a}{ARROW}{b}"
        if self._width is None or before + width_of(whole) <= self._width:
            return whole
        room = max((self._width - before - len(ARROW)) // 2, MIN_VALUE_WIDTH)
        same = 0
        while same < min(len(a), len(b)) and a[same] == b[same]:
            same += 1
        if same > room // 3:
            a, b = (ELLIPSIS + one[same - room // 3 :] for one in (a, b))
        return f"{cut(a, room)}{ARROW}{cut(b, room)}"

    def _said(self, finding: Finding) -> str:
        """What stands behind the direction for a reading that only one has."""
        reading, lines = (finding.a, self._lines[0]) if finding.a is not None else (finding.b, self._lines[1])
        assert reading is not None
        text = lines.text(reading)
        if text is None:
            return " ".join(filter(None, (_case(reading), self._clean(finding.said))))
        return text.split(" ", 2)[2]

    def _marked(self, mark: str) -> str:
        return self._paint(_ROLES[mark], mark)

    def _shown(self, value: str | None) -> str:
        """A value: `-` for what is not there; in quotes where it could not be seen otherwise."""
        if value is None:
            return "-"
        return quoted(value) if value in ("", "-") or value != value.strip() else self._clean(value)

    def _clean(self, text: str) -> str:
        return neutralise(self._secrets.scrub(self._secrets.tokens(text)))


class DiffJson:
    """The differences for a script: one object a line.

    Args:
        names: of both recordings.
    """

    def __init__(self, names: tuple[str, str], secrets: Secrets) -> None:
        self._names = names
        self._secrets = secrets
        self._differences = 0

    def lines(self, finding: Finding) -> Iterator[str]:
        """One object for each thing that differs at one place."""
        reading = finding.a or finding.b
        assert reading is not None
        head: dict[str, Any] = {
            "kind": "difference",
            "change": finding.change,
            "event": KINDS[type(reading.event)],
            "dir": getattr(reading.event, "direction", None),
            "case": getattr(reading.event, "case", None),
            "n_a": finding.a.n if finding.a is not None else None,
            "n_b": finding.b.n if finding.b is not None else None,
            "session_a": finding.a.event.session if finding.a is not None else None,
            "session_b": finding.b.event.session if finding.b is not None else None,
        }
        said = self._clean(finding.said)
        if finding.change != "changed":
            values = {"a": said, "b": None} if finding.change == "only_a" else {"a": None, "b": said}
            yield self._json({**head, "path": None, **values})
        for one in finding.differences:
            yield self._json(
                {**head, "path": self._clean(one.path), "a": self._clean(one.a), "b": self._clean(one.b)},
            )

    def _json(self, value: dict[str, Any]) -> str:
        self._differences += 1
        return json.dumps(value, separators=(",", ":"))

    def summary(self, counts: Counts, *, is_complete: bool = True) -> str:
        """The last object."""
        return json.dumps(
            {
                "kind": "comparison",
                "equal": counts.is_equal,
                "complete": is_complete,
                "file_a": self._names[0],
                "file_b": self._names[1],
                "messages_a": counts.messages_a,
                "messages_b": counts.messages_b,
                "same": counts.same,
                "in_between": counts.in_between,
                "changed": counts.changed,
                "only_a": counts.only_a,
                "only_b": counts.only_b,
                "differences": self._differences,
            },
            separators=(",", ":"),
        )

    def _clean(self, text: str | None) -> str | None:
        return None if text is None else self._secrets.scrub(self._secrets.tokens(text))


def _number(reading: Reading | None) -> str:
    return "-" if reading is None or reading.n is None else str(reading.n)


def _case(reading: Reading) -> str:
    event = reading.event
    return KINDS[type(event)] if type(event) is not Message else event.case or ""


def _name(reading: Reading | None) -> str:
    """`message 6`, `close`."""
    assert reading is not None
    return f"message {reading.n}" if reading.n is not None else _case(reading)


def _mark(reading: Reading | None) -> str:
    """The mark of the line it has elsewhere."""
    assert reading is not None
    event = reading.event
    if type(event) is Message:
        return "!" if event.error is not None else ">" if event.direction is TO_SERVER else "<"
    return "x" if isinstance(event, Close) else "%" if isinstance(event, WsPing | WsPong) else "="
