"""Messages of a session without a socket: `sent(3, mute={"sid": "TR_x"})` at 3 ms, `came(4, pong=1)` at 4 ms."""

from __future__ import annotations

from typing import Any

from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, envelope_class
from lksig.wire.codec import decode_frame, encode_frame
from lksig.wire.events import By, Close, EndedBy, Message

MS = 1_000_000


def frame(
    t_ms: float, direction: Direction, raw: bytes, by: By, *, session: int = 1, socket: int = 1, text: bool = False
) -> Message:
    """A frame that passed at `t_ms`."""
    return decode_frame(
        raw,
        direction=direction,
        encoding="json" if text else "protobuf",
        t_ns=round(t_ms * MS),
        by=by,
        session=session,
        socket=socket,
    )


def sent(t_ms: float, by: By = "user", *, session: int = 1, socket: int = 1, **case: Any) -> Message:
    """A request; `case` names one and its body, nothing is an empty envelope."""
    raw = encode_frame(envelope_class(TO_SERVER)(**case))
    return frame(t_ms, TO_SERVER, raw, by, session=session, socket=socket)


def came(t_ms: float, *, session: int = 1, socket: int = 1, **case: Any) -> Message:
    """A response of the server."""
    raw = encode_frame(envelope_class(TO_CLIENT)(**case))
    return frame(t_ms, TO_CLIENT, raw, "server", session=session, socket=socket)


def closed(t_ms: float, by: EndedBy, code: int | None = 1000, *, session: int = 1, socket: int = 1) -> Close:
    """The end of a socket."""
    return Close(round(t_ms * MS), code, "", by, session, socket)
