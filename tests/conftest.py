"""What all tests share: options and settings; helpers are modules of `tests/support`."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

# A shared or throttled machine is no failing property; pytest's own limit catches what hangs.
settings.register_profile("lksig", deadline=None)
settings.load_profile("lksig")


def pytest_configure() -> None:
    # A shell starts what it puts into the background with Ctrl-C ignored, and every process below inherits it: tests of
    # Ctrl-C would wait for ever for a process that, as it should, stays deaf.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write what is printed now into tests/golden")


@pytest.fixture(scope="session")
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are rewritten instead of compared; `make golden` does it."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_processes_of_failed_tests() -> Iterator[None]:
    """Leaving `with Popen(…)` waits for the process: after a failure it is killed first, or the run would hang here."""
    leave = subprocess.Popen.__exit__

    def kill_and_leave(process: subprocess.Popen[Any], kind: Any, error: Any, trace: Any) -> None:
        if kind is not None:
            process.kill()
        leave(process, kind, error, trace)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess.Popen, "__exit__", kill_and_leave)
        yield
