"""docs/reference/exit-codes.md: the numbers of `lksig.exit_codes`, what they mean, and a command that ends so.

The commands are run by `tests/docs/test_exit_codes.py`, against an embedded server at URL in a fresh room.
"""

from __future__ import annotations

from docs.generators.markdown import code, page, table
from lksig.exit_codes import PRECEDENCE, ExitCode

PATH = "docs/reference/exit-codes.md"
SOURCE = "`lksig/exit_codes.py`"

MEANINGS: dict[ExitCode, str] = {
    ExitCode.DONE: "Done. Of `listen`: `-n` or `--until` was satisfied. Of `send`: every request was answered, or "
    "handled without objection.",
    ExitCode.CHECK_FAILED: "A check or comparison did not hold, or a request was refused.",
    ExitCode.USAGE: "Bad usage or bad input: an option, URL, file, request or filter. Nothing was sent.",
    ExitCode.TRANSPORT: "Could not connect, or the connection was lost without a close frame.",
    ExitCode.AUTH: "Not authorised, or no credentials.",
    ExitCode.UNDECODABLE: "Undecodable data: seen under `--strict`, or given to `decode`. Nothing is hidden; this is "
    "said at the end.",
    ExitCode.DEADLINE: "An awaited message did not come within `--timeout`.",
    ExitCode.RECORDING: "A recording that cannot be read, or is incomplete. Everything that is whole is shown first.",
    ExitCode.ENDED: "The server ended the session before the work was done, by `leave` or by a close frame.",
    ExitCode.BUG: "A bug in lksig; `LKSIG_TRACEBACK=1` shows where.",
    ExitCode.INTERRUPTED: "Ctrl-C. A session is left politely first. `serve` ends with 0.",
    ExitCode.READER_GONE: "The reader of standard output went away (`| head`).",
    ExitCode.TERMINATED: "SIGTERM, handled as Ctrl-C. `serve` ends with 0.",
}

EXAMPLES: dict[ExitCode, str] = {
    ExitCode.DONE: "lksig send URL ping",
    ExitCode.CHECK_FAILED: "lksig send URL mute sid=TR_nope muted=true",
    ExitCode.USAGE: "lksig send URL add_track cid=cam1 type=VIDOE",
    ExitCode.TRANSPORT: "lksig listen ws://127.0.0.1:1 --room r",
    ExitCode.AUTH: "lksig listen URL --room r --api-secret wrong",
    ExitCode.UNDECODABLE: "lksig decode 0aff",
    ExitCode.DEADLINE: "lksig listen URL --until room_moved --timeout 0.1",
    ExitCode.RECORDING: "lksig show README.md",
    ExitCode.ENDED: "lksig send URL simulate server_leave=true",
}
"""The others come from a signal, from a reader that goes away, or from a mistake of ours."""


def text() -> str:
    """The page."""
    rows = [
        [str(exit_code.value), MEANINGS[exit_code], code(EXAMPLES[exit_code]) if exit_code in EXAMPLES else ""]
        for exit_code in ExitCode
    ]
    order = ", ".join(str(exit_code.value) for exit_code in PRECEDENCE[:-1])
    return page(
        "Exit codes",
        SOURCE,
        "The numbers stay fixed; scripts can rely on them.",
        table(["code", "meaning", "for example"], rows),
        f"Where several causes meet, the first of {order} counts. What went wrong is told on standard error, with a "
        "code that can be searched for: see [errors.md](errors.md).",
    )
