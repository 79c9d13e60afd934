"""The reference of the command line holds every command and option, in our own words."""

from __future__ import annotations

import re

from docs.generators import cli
from docs.generators.cli import Group, Option, groups_of, shared_groups
from lksig.cli.app import COMMANDS, build

TEXT = cli.text()
TREE = build(COMMANDS)


def section(name: str) -> str:
    found = re.search(rf"^## lksig {name}\n(.*?)(?=^## )", TEXT, re.MULTILINE | re.DOTALL)
    assert found, name
    return found[1]


def test_every_command_has_a_section_and_a_line() -> None:
    for name in COMMANDS:
        assert f"[`lksig {name}`](#lksig-{name})" in TEXT
        assert f"lksig {name} [OPTIONS]" in section(name)


def test_every_option_is_there() -> None:
    for command in TREE.commands.values():
        for param in command.params:
            for name in (*param.opts, *param.secondary_opts):
                if name.startswith("-") and name not in ("--help", "-h"):
                    assert re.search(rf"`{name}[ `]", TEXT), name


def test_what_typer_words_differently_from_version_to_version_is_left_out() -> None:
    assert not re.search(r"<str>|<int>|\[default|\[required|Usage:", TEXT)
    assert "--help`" in TEXT  # only where we speak of it ourselves
    assert "`-h`" not in TEXT


def test_a_shared_group_stands_once() -> None:
    assert TEXT.count("`--token-file FILE`") == 1
    assert "[Server and credentials](#server-and-credentials)" in section("send")
    assert "Server and credentials" not in section("decode")


def test_only_equal_groups_are_shared() -> None:
    one, other = Group("Output", (Option("`-a`", "x"),)), Group("Output", (Option("`-b`", "x"),))
    assert shared_groups([[one], [other]]) == {}
    assert shared_groups([[one], [other], [one]]) == {"Output": one.options}
    assert shared_groups([[Group("Options", one.options)], [Group("Options", one.options)]]) == {}


def test_an_option_shows_its_value_and_what_holds_without_it() -> None:
    send = {option.name: option.text for group in groups_of(TREE.commands["send"]) for option in group.options}
    assert send["`--timeout S`"].endswith("Default: `5`.")
    assert send["`-n`, `--count N`"] == "Stay for N messages."
    assert send["`--fence`, `--no-fence`"].endswith("Default: on.")
    assert send["`-v`, `--verbose`"].endswith("May be given twice.")
    assert "`--help`" not in send
