"""A recording written again, without what a redactor hides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lksig.recording.format_v1 import MAJOR, MINOR, Ended, Record, Stopped, header_line, record_line

if TYPE_CHECKING:
    from lksig.recording.compression import Compressor
    from lksig.recording.redact import Redactor
    from lksig.recording.session_file import SessionFile
    from lksig.recording.writer import Output


def learn(recording: SessionFile, redactor: Redactor) -> None:
    """Let the redactor see everything once, so that it knows a secret before its first mention."""
    for event in recording:
        redactor.hide(event)


def rewrite(recording: SessionFile, output: Output, compressor: Compressor, redactor: Redactor | None) -> None:
    """Write all events of a file as a recording, redacted.

    Lines of unknown kinds are left out: nobody knows what they hold.

    Args:
        redactor: None keeps every byte.

    Raises:
        OSError: the output takes nothing more.
    """
    redacted = dict.fromkeys([*recording.header.redacted, *(redactor.redacted if redactor else ())])
    header = replace(recording.header, version=f"{MAJOR}.{MINOR}", redacted=tuple(redacted))
    output.write(compressor.line(header_line(header).encode("ascii")))
    last_ns = 0
    for lines, record in enumerate(recording.records()):
        done = _rewritten(record, lines + recording.damaged, redactor)
        output.write(compressor.line(record_line(done, record.t_ns - last_ns).encode("ascii")))
        last_ns = record.t_ns
    output.write(compressor.finish())


def _rewritten(record: Record, lines: int, redactor: Redactor | None) -> Record:
    if isinstance(record, Stopped):
        return replace(record, lines=lines)  # what is damaged in the one is missing in the other
    return record if redactor is None or isinstance(record, Ended) else redactor.hide(record)
