"""The other pictures of a recording that `lksig show` gives: numbers, a ladder, the room at one moment.

One of them stands in for the lines; filters and `--from`/`--to` say what goes into it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from lksig.errors import InputError
from lksig.wire.events import Start

if TYPE_CHECKING:
    from lksig.cli.flags import OutputFlags
    from lksig.cli.recorded import View
    from lksig.environ import Environ
    from lksig.recording.timeline import Rung, Timeline
    from lksig.wire.events import Reading
    from lksig.wire.redaction import Secrets

VIEW = "Instead of lines"


@dataclass(slots=True)
class ViewFlags:
    """Which picture."""

    stats: Annotated[
        bool,
        typer.Option("--stats", help="Counts, bytes, rates, gaps, reply times.", rich_help_panel=VIEW),
    ] = False
    timeline: Annotated[
        bool,
        typer.Option("--timeline", help="A ladder between client and server.", rich_help_panel=VIEW),
    ] = False
    mermaid: Annotated[
        bool,
        typer.Option("--mermaid", help="The ladder as a Mermaid sequence diagram.", rich_help_panel=VIEW),
    ] = False

    state: Annotated[
        str | None,
        typer.Option("--state", help="The room after message N, or at the end.", rich_help_panel=VIEW, metavar="N|end"),
    ] = None

    stable: Annotated[
        bool,
        typer.Option("--stable", help="Ids become roles, times are left out.", rich_help_panel=VIEW),
    ] = False


def chosen(
    flags: ViewFlags, output: OutputFlags, environ: Environ, *, is_part: bool
) -> Callable[[Secrets], View] | None:
    """What makes the picture that was asked for; None for lines.

    Args:
        is_part: `--from` or `--to` was given.

    Raises:
        InputError: two were asked for, or options that it has no use for.
    """
    pictures = {
        "--stats": flags.stats,
        "--timeline": flags.timeline and not flags.mermaid,
        "--mermaid": flags.mermaid,
        "--state": flags.state is not None,
        "--stable": flags.stable,
    }
    asked = [name for name, given in pictures.items() if given]
    if not asked:
        return None
    others = [*asked[1:], *(["--format"] if output.format is not None else [])]
    if others:
        raise InputError(
            f"`{asked[0]}` and `{others[0]}` exclude each other", code="two-views", hint="give one of them"
        )
    if flags.stable:
        if output.raw:
            raise InputError("`--stable` and `--raw` exclude each other", code="two-views", hint="bytes hold ids")
        return lambda secrets: StableView(secrets, output)
    if flags.state is not None:
        if is_part or output.filter is not None:
            raise InputError("`--state` looks at everything before", code="two-views", hint="leave the filter out")
        after = _message_number(flags.state)
        return lambda secrets: RoomView(secrets, after, as_json=output.json)
    if flags.stats:
        return lambda secrets: StatsView(secrets, as_json=output.json, is_part=is_part or output.filter is not None)
    if output.json:
        raise InputError(
            f"`{asked[0]}` and `--json` exclude each other",
            code="two-views",
            hint="`--json` alone has `reply_to` and `reply_ms` in every answer",
        )
    if flags.mermaid:
        return lambda secrets: MermaidView(secrets, verbose=output.verbose)
    return lambda secrets: LadderView(secrets, environ, verbose=output.verbose)


def _message_number(text: str) -> int | None:
    if text == "end":
        return None
    if text.isascii() and text.isdecimal() and int(text[:10]) > 0 and len(text) < 10:
        return int(text)
    raise InputError(f"`--state {text}` is no message", code="bad-option", hint="a message number, or `end`")


class RoomView:
    """The room after message `after`; None for the end."""

    is_silent = True

    def __init__(self, secrets: Secrets, after: int | None, *, as_json: bool) -> None:
        from lksig.session.room_state import RoomStates

        self._states = RoomStates()
        self._secrets = secrets
        self._after = after
        self._as_json = as_json
        self._session: int | None = None

    def text(self, reading: Reading) -> None:
        """Nothing is shown before the end."""
        if self._session is not None:
            return
        self._states.observe(reading)
        if reading.n is not None and reading.n == self._after:
            self._session = reading.event.session

    def rest(self) -> Iterable[str]:
        """The room of the session that message N belongs to; at the end those of all."""
        from lksig.render.state import StateView
        from lksig.render.times import duration_text

        last = self._states.last_n
        if self._after is not None and self._session is None:
            raise InputError(f"there is no message {self._after}, the last one is {last}", code="no-such-message")
        view = StateView(self._secrets)
        for session, state in self._states.sessions.items():
            if self._session not in (None, session):
                continue
            if self._as_json:
                yield view.json(state, last)
                continue
            whose = f" of session {session}" if len(self._states.sessions) > 1 else ""
            yield f"after message {last}{whose}, at {duration_text(self._states.last_ns / 1e9)}"
            yield from view.lines(state)


class StatsView:
    """The numbers, at the end."""

    is_silent = True

    def __init__(self, secrets: Secrets, *, as_json: bool, is_part: bool) -> None:
        from lksig.recording.stats import Stats

        self._stats = Stats(is_part=is_part)
        self._secrets = secrets
        self._as_json = as_json

    def text(self, reading: Reading) -> None:
        """Nothing is shown before the end."""
        self._stats.observe(reading)

    def rest(self) -> Iterable[str]:
        """All of them."""
        from lksig.render.stats import stats_json, stats_lines

        if self._as_json:
            return [stats_json(self._stats, self._secrets)]
        return stats_lines(self._stats, self._secrets)


class LadderView:
    """Rungs, a little behind the readings."""

    is_silent = False

    def __init__(self, secrets: Secrets, environ: Environ, *, verbose: int) -> None:
        from lksig.recording.timeline import Timeline
        from lksig.render.ladder import Ladder

        out = environ.stdout
        self._ladder = Ladder(secrets, colour=environ.wants_colour(out), width=environ.width(out))
        self._timeline = Timeline()
        self._verbose = verbose
        self._is_begun = False

    def text(self, reading: Reading) -> str | None:
        """The rungs that are ready."""
        if isinstance(reading.event, Start):
            self._ladder.start(reading.event)
        return "\n".join(self._lines(_rungs(self._timeline, reading, self._verbose))) or None

    def rest(self) -> Iterable[str]:
        """The last rungs."""
        return self._lines(self._timeline.rest())

    def _lines(self, rungs: list[Rung]) -> list[str]:
        lines = [self._ladder.line(rung) for rung in rungs]
        if lines and not self._is_begun:
            self._is_begun = True
            lines.insert(0, self._ladder.head())
        return lines


class MermaidView:
    """The same as a diagram."""

    is_silent = False

    def __init__(self, secrets: Secrets, *, verbose: int) -> None:
        from lksig.recording.timeline import Timeline
        from lksig.render.ladder import Mermaid

        self._mermaid = Mermaid(secrets)
        self._timeline = Timeline()
        self._verbose = verbose
        self._start: Start | None = None
        self._is_begun = False

    def text(self, reading: Reading) -> str | None:
        """The lines that are ready."""
        if isinstance(reading.event, Start) and self._start is None:
            self._start = reading.event
        return "\n".join(self._lines(_rungs(self._timeline, reading, self._verbose))) or None

    def rest(self) -> Iterable[str]:
        """The last lines; a diagram of nothing is a diagram, too."""
        lines = self._lines(self._timeline.rest())
        return lines if self._is_begun else self._mermaid.head(self._start)

    def _lines(self, rungs: list[Rung]) -> list[str]:
        lines = [line for rung in rungs for line in self._mermaid.lines(rung)]
        if lines and not self._is_begun:
            self._is_begun = True
            lines = [*self._mermaid.head(self._start), *lines]
        return lines


def _rungs(timeline: Timeline, reading: Reading, verbose: int) -> list[Rung]:
    """Without lksig's own keep-alives, as in lines."""
    from lksig.render.line import folded

    return timeline.add(reading) if verbose or not folded(reading) else []


class StableView:
    """Lines, as on a pipe or as JSON, that are the same each time the story is told."""

    is_silent = False

    def __init__(self, secrets: Secrets, output: OutputFlags) -> None:
        from lksig.recording.stable import Roles
        from lksig.render.json_lines import JsonLines
        from lksig.render.stable import StableLines

        self._roles = Roles()
        lines = JsonLines(secrets, defaults=output.defaults) if output.json else None
        self._lines = StableLines(secrets, self._roles, verbose=output.verbose, json=lines)

    def observe(self, reading: Reading) -> None:
        """Learn who is who, also from what a filter leaves out."""
        self._roles.observe(reading)

    def text(self, reading: Reading) -> str | None:
        """The line of a reading, without the columns of time."""
        return self._lines.text(reading)

    def rest(self) -> Iterable[str]:
        """Nothing more."""
        return ()
