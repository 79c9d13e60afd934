"""Requests in the user's editor: `/edit CASE` with all fields and what they mean, Ctrl-X Ctrl-E with the line.

A request is edited as commented text: fields begin with `# ` and are set by taking that away; what explains them begins
with `## `. What is left without the comments is the request, in the grammar of the prompt.

Rule: the file is readable by its user only and is gone when the editor is.
"""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lksig.errors import InputError

if TYPE_CHECKING:
    from lksig.environ import Environ

COMMENT = "#"
FALLBACKS = ("editor", "nano", "vi")
"""Tried where neither VISUAL nor EDITOR is set."""

RunProgram = Callable[[str], Awaitable[int]]
"""Lets a command have the terminal; gives its exit code."""

_HEAD = """\
## Take the `# ` from the fields to set. Lines with `#` are not sent.
## Nothing is sent when the file is left as it is, is empty, or the editor fails (vi: `:cq`).
"""


def skeleton_text(case: str) -> str:
    """A request with all its fields, each commented out, with type, unit and documentation."""
    from lksig.schema.docs import summary
    from lksig.schema.lexer import Span, split_assignment, split_line
    from lksig.schema.pool import TO_SERVER, case_fields
    from lksig.schema.signature import signature
    from lksig.schema.skeleton import skeleton

    line = skeleton(case_fields(TO_SERVER)[case])
    _, *words = split_line(line)
    rows = [f"## {summary(case_fields(TO_SERVER)[case])}".rstrip(), _HEAD.rstrip("\n"), case]
    for word in words:
        parts = split_assignment(Span(line, word.start, word.end))
        about = signature(line, parts.path.end if parts is not None else word.end)
        if about is not None and not about.is_case:
            unit = f" [{about.unit}]" if about.unit else ""
            rows.append(f"## {about.type}{unit}: {about.doc}".rstrip(": "))
        rows.append(f"# {word.text}")
    return "\n".join(rows) + "\n"


def uncommented(text: str) -> str:
    """What is left without comments and empty lines."""
    rows = (row.rstrip() for row in text.split("\n"))
    return "\n".join(row for row in rows if row.strip() and not row.lstrip().startswith(COMMENT))


def editor_command(environ: Environ) -> str:
    """The user's editor.

    Raises:
        InputError: there is none.
    """
    for name in ("VISUAL", "EDITOR"):
        command = environ.variable(name)
        if command is not None:
            return command
    for fallback in FALLBACKS:
        if shutil.which(fallback, path=environ.variable("PATH")) is not None:
            return fallback
    raise InputError("there is no editor", code="no-editor", hint="set `EDITOR`")


async def edit(text: str, environ: Environ, run: RunProgram) -> str | None:
    """The text as it comes back from the editor; None where the editor failed.

    Raises:
        InputError: there is no editor, or the file cannot be made or read.
    """
    command = editor_command(environ)
    try:
        fd, name = tempfile.mkstemp(prefix="lksig-", suffix=".txt")  # 0600
        try:
            with os.fdopen(fd, "w", encoding="utf-8", errors="surrogateescape") as file:
                file.write(text)
            code = await run(f"{command} {shlex.quote(name)}")
            if code:
                return None
            return _read(name)
        finally:
            os.unlink(name)
    except (OSError, UnicodeDecodeError) as exc:
        why = getattr(exc, "strerror", None) or "it is not UTF-8"
        raise InputError(f"cannot edit: {why}", code="no-editor", layer="file") from exc


def _read(name: str) -> str:
    return Path(name).read_text("utf-8")
