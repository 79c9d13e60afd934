"""docs/session-states.md: the states of a session, drawn from the table that the client machine follows."""

from __future__ import annotations

from docs.generators.markdown import code, page, table
from lksig.session.client import TRANSITIONS
from lksig.wire.events import SessionState

PATH = "docs/session-states.md"
SOURCE = "`TRANSITIONS` in `lksig/session/client.py`"

MEANINGS: dict[SessionState, str] = {
    "DISCONNECTED": "No socket. The beginning, and the end.",
    "CONNECTING": "Dialing, upgrading, and waiting for the first message.",
    "CONNECTED": "The server said `join` or `reconnect`: requests are handled.",
    "RESUMING": "Like CONNECTING, with the participant kept: a second socket that names its sid.",
    "DISCONNECTING": "Somebody said `leave`, or began to close; the socket is still there.",
}

STEPS: dict[tuple[SessionState, SessionState], str] = {
    ("DISCONNECTED", "CONNECTING"): "connect",
    ("DISCONNECTED", "RESUMING"): "resume",
    ("CONNECTING", "CONNECTED"): "join",
    ("CONNECTING", "DISCONNECTING"): "leave",
    ("CONNECTING", "DISCONNECTED"): "refused, or closed",
    ("CONNECTED", "RESUMING"): "resume",
    ("CONNECTED", "DISCONNECTING"): "leave, in either direction",
    ("CONNECTED", "DISCONNECTED"): "closed without a leave",
    ("RESUMING", "CONNECTED"): "reconnect",
    ("RESUMING", "DISCONNECTING"): "leave, nobody to resume",
    ("RESUMING", "DISCONNECTED"): "refused, or closed",
    ("DISCONNECTING", "DISCONNECTED"): "closed",
    ("DISCONNECTING", "RESUMING"): "the leave said RESUME",
}
"""What leads from one state to another, in a few words."""

_ABOUT = """\
The `state` lines of `--json` carry these names, and `why` says what led there. The words at the arrows are the messages
and events that lead from one to the next; whatever arrives meanwhile is shown in every state."""

_KEPT = """\
A **resume** keeps the participant, its sid and its tracks over a new WebSocket; the server answers `reconnect`. A
**full reconnect** begins anew, with `join` and another sid. `lksig listen --resume SID` and `/resume` at
the [prompt](how-to/prompt.md) do the first by hand, `--reconnect` follows a session as an SDK would."""


def text() -> str:
    """The page."""
    arrows = [f"    {one} --> {other}: {STEPS[one, other]}" for one, others in TRANSITIONS.items() for other in others]
    drawing = ["```mermaid", "stateDiagram-v2", "    [*] --> DISCONNECTED", *arrows, "```"]
    return page(
        "The states of a session",
        SOURCE,
        _ABOUT,
        "\n".join(drawing),
        table(["state", "meaning"], ([code(state), MEANINGS[state]] for state in TRANSITIONS)),
        _KEPT,
    )
