"""`listen --json > file` against a server that sends 20 000 messages a second; then as many as come.

    python benchmarks/flood.py [--messages N] [--rate N]

A bare WebSocket server in a process of its own sends updates of 200-250 bytes. Printed are how many lines a second
arrived in the file, how long after the server's last message lksig was done (its lag), and the most memory it took, for
a tenth of the messages and for all of them. Exit 1: a line is missing, or memory grew with the number of messages.
Memory that grew would show by then; `--messages 1000000` is the goal's own number, and takes a minute and a half.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

BATCH_S = 0.01
GROWTH_MIB = 16
"""More memory for ten times as many messages is growth, not noise."""


async def serve(rate: int, count: int) -> None:
    """Send a join, `count` messages at `rate` a second (0: as fast as they are taken), and goodbye."""
    from websockets.asyncio.server import ServerConnection
    from websockets.asyncio.server import serve as listen_on

    from benchmarks.lines import corpus
    from lksig.schema.pool import TO_CLIENT, envelope_class

    frames = [raw for way, raw in corpus() if way is TO_CLIENT]
    join = envelope_class(TO_CLIENT)(join={"room": {"name": "flood"}}).SerializeToString()
    leave = envelope_class(TO_CLIENT)(leave={"reason": 2}).SerializeToString()
    over = asyncio.Event()

    async def session(connection: ServerConnection) -> None:
        await connection.send(join)
        began, sent = time.perf_counter(), 0
        while sent < count:
            due = count if not rate else min(count, int((time.perf_counter() - began) * rate))
            for sent_now in range(sent, due):
                await connection.send(frames[sent_now % len(frames)])
            sent = max(sent, due)
            await asyncio.sleep(BATCH_S if rate else 0)
        await connection.send(leave)
        print(f"sent {time.perf_counter() - began:.6f} {time.time():.6f}", flush=True)
        await connection.close()
        over.set()

    async with listen_on(session, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        print("port", next(iter(server.sockets)).getsockname()[1], flush=True)
        await over.wait()


def flood(rate: int, count: int) -> tuple[float, float, float]:
    """Seconds the server took, seconds lksig took longer, and MiB of memory at most."""
    server = subprocess.Popen(
        [sys.executable, __file__, "--serve", "--rate", str(rate), "--messages", str(count)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    url = f"ws://127.0.0.1:{server.stdout.readline().split()[1]}"
    with tempfile.TemporaryFile() as out:
        command = [sys.executable, "-m", "lksig", "listen", url, "--dev", "--json", "--path", "v0"]
        client = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, cwd=ROOT)
        _, _, usage = os.wait4(client.pid, 0)
        client.returncode = 0
        done = time.time()
        _, took, ended = server.stdout.readline().split()
        server.wait()
        out.seek(0)
        lines = sum(1 for line in out if re.search(rb'"kind":"message".*"dir":"to_client"', line))
    if lines != count + 2:
        sys.exit(f"{count + 2} messages were sent, {lines} lines were written")
    return float(took), done - float(ended), usage.ru_maxrss / 1024


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=300_000)
    parser.add_argument("--rate", type=int, default=20_000)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(serve(given.rate, given.messages))
        return
    memory = []
    plan = [(given.rate, given.rate * 5), (0, given.messages // 10), (0, given.messages)]
    for rate, count in plan:
        took, lag, peak = flood(rate, count)
        memory.append(peak)
        asked = f"{rate:,} /s asked for" if rate else "as fast as they are taken"
        print(f"{count:9,} messages, {asked}: {count / (took + lag):8,.0f} lines/s, lag {lag:6.2f} s, {peak:4.0f} MiB")
    print(f"goals: {given.rate:,} /s without a lag, memory flat")
    if memory[2] > memory[1] + GROWTH_MIB:
        sys.exit(f"memory grew from {memory[1]:.0f} to {memory[2]:.0f} MiB")


if __name__ == "__main__":
    main()
