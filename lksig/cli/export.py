"""`lksig export FILE --to KIND`: a recording as something that other programs read."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated

import typer

from lksig.errors import InputError

if TYPE_CHECKING:
    from lksig.environ import Environ

KINDS = ("pytest",)
ELSEWHERE = {
    "jsonl": "`lksig show FILE --json` prints JSON lines",
    "mermaid": "`lksig show FILE --mermaid` prints the diagram",
}
"""Kinds that another command has today."""
STDOUT = "-"


def export_command(
    context: typer.Context,
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE", help="The recording.", show_default=False)
    ] = None,
    to: Annotated[str | None, typer.Option("--to", help="pytest: a test that plays it again.", metavar="KIND")] = None,
    output: Annotated[
        str, typer.Option("--output", "-o", help="File to make; - is standard output.", metavar="FILE")
    ] = STDOUT,
    force: Annotated[bool, typer.Option("--force", help="Replace that file if it exists.")] = False,
) -> int:
    """Turn a recording into another kind of file.

    `--to pytest` makes a test that plays the client's side again, against the embedded server or the one that
    `pytest --lksig-url URL` names, and fails where an answer differs. It names the recording, which stays where it is.
    """
    environ: Environ = context.obj
    if to not in KINDS:
        hint = ELSEWHERE.get(to or "", "one of " + ", ".join(KINDS))
        text = "`--to` is missing: what is it to become?" if to is None else f"`--to {to}` is no kind of file"
        raise InputError(text, code="bad-option", hint=hint)
    if len(files or []) != 1:
        raise InputError("one recording is exported", code="usage", hint=f"lksig export FILE --to {to}")
    (file,) = files or []
    text = _test(file, output)
    if output == STDOUT:
        environ.stdout.write(text)
        environ.stdout.flush()
    else:
        _write(output, text, force=force)
    return 0


def _test(file: str, output: str) -> str:
    """The text of the test.

    Raises:
        InputError: the recording is no file that a test could name, or cannot be read.
        RecordingError: it is none, or incomplete.
    """
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


def _write(output: str, text: str, *, force: bool) -> None:
    try:
        with Path(output).open("w" if force else "x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError as exc:
        raise InputError(f"`{output}` exists", code="file-exists", layer="file", hint="`--force` replaces it") from exc
    except OSError as exc:
        raise InputError(f"cannot write `{output}`: {exc.strerror}", code="file-unwritable", layer="file") from exc
