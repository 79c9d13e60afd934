"""Events without their secrets: hidden where the views hide, in place, once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from lksig.recording.format_v1 import Ended, Record, record_line
from lksig.recording.format_v1_lines import LineReader
from lksig.recording.redact import Redactor
from lksig.schema.pool import TO_CLIENT, TO_SERVER, message_class
from lksig.wire import events
from lksig.wire.codec import decode_frame
from lksig.wire.personal import PersonalData
from lksig.wire.redaction import Secrets
from tests.support.readings import message
from tests.support.recordings import KEY, facts, sessions
from tests.support.samples import PWD, SDP, TOKEN, UFRAG, WALL_NS

JWT = Secrets(KEY).secret(TOKEN)
CROSSED = "x" * len(TOKEN)


def redactor(*, personal: bool = False) -> Redactor:
    return Redactor(Secrets(KEY), PersonalData(KEY) if personal else None)


def hide(event: Any, *, personal: bool = False) -> Any:
    return redactor(personal=personal).hide(event)


def stored(event: events.Event) -> Any:
    """The event as it comes back from a file."""
    return LineReader().read(record_line(event, event.t_ns).encode())


def test_what_it_says_of_itself() -> None:
    assert redactor().redacted == ("secrets",)
    assert redactor(personal=True).redacted == ("secrets", "personal")
    with pytest.raises(AssertionError):
        Redactor(Secrets(KEY, show=True))


def test_a_message_without_secrets_is_the_same_object() -> None:
    event = message(TO_CLIENT, "speakers_changed").event
    assert hide(event) is event
    assert hide(event, personal=True) is event


def test_a_frame_keeps_its_length_and_tells_what_stood_where() -> None:
    event = message(TO_CLIENT, "refresh_token", t_ns=5, session=2, socket=3).event
    hidden = hide(event)
    assert (len(hidden.raw), hidden.places) == (len(event.raw), (("refresh_token", JWT),))
    assert TOKEN.encode() not in hidden.raw
    assert [getattr(hidden, name) for name in ("t_ns", "session", "socket", "by", "case")] == [
        *(5, 2, 3, "server", "refresh_token"),
    ]


def test_texts_of_all_kinds() -> None:
    text = f"see {TOKEN}"
    crossed = f"see {CROSSED}"
    assert hide(events.Note(0, "code", text)).text == crossed
    assert hide(events.Marker(0, text)).text == crossed
    assert hide(events.State(0, "CONNECTED", text)).why == crossed
    assert hide(events.Close(0, 1000, text, "server")).reason == crossed
    assert hide(events.WsPing(0, TO_SERVER, text.encode(), "user")).payload == crossed.encode()
    assert hide(events.WsPong(0, TO_SERVER, text.encode(), "user")).payload == crossed.encode()
    start = hide(events.Start(0, WALL_NS, f"ws://h/rtc?access_token={TOKEN}", "v0", text, text))
    assert (start.url, start.room, start.identity) == (f"ws://h/rtc?access_token={JWT}", crossed, crossed)
    assert hide(events.Start(0, WALL_NS, "ws://h", "v0", None, None)).room is None


def exchange(**changes: Any) -> events.Http:
    fields: dict[str, Any] = {
        "t_ns": 0,
        "method": "GET",
        "path": "/rtc",
        "request_headers": (),
        "status": 401,
        "headers": (),
        "body": b"",
        "took_ns": 5,
    }
    return events.Http(**{**fields, **changes})


def test_an_http_exchange() -> None:
    hidden = hide(
        exchange(
            path=f"/rtc?access_token={TOKEN}",
            request_headers=(("Authorization", f"Bearer {TOKEN}"), ("Cookie", "sid=cookie-0123456789")),
            headers=(("Set-Cookie", "next=other-0123456789; Path=/"), (f"X-{TOKEN}", "v")),
            body=f"bad token {TOKEN}, cookie-0123456789".encode(),
        )
    )
    assert hidden.path == f"/rtc?access_token={JWT}"
    assert hidden.request_headers == (("Authorization", f"Bearer {JWT}"), ("Cookie", "sid=xxxxxxxxxxxxxxxxx"))
    assert hidden.headers == (("Set-Cookie", "next=xxxxxxxxxxxxxxxx; Path=/"), (f"X-{CROSSED}", "v"))
    assert hidden.body == f"bad token {CROSSED}, xxxxxxxxxxxxxxxxx".encode()
    assert hide(hidden) == hidden


def test_a_body_that_is_no_text_keeps_its_bytes() -> None:
    assert hide(exchange(body=b"\xff\x00" + TOKEN.encode() + b"\xc3")).body == b"\xff\x00" + CROSSED.encode() + b"\xc3"


def test_a_join_request_shows_placeholders() -> None:
    join_request: Any = message_class("JoinRequest")(publisher_offer={"sdp": SDP}, metadata="m")
    hidden = hide(exchange(join_request=join_request)).join_request
    assert hidden.publisher_offer.sdp == Secrets(KEY).sdp(SDP)
    assert UFRAG not in str(hidden)
    assert PWD not in str(hidden)
    plain: Any = message_class("JoinRequest")(metadata="m")
    assert hide(exchange(join_request=plain)).join_request is plain


def test_personal_data_is_hidden_on_top() -> None:
    personal = PersonalData(KEY)
    start = events.Start(0, WALL_NS, "ws://192.0.2.7:7880/rtc", "v0", "standup", "ann@example.com")
    hidden = hide(start, personal=True)
    assert (hidden.url, hidden.room) == ("ws://192.0.2.7:7880/rtc", personal.secret("standup"))
    assert hidden.identity == personal.secret("ann@example.com")
    join_request: Any = message_class("JoinRequest")(metadata="m", publisher_offer={"sdp": SDP})
    shown = hide(exchange(join_request=join_request), personal=True).join_request
    assert shown.metadata == personal.secret("m")
    assert "192.0.2.2" not in shown.publisher_offer.sdp
    assert UFRAG not in shown.publisher_offer.sdp


def test_a_frame_that_was_redacted_is_looked_through_again() -> None:
    event = message(TO_SERVER, "offer", {"type": "offer", "sdp": SDP}).event
    once = stored(hide(event))
    again = stored(hide(once))
    assert facts(again) == facts(once)
    both = stored(hide(once, personal=True))
    assert dict(once.places).items() <= dict(both.places).items()
    expected = Secrets(KEY).sdp(SDP)
    for address in ("192.0.2.2", "203.0.113.7", "10.0.0.4"):
        expected = expected.replace(address, PersonalData(KEY).secret(address))
    assert both.envelope.offer.sdp == expected


@given(sessions())
def test_redaction_is_idempotent(records: list[Record]) -> None:
    first, second = redactor(), Redactor(Secrets(b"another key"))
    for record in records:
        if not isinstance(record, Ended):
            once = stored(first.hide(record))  # type: ignore[arg-type]
            again = stored(second.hide(once))
            assert facts(again) == facts(once)
            if isinstance(once, events.Message):
                assert isinstance(record, events.Message)
                assert len(once.raw) == len(record.raw)
                assert (once.case, once.error) == (record.case, record.error)


def test_a_broken_frame_stays_broken() -> None:
    raw = b"\xff" + TOKEN.encode()
    hidden = hide(decode_frame(raw, direction=TO_CLIENT, t_ns=0, by="server"))
    assert TOKEN.encode() not in hidden.raw
    assert stored(hidden).error == decode_frame(raw, direction=TO_CLIENT, t_ns=0, by="server").error
