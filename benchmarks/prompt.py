"""The prompt on a real terminal: keys, answers, bursts, the first prompt, and memory, against a server that floods.

    python benchmarks/prompt.py [--rounds N] [--messages N]       a million messages: --messages 1000000

`lksig connect` runs on a pseudo terminal; a server in a process of its own (`tests.support.flooding`) sends messages of
about 200 bytes, as many and as fast as a typed request asks for. Times are those of the terminal's far side: from the
write of a key to the arrival of the bytes that show it. The first prompt is given as a multiple of `python -c pass`,
measured in the same rounds. Exit 1: memory grew.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

KEYS = 120
LIMIT_S = 900.0
"""A million messages take a while."""
ROUNDS = 9
DONE = b"request_response"
"""What the server answers to the request for a flood, behind the flood: answers are never kept from the screen."""
GROWTH_MIB = 16
GOALS = {
    "key, quiet": 5.0,
    "key, 1 000 messages/s": 50.0,
    "Enter to the answer": 10.0,
    "2 000 messages at once": 500.0,
    "first prompt": 22.0,
}
"""Milliseconds; of the first prompt a multiple of `python -c pass`. Of keys and answers 95 of 100 are as fast."""


class Prompt:
    """One `lksig connect` on a terminal."""

    def __init__(self, url: str, state: str) -> None:
        from tests.support.terminal import OnTerminal

        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV", "LKSIG"))}
        variables = kept | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "XDG_STATE_HOME": state}
        self.began = time.perf_counter()
        command = [
            sys.executable,
            "-m",
            "lksig",
            "connect",
            url,
            "--dev",
            "--path",
            "v0",
            "--no-fence",
            "--timeout",
            "600",
        ]
        self.at = OnTerminal([*command, "--identity", "bench"], variables, emulates=False, limit_s=LIMIT_S)

    def until(self, text: bytes, start: int) -> float:
        """When a text is written to the terminal, behind `start` of all that was."""
        self.at.until(lambda: self.at.raw.find(text, start) >= 0, repr(text))
        return time.perf_counter()

    def key(self, key: str) -> float:
        """Milliseconds until a key is on the screen."""
        start = len(self.at.raw)
        began = time.perf_counter()
        self.at.type(key)
        return (self.until(key.encode(), start) - began) * 1e3

    def line(self, text: str, seen: bytes) -> float:
        """Milliseconds from Enter until something is on the screen."""
        self.at.type(text)
        self.settle()
        start = len(self.at.raw)
        began = time.perf_counter()
        self.at.type("\r")
        return (self.until(seen, start) - began) * 1e3

    def settle(self) -> None:
        """Read until nothing comes any more."""
        while self.at.read(0.15):
            pass

    def memory_mib(self) -> float:
        """What the process holds now."""
        status = Path(f"/proc/{self.at.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", status)
        assert found is not None
        return int(found[1]) / 1024


# Keys that stand in no message, so that each is found in what is written; none of them completes anything.
UNUSUAL = [chr(code) for code in range(0x2801, 0x2801 + KEYS)]


def keys(prompt: Prompt) -> list[float]:
    """Times of keys, one after the other, then the line is cleared."""
    times = []
    for key in UNUSUAL:
        times.append(prompt.key(key))
        time.sleep(0.005)  # nobody types faster
    prompt.at.type("\x03")
    return times


def p95(times: list[float]) -> float:
    """The 95th of a hundred."""
    return sorted(times)[int(len(times) * 0.95)]


def figures(url: str, messages: int) -> tuple[dict[str, list[float]], list[float]]:
    """Times by name, and memory after a tenth of the messages and after all of them."""
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as state:
        prompt = Prompt(url, state)
        with prompt.at:
            prompt.until(b"bench>", 0)
            prompt.settle()
            found["key, quiet"] = keys(prompt)
            prompt.settle()
            found["Enter to the answer"] = [prompt.line("ping_req", b"pong_resp") for _ in range(20)]
            prompt.settle()
            found["2 000 messages at once"] = [prompt.line("update_metadata name=0/2000", DONE) for _ in "123"]
            prompt.settle()
            begun = len(prompt.at.raw)
            prompt.at.type("update_metadata name=1000/10000\r")
            time.sleep(0.5)
            found["key, 1 000 messages/s"] = [time for _ in "123" for time in keys(prompt)]
            prompt.until(DONE, begun)
            prompt.settle()
            memory = []
            for count in (messages // 10, messages):
                start = len(prompt.at.raw)
                prompt.at.type(f"update_metadata name=0/{count}\r")
                prompt.until(DONE, start)
                del prompt.at.raw[:]
                memory.append(prompt.memory_mib())
            prompt.at.type("\x04")
            if prompt.at.wait():
                sys.exit("it did not end with 0")
    return found, memory


def first_prompts(url: str, rounds: int) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds of `python -c pass`, until the first prompt, and until a key typed at once is seen."""
    bare, prompts, answers = [], [], []
    with tempfile.TemporaryDirectory() as state:
        for _ in range(rounds):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", "pass"], check=True)
            bare.append((time.perf_counter() - began) * 1e3)
            prompt = Prompt(url, state)
            with prompt.at:
                prompts.append((prompt.until(b"bench>", 0) - prompt.began) * 1e3)
                prompt.at.type(UNUSUAL[0])
                answers.append((prompt.until(UNUSUAL[0].encode(), 0) - prompt.began) * 1e3)
                prompt.at.type("\x03\x04")
                prompt.at.wait()
    return bare, prompts, answers


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    from tests.support.flooding import flooding

    with flooding() as url:
        _show(url, given.rounds, given.messages)


def _show(url: str, rounds: int, messages: int) -> None:
    bare, prompts, answers = first_prompts(url, rounds)
    ratio = statistics.median(prompts) / statistics.median(bare)
    print(f"python -c pass           {statistics.median(bare):7.1f} ms")
    goal = _judged(ratio, GOALS["first prompt"], "x")
    print(f"first prompt             {statistics.median(prompts):7.1f} ms   {ratio:5.1f} x   {goal}")
    told = statistics.median(answers)
    print(f"first key on the screen  {told:7.1f} ms   {told / statistics.median(bare):5.1f} x   if typed at once")
    found, memory = figures(url, messages)
    print(f"{'':24} {'median':>10} {'95 of 100':>10} {'most':>10}")
    for name, times in found.items():
        shown = "".join(f"{value:8.1f} ms" for value in (statistics.median(times), p95(times), max(times)))
        print(f"{name:24}{shown}   {_judged(p95(times), GOALS[name], 'ms')}")
    print(f"memory after {messages // 10:,} more messages {memory[0]:.0f} MiB, {messages:,} more {memory[1]:.0f} MiB")
    if memory[1] > memory[0] + GROWTH_MIB:
        sys.exit("memory grew")


def _judged(value: float, goal: float, unit: str) -> str:
    """Times are the machine's, too: they are judged, and fail nothing."""
    return f"goal {goal:g} {unit}: {'met' if value <= goal else 'missed'}"


if __name__ == "__main__":
    main()
