"""Run all tests under coverage; each module of the pure rooms must reach 100 % of its branches by its own test file.

    python tests/check_pure_coverage.py                   everything; `make check` does this
    python tests/check_pure_coverage.py schema/filter     only these modules, to see what their tests leave out

`lksig/wire/codec.py` is tested by `tests/wire/test_codec.py`: that file runs alone, in a process of its own, because a
line that another test happens to pass is not tested by it. All other tests are one more run. The data of all runs stays
in DATA, where `coverage combine` finds it for the gate over the whole package.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import coverage
from coverage.exceptions import NoDataError

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / ".cache" / "coverage"
PURE_ROOMS = ("schema", "wire", "session")

EXEMPT: dict[str, str] = {}
"""Module, as `schema/filter` → why it may stay below 100 %. This list may only shrink."""


@dataclass(frozen=True)
class Outcome:
    """One run of pytest, and for a pure module what its tests left out."""

    name: str
    passed: bool
    output: str
    missing: str
    took_s: float


def pure_modules() -> list[str]:
    """`schema/cases`, `schema/docs`…"""
    paths = (path for room in PURE_ROOMS for path in (ROOT / "lksig" / room).glob("*.py"))
    return sorted(f"{path.parent.name}/{path.stem}" for path in paths if path.stem != "__init__")


def test_file(module: str) -> Path:
    room, name = module.split("/")
    return ROOT / "tests" / room / f"test_{name}.py"


def run_pytest(name: str, arguments: Sequence[str]) -> tuple[bool, str, Path]:
    """Did the tests pass, what was printed, and where the coverage data is."""
    data_file = DATA / f".coverage.{name.replace('/', '.')}"
    command = [sys.executable, "-m", "coverage", "run", f"--data-file={data_file}", "-m", "pytest", "-q"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode == 0, done.stdout + done.stderr, data_file


def check_module(module: str) -> Outcome:
    """Run the module's own tests and see what they leave out of it."""
    started = time.monotonic()
    tests = test_file(module)
    if not tests.exists():
        return Outcome(module, True, "", f"there is no {tests.relative_to(ROOT)}", 0)
    passed, output, data_file = run_pytest(module, [str(tests)])
    missing = left_out(module, data_file) if passed else ""
    return Outcome(module, passed, output, missing, time.monotonic() - started)


def left_out(module: str, data_file: Path) -> str:
    """The line of the coverage report for a module below 100 %, else nothing."""
    measured = coverage.Coverage(data_file=str(data_file), config_file=str(ROOT / "pyproject.toml"))
    measured.load()
    report = io.StringIO()
    try:
        percent = measured.report(include=[f"{ROOT}/lksig/{module}.py"], show_missing=True, file=report)
    except NoDataError:
        return "they never load it"
    if percent == 100:
        return ""
    line = next(line for line in report.getvalue().splitlines() if f"{module}.py" in line)
    return " ".join(line.split())


def check_rest(modules: Sequence[str]) -> Outcome:
    """Run every test that is not a pure module's own."""
    started = time.monotonic()
    passed, output, _ = run_pytest("rest", [f"--ignore={test_file(module)}" for module in modules])
    return Outcome("all other tests", passed, output, "", time.monotonic() - started)


def main(chosen: Sequence[str]) -> int:
    """Print what is wrong; 0 when nothing is."""
    shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir(parents=True)
    modules = list(chosen) or pure_modules()
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        # The longest one first, so that it does not run alone at the end.
        rest = [] if chosen else [workers.submit(check_rest, modules)]
        outcomes = [job.result() for job in [*rest, *(workers.submit(check_module, module) for module in modules)]]
    problems = 0
    for outcome in outcomes:
        if not outcome.passed:
            problems += 1
            print(f"{outcome.name}: tests failed\n{outcome.output}")
        elif outcome.missing and outcome.name not in EXEMPT:
            problems += 1
            print(f"{outcome.name}: its own tests leave something out: {outcome.missing}")
        elif outcome.name in EXEMPT and not outcome.missing:
            problems += 1
            print(f"{outcome.name}: reaches 100 %: take it off the list of exemptions")
    slowest = ", ".join(f"{one.name} {one.took_s:.0f} s" for one in sorted(outcomes, key=lambda one: -one.took_s)[:3])
    print(f"{len(modules)} pure modules, {problems} problems; slowest: {slowest}")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
