"""Runs a command line in this process, with streams of its own."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lksig.entry import run as run_entry
from lksig.environ import Environ


@dataclass(frozen=True)
class Ran:
    """What a command line did."""

    exit_code: int
    stdout_bytes: bytes
    stderr: str

    @property
    def stdout(self) -> str:
        return self.stdout_bytes.decode()

    @property
    def lines(self) -> list[str]:
        return self.stdout.splitlines()

    @property
    def json(self) -> list[Any]:
        """The objects of `--json`, one a line."""
        return [json.loads(line) for line in self.lines]

    @property
    def stderr_json(self) -> list[Any]:
        return [json.loads(line) for line in self.stderr.splitlines()]


class _Stream(io.TextIOWrapper):
    """A text stream over bytes that may claim to be a terminal."""

    def __init__(self, data: bytes = b"", *, is_terminal: bool = False) -> None:
        super().__init__(io.BytesIO(data), encoding="utf-8", newline="", write_through=True)
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


def run(
    *words: str,
    stdin: bytes | str = b"",
    stdin_is_terminal: bool = False,
    stdout_is_terminal: bool = False,
    variables: Mapping[str, str] | None = None,
    home: Path = Path("/nonexistent"),
) -> Ran:
    """What `lksig WORDS…` prints, and its exit code."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    out, err = _Stream(is_terminal=stdout_is_terminal), _Stream()
    environ = Environ(variables or {}, _Stream(data, is_terminal=stdin_is_terminal), out, err, home)
    code = run_entry(list(words), environ)
    written: list[bytes] = []
    for stream in (out, err):
        stream.flush()
        buffer = stream.buffer
        assert isinstance(buffer, io.BytesIO)
        written.append(buffer.getvalue())
    return Ran(code, written[0], written[1].decode())
