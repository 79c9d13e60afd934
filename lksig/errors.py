"""Everything that can go wrong, as one tree.

    LksigError                                                          exit
    ├─ CheckFailedError    a comparison did not hold, a request was refused 1
    ├─ InputError          what the user gave: URL, token, path, filter   2
    ├─ TransportError      could not connect, handshake refused, lost     3
    │  └─ AuthError        401 or 403, or no credentials                  4
    ├─ UndecodableError    under --strict, and in decode                  5
    ├─ DeadlineError       an awaited message did not come                6
    ├─ RecordingError      unreadable, unknown version, cut short         7
    └─ EndedError          the server ended it before the work was done   8

The numbers live on the classes (`exit_code`), the process applies them in `lksig.entry` and nowhere else.
A protocol violation by the peer is a reading, never one of these.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from lksig.exit_codes import ExitCode

Layer = Literal[
    "usage", "url", "dns", "tcp", "tls", "proxy", "http", "auth", "room", "server", "protocol", "media", "file"
]
"""Where it happened, as `--json` names it on stderr."""


class LksigError(Exception):
    """What happened, to what, and what to try; one line, no full stop, no secret.

    Args:
        text: one sentence that says what is wrong and where.
        code: a short searchable name, `kebab-case`.
        layer: where it happened.
        hint: one next step, printed on its own line.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.BUG
    default_layer: ClassVar[Layer] = "usage"

    def __init__(self, text: str, *, code: str, layer: Layer | None = None, hint: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.code = code
        self.layer: Layer = layer or self.default_layer
        self.hint = hint

    def __str__(self) -> str:
        return self.text


class CheckFailedError(LksigError):
    """A check or comparison did not hold, or a request was refused."""

    exit_code = ExitCode.CHECK_FAILED
    default_layer: ClassVar[Layer] = "server"


class InputError(LksigError):
    """What the user gave cannot be used: a flag, URL, token, path, request or filter.

    Args:
        source: the text in which the mistake stands, for a caret under it.
        start: index of its first character in `source`.
        end: index behind its last character.
    """

    exit_code = ExitCode.USAGE

    def __init__(
        self,
        text: str,
        *,
        code: str,
        layer: Layer | None = None,
        hint: str | None = None,
        source: str | None = None,
        start: int = 0,
        end: int | None = None,
    ) -> None:
        super().__init__(text, code=code, layer=layer, hint=hint)
        self.source = source
        self.start = start
        self.end = end if end is not None else start + 1


class TransportError(LksigError):
    """The connection could not be made, was refused, or was lost."""

    exit_code = ExitCode.TRANSPORT
    default_layer: ClassVar[Layer] = "tcp"


class AuthError(TransportError):
    """The server does not accept the credentials, or there are none."""

    exit_code = ExitCode.AUTH
    default_layer: ClassVar[Layer] = "auth"


class UndecodableError(LksigError):
    """Bytes that are no signal message, where that matters."""

    exit_code = ExitCode.UNDECODABLE
    default_layer: ClassVar[Layer] = "protocol"


class DeadlineError(LksigError):
    """An awaited message did not come in time."""

    exit_code = ExitCode.DEADLINE
    default_layer: ClassVar[Layer] = "server"


class RecordingError(LksigError):
    """A recording that cannot be read, has an unknown version, or is cut short."""

    exit_code = ExitCode.RECORDING
    default_layer: ClassVar[Layer] = "file"


class EndedError(LksigError):
    """The server ended the session before the work was done."""

    exit_code = ExitCode.ENDED
    default_layer: ClassVar[Layer] = "server"
