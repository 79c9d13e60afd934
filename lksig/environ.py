"""The world around one invocation, as an argument: variables, standard streams, the `lk` tool's projects, user folders.

Rule: nobody else reads `os.environ`, asks whether a stream is a terminal, or knows where files of the user live.
Facts: livekit-cli keeps `~/.livekit/cli-config.yaml` (`default_project`, `projects[].name|url|api_key|api_secret`) and
reads LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET; LIVEKIT_TOKEN is read alike.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from lksig.errors import InputError

LK_FILE = ".livekit/cli-config.yaml"
"""Below the user's home."""


@dataclass(frozen=True, slots=True)
class Project:
    """One project of the `lk` tool's file."""

    name: str
    url: str
    api_key: str
    api_secret: str = field(repr=False)


@dataclass(slots=True)
class Environ:
    """What a command may know about its surroundings."""

    variables: Mapping[str, str] = field(repr=False)
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    home: Path

    @classmethod
    def of_process(cls) -> Environ:
        """The surroundings of this process; a stream that was closed before it began has nobody at its other end."""
        # Python has None for those, whatever its types say.
        stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115  # open as long as the process
        stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # the same
        stdout = sys.stdout or _unread_pipe()
        for stream in (stdout, stderr):
            if isinstance(stream, TextIOWrapper):  # an encoding without `→`: rather an escape than no line
                stream.reconfigure(errors="backslashreplace")
        return cls(os.environ, stdin, stdout, stderr, Path.home())

    def variable(self, name: str) -> str | None:
        """A variable of the environment; an empty one counts as not set."""
        return self.variables.get(name) or None

    def is_terminal(self, stream: TextIO) -> bool:
        """Whether a person looks at the other end of a stream."""
        return stream.isatty()

    def wants_colour(self, stream: TextIO) -> bool:
        """Colour only for a terminal that can, and that was not told otherwise (https://no-color.org)."""
        return stream.isatty() and self.variable("NO_COLOR") is None and self.variable("TERM") != "dumb"

    def width(self, stream: TextIO) -> int | None:
        """Columns of the terminal behind a stream; None for a pipe, which is never wrapped."""
        if not stream.isatty():
            return None
        columns = self.variable("COLUMNS")
        if columns is not None and columns.isdecimal() and int(columns) > 0:
            return int(columns)
        try:
            return os.get_terminal_size(stream.fileno()).columns or 80
        except OSError:
            return 80

    def stdin_bytes(self) -> BinaryIO:
        """Standard input as bytes."""
        return self.stdin.buffer

    def lk_projects(self) -> tuple[dict[str, Project], str | None]:
        """The projects of the `lk` tool by name, and the name of the default one.

        Raises:
            InputError: the file is there and cannot be read.
        """
        path = self.home / LK_FILE
        try:
            text = path.read_text("utf-8")
        except (FileNotFoundError, NotADirectoryError):
            return {}, None
        except (OSError, UnicodeDecodeError) as exc:
            raise InputError(
                f"cannot read the lk tool's file `{path}`: {getattr(exc, 'strerror', None) or 'it is not UTF-8'}",
                code="lk-file-unreadable",
                layer="file",
            ) from exc
        return _parse_projects(text, path)

    def config_dir(self) -> Path:
        """Where the user's configuration of lksig lives."""
        return self._user_dir("XDG_CONFIG_HOME", ".config", "user_config_path")

    def state_dir(self) -> Path:
        """Where lksig keeps what it remembers for the user (prompt history)."""
        return self._user_dir("XDG_STATE_HOME", ".local/state", "user_state_path")

    def user_path(self, variable: str, below_home: str, path: str) -> Path:
        """What lies below one of the XDG folders."""
        # Source: XDG Base Directory Specification 0.8: a relative path is invalid, and ignored.
        base = Path(self.variable(variable) or "")
        return (base if base.is_absolute() else self.home / below_home) / path

    def _user_dir(self, variable: str, below_home: str, elsewhere: str) -> Path:
        """XDG on Linux, from our variables and home; the platform's habit where XDG has no say."""
        if sys.platform in ("darwin", "win32"):
            import platformdirs

            path: Path = getattr(platformdirs, elsewhere)("lksig", appauthor=False)
            return path
        return self.user_path(variable, below_home, "lksig")


def _unread_pipe() -> TextIO:
    """A stream whose reader has gone."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    return open(write_end, "w", encoding="utf-8")


def _parse_projects(text: str, path: Path) -> tuple[dict[str, Project], str | None]:
    import yaml

    def bad(why: str) -> InputError:
        return InputError(
            f"the lk tool's file `{path}` {why}",
            code="lk-file-broken",
            layer="file",
            hint="repair it with `lk project`",
        )

    try:
        # Every scalar as its text, as the Go program reads it: a secret of digits is no number.
        data = yaml.load(text, yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as exc:
        mark = getattr(exc, "problem_mark", None)
        raise bad("is no YAML" + (f" (line {mark.line + 1})" if mark is not None else "")) from exc
    if not _given(data):
        return {}, None
    if not isinstance(data, dict):
        raise bad("has no list of projects")
    entries = _given(data.get("projects")) or []
    if not isinstance(entries, list):
        raise bad("has no list of projects")
    projects: dict[str, Project] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            raise bad("has a project that is no mapping")
        name, url, key, secret = (_text(entry.get(field)) for field in ("name", "url", "api_key", "api_secret"))
        if name:
            projects[name] = Project(name, url, key, secret)
    return projects, _text(data.get("default_project")) or None


def _given(value: Any) -> Any:
    """A value of the file; None for the spellings of nothing."""
    return None if value in ("", "~", "null", "Null", "NULL") else value


def _text(value: Any) -> str:
    return value if isinstance(_given(value), str) else ""
