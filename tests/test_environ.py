"""The surroundings of a run: variables, streams, the `lk` tool's file, the user's folders."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from lksig.environ import LK_FILE, Environ, Project
from lksig.errors import InputError


class Stream(io.StringIO):
    """A stream that may be a terminal."""

    def __init__(self, *, is_terminal: bool = False, number: int | None = None) -> None:
        super().__init__()
        self.is_terminal = is_terminal
        self.number = number

    def isatty(self) -> bool:
        return self.is_terminal

    def fileno(self) -> int:
        return super().fileno() if self.number is None else self.number


TERMINAL = Stream(is_terminal=True)
PIPE = Stream()


def environ(home: Path = Path("/nowhere"), variables: Mapping[str, str] | None = None) -> Environ:
    return Environ(variables or {}, Stream(), Stream(), Stream(), home)


class TestProcess:
    def test_the_real_one(self) -> None:
        found = Environ.of_process()
        assert found.variables is os.environ
        assert (found.stdin, found.stdout, found.stderr) == (sys.stdin, sys.stdout, sys.stderr)
        assert found.home == Path.home()

    def test_its_variables_are_not_printed(self) -> None:
        assert "hunter2" not in repr(environ(variables={"LIVEKIT_API_SECRET": "hunter2"}))

    def test_stdin_as_bytes(self) -> None:
        stdin = io.TextIOWrapper(io.BytesIO(b"\xff\x00"))
        assert Environ({}, stdin, PIPE, PIPE, Path()).stdin_bytes().read() == b"\xff\x00"


def test_an_empty_variable_is_not_set() -> None:
    found = environ(variables={"LIVEKIT_URL": "", "LIVEKIT_TOKEN": "t"})
    assert (found.variable("LIVEKIT_URL"), found.variable("LIVEKIT_TOKEN"), found.variable("X")) == (None, "t", None)


class TestTerminals:
    def test_who_looks(self) -> None:
        assert environ().is_terminal(TERMINAL)
        assert not environ().is_terminal(PIPE)

    @pytest.mark.parametrize(
        ("variables", "colour"),
        [
            ({}, True),
            ({"TERM": "xterm-256color"}, True),
            ({"TERM": "dumb"}, False),
            ({"NO_COLOR": "1"}, False),
            ({"NO_COLOR": ""}, True),
        ],
    )
    def test_colour(self, variables: dict[str, str], colour: bool) -> None:
        found = environ(variables=variables)
        assert found.wants_colour(TERMINAL) == colour
        assert not found.wants_colour(PIPE)

    @pytest.mark.parametrize(
        ("columns", "width"), [("132", 132), ("0", 80), ("", 80), ("-3", 80), ("wide", 80), ("²", 80), ("٤٢", 42)]
    )
    def test_width_by_variable(self, columns: str, width: int) -> None:
        assert environ(variables={"COLUMNS": columns}).width(TERMINAL) == width

    def test_a_pipe_has_none(self) -> None:
        assert environ(variables={"COLUMNS": "132"}).width(PIPE) is None

    def test_width_of_the_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sizes = {7: os.terminal_size((100, 30)), 8: os.terminal_size((0, 0))}
        monkeypatch.setattr(os, "get_terminal_size", sizes.__getitem__)
        assert environ().width(Stream(is_terminal=True, number=7)) == 100
        assert environ().width(Stream(is_terminal=True, number=8)) == 80


LK_TEXT = """
default_project: work
projects:
  - name: work
    url: wss://work.livekit.cloud
    api_key: APIwork
    api_secret: s3cret
  - name: home
    url: ws://127.0.0.1:7880
    api_key: 0123
    api_secret: 12345e67
"""


def with_file(tmp_path: Path, text: str | bytes) -> Environ:
    path = tmp_path / LK_FILE
    path.parent.mkdir()
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return environ(tmp_path)


class TestProjects:
    def test_the_file_of_lk(self, tmp_path: Path) -> None:
        projects, default = with_file(tmp_path, LK_TEXT).lk_projects()
        assert default == "work"
        assert projects == {
            "work": Project("work", "wss://work.livekit.cloud", "APIwork", "s3cret"),
            "home": Project("home", "ws://127.0.0.1:7880", "0123", "12345e67"),
        }

    def test_secrets_are_not_printed(self) -> None:
        assert "s3cret" not in repr(Project("work", "", "key", "s3cret"))

    def test_no_file(self, tmp_path: Path) -> None:
        assert environ(tmp_path).lk_projects() == ({}, None)

    def test_no_folder_for_it(self, tmp_path: Path) -> None:
        (tmp_path / ".livekit").write_text("a file")
        assert environ(tmp_path).lk_projects() == ({}, None)

    @pytest.mark.parametrize(
        "text",
        ["", "\n", "# nothing\n", "~", "null", "projects:\n", "projects: []", "projects: null\ndefault_project: ~"],
    )
    def test_nothing_in_it(self, tmp_path: Path, text: str) -> None:
        assert with_file(tmp_path, text).lk_projects() == ({}, None)

    def test_missing_values_are_empty(self, tmp_path: Path) -> None:
        text = "projects:\n  - name: a\n    url:\n    api_key: ~\n    api_secret: [x]\n  - url: ws://x\n"
        assert with_file(tmp_path, text).lk_projects() == ({"a": Project("a", "", "", "")}, None)

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("projects: [\n", "is no YAML (line 2)"),
            ("a: b\n c: d: e", "is no YAML (line 2)"),
            ("\x00", "is no YAML"),
            ("[" * 1_500, "is no YAML"),
            ("- a\n- b", "has no list of projects"),
            ("projects: {a: b}", "has no list of projects"),
            ("just words", "has no list of projects"),
            ("projects: [a]", "has a project that is no mapping"),
        ],
    )
    def test_a_broken_file(self, tmp_path: Path, text: str, why: str) -> None:
        with pytest.raises(InputError) as caught:
            with_file(tmp_path, text).lk_projects()
        error = caught.value
        assert error.text == f"the lk tool's file `{tmp_path / LK_FILE}` {why}"
        assert (error.code, error.layer, error.hint) == ("lk-file-broken", "file", "repair it with `lk project`")

    def test_an_unreadable_file(self, tmp_path: Path) -> None:
        (tmp_path / LK_FILE).mkdir(parents=True)
        with pytest.raises(InputError, match="Is a directory") as caught:
            environ(tmp_path).lk_projects()
        assert (caught.value.code, caught.value.layer) == ("lk-file-unreadable", "file")

    def test_a_file_that_is_no_text(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="it is not UTF-8"):
            with_file(tmp_path, b"\xff").lk_projects()


class TestFolders:
    @pytest.fixture(autouse=True)
    def _on_linux(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "platform", "linux")

    def test_below_the_home(self) -> None:
        found = environ(Path("/home/ann"))
        assert found.config_dir() == Path("/home/ann/.config/lksig")
        assert found.state_dir() == Path("/home/ann/.local/state/lksig")

    def test_where_xdg_says(self) -> None:
        found = environ(variables={"XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s"})
        assert (found.config_dir(), found.state_dir()) == (Path("/c/lksig"), Path("/s/lksig"))

    @pytest.mark.parametrize("value", ["", "relative/path"])
    def test_what_xdg_forbids_is_ignored(self, value: str) -> None:
        found = environ(Path("/home/ann"), {"XDG_CONFIG_HOME": value})
        assert found.config_dir() == Path("/home/ann/.config/lksig")

    def test_elsewhere_the_platforms_habit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "platform", "darwin")
        found = environ(variables={"XDG_CONFIG_HOME": "/c"})
        assert found.config_dir().name == found.state_dir().name == "lksig"
        assert found.config_dir() != Path("/c/lksig")
