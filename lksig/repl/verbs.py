"""The commands of the prompt that are no requests, as a table: `/name` and what stands behind it.

Completion, `/help` and the reference in docs/ are made from it. What a command does is the function `<name>_verb` of
the module `lksig.repl.verbs_<subject>`, loaded when it is first used: the first prompt does not wait for all of them.
"""

from __future__ import annotations

from typing import Literal

from lksig.records import record

ArgumentKind = Literal[
    "case", "message", "sent", "view", "filter", "path", "request", "participant", "word", "text", "name"
]
"""`message` is a number, `sent` that of a request, `path` a file, `request` the fields of a request, `name` anything
`lksig schema` knows."""

VIEWS = ("tree", "json", "hex", "wire", "sdp")
"""How one message can be shown."""

SWITCH = ("on", "off")


@record
class Argument:
    """One word behind a command, or with `takes_rest` everything behind it."""

    kind: ArgumentKind
    choices: tuple[str, ...] = ()
    """All that a `word` or `view` may be, and what a `text` may begin with."""
    is_optional: bool = True
    takes_rest: bool = False


@record
class Verb:
    """One command."""

    name: str
    subject: str
    """The module that does it: `lksig.repl.verbs_<subject>`."""
    usage: str
    """As it is typed, with the slash."""
    help: str
    """One line: what it does."""
    arguments: tuple[Argument, ...] = ()
    is_view: bool = False
    """It prints something: ` | PROGRAM` behind it pipes that."""


_SWITCH = Argument("word", SWITCH)
_TEXT = Argument("text", takes_rest=True)

_ALL = (
    Verb("help", "views", "/help [NAME]", "the commands; a command, case, message or field", (Argument("name"),), True),
    Verb("state", "views", "/state", "the room as it is now: people, tracks, negotiation, wishes", (), True),
    Verb(
        "show",
        "views",
        "/show [N] [tree|json|hex|wire|sdp]",
        "message N whole; without N the last one",
        (Argument("message"), Argument("view", VIEWS)),
        True,
    ),
    Verb("detail", "screen", "/detail [on|off]", "show every message as a tree, or as a line again", (_SWITCH,)),
    Verb(
        "filter",
        "screen",
        "/filter [EXPR|off]",
        "show only what matches; nothing is lost, `/show` has it all",
        (Argument("filter", ("off",), takes_rest=True),),
    ),
    Verb(
        "quiet",
        "screen",
        "/quiet [on|off]",
        "show only what you typed and what answers it",
        (_SWITCH,),
    ),
    Verb(
        "resend",
        "wire",
        "/resend N [FIELD=VALUE… -FIELD…]",
        "send request N again, with fields changed or left out",
        (Argument("sent", is_optional=False), Argument("request", takes_rest=True)),
    ),
    Verb("latency", "views", "/latency", "how long answers took, by pair: count, p50, p99, slowest", (), True),
    Verb("ping", "wire", "/ping", "send a `ping_req` and show what answers it"),
    Verb("fence", "wire", "/fence", "find out whether the server has handled everything so far"),
    Verb(
        "raw",
        "wire",
        "/raw hex:…|b64:…|@FILE",
        "send exactly these bytes as a binary frame",
        (Argument("text", ("hex:", "b64:"), is_optional=False, takes_rest=True),),
    ),
    Verb(
        "text",
        "wire",
        "/text TEXT|@FILE",
        "send exactly this as a text frame",
        (Argument("text", is_optional=False, takes_rest=True),),
    ),
    Verb(
        "ws",
        "wire",
        "/ws ping [TEXT] | /ws close [CODE [REASON]]",
        "a WebSocket ping, or a close frame",
        (Argument("word", ("ping", "close"), is_optional=False), _TEXT),
    ),
    Verb("drop", "session", "/drop", "cut the connection without goodbye"),
    Verb("resume", "session", "/resume", "keep the participant over a second socket, opened before the first closes"),
    Verb("rejoin", "session", "/rejoin", "start over: leave, and join anew"),
    Verb("leave", "session", "/leave", "leave politely and stay at the prompt"),
    Verb(
        "use",
        "session",
        "/use [IDENTITY]",
        "speak as somebody else in this room; who is new joins; without a name, who is there",
        (Argument("participant"),),
    ),
    Verb(
        "record",
        "files",
        "/record start FILE | stop | mark TEXT",
        "write the session into a file, from its beginning; name a place in it",
        (Argument("word", ("start", "stop", "mark")), Argument("path", takes_rest=True)),
    ),
    Verb(
        "save",
        "files",
        "/save FILE",
        "write what happened so far into a recording",
        (Argument("path", is_optional=False, takes_rest=True),),
    ),
    Verb(
        "edit",
        "files",
        "/edit CASE",
        "fill in a request with all its fields in $EDITOR, and send it",
        (Argument("case", is_optional=False),),
    ),
    Verb(
        "auto",
        "screen",
        "/auto [ping|fence|sync|rejoin on|off]",
        "what lksig does by itself",
        (Argument("word", ("ping", "fence", "sync", "rejoin")), _SWITCH),
    ),
    Verb("quit", "session", "/quit", "leave politely and end"),
)

VERBS: dict[str, Verb] = {verb.name: verb for verb in _ALL}
"""By name, in the order of `/help`."""

BARE = {"help": "help", "?": "help", "exit": "quit", "quit": "quit", "\\q": "quit"}
"""What works without the slash, because other prompts have taught it."""
