"""How an end is told: by whom, why, and what an SDK does next."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.pool import enum_descriptor, message_class
from lksig.session.endings import (
    ACTION_WORDS,
    REASON_WORDS,
    ending_words,
    enum_name,
    is_over_limit,
    is_violation,
    leave_words,
    limit_words,
    violation_words,
)
from lksig.wire.events import Close, EndedBy


def leave(**fields: Any) -> Any:
    return message_class("LeaveRequest")(**fields)


def close(by: EndedBy, code: int | None = 1000, reason: str = "") -> Close:
    return Close(0, code, reason, by)


def test_every_reason_and_action_has_words() -> None:
    assert set(REASON_WORDS) == set(enum_descriptor("DisconnectReason").values_by_name)
    assert set(ACTION_WORDS) == set(enum_descriptor("LeaveRequest.Action").values_by_name)


def test_names_of_enum_values() -> None:
    assert enum_name("DisconnectReason", 2) == "DUPLICATE_IDENTITY"
    assert enum_name("DisconnectReason", 4711) == "4711"


class TestLeaves:
    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            (
                {"reason": "DUPLICATE_IDENTITY"},
                "DUPLICATE_IDENTITY: another participant joined with the same identity · "
                "SDKs do not reconnect after this",
            ),
            (
                {"reason": "CONNECTION_TIMEOUT", "action": "RESUME"},
                "CONNECTION_TIMEOUT: the peer connection was lost or never came up · "
                "SDKs resume now (same participant, new socket)",
            ),
            ({}, "UNKNOWN_REASON: no reason given · SDKs do not reconnect after this"),
            (
                {"reason": 99, "action": 7},
                "99: a reason this schema does not know · action 7 is unknown",
            ),
        ],
    )
    def test_reason_and_action(self, fields: dict[str, Any], words: str) -> None:
        assert leave_words(leave(**fields)) == words

    def test_below_protocol_13_there_is_only_a_boolean(self) -> None:
        words = leave_words(leave(reason="STATE_MISMATCH", can_reconnect=True))
        assert words.endswith("SDKs start over now (new participant sid)")

    def test_an_action_beats_the_boolean(self) -> None:
        words = leave_words(leave(can_reconnect=True, action="RESUME"))
        assert "resume now" in words

    @given(st.integers(-(2**31), 2**31 - 1), st.integers(-(2**31), 2**31 - 1), st.booleans())
    def test_any_leave_has_words(self, reason: int, action: int, can_reconnect: bool) -> None:
        words = leave_words(leave(reason=reason, action=action, can_reconnect=can_reconnect))
        assert " · " in words
        assert "\n" not in words


class TestEndings:
    def test_the_client(self) -> None:
        assert ending_words(close("client"), None) == "left: the client ended the session, close 1000"
        assert ending_words(close("client", None), leave()) == "left: the client ended the session"

    def test_a_limit_of_ours(self) -> None:
        whole = ending_words(close("network", None, limit_words(100, 386)), None)
        assert whole == "given up: a message of 386 bytes is over the limit of 100 bytes"
        inflated = ending_words(close("network", None, limit_words(100, None)), None)
        assert inflated == "given up: a message is over the limit of 100 bytes"
        assert not is_over_limit(close("server", 4000, limit_words(100, 386)))

    def test_frames_that_are_none(self) -> None:
        broken = close("network", None, violation_words("invalid opcode"))
        told = "given up: the server broke the WebSocket protocol: invalid opcode"
        assert (is_violation(broken), ending_words(broken, None)) == (True, told)
        assert not is_violation(close("server", 1000, broken.reason))

    def test_the_network(self) -> None:
        words = ending_words(close("network", None), None)
        assert words == "lost: the connection went away without a close frame · SDKs resume after this"

    def test_the_server_with_a_leave(self) -> None:
        words = ending_words(close("server"), leave(reason="ROOM_DELETED"))
        assert words == (
            "the server ended the session, close 1000: ROOM_DELETED: an administrator deleted the room · "
            "SDKs do not reconnect after this"
        )

    def test_the_server_without_a_word(self) -> None:
        words = ending_words(close("server", 1002, "bad MASK"), None)
        assert words.startswith("the server closed, close 1002 bad MASK without a leave: ")
        assert "look at what was sent last" in words
