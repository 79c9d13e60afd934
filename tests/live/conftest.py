"""The real livekit-server for every test in this directory; `make test-live` runs them."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.live.real_server import RealServer, ServerError

HERE = Path(__file__).resolve().parent
TEST_LIMIT_S = 60

_running: list[RealServer] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            # The limit is the test's own: building the server takes minutes, once.
            item.add_marker(pytest.mark.timeout(TEST_LIMIT_S, func_only=True))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the server had to say when a test failed."""
    report = yield
    if report.failed and item.path.is_relative_to(HERE):
        report.sections += [("livekit-server", server.log_tail()) for server in _running]
    return report


@pytest.fixture(scope="session")
def real_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """A livekit-server for the whole run: `.url`, `.log_path`, `.restart()`. Give rooms names of your own."""
    server = RealServer(tmp_path_factory.mktemp("livekit"))
    problem = ""
    try:
        server.start()
    except ServerError as exc:
        problem = str(exc)
    if problem:
        pytest.fail(problem, pytrace=False)
    _running.append(server)
    yield server
    _running.remove(server)
    server.stop()
