"""The words between host and machine: headers are found in any case, tokens are not printed, actions keep order."""

from __future__ import annotations

from lksig.session.hosting import Cancel, Outbox, Requested, SendFrame, SendPing


def test_a_request_does_not_print_its_token() -> None:
    request = Requested(5, 2, "GET", "/rtc?access_token=eyJ", (("Authorization", "Bearer eyJ"),))
    assert repr(request) == "Requested(t_ns=5, socket=2, GET /rtc)"


def test_a_frame_does_not_print_its_bytes() -> None:
    assert repr(SendFrame(2, b"eyJ", "json")) == "SendFrame(socket=2, 3 bytes, json)"


def test_headers_are_found_in_any_case() -> None:
    request = Requested(0, 1, "GET", "/", (("oRIGIN", "a"), ("Origin", "b")))
    assert request.header("Origin") == "a"
    assert request.header("Host") is None


def test_an_outbox_gives_its_actions_once_and_in_order() -> None:
    out = Outbox()
    out.put(SendPing(2))
    out.put(Cancel("x"))
    assert out.take() == [SendPing(2), Cancel("x")]
    assert out.take() == []
