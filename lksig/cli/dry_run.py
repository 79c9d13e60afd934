"""`--dry-run`: the handshake and the requests as they would go out, through the same views, to nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lksig.cli.credentials import EVICTION
from lksig.exit_codes import worst
from lksig.live.clock import SystemClock
from lksig.live.run import Run
from lksig.schema.pool import TO_SERVER
from lksig.session import sequence as seq
from lksig.wire.codec import decode_frame, encode_frame
from lksig.wire.events import Encoding, Http, Reading, Start
from lksig.wire.handshake import request_head
from lksig.wire.header_secrets import learn_credentials
from lksig.wire.json_text import message_text

if TYPE_CHECKING:
    from lksig.cli.flags import ClientFlags, WireFlags
    from lksig.cli.joining import Joining
    from lksig.cli.screen import Screen
    from lksig.schema.grammar import ParsedRequest, Reference
    from lksig.wire.redaction import Secrets


FRESH_KEY = "(made for each connection)"
"""Where the key of the handshake stands."""


def dry_run(
    joining: Joining, requests: list[ParsedRequest], screen: Screen, client: ClientFlags, wire: WireFlags
) -> int:
    """Show what would be sent; gives the exit code."""
    for name, text in joining.credentials.notes:
        if name != EVICTION:  # nobody joins
            screen.warn(name, text)
    offers_deflate = joining.offers_deflate if wire.compression is None else wire.compression
    run = Run(SystemClock())
    run.add_sink(screen.sink)
    handshake, found = joining.handshake, joining.credentials
    run.emit(Start(0, run.clock.wall_ns, handshake.shown_url, handshake.path, found.room, found.identity))
    headers = tuple(request_head(handshake, FRESH_KEY, offers_deflate=offers_deflate))
    exchange = Http(0, "GET", handshake.request_target, headers, None, (), b"", 0, handshake.join_request)
    if screen.is_json:
        run.emit(exchange)
    else:
        for line in _handshake_lines(screen.covered(Reading(exchange)).event, joining.secrets):
            screen.data(line)
    sequence = seq.Sequence(_unknown, protocol=joining.protocol, timeout_ns=0, fences=False)
    for request in requests:
        sequence.add(request)
    codes: list[int] = []
    encoding: Encoding = "json" if client.json_frames else "protobuf"
    sequence_ns = 0
    while sequence.unsent:
        match sequence.next(sequence_ns):
            case seq.SendRequest(envelope, raw, kind):
                kind = kind or encoding
                data = raw if raw is not None else encode_frame(envelope, kind)
                frame = decode_frame(data, direction=TO_SERVER, encoding=kind, t_ns=run.clock.now_ns(), by="user")
                run.emit(frame)
            case seq.NotSent(request, error):
                if isinstance(error, seq.NotYet):
                    screen.warn("not-known", f"`{request.text}` refers to something only the session will tell")
                elif not isinstance(error, seq.Refused):
                    screen.tell(error)
                    codes.append(error.exit_code)
            case seq.Wait(until_ns):
                sequence_ns = until_ns  # nobody is there to be paced for
            case _:
                break
    code = worst([*codes, *screen.exit_codes()])
    screen.close(code)
    return int(code)


def _handshake_lines(exchange: Http, secrets: Secrets) -> list[str]:
    """The request as it would be on the wire, and what its `join_request` says."""
    learn_credentials(exchange.request_headers, secrets)
    lines = [f"{exchange.method} {secrets.url(exchange.path)} HTTP/1.1"]
    lines += [f"{name}: {secrets.scrub(secrets.tokens(value))}" for name, value in exchange.request_headers]
    if exchange.join_request is not None:
        lines.append("join_request " + message_text(exchange.join_request, secrets))
    return lines


def _unknown(reference: Reference) -> object:
    """Nothing of a session is known without one."""
    return seq.NotYet(reference.text)
