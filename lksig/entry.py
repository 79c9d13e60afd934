"""Where the process begins and ends: errors become exit codes here, and nowhere else.

`--version` is answered before anything is imported: people and scripts ask it often.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # not typing's: importing it costs a third of what `python -c pass` does, before `--version`
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from lksig.environ import Environ

GC_THRESHOLD = 200_000
"""Objects between two collections. Python's 700 makes it walk everything again and again while modules load, for a
tenth of a command's time; with this many no command starts one while loading. Messages are no cycles, so memory does
not notice (see benchmarks)."""

BUG_EXIT = 70
READER_GONE_EXIT = 141
INTERRUPTED_EXIT = 130


def main() -> None:
    """The `lksig` command."""
    words = sys.argv[1:]
    if words in (["--version"], ["-V"]):
        import lksig

        print(f"lksig {lksig.__version__}")
        sys.exit(0)
    import gc

    gc.set_threshold(GC_THRESHOLD)
    from lksig.environ import Environ

    code = run(words, Environ.of_process())
    # The interpreter's last collections look for cycles in everything, for another tenth of a command's time; what is
    # frozen is left to the system.
    gc.freeze()
    sys.exit(code)


def run(words: Sequence[str], environ: Environ) -> int:
    """Run one command line.

    Returns:
        The exit code.
    """
    from lksig.errors import LksigError

    is_json = "--json" in words
    try:
        code = _dispatch(list(words), environ)
        environ.stdout.flush()
        return code
    except LksigError as exc:
        return _tell(exc, environ, is_json=is_json)
    except BrokenPipeError:
        return _reader_gone(environ)
    except KeyboardInterrupt:
        return INTERRUPTED_EXIT
    except Exception as exc:  # noqa: BLE001  # the one place: whatever reaches it is our bug
        return _bug(exc, environ, is_json=is_json)


def _dispatch(words: list[str], environ: Environ) -> int:
    import os

    from lksig.cli import app, argv

    name, words = argv.command_of(words, os.path.isfile)
    group = app.build([name] if name is not None else app.COMMANDS)
    if name is not None and app.COMMANDS[name].takes_words:
        at = words.index(name) + 1
        words[at:] = argv.options_first(words[at:], _options(group.commands[name]))
    from typer.exceptions import TyperException

    try:
        result = group.main(args=words, prog_name="lksig", standalone_mode=False, obj=environ)
    except TyperException as exc:
        raise _usage(exc, name) from exc
    return int(result or 0)


def _options(command: Any) -> Any:
    """Which options of a command take a value."""
    from lksig.cli.argv import Options

    with_value: set[str] = set()
    flags: set[str] = set()
    for parameter in command.params:
        if parameter.param_type_name == "option":
            takes_value = not parameter.is_flag and not getattr(parameter, "count", False)
            (with_value if takes_value else flags).update([*parameter.opts, *parameter.secondary_opts])
    return Options(frozenset(with_value), frozenset(flags))


def _usage(exc: Any, name: str | None) -> Exception:
    """Typer's usage error as ours."""
    from lksig.errors import InputError

    text = exc.format_message() if hasattr(exc, "format_message") else str(exc)
    text = " ".join(text.split()).rstrip(".") or "the command line cannot be read"
    return InputError(
        text[0].lower() + text[1:], code="usage", hint=f"see `lksig {name} --help`" if name else "see `lksig --help`"
    )


def _tell(exc: Any, environ: Environ, *, is_json: bool) -> int:
    """Say what went wrong, on stderr."""
    from lksig.render.errors import error_json, error_lines

    if is_json:
        _complain(environ, error_json(exc))
    else:
        for line in error_lines(exc, colour=environ.wants_colour(environ.stderr), width=environ.width(environ.stderr)):
            _complain(environ, line)
    return int(exc.exit_code)


def _bug(exc: Exception, environ: Environ, *, is_json: bool) -> int:
    import traceback

    from lksig.errors import LksigError

    if environ.variable("LKSIG_TRACEBACK"):
        _complain(environ, "".join(traceback.format_exception(exc)))
    place = traceback.extract_tb(exc.__traceback__)[-1]
    text = f"this is a bug in lksig: {type(exc).__name__} in {place.name}, line {place.lineno}"
    bug = LksigError(text, code="bug", hint="please report it; LKSIG_TRACEBACK=1 shows more")
    _tell(bug, environ, is_json=is_json)
    return BUG_EXIT


def _reader_gone(environ: Environ) -> int:
    """Stop quietly; what Python would still flush at exit goes nowhere."""
    import os

    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, environ.stdout.fileno())
    return READER_GONE_EXIT


def _complain(environ: Environ, line: str) -> None:
    try:
        environ.stderr.write(line + "\n")
        environ.stderr.flush()
    except OSError:
        pass  # nobody listens; the exit code still tells
