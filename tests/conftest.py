"""What all tests share: options and settings; helpers are modules of `tests/support`."""

from __future__ import annotations

import pytest
from hypothesis import settings

# A shared or throttled machine is no failing property; pytest's own limit catches what hangs.
settings.register_profile("lksig", deadline=None)
settings.load_profile("lksig")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write what is printed now into tests/golden")


@pytest.fixture(scope="session")
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are rewritten instead of compared; `make golden` does it."""
    return bool(request.config.getoption("--update-golden"))
