"""What can be looked at: one message in every form, the room, the answers' times; and what is kept from the screen.

A view is a function of width and colour, so that it can be shown on a terminal and piped into a program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, cast

from lksig.errors import InputError
from lksig.render.cover import covered
from lksig.repl.participants import STORY
from lksig.session.recent import MAX_MESSAGES
from lksig.wire.events import Close, End, Message, Note, Reading, Result, Start

if TYPE_CHECKING:
    from lksig.render.bodies import BodyFormat
    from lksig.render.tree import SdpForm
    from lksig.repl.desk import Desk
    from lksig.schema.lexer import Span


_BEGIN_OR_END = ("join", "reconnect", "leave")


class _Bare:
    """Stands in for the descriptor of a case that is a bare value."""

    fields = ()


_BARE = _Bare()

View = Callable[[int | None, bool], Iterable[str]]
"""Lines for a width (None for no limit), coloured or not."""


def plain_text(view: View) -> str:
    """A view as a program reads it."""
    return "".join(f"{line}\n" for line in view(None, False))


# --- one message ----------------------------------------------------------------------------------------------------


def find_message(desk: Desk, n: int, place: Span) -> Reading:
    """Message `n`, from memory or from the recording that is being written.

    Args:
        place: where the number was typed.

    Raises:
        InputError: there is none, or it is no longer held.
    """
    if not desk.recent.newest:
        raise place.mistake("there is no message yet", code="no-such-message")
    if not 1 <= n <= desk.recent.newest:
        what = f"there is no message {n}, the last one is {desk.recent.newest}"
        raise place.mistake(what, code="no-such-message")
    reading = desk.recent.get(n)
    if reading is None:
        gone = f"message {n} is no longer held: the last {MAX_MESSAGES} messages (64 MiB) are"
        raise place.mistake(gone, code="not-held", hint="`/record start FILE`, or `--record FILE`, keeps all of them")
    return reading


def message_view(desk: Desk, reading: Reading, form: str) -> View:
    """One message as `tree`, `json`, `hex`, `wire` or `sdp`."""
    if form == "sdp":
        _check_sdp(reading)
    reading = covered(reading, desk.secrets)

    def lines(width: int | None, colour: bool) -> Iterator[str]:
        if form in ("tree", "sdp"):
            yield from _tree(desk, reading, width, colour, "raw" if form == "sdp" else "summary")
        elif form == "wire":
            from lksig.render.wire_view import wire_rows

            yield from wire_rows(reading.event, desk.secrets)
        else:
            from lksig.render.bodies import body_pieces

            for piece in body_pieces(reading, desk.secrets, cast("BodyFormat", form)):
                yield piece.rstrip("\n")

    return lines


def _check_sdp(reading: Reading) -> None:
    message: Message = reading.event
    body = getattr(message.envelope, message.case) if message.case is not None else None
    if body is None or not any(field.name == "sdp" for field in getattr(body, "DESCRIPTOR", _BARE).fields):
        text = f"message {reading.n} (`{message.case or '-'}`) holds no session description"
        raise InputError(text, code="no-sdp", hint="`offer` and `answer` do")


def _tree(desk: Desk, reading: Reading, width: int | None, colour: bool, sdp: SdpForm) -> Iterator[str]:
    from lksig.render.line import LineView
    from lksig.render.tree import TreeView

    # Everything that is asked for by number is shown, keep-alives too.
    line = LineView(desk.secrets, piped=False, colour=colour, width=width, verbose=1)
    for start in desk.history.starts():
        line.text(Reading(start))
    yield from TreeView(desk.secrets, colour=colour, width=width, sdp=sdp, line=line).lines(reading)


def tree_text(desk: Desk, reading: Reading) -> str | None:
    """A message as it is shown under `/detail`; None for lksig's own keep-alives."""
    from lksig.render.line import folded

    if folded(reading):
        return None
    return "\n".join(_tree(desk, covered(reading, desk.secrets), desk.output.width, desk.output.colour, "summary"))


# --- what is kept back ----------------------------------------------------------------------------------------------


def is_kept_back(desk: Desk, reading: Reading) -> bool:
    """Whether a filter or `/quiet` keeps a reading from the screen."""
    event = reading.event
    if isinstance(event, Start | End):
        return False
    if desk.is_quiet and not is_own(reading):
        return True
    if desk.filter is None or isinstance(event, Close):
        return False
    from lksig.session.facts import ReadingFacts

    return not desk.filter.matches(ReadingFacts(reading, desk.line_text))


def is_own(reading: Reading) -> bool:
    """What a person did, what answers it, and how sessions begin and end."""
    event = reading.event
    if type(event) is Message:
        if event.by == "user" or event.case in _BEGIN_OR_END:
            return True
        return reading.reply_to is not None and not reading.for_auto
    return isinstance(event, Result | Close) or (isinstance(event, Note) and event.code == STORY)
