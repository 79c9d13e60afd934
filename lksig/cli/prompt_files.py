"""Recordings that the prompt begins and ends while it runs: `--record`, `/record`, `/save`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lksig.cli.recorder import STDOUT, make_recorder
from lksig.errors import InputError, LksigError

if TYPE_CHECKING:
    from lksig.cli.flags import RecordFlags
    from lksig.cli.screen import Screen
    from lksig.environ import Environ
    from lksig.live.run import Run
    from lksig.recording.writer import Recorder
    from lksig.wire.events import Event, Reading
    from lksig.wire.redaction import Secrets


class PromptRecordings:
    """Writes recordings of one run."""

    def __init__(self, flags: RecordFlags, secrets: Secrets, screen: Screen, environ: Environ, run: Run) -> None:
        self.path: str | None = None
        self._flags = flags
        self._secrets = secrets
        self._screen = screen
        self._environ = environ
        self._run = run
        self._recorder: Recorder | None = None

    def start(self, path: str, events: Iterable[Event]) -> None:
        """Write a recording from now on, beginning with what has happened.

        Raises:
            InputError: the file is there already, or cannot be made.
        """
        recorder = self._make(path)
        for event in events:
            recorder.event(event)
        self._run.add_recorder(recorder)
        self._recorder, self.path = recorder, path

    def stop(self) -> None:
        """The recording is complete."""
        if self._recorder is not None:
            self._run.remove_recorder(self._recorder)
            self._recorder.close()
        self._recorder = self.path = None

    def find(self, n: int) -> Reading | None:
        """Message `n` of the recording that is being written; None where it cannot be read back."""
        if self.path in (None, STDOUT):
            return None
        from lksig.recording.reader import find_message

        try:
            return find_message(Path(self.path), n)
        except LksigError:
            return None  # somebody removed the file, or it is a pipe

    def save(self, path: str, events: Iterable[Event]) -> None:
        """Write a whole recording at once.

        Raises:
            InputError: the file is there already, or cannot be made.
        """
        recorder = self._make(path)
        for event in events:
            recorder.event(event)
        recorder.close()

    def _make(self, path: str) -> Recorder:
        try:
            return make_recorder(self._flags, path, self._secrets, self._screen, self._environ, "connect", self._run)
        except InputError as exc:
            if exc.code == "file-exists":
                exc.hint = "give another name"
            raise
