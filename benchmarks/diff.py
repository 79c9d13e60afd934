"""`lksig diff`: how fast two recordings are compared, and how much memory that takes.

The goal: two recordings of a million events are compared within 150 MiB of resident memory. The second one is the first
one again as a real server would tell it: other ids, unasked messages that changed places, and now and then a message
that is missing or says something else.

    python benchmarks/diff.py [EVENTS]

Far less than the million is enough to see whether it keeps what it compared; with 1000000 it takes ten minutes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.recording import Frame, events, session
from lksig.recording.compression import compressor_for
from lksig.recording.format_v1 import Header
from lksig.recording.redact import Redactor
from lksig.recording.writer import Recorder, create_file
from lksig.schema.pool import TO_CLIENT
from lksig.wire.events import Event, Message
from lksig.wire.redaction import Secrets

GOAL_MIB = 150
EVENTS = 50_000
EVERY = 10_000
"""Messages between two that differ."""

MEASURE = (
    "import resource, sys, time; begin = time.perf_counter()\n"
    "from lksig.entry import run\nfrom lksig.environ import Environ\n"
    "code = run(sys.argv[1:], Environ.of_process())\n"
    "peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
    "sys.stderr.write(f'{peak_kib / 1024} {time.perf_counter() - begin} {code}')"
)


def record(path: Path, run: Iterator[Event]) -> None:
    """Write a recording of these events."""

    def failed(exc: OSError) -> None:
        raise exc

    redactor = Redactor(Secrets(b"0" * 16))
    tape = Recorder(
        create_file(str(path), force=True),
        Header(1_795_617_245_000_000_000, redactor.redacted, "listen"),
        redactor=redactor,
        compressor=compressor_for(path.name),
        on_failure=failed,
    )
    for event in run:
        tape.event(event)
    tape.close()


def again(frames: list[Frame], count: int) -> Iterator[Event]:
    """The same run with other ids, a little out of order, and with differences."""
    renamed = [
        (way, raw.replace(b"PA_00", b"PA_7x").replace(b"TR_VC00", b"TR_VC7x").replace(b"RM_ZF", b"RM_aa"))
        for way, raw in frames
    ]
    held: Event | None = None
    for number, event in enumerate(events(renamed, count)):
        if number % EVERY == EVERY - 1:
            continue
        if held is not None:
            yield from (event, held)
            held = None
        elif number % 50 == 40 and isinstance(event, Message) and event.direction is TO_CLIENT:
            held = event
        else:
            yield event
    if held is not None:
        yield held


def main(count: int = EVENTS) -> int:
    frames = session()
    with tempfile.TemporaryDirectory() as name:
        first, second = Path(name) / "first.lksig", Path(name) / "second.lksig"
        record(first, events(frames, count))
        record(second, again(frames, count))
        worst = 0.0
        for title, files in (("equal", (first, first)), ("nearly equal", (first, second))):
            with open(os.devnull, "wb") as nowhere:
                done = subprocess.run(
                    [sys.executable, "-c", MEASURE, "diff", *map(str, files)],
                    stdout=nowhere,
                    stderr=subprocess.PIPE,
                    text=True,
                    check=True,
                )
            mib, seconds, code = (float(word) for word in done.stderr.split()[-3:])
            worst = max(worst, mib)
            goal = f"goal {GOAL_MIB} MiB: {'met' if mib <= GOAL_MIB else 'missed'}"
            print(f"{title:16} {count / seconds:>10,.0f} events/s of each {mib:6.0f} MiB   exit {code:.0f}   {goal}")
    return int(worst > GOAL_MIB)


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:2])))
