"""Every request and every provokable response at the embedded server, as at the real one: the same rows and lines.

Only `room_update` is left to `tests/session/test_server.py`: it comes after 5 s, and the clock there is a fake.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.provoked import PROVOKED, RECONNECT, beside, check, provoke
from tests.support.request_rows import PARAMETERS, Row, check_row
from tests.support.served import Served
from tests.support.serving import serving


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as url:
        yield Served(url)


@pytest.mark.parametrize(("row", "path"), PARAMETERS)
def test_request(served: Served, row: Row, path: str) -> None:
    check_row(served, row, path)


@pytest.mark.parametrize("case", [case for case in PROVOKED if case != "room_update"])
def test_response(served: Served, case: str) -> None:
    check(case, provoke(served, case))


def test_reconnect(served: Served) -> None:
    room = ("--room", "provoked-reconnect")
    with beside(served, "listen", *room) as first:
        sid = first.until("join")["participant"]["sid"]
        with beside(served, RECONNECT.replace("SID", sid), *room) as second:
            assert second.until("reconnect")["server_info"]["version"]


def test_media_sections_requirement() -> None:
    """On `/rtc/v1`, as soon as somebody else has media; here that is the simulated participant."""
    with serving("--with", "alice") as url, beside(Served(url), "listen") as story:
        assert story.until("media_sections_requirement") == {"num_audios": 1, "num_videos": 1}
