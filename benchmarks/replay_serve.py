"""The clock of `replay FILE --serve` at 1x, and what a long recording costs before the port opens.

    python benchmarks/replay_serve.py [--seconds N] [--messages N]

A recording of updates at irregular gaps (bursts, and silences of up to 50 ms) is served by a process of its own to a
bare WebSocket client. Printed is how far the messages were from their recorded times, as far as they differ from each
other; then the seconds until a recording of many messages is listened for, and the most memory that took.
The 99th percentile of the error is to be under 5 ms on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

LIMIT_MS = 5.0
UNIT_NS = 1_000_000


def record(path: Path, gaps_ms: Iterable[float]) -> list[int]:
    """Write a recording of a join and an update after each gap; the times of all, in ns."""
    from lksig.recording.compression import Plain
    from lksig.recording.format_v1 import Header
    from lksig.recording.writer import Recorder, create_file
    from lksig.schema.pool import TO_CLIENT, envelope_class
    from lksig.wire import events
    from lksig.wire.codec import decode_frame

    def failed(exc: OSError) -> None:
        raise exc

    recorder = Recorder(create_file(str(path)), Header(0), redactor=None, compressor=Plain(), on_failure=failed)
    recorder.event(events.Start(0, 0, "ws://h/rtc", "v0", "r", "probe"))
    recorder.event(events.Http(0, "GET", "/rtc", (), 101, (), b"", 0))
    times = [0]
    update = envelope_class(TO_CLIENT)(speakers_changed={"speakers": [{"sid": "PA_x", "level": 0.5}]})
    for raw in _frames(envelope_class(TO_CLIENT)(join={"ping_interval": 5}), update, gaps_ms, times):
        recorder.event(decode_frame(raw, direction=TO_CLIENT, t_ns=times[-1], by="server"))
    recorder.close()
    return times


def _frames(join: object, update: object, gaps_ms: Iterable[float], times: list[int]) -> Iterable[bytes]:
    yield join.SerializeToString()  # type: ignore[attr-defined]  # messages of protobuf
    raw = update.SerializeToString()  # type: ignore[attr-defined]
    for gap_ms in gaps_ms:
        times.append(times[-1] + round(gap_ms * UNIT_NS))
        yield raw


def gaps(seconds: float) -> list[float]:
    """Irregular gaps that come to so many seconds, in ms."""
    chance = random.Random(7)
    made: list[float] = []
    while sum(made) < seconds * 1000:
        made.append(chance.choice([0.05, 0.3, 1.0, chance.uniform(1, 20), chance.uniform(20, 50)]))
    return made


def serve(path: Path) -> subprocess.Popen[str]:
    """A server of the recording, listening on a free port."""
    command = [sys.executable, "-m", "lksig", "replay", str(path), "--serve", "--port", "0", "-q"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


async def arrivals(url: str, count: int) -> list[int]:
    """When each message came."""
    from websockets.asyncio.client import connect

    token = "e30.eyJzdWIiOiJwcm9iZSJ9.e30"
    times: list[int] = []
    async with connect(f"{url}/rtc?access_token={token}", compression=None, proxy=None, ping_interval=None) as socket:
        while len(times) < count:
            await socket.recv()
            times.append(time.perf_counter_ns())
    return times


def clock(folder: Path, seconds: float) -> None:
    """Print the errors."""
    times = record(folder / "clock.lksig", gaps(seconds))
    with serve(folder / "clock.lksig") as server:
        assert server.stdout is not None
        url = server.stdout.readline().split()[1]
        came = asyncio.run(_read_both(server, url, len(times)))
        server.kill()
    offsets = sorted(got - due for got, due in zip(came, times, strict=True))
    middle = offsets[len(offsets) // 2]  # when the clock began: nobody here saw it
    errors = sorted(abs(offset - middle) / UNIT_NS for offset in offsets)
    p50, p99 = (errors[round(len(errors) * part)] for part in (0.5, 0.99))
    text = f"{len(errors)} messages in {seconds:g} s, error p50 {p50:.2f} ms, p99 {p99:.2f} ms"
    goal = f"goal p99 {LIMIT_MS:g} ms: {'met' if p99 < LIMIT_MS else 'missed'}"
    print(f"clock: {text}, max {errors[-1]:.2f} ms   {goal}")


async def _read_both(server: subprocess.Popen[str], url: str, count: int) -> list[int]:
    """What the server prints has to be read, or it waits."""
    assert server.stdout is not None
    reading = asyncio.create_task(asyncio.to_thread(server.stdout.read))
    came = await arrivals(url, count)
    server.kill()
    await reading
    return came


def start(folder: Path, count: int) -> None:
    """Print what it costs to begin."""
    record(folder / "long.lksig", (1.0 for _ in range(count)))
    began = time.perf_counter()
    with serve(folder / "long.lksig") as server:
        assert server.stdout is not None
        server.stdout.readline()
        took_s = time.perf_counter() - began
        server.kill()
        _, _, usage = os.wait4(server.pid, 0)
        server.returncode = 0
    print(f"start: {count} messages, listening after {took_s:.1f} s, {usage.ru_maxrss / 1024:.0f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--messages", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clock(Path(folder), options.seconds)
        start(Path(folder), options.messages)


if __name__ == "__main__":
    main()
