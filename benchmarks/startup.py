"""How long commands take from the shell's point of view, as multiples of an interpreter that does nothing.

    python benchmarks/startup.py [--rounds N] [--url URL]

Every round runs each command once, so that whatever else the machine does meets all of them; what is printed are the
medians (and the minima) of the rounds, divided by those of `python -c pass`. Bytecode is compiled first, and the script
is the one that pip 25 and later write. The server of the last row is the embedded one, started here, or the one at
`--url` that knows `devkey`. Ratios count the packages of the environment too: PyJWT loads `cryptography` where that is
installed, which lksig itself does not ask for.
"""

from __future__ import annotations

import argparse
import compileall
import importlib.util
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 11
GOALS = {"--version": 1.5, "--help": 14.0, "connect, join, leave": 16.0}

SCRIPT = """\
#!{python}
import sys
from lksig.entry import main
if __name__ == '__main__':
    sys.argv[0] = sys.argv[0].removesuffix('.exe')
    sys.exit(main())
"""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--url", help="a server that knows devkey/secret, instead of the embedded one")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, _server(given.url) as url:
        script = _prepare(Path(name))
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "--version": [script, "--version"],
            "--help": [script, "--help"],
            "connect, join, leave": [script, "listen", url, "--dev", "-n", "1"],
        }
        _show(_times(commands, given.rounds))


def _prepare(folder: Path) -> str:
    """The console script, with bytecode for everything it may import."""
    for place in {str(ROOT / "lksig"), *filter(os.path.isdir, sys.path[1:])}:
        if "site-packages" in place or place.startswith(str(ROOT)):
            compileall.compile_dir(place, quiet=2, workers=0)
    script = folder / "lksig"
    script.write_text(SCRIPT.format(python=sys.executable))
    script.chmod(0o755)
    return str(script)


def _environment() -> dict[str, str]:
    """A user's environment: ours without what would change Python's start, or the look of what is printed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV", "LKSIG"))}
    return kept | {"PYTHONPATH": str(ROOT)}


@contextmanager
def _server(url: str | None) -> Iterator[str]:
    """The server to connect to, in a process of its own."""
    if url is not None:
        yield url
        return
    command = [sys.executable, "-m", "lksig", "serve", "--port", "0"]
    with subprocess.Popen(
        command, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        assert server.stdout is not None
        try:
            for line in server.stdout:
                if found := re.search(r"ws://[\w.:]+", line):
                    yield found[0]
                    break
            else:
                sys.exit("the embedded server did not start")
        finally:
            server.terminate()


def _times(commands: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of every run; the first round warms the caches and does not count."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for count in range(rounds + 1):
        for name, command in commands.items():
            began = time.perf_counter()
            done = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=False)
            took = (time.perf_counter() - began) * 1000
            if done.returncode:
                sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
            if name.startswith("connect") and " join " not in done.stdout:
                sys.exit(f"no join was printed:\n{done.stdout}{done.stderr}")
            if count:
                times[name].append(took)
    return times


def _show(times: dict[str, list[float]]) -> None:
    base = times["python -c pass"]
    median, least = statistics.median(base), min(base)
    if importlib.util.find_spec("cryptography") is not None:
        print("`cryptography` is installed here: connecting with a key pays for loading it")
    print(f"{'':22} {'median':>9} {'minimum':>9} {'median':>8} {'minimum':>8}   goal")
    for name, values in times.items():
        middle, low = statistics.median(values), min(values)
        goal = f"{GOALS[name]:5.1f} x" if name in GOALS else ""
        print(f"{name:22} {middle:6.1f} ms {low:6.1f} ms {middle / median:6.2f} x {low / least:6.2f} x  {goal}")


if __name__ == "__main__":
    main()
