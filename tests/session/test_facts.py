"""What a filter may ask about a reading, kind by kind."""

from __future__ import annotations

import typing
from typing import Any

import pytest

from lksig.schema.filter import Facts, parse_filter
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.session.facts import KINDS, ReadingFacts
from lksig.wire import events
from lksig.wire.events import Derived, Event, Reading
from tests.support.traffic import came, closed, frame, sent

STATE = events.State(0, "CONNECTED", "joined")
OTHERS: list[tuple[Event | Derived, str]] = [
    (events.Start(0, 0, "ws://x", "v1", None, None), "start"),
    (events.WsPing(0, TO_CLIENT, b"", "server"), "ws_ping"),
    (events.WsPong(0, TO_SERVER, b"", "auto"), "ws_pong"),
    (closed(0, "server"), "close"),
    (events.Http(0, "GET", "/", (), 200, (), b"body", 1), "http"),
    (STATE, "state"),
    (events.Note(0, "code", "text"), "note"),
    (events.Marker(0, "here"), "marker"),
    (events.Result(0, 1, "mute", "refused"), "result"),
    (events.End(0, "client", 1000), "end"),
]


def facts(event: Event | Derived, **known: Any) -> ReadingFacts:
    return ReadingFacts(Reading(event, **known), lambda reading: f"line of {reading.n}")


def test_every_kind_of_event_has_a_name() -> None:
    assert set(KINDS) == {*typing.get_args(events.Event), *typing.get_args(events.Derived)}


def test_it_is_what_a_filter_asks() -> None:
    asked: Facts = facts(came(0, update={}))
    assert parse_filter("update and to_client").matches(asked)


@pytest.mark.parametrize(("event", "kind"), OTHERS, ids=[kind for _, kind in OTHERS])
def test_what_is_no_message(event: Event | Derived, kind: str) -> None:
    asked = facts(event)
    assert asked.kind == kind
    assert (asked.case, asked.envelope, asked.size, asked.n) == (None, None, 0, None)
    assert (asked.has_unknown, asked.undecodable, asked.refused, asked.for_auto) == (False, False, False, False)
    assert asked.keepalive == (kind in ("ws_ping", "ws_pong"))


def test_directions_and_makers() -> None:
    ping = facts(events.WsPing(0, TO_SERVER, b"", "user"))
    assert (ping.direction, ping.by) == (TO_SERVER, "user")
    assert (facts(STATE).direction, facts(STATE).by) == (None, "")


def test_a_message() -> None:
    asked = facts(sent(0, "replay", mute={"sid": "TR_x"}), n=7)
    assert (asked.kind, asked.case, asked.direction, asked.by, asked.n) == ("message", "mute", TO_SERVER, "replay", 7)
    assert asked.envelope.mute.sid == "TR_x"
    assert asked.size == 8
    assert asked.text() == "line of 7"


@pytest.mark.parametrize("case", ["ping", "pong", "ping_req", "pong_resp"])
def test_keepalives(case: str) -> None:
    body: Any = {} if "_" in case else 1
    message = sent(0, **{case: body}) if case.startswith("ping") else came(0, **{case: body})
    assert facts(message).keepalive


def test_other_messages_are_none() -> None:
    assert not facts(came(0, update={})).keepalive


def test_what_the_journal_knows() -> None:
    asked = facts(came(0, request_response={}), refused=True, for_auto=True)
    assert (asked.refused, asked.for_auto) == (True, True)


def test_undecodable() -> None:
    asked = facts(frame(0, TO_CLIENT, b"\xff\xff", "server"))
    assert (asked.undecodable, asked.case, asked.envelope, asked.size) == (True, None, None, 2)
    assert not asked.has_unknown


def test_unknown_fields() -> None:
    assert facts(frame(0, TO_CLIENT, b"\xfa\x3f\x00", "server")).has_unknown
    assert facts(frame(0, TO_CLIENT, b'{"news":1}', "server", text=True)).has_unknown
    assert not facts(came(0, update={})).has_unknown
