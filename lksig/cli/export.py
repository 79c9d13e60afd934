"""`lksig export FILE --to KIND`: a session as something that other programs read."""

from __future__ import annotations

import dataclasses
import os
from io import TextIOWrapper
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lksig.errors import InputError
from lksig.exit_codes import ExitCode

if TYPE_CHECKING:
    from lksig.cli.checked import Checked
    from lksig.environ import Environ

KINDS = ("har", "jsonl", "mermaid", "pytest")
STDOUT = "-"


def export_command(
    context: typer.Context,
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE", help="Recording, HAR or lines of frames; - is standard input."),
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", help="har, jsonl, mermaid, or pytest: a test that plays it.", metavar="KIND")
    ] = None,
    output: Annotated[
        str, typer.Option("--output", "-o", help="File to make; - is standard output.", metavar="FILE")
    ] = STDOUT,
    force: Annotated[bool, typer.Option("--force", help="Replace that file if it exists.")] = False,
    no_redact: Annotated[bool, typer.Option("--no-redact", help="Keep every byte, secrets too.")] = False,
) -> int:
    """Turn a recording into another kind of file.

    `har` is in the layout of Chrome's network panel: handshakes and messages, secrets overwritten. `jsonl`
    is what `show --json` prints, `mermaid` what `show --mermaid` prints. What would hold a secret is not written.

    `pytest` makes a test that plays the client's side again, against the embedded server or the one that
    `pytest --lksig-url URL` names, and fails where an answer differs. It names the recording, which stays where it is.
    """
    environ: Environ = context.obj
    if to not in KINDS:
        text = "`--to` is missing: what is it to become?" if to is None else f"`--to {to}` is no kind of file"
        raise InputError(text, code="bad-option", hint="one of " + ", ".join(KINDS))
    if len(files or []) != 1:
        raise InputError("one recording is exported", code="usage", hint=f"lksig export FILE --to {to}")
    (file,) = files or []
    from lksig.cli.checked import Checked

    with Checked(output, environ, force=force, is_checked=not no_redact) as checked:
        if to == "har":
            return _har(file, checked, environ, no_redact=no_redact)
        if to == "pytest":
            checked.write(_test(file, output).encode())
            checked.commit()
            return ExitCode.DONE
        return _shown(file, checked, environ, is_mermaid=to == "mermaid", no_redact=no_redact)


def _har(file: str, checked: Checked, environ: Environ, *, no_redact: bool) -> int:
    """Write a HAR; gives the exit code.

    Raises:
        CheckFailedError: it would hold a secret.
        RecordingError: there is no session in the file, or something is missing from it.
    """
    from lksig.cli.recorded import open_file
    from lksig.cli.redact import learned, make_redactor
    from lksig.recording.exporters.har import har_pieces
    from lksig.recording.format_v1 import Ended, Record, Stopped

    redactor = None if no_redact else make_redactor(environ, personal=False)
    if redactor is not None:
        learned(file, redactor, environ)

    def hidden(record: Record) -> Record:
        return record if redactor is None or isinstance(record, Ended | Stopped) else redactor.hide(record)

    with open_file(file, environ) as session_file:
        for piece in har_pieces(map(hidden, session_file.records()), session_file.header.wall_ns):
            checked.write(piece)
        problem = session_file.problem()
    checked.commit()
    if problem is not None:
        raise problem
    return ExitCode.DONE


def _shown(file: str, checked: Checked, environ: Environ, *, is_mermaid: bool, no_redact: bool) -> int:
    """Write what `show` prints; gives its exit code, and leaves to it what it has to say."""
    from lksig.cli.flags import OutputFlags
    from lksig.cli.recorded import open_file, show
    from lksig.cli.views import MermaidView
    from lksig.recording.window import Window

    output = OutputFlags(json=not is_mermaid, quiet=1 if is_mermaid else 0, show_secrets=no_redact)
    sink: Any = TextIOWrapper(checked.spool, encoding="utf-8", newline="\n", write_through=True)
    elsewhere = dataclasses.replace(environ, stdout=sink)
    view = (lambda secrets: MermaidView(secrets, verbose=0)) if is_mermaid else None
    with open_file(file, environ) as session_file:
        code = show(session_file, Window(None, None), output, elsewhere, is_paged=False, view=view)
    sink.detach()
    checked.commit()
    return code


def _test(file: str, output: str) -> str:
    """The text of the test.

    Raises:
        InputError: the recording is no file that a test could name, or cannot be read.
        RecordingError: it is none, or incomplete.
    """
    from pathlib import Path

    import lksig
    from lksig.recording.exporters.pytest_test import pytest_test
    from lksig.recording.reader import open_recording

    if file == "-":
        raise InputError(
            "a test names its recording, and standard input has no name", code="no-file", hint="save it as a file"
        )
    with open_recording(Path(file)) as recording:
        where = PurePath(file)
        relative = output != STDOUT
        if relative:
            where = PurePath(os.path.relpath(file, Path(output).parent))
        text = pytest_test(recording.readings(), where, version=lksig.__version__, relative=relative)
        problem = recording.problem()
    if problem is not None:
        raise problem
    return text
