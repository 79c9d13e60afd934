"""Readings for the views: messages by case, and everything that may stand around them."""

from __future__ import annotations

from typing import Any

from lksig.schema.pool import TO_CLIENT, Direction
from lksig.wire.codec import decode_frame
from lksig.wire.events import By, Encoding, Reading, Start
from lksig.wire.redaction import Secrets
from tests.support.samples import WALL_NS, envelope

RUN_KEY = b"0123456789abcdef"
"""Fixed, so that guessable secrets have the same placeholder in every run of the tests."""


def secrets(*, show: bool = False) -> Secrets:
    return Secrets(RUN_KEY, show=show)


def start(**changes: Any) -> Reading:
    """The reading a run begins with."""
    fields: dict[str, Any] = {
        "t_ns": 0,
        "wall_ns": WALL_NS,
        "url": "ws://127.0.0.1:7880/rtc/v1",
        "path": "v1",
        "room": "standup",
        "identity": "probe",
    }
    return Reading(Start(**{**fields, **changes}))


def frame(
    raw: bytes,
    direction: Direction = TO_CLIENT,
    *,
    n: int = 4,
    t_ns: int = 5_514_204_000,
    dt_ns: int = 812_000,
    by: By | None = None,
    encoding: Encoding = "protobuf",
    session: int = 1,
    socket: int = 1,
    **known: Any,
) -> Reading:
    """The reading of a frame; `known` is what the journal found out about it."""
    maker: By = by or ("server" if direction is TO_CLIENT else "user")
    message = decode_frame(
        raw, direction=direction, encoding=encoding, t_ns=t_ns, by=maker, session=session, socket=socket
    )
    return Reading(message, n=n, dt_ns=dt_ns, **known)


def message(direction: Direction, case: str, body: Any = None, **around: Any) -> Reading:
    """The reading of a message; the sample of its case where no body is given."""
    return frame(envelope(direction, case, body).SerializeToString(deterministic=True), direction, **around)
