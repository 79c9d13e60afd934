"""Values of a typed request, as far as they are known before it is sent.

Text, numbers and JSON are known at once (`Plain`). What only sending can know, the value of a reference and the time,
is kept as `Mention` and `Now`, and becomes a value in `resolve`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from lksig.schema.json_reader import Path
from lksig.schema.nearest import with_article
from lksig.schema.paths import short_name
from lksig.schema.pool import message_class
from lksig.schema.references import Reference
from lksig.schema.scalars import Scalar, Unfit, format_scalar, parse_scalar

if TYPE_CHECKING:
    from google.protobuf.descriptor import FieldDescriptor

Lookup = Callable[[Reference], object]
"""Gives the value of a reference, or raises InputError."""


class Inputs(Protocol):
    """What a request may take from outside."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch, by the clock of this machine."""
        ...

    def read_file(self, name: str) -> bytes:
        """The bytes of a file, `-` for standard input. Raises OSError or InputError when it cannot be read."""
        ...


@dataclass(frozen=True, slots=True)
class Plain:
    """A value that is known: a scalar, a message, a list or a dict."""

    thing: Any
    given: tuple[Path, ...] = ()
    """Paths, from the field on, of what JSON set inside of it."""


@dataclass(frozen=True, slots=True)
class Now:
    """The time at which the request is sent, in a unit of which `times` are `over` milliseconds."""

    times: int
    over: int


@dataclass(frozen=True, slots=True)
class Mention:
    """What a reference stands for, to be made fit for `field`; a list only where `many` are wanted."""

    reference: Reference
    field: FieldDescriptor
    many: bool


@dataclass(frozen=True, slots=True)
class Items:
    """The items of a typed list."""

    items: tuple[Value, ...]


Value = Plain | Now | Mention | Items


def empty_value(field: FieldDescriptor) -> Any:
    """What `field=` sets: the empty message, text, number… of one element."""
    if field.message_type is not None:
        return message_class(short_name(field.message_type))()
    # `default_value` of a repeated field is a list. Source: proto3 language guide, default values.
    special = {field.TYPE_STRING: "", field.TYPE_BYTES: b"", field.TYPE_BOOL: False}
    return special.get(field.type, 0)


def mentions(value: Value) -> Iterator[Reference]:
    """The references in a value."""
    if isinstance(value, Mention):
        yield value.reference
    elif isinstance(value, Items):
        for item in value.items:
            yield from mentions(item)


def resolve(value: Value, lookup: Lookup, inputs: Inputs) -> Any:
    """The value itself: a scalar, a message, a list or a dict.

    Raises:
        InputError: a reference has no value, or one that does not fit.
    """
    if isinstance(value, Plain):
        return value.thing
    if isinstance(value, Now):
        return inputs.now_ms() * value.times // value.over
    if isinstance(value, Items):
        return [resolve(item, lookup, inputs) for item in value.items]
    found = lookup(value.reference)
    if isinstance(found, list) and value.many:
        return [_fitted(value.field, element, value.reference) for element in found]
    return _fitted(value.field, found, value.reference)


def _fitted(field: FieldDescriptor, found: Any, reference: Reference) -> Any:
    """A value found in a session, as a value of `field`."""
    what = f"`{reference.text}`"
    if isinstance(found, list):
        raise reference.span.mistake(f"{what} is a list: name one element", code="bad-reference")
    descriptor = getattr(found, "DESCRIPTOR", None)
    if field.message_type is not None:
        wanted = short_name(field.message_type)
        if descriptor is None or descriptor.full_name != field.message_type.full_name:
            raise reference.span.mistake(f"{what} is not {with_article(wanted)}", code="bad-reference")
        return found
    if descriptor is not None:
        raise reference.span.mistake(f"{what} is a whole message: name one of its fields", code="bad-reference")
    if isinstance(found, bytes):
        if field.type != field.TYPE_BYTES:
            raise reference.span.mistake(f"{what} is bytes: `{field.name}` is not", code="bad-reference")
        return found
    return _fitted_scalar(field, found, reference)


def _fitted_scalar(field: FieldDescriptor, found: Any, reference: Reference) -> Scalar:
    text = found if isinstance(found, str) else format_scalar(field, found)
    try:
        return text.encode() if field.type == field.TYPE_BYTES else parse_scalar(field, text)
    except Unfit as unfit:
        # The value itself stays out of the message: it may be a secret.
        raise reference.span.mistake(
            f"the value of `{reference.text}` is not {unfit.wanted}", code="bad-reference"
        ) from None
