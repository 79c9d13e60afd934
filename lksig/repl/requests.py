"""Requests that the prompt makes itself: a message sent again with changes, bytes as they are.

`/resend N` starts from the message as it was sent. Fields that are typed replace it, `-field` leaves it out with all
that it holds. Without changes the same bytes go out, but for a `request_id`, which is always a fresh one: two requests
of one number could not be told apart in the answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lksig.errors import InputError
from lksig.schema.cases import REQUEST_ID_CASES
from lksig.schema.grammar import ParsedRequest, parse_line
from lksig.schema.lexer import Span, split_assignment
from lksig.schema.pool import TO_SERVER, case_fields
from lksig.schema.typed_text import assignments, format_request
from lksig.wire.events import Encoding, Message

if TYPE_CHECKING:
    from lksig.schema.values import Inputs

LEAVE_OUT = "-"


def refuse_placeholder(request: ParsedRequest) -> None:
    """What stood where a placeholder stands is not known any more.

    Raises:
        InputError: the request holds one.
    """
    from lksig.wire.places import has_placeholder

    path = has_placeholder(request.sketch())
    if path is not None:
        raise InputError(
            f"`{path}` holds a placeholder of a secret that was hidden",
            code="placeholder",
            hint="give the value itself; `--show-secrets` prints it",
        )


def exactly(data: bytes, encoding: Encoding, text: str, inputs: Inputs) -> ParsedRequest:
    """A frame of exactly these bytes."""
    request = ParsedRequest(None, TO_SERVER, text, inputs)
    request.raw = data
    request.encoding = encoding
    return request


def again(message: Message, n: int, changes: tuple[Span, ...], inputs: Inputs) -> ParsedRequest:
    """Request `n` once more.

    Args:
        changes: the words that were typed behind its number.

    Raises:
        InputError: a change that cannot be made; it is pointed at in the typed line.
    """
    if not changes and message.case not in REQUEST_ID_CASES:
        return exactly(message.raw, message.encoding, f"/resend {n}", inputs)
    if message.case is None or message.envelope is None:
        raise changes[0].mistake("only a request that decodes can be changed", code="nothing-there")
    if case_fields(TO_SERVER)[message.case].message_type is None:
        kept = [] if changes else [format_request(message.envelope, TO_SERVER).removeprefix(f"{message.case} ")]
        return _parsed([message.case, *kept], changes, changes, inputs)
    gone, typed = _sorted_out(changes)
    words = list(assignments(getattr(message.envelope, message.case)))
    paths = [parts.path.text for word in words if (parts := split_assignment(Span(word, 0, len(word)))) is not None]
    for span in gone:
        path = span.text.removeprefix(LEAVE_OUT)
        if not any(_touch(path, other) for other in paths):
            raise span.mistake(f"message {n} does not set `{path}`", code="nothing-there")
    replaced = [span.text.removeprefix(LEAVE_OUT) for span in gone]
    replaced += [parts.path.text for span in typed if (parts := split_assignment(span)) and not parts.append]
    if message.case in REQUEST_ID_CASES:
        replaced.append("request_id")
    kept = [word for word, path in zip(words, paths, strict=True) if not any(_touch(one, path) for one in replaced)]
    return _parsed([message.case, *kept], typed, changes, inputs)


def _sorted_out(changes: tuple[Span, ...]) -> tuple[list[Span], list[Span]]:
    """The fields to leave out, and the assignments."""
    gone = [span for span in changes if span.text.startswith(LEAVE_OUT)]
    return gone, [span for span in changes if not span.text.startswith(LEAVE_OUT)]


def _touch(one: str, other: str) -> bool:
    """Whether two paths are the same, or one lies inside of the other."""
    return one == other or any(
        longer.startswith(shorter) and longer[len(shorter)] in ".["
        for longer, shorter in ((one, other), (other, one))
        if len(longer) > len(shorter)
    )


def _parsed(made: list[str], typed: Sequence[Span], changes: Sequence[Span], inputs: Inputs) -> ParsedRequest:
    """The one request of words that were made and words that were typed; a mistake points at the typed ones.

    Args:
        changes: all that was typed, with what is left out: where a made word is wrong, one of these is why.
    """
    begun = " ".join(made)
    text = " ".join([begun, *(span.text for span in typed)])
    try:
        requests = parse_line(text, inputs)
    except InputError as exc:
        at = len(begun) + 1
        for span in typed:
            end = at + span.end - span.start
            if exc.source == text and at <= exc.start < end:
                start = span.start + exc.start - at
                place = span.cut(start, min(start + exc.end - exc.start, span.end))
                raise place.mistake(exc.text, code=exc.code, hint=exc.hint) from exc
            at = end + 1
        raise changes[-1].mistake(exc.text, code=exc.code, hint=exc.hint) from exc
    if len(requests) > 1:
        raise typed[0].mistake("one request is sent again, not several", code="unexpected-word")
    return requests[0]
