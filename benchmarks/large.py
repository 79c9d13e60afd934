"""An update of 100 000 participants (12.6 MB) as line, tree and JSON line: time, and memory of the whole process.

    python benchmarks/large.py

Each view has a process of its own, which gets the frame from a file and writes into one. Exit 1: one of them took more
than 400 MiB.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lksig.render.json_lines import JsonLines
from lksig.render.line import LineView
from lksig.render.tree import TreeView
from lksig.schema.pool import TO_CLIENT
from lksig.wire.codec import decode_frame
from lksig.wire.events import Reading, Start
from lksig.wire.redaction import Secrets

VIEWS = ("line", "tree", "json")
GOAL_MIB = 400
START = Reading(Start(0, 1_795_617_245_000_000_000, "ws://127.0.0.1:7880/rtc/v1", "v1", "standup", "probe"))


def show(view: str, source: Path, target: Path) -> None:
    """Write the frame in `source` into `target`; print seconds, bytes and MiB."""
    began = time.perf_counter()
    message = decode_frame(source.read_bytes(), direction=TO_CLIENT, t_ns=0, by="server")
    written = 0
    with target.open("w", encoding="utf-8") as out:
        for piece in _pieces(view, Reading(message, n=1)):
            written += out.write(piece)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{time.perf_counter() - began:.3f} {written} {peak:.1f}")


def _pieces(view: str, reading: Reading) -> Iterator[str]:
    secrets = Secrets(b"benchmarks' key.")
    if view == "json":
        lines = JsonLines(secrets)
        lines.text(START)
        yield from lines.pieces(reading)
    elif view == "tree":
        tree = TreeView(secrets, colour=False, width=120)
        yield from (line + "\n" for line in tree.lines(reading))
    else:
        line_view = LineView(secrets, piped=True)
        line_view.text(START)
        yield line_view.text(reading) or ""


def main() -> None:
    """Print the figures."""
    if len(sys.argv) == 4:
        show(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
        return
    if len(sys.argv) == 2:
        from benchmarks.decode import large_update

        Path(sys.argv[1]).write_bytes(large_update())
        return
    too_much = []
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "frame"
        # By a child: a process counts as its own what the one that started it took at that moment.
        subprocess.run([sys.executable, __file__, str(source)], check=True)
        size = source.stat().st_size
        for view in VIEWS:
            command = [sys.executable, __file__, view, str(source), str(Path(folder) / view)]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
            took, written, peak = map(float, told)
            print(
                f"{view:5} {size / 1e6:.1f} MB as {written / 1e6:6.1f} MB of text in {took:5.2f} s, {peak:4.0f} MiB"
                f"   goal {GOAL_MIB} MiB"
            )
            too_much += [view] if peak > GOAL_MIB else []
    if too_much:
        sys.exit(f"too much memory: {', '.join(too_much)}")


if __name__ == "__main__":
    main()
