"""What is no message, as a tree."""

from __future__ import annotations

import pytest

from lksig.recording.event_tree import event_tree
from lksig.recording.message_tree import Trees
from lksig.recording.stable import Roles
from lksig.recording.trees import words
from lksig.schema.pool import TO_CLIENT, message_class
from lksig.wire.events import Close, Event, Http, Marker, Start, WsPing
from tests.support.recordings import readings
from tests.support.samples import TOKEN, WALL_NS


def told(event: Event) -> str:
    roles = Roles(named=True)
    for reading in readings([event]):
        roles.observe(reading)
    return words(event_tree(event, Trees(roles), roles))


JOIN = message_class("JoinRequest")(client_info={"sdk": "JS"}, participant_sid="PA_duHZgjKYCr3H")


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (Start(0, WALL_NS, "ws://h/rtc", "v0", "standup", "ann"), "path=v0 room=standup identity=ann"),
        (Start(0, WALL_NS, "ws://h/rtc", "v1", None, None), "path=v1"),
        (Start(0, WALL_NS, "ws://h/rtc", "v1", None, "lksig-abcd"), "path=v1 identity=lksig_self"),
        (Close(5, 1000, "bye", "server"), "ended_by=server code=1000 reason=bye"),
        (Close(5, None, "", "network"), "ended_by=network reason="),
        (
            Http(5, "GET", f"/rtc?access_token={TOKEN}&protocol=16&sdk=", (("A", "b"),), 101, (), b"x", 7),
            "method=GET path=/rtc status=101 parameters.protocol=16 parameters.sdk=",
        ),
        (
            Http(5, "GET", "/rtc/v1", (), None, (), b"", 7, JOIN),
            "method=GET path=/rtc/v1 join_request.client_info.sdk=JS join_request.participant_sid=PA_1",
        ),
        (
            Http(5, "GET", "/rtc/validate", (), 401, (), b"no \xff", 7),
            "method=GET path=/rtc/validate status=401 body=no \\xff",
        ),
        (WsPing(5, TO_CLIENT, b"x", "server"), "direction=to_client"),
        (Marker(5, "here"), ""),
    ],
)
def test_events(event: Event, text: str) -> None:
    assert told(event) == text
