"""`lksig redact IN OUT`: a recording without its secrets; `--check`: whether a file still holds any."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lksig.cli.insistent import InsistentPipe
from lksig.errors import CheckFailedError, InputError, LksigError, RecordingError
from lksig.exit_codes import ExitCode, worst

if TYPE_CHECKING:
    from lksig.environ import Environ
    from lksig.recording.redact import Redactor

CHUNK_BYTES = 1 << 16


def redact_command(
    context: typer.Context,
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="IN OUT", help="Recording or HAR to read, file to make; - is a standard stream."),
    ] = None,
    personal: Annotated[
        bool, typer.Option("--personal", help="Hide names, metadata, attributes, addresses too.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace OUT if it exists.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing: exit 1 if a secret survives in the file, and say where.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Findings as JSON lines.")] = False,
) -> int:
    """Clean a recording: secrets are overwritten in place, so that it shows the same session.

    A HAR stays a HAR: what is secret in frames, URLs, headers, cookies and bodies is hidden.

    `--check FILE` looks for tokens, keys, TURN and ICE credentials, and the values of LIVEKIT_API_SECRET and
    LIVEKIT_TOKEN, in any file and in any common encoding.
    """
    environ: Environ = context.obj
    wanted = 1 if check else 2
    if len(files or []) != wanted:
        usage = "lksig redact --check FILE" if check else "lksig redact IN OUT"
        raise InputError("one file is checked" if check else "two files are needed", code="usage", hint=usage)
    files = files or []
    if check:
        return _check(files[0], environ, personal=personal, as_json=as_json)
    return _redact(files[0], files[1], environ, personal=personal, force=force)


def _redact(source: str, target: str, environ: Environ, *, personal: bool, force: bool) -> int:
    from lksig.cli.recorder import StdoutOutput
    from lksig.recording.compression import compressor_for
    from lksig.recording.opening import peeked
    from lksig.recording.reader import Recording
    from lksig.recording.rewrite import rewrite
    from lksig.recording.writer import Output, create_file

    redactor = make_redactor(environ, personal=personal)
    name = "standard input" if source == "-" else source
    with contextlib.closing(_opened(source, environ)) as opened:
        kind, stream = peeked(opened)
        if kind == "har":
            return _clean_har(stream, name, (target, environ), redactor, personal=personal, force=force)
        if kind == "lines":
            text = f"`{name}` holds lines of frames, which are no recording"
            raise InputError(text, code="no-recording", layer="file", hint="`lksig import IN OUT` makes a clean one")
        recording = Recording(stream, name)
        learned(source, redactor, environ)
        compressor = compressor_for(target)
        output: Output = StdoutOutput(environ) if target == "-" else create_file(target, force=force)
        try:
            rewrite(recording, output, compressor, redactor)
            output.close()
        except BrokenPipeError:
            raise
        except OSError as exc:
            raise InputError(f"cannot write `{target}`: {exc.strerror}", code="file-unwritable", layer="file") from exc
        problem = recording.problem()
        if problem is not None:
            raise problem
    return ExitCode.DONE


def _clean_har(
    stream: Any, name: str, out: tuple[str, Environ], redactor: Redactor, *, personal: bool, force: bool
) -> int:
    """A HAR stays a HAR.

    Raises:
        CheckFailedError: a secret would be left in it.
    """
    from lksig.cli.checked import Checked
    from lksig.recording.compression import compressor_for
    from lksig.recording.opening import har_document
    from lksig.recording.redact_har import HarRedactor

    target, environ = out
    document = har_document(stream, name)
    compressor = compressor_for(target)
    with Checked(target, environ, force=force, personal=personal) as output:
        for piece in HarRedactor(redactor).pieces(document):
            output.write(compressor.line(piece))
        output.write(compressor.finish())
        output.commit()
    return ExitCode.DONE


def _opened(source: str, environ: Environ) -> Any:
    if source == "-":
        return InsistentPipe(environ.stdin_bytes())
    try:
        return Path(source).open("rb", buffering=0)
    except OSError as exc:
        raise InputError(f"cannot read `{source}`: {exc.strerror}", code="file-unreadable", layer="file") from exc


def learned(source: str, redactor: Redactor, environ: Environ) -> None:
    """Let the redactor see all of a file before the first word of it is written."""
    from lksig.cli.recorded import STDIN, open_file
    from lksig.recording.rewrite import learn

    if source != STDIN:  # what is read once cannot be read twice
        with open_file(source, environ) as session_file:
            learn(session_file, redactor)


def make_redactor(environ: Environ, *, personal: bool) -> Redactor:
    """What hides secrets in a file that nobody made just now."""
    from lksig.cli.recorder import known_values
    from lksig.recording.redact import Redactor
    from lksig.wire.known_values import KnownValues
    from lksig.wire.personal import PersonalData
    from lksig.wire.redaction import Secrets

    known = known_values(environ).values()
    secrets = Secrets(os.urandom(16))
    for value in known:
        secrets.learn(value)
    key = os.urandom(16)
    return Redactor(secrets, PersonalData(key) if personal else None, KnownValues(key, known))


def _check(file: str, environ: Environ, *, personal: bool, as_json: bool) -> int:
    """Name what survives on stdout; gives the exit code."""
    from lksig.cli.recorder import known_values
    from lksig.recording.check import Checker
    from lksig.render.errors import error_json, error_lines
    from lksig.render.safe_text import neutralise

    checker = Checker(known_values(environ), personal=personal)
    count = 0
    for found in checker.survivors(_chunks(file, environ)):
        count += 1
        told = {"kind": "survivor", "line": found.line, "what": found.what, "where": found.where}
        environ.stdout.write((json.dumps(told, separators=(",", ":")) if as_json else neutralise(str(found))) + "\n")
    environ.stdout.flush()
    errors: list[LksigError] = []
    if count:
        text = f"`{file}` holds {count} secret{'' if count == 1 else 's'}"
        hint = "`lksig redact` removes them from a recording"
        errors.append(CheckFailedError(text, code="secret-found", layer="file", hint=hint))
    if checker.damage is not None:
        errors.append(RecordingError(f"`{file}` was checked in part: {checker.damage}", code="incomplete"))
    code = worst([error.exit_code for error in errors])
    for error in errors:
        if not as_json:
            environ.stderr.write("\n".join(error_lines(error)) + "\n")
        elif error.exit_code == code:
            environ.stderr.write(error_json(error) + "\n")
    return int(code)


def _chunks(file: str, environ: Environ) -> Iterator[bytes]:
    try:
        with contextlib.closing(_opened(file, environ)) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk
    except OSError as exc:
        raise InputError(f"cannot read `{file}`: {exc.strerror}", code="file-unreadable", layer="file") from exc
