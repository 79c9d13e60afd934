"""What a typed line is: a command of the prompt, a program, or requests."""

from __future__ import annotations

import importlib
import inspect

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.repl.lines import Command, Program, Requests, read
from lksig.repl.verbs import BARE, VERBS
from tests.support.typed import mistake


def command(line: str) -> Command:
    typed = read(line)
    assert isinstance(typed, Command)
    return typed


@pytest.mark.parametrize("line", ["", "   ", "# a comment", "  # one more"])
def test_lines_that_ask_for_nothing(line: str) -> None:
    assert read(line) is None


@pytest.mark.parametrize("line", ["ping", '{"ping": 5}', "mute sid=/show", "helpless", "quit now", "exit=1"])
def test_everything_else_is_left_to_the_grammar(line: str) -> None:
    assert read(line) == Requests()


@pytest.mark.parametrize("line", BARE)
def test_what_works_without_the_slash(line: str) -> None:
    assert command(f" {line} ").verb is VERBS[BARE[line]]


def test_a_command_and_its_words() -> None:
    typed = command(' /resend 4  name="Ann B." -source ')
    assert typed.verb is VERBS["resend"]
    assert typed.rest.text == '4  name="Ann B." -source'
    assert [word.text for word in typed.words] == ["4", 'name="Ann B."', "-source"]
    assert [word.start for word in typed.words] == [9, 12, 26]
    assert command("/?").verb is VERBS["help"]
    assert command("help mute").rest.text == command("? mute").rest.text == "mute"


def test_a_view_may_be_piped() -> None:
    typed = command("/show 4 json | jq . | head -1")
    assert (typed.rest.text, typed.program and typed.program.text) == ("4 json", "jq . | head -1")
    assert command("/state|wc").program is not None
    # What is sent or looked for may hold a bar.
    assert command("/text a | b").rest.text == "a | b"
    assert command("/filter ping | pong").program is None


def test_programs() -> None:
    typed = read("! echo a | b")
    assert isinstance(typed, Program)
    assert (typed.command.text, typed.is_pipe) == ("echo a | b", False)
    piped = read("| jq .")
    assert isinstance(piped, Program)
    assert (piped.command.text, piped.is_pipe) == ("jq .", True)


@pytest.mark.parametrize(
    ("line", "text", "marked"),
    [
        ("/shwo 4", "there is no command `/shwo` (did you mean /show?)", "shwo"),
        ("/", "there is no command `/`", " "),
        ("/ show", "there is no command `/`", " "),
        ("!", "no program behind `!`", "!"),
        ("|  ", "no program behind `|`", "|"),
        ("/show 4 | ", "no program behind `|`", "|"),
        ("/ping 5", "`/ping` takes nothing behind it", "5"),
        ("/state now | wc", "`/state` takes nothing behind it", "now"),
    ],
)
def test_mistakes(line: str, text: str, marked: str) -> None:
    found = mistake(read, line)
    assert (found.text, found.marked or " ") == (text, marked)
    assert found.source == line


@example("\xa0", "")
@given(st.text(max_size=40), st.sampled_from(["", "/", "/show ", "/ws ", "! ", "| "]))
def test_any_text_is_something_or_a_mistake(text: str, before: str) -> None:
    typed, source = None, before + text
    try:
        typed = read(before + text)
    except InputError as error:
        source = error.source or ""
    assert source == before + text
    if isinstance(typed, Command):
        assert all(word.text == word.source[word.start : word.end] for word in typed.words)


class TestTheTable:
    @pytest.mark.parametrize("name", VERBS)
    def test_each_has_its_function(self, name: str) -> None:
        verb = VERBS[name]
        module = importlib.import_module(f"lksig.repl.verbs_{verb.subject}")
        assert inspect.iscoroutinefunction(getattr(module, f"{name}_verb"))
        assert verb.usage.startswith(f"/{name}")
        assert not verb.help.endswith(".")

    def test_nobody_else_has_one(self) -> None:
        for subject in {verb.subject for verb in VERBS.values()}:
            module = importlib.import_module(f"lksig.repl.verbs_{subject}")
            names = {name.removesuffix("_verb") for name in vars(module) if name.endswith("_verb")}
            assert names == {verb.name for verb in VERBS.values() if verb.subject == subject}

    def test_only_the_last_argument_takes_the_rest(self) -> None:
        for verb in VERBS.values():
            assert not any(argument.takes_rest for argument in verb.arguments[:-1])
            assert [argument.is_optional for argument in verb.arguments] == sorted(
                argument.is_optional for argument in verb.arguments
            )
