"""The events as values: equal by content, fixed once made, and quiet about what they hold."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.wire import events

MADE: list[Any] = [
    events.DecodeError("cut", 3),
    events.Start(0, 1, "ws://h/rtc", "v0", "room", "ann"),
    events.WsPing(1, TO_CLIENT, b"x", "server"),
    events.WsPong(1, TO_SERVER, b"x", "auto"),
    events.Close(1, 1000, "", "client"),
    events.Http(1, "GET", "/rtc", (), 200, (), b"", 5),
    events.State(1, "CONNECTED", "joined"),
    events.Note(1, "code", "text"),
    events.Marker(1, "here"),
    events.Result(1, 3, "mute", "refused"),
    events.End(1, None, None),
]


@pytest.mark.parametrize("event", MADE, ids=lambda event: type(event).__name__)
def test_a_record_is_a_value(event: Any) -> None:
    kind = type(event)
    again = kind(*(getattr(event, name) for name in kind.__slots__))
    assert again == event
    assert event != object()
    with pytest.raises(AttributeError):
        event.t_ns = 99


def test_sessions_and_sockets_count_from_one() -> None:
    for event in MADE[1:]:
        assert event.session == 1
        assert getattr(event, "socket", 1) == 1


def test_a_message_and_its_reading_are_quiet() -> None:
    message = events.Message(5, TO_CLIENT, b"secret", None, "refresh_token", by="server")
    assert repr(message) == "Message(t_ns=5, to_client, refresh_token, by=server, 6 bytes)"
    reading = events.Reading(message, n=2)
    assert "secret" not in repr(reading)
    assert repr(reading).startswith("Reading(n=2, ")
    assert (message.encoding, message.session, message.socket, message.error) == ("protobuf", 1, 1, None)
    assert (reading.reply_to, reading.reply_ns, reading.refused, reading.for_auto, reading.dt_ns) == (
        None,
        None,
        False,
        False,
        0,
    )
