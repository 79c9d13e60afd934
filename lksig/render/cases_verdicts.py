"""Summaries of verdicts and of what keeps a session going: refusals, leaves, tokens, pongs.

Source: livekit_rtc.proto RequestResponse, SubscriptionResponse, LeaveRequest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lksig.render.cases_media import trickle_words
from lksig.render.phrases import listed, names_of, parts
from lksig.schema.cases import ECHOES

if TYPE_CHECKING:
    from lksig.render.phrases import Case
    from lksig.render.summaries import Summaries
    from lksig.wire.events import Reading

_REASON = names_of("DisconnectReason")
_ACTION = names_of("LeaveRequest.Action")
_VERDICT = names_of("RequestResponse.Reason")
_ERROR = names_of("SubscriptionError")


def _leave(tell: Summaries, body: Any, reading: Reading) -> str:
    """`DUPLICATE_IDENTITY, action DISCONNECT`."""
    told = f"{_REASON[body.reason]}, action {_ACTION[body.action]}"
    if body.can_reconnect:
        told += ", can_reconnect"
    return parts(told, listed("regions", body.regions.regions, lambda one: tell.word(one.region or one.url)))


def _request_response(tell: Summaries, body: Any, reading: Reading) -> str:
    """`refused NOT_FOUND: mute sid=TR_nope`; QUEUED and OK, and what fences provoke, are no refusals."""
    reason = _VERDICT[body.reason]
    arm = body.WhichOneof("request")
    if arm is None:
        what = f"request_id={body.request_id}" if body.request_id else ""
    else:
        echo = getattr(body, arm)
        words = trickle_words(tell, echo) if arm == "trickle" else tell.words(echo, typed=True)
        if body.request_id and not getattr(echo, "request_id", 0):
            words = f"{words} request_id={body.request_id}".lstrip()
        what = f"{ECHOES[arm]} {words}".rstrip()
    refused = reason not in ("OK", "QUEUED") and not reading.for_auto
    told = f"{'refused ' if refused else ''}{reason}" + (f": {what}" if what else "")
    return parts(told, tell.prose(body.message))


def _subscription_response(tell: Summaries, body: Any, reading: Reading) -> str:
    return f"refused {_ERROR[body.err]}: track_sid={tell.word(body.track_sid)}"


def _refresh_token(tell: Summaries, body: Any, reading: Reading) -> str:
    return tell.token(body, reading.event.t_ns)


def _pong(tell: Summaries, body: Any, reading: Reading) -> str:
    clock = tell.wall.clock(body * 1_000_000)
    return str(body) if clock is None else f"{body} ({clock})"


RESPONSES: dict[str, Case] = {
    "leave": _leave,
    "request_response": _request_response,
    "subscription_response": _subscription_response,
    "refresh_token": _refresh_token,
    "pong": _pong,
}
"""Responses by case."""
