"""`--reconnect`: follow a session over its sockets as an SDK would, and say at each step what is done and why."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lksig.errors import AuthError, LksigError
from lksig.session.reconnect import ReconnectPolicy, Step, sync_state

if TYPE_CHECKING:
    from lksig.cli.joining import Joining
    from lksig.live.session import LiveSession

FOLLOW_NOTE = "reconnect"
"""Code of the notes that tell the story."""


_SETTLED = ("CONNECTED", "DISCONNECTED")


async def follow(session: LiveSession, joining: Joining) -> None:
    """Stay with the session until the client ends it, or until an SDK would stop trying."""
    policy = ReconnectPolicy()
    while True:
        await session.wait_gone()
        close = session.close_event
        if close is None or close.ended_by == "client":
            return
        if not await _next_socket(session, joining, policy, policy.lost(session.last_leave)):
            return
        if await _stands(session):
            policy.connected()


async def _next_socket(session: LiveSession, joining: Joining, policy: ReconnectPolicy, step: Step) -> bool:
    """Dial until a socket is open; False when an SDK would stop."""
    while True:
        wait = f", in {step.wait_s:g} s" if step.wait_s else ""
        session.note(FOLLOW_NOTE, f"{step.kind}{wait}: {step.why}")
        if step.kind == "stop":
            return False
        await asyncio.sleep(step.wait_s)
        try:
            await _dial(session, joining, step)
        except LksigError as exc:
            step = policy.refused(is_auth=isinstance(exc, AuthError))
            continue
        return True


async def _dial(session: LiveSession, joining: Joining, step: Step) -> None:
    from lksig.wire.handshake import JoinOptions

    is_resume = step.kind == "resume"
    changes = JoinOptions(
        reconnect=is_resume,
        participant_sid=session.participant_sid if is_resume else None,
        reconnect_reason=step.reason,
    )
    last = session.handshake
    assert last is not None
    handshake = joining.again(last, session.last_token, changes)
    await session.connect(handshake, room=session.room, identity=session.identity, resume=is_resume)


async def _stands(session: LiveSession) -> bool:
    """Whether the new socket comes to a session; after a resume the client then says what it has."""
    if session.state not in _SETTLED:
        await session.run.first(lambda _: True if session.state in _SETTLED else None)
    if session.state != "CONNECTED":
        return False
    if session.is_resumed:
        await session.send(sync_state(), by="auto")
    return True
