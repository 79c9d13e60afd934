"""`lksig completions`: the scripts, and where they are put."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from docs.generators.completions import PAGES
from lksig.cli.app import COMMANDS
from lksig.cli.completion_tables import _WORDS, MAX_MEANING, SHELLS, Entry, Tables, one_line, tables
from lksig.cli.completions import PATHS
from lksig.exit_codes import ExitCode
from lksig.schema.grammar import parse_line
from lksig.schema.pool import TO_SERVER, case_fields
from tests.support.cli import run
from tests.support.typed import FakeInputs

FILES = {"bash": "lksig.bash", "zsh": "_lksig", "fish": "lksig.fish", "powershell": "lksig.ps1"}

made = functools.cache(tables)


def words(entries: tuple[Entry, ...]) -> list[str]:
    return [word for word, _ in entries]


# --- tables ---------------------------------------------------------------------------------------------------------


def test_every_command_is_there_and_says_what_its_words_are() -> None:
    assert [command.name for command in made().commands] == list(COMMANDS)
    assert set(COMMANDS) <= set(_WORDS)


def test_options_with_their_values() -> None:
    options = {name: option for command in made().commands for option in command.options for name in option.names}
    assert options["--dev"].takes_value is False
    assert options["--record"].is_file
    assert {"json", "tree"} <= set(options["--format"].values)
    assert options["--path"].values == ("v1", "v0", "auto")
    assert "js" in options["--as"].values
    assert "RR_SIGNAL_DISCONNECTED" in options["--reconnect-reason"].values
    assert options["--no-gzip"] is options["--gzip"]


@pytest.mark.parametrize(
    ("command", "option", "values"),
    [("decode", "--format", "tree line json"), ("encode", "--to", "base64 hex c raw url"), ("show", "--to", "")],
)
def test_the_same_option_means_other_things_elsewhere(command: str, option: str, values: str) -> None:
    (found,) = (one for one in made().commands if one.name == command)
    (fitting,) = (one for one in found.options if option in one.names)
    assert " ".join(fitting.values) == values


def test_fields_and_values_at_any_depth() -> None:
    fields, values = made().fields, made().values
    assert words(fields["mute "]) == ["sid=", "muted="]
    assert {"cid=", "layers.0.", "audio_features+="} <= set(words(fields["add_track "]))
    assert words(fields["add_track layers.0."])[:2] == ["quality=", "width="]
    assert "attributes." in words(fields["update_metadata "])
    assert words(values["add_track simulcast_codecs.0.layers.0.quality"]) == ["LOW", "MEDIUM", "HIGH", "OFF"]
    assert words(values["mute muted"]) == ["true", "false"]
    assert "ping " not in fields


def test_every_field_and_every_value_is_one_that_the_grammar_takes() -> None:
    inputs = FakeInputs()
    for place, entries in made().fields.items():
        for word in words(entries):
            if not word.endswith("."):
                parse_line(f"{place}{word}", inputs)
            elif f"{place}{word}" not in made().fields:
                parse_line(f"{place}{word}key=", inputs)  # a map
    for place, entries in made().values.items():
        name = place.rpartition(".")[2].rpartition(" ")[2]
        held = [word for word in words(made().fields[place.removesuffix(name)]) if word.rstrip("+=") == name]
        for value in words(entries):
            parse_line(f"{place.removesuffix(name)}{held[0]}{value}", inputs)


def test_words_need_no_quotes_in_any_shell() -> None:
    data: Tables = made()
    lists = [data.cases, data.filters, data.names, *data.fields.values(), *data.values.values()]
    for entries in lists:
        for word, meaning in entries:
            assert re.fullmatch(r"[\w.:+=]+", word)
            assert meaning.isprintable()
            assert len(meaning) <= MAX_MEANING


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Print it. And more.", "Print it"),
        ("See `x`, e.g. y.", "See 'x', e.g. y"),
        ("word, " * 30, ("word, " * 11).strip(", ") + "…"),
    ],
)
def test_a_meaning_is_one_short_line(text: str, line: str) -> None:
    assert one_line(text) == line


# --- scripts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shell", SHELLS)
def test_what_is_shown_is_what_packagers_get(shell: str) -> None:
    ran = run("completions", "show", shell)
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert ran.stdout == PAGES[f"completions/{FILES[shell]}"]()


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_holds_everything_and_starts_nothing(shell: str) -> None:
    script = run("completions", "show", shell).stdout
    missing = [name for name in (*COMMANDS, *case_fields(TO_SERVER), "VIDEO", "--dev", "-k") if name not in script]
    assert missing == []
    # No line runs a program of ours, and none is run inside of another.
    assert not re.search(r"(?m)^\s*(python3?|lksig)\b", script)
    assert not re.search(r"[(`]\s*(python3?|lksig)\b(?! completions)", script)


@pytest.mark.parametrize("shell", [shell for shell in ("bash",) if shutil.which(shell)])
def test_the_shell_reads_it(shell: str, tmp_path: Path) -> None:
    file = tmp_path / "script"
    file.write_text(run("completions", "show", shell).stdout, "utf-8")
    done = subprocess.run([shell, "-n", str(file)], capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stderr) == (0, "")


# --- installing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shell", SHELLS)
def test_install_writes_the_file_and_says_what_is_left(shell: str, tmp_path: Path) -> None:
    _, below_home, name = PATHS[shell]
    path = tmp_path / below_home / name
    for _ in range(2):
        ran = run("completions", "install", shell, home=tmp_path)
        assert (ran.exit_code, ran.stdout) == (0, f"{path}\n")
        assert ran.stderr
    assert path.read_text("utf-8") == run("completions", "show", shell).stdout


def test_folders_of_the_environment_and_the_users_shell(tmp_path: Path) -> None:
    variables = {"SHELL": "/usr/bin/fish", "XDG_CONFIG_HOME": str(tmp_path / "cfg")}
    ran = run("completions", "install", variables=variables, home=tmp_path)
    assert ran.stdout == f"{tmp_path}/cfg/fish/completions/lksig.fish\n"


def test_files_of_the_user_stay(tmp_path: Path) -> None:
    path = tmp_path / ".config/fish/completions/lksig.fish"
    path.parent.mkdir(parents=True)
    path.write_text("# mine\n", "utf-8")
    ran = run("completions", "install", "fish", home=tmp_path)
    assert ran.exit_code == ExitCode.USAGE
    assert "lksig did not make it" in ran.stderr
    assert path.read_text("utf-8") == "# mine\n"
    assert run("completions", "install", "fish", "--force", home=tmp_path).exit_code == 0
    assert path.read_text("utf-8") != "# mine\n"


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / ".config").write_text("a file", "utf-8")
    ran = run("completions", "install", "fish", home=tmp_path)
    assert ran.exit_code == ExitCode.USAGE
    assert "cannot write" in ran.stderr


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (("shwo", "bash"), "`shwo` is neither `show` nor `install`"),
        (("show", "csh"), "`csh` is no shell that is known"),
        (("show",), "which shell?"),
        ((), "missing argument 'ACTION'"),
    ],
)
def test_what_is_wrong_is_said(typed: tuple[str, ...], text: str) -> None:
    ran = run("completions", *typed)
    assert (ran.exit_code, ran.stdout) == (ExitCode.USAGE, "")
    assert text in ran.stderr
