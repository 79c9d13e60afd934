"""What is no message, in words."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.render import event_words
from lksig.schema.pool import TO_CLIENT, TO_SERVER, message_class
from lksig.wire.events import Close, Http, Marker, Note, Outcome, Result, Start, State, WsPing, WsPong
from tests.support.readings import message, secrets
from tests.support.samples import TOKEN

HEADERS = (("Upgrade", "websocket"), ("Sec-WebSocket-Extensions", "permessage-deflate; server_no_context_takeover"))


def http(**changes: Any) -> Http:
    fields: dict[str, Any] = {
        "t_ns": 0,
        "method": "GET",
        "path": f"/rtc/v1?access_token={TOKEN}",
        "request_headers": (),
        "status": 101,
        "headers": HEADERS,
        "body": b"",
        "took_ns": 4_200_000,
    }
    return Http(**{**fields, **changes})


def told(event: Start | State | Http | Note | Marker) -> str:
    return event_words.notice(event, secrets())


def test_a_start_says_who_goes_where() -> None:
    event = Start(0, 0, "ws://127.0.0.1:7880/rtc/v1", "v1", "daily\nstandup", "probe")
    assert told(event) == 'connecting ws://127.0.0.1:7880/rtc/v1 as probe in "daily\\nstandup"'
    assert told(Start(0, 0, "ws://x/rtc", "v0", None, None)) == "connecting ws://x/rtc"


def test_an_upgrade_says_what_was_agreed() -> None:
    assert told(http()) == "open: 101, permessage-deflate"
    assert told(http(headers=())) == "open: 101"
    join_request = message_class("JoinRequest")(client_info={"protocol": 17})
    assert told(http(join_request=join_request, headers=())) == "open: 101, protocol 17"
    assert told(http(path="/rtc?protocol=9&sdk=js", headers=())) == "open: 101, protocol 9"


def test_a_refused_exchange_shows_status_and_body_but_no_token() -> None:
    text = told(http(status=401, body=f"invalid token: {TOKEN}, error\x1b".encode()))
    assert text.startswith("GET /rtc/v1?access_token=")
    assert ": HTTP 401 " in text
    assert text.endswith(" after 4.2 ms")
    assert TOKEN not in text
    assert TOKEN[-12:] not in text
    assert "\x1b" not in text
    assert told(http(path="/", status=404)) == "GET /: HTTP 404 with an empty body after 4.2 ms"
    assert told(http(path="/", status=None)) == "GET /: no answer after 4.2 ms"
    assert told(http(path="/", status=200, body=b"y" * 300)) == f"GET /: HTTP 200 {'y' * 200}… after 4.2 ms"


def test_states_notes_and_marks_are_told_as_they_are() -> None:
    assert told(State(0, "RESUMING", "the socket is gone")) == "RESUMING: the socket is gone"
    assert told(State(0, "CONNECTED", "")) == "CONNECTED"
    assert told(Note(0, "clock", "5 ms\u202e")) == "5 ms\\u202e"
    assert told(Marker(0, "before the fix")) == "mark: before the fix"


def test_a_close_names_its_side_and_code() -> None:
    assert event_words.close(Close(0, 1000, "", "client"), None, secrets()) == "client closed 1000"
    assert event_words.close(Close(0, None, "", "server"), None, secrets()) == "server closed"
    assert event_words.close(Close(0, 1002, "bad MASK", "server"), None, secrets()) == 'server closed 1002 "bad MASK"'
    assert event_words.close(Close(0, None, "", "network"), None, secrets()) == "connection lost without a close frame"
    cut = event_words.close(Close(0, None, "", "client"), None, secrets())
    assert cut == "client cut the connection without a close frame"


def test_a_close_after_a_leave_says_what_the_leave_meant() -> None:
    leave = message(TO_CLIENT, "leave").event
    text = event_words.close(Close(0, 1000, "", "server"), leave, secrets())
    assert text.startswith("server closed 1000 · DUPLICATE_IDENTITY: ")
    assert event_words.close(Close(0, 1000, "", "client"), leave, secrets()) == "client closed 1000"


def test_a_ping_says_which_of_the_three_it_is() -> None:
    assert event_words.ping(WsPing(0, TO_CLIENT, b"", "server"), secrets()) == "ws_ping to client"
    pong = WsPong(0, TO_SERVER, b"\x01\x02", "auto")
    assert event_words.ping(pong, secrets()) == "ws_pong to server, by auto, 2 B 0102"


@pytest.mark.parametrize(
    ("outcome", "reply", "took_ns", "text"),
    [
        ("unopposed", 9, 600_000, "unopposed: handled without objection (fence 0.6 ms)"),
        ("unopposed", None, None, "unopposed: handled without objection (fence)"),
        ("timeout", None, None, "timeout: no answer to mute yet"),
        ("lost", None, None, "lost: the connection ended before anything said what became of mute"),
        ("queued", 9, 600_000, "queued: mute waits for an earlier one; its answer comes later"),
        ("answered", None, None, "answered: mute by the close"),
        ("answered", 9, 600_000, None),
        ("refused", 9, 600_000, None),
    ],
)
def test_a_result_is_told_where_no_answer_tells_it(
    outcome: Outcome, reply: int | None, took_ns: int | None, text: str | None
) -> None:
    assert event_words.result(Result(0, 3, "mute", outcome, None, reply, took_ns)) == text
