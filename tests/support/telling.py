"""One message → its summary, as a view makes it."""

from __future__ import annotations

from typing import Any

from lksig.render.summaries import Summaries
from lksig.render.times import WallClock
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.wire.events import Reading
from tests.support.readings import message, secrets, start


def summaries(*, show: bool = False) -> Summaries:
    wall = WallClock()
    wall.start(start().event)
    return Summaries(secrets(show=show), wall)


def tell(reading: Reading, *, show: bool = False) -> str:
    return summaries(show=show).text(reading)


def response(case: str, body: Any = None, **around: Any) -> str:
    """The summary of a message of the server; the sample of its case where no body is given."""
    return tell(message(TO_CLIENT, case, body, **around))


def request(case: str, body: Any = None) -> str:
    """The summary of a message of the user."""
    return tell(message(TO_SERVER, case, body))
