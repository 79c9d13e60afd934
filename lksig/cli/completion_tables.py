"""What the static completion scripts offer, as tables: commands, options, the cases, fields and values of requests.

Everything is read from the commands that Typer builds and from the schema. Only what neither can say stands here: the
values of an option whose type is a text, and what the words of a command are. The scripts of the shells
(`completions_bash` and its neighbours) are these tables and a few lines that look things up; no Python runs on Tab.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

from lksig.records import record

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor

Entry = tuple[str, str]
"""A word, and its meaning in one line."""

Words = Literal["requests", "filters", "names", "none"]
"""What the words of a command are: requests, a filter, names of the schema, or nothing lksig could list."""

MAX_DEPTH = 8
"""Of paths; nothing in the schema is deeper."""
MAX_MEANING = 72
"""Characters; menus show one line."""


@record
class Option:
    """One option of a command."""

    names: tuple[str, ...]
    meaning: str
    takes_value: bool = False
    is_file: bool = False
    """Its value is the name of a file."""
    values: tuple[str, ...] = ()


@record
class Command:
    """One command."""

    name: str
    meaning: str
    options: tuple[Option, ...]
    files: int
    """How many names of files come before its other words."""
    words: Words
    fixed: tuple[tuple[Entry, ...], ...] = ()
    """What its first words can be, place by place."""


@record
class Tables:
    """Everything the scripts offer."""

    commands: tuple[Command, ...]
    root: tuple[Option, ...]
    cases: tuple[Entry, ...]
    fields: dict[str, tuple[Entry, ...]]
    """`add_track layers.0.` → the words that can follow: `quality=`; behind the case alone `cid=`, `layers.0.`"""
    values: dict[str, tuple[Entry, ...]]
    """`add_track layers.0.quality` → its values."""
    filters: tuple[Entry, ...]
    names: tuple[Entry, ...]


SHELLS = ("bash", "zsh", "fish", "powershell")
ACTIONS = (("show", "print the script"), ("install", "write it where the shell looks for it"))

_WORDS: dict[str, tuple[int, Words]] = {
    "connect": (0, "filters"),
    "send": (0, "requests"),
    "listen": (0, "filters"),
    "record": (1, "filters"),
    "show": (1, "filters"),
    "replay": (1, "filters"),
    "diff": (2, "filters"),
    "import": (2, "none"),
    "export": (1, "none"),
    "redact": (2, "none"),
    "decode": (1, "none"),
    "encode": (0, "requests"),
    "schema": (0, "names"),
    "serve": (0, "none"),
    "completions": (0, "none"),
}
"""Command → how many files it names first, and what its other words are."""


def tables() -> Tables:
    """The tables of this version of lksig."""
    from lksig.cli.app import COMMANDS, build
    from lksig.schema.pool import TO_SERVER, case_fields

    tree = build(COMMANDS)
    cases = case_fields(TO_SERVER)
    fields: dict[str, tuple[Entry, ...]] = {}
    values: dict[str, tuple[Entry, ...]] = {}
    for name, field in cases.items():
        if field.message_type is not None:
            _walk(f"{name} ", field.message_type, fields, values)
    return Tables(
        tuple(_command(name, command) for name, command in tree.commands.items()),
        tuple(_option("", param) for param in tree.params),
        tuple((name, _about(field)) for name, field in cases.items()),
        fields,
        values,
        tuple(_filter_words()),
        tuple(_schema_names()),
    )


def one_line(text: str) -> str:
    """The first sentence of a help text, short enough for a menu and without characters that mean something there."""
    from lksig.schema.docs import first_sentence

    told = first_sentence(text).removesuffix(".").replace("`", "'").replace("\\", "/")
    if len(told) <= MAX_MEANING:
        return told
    return told[: MAX_MEANING - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


# --- commands -------------------------------------------------------------------------------------------------------


def _command(name: str, command: Any) -> Command:
    files, words = _WORDS[name]
    shells = tuple((shell, "") for shell in SHELLS)
    fixed = (ACTIONS, shells) if name == "completions" else ()
    options = tuple(_option(name, param) for param in command.params if param.param_type_name == "option")
    return Command(name, one_line(command.help), (*options, _HELP), files, words, fixed)


_HELP = Option(("--help", "-h"), "Show what the command takes")


def _option(command: str, param: Any) -> Option:
    names = (*param.opts, *param.secondary_opts)
    takes_value = not (param.is_flag or param.count)
    values = _option_values(command, param.opts[0]) if takes_value else ()
    return Option(names, one_line(param.help or ""), takes_value, takes_value and param.metavar == "FILE", values)


def _option_values(command: str, name: str) -> tuple[str, ...]:
    """The values of an option of which there is a list."""
    from lksig.cli import decode, encode, export, presenting, screen
    from lksig.schema.pool import enum_descriptor
    from lksig.wire.sdk_profiles import SDK_NAMES

    lists: dict[str, Sequence[str]] = {
        "--format": decode.TEXT_FORMATS if command == "decode" else screen.FORMATS,
        "--times": screen.TIMES,
        "--path": ("v1", "v0", "auto"),
        "--as": SDK_NAMES,
        "--token-in": presenting.PLACES,
        "encode --to": encode.FORMS,
        "export --to": export.KINDS,
    }
    enums = {"--capability": "ClientInfo.Capability", "--reconnect-reason": "ReconnectReason"}
    if name in enums:
        return tuple(value.name for value in enum_descriptor(enums[name]).values)
    return tuple(lists.get(f"{command} {name}", lists.get(name, ())))


# --- the schema -----------------------------------------------------------------------------------------------------


def _about(field: Any) -> str:
    from lksig.schema.suggestions import about_field

    return one_line(about_field(field))


def _walk(
    place: str, message: Descriptor, fields: dict[str, tuple[Entry, ...]], values: dict[str, tuple[Entry, ...]]
) -> None:
    """Note the fields of a message and of the messages in it. `place` is the case, and the path with its dot."""
    from lksig.schema.paths import is_map

    entries: list[Entry] = []
    for field in sorted(message.fields, key=lambda field: (bool(field.GetOptions().deprecated), field.number)):
        inner = field.message_type
        if is_map(field):
            entries.append((f"{field.name}.", _about(field)))
        elif inner is not None and inner.fields and place.count(".") < MAX_DEPTH:
            path = f"{field.name}.0." if field.is_repeated else f"{field.name}."
            entries.append((path, _about(field)))
            _walk(place + path, inner, fields, values)
        else:
            entries.append((f"{field.name}{'+=' if field.is_repeated else '='}", _about(field)))
            if found := tuple(_values(field)):
                values[place + field.name] = found
    fields[place] = tuple(entries)


def _values(field: Any) -> Iterator[Entry]:
    from lksig.schema.suggest_values import value_items
    from lksig.schema.suggestions import NothingKnown

    return ((item.text, one_line(item.meaning)) for item in value_items(field, NothingKnown()))


def _filter_words() -> Iterator[Entry]:
    from lksig.schema.suggest_filter import suggest_filter
    from lksig.schema.suggestions import NothingKnown

    yield from ((item.text, one_line(item.meaning)) for item in suggest_filter("", 0, NothingKnown()).items)
    yield from (("and", "both"), ("or", "one of them"))


def _schema_names() -> Iterator[Entry]:
    from lksig.schema.docs import summary
    from lksig.schema.filter import cases
    from lksig.schema.lookup import enums, messages

    yield from ((name, _about(field)) for name, field in cases().items())
    for name, element in (*messages().items(), *enums().items()):
        yield name, one_line(summary(element))
