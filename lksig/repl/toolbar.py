"""The line below the prompt: how the session is doing, or, while a field is typed, what the field is.

Rule: a function of what it is given, so that it can be looked at without a terminal. Names come from strangers and are
made harmless here. What does not fit is left out, the least important first; nothing wraps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lksig.records import record
from lksig.render.safe_text import neutralise, word
from lksig.render.width import cut, width_of

if TYPE_CHECKING:
    from lksig.repl.status import Status
    from lksig.repl.verbs import Verb
    from lksig.schema.signature import Signature

SEPARATOR = " · "
SPARK = "▁▂▃▄▅▆▇█"
SPARKS = 12
"""Round trips in the sparkline."""
MIN_SPARK_MS = 1.0
"""Of the highest bar: the noise of a loopback does not look like mountains."""
MAX_NAME = 24
"""Columns of a name: room and identity can be as long as anybody likes."""


@record
class _Part:
    text: str
    rank: int
    """What matters most has the lowest."""


def sparkline(values: Sequence[float]) -> str:
    """The last values as bars, the newest last; the highest bar is the highest of them."""
    shown = values[-SPARKS:]
    if len(shown) < 2:
        return ""
    top = max(*shown, MIN_SPARK_MS)
    return "".join(SPARK[min(int(value / top * len(SPARK)), len(SPARK) - 1)] for value in shown)


def status_text(status: Status, width: int, *, not_shown: int = 0, note: str = "") -> str:
    """How the session is doing, in at most `width` columns.

    Args:
        not_shown: messages that a burst kept from the screen.
        note: said before everything else.
    """
    parts = [part for part in _parts(status, not_shown, note) if part.text]
    while len(parts) > 1 and width_of(_joined(parts)) > width:
        parts.remove(max(parts, key=lambda part: part.rank))
    return cut(_joined(parts), width)


def _joined(parts: Sequence[_Part]) -> str:
    return f" {SEPARATOR.join(part.text for part in parts)}"


def _parts(status: Status, not_shown: int, note: str) -> list[_Part]:
    rtt = ""
    if status.rtt_ms:
        rtt = f"rtt {_ms(status.rtt_ms[-1])} {sparkline(status.rtt_ms)}".rstrip()
    protocol = f" p{status.protocol}" if status.protocol else ""
    hidden = status.not_shown + not_shown
    left_s = status.media_deadline_s
    return [
        _Part(note, 0),
        _Part("" if status.state == "CONNECTED" else status.state.lower(), 1),
        _Part(_name(status.room), 8),
        _Part(" ".join(filter(None, (_name(status.identity), _name(status.sid)))), 9),
        _Part(f"{status.path}{protocol}", 11),
        _Part(rtt, 7),
        _Part(f"< {status.to_client}  > {status.to_server}", 6),
        _Part(f"{status.unanswered} unanswered" if status.unanswered else "", 4),
        _Part(f"+{hidden} not shown" if hidden else "", 3),
        _Part("quiet" if status.is_quiet else "", 5),
        _Part("filter" if status.is_filtered else "", 5),
        _Part("" if left_s is None else f"ends in {left_s:.0f} s without media", 2),
        _Part(f"rec {_name(_last(status.recording))}" if status.recording is not None else "", 4),
        _Part(f"also {', '.join(map(_name, status.others))}" if status.others else "", 10),
    ]


def _name(text: str | None) -> str:
    return cut(neutralise(word(text)), MAX_NAME) if text else ""


def _last(path: str) -> str:
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2] or path


def _ms(value: float) -> str:
    return f"{value:.1f} ms" if value < 100 else f"{value:.0f} ms"


def signature_text(signature: Signature, width: int) -> str:
    """What the field under the cursor is: `add_track.layers.0.width uint32 [px]  …`."""
    kind = "" if signature.is_case else signature.type
    head = " ".join(filter(None, (signature.path, kind, f"[{signature.unit}]" if signature.unit else "")))
    gone = "deprecated: " if signature.deprecated else ""
    return cut(neutralise(f" {head}  {gone}{signature.doc}".rstrip()), width)


def verb_text(verb: Verb, width: int) -> str:
    """What the command is that is being typed."""
    return cut(f" {verb.usage}  {verb.help}", width)
