"""Requests in the editor, as text."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from lksig.environ import Environ
from lksig.errors import InputError
from lksig.repl.editor import COMMENT, edit, editor_command, skeleton_text, uncommented
from lksig.schema.grammar import parse_line
from lksig.schema.pool import TO_SERVER, case_fields
from tests.support.typed import FakeInputs


def environ(**variables: str) -> Environ:
    stream = io.StringIO()
    return Environ(variables, stream, stream, stream, Path("/nowhere"))


def test_a_skeleton_explains_its_fields() -> None:
    text = skeleton_text("mute")
    assert text.splitlines()[3] == "mute"
    assert "## string: Sid of the track (`TR_...`), not its `cid`\n# sid=TR_x\n" in text
    assert "## bool: " in text
    assert uncommented(text) == "mute"


@pytest.mark.parametrize("case", list(case_fields(TO_SERVER)))
def test_every_case_can_be_filled_in_and_sent(case: str) -> None:
    text = skeleton_text(case)
    assert uncommented(text) == case
    taken = "\n".join(row.removeprefix(f"{COMMENT} ") for row in text.split("\n"))
    (request,) = parse_line(uncommented(taken), FakeInputs())
    assert request.case == case


def test_units_are_told() -> None:
    assert "## uint32 [px]: " in skeleton_text("add_track")


class TestCommand:
    def test_the_users_own_comes_first(self) -> None:
        assert editor_command(environ(VISUAL="emacs -nw", EDITOR="vi")) == "emacs -nw"
        assert editor_command(environ(EDITOR="vi")) == "vi"

    def test_otherwise_one_that_is_there(self, tmp_path: Path) -> None:
        nano = tmp_path / "nano"
        nano.write_text("#!/bin/sh\n")
        nano.chmod(0o700)
        assert editor_command(environ(PATH=str(tmp_path))) == "nano"

    def test_or_none(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="there is no editor"):
            editor_command(environ(PATH=str(tmp_path)))


def write(name: str, data: bytes) -> None:
    Path(name).write_bytes(data)


class TestEdit:
    async def test_the_file_is_the_users_own_and_does_not_stay(self) -> None:
        seen: list[tuple[str, int]] = []

        async def run(command: str) -> int:
            name = command.removeprefix("my editor ")
            seen.append((name, os.stat(name).st_mode & 0o777))
            write(name, b"after\n")
            return 0

        assert await edit("before", environ(EDITOR="my editor"), run) == "after\n"
        ((name, mode),) = seen
        assert mode == 0o600
        with pytest.raises(FileNotFoundError):
            os.stat(name)

    async def test_a_failed_editor_gives_nothing(self) -> None:
        async def run(_: str) -> int:
            return 1

        assert await edit("before", environ(EDITOR="e"), run) is None

    async def test_what_is_no_text_is_a_mistake(self) -> None:
        async def run(command: str) -> int:
            write(command.removeprefix("e "), b"\xff")
            return 0

        with pytest.raises(InputError, match="cannot edit: it is not UTF-8"):
            await edit("before", environ(EDITOR="e"), run)
