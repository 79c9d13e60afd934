"""Where the process begins and ends: errors become exit codes here, and nowhere else.

`--version` is answered before anything is imported: people and scripts ask it often.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # not typing's: importing it costs a third of what `python -c pass` does, before `--version`
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TextIO

    from lksig.environ import Environ

GC_THRESHOLD = 200_000
"""Objects between two collections. Python's 700 makes it walk everything again and again while modules load, for a
tenth of a command's time; with this many no command starts one while loading. Messages are no cycles, so memory does
not notice (see benchmarks)."""

BUG_EXIT = 70
READER_GONE_EXIT = 141
INTERRUPTED_EXIT = 130
TERMINATED_EXIT = 143


def main() -> None:
    """The `lksig` command."""
    words = sys.argv[1:]
    if words in (["--version"], ["-V"]):
        import lksig

        print(f"lksig {lksig.__version__}")
        sys.exit(0)
    import gc
    import signal

    gc.set_threshold(GC_THRESHOLD)
    from lksig.environ import Environ

    terminations: list[int] = []

    def terminate(number: int, frame: object) -> None:
        """SIGTERM is a Ctrl-C with an exit code of its own. Commands with an event loop see to it themselves."""
        terminations.append(number)
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, terminate)
    environ = Environ.of_process()
    code = run(words, environ)
    if terminations and code == INTERRUPTED_EXIT:
        code = TERMINATED_EXIT
    # The interpreter's last collections look for cycles in everything, for another tenth of a command's time; what is
    # frozen is left to the system.
    gc.freeze()
    _let_go(environ.stderr)
    sys.exit(code)


def run(words: Sequence[str], environ: Environ) -> int:
    """Run one command line.

    Returns:
        The exit code.
    """
    from lksig.errors import LksigError

    is_json = "--json" in words
    streams = sys.stdout, sys.stderr
    try:
        code = _dispatch(list(words), environ)
    except LksigError as exc:
        code = _tell(exc, environ, is_json=is_json)
    except BrokenPipeError:
        return _reader_gone(environ)
    except KeyboardInterrupt:
        code = INTERRUPTED_EXIT
    except SystemExit as exc:
        # Typer makes an exit 1 of a broken pipe, whatever it is asked, and puts something around the streams.
        if not isinstance(exc.__context__, BrokenPipeError):
            raise
        sys.stdout, sys.stderr = streams
        return _reader_gone(environ)
    except OSError as exc:
        if not _is_full(exc):
            return _bug(exc, environ, is_json=is_json)
        return _unwritable(exc, environ, is_json=is_json)
    except Exception as exc:  # noqa: BLE001  # the one place: whatever reaches it is our bug
        return _bug(exc, environ, is_json=is_json)
    return _flushed(code, environ, is_json=is_json)


def _dispatch(words: list[str], environ: Environ) -> int:
    import os

    from lksig.cli import app, argv

    name, words = argv.command_of(words, os.path.isfile)
    group = app.build([name]) if name is not None else app.summary()
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
    text = " ".join(text.split()).rstrip(".") or "no command was given"
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
    """Stop quietly."""
    _discard(environ.stdout)
    return READER_GONE_EXIT


def _discard(stream: TextIO) -> None:
    """Let what Python would still flush at exit go nowhere: where that fails, it exits with 120."""
    import os

    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, stream.fileno())


def _let_go(stream: TextIO) -> None:
    try:
        stream.flush()
    except OSError:
        _discard(stream)


def _is_full(exc: OSError) -> bool:
    """Whether a stream takes nothing more; files that commands write have a name, and tell it themselves."""
    import errno

    return exc.filename is None and exc.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def _unwritable(exc: OSError, environ: Environ, *, is_json: bool) -> int:
    from lksig.errors import InputError

    _discard(environ.stdout)
    error = InputError(f"cannot write the output: {exc.strerror}", code="output-unwritable", layer="file")
    return _tell(error, environ, is_json=is_json)


def _flushed(code: int, environ: Environ, *, is_json: bool) -> int:
    """The exit code when what was printed has also been written."""
    try:
        environ.stdout.flush()
    except BrokenPipeError:
        return _reader_gone(environ)
    except OSError as exc:
        if code in (0, 1):
            return _unwritable(exc, environ, is_json=is_json)
        _discard(environ.stdout)  # whatever else went wrong has been told, a screen's full disk too
    return code


def _complain(environ: Environ, line: str) -> None:
    try:
        environ.stderr.write(line + "\n")
        environ.stderr.flush()
    except OSError:
        pass  # nobody listens; the exit code still tells
