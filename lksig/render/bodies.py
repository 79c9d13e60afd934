"""The message alone, without number or time: `--format json`, `hex`, `base64`, `raw`.

JSON is the `message` of a JSON line, indented by 2. Bytes are the frame's own with secrets overwritten in place: it
keeps its length and stays legal. Contract: EXPERIENCE "The machine's view".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal

from lksig.render.hexdump import base64_text, hexdump
from lksig.wire.events import Message, Reading
from lksig.wire.json_text import iter_message_text

if TYPE_CHECKING:
    from lksig.wire.redaction import Secrets

BodyFormat = Literal["json", "hex", "base64"]
"""The forms that are text; `raw` is `body_bytes`."""

INDENT = "  "

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^"{}\[\],:]+')
"""A string, a mark, or a number or word of compact JSON."""


def body_pieces(reading: Reading, secrets: Secrets, form: BodyFormat, *, defaults: bool = False) -> Iterator[str]:
    """The body of a message as text, in pieces of whole lines; nothing for what is no message.

    A frame that did not decode has no JSON: its JSON form is nothing, its bytes are there.

    Args:
        defaults: print unset fields too.
    """
    message = reading.event
    if not isinstance(message, Message):
        return
    if form == "json":
        if message.envelope is not None:
            for line in indented(iter_message_text(message.envelope, secrets, defaults=defaults)):
                yield line + "\n"
    elif form == "hex":
        for line in hexdump(body_bytes(message, secrets)):
            yield line + "\n"
    else:
        yield base64_text(body_bytes(message, secrets)) + "\n"


def body_bytes(message: Message, secrets: Secrets) -> bytes:
    """The frame's bytes, secrets overwritten."""
    raw: bytes = secrets.overwrite(message).raw
    return raw


def indented(pieces: Iterable[str]) -> Iterator[str]:
    """Compact JSON as indented lines, without ever holding all of it.

    Args:
        pieces: the text, cut between tokens only.
    """
    line: list[str] = []
    depth = 0
    opened = False
    for piece in pieces:
        for token in _TOKEN.findall(piece):
            if token in "}]":
                depth -= 1
                if not opened:
                    yield "".join(line)
                    line = [INDENT * depth]
                line.append(token)
                opened = False
                continue
            if opened:
                yield "".join(line)
                line = [INDENT * depth]
                opened = False
            line.append(": " if token == ":" else token)
            if token in "{[":
                depth += 1
                opened = True
            elif token == ",":
                yield "".join(line)
                line = [INDENT * depth]
    yield "".join(line)
