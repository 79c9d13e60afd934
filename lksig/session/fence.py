"""The fence: a request that is always answered, sent behind requests that succeed in silence.

The server handles the requests of one connection in order, so the fence's answer proves that what came before was
handled without objection, whatever the answer says. Observed: livekit-server 1.13.5 answers an empty
`update_metadata` with its `request_id`, also without the grant, from protocol 15 on; below, only refusals are
answered, and a `mute` of a track that cannot exist is always refused.
"""

from __future__ import annotations

from typing import Any

from lksig.schema.pool import TO_CLIENT, TO_SERVER, envelope_class

FIRST_FENCE_ID = 0x4000_0000
"""Request ids of fences start here, far from those a person or an SDK counts from 1."""

OK_PROTOCOL = 15
"""From this protocol on the server answers `update_metadata` also on success."""

NO_SUCH_TRACK = "TR_lksig_fence_"
"""With a number behind it a track sid that no server makes: theirs are a prefix and 12 letters and digits."""


def fence_request(number: int, protocol: int) -> Any:
    """The `SignalRequest` of the fence with this number (from 0), for a session that announced `protocol`."""
    request = envelope_class(TO_SERVER)()
    if protocol >= OK_PROTOCOL:
        request.update_metadata.request_id = FIRST_FENCE_ID + number
    else:
        request.mute.sid = f"{NO_SUCH_TRACK}{number}"
        request.mute.muted = True
    return request


def is_fence(case: str, body: Any) -> bool:
    """Whether a request is a fence, as somebody sees it who did not make it.

    Args:
        body: of the request, the message of its case.
    """
    if case == "update_metadata":
        is_empty = not (body.name or body.metadata or body.attributes)
        return is_empty and int(body.request_id) >= FIRST_FENCE_ID
    return case == "mute" and str(body.sid).startswith(NO_SUCH_TRACK)


def fence_answer(case: str, body: Any) -> Any:
    """The `SignalResponse` that a server gives to a fence. Observed: livekit-server 1.13.5."""
    response = envelope_class(TO_CLIENT)()
    answer = response.request_response
    getattr(answer, case).CopyFrom(body)
    if case == "update_metadata":
        answer.request_id = body.request_id
    else:
        answer.reason = answer.NOT_FOUND
    return response
