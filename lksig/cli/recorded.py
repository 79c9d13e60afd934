"""A recording on the screen: its readings, in order, then what is missing from it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from lksig.cli.insistent import Insistent, InsistentPipe, closed_on_failure
from lksig.cli.joining import make_secrets
from lksig.cli.progress import progress
from lksig.cli.screen import Screen
from lksig.exit_codes import ExitCode, worst
from lksig.recording.opening import open_session_file, session_file
from lksig.recording.reader import Wait
from lksig.wire.events import End, Reading, Start

if TYPE_CHECKING:
    from lksig.cli.flags import OutputFlags
    from lksig.environ import Environ
    from lksig.recording.format_v1 import Header
    from lksig.recording.session_file import SessionFile
    from lksig.recording.window import Window
    from lksig.wire.redaction import Secrets

POLL_S = 0.1
"""How often `--follow` looks whether the file has grown."""

STDIN = "-"


def open_file(file: str, environ: Environ, *, follow: Wait | None = None) -> SessionFile:
    """The sessions in a file, or on standard input, whose end is the end.

    Args:
        follow: asked at the end of the file, which may grow.

    Raises:
        InputError: it cannot be read.
        RecordingError: there are none in it.
    """
    if file == STDIN:
        with closed_on_failure(InsistentPipe(environ.stdin_bytes())) as pipe:
            return session_file(pipe, "standard input")
    return open_session_file(Path(file), follow=follow)


@contextlib.contextmanager
def following() -> Iterator[Wait]:
    """What `open_file` asks at the end of a file: it waits a little, until Ctrl-C."""
    with Insistent() as ctrl_c:

        def wait() -> bool:
            ctrl_c.check()
            time.sleep(POLL_S)
            return True

        yield wait


class View(Protocol):
    """Another picture of a recording than its lines."""

    is_silent: bool
    """Nothing is shown before the last reading."""

    def text(self, reading: Reading) -> str | None:
        """What is shown at this reading, of those that passed the filter; None for nothing yet."""
        ...

    def rest(self) -> Iterable[str]:
        """The lines that stand behind the last reading."""
        ...


@runtime_checkable
class Observing(Protocol):
    """A picture that has to know what is not shown, too."""

    def observe(self, reading: Reading) -> None:
        """Take note of a reading, before it is shown, if it is."""
        ...


class Quit(Exception):  # nothing is wrong
    """The person has seen enough."""


class RecordingScreen(Screen):
    """Shows a part of a recording; what is not within it counts for the closing lines all the same."""

    def __init__(self, output: OutputFlags, secrets: Secrets, environ: Environ, header: Header, window: Window) -> None:
        super().__init__(output, secrets, environ, made_by=(header.lksig, header.protocol))
        self._window = window

    def _wants(self, reading: Reading) -> bool:
        within = self._window.has(reading)
        return (within or isinstance(reading.event, Start | End)) and super()._wants(reading)

    def would_show(self, reading: Reading) -> bool:
        """Whether a person will see a line of it."""
        return self._wants(reading) and (self.is_json or bool(self._line_text(reading)))

    def rest(self, view: View) -> None:
        """What a view has to say at its end."""
        if self.gone is not None:
            return
        try:
            self._write_pieces(line + "\n" for line in view.rest())
        except OSError as exc:
            self.gone = exc


Pace = Callable[[Iterable[Reading], RecordingScreen], Iterable[Reading]]
"""Gives the same readings when they are due."""


def show(
    recording: SessionFile,
    window: Window,
    output: OutputFlags,
    environ: Environ,
    *,
    is_paged: bool,
    view: Callable[[Secrets], View] | None = None,
    pace: Pace | None = None,
) -> int:
    """Show it; gives the exit code.

    Args:
        is_paged: the reader is a pager, which may leave before the end.
        view: makes the picture that stands in for the lines.
        pace: when each reading is due; None for at once.
    """
    secrets = make_secrets(output, environ)
    screen = RecordingScreen(output, secrets, environ, recording.header, window)
    picture = view(secrets) if view is not None else None
    if picture is not None:
        screen.show_only(picture.text)
    window.start(recording.header.wall_ns)
    if output.verbose and not output.json:
        screen.notice(f"= {recording.origin}")
    codes: list[int] = []
    try:
        is_silent = picture is not None and picture.is_silent
        shows_nothing = is_silent or not environ.is_terminal(environ.stdout)
        wants_bar = shows_nothing and pace is None and not is_paged and not output.json and not output.quiet
        with progress(recording, environ, wanted=wants_bar) as readings:
            for reading in readings if pace is None else pace(readings, screen):
                if isinstance(picture, Observing):
                    picture.observe(reading)
                screen.sink(reading)
                if screen.gone is not None:
                    break
            else:
                codes += _judge(recording, window, screen)
    except Quit:
        pass
    except KeyboardInterrupt:
        codes.append(ExitCode.INTERRUPTED)
    if picture is not None:
        screen.rest(picture)
    codes += screen.exit_codes()
    if is_paged:
        codes = [code for code in codes if code != ExitCode.READER_GONE]
    code = worst(codes)
    screen.close(code)
    return int(code)


def _judge(recording: SessionFile, window: Window, screen: Screen) -> list[int]:
    """Tell what is missing, when everything was read; gives the causes of the exit code."""
    for code, text in recording.warnings():
        screen.warn(code, text)
    errors = [error for error in (window.problem(), recording.problem()) if error is not None]
    for error in errors:
        screen.tell(error)
    return [error.exit_code for error in errors]
