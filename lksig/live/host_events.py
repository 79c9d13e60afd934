"""What the journal of a server is told beside messages: how sessions began, how they ended, and who was turned away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lksig.wire.events import Close, EndedBy, Event, Http, Note, Start

if TYPE_CHECKING:
    from lksig.live.clock import Clock
    from lksig.session.hosting import Accept, Headers, Requested, Respond
    from lksig.wire.target import Path


def upgrade_events(
    clock: Clock, url: str, asked: Requested, accepted: Accept, socket: int, headers: Headers
) -> Iterator[Event]:
    """A socket was opened: the first one of a session begins it."""
    if socket == 1:
        yield _start(clock, url, asked, accepted.session, accepted.path, accepted.room, accepted.identity)
    yield _http(clock, asked, accepted.session, 101, headers, b"", accepted.join_request, socket)


def refusal_events(clock: Clock, url: str, asked: Requested, respond: Respond) -> Iterator[Event]:
    """Somebody who wanted to join, or asked whether it could, got an HTTP answer."""
    path: Path = "v1" if "/v1" in asked.target.partition("?")[0] else "v0"
    yield _start(clock, url, asked, respond.session, path)
    yield _http(clock, asked, respond.session, respond.status, respond.headers, respond.body)
    text = f"{asked.method} answered with HTTP {respond.status} {respond.body.decode('utf-8', 'replace')}".rstrip()
    yield Note(clock.now_ns(), "no-session", text, session=respond.session)


def close_event(
    t_ns: int,
    frame: tuple[int | None, str, bool],
    *,
    client_left: bool,
    closed_by_us: bool,
    session: int,
    socket: int,
) -> Close:
    """A socket was closed.

    Args:
        frame: code and reason of the first close frame, and whether the client sent it.
        client_left: it had said `leave`: then it is the client that ended it, whoever closed first.
    """
    code, reason, by_client = frame
    ended_by: EndedBy = "server" if code is not None or closed_by_us else "network"
    if by_client or (client_left and code is not None):
        ended_by = "client"
    return Close(t_ns, code, reason, ended_by, session, socket)


def _start(
    clock: Clock,
    url: str,
    asked: Requested,
    session: int,
    path: Path,
    room: str | None = None,
    identity: str | None = None,
) -> Start:
    whole = url + asked.target.partition("?")[0]
    return Start(asked.t_ns, clock.wall_ns + asked.t_ns, whole, path, room, identity, session)


def _http(
    clock: Clock,
    asked: Requested,
    session: int,
    status: int,
    headers: Headers,
    body: bytes,
    join_request: Any = None,
    socket: int = 1,
) -> Http:
    t_ns = clock.now_ns()
    took_ns = t_ns - asked.t_ns
    return Http(
        t_ns,
        asked.method,
        asked.target,
        asked.headers,
        status,
        headers,
        body,
        took_ns,
        join_request,
        session,
        socket,
    )
