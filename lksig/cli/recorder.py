"""`--record FILE`: what a live command writes into a file, and what it says when it cannot.

The file is made when everything else was checked and nothing has been dialed yet; from then on a failure is told once
and changes neither the session nor its exit code.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from lksig.errors import InputError
from lksig.render.errors import warning_json, warning_lines

if TYPE_CHECKING:
    from lksig.cli.flags import KeepFlags, OutputFlags, RecordFlags
    from lksig.cli.screen import Screen
    from lksig.environ import Environ
    from lksig.live.run import Run
    from lksig.recording.redact import Redactor
    from lksig.recording.writer import Output, Recorder
    from lksig.wire.redaction import Secrets

STDOUT = "-"


def check_keep(flags: KeepFlags) -> None:
    """Refuse flags that contradict each other.

    Raises:
        InputError: they do.
    """
    if flags.personal and flags.no_redact:
        raise InputError("`--personal` and `--no-redact` exclude each other", code="two-redactions")


def check_record(flags: RecordFlags, output: OutputFlags) -> None:
    """The same for `--record`.

    Raises:
        InputError: they contradict each other, or what they are about is not there.
    """
    check_keep(flags)
    if flags.record is None and (flags.force or flags.personal or flags.no_redact):
        raise InputError(
            "`--force`, `--personal` and `--no-redact` are about a recording",
            code="no-recording",
            hint="add `--record FILE`",
        )
    if flags.record == STDOUT and output.json:
        raise InputError(
            "the recording and the JSON lines both want standard output", code="stdout-twice", hint="record to a file"
        )


def screen_environ(flags: RecordFlags, environ: Environ) -> Environ:
    """Where the screen is: a recording on standard output has that for itself, what is shown goes to stderr."""
    return dataclasses.replace(environ, stdout=environ.stderr) if flags.record == STDOUT else environ


def known_values(environ: Environ) -> dict[str, str]:
    """What must not be in a file that is shared, by name."""
    values = {name: environ.variable(name) for name in ("LIVEKIT_API_SECRET", "LIVEKIT_TOKEN")}
    return {name: value for name, value in values.items() if value is not None}


def make_redactor(flags: KeepFlags, secrets: Secrets, environ: Environ) -> Redactor | None:
    """What hides secrets in the file; None for `--no-redact`."""
    if flags.no_redact:
        return None
    from lksig.recording.redact import Redactor
    from lksig.wire.known_values import KnownValues
    from lksig.wire.personal import PersonalData

    key = os.urandom(16)
    known = KnownValues(key, dict.fromkeys([*secrets.given, *known_values(environ).values()]))
    return Redactor(secrets.hiding(), PersonalData(key) if flags.personal else None, known)


@contextlib.contextmanager
def recording(
    flags: RecordFlags, secrets: Secrets, screen: Screen, environ: Environ, command: str
) -> Iterator[Callable[[Run], None]]:
    """A function that puts a recorder into a run, for as long as this is entered; it does nothing without `--record`.

    Args:
        command: the name of the command, for the header.

    Raises:
        InputError: from that function: the file exists or cannot be made.
    """
    recorders: list[Recorder] = []

    def attach(run: Run) -> None:
        if flags.record is not None:
            recorders.append(make_recorder(flags, flags.record, secrets, screen, environ, command, run))
            run.add_recorder(recorders[0])

    try:
        yield attach
    finally:
        for recorder in recorders:
            recorder.close()


def make_recorder(
    flags: RecordFlags, path: str, secrets: Secrets, screen: Screen, environ: Environ, command: str, run: Run
) -> Recorder:
    """A recorder that writes into `path`, its file being made.

    Raises:
        InputError: the file exists or cannot be made.
    """
    from lksig.recording.compression import compressor_for
    from lksig.recording.format_v1 import Header
    from lksig.recording.writer import Recorder, create_file

    compressor = compressor_for(path)
    output: Output = StdoutOutput(environ) if path == STDOUT else create_file(path, force=flags.force)
    redactor = make_redactor(flags, secrets, environ)

    def failed(exc: OSError) -> None:
        if path == STDOUT:
            screen.gone = exc
            screen.on_gone()
        else:
            text = f"recording stopped: `{path}` takes nothing more ({exc.strerror}); the session goes on"
            tell_warning(screen, "recording-stopped", text)

    header = Header(run.clock.wall_ns, () if redactor is None else redactor.redacted, command)
    return Recorder(output, header, redactor=redactor, compressor=compressor, on_failure=failed)


def tell_warning(screen: Screen, code: str, text: str) -> None:
    """A warning that `-q` does not silence: what was asked for is not done."""
    for line in [warning_json(code, text)] if screen.is_json else warning_lines(text):
        screen.notice(line)


class StdoutOutput:
    """Standard output as the place of a recording."""

    def __init__(self, environ: Environ) -> None:
        environ.stdout.flush()
        self._stream = environ.stdout.buffer

    def write(self, data: bytes) -> None:
        self._stream.write(data)
        self._stream.flush()

    def close(self) -> None:
        self._stream.flush()
