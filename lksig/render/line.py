"""One line is one message: the view a person watches, and its form for pipes.

On a terminal the columns are number, milliseconds since the previous event, mark, case, size, summary, and at the
right edge what it answers. On a pipe (contract) they are blank-separated: UTC time, number, milliseconds, mark, case,
bytes, summary, with `-` for what is missing; never truncated, no colour, one line per message.

Marks: `>` to the server, `<` to the client, `=` what lksig did or learned, `%` WebSocket ping or pong, `x` close, `!` a
frame that did not decode. Notices (`=`) belong on stderr, the rest on stdout; `channel` says which. Only lksig's own
keep-alives are folded.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Literal

from lksig.render import event_words
from lksig.render.safe_text import neutralise, word
from lksig.render.summaries import Summaries
from lksig.render.theme import Paint, Role
from lksig.render.times import UTC, WallClock
from lksig.render.width import cut, fit, width_of
from lksig.schema.cases import KEEPALIVE_CASES
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.wire.events import (
    Close,
    End,
    Http,
    Marker,
    Message,
    Note,
    Reading,
    Result,
    Start,
    State,
    WsPing,
    WsPong,
)

if TYPE_CHECKING:
    from lksig.wire.redaction import Secrets

Times = Literal["delta", "local", "utc", "both"]
Channel = Literal["stdout", "stderr"]

NUMBER_WIDTH = 3
CASE_AND_SIZE_WIDTH = 24
"""Case and size share a column, so that a long case borrows the blanks of a short size."""
LABEL_WIDTH = 8
MIN_SUMMARY_WIDTH = 12
"""On a terminal too narrow for more, lines wrap rather than say nothing."""

_DELTA_WIDTH = 7
_CLOCK_WIDTH = {"delta": 0, "local": 12, "utc": 13, "both": 12}

_NOTICES = (Start, State, Http, Note, Marker, End)

_ROLES: dict[str, Role] = {
    ">": "to_server",
    "<": "to_client",
    "=": "notice",
    "%": "ping",
    "x": "close",
    "!": "broken",
}


class LineView:
    """Readings as lines.

    Args:
        secrets: what must not be printed.
        piped: the layout for pipes.
        colour: the stream takes colour; never on a pipe.
        width: columns of the terminal, None for no limit; it may change (`view.width = …`).
        times: what the time column of a terminal holds.
        verbose: from 1 on lksig's own keep-alives and the states are shown.
        tz: where the reader is, None for this computer's zone. A pipe and `times` "utc" speak UTC.
        labels: say whose session it is; None does so once a second session starts.
    """

    def __init__(
        self,
        secrets: Secrets,
        *,
        piped: bool,
        colour: bool = False,
        width: int | None = None,
        times: Times = "delta",
        verbose: int = 0,
        tz: datetime.tzinfo | None = None,
        labels: bool | None = None,
    ) -> None:
        self.width = width
        self.verbose = verbose
        self.wall = WallClock(UTC if piped or times == "utc" else tz)
        self._summaries = Summaries(secrets, self.wall)
        self._secrets = secrets
        self._piped = piped
        self._times = times
        self._paint = Paint(colour and not piped)
        self._labelled = labels is True
        self._labels_follow = labels is None
        self._labels: dict[int, str] = {}
        self._leaves: dict[int, Message] = {}
        self._sockets: dict[int, int] = {}
        """The newest socket of each session: one that closes before it was taken over by it."""
        self._shown: int | None = None

    def channel(self, reading: Reading) -> Channel:
        """Where its line belongs: notices go to stderr, messages, closes, pings and results to stdout."""
        return "stderr" if isinstance(reading.event, _NOTICES) else "stdout"

    def text(self, reading: Reading) -> str | None:
        """The line of a reading, without a newline at its end; None when it is folded.

        An `End` has no line: `render.closing` has the words that end a session. Asking twice changes nothing.
        """
        event = reading.event
        if type(event) is not Message:
            return self._other(reading)
        if event.socket > self._sockets.get(event.session, 1):
            self._sockets[event.session] = event.socket
            self._leaves.pop(event.session, None)
        if event.case == "leave" and event.direction is TO_CLIENT:
            self._leaves[event.session] = event
        if (event.by == "auto" or reading.for_auto) and not self.verbose and folded(reading):
            return None
        self._shown = reading.n
        return self._piped_message(reading) if self._piped else self._message(reading)

    def notice(self, text: str) -> str:
        """A line of lksig's own that is no reading, in the layout of a notice on a terminal."""
        return self._row("=", None, neutralise(text))

    # --- messages -----------------------------------------------------------------------------------------------------

    def _piped_message(self, reading: Reading) -> str:
        message: Message = reading.event
        mark = "!" if message.error is not None else ">" if message.direction is TO_SERVER else "<"
        label = self._label(message.session) if self._labelled else ""
        line = (
            f"{self.wall.rfc3339(message.t_ns) or '-'} {reading.n} {reading.dt_ns / 1e6:.3f} {mark} "
            f"{message.case or '-'} {len(message.raw)}B {label}{self._summary(reading) or '-'}"
        )
        return line if reading.reply_to is None else f"{line} {_arrow(reading)}"

    def _message(self, reading: Reading) -> str:
        message: Message = reading.event
        mark = "!" if message.error is not None else ">" if message.direction is TO_SERVER else "<"
        role: Role = "refused" if reading.refused else _ROLES[mark]
        case = message.case or "-"
        size = f"{len(message.raw)} B"
        gap = max(CASE_AND_SIZE_WIDTH - len(case) - len(size), 1)
        label = self._label(message.session) if self._labelled else ""
        head = f"{reading.n:>{NUMBER_WIDTH}} {self._time(reading)}  "
        before = len(head) + width_of(label) + len(mark) + 1 + len(case) + gap + len(size) + 2
        told = self._told(self._summary(reading), _arrow(reading), before)
        return f"{head}{label}{self._paint(role, f'{mark} {case}')}{' ' * gap}{size}  {told}".rstrip()

    def _told(self, summary: str, arrow: str, before: int) -> str:
        """Summary and arrow in the columns that are left: the arrow stands at the right edge and is never cut."""
        if self.width is None:
            return f"{summary}  {arrow}" if arrow else summary
        room = max(self.width - before, MIN_SUMMARY_WIDTH)
        if not arrow:
            return cut(summary, room)
        room = max(room - len(arrow) - 2, MIN_SUMMARY_WIDTH)
        return f"{fit(summary, room)}  {arrow}"

    def _summary(self, reading: Reading) -> str:
        text = self._summaries.text(reading)
        by = reading.event.by
        if by == "server" or by == "user" or by == "client":
            return text
        return f"({by}) {text}" if text else f"({by})"

    # --- everything else ----------------------------------------------------------------------------------------------

    def _other(self, reading: Reading) -> str | None:
        event = reading.event
        if isinstance(event, Start):
            self.wall.start(event)
            self._labels[event.session] = neutralise(word(event.identity or f"#{event.session}"))
            self._labelled = self._labelled or (self._labels_follow and len(self._labels) > 1)
        if isinstance(event, End) or (not self.verbose and folded(reading)):
            return None
        if isinstance(event, Close):
            leave = self._leaves.get(event.session)
            told = event_words.close(event, leave, self._secrets)
            newest = self._sockets.get(event.session, 0)
            if event.socket < newest:
                told += f" · socket {event.socket}, taken over by socket {newest}"
            return self._row("x", reading, told)
        if isinstance(event, WsPing | WsPong):
            return self._row("%", reading, event_words.ping(event, self._secrets))
        if isinstance(event, Result):
            return self._result(reading)
        return self._row("=", reading, event_words.notice(event, self._secrets))

    def _result(self, reading: Reading) -> str | None:
        """The verdict on a request, where no answer's line says it; it names a request it does not stand below."""
        result: Result = reading.event
        text = event_words.result(result)
        if text is None:
            return None
        if self._shown != result.request or self._piped:
            text = f"{text} →{result.request}"
        return self._row("=" if self._piped else " ", reading, text, case=result.case)

    def _row(self, mark: str, reading: Reading | None, text: str, *, case: str = "-") -> str:
        """A line that is no message."""
        if self._piped:
            time = self.wall.rfc3339(reading.event.t_ns) if reading is not None else None
            ms = "-" if reading is None else f"{reading.dt_ns / 1e6:.3f}"
            label = self._label(reading.event.session) if reading is not None else ""
            return f"{time or '-'} - {ms} {mark} {case} - {label}{text}"
        timed = reading is not None and mark != " " and not isinstance(reading.event, Start)
        time = self._time(reading) if reading is not None and timed else " " * self._time_width()
        # Notices carry their mark in the first column, the rest where the number would end.
        number = f"{mark:<{NUMBER_WIDTH}}" if mark == "=" else f"{mark:>{NUMBER_WIDTH}}"
        head = f"{number} {time}  "
        label = self._label(reading.event.session) if reading is not None else ""
        role = _ROLES.get(mark)
        if role is not None:
            head = head.replace(mark, self._paint(role, mark), 1)
        return f"{head}{label}{text}"

    # --- columns ------------------------------------------------------------------------------------------------------

    def _time(self, reading: Reading) -> str:
        delta = f"{reading.dt_ns / 1e6:>{_DELTA_WIDTH}.1f}"
        if self._times == "delta":
            return delta
        clock = self.wall.clock(self.wall.unix_ns(reading.event.t_ns))
        column = f"{clock or '-':>{_CLOCK_WIDTH[self._times]}}"
        return f"{column} {delta}" if self._times == "both" else column

    def _time_width(self) -> int:
        if self._times == "delta":
            return _DELTA_WIDTH
        clock = _CLOCK_WIDTH[self._times]
        return clock + 1 + _DELTA_WIDTH if self._times == "both" else clock

    def _label(self, session: int) -> str:
        """Whose session it is, where there are several."""
        if not self._labelled:
            return ""
        label = self._labels.get(session) or f"#{session}"
        return f"[{label}] " if self._piped else fit(label, LABEL_WIDTH) + " "


def folded(reading: Reading) -> bool:
    """Whether it is one of lksig's own keep-alives, or a state that other lines tell already."""
    event = reading.event
    if type(event) is Message:
        return (event.by == "auto" or reading.for_auto) and event.case in KEEPALIVE_CASES
    if isinstance(event, WsPing | WsPong):
        return event.by == "auto"
    return isinstance(event, State) and event.state != "RESUMING"


def _arrow(reading: Reading) -> str:
    """`→3 0.8ms`: what it answers, and after how long."""
    if reading.reply_to is None:
        return ""
    if reading.reply_ns is None:
        return f"→{reading.reply_to}"
    return f"→{reading.reply_to} {reading.reply_ns / 1e6:.1f}ms"
