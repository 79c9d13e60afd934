from __future__ import annotations

import importlib
import re

import pytest

from lksig.cli.app import COMMANDS, build, summary
from tests.support.cli import run


@pytest.mark.parametrize("name", COMMANDS)
def test_the_short_help_is_how_the_long_one_begins(name: str) -> None:
    command = COMMANDS[name]
    function = getattr(importlib.import_module(command.module), command.function)
    assert re.sub(r"\s+", " ", function.__doc__.strip().partition("\n\n")[0]) == command.short


def test_the_summary_knows_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(summary().commands) == list(build(COMMANDS).commands) == list(COMMANDS)
    assert run("--help").exit_code == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in COMMANDS)
