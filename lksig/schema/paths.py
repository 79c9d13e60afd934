"""Field paths: `layers.0.quality`, `layers[0].quality`, `attributes.lk.mood`, `attributes["a=b"]`.

A path is checked against the descriptors while it is read, step by step, so that a mistake points at its own name.
Names are those of the `.proto`. In a map of scalars everything behind the field's name is the key, because LiveKit's
attribute keys have dots in them; other keys and indices are one step, behind a dot or in brackets.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lksig.errors import InputError
from lksig.schema.lexer import Span, json_string, key_end, unclosed_error
from lksig.schema.nearest import listed, nearest
from lksig.schema.scalars import Unfit, parse_scalar

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor
    from google.protobuf.message import Message as ProtoMessage

_NAME_END = re.compile(r"[.\[]")
_INDEX = re.compile("[0-9]{1,9}")

Key = int | str
"""The index of an element, or the key of a map's entry."""


@dataclass(frozen=True, slots=True)
class Step:
    """One field of a path; with `key` set, one element of it."""

    field: FieldDescriptor
    key: Key | None
    span: Span
    """The name, with index or key."""
    takes_rest: bool = False
    """The key is everything up to the end of the path."""

    @property
    def value_field(self) -> FieldDescriptor:
        """The field whose type one value has: of a map, its `value`."""
        return map_fields(self.field)[1] if is_map(self.field) else self.field

    @property
    def is_whole(self) -> bool:
        """It stands for a whole list or map."""
        return self.key is None and self.field.is_repeated


@functools.cache
def is_map(field: FieldDescriptor) -> bool:
    """Whether a field is a map."""
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)


def map_fields(field: FieldDescriptor) -> tuple[FieldDescriptor, FieldDescriptor]:
    """The fields for key and value in the entries of a map."""
    entry: Any = field.message_type
    return entry.fields_by_name["key"], entry.fields_by_name["value"]


@functools.cache
def fields_by_name(descriptor: Descriptor) -> dict[str, FieldDescriptor]:
    """The fields of a message: the library's own mapping fails on lone surrogates (SystemError, protobuf 7.36)."""
    return {field.name: field for field in descriptor.fields}


def short_name(kind: Any) -> str:
    """The name of a message or enum without its package: `Encryption.Type`."""
    return str(kind.full_name).removeprefix(f"{kind.file.package}.")


def parse_path(path: Span, descriptor: Descriptor) -> tuple[Step, ...]:
    """The steps of a path that begins in a message of type `descriptor`; at least one.

    Raises:
        InputError: a name, index or key that does not exist there.
    """
    steps: list[Step] = []
    at = path.start
    while True:
        step = _parse_step(path.cut(at), descriptor)
        steps.append(step)
        at = step.span.end
        if at == path.end:
            return tuple(steps)
        rest = path.cut(at)
        name = step.field.name
        if step.value_field.message_type is None:
            raise rest.mistake(f"`{name}` has no fields: it is no message", code="bad-path")
        if rest.text[0] != ".":
            what = "message" if step.key is None else "element"
            raise rest.mistake(f"`{step.span.text}` is one {what}, not a list", code="bad-path")
        at += 1
        descriptor = step.value_field.message_type


def _parse_step(path: Span, descriptor: Descriptor) -> Step:
    found = _NAME_END.search(path.source, path.start, path.end)
    name = path.cut(path.start, found.start() if found else path.end)
    field = fields_by_name(descriptor).get(name.text)
    if field is None:
        raise unknown_field(name, descriptor)
    if name.end == path.end or not field.is_repeated:
        return Step(field, None, name)
    rest = path.cut(name.end)
    if is_map(field):
        return _map_step(name, rest, field)
    token, end = _key_token(rest)
    if not _INDEX.fullmatch(token.text):
        text = f"`{field.name}` is a list: `{field.name}.0` is its first element"
        raise token.mistake(text, code="bad-path")
    return Step(field, int(token.text), path.cut(name.start, end))


def _map_step(name: Span, rest: Span, field: FieldDescriptor) -> Step:
    """The field and the key of one entry."""
    key_field, value_field = map_fields(field)
    if rest.text[0] == "." and value_field.message_type is None:
        key, end = rest.cut(rest.start + 1), rest.end
    else:
        key, end = _key_token(rest)
    spelled = json_string(key.text) if rest.text[0] == "[" else None
    if not key.text:
        raise key.mistake(f"a key of `{field.name}` is missing here", code="bad-path")
    try:
        meaning: Any = parse_scalar(key_field, key.text if spelled is None else spelled)
    except Unfit as unfit:
        raise key.mistake(f"not a key of `{field.name}`: {unfit.wanted}", code="bad-path") from None
    return Step(field, meaning, name.cut(name.start, end), takes_rest=rest.text[0] == ".")


def _key_token(rest: Span) -> tuple[Span, int]:
    """The index or key in `.0…` or `[0]…`, and where the step ends."""
    if rest.text[0] == "[":
        closed = key_end(rest.source, rest.start, rest.end)
        if closed is None:
            raise unclosed_error(rest)
        return rest.cut(rest.start + 1, closed - 1), closed
    found = _NAME_END.search(rest.source, rest.start + 1, rest.end)
    token = rest.cut(rest.start + 1, found.start() if found else rest.end)
    return token, token.end


def unknown_field(name: Span, descriptor: Descriptor) -> InputError:
    """The error for a name that no field of `descriptor` has."""
    if not name.text:
        return name.mistake("the name of a field is missing here", code="unknown-field")
    names = [field.name for field in descriptor.fields]
    guess = nearest(name.text, names)
    text = f"{short_name(descriptor)} has no field `{name.text}`"
    if guess is None and names:
        text = f"{text}: {listed(names)}"
    return name.mistake(text, code="unknown-field", guess=guess)


def other_arm(message: ProtoMessage, field: FieldDescriptor) -> str | None:
    """The arm of `field`'s oneof that is set in place of it; None where setting `field` replaces nothing."""
    if field.containing_oneof is None:
        return None
    arm = message.WhichOneof(field.containing_oneof.name)
    return arm if arm != field.name else None


def two_arms(span: Span, field: FieldDescriptor, first: str) -> InputError:
    """The error for a second arm of a oneof."""
    text = f"`{field.name}` and `{first}` exclude each other: only one of them can be set"
    return span.mistake(text, code="two-arms")


def value_at(message: ProtoMessage, steps: Sequence[Step]) -> Any:
    """What a message holds at a path: effective values, where something is unset.

    Raises:
        InputError: the message has no such element or entry.
    """
    here: Any = message
    for step in steps:
        here = getattr(here, step.field.name)
        key: Any = step.key
        if key is None:
            continue
        if is_map(step.field) and key not in here:
            raise step.span.mistake(f"`{step.field.name}` has no such entry there", code="nothing-there")
        if not is_map(step.field) and key >= len(here):
            raise step.span.mistake(f"`{step.field.name}` has {len(here)} there", code="nothing-there")
        here = here[key]
    return here
