"""`/drop`, `/resume`, `/rejoin`, `/leave`, `/use`, `/quit`: what becomes of sessions, and who speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lksig.errors import DeadlineError, InputError, LksigError
from lksig.render.safe_text import neutralise, word

if TYPE_CHECKING:
    from lksig.repl.desk import Desk
    from lksig.repl.lines import Command
    from lksig.repl.participants import Participant
    from lksig.schema.lexer import Span


async def drop_verb(desk: Desk, command: Command) -> None:
    """Cut the connection."""
    desk.active.check_open()
    desk.active.session.drop()
    await desk.active.session.wait_gone()


async def resume_verb(desk: Desk, command: Command) -> None:
    """Keep the participant over a second socket."""
    active = desk.active
    if not active.session.participant_sid:
        raise InputError(
            "there is nothing to resume: no join came yet", code="nothing-to-resume", hint="`/rejoin` joins"
        )
    if not await active.resume():
        text = "not resumed: a server forgets a participant without media when its socket closes; `/rejoin` starts over"
        desk.output.notice(text)


async def rejoin_verb(desk: Desk, command: Command) -> None:
    """Start over."""
    if not await desk.active.rejoin():
        raise _no_join(desk.active)


async def leave_verb(desk: Desk, command: Command) -> None:
    """Leave politely and stay here."""
    desk.active.check_open()
    await desk.active.session.leave()


async def quit_verb(desk: Desk, command: Command) -> None:
    """Nothing more is read; whoever reads lines leaves politely then."""
    desk.is_over = True


async def use_verb(desk: Desk, command: Command) -> None:
    """Speak as somebody else."""
    if not command.rest.text:
        for one in desk.people:
            mark = "*" if one is desk.active else " "
            desk.output.text(
                f"{mark} {neutralise(word(one.name))}  {one.session.state}  {one.session.participant_sid}".rstrip()
            )
        return
    name = _identity(command.rest)
    if not name:
        raise command.rest.mistake("an identity is not empty", code="empty-identity")
    known = desk.people.get(name)
    if known is not None:
        desk.use(known)
        return
    await _invite(desk, name)


def _identity(rest: Span) -> str:
    from lksig.schema.lexer import json_string

    said = json_string(rest.text)
    return rest.text if said is None else said


async def _invite(desk: Desk, name: str) -> None:
    """A second participant of the room."""
    before = desk.active
    participant: Participant = desk.new_participant(desk.tickets.ticket(name))
    for _, text in participant.ticket.notes:
        desk.output.notice(text)
    try:
        joined = await participant.open()
    except BaseException:
        await desk.forget(participant, before)
        raise
    if not joined:
        raise _no_join(participant)


def _no_join(participant: Participant) -> LksigError:
    """The error of a socket on which no join came."""
    text = f"no join came for `{participant.name}`"
    if participant.session.is_gone:
        return participant.gone(text)
    return DeadlineError(text, code="did-not-come", hint="`/rejoin` tries again")
