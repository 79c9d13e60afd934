"""What follows from each end of a socket."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.schema.pool import enum_descriptor, message_class
from lksig.session.reconnect import SIGNAL_DISCONNECTED, WAITS_MS, ReconnectPolicy, Step, sync_state


def leave(action: str = "DISCONNECT", reason: str = "STATE_MISMATCH", **fields: Any) -> Any:
    numbers = {
        "action": enum_descriptor("LeaveRequest.Action").values_by_name[action].number,
        "reason": enum_descriptor("DisconnectReason").values_by_name[reason].number,
    }
    return message_class("LeaveRequest")(**numbers, **fields)


@pytest.mark.parametrize(
    ("left", "kind", "reason"),
    [
        (None, "resume", SIGNAL_DISCONNECTED),
        (leave("RESUME", "CONNECTION_TIMEOUT"), "resume", None),
        (leave("RECONNECT"), "rejoin", None),
        (leave("DISCONNECT", "DUPLICATE_IDENTITY"), "stop", None),
        (leave(can_reconnect=True), "rejoin", None),
    ],
)
def test_a_leave_decides(left: Any, kind: str, reason: str | None) -> None:
    step = ReconnectPolicy().lost(left)
    assert (step.kind, step.reason, step.wait_s) == (kind, reason, 0.0)


@pytest.mark.parametrize("action", ["DISCONNECT", "RESUME", "RECONNECT"])
def test_a_leave_that_answers_a_resume_starts_over(action: str) -> None:
    policy = ReconnectPolicy()
    policy.lost(None)
    assert policy.lost(leave(action)).kind == "rejoin"


def test_waits_grow_and_end() -> None:
    policy = ReconnectPolicy()
    steps = [policy.lost(None), *(policy.refused(is_auth=False) for _ in range(len(WAITS_MS)))]
    assert [round(step.wait_s * 1000) for step in steps[:-1]] == list(WAITS_MS)
    assert {step.kind for step in steps[:-1]} == {"resume"}
    assert steps[-1] == Step("stop", "the dial failed: 10 attempts were made, an SDK gives up")


def test_a_session_that_stands_counts_anew() -> None:
    policy = ReconnectPolicy()
    policy.lost(None)
    policy.refused(is_auth=False)
    policy.connected()
    assert policy.lost(None).wait_s == 0.0
    policy.connected()
    assert policy.lost(leave("RECONNECT")).kind == "rejoin"
    assert policy.refused(is_auth=False) == Step("rejoin", "the dial failed", 0.3)


def test_a_refused_token_stops() -> None:
    assert ReconnectPolicy().refused(is_auth=True).kind == "stop"


def test_what_is_said_after_a_resume_has_a_subscription_that_asks_for_nothing() -> None:
    request = sync_state()
    assert request.WhichOneof("message") == "sync_state"
    assert request.sync_state.HasField("subscription")
    assert request.sync_state.ByteSize() == 2
