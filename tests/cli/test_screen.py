"""When a screen hands on what it wrote: at once, or once for all that came together, and never behind a notice."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from lksig.cli.flags import OutputFlags
from lksig.cli.screen import Screen
from lksig.environ import Environ
from lksig.schema.pool import TO_CLIENT
from lksig.wire.events import Reading
from lksig.wire.redaction import Secrets
from tests.support.readings import message, start


class Stream(io.StringIO):
    """Standard output that counts how often it is flushed, and who may have gone."""

    def __init__(self, log: list[str], name: str) -> None:
        super().__init__()
        self.failure: OSError | None = None
        self._log = log
        self._name = name

    def flush(self) -> None:
        if self.failure is not None:
            raise self.failure
        self._log.append(f"{self._name} {len(self.getvalue().splitlines())}")


class Stage:
    """A JSON screen; `log` has every flush: the stream and how many lines had been written to it."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.out, self.err = Stream(self.log, "out"), Stream(self.log, "err")
        environ = Environ({}, io.StringIO(), self.out, self.err, Path("/nonexistent"))
        self.screen = Screen(OutputFlags(json=True), Secrets(b"k" * 16), environ)
        self.due: list[Callable[[], None]] = []

    def deferring(self) -> Stage:
        self.screen.defer = self.due.append
        return self

    def shows(self, *readings: Reading) -> Stage:
        for reading in readings:
            self.screen.sink(reading)
        return self

    def loop(self) -> None:
        """What the event loop does before it waits again."""
        due, self.due[:] = list(self.due), []
        for call in due:
            call()


PONG = message(TO_CLIENT, "pong", n=1)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_without_a_loop_every_line_is_handed_on(stage: Stage) -> None:
    stage.shows(start(), PONG)
    assert stage.log == ["out 1", "out 2"]


def test_what_comes_together_is_handed_on_once(stage: Stage) -> None:
    stage.deferring().shows(start(), PONG, PONG)
    assert (stage.log, len(stage.due)) == ([], 1)
    stage.loop()
    assert stage.log == ["out 3"]
    stage.shows(PONG)
    stage.loop()
    assert stage.log == ["out 3", "out 4"]


def test_a_notice_does_not_overtake_what_was_written_before_it(stage: Stage) -> None:
    stage.deferring().shows(start(), PONG)
    stage.screen.warn("code", "text")
    assert stage.log == ["out 2", "err 1"]
    stage.screen.warn("code", "text")
    assert stage.log == ["out 2", "err 1", "err 2"]  # nothing was written between


def test_a_reader_that_is_gone_is_noticed_by_the_flush(stage: Stage) -> None:
    told: list[str] = []
    stage.screen.on_gone = lambda: told.append("gone")
    stage.deferring().shows(start())
    stage.out.failure = BrokenPipeError(32, "Broken pipe")
    assert told == []
    stage.loop()
    assert (told, stage.screen.gone) == (["gone"], stage.out.failure)
    stage.shows(PONG)
    assert (len(stage.out.getvalue().splitlines()), stage.due) == (1, [])
    assert stage.screen.exit_codes() == [141]


def test_the_first_failure_is_the_one_that_is_told(stage: Stage) -> None:
    stage.deferring().shows(start())
    stage.out.failure = first = OSError(28, "No space left on device")
    stage.loop()
    stage.out.failure = BrokenPipeError(32, "Broken pipe")
    stage.screen.flush()
    assert stage.screen.gone is first
