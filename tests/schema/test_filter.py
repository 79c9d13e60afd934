"""Filters as a person writes them, on whole messages."""

from __future__ import annotations

import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.schema.filter import MAKERS, Facts, parse_filter, words_to_filter
from lksig.schema.filter_lexer import OPERATORS
from lksig.schema.pool import TO_CLIENT, TO_SERVER, case_fields
from lksig.wire.events import By
from tests.support.filter_facts import FakeFacts, request, response


def holds(source: str, facts: FakeFacts) -> bool:
    as_facts: Facts = facts
    return parse_filter(source).matches(as_facts)


def error(source: str) -> tuple[str, str, str | None]:
    with pytest.raises(InputError) as caught:
        parse_filter(source)
    exc = caught.value
    assert exc.source == source
    return exc.text, source[exc.start : exc.end], exc.hint


UPDATE = response(update={"participants": [{"identity": "alice", "state": 1}, {"identity": "bob", "state": 2}]})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("update", True),
        ("join", False),
        ("to_client and not keepalive", True),
        ("to_server", False),
        ("update.participants", True),
        ("update.participants.identity=alice", True),
        ("update.participants(identity=alice and state=ACTIVE)", False),
        ("update.participants(identity=bob and state=ACTIVE)", True),
        ("update(participants.identity=bob)", True),
        ("join.participant.identity=alice", False),
        ("join.participant.identity!=alice", True),
        ("join.participant", False),
        ("case=update", True),
        ("case = join", False),
        ("case matches ^up", True),
        ("n=1 and by=server", True),
        ("by=user", False),
        ("bytes gt 16k", False),
        ("bytes lt 16k", True),
        ("n and bytes and by and case", True),
    ],
)
def test_the_filters_of_the_manual(source: str, expected: bool) -> None:
    assert holds(source, UPDATE) is expected


def test_a_case_that_goes_both_ways_matches_both() -> None:
    for case in ("offer", "answer", "trickle", "leave", "mute"):
        assert holds(case, request(**{case: {}}))
        assert holds(case, response(**{case: {}}))
    for facts in (request(mute={"sid": "TR_1"}), response(mute={"sid": "TR_1"})):
        assert holds("mute.sid=TR_1 and mute.muted=false", facts)
        assert not holds("mute(muted=true)", facts)
    shared = case_fields(TO_SERVER).keys() & case_fields(TO_CLIENT).keys()
    types = [case_fields(direction)[case].message_type for case in shared for direction in (TO_SERVER, TO_CLIENT)]
    assert types[::2] == types[1::2], "a filter reads its path from one of the two envelopes"


def test_cases_that_are_bare_values() -> None:
    assert holds("ping=17", request(ping=17))
    assert holds("ping gt 16", request(ping=17))
    assert holds("ping=0", request(ping=0))
    assert holds("pong=1.5k", response(pong=1500))
    assert holds("refresh_token matches ^ey", response(refresh_token="eyJ"))
    assert not holds("pong=0", request(ping=0))


@pytest.mark.parametrize(
    ("word", "facts"),
    [
        ("refused", FakeFacts(refused=True)),
        ("unknown", FakeFacts(has_unknown=True)),
        ("undecodable", FakeFacts(undecodable=True)),
        ("keepalive", FakeFacts(keepalive=True)),
        ("for_auto", FakeFacts(for_auto=True)),
        ("to_server", FakeFacts(direction=TO_SERVER)),
        ("to_client", FakeFacts(direction=TO_CLIENT)),
        ("message", FakeFacts(kind="message", direction=None)),
        ("close", FakeFacts(kind="close", direction=None)),
        ("ws_ping", FakeFacts(kind="ws_ping", direction=None)),
        ("ws_pong", FakeFacts(kind="ws_pong", direction=None)),
        ("http", FakeFacts(kind="http", direction=None)),
        ("state", FakeFacts(kind="state", direction=None)),
        ("note", FakeFacts(kind="note", direction=None)),
    ],
)
def test_the_words(word: str, facts: FakeFacts) -> None:
    assert holds(word, facts)
    assert not holds(word, FakeFacts(kind="marker", direction=None))


def test_what_has_no_number_case_or_size_compares_to_nothing() -> None:
    close = FakeFacts(kind="close", direction=None, size=2)
    for source in ("n gt 0", "n", "case contains e", "case", "bytes lt 100", "bytes"):
        assert not holds(source, close)
    assert holds("n != 4 and not case", close)


def test_text_is_looked_for_in_what_is_printed() -> None:
    facts = FakeFacts(printed="< join RM_zeMP you are ann b.")
    assert holds("~RM_ze", facts)
    assert holds('~"ann b"', facts)
    assert not holds("~bob", facts)


def test_directions_are_known_to_be_named() -> None:
    assert parse_filter("mute and (update or not to_server)").names_direction
    assert parse_filter("to_client").names_direction
    assert not parse_filter("mute and ~to_server").names_direction
    assert parse_filter("mute").text == "mute"


def test_words_of_a_command_line_are_one_expression() -> None:
    assert words_to_filter(["update", "or", "bytes gt 16k"]) == "update or bytes gt 16k"
    assert words_to_filter([]) == ""


def test_who_makes_messages_is_the_same_list_as_in_events() -> None:
    assert typing.get_args(By) == MAKERS


@pytest.mark.parametrize(
    ("source", "text", "place", "hint"),
    [
        ("updat", "`updat` is no case and no word of filters (did you mean update?)", "updat", None),
        (
            "trak_published.cid=x",
            "`trak_published` is no case and no word of filters (did you mean track_published?)",
            "trak_published",
            None,
        ),
        (
            "update.participants.state=ACTVE",
            "not a State: JOINING, JOINED, ACTIVE or DISCONNECTED (did you mean ACTIVE?)",
            "ACTVE",
            None,
        ),
        (
            "update.participants(identty=a)",
            "ParticipantInfo has no field `identty` (did you mean identity?)",
            "identty",
            None,
        ),
        ("update=3", "`update` is a message: name one of its fields, participants or full_snapshot", "update", None),
        ("close.code=1000", "`close` has no fields", "close", None),
        ("close=1000", "`close` has no value", "=", "`close` or `not close`"),
        ("refused = true", "`refused` has no value", "=", "`refused` or `not refused`"),
        ("case=updat", "not a case (did you mean update?)", "updat", None),
        ("by=me", "not a maker of messages: server, user, auto, replay, rule, client or agent", "me", None),
        ("bytes gt lots", "not a number", "lots", "for example `16`, `-5`, `2.5` or `16k`"),
        ("!update", "`!update` is no case and no word of filters", "!update", "`!` is written `not`"),
        ("update&&leave", "`update&&leave` is no case and no word of filters", "update&&leave", "write `and` and `or`"),
        ("update || leave", "`||` is no operator", "||", "write `and` or `or`"),
        (
            '"alice"',
            '`"alice"` is no case and no word of filters',
            '"alice"',
            'a text anywhere in the printed line is `~"alice"`',
        ),
        (
            "speakers.sid=x",
            "`speakers` is no case and no word of filters",
            "speakers",
            "a path starts with its case: `speakers_changed.speakers`",
        ),
        ("ping.x=1", "`ping` is a value and has no fields", ".x", None),
        ("qqqqq", "`qqqqq` is no case and no word of filters", "qqqqq", None),
    ],
)
def test_mistakes_point_at_themselves(source: str, text: str, place: str, hint: str | None) -> None:
    assert error(source) == (text, place, hint)


WORDS = [
    *("update", "join", "mute", "ping", "participants", "identity", "state", "attributes", "sub_handles"),
    *("data_track_subscriber_handles", "bytes", "n", "by", "case", "close", "refused", "to_server"),
    *("and", "or", "not", "(", ")", ".", "[0]", '["', '"', "'", "~", "~x", " ", "  ", "alice", "ACTIVE", "16k", "-1"),
    *OPERATORS,
]


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=12).map("".join) | st.text())
def test_any_text_is_a_filter_or_an_input_error(source: str) -> None:
    try:
        wanted = parse_filter(source)
    except InputError as exc:
        mistake = exc
    else:
        for facts in (UPDATE, request(mute={}), FakeFacts(kind="close", direction=None)):
            assert wanted.matches(facts) in (True, False)
        return
    assert mistake.source == source
    assert 0 <= mistake.start < mistake.end <= len(source) + 2
    assert mistake.code
