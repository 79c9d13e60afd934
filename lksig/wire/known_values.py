"""Values that must not be in a file at all, wherever somebody put them: API secret and token of the environment.

The rule: it works as `Secrets` does, on what `Secrets` leaves. A value is looked for in every text and in every form it
may be written in: as it is, in JSON, in hex with or without something between the bytes, percent-encoded, as in a form,
in base64 (which has three forms, by where in three bytes it begins). Most frames hold none and are let through after
one search.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, quote_plus

from lksig.schema.pool import envelope_class
from lksig.wire.redaction import Secrets, Treatment
from lksig.wire.secret_text import Span, merged

if TYPE_CHECKING:
    from google.protobuf.descriptor import FieldDescriptor

    from lksig.wire.events import Message
    from lksig.wire.overwrite import Overwritten

MIN_VALUE = 12
"""Characters. A shorter value is found in places that have nothing to do with it."""

AS_IT_IS = "as it is"
_IN_FORM = "+ for blanks"
"""As in a query or the body of a form; the second one where percents were already decoded, or were not needed."""
_URL_SAFE = str.maketrans("+/", "-_")


class Form(NamedTuple):
    """A way to write a value."""

    text: str
    """Bytes read as Latin-1."""
    name: str


def forms(value: str) -> list[Form]:
    """How a value may be written; each text stands for itself in a file read as Latin-1."""
    content = value.encode("utf-8", "surrogateescape")
    found = [Form(content.decode("latin-1"), AS_IT_IS), Form(value, AS_IT_IS), Form(json.dumps(value)[1:-1], "in JSON")]
    for separator in ("", ":", " ", "-"):
        digits = content.hex(separator) if separator else content.hex()
        found += [Form(digits, "hex"), Form(digits.upper(), "hex")]
    found.append(Form(quote(content, safe=""), "percent-encoded"))
    if b" " in content:
        found.append(Form(quote_plus(content, safe=""), _IN_FORM))
        found.append(Form(content.decode("latin-1").replace(" ", "+"), _IN_FORM))
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + content).decode("ascii").rstrip("=")
        # The first and last digits also hold bits of what stands around it.
        middle = encoded[-(-before * 4 // 3) : len(encoded) - (1 if (before + len(content)) % 3 else 0)]
        found += [Form(middle, "base64"), Form(middle.translate(_URL_SAFE), "base64")]
    return list({form.text: form for form in reversed(found)}.values())[::-1]


class KnownValues(Secrets):
    """Hides given values everywhere.

    Args:
        values: short ones are passed over.
    """

    def __init__(self, run_key: bytes, values: Iterable[str]) -> None:
        super().__init__(run_key)
        self._texts = [form.text for value in values if len(value) >= MIN_VALUE for form in forms(value)]
        self._bytes = [text.encode("latin-1") for text in self._texts if max(text) <= "\xff"]

    def treatment(self, field: FieldDescriptor) -> Treatment | None:
        return "secret_bytes" if field.type == field.TYPE_BYTES else None

    def find_in_field(self, how: Treatment | None, text: str) -> list[Span]:
        return self.find_to_scrub(text)

    def find_to_scrub(self, text: str) -> list[Span]:
        spans = []
        for form in self._texts:
            at = text.find(form)
            while at >= 0:
                spans.append(Span(at, at + len(form), "secret"))
                at = text.find(form, at + len(form))
        return merged(spans)

    def secret_bytes(self, value: bytes) -> bytes:
        return self.placeholder(value).encode("ascii") if self.is_in(value) else value

    def url(self, text: str) -> str:
        return self.scrub(super().url(text))

    def overwrite(self, message: Message) -> Overwritten:
        from lksig.wire.overwrite import Overwritten, overwrite_bytes

        if not self.may_be_in(message):
            return Overwritten(message.raw, ())
        descriptor: Any = envelope_class(message.direction).DESCRIPTOR
        if message.envelope is None:
            return Overwritten(self.scrub_bytes(message.raw), ())
        if message.encoding == "json":
            from lksig.wire.overwrite_json import overwrite_text

            return overwrite_text(message.raw, descriptor, self)
        return overwrite_bytes(message.raw, descriptor, self)

    def may_be_in(self, message: Message) -> bool:
        """Whether it is worth walking the frame: behind the escapes of JSON anything may stand."""
        return self.is_in(message.raw) or (message.encoding == "json" and b"\\" in message.raw)

    def is_in(self, data: bytes) -> bool:
        """Whether bytes hold a value in any of its forms."""
        for form in self._bytes:  # noqa: SIM110 - `any` with a generator takes twice as long, for every frame
            if form in data:
                return True
        return False
