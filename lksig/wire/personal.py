"""What is personal in a session, for `--personal`: names, identities, metadata, attributes, addresses.

The rule: it works as `Secrets` does, on what `Secrets` leaves: a frame keeps its length and its fields, in the place of
a value stands `x` and beside the frame a placeholder. All of it can be guessed, so every placeholder is hashed with the
run's key: within one file the same name is recognised, between two files it is not.

Source: option `logger.sensitivity` PII in livekit_models.proto and livekit_rtc.proto, which marks display names,
metadata, attributes, blobs and TURN user names. Identities, room names and addresses are not marked there; they name
people all the same.
"""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lksig.schema.pool import SENSITIVITY_PII, envelope_class, sensitivity
from lksig.wire.overwrite import Overwritten, overwrite_bytes
from lksig.wire.redaction import Secrets, Treatment, is_hidden, treatment
from lksig.wire.secret_text import Span, merged

if TYPE_CHECKING:
    from google.protobuf.descriptor import FieldDescriptor

    from lksig.wire.events import Message

MAX_NAMES = 4096
"""Values kept for texts that mention them, the newest."""

SHORT_NAME = 4
"""A shorter value is not looked for in texts: it is found in words that have nothing to do with it."""

_NAMES = frozenset({"name", "identity", "participant_identity", "publisher_identity", "address"})
_NO_PERSON = frozenset({"livekit.DataTrackSchemaId.name"})
_FREE_TEXT = frozenset({"livekit.RequestResponse.message"})

_ICE_ADDRESS = re.compile(
    r"IN IP[46] +(\S+)|candidate:\S+ +[0-9]+ +\S+ +[0-9]+ +(\S+) +[0-9]+ |raddr +(\S+)", re.ASCII | re.IGNORECASE
)
_ADDRESS = re.compile(
    r"(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?!\.?\w)"
    r"|(?<![\w.:])[0-9a-fA-F]{0,4}:[0-9a-fA-F:]{1,40}(?:\.[0-9.]{5,11})?(?!\.?\w)"
)
_NO_HOST = ".0.0.0"
"""How a browser's version ends that looks like an address: `120.0.0.0`."""


class PersonalData(Secrets):
    """The personal data of a run or file: hides it, and remembers the names it saw."""

    def __init__(self, run_key: bytes) -> None:
        super().__init__(run_key)
        self._names: dict[str, None] = {}
        self._pattern: re.Pattern[str] | None = None

    def treatment(self, field: FieldDescriptor) -> Treatment | None:
        known = treatment(field)
        if known is None and is_personal(field):
            return "secret_bytes" if field.type == field.TYPE_BYTES else "secret"
        return "mentions" if field.full_name in _FREE_TEXT else known

    def find_in_field(self, how: Treatment | None, text: str) -> list[Span]:
        if how in ("sdp", "candidate_init"):
            return list(_addresses(_ICE_ADDRESS, text))
        return self.find_to_scrub(text) if how == "mentions" else list(_addresses(_ADDRESS, text))

    def find_to_scrub(self, text: str) -> list[Span]:
        return merged([*_addresses(_ADDRESS, text), *self._mentions(text)])

    def overwrite(self, message: Message) -> Overwritten:
        descriptor: Any = envelope_class(message.direction).DESCRIPTOR
        if message.envelope is None:
            return Overwritten(self.scrub_bytes(message.raw), ())
        if message.encoding == "json":
            from lksig.wire.overwrite_json import overwrite_text

            return overwrite_text(message.raw, descriptor, self)
        return overwrite_bytes(message.raw, descriptor, self)

    def secret_bytes(self, value: bytes) -> bytes:
        if not value or is_hidden(value.decode("latin-1")):
            return value
        return self.placeholder(value, guessable=True).encode("ascii")

    def _make_stand_in(self, kind: str, value: str) -> str:
        if is_hidden(value):
            return value
        if len(value) >= SHORT_NAME and value not in self._names:
            self._names[value] = self._pattern = None
            if len(self._names) > MAX_NAMES:
                del self._names[next(iter(self._names))]
        return self.placeholder(value, guessable=True)

    def _mentions(self, text: str) -> Iterator[Span]:
        """Where a text mentions a name seen before, as a word."""
        if not self._names:
            return
        if self._pattern is None:
            # Bytes are searched as Latin-1, so a name is looked for in that form too.
            forms = {form for name in self._names for form in (name, name.encode("utf-8", "replace").decode("latin-1"))}
            names = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
            self._pattern = re.compile(rf"(?<!\w)(?:{names})(?!\w)", re.ASCII)
        for match in self._pattern.finditer(text):
            yield Span(match.start(), match.end(), "secret")


@functools.cache
def is_personal(field: FieldDescriptor) -> bool:
    """Whether the value of a text or bytes field names or describes somebody."""
    owner: Any = field.containing_type
    if owner.GetOptions().map_entry:
        maps = (outer for outer in owner.containing_type.fields if outer.message_type == owner)
        return field.name == "value" and sensitivity(next(maps)) == SENSITIVITY_PII
    return sensitivity(field) == SENSITIVITY_PII or (field.name in _NAMES and field.full_name not in _NO_PERSON)


def _addresses(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    """The addresses in a text that lead to somebody: neither loopback nor "any"."""
    for match in pattern.finditer(text):
        group = match.lastindex or 0
        try:
            address = ipaddress.ip_address(match[group])
        except ValueError:
            continue
        if not (address.is_loopback or address.is_unspecified or match[group].endswith(_NO_HOST)):
            yield Span(match.start(group), match.end(group), "secret")
