"""docs/reference/cli.md: every command and option, read from the tree that Typer builds.

Only names, our own help texts and defaults are taken: how Typer words and lays out its help differs between versions.
Groups of options that several commands have are shown once, at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from docs.generators.markdown import code, page, table

PATH = "docs/reference/cli.md"
SOURCE = "`lksig/cli`"

_INTRO = """\
Options may stand anywhere among the words of `send`, `listen`, `record` and `encode`; `lksig COMMAND --help` prints
the same, and [exit-codes.md](exit-codes.md) says how a command ends. `URL` is the first word that starts with `ws://`,
`wss://`, `http://` or `https://`; `listen` and `record` also take `localhost`, `host:7880` and `:7880`. `-` is standard
input or output wherever a file is named."""

_UNNAMED = "Options"
_COUNTED = "May be given twice."


@dataclass(frozen=True, slots=True)
class Option:
    """An option or argument, as a row of a table."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """Options that stand together in the help, under one title."""

    title: str
    options: tuple[Option, ...]


def text() -> str:
    """The page."""
    from lksig.cli.app import COMMANDS, build

    tree = build(COMMANDS)
    groups = {name: groups_of(command) for name, command in tree.commands.items()}
    shared = shared_groups(groups.values())
    blocks = [_INTRO, table(["command", "in one line"], _overview(tree.commands))]
    for name, command in tree.commands.items():
        blocks += _command(name, command, groups[name], shared)
    blocks.append("## Options that several commands have")
    for title, users in _titles(groups, shared).items():
        blocks += [f"### {title}", f"Of {_listed(users)}.", _options(shared[title])]
    blocks += ["## lksig", _options([_option(param) for param in tree.params if not _is_help(param)])]
    return page("Commands and options", SOURCE, *blocks)


def _overview(commands: dict[str, Any]) -> Iterator[list[str]]:
    for name, command in commands.items():
        yield [f"[`lksig {name}`](#lksig-{name})", _paragraphs(command.help)[0]]


def _command(name: str, command: Any, groups: list[Group], shared: dict[str, tuple[Option, ...]]) -> Iterator[str]:
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    yield f"## lksig {name}"
    yield "```\n" + " ".join(["lksig", name, "[OPTIONS]", *(param.metavar for param in arguments)]) + "\n```"
    yield from _paragraphs(command.help)
    if arguments:
        yield table(["argument", ""], ([code(param.metavar), param.help] for param in arguments))
    own = [group for group in groups if shared.get(group.title) != group.options]
    for group in own:
        yield (f"**{group.title}**\n\n" if group.title != _UNNAMED else "") + _options(group.options)
    others = [group.title for group in groups if group not in own]
    if others:
        yield "Also: " + ", ".join(f"[{title}](#{_anchor(title)})" for title in others) + "."


def groups_of(command: Any) -> list[Group]:
    """The options of a command by their titles, in the order of its help."""
    found: dict[str, list[Option]] = {}
    for param in command.params:
        if param.param_type_name == "option" and not param.hidden and not _is_help(param):
            found.setdefault(param.rich_help_panel or _UNNAMED, []).append(_option(param))
    return [Group(title, tuple(options)) for title, options in found.items()]


def shared_groups(commands: Iterable[list[Group]]) -> dict[str, tuple[Option, ...]]:
    """The groups that more than one command has in the same form; of a title with several forms the first such."""
    users: dict[Group, int] = {}
    for groups in commands:
        for group in groups:
            users[group] = users.get(group, 0) + 1
    shared: dict[str, tuple[Option, ...]] = {}
    for group, count in users.items():
        if count > 1 and group.title != _UNNAMED:
            shared.setdefault(group.title, group.options)
    return shared


def _titles(groups: dict[str, list[Group]], shared: dict[str, tuple[Option, ...]]) -> dict[str, list[str]]:
    """Title of each shared group → the commands that have it."""
    return {
        title: [name for name, own in groups.items() if Group(title, options) in own]
        for title, options in shared.items()
    }


def _options(options: Sequence[Option]) -> str:
    return table(["option", ""], ([option.name, option.text] for option in options))


def _option(param: Any) -> Option:
    names = sorted([*param.opts, *param.secondary_opts], key=lambda name: (name.startswith("--"), "--no-" in name))
    value = "" if param.is_flag or param.count else f" {param.metavar or _value_name(param)}"
    words = [param.help, _COUNTED if param.count else "", _default(param)]
    return Option(
        ", ".join(code(name + (value if name == names[-1] else "")) for name in names), " ".join(filter(None, words))
    )


def _value_name(param: Any) -> str:
    kind = type(param.type).__name__
    return {"IntParamType": "N", "FloatParamType": "X"}.get(kind, "TEXT")


def _default(param: Any) -> str:
    """What holds without the option, where that is worth a word and the help does not say it."""
    value = param.default
    said = re.search(r"\bdefault|\bunless told", param.help)
    if value in (None, False, [], "") or param.count or said or value == 0.0:
        return ""
    shown = "on" if value is True else f"{value:g}" if isinstance(value, float) else str(value)
    return f"Default: {code(shown) if value is not True else shown}."


def _is_help(param: Any) -> bool:
    return "--help" in param.opts


def _paragraphs(text: str) -> list[str]:
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]


def _listed(names: Sequence[str]) -> str:
    shown = [code(name) for name in names]
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]


def _anchor(title: str) -> str:
    return re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")
