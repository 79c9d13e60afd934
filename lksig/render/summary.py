"""The generic one-line summary of a message, made from its descriptor.

Set fields as `path=value` words that can be typed back into the request grammar: nested messages as dotted paths,
enums by name, text that is no plain word as a JSON string. Lists of messages are counted (`layers×2`). Values whose
default carries meaning (an unset `type` is AUDIO) are said although they are not on the wire. Messages of the server
are not typed back: their numbers carry their unit, and epoch times a clock time.

The descriptors are walked once per message type and place: a function is written for it and compiled when the first
message arrives. Measured: that is twice as fast as a table of closures over `ListFields`, and every message of a busy
session passes here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from lksig.render.phrases import names_of
from lksig.render.safe_text import quoted, word
from lksig.render.times import bytes_text
from lksig.schema.units import EPOCH_NS, unit_of
from lksig.wire.redaction import treatment

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor
    from google.protobuf.message import Message as ProtoMessage

    from lksig.render.times import WallClock
    from lksig.wire.redaction import Secrets

MAX_LISTED = 100
"""Elements of a list of scalars, or entries of a map, that are written out; more are counted."""

MAX_HEX_BYTES = 32
"""A longer bytes value is counted."""

MAX_WORDS = 4096
MAX_WORD_LENGTH = 64
"""Words that are remembered: sids and identities come back in nearly every message."""

_SHOWN_UNITS = frozenset({"s", "ms", "bit/s", "bytes"})
"""Units that are said in a line; pixels and frames speak for themselves."""

LEAD: dict[str, tuple[str, ...]] = {
    "AddTrackRequest": ("cid", "type!", "source", "name", "sid", "width", "height"),
    "TrackInfo": ("sid", "type!", "source", "name", "muted", "width", "height"),
    "MuteTrackRequest": ("sid", "muted!"),
    "UpdateSubscription": ("track_sids", "subscribe!"),
    "UpdateDataSubscription.Update": ("track_sid", "subscribe!"),
    "UpdateTrackSettings": ("track_sids", "disabled!"),
    "SubscriptionPermission": ("all_participants!",),
    "SubscriptionPermissionUpdate": ("participant_sid", "track_sid", "allowed!"),
    "LeaveRequest": ("reason!", "action!"),
    "Ping": ("timestamp", "rtt"),
}
"""What an expert looks for first, per message; `!` says the value also when it is unset on the wire."""

FLATTENED = frozenset({"UpdateDataSubscription.Update", "ParticipantTracks", "TrackPermission"})
"""Message types whose lists are the point of the message: written out (`updates.0.subscribe=true`), not counted."""

MAX_FLATTENED = 4
"""Elements of such a list that are written out; a longer one is counted like any other."""

_Tell = Callable[[Any], str]
"""Message → its words, each with a blank in front."""


class WordCache(dict[str, str]):
    """A stranger's text → one safe word without the secrets in it; the frequent ones are remembered."""

    def __init__(self, secrets: Secrets) -> None:
        super().__init__()
        self._secrets = secrets

    def __missing__(self, text: str) -> str:
        found = word(self._secrets.tokens(text))
        if len(text) <= MAX_WORD_LENGTH:
            if len(self) >= MAX_WORDS:
                self.clear()
            self[text] = found
        return found


class Words:
    """Generic summaries; one per view, because its functions hold the view's secrets and clock.

    Args:
        secrets: what must not be printed.
        wall: knows where the reader is, for clock times.
    """

    def __init__(self, secrets: Secrets, wall: WallClock) -> None:
        self.known = WordCache(secrets)
        self._secrets = secrets
        self._wall = wall
        self._tellers: dict[tuple[str, str, bool], _Tell] = {}

    def of(self, message: ProtoMessage, *, typed: bool = False) -> str:
        """The words of a message.

        Args:
            message: any message of the schema; session descriptions and candidates need more than words.
            typed: it is a request: its words must be typeable as they stand.
        """
        descriptor: Any = message.DESCRIPTOR
        return self.teller(descriptor, "", typed)(message)[1:]

    def teller(self, descriptor: Descriptor, prefix: str, typed: bool) -> _Tell:
        """The function for messages of one type at one place; `prefix` is their path with the dot behind it."""
        key = (descriptor.full_name, prefix, typed)
        teller = self._tellers.get(key)
        if teller is None:
            teller = self._tellers[key] = _Writer(self, descriptor, prefix, typed).compiled()
        return teller

    # --- texts of single values ---------------------------------------------------------------------------------------

    def scalar(self, field: FieldDescriptor, typed: bool) -> Callable[[Any], str]:
        """What turns one value of a field into a word."""
        if field.enum_type is not None:
            return names_of(field.enum_type.full_name.removeprefix("livekit.")).__getitem__
        if field.type == field.TYPE_BOOL:
            return ("false", "true").__getitem__
        if field.type == field.TYPE_STRING:
            return self._string_text(field)
        if field.type == field.TYPE_BYTES:
            return self._bytes_text(field)
        if field.type in (field.TYPE_FLOAT, field.TYPE_DOUBLE):
            return lambda value: f"{value:.6g}"
        unit = None if typed else unit_of(field)
        if unit in EPOCH_NS:
            return lambda value: self._epoch(value, EPOCH_NS[unit])
        if unit in _SHOWN_UNITS:
            return lambda value: f"{value} {unit}"
        return str

    def _epoch(self, value: int, unit_ns: int) -> str:
        clock = self._wall.clock(value * unit_ns, millis=unit_ns < 1_000_000_000)
        return str(value) if clock is None else f"{value} ({clock})"

    def _string_text(self, field: FieldDescriptor) -> Callable[[str], str]:
        how = treatment(field)
        if how is None:
            return self.known.__getitem__
        hide = getattr(self._secrets, how)
        if how == "secret":
            # A placeholder is shown as it is: it is no text of the peer, and cannot be typed back anyway.
            return lambda value: word(value) if (hidden := hide(value)) == value else str(hidden)
        return lambda value: word(hide(value))

    def _bytes_text(self, field: FieldDescriptor) -> Callable[[bytes], str]:
        if treatment(field) is None:
            return lambda value: _hex(self._secrets.scrub_bytes(value))
        hide = self._secrets.secret_bytes
        return lambda value: _hex(value) if (hidden := hide(value)) == value else hidden.decode("ascii")


class _Writer:
    """Writes the source of one function; `m` is the message."""

    def __init__(self, words: Words, descriptor: Descriptor, prefix: str, typed: bool) -> None:
        self._words = words
        self._descriptor = descriptor
        self._prefix = prefix
        self._typed = typed
        self._lines = ["def tell(m):", " t = ''"]
        self._names: dict[str, Any] = {"known": words.known}

    def compiled(self) -> _Tell:
        fields: dict[str, Any] = dict(self._descriptor.fields_by_name)
        for entry in LEAD.get(self._descriptor.full_name.removeprefix("livekit."), ()):
            self._write(fields.pop(entry.removesuffix("!")), always=entry.endswith("!"))
        for field in sorted(fields.values(), key=lambda one: int(one.number)):
            self._write(field, always=False)
        self._lines.append(" return t")
        code = compile("\n".join(self._lines), f"<summary of {self._descriptor.full_name}>", "exec")
        exec(code, self._names)  # noqa: S102 - the source is made from descriptors of the package, never from input
        tell: _Tell = self._names["tell"]
        return tell

    def _write(self, field: FieldDescriptor, *, always: bool) -> None:
        path = self._prefix + field.name
        kind = field.message_type
        if kind is None and not field.is_repeated:
            self._write_scalar(field, path, always)
        elif kind is None:
            self._call(field, f"v{field.number}", _list_text(self._words.scalar(field, self._typed), path))
        elif kind.GetOptions().map_entry:
            self._call(field, f"v{field.number}", self._map_text(kind.fields_by_name["value"], path))
        elif field.is_repeated:
            self._call(field, f"v{field.number}", self._messages_text(kind, path))
        else:
            # An empty message was set: `path=` is what sets it again.
            self._names[f"v{field.number}"] = self._child(kind, path + ".")
            self._lines.append(
                f" if m.HasField({field.name!r}): t += v{field.number}(m.{field.name}) or {f' {path}='!r}"
            )

    def _call(self, field: FieldDescriptor, name: str, text: Callable[[Any], str]) -> None:
        """A list or map, where it is not empty."""
        self._names[name] = text
        self._lines += [f" v = m.{field.name}", f" if v: t += {name}(v)"]

    def _write_scalar(self, field: FieldDescriptor, path: str, always: bool) -> None:
        lookup = f"v{field.number}"
        if field.type == field.TYPE_STRING and treatment(field) is None:
            value = "known[v]"
        else:
            self._names[lookup] = self._words.scalar(field, self._typed)
            value = f"{lookup}(v)"
        add = f"v = m.{field.name}; t += f' {path}={{{value}}}'"
        if always:
            self._lines.append(f" {add}")
        elif field.has_presence:
            self._lines.append(f" if m.HasField({field.name!r}): {add}")
        else:
            self._lines.append(f" if m.{field.name}: {add}")

    def _child(self, kind: Descriptor, prefix: str) -> _Tell:
        """The function for a message inside, found when it is first needed."""
        return lambda message: self._words.teller(kind, prefix, self._typed)(message)

    def _messages_text(self, kind: Descriptor, path: str) -> Callable[[Any], str]:
        if kind.full_name.removeprefix("livekit.") not in FLATTENED:
            return lambda values: f" {path}×{len(values)}"

        def told(values: Any) -> str:
            if len(values) > MAX_FLATTENED:
                return f" {path}×{len(values)}"
            return "".join(
                [
                    self._child(kind, f"{path}.{index}.")(value) or f" {path}.{index}="
                    for index, value in enumerate(values)
                ]
            )

        return told

    def _map_text(self, value_field: FieldDescriptor, path: str) -> Callable[[Any], str]:
        if value_field.message_type is not None:
            return lambda entries: f" {path}×{len(entries)}"
        text = self._words.scalar(value_field, self._typed)
        known = self._words.known

        def told(entries: Any) -> str:
            # upb gives the entries of a map in another order in every process.
            keys: Iterable[str] = sorted(entries)
            if len(entries) > MAX_LISTED:
                return f" {path}×{len(entries)}"
            return "".join([f" {path}{_key(key, known[key])}={text(entries[key])}" for key in keys])

        return told


def _list_text(text: Callable[[Any], str], path: str) -> Callable[[Any], str]:
    def told(values: Any) -> str:
        if len(values) > MAX_LISTED:
            return f" {path}×{len(values)}"
        return f" {path}=[{','.join([text(value) for value in values])}]"

    return told


def _key(key: str, spelled: str) -> str:
    """The key of a map entry, as the grammar takes it behind the path."""
    if "=" in key:
        return f"[{quoted(key)}]"
    return f".{spelled}" if spelled == key else f"[{spelled}]"


def _hex(value: bytes) -> str:
    return f"hex:{value.hex()}" if len(value) <= MAX_HEX_BYTES else f"({bytes_text(len(value))})"
