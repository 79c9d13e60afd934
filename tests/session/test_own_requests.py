"""The requests of the user, from announced to answered."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.schema.grammar import ParsedRequest, parse_line
from lksig.schema.pool import TO_CLIENT, TO_SERVER, envelope_class
from lksig.session import own_requests as module
from lksig.session.own_requests import OwnRequests
from lksig.wire.events import By, Message, Reading
from tests.support.typed import FakeInputs


def typed(text: str) -> list[ParsedRequest]:
    return parse_line(text, FakeInputs())


def sent(n: int, request: ParsedRequest | None = None, *, by: By = "user", **case: Any) -> Reading:
    envelope = request.sketch() if request else envelope_class(TO_SERVER)(**case)
    return Reading(Message(0, TO_SERVER, b"", envelope, envelope.WhichOneof("message"), by=by), n=n)


def answer(to: int | None, *, refused: bool = False, **case: Any) -> Reading:
    envelope = envelope_class(TO_CLIENT)(**case)
    message = Message(0, TO_CLIENT, b"", envelope, envelope.WhichOneof("message"), by="server")
    return Reading(message, n=99, reply_to=to, refused=refused)


def states(own: OwnRequests, at: ParsedRequest | None = None) -> list[tuple[str | None, int | None, str]]:
    reference = (at or typed("mute sid=%nowhere")[0]).references[0]
    return [(request.case, request.n, request.state) for request in own.before(reference)]


def test_a_request_is_open_until_it_is_answered() -> None:
    own = OwnRequests()
    add, mute = typed("add_track cid=c name=cam mute sid=%c")
    own.announce(add)
    own.announce(mute)
    assert states(own) == [("add_track", None, "open"), ("mute", None, "open")]
    assert states(own, mute) == [("add_track", None, "open")]
    own.observe(sent(3, add))
    assert states(own, mute) == [("add_track", 3, "open")]
    own.observe(answer(3, track_published={"cid": "c"}))
    assert states(own, mute) == [("add_track", 3, "answered")]
    own.observe(sent(5, mute))
    assert states(own) == [("add_track", 3, "answered"), ("mute", 5, "open")]


def test_what_a_track_is_called_is_known_from_its_request() -> None:
    own = OwnRequests()
    for request in typed("add_track cid=c name=cam publish_data_track_request name=d mute sid=x"):
        own.announce(request)
    before = list(own.before(typed("mute sid=%x")[0].references[0]))
    assert [(one.cid, one.name, one.answer) for one in before] == [
        ("c", "cam", "track_published"),
        ("", "d", "publish_data_track_response"),
        ("", "", None),
    ]
    assert str(before[0]) == "`add_track cid=c name=cam`"


def test_a_refusal_is_final_and_a_queued_one_waits() -> None:
    own = OwnRequests()
    own.observe(sent(3, add_track={"cid": "c"}))
    own.observe(answer(3, request_response={"reason": "QUEUED"}))
    assert states(own) == [("add_track", 3, "open")]
    own.observe(answer(None, track_published={"cid": "other"}))
    assert states(own) == [("add_track", 3, "open")]
    own.observe(answer(None, track_published={"cid": "c"}))
    assert states(own) == [("add_track", 3, "answered")]
    own.observe(sent(5, add_track={"cid": "d"}))
    own.observe(answer(5, refused=True, request_response={"reason": "NOT_ALLOWED"}))
    assert states(own)[1:] == [("add_track", 5, "refused")]
    own.observe(answer(7, refused=True, request_response={"reason": "NOT_ALLOWED"}))
    own.observe(answer(None, pong=5))
    assert len(states(own)) == 2
    assert str(next(own.before(typed("mute sid=%x")[0].references[0]))) == "`add_track` (message 3)"


def test_only_requests_of_the_user_count() -> None:
    own = OwnRequests()
    own.observe(sent(1, by="auto", ping_req={}))
    own.observe(Reading(Message(0, TO_SERVER, b"\xff", None, None, by="user"), n=2))
    assert states(own) == []
    own.observe(sent(3, by="replay", ping=5))
    own.observe(sent(4))
    assert states(own) == [("ping", 3, "open"), (None, 4, "open")]


def test_requests_that_were_passed_over_were_never_sent() -> None:
    own = OwnRequests()
    requests = typed("add_track cid=a mute sid=%a leave")
    for request in requests:
        own.announce(request)
    own.observe(sent(3, requests[2]))
    assert states(own) == [("add_track", None, "refused"), ("mute", None, "refused"), ("leave", 3, "open")]


def test_a_message_nobody_announced_leaves_the_others_waiting() -> None:
    own = OwnRequests()
    own.announce(typed("add_track cid=a")[0])
    own.observe(sent(3, leave={}))
    assert states(own) == [("leave", 3, "open"), ("add_track", None, "open")]


def test_what_is_withdrawn_counts_as_refused() -> None:
    own = OwnRequests()
    first, second, third = typed("add_track cid=a add_track cid=b leave")
    for request in (first, second, third):
        own.announce(request)
    own.withdraw(first)
    assert states(own) == [
        ("add_track", None, "refused"),
        ("add_track", None, "open"),
        ("leave", None, "open"),
    ]
    own.observe(sent(3, second))
    assert states(own) == [("add_track", None, "refused"), ("add_track", 3, "open"), ("leave", None, "open")]


def test_a_new_join_answers_nothing_that_was_sent_before() -> None:
    own = OwnRequests()
    own.observe(sent(3, ping=5))
    own.announce(typed("leave")[0])
    own.forget_sent()
    assert states(own) == [("leave", None, "open")]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_SENT", 2)
    own = OwnRequests()
    for n in range(1, 5):
        own.observe(sent(n, ping=n))
    assert [n for _, n, _ in states(own)] == [3, 4]
