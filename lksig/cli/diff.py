"""`lksig diff A B`: what differs between two sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from lksig.cli.flags import OUTPUT
from lksig.errors import InputError, LksigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from lksig.cli.flags import OutputFlags
    from lksig.environ import Environ
    from lksig.recording.session_file import SessionFile
    from lksig.render.diff import DiffJson, DiffView
    from lksig.wire.events import Reading
    from lksig.wire.redaction import Secrets


def diff_command(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="A B [FILTER]...",
            help="Two recordings, - for standard input; which messages to compare.",
            show_default=False,
        ),
    ] = None,
    times: Annotated[bool, typer.Option("--times", help="Compare times and what was measured, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per difference.", rich_help_panel=OUTPUT)] = (
        False
    ),
    filter_text: Annotated[
        str | None,
        typer.Option(
            "--filter",
            help="Compare only what matches; see `lksig listen --help`.",
            rich_help_panel=OUTPUT,
            metavar="EXPR",
        ),
    ] = None,
    verbose: Annotated[
        int,
        typer.Option(
            "--verbose", "-v", count=True, help="Keep-alives, fences, states in between too.", rich_help_panel=OUTPUT
        ),
    ] = 0,
    quiet: Annotated[
        int, typer.Option("--quiet", "-q", count=True, help="Nothing but the exit code.", rich_help_panel=OUTPUT)
    ] = 0,
) -> int:
    """Compare two recordings: exit 0 when they say the same, 1 when not.

    Requests and answers are compared in pairs; what the server sends
    unasked may have changed places a little. Ids become roles (PA_self,
    PA_alice, TR_cam1), SDP is compared by sections, times are left out.
    The first difference is told at length.
    """
    from lksig.cli.flags import OutputFlags
    from lksig.cli.joining import make_secrets
    from lksig.cli.listen import both
    from lksig.cli.recorded import STDIN, open_file
    from lksig.schema.filter import words_to_filter

    if len(words or []) < 2:
        raise InputError("two recordings are compared", code="no-file", hint="lksig diff A B")
    first, second, *rest = words or []
    if first == STDIN and second == STDIN:
        raise InputError("two things read standard input", code="stdin-twice", hint="give one of them a file")
    environ: Environ = context.obj
    output = OutputFlags(json=as_json, verbose=verbose, quiet=quiet)
    output.filter = both(filter_text, words_to_filter(rest) if rest else None)
    secrets = make_secrets(output, environ)
    with open_file(first, environ) as a, open_file(second, environ) as b:
        return _compare(a, b, (first, second), output, secrets, environ, times=times)


def _compare(
    a: SessionFile,
    b: SessionFile,
    names: tuple[str, str],
    output: OutputFlags,
    secrets: Secrets,
    environ: Environ,
    *,
    times: bool,
) -> int:
    """Compare all of both, and tell what is missing from them; gives the exit code."""
    from lksig.cli.progress import progress
    from lksig.exit_codes import ExitCode, worst
    from lksig.recording.diff import Diff

    show = _shower(output, environ)
    wants_bar = not output.json and not environ.is_terminal(environ.stdout)
    with progress(a, environ, wanted=wants_bar) as readings:
        diff = Diff(
            _covered(readings, secrets),
            _covered(b.readings(), secrets),
            times=times,
            own=output.verbose > 0,
            wanted=_wanted(output.filter, secrets),
        )
        view = _view(names, diff.roles, output, secrets, environ)
        for finding in diff.findings():
            for line in view.lines(finding):
                show(line)
    problems = [problem for problem in (a.problem(), b.problem()) if problem is not None]
    show(view.summary(diff.counts, is_complete=not problems))
    environ.stdout.flush()
    _tell(problems, output, environ)
    codes = [int(problem.exit_code) for problem in problems]
    if not diff.counts.is_equal:
        codes.append(ExitCode.CHECK_FAILED)
    return int(worst(codes))


def _shower(output: OutputFlags, environ: Environ) -> Callable[[str], None]:
    """What takes the lines of the result."""

    def show(line: str) -> None:
        try:
            environ.stdout.write(line + "\n")
        except BrokenPipeError:
            raise
        except OSError as exc:
            text = f"cannot write the output: {exc.strerror}"
            raise InputError(text, code="output-unwritable", layer="file") from exc

    return (lambda line: None) if output.quiet else show


def _covered(readings: Iterable[Reading], secrets: Secrets) -> Iterator[Reading]:
    """The readings without what the user gave as a secret."""
    from lksig.render.cover import Cover

    cover = Cover(secrets)
    return (cover.reading(reading) for reading in readings)


def _wanted(text: str | None, secrets: Secrets) -> Callable[[Reading], bool] | None:
    """What a filter lets through."""
    if text is None:
        return None
    from lksig.render.line import LineView
    from lksig.schema.filter import parse_filter
    from lksig.session.facts import ReadingFacts

    found = parse_filter(text)
    lines = LineView(secrets, piped=True, verbose=1)
    return lambda reading: found.matches(ReadingFacts(reading, lambda one: lines.text(one) or ""))


def _view(
    names: tuple[str, str], roles: tuple[Any, Any], output: OutputFlags, secrets: Secrets, environ: Environ
) -> DiffView | DiffJson:
    from lksig.render.diff import DiffJson, DiffView

    if output.json:
        return DiffJson(names, secrets)
    out = environ.stdout
    return DiffView(
        names,
        roles,
        secrets,
        colour=environ.wants_colour(out),
        width=environ.width(out),
        verbose=output.verbose,
    )


def _tell(problems: Sequence[LksigError], output: OutputFlags, environ: Environ) -> None:
    """What is missing, on stderr."""
    from lksig.render.errors import error_json, error_lines, warning_json

    stderr = environ.stderr
    for index, problem in enumerate(problems):
        if not output.json:
            lines = error_lines(problem, colour=environ.wants_colour(stderr), width=environ.width(stderr))
        elif index:
            lines = [warning_json(problem.code, str(problem))]
        else:
            lines = [error_json(problem)]
        stderr.write("\n".join(lines) + "\n")
