"""`lksig replay FILE`: a recording again, on the screen, to a server, or as a server.

Without more it is shown at its own pace. With a URL its client's side is played to that server (`cli.replay_to`), with
`--serve` its server's side to whoever connects (`cli.replay_serve`). The server is only ever one that the command line
names: a recording must not be played to whatever the environment happens to point at.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from lksig.cli.flags import WORK, OutputFlags, RecordFlags, ServerFlags, WireFlags, takes
from lksig.errors import InputError

if TYPE_CHECKING:
    from lksig.cli.keys import Keys
    from lksig.cli.recorded import RecordingScreen
    from lksig.environ import Environ
    from lksig.recording.window import Window
    from lksig.session.playback import Player
    from lksig.wire.events import Reading

PACE = "Pace and part"
SERVE = "As a server"
HELP = "space pauses, s steps, m goes to the next mark, + and - change the speed, q quits"
DEFAULT_TIMEOUT_S = 5.0
NAME_IT = "name it on the command line: lksig replay FILE ws://HOST:7880; the environment is not asked"


@takes(ServerFlags, WireFlags, RecordFlags, OutputFlags)
def replay_command(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE [URL] [FILTER]...",
            help="Recording, - for standard input; server to play it to; which messages to show.",
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
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            help="Stop behind the message that matches; to a server exit 6 if none does.",
            rich_help_panel=WORK,
            metavar="EXPR",
        ),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(
            "--timeout",
            help="Seconds an answer (default 5), or with --serve a request (default 2), is awaited.",
            rich_help_panel=WORK,
            metavar="S",
        ),
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Play the server's side to whoever connects.", rich_help_panel=SERVE)
    ] = False,
    port: Annotated[
        int | None,
        typer.Option("--port", help="Port; 0 takes a free one (default 7880).", rich_help_panel=SERVE, metavar="N"),
    ] = None,
    bind: Annotated[
        str | None,
        typer.Option(
            "--bind", help="Address to listen on (default 127.0.0.1).", rich_help_panel=SERVE, metavar="ADDRESS"
        ),
    ] = None,
    server: ServerFlags = ...,  # type: ignore[assignment]  # filled in by `takes`
    wire: WireFlags = ...,  # type: ignore[assignment]
    record: RecordFlags = ...,  # type: ignore[assignment]
    output: OutputFlags = ...,  # type: ignore[assignment]
) -> int:
    """Play a recording again: on the screen, to a server, or as a server.

    On a terminal: space pauses and goes on, `s` or `.` shows the next line and pauses, `m` or `]` goes to the next
    mark, `+` and `-` double and halve the speed, `q` quits. PLACE and FILTER are those of `lksig show`.

    With a URL (or `--dev`, `--project`; never from the environment) what the clients of the recording sent is sent to
    that server, with its ids in the place of the recorded ones, and what it answered is compared: exit 1 when it
    differs. With `--serve` the recorded server answers whoever connects.
    """
    from lksig.cli.words import split_url
    from lksig.wire.target import looks_like_url

    url, rest = split_url(words or [], looks_like_url)
    if not rest:
        raise InputError("no file to play", code="no-file", hint="lksig replay FILE; lksig record FILE makes one")
    play = Play(context.obj, rest[0], rest[1:], speed, idle_limit, first, last, output)
    names_server = url or server.url or server.curl or server.dev or server.project
    _refuse_strays(names_server=bool(names_server), serve=serve, place=(port, bind), waits=(until, timeout))
    if serve:
        _refuse_dialing(server, wire)
        from lksig.cli.replay_serve import serve_recording

        at = bind or "127.0.0.1", 7880 if port is None else port
        return serve_recording(play, at, record, until=until, timeout_s=timeout)
    if names_server:
        from lksig.cli.replay_to import replay_to

        timeout_s = DEFAULT_TIMEOUT_S if timeout is None else timeout
        return replay_to(play, url, (server, wire, record), until=until, timeout_s=timeout_s)
    _refuse_server_flags(server, record)
    return show_paced(play)


@dataclass(frozen=True, slots=True)
class Play:
    """What is played, and how fast: the same for all three kinds of a replay."""

    environ: Environ
    file: str
    filter_words: list[str]
    speed: str
    idle_limit: float | None
    first: str | None
    last: str | None
    output: OutputFlags

    def window(self) -> Window:
        """The part that is played.

        Raises:
            InputError: a place that is none, or an end before the beginning.
        """
        from lksig.recording.window import Window, parse_place

        return Window(
            parse_place(self.first, "--from") if self.first is not None else None,
            parse_place(self.last, "--to") if self.last is not None else None,
        )

    def player(self) -> Player:
        """The pace.

        Raises:
            InputError: a speed or a limit that is none.
        """
        from lksig.session.playback import Player, parse_speed

        return Player(parse_speed(self.speed), self.idle_limit)

    def shown(self) -> OutputFlags:
        """How it is shown, the filter among the words included.

        Raises:
            InputError: a format that is none.
        """
        from lksig.cli.listen import both
        from lksig.cli.screen import check_output
        from lksig.schema.filter import words_to_filter

        check_output(self.output)
        words = words_to_filter(self.filter_words) if self.filter_words else None
        return dataclasses.replace(self.output, filter=both(self.output.filter, words))


def _refuse_strays(
    *, names_server: bool, serve: bool, place: tuple[int | None, str | None], waits: tuple[str | None, float | None]
) -> None:
    """An option that means nothing here was meant for something else.

    Raises:
        InputError: there is one.
    """
    if serve and names_server:
        text = "`--serve` is the server's side, a URL the client's: one of them can be played at a time"
        raise InputError(text, code="two-sides", hint="give one of them")
    if not serve and any(value is not None for value in place):
        raise InputError("`--port` and `--bind` are about `--serve`", code="no-serve", hint="add `--serve`")
    if not names_server and not serve and any(value is not None for value in waits):
        text = "`--until` and `--timeout` are about a server, and none is named"
        raise InputError(text, code="no-url", layer="url", hint=NAME_IT)


def _refuse_server_flags(server: ServerFlags, record: RecordFlags) -> None:
    """Raises InputError for options that need a server, where none is named."""
    given = [entry.name for entry in dataclasses.fields(server) if getattr(server, entry.name)]
    given += ["record"] if record.record is not None else []
    if given:
        option = f"--{given[0].replace('_', '-')}"
        raise InputError(f"`{option}` is about a server, and none is named", code="no-url", layer="url", hint=NAME_IT)


def _refuse_dialing(*groups: ServerFlags | WireFlags) -> None:
    """Raises InputError for options of a client, where lksig is the server."""
    for flags in groups:
        usual = type(flags)()
        given = [one.name for one in dataclasses.fields(flags) if getattr(flags, one.name) != getattr(usual, one.name)]
        if given:
            option = f"--{given[0].replace('_', '-')}"
            text = f"`{option}` is about connecting to a server, and with `--serve` lksig is one"
            raise InputError(text, code="two-sides", hint="leave one of them out")


def show_paced(play: Play) -> int:
    """The recording on the screen; gives the exit code."""
    from lksig.cli.keys import Keys
    from lksig.cli.recorded import STDIN, open_file, show

    output, window, player = play.shown(), play.window(), play.player()
    with open_file(play.file, play.environ) as recording, Keys(play.environ, wanted=play.file != STDIN) as keys:

        def pace(readings: Iterable[Reading], screen: RecordingScreen) -> Iterator[Reading]:
            if keys.is_live and not output.quiet and not output.json:
                screen.notice(f"= {HELP}")
            return paced(readings, player, keys, window, screen)

        return show(recording, window, output, play.environ, is_paged=False, pace=pace)


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
