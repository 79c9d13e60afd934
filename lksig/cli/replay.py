"""`lksig replay FILE`: a recording on the screen at its own pace."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from lksig.cli.flags import OutputFlags, takes
from lksig.errors import InputError

if TYPE_CHECKING:
    from lksig.cli.keys import Keys
    from lksig.cli.recorded import RecordingScreen
    from lksig.environ import Environ
    from lksig.recording.window import Window
    from lksig.session.playback import Player
    from lksig.wire.events import Reading

PACE = "Pace and part"
HELP = "space pauses, s steps, m goes to the next mark, + and - change the speed, q quits"


@takes(OutputFlags)
def replay_command(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE [FILTER]...",
            help="Recording, - for standard input; which messages to show.",
            show_default=False,
        ),
    ] = None,
    speed: Annotated[str, typer.Option("--speed", help="0.5, 1, 10, or max.", rich_help_panel=PACE, metavar="X")] = "1",
    idle_limit: Annotated[
        float | None,
        typer.Option("--idle-limit", help="No silence longer than S seconds.", rich_help_panel=PACE, metavar="S"),
    ] = None,
    first: Annotated[
        str | None,
        typer.Option("--from", help="Begin at a message, time or mark.", rich_help_panel=PACE, metavar="PLACE"),
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", help="End at a message, time or mark.", rich_help_panel=PACE, metavar="PLACE")
    ] = None,
    output: OutputFlags = ...,  # type: ignore[assignment]  # filled in by `takes`
) -> int:
    """Play a recording on the screen at its own pace.

    On a terminal: space pauses and goes on, `s` or `.` shows the next line and pauses, `m` or `]` goes to the next
    mark, `+` and `-` double and halve the speed, `q` quits. PLACE and FILTER are those of `lksig show`.
    """
    from lksig.cli.keys import Keys
    from lksig.cli.listen import both
    from lksig.cli.recorded import STDIN, open_file, show
    from lksig.cli.screen import check_output
    from lksig.recording.window import Window, parse_place
    from lksig.schema.filter import words_to_filter
    from lksig.session.playback import Player, parse_speed

    if not words:
        raise InputError("no file to play", code="no-file", hint="lksig replay FILE; lksig record FILE makes one")
    check_output(output)
    file, *filter_words = words
    _refuse_url(filter_words)
    output.filter = both(output.filter, words_to_filter(filter_words) if filter_words else None)
    window = Window(
        parse_place(first, "--from") if first is not None else None,
        parse_place(last, "--to") if last is not None else None,
    )
    player = Player(parse_speed(speed), idle_limit)
    environ: Environ = context.obj
    with open_file(file, environ) as recording, Keys(environ, wanted=file != STDIN) as keys:

        def pace(readings: Iterable[Reading], screen: RecordingScreen) -> Iterator[Reading]:
            if keys.is_live and not output.quiet and not output.json:
                screen.notice(f"= {HELP}")
            return paced(readings, player, keys, window, screen)

        return show(recording, window, output, environ, is_paged=False, pace=pace)


def _refuse_url(words: list[str]) -> None:
    from lksig.wire.target import looks_like_url

    if any(looks_like_url(word) for word in words):
        raise InputError(
            "`replay` to a server is not built yet", code="not-yet", hint="lksig replay FILE plays it here"
        )


def paced(
    readings: Iterable[Reading], player: Player, keys: Keys, window: Window, screen: RecordingScreen
) -> Iterator[Reading]:
    """The readings when they are due; what is outside of the part at once.

    Raises:
        Quit: the person has seen enough.
    """
    from lksig.cli.recorded import Quit

    at = time.monotonic()
    for reading in readings:
        is_within = window.has(reading)
        is_visible = screen.would_show(reading)
        player.next(reading, at_once=not is_within)
        while is_within:
            now = time.monotonic()
            player.passed(now - at)
            at = now
            wait_s = player.wait_s
            if wait_s == 0 and (player.is_stepping or not keys.is_live):
                break
            key = keys.wait(wait_s)
            if key is not None:
                player.press(key)
            elif wait_s == 0:
                break
            if player.is_over:
                raise Quit
        yield reading
        if is_visible:
            player.shown(reading)
