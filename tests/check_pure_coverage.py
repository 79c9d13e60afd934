"""Run all tests under coverage; each module of the pure rooms must reach 100 % of its branches by its own test file.

    python tests/check_pure_coverage.py                   everything; `make check` does this
    python tests/check_pure_coverage.py schema/filter     only these modules, to see what their tests leave out

`lksig/wire/codec.py` is tested by `tests/wire/test_codec.py`: that file runs alone, in a process of its own, because a
line that another test happens to pass is not tested by it. All other tests are one more run. Each run measures only
what it answers for, because measuring doubles the time. The data of all runs stays in DATA, where `coverage combine`
finds it for the gate over the whole package.

The processes are forks of this one, which has loaded pytest but nothing of lksig: a hundred starts of pytest would take
longer than the tests.
"""

from __future__ import annotations

import importlib
import io
import os
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import coverage
import pytest
from coverage.exceptions import NoDataError

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / ".cache" / "coverage"
PURE_ROOMS = ("schema", "wire", "session")

PRELOADED = ("hypothesis.strategies", "google.protobuf.json_format", "asyncio")
"""What most test files import, and takes a second to load under coverage."""
# Assertions inside of plugins that are loaded already stay plain: pytest would warn of each.
OPTIONS = ("-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")

EXEMPT: dict[str, str] = {}
"""Module, as `schema/filter` → why it may stay below 100 %. This list may only shrink."""


@dataclass(frozen=True)
class Job:
    """One run of pytest, and what it answers for."""

    name: str
    tests: Sequence[str]
    """Arguments of pytest."""
    source: Sequence[str] = ("lksig",)
    omit: Sequence[str] = ()
    missing: str = ""
    """What the tests leave out of a pure module, or why they could not run."""
    passed: bool = True
    started_s: float = 0
    took_s: float = 0

    @property
    def data_file(self) -> Path:
        return DATA / f".coverage.{self.name.replace('/', '.').replace(' ', '_')}"

    @property
    def output(self) -> Path:
        return DATA / f"{self.data_file.name.removeprefix('.coverage.')}.txt"


def pure_modules() -> list[str]:
    """`schema/cases`, `schema/docs`…"""
    paths = (path for room in PURE_ROOMS for path in (ROOT / "lksig" / room).glob("*.py"))
    return sorted(f"{path.parent.name}/{path.stem}" for path in paths if path.stem != "__init__")


def test_file(module: str) -> Path:
    room, name = module.split("/")
    return ROOT / "tests" / room / f"test_{name}.py"


def job_of(module: str) -> Job:
    """The run of a pure module's own tests."""
    return Job(module, [str(test_file(module))], [f"lksig.{module.replace('/', '.')}"])


def rest_of(modules: Sequence[str]) -> Job:
    """The run of every test that is not a pure module's own."""
    tests = [f"--ignore={test_file(module)}" for module in modules]
    return Job("all other tests", tests, omit=[f"lksig/{module}.py" for module in modules])


def spawn(job: Job) -> int:
    """Start the run in a fork of this process; its number."""
    number = os.fork()
    if number:
        return number
    code = 1
    try:
        written = os.open(job.output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(written, 1)
        os.dup2(written, 2)
        measured = coverage.Coverage(
            data_file=str(job.data_file), config_file="pyproject.toml", source=list(job.source), omit=list(job.omit)
        )
        measured.start()
        code = pytest.main([*OPTIONS, *job.tests])
        measured.stop()
        measured.save()
        sys.stdout.flush()
    finally:
        os._exit(code)


def run(jobs: Sequence[Job]) -> list[Job]:
    """Run them all, as many at a time as there are processors; the jobs with what became of them."""
    waiting, running, done = list(jobs), dict[int, Job](), list[Job]()
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            job = replace(waiting.pop(0), started_s=time.monotonic())
            running[spawn(job)] = job
        number, status = os.wait()
        job = running.pop(number)
        passed = os.waitstatus_to_exitcode(status) == 0
        done.append(replace(job, passed=passed, took_s=time.monotonic() - job.started_s))
    return done


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


def checked(job: Job) -> Job:
    """A job that was run, with what its tests leave out of its module."""
    return replace(job, missing=left_out(job.name, job.data_file)) if job.passed else job


def problem(job: Job) -> str | None:
    """What is wrong with the outcome of a job."""
    if not job.passed:
        return f"tests failed\n{job.output.read_text('utf-8', 'replace')}"
    if job.missing and job.name not in EXEMPT:
        return f"its own tests leave something out: {job.missing}"
    if job.name in EXEMPT and not job.missing:
        return "reaches 100 %: take it off the list of exemptions"
    return None


def main(chosen: Sequence[str]) -> int:
    """Print what is wrong; 0 when nothing is."""
    os.chdir(ROOT)
    shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir(parents=True)
    pytest.main(["--version"])  # loads pytest and its plugins, and stops
    for name in PRELOADED:
        importlib.import_module(name)
    assert not any(name.partition(".")[0] == "lksig" for name in sys.modules)
    modules = list(chosen) or pure_modules()
    untested = [module for module in modules if not test_file(module).exists()]
    tested = [module for module in modules if module not in untested]
    # The longest one first, so that it does not run alone at the end.
    rest = [] if chosen else [rest_of(tested)]
    jobs = run([*rest, *map(job_of, tested)])
    outcomes = [job if job.name == "all other tests" else checked(job) for job in jobs]
    outcomes += [Job(module, [], missing=f"there is no {test_file(module).relative_to(ROOT)}") for module in untested]
    problems = {job.name: found for job in outcomes if (found := problem(job))}
    for name, found in problems.items():
        print(f"{name}: {found}")
    slowest = ", ".join(f"{job.name} {job.took_s:.0f} s" for job in sorted(outcomes, key=lambda job: -job.took_s)[:3])
    print(f"{len(modules)} pure modules, {len(problems)} problems; slowest: {slowest}")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
