"""How a session ended, in words, and what a real SDK would do next.

Sources: livekit_rtc.proto LeaveRequest.Action, livekit_models.proto DisconnectReason; client-sdk-js 2.21 and rust-sdks
(what they do on each action and close); Observed: livekit-server 1.13.5 (which causes give which reason).
"""

from __future__ import annotations

from typing import Any

from lksig.schema.pool import enum_descriptor
from lksig.wire.events import Close

REASON_WORDS: dict[str, str] = {
    "UNKNOWN_REASON": "no reason given",
    "CLIENT_INITIATED": "the client asked for it",
    "DUPLICATE_IDENTITY": "another participant joined with the same identity",
    "SERVER_SHUTDOWN": "the server is shutting down",
    "PARTICIPANT_REMOVED": "an administrator removed the participant",
    "ROOM_DELETED": "an administrator deleted the room",
    "STATE_MISMATCH": "what the client said does not fit what the server knows (a resume of nobody, an unusable offer "
    "or answer, unknown tracks in sync_state)",
    "JOIN_FAILURE": "the participant never became active: without media the server gives it 60 s",
    "MIGRATION": "the session moves to another node",
    "SIGNAL_CLOSE": "the signal connection was gone before media was up",
    "ROOM_CLOSED": "the room was closed because only agents were left",
    "USER_UNAVAILABLE": "the called user is unavailable",
    "USER_REJECTED": "the called user declined",
    "SIP_TRUNK_FAILURE": "the SIP trunk failed",
    "CONNECTION_TIMEOUT": "the peer connection was lost or never came up",
    "MEDIA_FAILURE": "media failed",
    "AGENT_ERROR": "an agent failed",
}
"""`DisconnectReason` by name."""

ACTION_WORDS: dict[str, str] = {
    "DISCONNECT": "SDKs do not reconnect after this",
    "RESUME": "SDKs resume now (same participant, new socket)",
    "RECONNECT": "SDKs start over now (new participant sid)",
}
"""`LeaveRequest.Action` by name: what an SDK does next."""


def enum_name(enum: str, number: int) -> str:
    """The name of an enum value, or its number as text where the schema has none."""
    value = enum_descriptor(enum).values_by_number.get(number)
    return value.name if value is not None else str(number)


def leave_words(leave: Any) -> str:
    """A `LeaveRequest` of the server as one phrase: reason, what it means, what an SDK does next."""
    reason = enum_name("DisconnectReason", leave.reason)
    action = enum_name("LeaveRequest.Action", leave.action)
    if leave.can_reconnect and action == "DISCONNECT":
        # Below protocol 13 the server has only this boolean to say "start over".
        next_step = ACTION_WORDS["RECONNECT"]
    else:
        next_step = ACTION_WORDS.get(action, f"action {action} is unknown")
    return f"{reason}: {REASON_WORDS.get(reason, 'a reason this schema does not know')} · {next_step}"


OVER_LIMIT = "over the limit of"


def limit_words(limit_bytes: int, size_bytes: int | None) -> str:
    """Why a socket was given up whose peer sent a larger message than we take.

    Args:
        size_bytes: of the message; None where it was compressed, and inflating it stopped at the limit.
    """
    size = "" if size_bytes is None else f" of {size_bytes} bytes"
    return f"a message{size} is {OVER_LIMIT} {limit_bytes} bytes"


BROKE = "the server broke the WebSocket protocol"


def violation_words(problem: str) -> str:
    """Why a socket was given up whose frames are none."""
    return f"{BROKE}: {problem}"


def is_violation(close: Close) -> bool:
    """Whether `violation_words` are the reason."""
    return close.ended_by == "network" and close.reason.startswith(BROKE)


def is_over_limit(close: Close) -> bool:
    """Whether `limit_words` are the reason: where no close frame came, no reason is the peer's."""
    return close.ended_by == "network" and OVER_LIMIT in close.reason


def ending_words(close: Close, leave: Any | None) -> str:
    """Who ended it and why, as one line.

    Args:
        close: the end of the socket.
        leave: the `LeaveRequest` the server sent before it, if any.
    """
    if close.ended_by == "client":
        return f"left: the client ended the session{_code(close)}"
    if is_over_limit(close) or is_violation(close):
        return f"given up: {close.reason}"
    if close.ended_by == "network":
        return "lost: the connection went away without a close frame · SDKs resume after this"
    if leave is not None:
        return f"the server ended the session{_code(close)}: {leave_words(leave)}"
    return (
        f"the server closed{_code(close)} without a leave: a malformed frame, a flood, a takeover and a simulated "
        "failure all look like this · look at what was sent last · SDKs resume after this"
    )


def _code(close: Close) -> str:
    if close.code is None:
        return ""
    return f", close {close.code}" + (f" {close.reason}" if close.reason else "")
