"""Single keys from a terminal, which is put back as it was."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import signal
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from lksig.cli.keys import Keys
from lksig.environ import Environ


@pytest.fixture
def terminal() -> Iterator[tuple[int, Environ]]:
    """What a person types into, and the surroundings of a command at that terminal."""
    person, side = pty.openpty()
    with os.fdopen(side, "r") as stdin:
        yield person, Environ({}, stdin, io.StringIO(), io.StringIO(), Path("/nonexistent"))
    os.close(person)


def echo(fd: int) -> bool:
    return bool(termios.tcgetattr(fd)[3] & termios.ECHO)


def test_keys_come_one_by_one(terminal: tuple[int, Environ]) -> None:
    person, environ = terminal
    fd = environ.stdin.fileno()
    with Keys(environ) as keys:
        assert keys.is_live
        assert not echo(fd)
        os.write(person, b"q ")
        assert [keys.wait(None), keys.wait(1.0), keys.wait(0.0)] == ["q", " ", None]
    assert echo(fd)


def test_the_terminal_is_put_back_after_a_failure(terminal: tuple[int, Environ]) -> None:
    _, environ = terminal
    with pytest.raises(KeyboardInterrupt), Keys(environ):
        raise KeyboardInterrupt
    assert echo(environ.stdin.fileno())


def test_a_ctrl_c_that_was_swallowed_is_heard_before_a_key_is_waited_for(terminal: tuple[int, Environ]) -> None:
    _, environ = terminal
    with Keys(environ) as keys:
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            keys.wait(None)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert echo(environ.stdin.fileno())


def test_no_keys_without_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()
    with path.open() as stdin:
        environ = Environ({}, stdin, io.StringIO(), io.StringIO(), tmp_path)
        with Keys(environ) as keys:
            assert (keys.is_live, keys.wait(0.0)) == (False, None)


def test_no_keys_where_none_are_wanted(terminal: tuple[int, Environ]) -> None:
    _, environ = terminal
    with Keys(environ, wanted=False) as keys:
        assert not keys.is_live
        assert echo(environ.stdin.fileno())
