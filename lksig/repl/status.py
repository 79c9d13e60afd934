"""What a toolbar can say about the session in use, as one record made whenever it is asked for."""

from __future__ import annotations

from lksig.records import record


@record
class Status:
    """The session in use. Texts come from the server or the command line and are not made harmless."""

    room: str | None
    identity: str | None
    sid: str
    """Empty before the join."""
    state: str
    """One of `events.SessionState`."""
    path: str
    """`v0` or `v1`; empty before the first dial."""
    protocol: int
    """The signaling protocol number that was announced; 0 for none."""
    rtt_ms: tuple[float, ...]
    """The last round trips, the newest last."""
    to_client: int
    to_server: int
    """Messages of this session so far, lksig's own included."""
    media_deadline_s: float | None
    """Seconds until a livekit-server ends a session without media; None where there is no such end."""
    recording: str | None
    """The file that is being written."""
    unanswered: int
    """Requests that wait for an answer, or to be sent."""
    not_shown: int
    """Messages that a filter or `/quiet` kept from the screen."""
    is_filtered: bool
    is_quiet: bool
    others: tuple[str, ...]
    """Identities of the other participants of this prompt."""
