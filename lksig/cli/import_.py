"""`lksig import IN OUT`: other people's files (a HAR, lines of frames) as a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lksig.cli.flags import KeepFlags, takes
from lksig.errors import InputError
from lksig.exit_codes import ExitCode

if TYPE_CHECKING:
    from lksig.environ import Environ


@takes(KeepFlags)
def import_command(
    context: typer.Context,
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="IN OUT", help="File to read, recording to make; - is a standard stream."),
    ] = None,
    keep: KeepFlags = ...,  # type: ignore[assignment]  # filled in by `takes`
) -> int:
    """Make a recording of a HAR, or of lines of hex or base64.

    The HAR is Chrome's or Firefox's `Export HAR`, Playwright's (recordHar with content 'embed') or mitmproxy's. Its
    `/rtc` sockets are found, several sockets of one participant become one session, other traffic is left out. A line
    is one frame; a time and a direction (`<` to the client, `>` to the server) may stand before it.

    Secrets are hidden, as in every recording. `show`, `diff`, `replay` and `export` read such files directly.
    """
    from lksig.cli.checked import Checked
    from lksig.cli.recorded import open_file
    from lksig.cli.recorder import check_keep
    from lksig.cli.redact import learned, make_redactor
    from lksig.recording.compression import compressor_for
    from lksig.recording.rewrite import rewrite
    from lksig.render.errors import warning_lines

    environ: Environ = context.obj
    if len(files or []) != 2:
        raise InputError("two files are needed", code="usage", hint="lksig import IN OUT")
    source, target = files or []
    check_keep(keep)
    redactor = None if keep.no_redact else make_redactor(environ, personal=keep.personal)
    if redactor is not None:
        learned(source, redactor, environ)
    with (
        open_file(source, environ) as session_file,
        Checked(target, environ, force=keep.force, personal=keep.personal, is_checked=redactor is not None) as output,
    ):
        rewrite(session_file, output, compressor_for(target), redactor)
        output.commit()
        for _, text in session_file.warnings():
            environ.stderr.write("\n".join(warning_lines(text)) + "\n")
        problem = session_file.problem()
        if problem is not None:
            raise problem
    return ExitCode.DONE
