"""docs/reference/prompt.md: what can be typed at the prompt of `lksig connect`, from the table of its commands."""

from __future__ import annotations

from docs.generators.markdown import code, codes, page, table
from lksig.repl.verbs import BARE, VERBS, Verb
from lksig.repl.verbs_screen import AUTO
from lksig.session.recent import MAX_BYTES, MAX_MESSAGES

PATH = "docs/reference/prompt.md"
SOURCE = "`VERBS` in `lksig/repl/verbs.py`"

_ABOUT = """\
Every line of `lksig connect` is one of these, at a terminal and in a script alike. [The prompt](../how-to/prompt.md)
shows how it is used."""

_LINES = [
    (
        "`CASE FIELD=VALUE…`",
        "One request, or several: the grammar of [`send`](../how-to/send.md), references and JSON too.",
    ),
    ("`/COMMAND …`", "A command of the table below."),
    ("`/VIEW … | PROGRAM`", "What a command shows, into a program of the shell."),
    ("`| PROGRAM`", "The last view once more."),
    ("`! PROGRAM`", "A program of the shell."),
    ("`# …`", "A comment; so are empty lines. `\\` at the end of a line continues it."),
]

SUBJECTS = {
    "views": "Look",
    "screen": "What is shown",
    "wire": "Frames",
    "session": "Sessions and participants",
    "files": "Files",
}
"""Headings, by the module that does a command."""


def text() -> str:
    """The page."""
    blocks: list[str] = []
    for subject, title in SUBJECTS.items():
        verbs = [verb for verb in VERBS.values() if verb.subject == subject]
        blocks += [f"## {title}", table(["typed", "does"], ([_usage(verb), _help(verb)] for verb in verbs))]
    automatic = table(["name", "what"], ([code(name), does] for name, does in AUTO.items()))
    return page(
        "What can be typed at the prompt",
        SOURCE,
        _ABOUT,
        table(["line", "meaning"], _LINES),
        f"{codes(BARE)} work without the slash.",
        *blocks,
        "## What lksig does by itself",
        "`/auto` says and sets it.",
        automatic,
        _held(),
    )


def _usage(verb: Verb) -> str:
    return code(verb.usage)


def _help(verb: Verb) -> str:
    return f"{verb.help}; may be piped" if verb.is_view else verb.help


def _held() -> str:
    return (
        f"## How far back\n\n`/show` and `%N` reach the last {MAX_MESSAGES} messages ({MAX_BYTES >> 20} MiB), and all "
        "of them while a recording is being written. Beyond that the answer says so."
    )
