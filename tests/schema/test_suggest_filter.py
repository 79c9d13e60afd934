"""What can be typed next in a filter."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.schema.filter import FLAGS, KINDS, NUMBERS, TEXTS, cases, parse_filter
from lksig.schema.suggest_filter import suggest_filter
from lksig.schema.suggestions import Suggestions
from tests.support.typing import ROOM, chosen, split_cursor, texts


def at(line: str) -> Suggestions:
    text, cursor = split_cursor(line)
    return suggest_filter(text, cursor, ROOM)


NAMES = [*cases(), *FLAGS, *NUMBERS, *TEXTS, *KINDS, "not"]
NUMERIC = ["=", "!=", "<", ">", "<=", ">="]
ENUM = [*NUMERIC, "contains", "matches"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", NAMES),
        ("track_pub", ["track_published"]),
        ("not ", NAMES),
        ("no", ["note", "not"]),
        ("close or ", NAMES),
        ("(", NAMES),
        ("~al", []),
        ("close ", ["and", "or"]),
        ("close a", ["and"]),
        ("close and", []),
        ("nonsense ", ["and", "or"]),
        ("refused ", ["and", "or"]),
        ("bytes ", [*NUMERIC, "and", "or"]),
        ("bytes g", ["gt", "ge"]),
        ("bytes gt ", []),
        ("by ", ["=", "!=", "contains", "matches", "and", "or"]),
        ("by=", ["server", "user", "auto", "replay", "rule", "client", "agent"]),
        ("by=us", ["user"]),
        ("by<", []),
        ("case=pin", ["ping", "ping_req"]),
        ("refused=", []),
        ("update ", ["and", "or"]),
        ("update.", ["participants", "full_snapshot"]),
        ("update.participants.st", ["state"]),
        ("update.participants[0].st", ["state"]),
        ("update.participants[", []),
        ("update.nonsense.", []),
        ("nonsense.", []),
        ("update.participants.identity ", ["=", "!=", "contains", "matches", "and", "or"]),
        ("update.participants.identity e", ["eq"]),
        ("update.participants.identity=", ["alice", '"Ann B."', '"and"']),
        ("update.participants.identity=al", ["alice"]),
        ('update.participants.identity="An', ['"Ann B."', '"and"']),
        ("update.participants.identity=alice", []),
        ("update.participants.identity matches ", []),
        ("update.participants.identity<", []),
        ("update.participants.state ", [*ENUM, "and", "or"]),
        ("update.participants.state=", ["JOINING", "JOINED", "ACTIVE", "DISCONNECTED"]),
        ("update.participants.state=ACTIVE ", ["and", "or"]),
        ("update.participants(", None),
        ("update.participants(st", ["state"]),
        ("update.participants(identity=alice and sta", ["state"]),
        ("update.participants(tracks(typ", ["type"]),
        ("update.participants((state=ACT", ["ACTIVE"]),
        ("update.participants(state=ACTIVE) ", ["and", "or"]),
        ("update.participants(state=ACTIVE) and update_m", ["update_metadata"]),
        ("update.nonsense(sta", ["start", "state"]),
        (") upd", []),
        ("(close) and (by=us", ["user"]),
        ("update.participants.attributes.", [".mood", ".lk.mood", '["a=b"]']),
        ("update.participants.attributes.lk.m", [".lk.mood"]),
        ('update.participants.attributes["a', ['["a=b"]']),
        ("update.participants.attributes ", ["and", "or"]),
        ("update.participants.attributes=", []),
        ("update.participants.attributes.mood=", []),
        ("update.full_snapshot=", ["true", "false"]),
        ("update.full_snapshot ", ["=", "!=", "and", "or"]),
        ("mute.sid=TR_o", ["TR_own"]),
        ("mute.sid=%", []),
        ("ping_req.timestamp=", []),
        ("store_data_blob_request.blob.contents ", ["=", "!=", "contains", "and", "or"]),
        ("store_data_blob_request.blob.contents=", ["hex:", "b64:"]),
        ("track_published.track.width ", [*NUMERIC, "and", "or"]),
        ("= x", []),
        ("mute ¦and close", ["and", "or"]),
    ],
)
def test_what_is_offered(line: str, expected: list[str] | None) -> None:
    found = texts(at(line))
    if expected is None:
        assert {"identity", "state", "tracks", "not"} <= set(found)
    else:
        wanted = [text for text in expected if line.strip() or text]
        missing = [text for text in wanted if text not in found]
        assert not missing
        if len(expected) < 20:
            assert [text for text in found if text not in wanted] == []


def test_names_say_what_they_mean() -> None:
    told = {item.text: item.meaning for item in at("").items}
    assert all(told[name] for name in NAMES)
    assert told["keepalive"] == "the four pings and pongs"
    assert {item.text: item.meaning for item in at("mute.sid=").items}["TR_own"] == "cam of you, VIDEO CAMERA"


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("upd¦ate.participants", "update.participants"),
        ("update.participants.attributes.¦", "update.participants.attributes.mood"),
        ("by=us¦er and close", "by=user and close"),
        ("bytes g¦ 16k", "bytes gt 16k"),
    ],
)
def test_what_a_choice_makes_of_the_filter(line: str, after: str) -> None:
    text, cursor = split_cursor(line)
    assert chosen(text, suggest_filter(text, cursor, ROOM)) == after


# --- properties -----------------------------------------------------------------------------------------------------

_PARTS = st.sampled_from(
    [
        "close", "not refused", "track_published", "bytes gt 16k", "n = 5", "by=user", "~alice", '~"a b"',
        "case matches ^p",
        "update.participants.identity=alice", 'update.participants.name="Ann B."', "update.participants.state!=ACTIVE",
        "update.participants(identity=alice and (state=ACTIVE or not tracks))",
        "update.participants.attributes.lk.mood=ok",
        'update.participants.attributes["a=b"] contains x', "mute.muted=true", "update.participants.0.sid",
    ]
)  # fmt: skip


@st.composite
def filters(draw: st.DrawFn) -> str:
    text = draw(_PARTS)
    for _ in range(draw(st.integers(0, 3))):
        text = draw(st.sampled_from(["{} and {}", "{} or {}", "({}) and {}", "not ({}) or {}"])).format(
            text, draw(_PARTS)
        )
    return text


def refusal(text: str) -> InputError | None:
    try:
        parse_filter(text)
    except InputError as error:
        return error
    return None


def can_be_finished(text: str) -> bool:
    depth = text.count("(") - text.count(")")
    endings = ("", " close", " sid", "sid", "close", " 5", " x", "x", " mute", "mute", " user", "user")
    return any(refusal(text + ending + ")" * depth) is None for ending in endings)


@given(filters(), st.data())
@settings(max_examples=300)
def test_nothing_is_offered_that_a_filter_cannot_hold(text: str, data: st.DataObject) -> None:
    assert refusal(text) is None
    begun = text[: data.draw(st.integers(0, len(text)))]
    found = suggest_filter(begun, len(begun), ROOM)
    if found.items:
        after = chosen(begun, found, data.draw(st.integers(0, len(found.items) - 1)))
        assert can_be_finished(after), f"{begun!r} became {after!r}: {refusal(after)}"


@given(st.text(st.sampled_from("update.participants(identity=a) not~\"'[]<>!"), max_size=50), st.integers(-1, 55))
def test_any_text_and_any_cursor_have_an_answer(text: str, cursor: int) -> None:
    found = suggest_filter(text, cursor, ROOM)
    assert 0 <= found.start <= found.end <= len(text)
