"""The whole message, field by field: number, name, value, unit and meaning.

What is unset on the wire is marked as such: enums and booleans with the value that counts all the same, everything
else by number and name on one line per message. Unknown fields stand in the message that holds them. Epoch times are
also clock times; session descriptions, candidates and tokens are taken apart (`render.sdp_view`).

Lines are given one by one: an update of 100 000 participants never becomes one string.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal

from lksig.render import sdp_view
from lksig.render.hexdump import hexdump
from lksig.render.line import LineView
from lksig.render.phrases import SEPARATOR
from lksig.render.safe_text import neutralise, word
from lksig.render.theme import Paint, Role
from lksig.render.times import bytes_text
from lksig.render.width import cut, fill, width_of
from lksig.schema import docs
from lksig.schema.pool import TO_SERVER, case_fields
from lksig.schema.units import EPOCH_NS, unit_of
from lksig.wire import sdp as sdp_text
from lksig.wire.events import Message, Reading
from lksig.wire.redaction import treatment
from lksig.wire.secret_text import is_placeholder
from lksig.wire.unknown import UnknownField, scrubbed, unknown_fields

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, EnumValueDescriptor, FieldDescriptor
    from google.protobuf.message import Message as ProtoMessage

    from lksig.wire.redaction import Secrets

SdpForm = Literal["summary", "raw"]

INDENT = "   "
MEANING_COLUMN = 44
"""Where meanings begin, unless a value reaches further."""

MAX_HEX_BYTES = 32
"""A longer bytes value is shown as a hexdump below its row."""

_SDP = "livekit.SessionDescription.sdp"
_CANDIDATE = "livekit.TrickleRequest.candidateInit"
_TOKENS = frozenset({"livekit.SignalResponse.refresh_token", "livekit.RoomMovedResponse.token"})


class TreeView:
    """Messages as trees; every other reading as the line it has on a terminal.

    Args:
        secrets: what must not be printed.
        colour: the stream takes colour.
        width: columns of the terminal: meanings are cut there, values never. None for no limit.
        tz: where the reader is; None for this computer's zone.
        sdp: session descriptions as a table of sections, or as they are.
        meanings: print what fields mean; each field once in a message.
        line: the view for what is no message; None makes one.
    """

    def __init__(
        self,
        secrets: Secrets,
        *,
        colour: bool = False,
        width: int | None = None,
        tz: datetime.tzinfo | None = None,
        sdp: SdpForm = "summary",
        meanings: bool = True,
        line: LineView | None = None,
    ) -> None:
        self.sdp = sdp
        self._secrets = secrets
        self._paint = Paint(colour)
        self._width = width
        self._meanings = meanings
        self._line = line or LineView(secrets, piped=False, colour=colour, width=width, tz=tz)
        self._wall = self._line.wall

    def text(self, reading: Reading) -> str | None:
        """The whole tree as one string; None for a reading that is folded."""
        lines = list(self.lines(reading))
        return "\n".join(lines) if lines else None

    def lines(self, reading: Reading) -> Iterator[str]:
        """The lines of a message, or the one line of anything else."""
        event = reading.event
        line = self._line.text(reading)
        if line is None:
            return
        if type(event) is not Message:
            yield line
            return
        yield self._head(reading)
        if event.envelope is None:
            yield from self._broken(event)
        else:
            yield from _Tree(self, event).lines()

    def body_lines(self, message: ProtoMessage) -> Iterator[str]:
        """The rows of a message that no frame carries: a `JoinRequest`."""
        yield from _Tree(self, Message(0, TO_SERVER, b"", message, None, by="client"))._body(message, INDENT, "")

    # --- around the tree ----------------------------------------------------------------------------------------------

    def _head(self, reading: Reading) -> str:
        """`4 < track_published · 58 B · by server · 2026-…Z · answers 3 after 0.812 ms`."""
        message: Message = reading.event
        mark = "!" if message.error is not None else ">" if message.direction is TO_SERVER else "<"
        role: Role = "to_server" if message.direction is TO_SERVER else "to_client"
        parts = [f"{len(message.raw)} B", f"by {message.by}", message.encoding]
        time = self._wall.rfc3339(message.t_ns)
        if time is not None:
            parts += [time, f"{reading.dt_ns / 1e6:.3f} ms after the event before"]
        if reading.reply_to is not None:
            after = "" if reading.reply_ns is None else f" after {reading.reply_ns / 1e6:.3f} ms"
            parts.append(f"answers {reading.reply_to}{after}")
        if reading.refused:
            parts.append("refused")
        case = self._paint(role, f"{mark} {message.case or '-'}")
        return SEPARATOR.join([f"{reading.n} {case}", *parts])

    def _broken(self, message: Message) -> Iterator[str]:
        error = message.error
        if error is not None:
            at = "" if error.offset is None else f" at byte {error.offset}"
            yield f"{INDENT}does not decode{at}: {neutralise(self._secrets.scrub(error.reason))}"
        for row in hexdump(self._secrets.overwrite(message).raw):
            yield INDENT + row


class _Tree:
    """One message on its way to lines.

    It remembers what it has said: each field is explained once, and elements of a list that leave the same fields unset
    as one before them do not say so again.
    """

    def __init__(self, view: TreeView, message: Message) -> None:
        self._view = view
        self._secrets = view._secrets
        self._paint = view._paint
        self._message = message
        self._explained: set[str] = set()
        self._unset_told: set[tuple[object, ...]] = set()
        self._unknown: dict[str, list[UnknownField]] = {}
        for field in unknown_fields(message):
            self._unknown.setdefault(field.path, []).append(scrubbed(field, self._secrets))
        self._now_s = view._wall.unix_ns(message.t_ns) / 1e9

    def lines(self) -> Iterator[str]:
        case = self._message.case
        if case is not None:
            plan = _plan(case_fields(self._message.direction)[case])
            yield from self._field(plan, getattr(self._message.envelope, case), INDENT, "", len(case))
        yield from self._unknown_rows("", INDENT)
        if case is None and not self._unknown:
            yield f"{INDENT}empty envelope: no case is set"

    # --- messages -----------------------------------------------------------------------------------------------------

    def _body(self, message: ProtoMessage, indent: str, path: str) -> Iterator[str]:
        """The rows of one message: what is set or counts all the same, what is unknown, what is unset."""
        shown, unset = _sorted_out(message)
        width = max([len(plan.name) for plan, _ in shown], default=0)
        for plan, is_set in shown:
            value = getattr(message, plan.name)
            if plan.is_leaf:
                # No generator for what is one row: each costs a microsecond, and a large message has millions of rows.
                yield self._leaf(plan, value, indent, width, is_set=is_set)
            else:
                yield from self._field(plan, value, indent, path, width, is_set=is_set)
        if self._unknown:
            yield from self._unknown_rows(path, indent)
        if unset:
            told_once = (message.DESCRIPTOR.full_name, *[plan.number for plan in unset])
            if told_once not in self._unset_told:
                self._unset_told.add(told_once)
                yield from self._unset_rows(unset, indent)

    def _head(self, plan: _Plan, indent: str, width: int) -> str:
        return f"{indent}{plan.number:>2} {self._paint('name', plan.name)}{' ' * (width - len(plan.name))}"

    def _leaf(self, plan: _Plan, value: Any, indent: str, width: int, *, is_set: bool = True) -> str:
        """The row of a single value."""
        told = self._scalar(plan, value)
        if not is_set:
            told = f"{told[:-1]}, unset)" if told.endswith(")") else f"{told} (unset)"
        columns = len(indent) + 3 + max(width, len(plan.name))
        return self._row(self._head(plan, indent, width), columns, told, plan, value)

    def _field(
        self, plan: _Plan, value: Any, indent: str, path: str, width: int, *, is_set: bool = True
    ) -> Iterator[str]:
        here = f"{path}.{plan.name}" if path else plan.name
        head = self._head(plan, indent, width)
        columns = len(indent) + 3 + max(width, len(plan.name))
        kind = plan.kind
        below = indent + INDENT
        if kind is not None and plan.is_map:
            entries = "1 entry" if len(value) == 1 else f"{len(value)} entries"
            yield self._row(head, columns, entries, plan)
            yield from self._map(kind, value, below, here)
        elif kind is not None and plan.is_repeated:
            yield self._row(head, columns, f"{len(value)} × {_short(kind)}", plan)
            for index, element in enumerate(value):
                yield f"{below}[{index}]"
                yield from self._body(element, below + INDENT, f"{here}.{index}")
        elif kind is not None:
            yield self._row(head, columns, _short(kind), plan)
            yield from self._body(value, below, here)
        elif plan.is_repeated:
            told = ", ".join([self._scalar(plan, element) for element in value])
            yield self._row(head, columns, f"[{told}]", plan)
        else:
            yield self._leaf(plan, value, indent, width, is_set=is_set)
            yield from self._inside(plan, value, below)

    def _map(self, kind: Descriptor, entries: Any, indent: str, path: str) -> Iterator[str]:
        value_plan = _plan(kind.fields_by_name["value"])
        for key in sorted(entries):
            shown = word(self._secrets.tokens(str(key)))
            if value_plan.kind is None:
                yield f"{indent}{shown}: {self._scalar(value_plan, entries[key])}"
            else:
                yield f"{indent}{shown}:"
                yield from self._body(entries[key], indent + INDENT, f"{path}.{key}")

    def _unset_rows(self, unset: list[_Plan], indent: str) -> Iterator[str]:
        """`unset: 5 width, 6 height`, wrapped."""
        limit = (self._view._width or 120) - len(indent)
        row = "unset:"
        for index, field in enumerate(unset):
            entry = f" {field.number} {field.name}{',' if index < len(unset) - 1 else ''}"
            if len(row) + len(entry) > limit and row != "unset:":
                yield indent + self._paint("faint", row)
                row = "      "
            row += entry
        yield indent + self._paint("faint", row)

    def _unknown_rows(self, path: str, indent: str) -> Iterator[str]:
        for field in self._unknown.get(path, ()):
            number = f"{field.field:>2}" if isinstance(field.field, int) else word(field.field)
            yield f"{indent}{number} ? {field.wire} {neutralise(field.value)} (unknown to protocol schema)"

    # --- values -------------------------------------------------------------------------------------------------------

    def _row(self, head: str, columns: int, told: str, plan: _Plan, value: Any = None) -> str:
        meaning = self._meaning(plan, value)
        if not meaning:
            return f"{head}  {told}"
        gap = max(MEANING_COLUMN - columns - 2 - width_of(told), 0)
        limit = self._view._width
        if limit is not None:
            room = limit - columns - 2 - width_of(told) - gap - 2
            if room < 8:  # the value has taken the line: a stub of a meaning helps nobody
                return f"{head}  {told}"
            meaning = cut(meaning, room)
        return f"{head}  {fill(told, width_of(told) + gap)}  {self._paint('faint', meaning)}"

    def _meaning(self, plan: _Plan, value: Any) -> str:
        """The first sentence on the field, and on its enum value; once in a tree."""
        names = plan.value_names
        is_new = plan.full_name not in self._explained
        is_new_value = names is not None and value is not None and names.get(value, "") not in self._explained
        if not self._view._meanings or not (is_new or is_new_value):
            return ""
        field = plan.field
        parts = []
        if is_new:
            self._explained.add(plan.full_name)
            parts = ["deprecated"] if field.GetOptions().deprecated else []
            parts.append(docs.summary(field))
        if field.enum_type is not None and value is not None:
            parts.append(self._value_meaning(field.enum_type.values_by_number.get(value)))
        return SEPARATOR.join(part for part in parts if part)

    def _value_meaning(self, value: EnumValueDescriptor | None) -> str:
        if value is None or docs.value_name(value) in self._explained:
            return ""
        self._explained.add(docs.value_name(value))
        meaning = docs.summary(docs.value_name(value))
        return f"{value.name}: {meaning}" if meaning else ""

    def _scalar(self, plan: _Plan, value: Any) -> str:
        if plan.values is not None:
            return plan.values.get(value) or f"{value} (unknown value)"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str):
            return self._string(plan, value)
        if isinstance(value, bytes):
            return self._bytes(plan, value)
        if isinstance(value, float):
            return f"{value:.9g}"
        return self._number(plan.unit, value)

    def _number(self, unit: str | None, value: int) -> str:
        if unit is None:
            return str(value)
        if unit in EPOCH_NS:
            clock = self._view._wall.clock(value * EPOCH_NS[unit], date=True, millis=EPOCH_NS[unit] < 1_000_000_000)
            return f"{value} {unit}" + (f" = {clock}" if clock is not None else "")
        return f"{value} {unit}"

    def _string(self, plan: _Plan, value: str) -> str:
        if plan.full_name == _SDP:
            told = self._secrets.tokens(sdp_text.summary(value))
            return neutralise(f"{told}{SEPARATOR}{bytes_text(len(value.encode()))}")
        if plan.full_name == _CANDIDATE:
            return neutralise(self._secrets.tokens(sdp_text.candidate_summary(value)))
        if plan.is_treated:
            hidden = self._secrets.secret(value)
            return word(value) if hidden == value and not is_placeholder(value) else hidden
        return word(self._secrets.tokens(value))

    def _bytes(self, plan: _Plan, value: bytes) -> str:
        hidden = self._secrets.secret_bytes(value) if plan.is_treated else value
        if hidden != value or (plan.is_treated and is_placeholder(value.decode("latin-1"))):
            return hidden.decode("ascii")
        if len(value) <= MAX_HEX_BYTES:
            return f"hex:{self._secrets.scrub_bytes(value).hex()} ({bytes_text(len(value))})"
        return bytes_text(len(value))

    def _inside(self, plan: _Plan, value: Any, indent: str) -> Iterator[str]:
        """What stands inside a value, as rows below it."""
        rows: Iterator[str] = iter(())
        if plan.full_name == _SDP:
            form = sdp_view.sdp_rows if self._view.sdp == "summary" else sdp_view.raw_rows
            rows = form(value, self._secrets)
        elif plan.full_name == _CANDIDATE:
            rows = sdp_view.candidate_rows(value, self._secrets)
        elif plan.full_name in _TOKENS:
            rows = sdp_view.token_rows(value, self._now_s, self._view._wall)
        elif isinstance(value, bytes) and len(value) > MAX_HEX_BYTES and not plan.is_treated:
            rows = hexdump(self._secrets.scrub_bytes(value))
        for row in rows:
            yield indent + row


class _Plan:
    """What of a field's descriptor the rows need: read once, because each look at a descriptor costs as much as a row's
    text."""

    def __init__(self, field: FieldDescriptor) -> None:
        enum = field.enum_type
        self.field = field
        self.name, self.number, self.full_name = field.name, field.number, field.full_name
        self.kind: Descriptor | None = field.message_type
        self.is_repeated = field.is_repeated
        self.is_map = self.kind is not None and self.kind.GetOptions().map_entry
        self.values = {one.number: f"{one.name} ({one.number})" for one in enum.values} if enum is not None else None
        self.value_names = {one.number: docs.value_name(one) for one in enum.values} if enum is not None else None
        self.unit = unit_of(field)
        self.is_treated = treatment(field) is not None
        self.counts_unset = (
            not field.has_presence and not field.is_repeated and field.type in (field.TYPE_ENUM, field.TYPE_BOOL)
        )
        """Its default counts when it is unset."""
        self.oneof = None if field.containing_oneof is None else field.containing_oneof.name
        has_rows_below = field.type == field.TYPE_BYTES or self.full_name in (_SDP, _CANDIDATE, *_TOKENS)
        self.is_leaf = self.kind is None and not self.is_repeated and not has_rows_below


_plan = functools.cache(_Plan)


def _sorted_out(message: ProtoMessage) -> tuple[list[tuple[_Plan, bool]], list[_Plan]]:
    """The fields to show, with whether they are set, and the unset ones that say nothing."""
    on_wire = {field.number for field, _ in message.ListFields()}
    shown: list[tuple[_Plan, bool]] = []
    unset: list[_Plan] = []
    for plan in _in_order(message.DESCRIPTOR):
        if plan.number in on_wire:
            shown.append((plan, True))
        elif plan.counts_unset:
            shown.append((plan, False))
        elif plan.oneof is None or message.WhichOneof(plan.oneof) is None:
            unset.append(plan)
    return shown, unset


@functools.cache
def _in_order(descriptor: Descriptor) -> list[_Plan]:
    """The fields of a message by number."""
    fields: Iterable[Any] = descriptor.fields
    return sorted(map(_plan, fields), key=lambda plan: plan.number)


def _short(kind: Descriptor) -> str:
    return kind.full_name.removeprefix("livekit.")
