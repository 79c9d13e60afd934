"""What an SDK does when its socket is gone: resume, start over, or stop; and after which wait.

The rules are those of client-sdk-js 2.21 (2.23 was seen to resume after a close with 1000 as well): a `leave` decides
by its action, a lost socket is resumed, a resume that is answered by a `leave` becomes a full reconnect whatever its
action, and the waits between attempts are a fixed list. The jitter of up to 1 s is left out, so that a story told
twice is the same.
"""

from __future__ import annotations

from typing import Any, Literal

from lksig.records import record
from lksig.schema.pool import TO_SERVER, envelope_class
from lksig.session.endings import enum_name

WAITS_MS = (0, 300, 1200, 2700, 4800, 7000, 7000, 7000, 7000, 7000)
"""Before each attempt. Source: client-sdk-js DefaultReconnectPolicy."""

SIGNAL_DISCONNECTED = "RR_SIGNAL_DISCONNECTED"
"""`reconnect_reason` of a resume after the socket was lost; a resume the server asked for names none."""

Kind = Literal["resume", "rejoin", "stop"]


@record
class Step:
    """What to do next."""

    kind: Kind
    why: str
    wait_s: float = 0.0
    reason: str | None = None
    """The `reconnect_reason` of a resume."""


class ReconnectPolicy:
    """Decides after each end of a socket; remembers how often it was tried."""

    def __init__(self) -> None:
        self._attempts = 0
        self._is_resuming = False

    def connected(self) -> None:
        """The session stands: the next end starts counting anew."""
        self._attempts = 0
        self._is_resuming = False

    def lost(self, leave: Any | None) -> Step:
        """The socket is gone.

        Args:
            leave: the `LeaveRequest` the server sent on it, if any.
        """
        if leave is None:
            return self._again("resume", "the socket was lost without a leave", SIGNAL_DISCONNECTED)
        reason = enum_name("DisconnectReason", leave.reason)
        action = enum_name("LeaveRequest.Action", leave.action)
        if self._is_resuming:
            return self._again("rejoin", f"the resume was answered by leave {reason}", at_once=True)
        if action == "RESUME":
            return self._again("resume", f"leave {reason} asks for a resume", at_once=True)
        if action == "RECONNECT" or leave.can_reconnect:
            return self._again("rejoin", f"leave {reason} asks to start over", at_once=True)
        return Step("stop", f"leave {reason}, action {action}: an SDK stops here")

    def refused(self, *, is_auth: bool) -> Step:
        """The dial failed."""
        if is_auth:
            return Step("stop", "the token is not accepted any more: an SDK stops here")
        kind: Kind = "resume" if self._is_resuming else "rejoin"
        return self._again(kind, "the dial failed", SIGNAL_DISCONNECTED if kind == "resume" else None)

    def _again(self, kind: Kind, why: str, reason: str | None = None, *, at_once: bool = False) -> Step:
        if self._attempts >= len(WAITS_MS):
            return Step("stop", f"{why}: {len(WAITS_MS)} attempts were made, an SDK gives up")
        wait_s = 0.0 if at_once else WAITS_MS[self._attempts] / 1000
        self._attempts += 1
        self._is_resuming = kind == "resume"
        return Step(kind, why, wait_s, reason)


def sync_state() -> Any:
    """What an SDK without media says after a resume: it deviates from no default."""
    request = envelope_class(TO_SERVER)()
    request.sync_state.subscription.SetInParent()
    return request
