"""A reading as filters see it, made from the fields of one message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, case_of, envelope_class


@dataclass
class FakeFacts:
    kind: str = "message"
    direction: Direction | None = TO_CLIENT
    case: str | None = None
    envelope: Any = None
    size: int = 0
    by: str = "server"
    refused: bool = False
    has_unknown: bool = False
    undecodable: bool = False
    keepalive: bool = False
    n: int | None = None
    for_auto: bool = False
    printed: str = field(default="")

    def text(self) -> str:
        return self.printed


def facts_of(envelope: Any, direction: Direction) -> FakeFacts:
    return FakeFacts(direction=direction, case=case_of(envelope), envelope=envelope, size=envelope.ByteSize(), n=1)


def response(**fields: Any) -> FakeFacts:
    """A SignalResponse with these fields; nested messages as dicts."""
    return facts_of(envelope_class(TO_CLIENT)(**fields), TO_CLIENT)


def request(**fields: Any) -> FakeFacts:
    """A SignalRequest with these fields; nested messages as dicts."""
    return facts_of(envelope_class(TO_SERVER)(**fields), TO_SERVER)
