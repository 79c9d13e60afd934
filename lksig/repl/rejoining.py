"""`--rejoin`: start over when a session ends, and say so.

Whatever ended it: a debugger that is told to stay stays. The waits between attempts are those of an SDK, and after as
many attempts it gives up; a session that stood starts the count anew.
"""

from __future__ import annotations

from asyncio import sleep
from typing import TYPE_CHECKING

from lksig.errors import AuthError, LksigError
from lksig.repl.participants import STORY
from lksig.session.reconnect import WAITS_MS

if TYPE_CHECKING:
    from lksig.repl.desk import Desk
    from lksig.repl.participants import Participant


async def rejoin(desk: Desk, participant: Participant) -> None:
    """Join anew until it stands.

    Raises:
        LksigError: the last attempt did not work either, or the token is not accepted any more.
    """
    error: LksigError | None = None
    for wait_ms in WAITS_MS[participant.lost_in_a_row :]:
        participant.lost_in_a_row += 1
        if wait_ms:
            participant.session.note(STORY, f"rejoin in {wait_ms / 1000:g} s")
            await sleep(wait_ms / 1000)
        if desk.is_over or not participant.session.is_gone:
            return
        try:
            await participant.rejoin()
            return  # where it did not stand, its close starts this again
        except AuthError:
            raise
        except LksigError as exc:
            error = exc
    participant.session.note(STORY, f"rejoin: {len(WAITS_MS)} attempts were made, lksig gives up")
    if error is not None:
        raise error
