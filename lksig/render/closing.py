"""The few lines that end a session: how long, how much, who ended it, what was refused, what stayed unanswered.

`listen`, `connect` and `show` all end with them. They are collected while the readings pass, so that nothing of a long
session is kept for them.
"""

from __future__ import annotations

from lksig.render.safe_text import neutralise
from lksig.render.times import bytes_text, duration_text
from lksig.wire.events import Close, End, Message, Reading, Result

MAX_NAMED = 8
"""Requests that are named one by one; what is more is counted."""

MIN_GAP_NS = 1_000_000_000
"""A silence shorter than this is not worth a word."""


class Closing:
    """What the end of one session has to say; feed it every reading of that session, the `End` too."""

    def __init__(self) -> None:
        self.close: Close | None = None
        """The end of the last socket."""
        self._bytes = {"to_client": 0, "to_server": 0}
        self._cases: dict[int, str] = {}
        self._refusals: dict[int, str] = {}
        self._sockets: set[int] = set()
        self._first_ns: int | None = None
        self._gap_ns = 0
        self._gap_before: str | None = None

    def observe(self, reading: Reading) -> None:
        """Take one reading into account."""
        event = reading.event
        if self._first_ns is None:
            self._first_ns = event.t_ns
        if type(event) is Message:
            self._bytes[event.direction.value] += len(event.raw)
            self._sockets.add(event.socket)
            if reading.dt_ns > self._gap_ns:
                self._gap_ns = reading.dt_ns
                self._gap_before = str(reading.n)
        elif type(event) is Close:
            if self.close is None or event.socket >= self.close.socket:
                self.close = event
            self._sockets.add(event.socket)
            if reading.dt_ns > self._gap_ns:
                self._gap_ns = reading.dt_ns
                self._gap_before = "the close"
        elif type(event) is Result:
            self._result(event)

    def _result(self, result: Result) -> None:
        """Keep the words for the few that will be named: a session may have a million requests."""
        if result.outcome == "refused" and len(self._refusals) < MAX_NAMED:
            self._refusals[result.request] = f"{result.case} {result.reason or ''}".rstrip()
        elif result.outcome in ("timeout", "lost") and len(self._cases) < MAX_NAMED:
            self._cases[result.request] = result.case

    def lines(self, end: End, story: str | None = None) -> list[str]:
        """The lines, without colour or indentation.

        Args:
            end: the last reading's event.
            story: who ended it and why, in words (`session.endings`).
        """
        lines = [self._counts(end)]
        if story is not None:
            lines.append(neutralise(story))
        elif end.ended_by is None:
            lines.append("no end: the recording stops before the session does")
        else:
            code = "" if end.code is None else f", close {end.code}"
            lines.append(f"ended by the {end.ended_by}{code}")
        lines += self._list("refused", end.refused, self._refusals)
        lines += self._list("unanswered", end.unanswered, self._cases)
        if end.undecodable:
            lines.append(f"undecodable: {end.undecodable}")
        return lines

    def _counts(self, end: End) -> str:
        to_client, to_server = end.messages.get("to_client", 0), end.messages.get("to_server", 0)
        total = to_client + to_server
        parts = [
            f"{total} message{'' if total == 1 else 's'} in {duration_text((end.t_ns - (self._first_ns or 0)) / 1e9)}",
            f"< {to_client}, {bytes_text(self._bytes['to_client'])}",
            f"> {to_server}, {bytes_text(self._bytes['to_server'])}",
        ]
        if len(self._sockets) > 1:
            parts.append(f"{len(self._sockets)} sockets")
        if self._gap_ns >= MIN_GAP_NS:
            parts.append(f"longest gap {duration_text(self._gap_ns / 1e9)} before {self._gap_before}")
        return " · ".join(parts)

    @staticmethod
    def _list(title: str, numbers: tuple[int, ...], words: dict[int, str]) -> list[str]:
        """`refused: mute NOT_FOUND (6), 9` where anything is to be said."""
        if not numbers:
            return []
        named = [f"{neutralise(words[n])} ({n})" if n in words else str(n) for n in numbers[:MAX_NAMED]]
        if len(numbers) > MAX_NAMED:
            named.append(f"+{len(numbers) - MAX_NAMED} more")
        return [f"{title}: {', '.join(named)}"]
