"""Words before Typer sees them: which command, and options wherever they stand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.cli.app import COMMANDS, build
from lksig.cli.argv import Options, command_of, options_first
from lksig.entry import _options
from lksig.errors import InputError

FILES = {"call.lksig", "listen", "shw"}


def command(*words: str) -> tuple[str | None, list[str]]:
    return command_of(words, FILES.__contains__)


def mistake(*words: str) -> InputError:
    with pytest.raises(InputError) as caught:
        command(*words)
    return caught.value


class TestCommands:
    @pytest.mark.parametrize("name", sorted(COMMANDS))
    def test_each_by_its_name(self, name: str) -> None:
        assert command(name, "--json", "x") == (name, [name, "--json", "x"])

    def test_a_command_is_no_file_of_that_name(self) -> None:
        assert command("listen") == ("listen", ["listen"])

    @pytest.mark.parametrize("words", [[], ["--version"], ["--help"], ["-h"], ["--help", "send"], ["-5"], ["--bogus"]])
    def test_only_the_root(self, words: list[str]) -> None:
        assert command(*words) == (None, words)

    def test_options_before_it_are_its_own(self) -> None:
        assert command("--json", "-v", "listen", "x") == ("listen", ["listen", "--json", "-v", "x"])

    def test_a_later_word_is_none(self) -> None:
        assert command("send", "listen") == ("send", ["send", "listen"])


class TestUrlsAndFiles:
    """Both mean a command."""

    def meant(self, *words: str) -> str:
        name, shaped = command(*words)
        assert shaped == [name, *words]
        return name or ""

    @pytest.mark.parametrize(
        "word",
        ["ws://x", "wss://x/y?z", "http://x", "https://x", "WSS://x", "localhost", "host:7880", ":7880", "[::1]:7880"],
    )
    def test_a_url_is_connected_to(self, word: str) -> None:
        assert self.meant(word, "-v") == self.meant("-k", word) == "connect"

    @pytest.mark.parametrize("word", ["call.lksig", "-"])
    def test_a_file_is_shown(self, word: str) -> None:
        assert self.meant(word, "update") == "show"


class TestUnknownCommands:
    @pytest.mark.parametrize(
        ("word", "near"),
        [("lisen", "listen"), ("snd", "send"), ("Schema", "schema"), ("conect", "connect"), ("reply", "replay")],
    )
    def test_the_nearest_is_named(self, word: str, near: str) -> None:
        error = mistake(word)
        assert (error.text, error.code) == (f"there is no command `{word}`", "unknown-command")
        assert error.hint == f"did you mean `{near}`?"

    def test_nothing_is_near(self) -> None:
        assert mistake("quetzalcoatl").hint == "see `lksig --help`"
        assert mistake("").hint == "see `lksig --help`"


OPTIONS = Options(frozenset({"--timeout", "-n", "--count", "-H"}), frozenset({"--json", "-v", "-q", "--no-fence"}))


def shaped(*words: str) -> list[str]:
    return options_first(words, OPTIONS)


class TestOptionsAnywhere:
    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ([], ["--"]),
            (["mute", "sid=x"], ["--", "mute", "sid=x"]),
            (["mute", "--json", "sid=x"], ["--json", "--", "mute", "sid=x"]),
            (["ping", "--timeout", "3", "mute"], ["--timeout", "3", "--", "ping", "mute"]),
            (["ping", "--timeout=3", "mute"], ["--timeout=3", "--", "ping", "mute"]),
            (["-n", "3", "ping"], ["-n", "3", "--", "ping"]),
            (["-n3", "ping"], ["-n3", "--", "ping"]),
            (["-vn", "3", "ping"], ["-vn", "3", "--", "ping"]),
            (["-vn3", "ping"], ["-vn3", "--", "ping"]),
            (["-vq", "ping"], ["-vq", "--", "ping"]),
            (["-nv", "ping"], ["-nv", "--", "ping"]),
            (["ping", "-n", "-5"], ["-n", "-5", "--", "ping"]),
            (["ping", "-H", "A: -b", "-v"], ["-H", "A: -b", "-v", "--", "ping"]),
            (["ping", "--unknown", "mute"], ["--unknown", "--", "ping", "mute"]),
        ],
    )
    def test_they_come_first(self, words: list[str], expected: list[str]) -> None:
        assert shaped(*words) == expected

    @pytest.mark.parametrize("number", ["-5", "-0", "-.5", "-1732444800000", "-5x"])
    def test_a_number_is_no_option(self, number: str) -> None:
        assert shaped("ping", number, "--json") == ["--json", "--", "ping", number]

    def test_a_dash_alone_is_standard_input(self) -> None:
        assert shaped("-", "-v") == ["-v", "--", "-"]

    def test_behind_two_dashes_everything_is_a_word(self) -> None:
        assert shaped("ping", "--", "--json", "--", "-v") == ["--", "ping", "--json", "--", "-v"]

    @pytest.mark.parametrize("words", [["ping", "--timeout"], ["-n"], ["-vn"]])
    def test_an_option_without_its_value(self, words: list[str]) -> None:
        with pytest.raises(InputError) as caught:
            shaped(*words)
        assert (caught.value.text, caught.value.code) == (f"`{words[-1]}` needs a value", "usage")

    @given(st.lists(st.sampled_from(["a", "b=1", "-5", "-", "--json", "-v", "-n3", "--timeout=1"])))
    def test_nothing_is_lost_and_words_keep_their_order(self, words: list[str]) -> None:
        front, rest = _split(shaped(*words))
        assert sorted(front + rest) == sorted(words)
        assert rest == [word for word in words if word in ("a", "b=1", "-5", "-")]
        assert shaped(*front, "--", *rest) == shaped(*words)

    @pytest.mark.parametrize("name", ["send", "listen"])
    def test_with_the_options_of_real_commands(self, name: str) -> None:
        options = _options(build([name]).commands[name])
        words = ["x", "--timeout", "1", "y", "-vk", "-H", "A: b", "--json", "-5"]
        assert options_first(words, options) == ["--timeout", "1", "-vk", "-H", "A: b", "--json", "--", "x", "y", "-5"]
        assert not options.with_value & options.flags


def _split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    at = words.index("--")
    return list(words[:at]), list(words[at + 1 :])
