"""A session as a ladder between client and server: for the terminal, and as a Mermaid sequence diagram.

On the terminal: seconds since the run began, milliseconds since the event before, the rung, the lines of pairs, what
the message says. Source of the Mermaid syntax: mermaid.js.org "Sequence diagrams"; there `#35;` escapes a character.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lksig.recording.timeline import MAX_LANES, Rung
from lksig.render.safe_text import neutralise
from lksig.render.summaries import Summaries
from lksig.render.theme import Paint, Role
from lksig.render.times import WallClock, duration_text
from lksig.render.width import cut, width_of
from lksig.schema.pool import TO_SERVER
from lksig.wire.events import Start

if TYPE_CHECKING:
    from lksig.wire.redaction import Secrets

RUNG_WIDTH = 40
"""Between the two sides: the longest case with its number fits."""

MIN_SUMMARY_WIDTH = 12
"""In less room nothing would be said."""

PAUSE_NS = 1_000_000_000
"""A pause of this length is told in a diagram, which has no times."""

_ROLES: dict[str, Role] = {"ws": "ping", "note": "notice", "mark": "name", "close": "close", "lost": "broken"}


class Ladder:
    """Rungs as lines.

    Args:
        secrets: what must not be printed.
        width: columns of the terminal; None for no limit.
    """

    def __init__(self, secrets: Secrets, *, colour: bool = False, width: int | None = None) -> None:
        self._wall = WallClock(None)
        self._secrets = secrets
        self._summaries = Summaries(secrets, self._wall)
        self._paint = Paint(colour)
        self._width = width

    def start(self, start: Start) -> None:
        """The run's clock, for messages that hold times."""
        self._wall.start(start)

    def head(self) -> str:
        """The line above the ladder."""
        return f"{'s':>9} {'+ms':>9}  client{'server':>{RUNG_WIDTH - 4}}"

    def line(self, rung: Rung) -> str:
        """One rung."""
        reading = rung.reading
        times = f"{reading.event.t_ns / 1e9:>9.3f} {reading.dt_ns / 1e6:>9.1f}  "
        label = _label(rung, self._secrets)
        said = self._said(rung, label)
        to: Role = "to_server" if rung.direction is TO_SERVER else "to_client"
        painted = self._paint("refused" if reading.refused else _ROLES.get(rung.kind, to), _between(rung, label))
        before = width_of(times) + RUNG_WIDTH + 2 + MAX_LANES + 1
        if self._width is not None:
            room = self._width - before
            said = cut(said, room) if room >= MIN_SUMMARY_WIDTH else ""
        return f"{times}|{painted}|{_lanes(rung)} {said}".rstrip()

    def _said(self, rung: Rung, label: str) -> str:
        """What stands beside a rung: how long the answer took, and the message in words."""
        reading = rung.reading
        if rung.kind != "message":
            return label if width_of(label) + 4 > RUNG_WIDTH else ""
        words = [self._summaries.text(reading)]
        if reading.reply_to is not None:
            took = f" {duration_text(reading.reply_ns / 1e9)}" if reading.reply_ns is not None else ""
            words.insert(0, f"→{reading.reply_to}{took} ")
        return " ".join(word for word in words if word)


def _label(rung: Rung, secrets: Secrets) -> str:
    label = neutralise(secrets.scrub(rung.label))
    session = rung.reading.event.session
    return label if session == 1 else f"#{session} {label}"


def _between(rung: Rung, label: str) -> str:
    """The rung itself, in exactly RUNG_WIDTH columns."""
    label = f" {cut(label, RUNG_WIDTH - 5)} "
    free = RUNG_WIDTH - width_of(label)
    if rung.direction is None:
        dash = "╳" if rung.kind == "lost" else "┄"
        return dash * (free // 2) + label + dash * (free - free // 2)
    if rung.direction is TO_SERVER:
        return "──" + label + "─" * (free - 3) + "▶"
    return "◀" + "─" * (free - 2) + label + "─"


def _lanes(rung: Rung) -> str:
    """`╮` where a line begins, `╯` where it ends, `│` where it passes."""
    cells = ["│" if lane in rung.passing else " " for lane in range(MAX_LANES)]
    for corner, lane in (("╮", rung.begins), ("╯", rung.ends)):
        if lane is not None:
            cells[:lane] = ["─" if cell == " " else "┼" if cell == "│" else cell for cell in cells[:lane]]
            cells[lane] = corner
    return "".join(cells)


# --- Mermaid ----------------------------------------------------------------------------------------------------------

_PLAIN = re.compile(r"[^\w .,:/()+=*?!'@~^|\[\]-]", re.ASCII)
_END = re.compile(r"\bend\b", re.IGNORECASE)
"""Mermaid takes the bare word for the end of a block."""


def mermaid_text(text: str) -> str:
    """Text of strangers as Mermaid shows it and does not read it."""
    escaped = _PLAIN.sub(lambda found: "".join(f"#{ord(char)};" for char in found[0]), neutralise(text))
    return _END.sub(lambda found: f"#{ord(found[0][0])};{found[0][1:]}", escaped)


class Mermaid:
    """Rungs as lines of a sequence diagram."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def head(self, start: Start | None) -> list[str]:
        """The lines before the first rung."""
        name = "client"
        if start is not None and start.identity:
            name = f"{start.identity} (client)"
        shown = mermaid_text(self._secrets.scrub(name))
        return ["sequenceDiagram", f"    participant client as {shown}", "    participant server"]

    def lines(self, rung: Rung) -> list[str]:
        """One rung, and the pause before it."""
        reading = rung.reading
        lines = []
        if reading.dt_ns >= PAUSE_NS:
            lines.append(f"    Note over client,server: {duration_text(reading.dt_ns / 1e9)} later")
        text = mermaid_text(_label(rung, self._secrets))
        if reading.reply_ns is not None:
            text += f" ({duration_text(reading.reply_ns / 1e9)})"
        if reading.refused:
            text += " refused"
        if rung.direction is None:
            return [*lines, f"    Note over client,server: {text}"]
        arrow = "--" if reading.reply_to is not None else "-"
        arrow += "x" if rung.kind == "close" else ">>"
        ends = ("client", "server") if rung.direction is TO_SERVER else ("server", "client")
        return [*lines, f"    {ends[0]}{arrow}{ends[1]}: {text}"]
