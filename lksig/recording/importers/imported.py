"""A session file that was not written by lksig: what its importer found, given as a recording gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lksig.errors import RecordingError
from lksig.recording.format_v1 import Header, Record
from lksig.recording.session_file import SessionFile
from lksig.wire.events import Message


@dataclass(slots=True)
class Found:
    """What an importer makes of a file."""

    wall_ns: int
    """Nanoseconds since the epoch at time 0."""
    origin: str
    """Who wrote the file, in a few words."""
    records: Callable[[Found], Iterator[Record]]
    """Gives the events in order; called once. What it cannot read it adds to the others of these."""
    complaints: list[str] = field(default_factory=list)
    """What is missing: clauses that go on after "is incomplete: "."""
    warnings: list[tuple[str, str]] = field(default_factory=list)
    """What else a person should know: codes and texts, known before the first event or by the last one."""
    damaged: int = 0
    """Messages that are none."""
    hint: str = "everything that is whole was read"
    """What to do about what is missing."""


class Imported(SessionFile):
    """The sessions of such a file.

    Args:
        name: of the file, for messages.
        size_bytes: of the file, all of which was read.
    """

    def __init__(self, found: Found, name: str, size_bytes: int) -> None:
        self.name = name
        self.header = Header(found.wall_ns, (), "import")
        self.read_bytes = size_bytes
        self.is_stopped = False
        self._found = found
        self._size_bytes = size_bytes
        self._messages = 0

    @property
    def damaged(self) -> int:  # type: ignore[override]  # only read
        return self._found.damaged

    @property
    def size_bytes(self) -> int:
        return self._size_bytes

    @property
    def origin(self) -> str:
        return self._found.origin

    def close(self) -> None:
        """Nothing is open."""

    def records(self) -> Iterator[Record]:
        for record in self._found.records(self._found):
            self._messages += type(record) is Message
            yield record

    def problem(self) -> RecordingError | None:
        if not self._found.complaints:
            return None
        whole = f"{self._messages} whole message{'' if self._messages == 1 else 's'}"
        return RecordingError(
            f"`{self.name}` is incomplete, it holds {whole}: {', '.join(self._found.complaints)}",
            code="incomplete",
            hint=self._found.hint,
        )

    def warnings(self) -> list[tuple[str, str]]:
        return [(code, text.format(name=self.name)) for code, text in self._found.warnings]
