"""What the prompt says about what happened: why a request was not sent, how a session ended, what crossed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lksig.errors import EndedError, LksigError, TransportError
from lksig.render.safe_text import neutralise, word
from lksig.session.endings import ending_words

if TYPE_CHECKING:
    from lksig.repl.participants import Participant
    from lksig.session.crossing import Crossing
    from lksig.session.sequence import NotSent
    from lksig.wire.events import Close


def not_sent(participant: Participant, failed: NotSent) -> LksigError:
    """Why a request was not sent."""
    if isinstance(failed.error, TransportError):
        return participant.gone(f"not sent: `{failed.request.text}`, the connection is gone")
    return failed.as_error()


def ending(close: Close, leave: Any | None) -> LksigError:
    """What ended a session that nobody here ended.

    Args:
        leave: the last `LeaveRequest` the server sent.
    """
    story = ending_words(close, leave)
    if close.ended_by == "server":
        return EndedError(story, code="server-ended", hint="`/rejoin` starts over, `--rejoin` does it unasked")
    return TransportError(story, code="connection-lost", hint="look at the network and at the server's log")


def crossed(crossing: Crossing) -> str:
    """`alice update_metadata (12) → bob update (15) 1.3 ms`."""
    actor, seer = neutralise(word(crossing.actor)), neutralise(word(crossing.seer))
    took = f"{crossing.took_ns / 1e6:.1f} ms"
    return f"{actor} {crossing.case} ({crossing.request}) → {seer} update ({crossing.update}) {took}"
