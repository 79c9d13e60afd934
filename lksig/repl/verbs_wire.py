"""`/resend`, `/ping`, `/fence`, `/raw`, `/text`, `/ws`: frames that no request line makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lksig.errors import DeadlineError
from lksig.repl.requests import again, exactly
from lksig.repl.verbs_views import message_number
from lksig.repl.views import find_message
from lksig.schema.pool import TO_SERVER
from lksig.wire.events import Close, Message, Reading

if TYPE_CHECKING:
    from lksig.repl.desk import Desk
    from lksig.repl.lines import Command
    from lksig.repl.participants import Participant
    from lksig.schema.lexer import Span

GOING_AWAY_CODES = range(1000, 5000)
"""Codes of a close frame. Source: RFC 6455, section 7.4; 1005, 1006 and 1015 are never sent."""
NEVER_SENT = (1004, 1005, 1006, 1015)
MAX_REASON_BYTES = 123
MAX_PING_BYTES = 125
"""Source: RFC 6455, section 5.5: a control frame holds 125 bytes, two of which are the code."""


async def resend_verb(desk: Desk, command: Command) -> None:
    """A request once more."""
    words = command.words
    if not words:
        raise command.rest.mistake("`/resend` needs the number of a request", code="missing-value")
    n = message_number(words[0])
    message: Message = find_message(desk, n, words[0]).event
    if message.direction is not TO_SERVER:
        raise words[0].mistake(f"message {n} is the server's (`{message.case or '-'}`)", code="not-a-request")
    desk.send(again(message, n, words[1:], desk.inputs))


async def ping_verb(desk: Desk, command: Command) -> None:
    """A `ping_req` of the person's own."""
    from lksig.schema.grammar import parse_line

    desk.send(*parse_line("ping_req timestamp=now", desk.inputs))


async def fence_verb(desk: Desk, command: Command) -> None:
    """A fence behind everything that was sent."""
    desk.active.check_open()
    participant = desk.active
    participant.sequence.ask_fence()
    participant.pump.wake()
    desk.later(_fenced(desk, participant), command.rest.source)


async def _fenced(desk: Desk, participant: Participant) -> None:
    """Say that the fence came back.

    Raises:
        DeadlineError: it did not.
    """

    def answer(reading: Reading) -> Reading | None:
        event = reading.event
        if event.session != participant.number:
            return None
        if isinstance(event, Close):
            return reading
        is_fence = type(event) is Message and reading.for_auto and event.case == "request_response"
        return reading if is_fence else None

    reading = await desk.run.first(answer, desk.timeout_s)
    if reading is None:
        text = (
            f"the fence did not come back in {desk.timeout_s:g} s: the server does not get to this session's requests"
        )
        raise DeadlineError(text, code="fence-lost", hint="`/rejoin` starts over")
    if type(reading.event) is Message:
        took = "" if reading.reply_ns is None else f" after {reading.reply_ns / 1e6:.1f} ms"
        desk.output.notice(f"the fence came back{took}: the server has handled what was sent before it")


# --- frames as they are -----------------------------------------------------------------------------------------------


async def raw_verb(desk: Desk, command: Command) -> None:
    """A binary frame of exactly these bytes."""
    data = _bytes(desk, command.rest)
    desk.send(exactly(data, "protobuf", command.rest.source, desk.inputs))


async def text_verb(desk: Desk, command: Command) -> None:
    """A text frame of exactly this."""
    rest = command.rest
    if not rest.text:
        raise rest.mistake("`/text` needs the text to send", code="missing-value")
    data = _content(desk, rest) if _is_file(rest) else rest.text.removeprefix("@").encode()
    desk.send(exactly(data, "json", rest.source, desk.inputs))


def _is_file(rest: Span) -> bool:
    return rest.text.startswith("@") and not rest.text.startswith("@@")


def _content(desk: Desk, rest: Span) -> bytes:
    try:
        return desk.inputs.read_file(rest.text[1:])
    except OSError as exc:
        why = exc.strerror or str(exc)
        raise rest.mistake(f"cannot read `{rest.text[1:]}`: {why}", code="file-unreadable") from exc


def _bytes(desk: Desk, rest: Span) -> bytes:
    if not rest.text:
        raise rest.mistake("`/raw` needs bytes: `hex:0a00`, `b64:CgA=` or `@FILE`", code="missing-value")
    if _is_file(rest):
        return _content(desk, rest)
    kind, colon, digits = rest.text.partition(":")
    if not colon or kind not in ("hex", "b64"):
        raise rest.mistake("bytes are `hex:0a00`, `b64:CgA=` or `@FILE`", code="bad-value")
    try:
        if kind == "hex":
            return bytes.fromhex(digits)
        import base64

        return base64.b64decode("".join(digits.split()), validate=True)
    except ValueError:
        what = "pairs of hexadecimal digits" if kind == "hex" else "base64"
        raise rest.cut(rest.start + len(kind) + 1).mistake(f"this is no {what}", code="bad-value") from None


# --- /ws --------------------------------------------------------------------------------------------------------------


async def ws_verb(desk: Desk, command: Command) -> None:
    """A ping or close frame of the WebSocket itself."""
    words = command.words
    what = words[0].text if words else ""
    if what == "ping":
        await _ws_ping(desk, _behind(command, words, 1))
    elif what == "close":
        await _ws_close(desk, command, words)
    else:
        place = words[0] if words else command.rest
        raise place.mistake("`/ws` sends a `ping` or a `close`", code="unknown-word")


def _behind(command: Command, words: tuple[Span, ...], count: int) -> Span:
    """What stands behind the first words."""
    return command.rest.cut(words[count].start if len(words) > count else command.rest.end)


async def _ws_ping(desk: Desk, text: Span) -> None:
    payload = text.text.encode()
    if len(payload) > MAX_PING_BYTES:
        raise text.mistake(f"a ping holds {MAX_PING_BYTES} bytes at most", code="too-long")
    desk.active.check_open()
    await desk.active.session.ping(payload)


async def _ws_close(desk: Desk, command: Command, words: tuple[Span, ...]) -> None:
    code, reason = 1000, _behind(command, words, 2)
    if len(words) > 1:
        text = words[1].text
        if not (text.isascii() and text.isdecimal() and len(text) == 4) or int(text) not in GOING_AWAY_CODES:
            raise words[1].mistake(f"`{text}` is no close code", code="bad-number", hint="1000 to 4999")
        code = int(text)
        if code in NEVER_SENT:
            raise words[1].mistake(f"{code} is never sent, it says that something was missing", code="bad-number")
    if len(reason.text.encode()) > MAX_REASON_BYTES:
        raise reason.mistake(f"a reason has {MAX_REASON_BYTES} bytes at most", code="too-long")
    desk.active.check_open()
    await desk.active.session.close(code, reason.text)
