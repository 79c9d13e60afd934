"""Readings on standard output and standard error: which are shown, in which view, and what was kept back.

Data goes to stdout, notices to stderr. A reader that went away, or a disk that is full, does not raise into the
socket's callbacks: it is remembered, the session leaves politely, and the exit code says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TextIO, cast

from lksig.errors import CheckFailedError, DeadlineError, InputError, LksigError, UndecodableError
from lksig.exit_codes import ExitCode
from lksig.render.closing import Closing
from lksig.render.cover import Cover
from lksig.render.errors import error_json, error_lines, warning_json, warning_lines
from lksig.render.safe_text import neutralise
from lksig.session.endings import ending_words
from lksig.session.facts import ReadingFacts
from lksig.wire.events import Close, End, Message, Note, Reading, Result, Start, State

if TYPE_CHECKING:
    from lksig.cli.flags import OutputFlags
    from lksig.environ import Environ
    from lksig.render.bodies import BodyFormat
    from lksig.render.line import Times
    from lksig.schema.filter import Filter
    from lksig.wire.redaction import Secrets

FORMATS = ("line", "tree", "json", "hex", "base64", "raw")
TIMES = ("delta", "local", "utc", "both")

Select = Callable[[Reading], bool]
"""Whether a reading is worth a place on a person's screen."""


class Screen:
    """The sink that shows readings.

    Args:
        select: what a person sees without `-v`; None shows everything. JSON lines are always everything.
        made_by: versions of the lksig that recorded and of its protocol; None for a live session.
    """

    def __init__(
        self,
        output: OutputFlags,
        secrets: Secrets,
        environ: Environ,
        *,
        select: Select | None = None,
        made_by: tuple[str, str] | None = None,
    ) -> None:
        check_output(output)
        if output.format == "raw" and environ.is_terminal(environ.stdout):  # whose escape sequences it would obey
            raise InputError(
                "raw bytes are not for a terminal", code="binary-to-terminal", hint="pipe them into a file"
            )
        self._output = output
        self._secrets = secrets
        self._environ = environ
        self._made_by = made_by
        self._select = select if not output.json and not output.verbose else None
        self._filter = _filter(output.filter)
        self._cover = None if secrets.show else Cover(secrets)
        self._closings: dict[int, Closing] = {}
        self._leaves: dict[int, Any] = {}
        self._failed: dict[int, str] = {}
        """Session → why it is not connected, where no socket of it told."""
        self.gone: OSError | None = None
        """Why standard output takes nothing any more."""
        self.on_gone: Callable[[], None] = lambda: None
        self.defer: Callable[[Callable[[], None]], object] | None = None
        """Does something before the loop waits again: what comes in one TCP segment is written at once. Without it
        every reading is."""
        self._is_flush_due = False
        self.undecodable = 0
        self._errors: list[LksigError] = []
        self._line_view = self._make_line_view()
        self._show = self._make_view()

    def sink(self, reading: Reading) -> None:
        """Show one reading, if it is to be shown."""
        reading = self.covered(reading)
        self.note(reading)
        if self.gone is not None:
            return
        try:
            if self._wants(reading):
                self._show(reading)
        except OSError as exc:
            self.gone = exc
            self.on_gone()

    # --- what is shown ----------------------------------------------------------------------------------------------

    def covered(self, reading: Reading) -> Reading:
        """The reading without the user's own secrets, in whichever text they stand."""
        return reading if self._cover is None else self._cover.reading(reading)

    def note(self, reading: Reading) -> None:
        """Take note of a reading, shown or not, for what is said at the end."""
        event = reading.event
        closing = self._closings.setdefault(event.session, Closing())
        closing.observe(reading)
        if type(event) is State and event.state == "DISCONNECTED":
            self._failed[event.session] = event.why
        if type(event) is Message:
            if event.error is not None:
                self.undecodable += 1
            elif event.case == "leave" and event.by == "server":
                self._leaves[event.session] = event.envelope.leave  # type: ignore[union-attr]  # a case has one

    def _wants(self, reading: Reading) -> bool:
        kept = isinstance(reading.event, Start | End)
        if self._filter is not None and not kept:
            return self._filter.matches(self.facts(reading))
        return self._select is None or kept or self._select(reading)

    def facts(self, reading: Reading) -> ReadingFacts:
        """The reading as filters see it."""
        return ReadingFacts(reading, self._line_text)

    @property
    def is_json(self) -> bool:
        """Everything is JSON lines."""
        return self._output.json

    def data(self, text: str) -> None:
        """A line of data that is no reading."""
        self._write_pieces((neutralise(text), "\n"))

    def resized(self, width: int | None) -> None:
        """Lines are cut to this width from now on."""
        self._line_view.width = width

    def _line_text(self, reading: Reading) -> str:
        return self._line_view.text(reading) or ""

    # --- views ------------------------------------------------------------------------------------------------------

    def _make_line_view(self) -> Any:
        from lksig.render.line import LineView

        out = self._environ.stdout
        return LineView(
            self._secrets,
            piped=not self._environ.is_terminal(out),
            colour=self._environ.wants_colour(out),
            width=self._environ.width(out),
            times=cast("Times", self._output.times),
            verbose=self._output.verbose,
        )

    def _make_view(self) -> Callable[[Reading], None]:
        if self._output.json:
            from lksig.render.json_lines import JsonLines

            lines = JsonLines(
                self._secrets, raw=self._output.raw, defaults=self._output.defaults, made_by=self._made_by
            )
            return lambda reading: self._write_pieces(lines.pieces(reading))
        if self._output.format in ("json", "hex", "base64", "raw", "tree"):
            return self._make_body_view(self._output.format)
        return self._show_line

    def _make_body_view(self, name: str) -> Callable[[Reading], None]:
        from lksig.render.bodies import body_pieces
        from lksig.render.tree import TreeView

        out = self._environ.stdout
        tree = TreeView(
            self._secrets,
            colour=self._environ.wants_colour(out),
            width=self._environ.width(out),
            line=self._line_view,  # which sees the start, and knows what time it is
        )

        def show(reading: Reading) -> None:
            if type(reading.event) is not Message or (name == "json" and reading.event.error is not None):
                self._show_line(reading, is_data=False)  # no data in this view, and never dropped
            elif name == "tree":
                self._write_pieces(line + "\n" for line in tree.lines(reading))
            elif name == "raw":
                self._environ.stdout.flush()
                out.buffer.write(self._secrets.overwrite(reading.event).raw)
                out.buffer.flush()
            else:
                self._write_pieces(
                    body_pieces(reading, self._secrets, cast("BodyFormat", name), defaults=self._output.defaults)
                )

        return show

    def _show_line(self, reading: Reading, is_data: bool = True) -> None:
        """One line for a person: data to stdout, notices to stderr."""
        if isinstance(reading.event, End):
            self._show_end(reading)
            return
        is_notice = not is_data or isinstance(reading.event, Start | State | Note) or _is_http(reading)
        text = self._line_view.text(reading)  # in any case: the start tells the view what time it is
        if text is None:
            return
        if is_notice and (self._output.quiet or (_is_failed_http(reading) and not self._output.verbose)):
            return
        if is_notice:
            self.notice(text)
        else:
            self._write_pieces((text, "\n"))

    def _show_end(self, reading: Reading) -> None:
        session = reading.event.session
        close = self._closings[session].close
        never_opened = close is None and session in self._failed
        if self._output.quiet or (never_opened and self._made_by is None):  # live, the error says it
            return
        story = ending_words(close, self._leaves.get(session)) if isinstance(close, Close) else None
        if never_opened:
            story = f"never connected: {self._failed[session]}"
        for line in self._closings[session].lines(reading.event, story):
            self.notice(line)

    def _write_pieces(self, pieces: Any) -> None:
        write = self._environ.stdout.write
        for piece in pieces:
            write(piece)
        if self.defer is None:
            self._environ.stdout.flush()
        elif not self._is_flush_due:
            self._is_flush_due = True
            self.defer(self.flush)

    def flush(self) -> None:
        """Hand on what was written; as in `sink`, a reader that is gone is remembered."""
        self._is_flush_due = False
        try:
            self._environ.stdout.flush()
        except OSError as exc:
            self.gone = self.gone or exc
            self.on_gone()

    # --- stderr -----------------------------------------------------------------------------------------------------

    def notice(self, text: str) -> None:
        """A line on stderr; nobody listening there is no reason to stop. What came before it on stdout goes first."""
        if self._is_flush_due:
            self.flush()
        write_line(self._environ.stderr, text)

    def warn(self, code: str, text: str) -> None:
        """A warning, as a line or as JSON."""
        if self._output.json:
            self.notice(warning_json(code, text))
        elif not self._output.quiet:
            for line in warning_lines(text, colour=self._environ.wants_colour(self._environ.stderr)):
                self.notice(line)

    def tell(self, error: LksigError) -> None:
        """An error, told at once to a person; under `--json` when the run ends, by `close`."""
        if self._output.json:
            self._errors.append(error)
            return
        stderr = self._environ.stderr
        for line in error_lines(error, colour=self._environ.wants_colour(stderr), width=self._environ.width(stderr)):
            self.notice(line)

    def told_by_the_end(self, error: LksigError) -> None:
        """An error that the closing lines tell a person anyway."""
        if self._output.json or self._output.quiet:
            self.tell(error)

    def close(self, code: ExitCode) -> None:
        """Under `--json` the one error that decided over the exit; the others are warnings."""
        chosen = next((error for error in self._errors if error.exit_code == code), None)
        for error in self._errors:
            if error is not chosen:
                self.notice(warning_json(error.code, str(error)))
        if chosen is not None and code >= ExitCode.USAGE:
            self.notice(error_json(chosen))

    def missed(self, text: str, code: ExitCode = ExitCode.DEADLINE) -> list[int]:
        """Say that something awaited did not come; gives the exit code, as a list of causes."""
        error = DeadlineError if code is ExitCode.DEADLINE else CheckFailedError
        self.tell(error(text, code="did-not-come", hint="`--timeout` waits longer"))
        return [code]

    def finish(self) -> None:
        """The work is done: what still comes while leaving is no answer to what a person asked for."""
        if not self._output.json:
            self._select = lambda reading: False

    def show_only(self, body: Callable[[Reading], str | None]) -> None:
        """Show nothing but what `body` makes of a reading."""

        def show(reading: Reading) -> None:
            text = body(reading)
            if text is not None:
                self._write_pieces((text, "\n"))

        self._select = None
        self._show = show

    def exit_codes(self) -> list[int]:
        """What the screen adds to the causes of an exit."""
        codes: list[int] = []
        if isinstance(self.gone, BrokenPipeError):
            codes.append(ExitCode.READER_GONE)
        elif self.gone is not None:
            codes.append(ExitCode.USAGE)
            self.tell(
                InputError(f"cannot write the output: {self.gone.strerror}", code="output-unwritable", layer="file")
            )
        if self._output.strict and self.undecodable:
            codes.append(ExitCode.UNDECODABLE)
            frames = "1 frame" if self.undecodable == 1 else f"{self.undecodable} frames"
            self.told_by_the_end(
                UndecodableError(
                    f"{frames} did not decode",
                    code="undecodable-under-strict",
                    hint="`undecodable` as a filter shows them",
                )
            )
        return codes


def check_output(output: OutputFlags) -> None:
    """Refuse what no view can do.

    Raises:
        InputError: an unknown format or time.
    """
    if output.format is not None and output.format not in FORMATS:
        raise InputError(
            f"`--format {output.format}` is no view", code="bad-option", hint="one of " + ", ".join(FORMATS)
        )
    if output.json and output.format not in (None, "json"):
        raise InputError("`--json` and `--format` exclude each other", code="two-views", hint="give one of them")
    if output.times not in TIMES:
        raise InputError(f"`--times {output.times}` is unknown", code="bad-option", hint="one of " + ", ".join(TIMES))


def _filter(text: str | None) -> Filter | None:
    if text is None:
        return None
    from lksig.schema.filter import parse_filter

    return parse_filter(text)


def _is_http(reading: Reading) -> bool:
    from lksig.wire.events import Http

    return isinstance(reading.event, Http)


def _is_failed_http(reading: Reading) -> bool:
    """An exchange whose meaning an error or a rung of the probe tells."""
    return _is_http(reading) and reading.event.status not in (101, None)


def write_line(stream: TextIO, text: str) -> None:
    """A line for whoever listens; nobody is no error."""
    try:
        stream.write(text + "\n")
        stream.flush()
    except OSError:
        pass


def is_answer(reading: Reading) -> bool:
    """What `send` shows without `-v`: requests of the user, what answers them, and what became of them.

    What `--until` or `--expect` waits for is shown beside that.
    """
    event = reading.event
    if type(event) is Message:
        return event.by == "user" or event.error is not None or (reading.reply_to is not None and not reading.for_auto)
    if isinstance(event, Result):
        return event.outcome in ("unopposed", "timeout", "lost")
    return isinstance(event, Close) and event.ended_by != "client"
