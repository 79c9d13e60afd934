"""The protocol's manual: what `lksig schema NAME` says about an element, as data.

Names, numbers, types and marks come from the descriptors, every text from the comments of `proto/` (`schema.docs`),
what answers and refuses what from `schema.cases`. Rendering is `lksig.render.manual`'s; `as_json` is the machine form.
"""

from __future__ import annotations

import functools
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from lksig.schema import cases
from lksig.schema.docs import comment, summary, value_name
from lksig.schema.lookup import Found, Kind, is_map, messages, short_name
from lksig.schema.pool import (
    SENSITIVITY_PII,
    SENSITIVITY_SECRET,
    TO_CLIENT,
    TO_SERVER,
    Direction,
    case_fields,
    sensitivity,
)
from lksig.schema.skeleton import typed
from lksig.schema.units import unit_of

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

_TYPES = {
    1: "double",
    2: "float",
    3: "int64",
    4: "uint64",
    5: "int32",
    8: "bool",
    9: "string",
    12: "bytes",
    13: "uint32",
}
"""The scalar types the schema uses, by `FieldDescriptor.type`."""

_SENSITIVITY = {0: None, SENSITIVITY_PII: "PII", SENSITIVITY_SECRET: "SECRET"}


@dataclass(frozen=True, slots=True)
class Row:
    """A field, as a line of a table."""

    name: str
    number: int
    type: str
    """`string`, `repeated VideoLayer`, `map<string, string>`, `optional bool`."""
    unit: str | None
    unset: str
    """What an unset field means: its effective value, or `unset` where absence is a value of its own."""
    oneof: str | None
    deprecated: bool
    sensitivity: str | None
    doc: str


@dataclass(frozen=True, slots=True)
class Value:
    """An enum value, as a line of a table."""

    name: str
    number: int
    deprecated: bool
    doc: str


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one enum."""

    name: str
    doc: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """What is said about a case beyond its declaration. Empty where nothing is to be said."""

    answered_by: cases.Reply | None = None
    """The response that means success, and how it is matched."""
    refused_by: tuple[cases.Refusal, ...] = ()
    fence_blind: str | None = None
    """What a fence behind the request does not prove; None where it proves everything, or where none is needed."""
    needs_fence: bool = False
    """Success is silent, so only a fence (or an effect) tells."""
    answers: tuple[str, ...] = ()
    """The requests a response answers with success."""
    refuses: tuple[str, ...] = ()
    """The requests a response refuses."""
    example: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Everything about one element."""

    kind: Kind
    name: str
    direction: Direction | None
    doc: str
    row: Row | None = None
    """Of a case or field: its own declaration."""
    value: Value | None = None
    """Of an enum value."""
    type_doc: str = ""
    """Of a case or field that holds a message: the comment on that message."""
    deprecated: bool = False
    fields: tuple[Row, ...] = ()
    """Of the message it is, or holds."""
    enums: tuple[Values, ...] = ()
    """Of the enum it is or holds, or of every enum in `fields`."""
    numbers: str = ""
    """Of a field below a case: the field numbers that lead to it, as `protoc --decode_raw` nests them."""
    owner: str = ""
    """Of a field: the message it is declared in."""
    about: Answers = Answers()
    used_by: tuple[str, ...] = ()
    """Of a message or enum: the fields that hold it. Of a value: the requests that are refused with it."""


def page(found: Found) -> Page:
    """The page of an element that `schema.lookup.find` gave."""
    if found.kind == "value":
        return _value_page(found)
    if found.field is not None:
        return _field_page(found)
    element = found.message or found.enum
    assert element is not None
    return Page(
        found.kind,
        found.path,
        found.direction,
        comment(element),
        deprecated=element.GetOptions().deprecated,
        fields=_rows(found.message),
        enums=_enums_of(found),
        used_by=_users().get(element.full_name, ()),
    )


def _field_page(found: Found) -> Page:
    field, held = found.field, found.message
    assert field is not None
    example = typed(found.trail) if found.direction is TO_SERVER else None
    about = about_case(field.name, found.direction) if found.kind == "case" else Answers(example=example)
    owner = field.containing_type
    return Page(
        found.kind,
        found.path,
        found.direction,
        comment(field),
        row=row_of(field),
        type_doc=comment(held) if held is not None else "",
        deprecated=field.GetOptions().deprecated,
        fields=_rows(held),
        enums=_enums_of(found),
        numbers=".".join(str(step.number) for step in found.trail) if found.direction else "",
        owner=short_name(owner) if owner is not None else "",
        about=about,
    )


def _value_page(found: Found) -> Page:
    assert found.value is not None
    assert found.enum is not None
    value = Value(
        found.value.name, found.value.number, found.value.GetOptions().deprecated, comment(value_name(found.value))
    )
    enum = short_name(found.enum)
    refused = tuple(
        case
        for case, refusals in cases.REFUSALS.items()
        if any(_REASON_ENUMS[refusal.case] == enum and refusal.reason == value.name for refusal in refusals)
    )
    return Page(
        found.kind, found.path, found.direction, value.doc, value=value, deprecated=value.deprecated, used_by=refused
    )


_REASON_ENUMS = {
    "request_response": "RequestResponse.Reason",
    "leave": "DisconnectReason",
    "subscription_response": "SubscriptionError",
}
"""Case of a refusal → the enum its reason is from."""


def row_of(field: FieldDescriptor) -> Row:
    """The line of a field."""
    oneof = field.containing_oneof
    return Row(
        field.name,
        field.number,
        type_of(field),
        unit_of(field),
        unset_of(field),
        oneof.name if oneof is not None and not _is_optional(field) else None,
        field.GetOptions().deprecated,
        _SENSITIVITY[sensitivity(field)],
        comment(field),
    )


def _is_optional(field: FieldDescriptor) -> bool:
    """Whether the word `optional` stands before the field: protobuf hides such a field in a oneof of its own."""
    oneof = field.containing_oneof
    return oneof is not None and len(oneof.fields) == 1 and oneof.name == f"_{field.name}"


def type_of(field: FieldDescriptor) -> str:
    """The type of a field as `.proto` files write it, without the package."""
    if is_map(field):
        assert field.message_type is not None
        entry = field.message_type.fields_by_name
        return f"map<{type_of(entry['key'])}, {type_of(entry['value'])}>"
    inner = field.message_type or field.enum_type
    name = short_name(inner) if inner is not None else _TYPES[field.type]
    label = "repeated " if field.is_repeated else "optional " if _is_optional(field) else ""
    return label + name


def unset_of(field: FieldDescriptor) -> str:
    """What a field that is not on the wire means."""
    if field.is_repeated:
        return "empty"
    if field.has_presence:
        return "unset"
    if field.enum_type is not None:
        return str(field.enum_type.values_by_number[0].name)
    if isinstance(field.default_value, (str, bytes)):
        return "empty"
    return str(field.default_value).lower().removesuffix(".0")


def _rows(message: Descriptor | None) -> tuple[Row, ...]:
    return () if message is None else tuple(row_of(f) for f in sorted(message.fields, key=lambda f: f.number))


def _enums_of(found: Found) -> tuple[Values, ...]:
    """The enum an element is or holds, or those its message's fields hold, each once, in the order of the fields."""
    if found.enum is not None:
        return (_enum(found.enum),)
    if found.message is None:
        return ()
    used = [f.enum_type for f in sorted(found.message.fields, key=lambda f: f.number) if f.enum_type is not None]
    return tuple(_enum(enum) for enum in dict.fromkeys(used))


def _enum(enum: EnumDescriptor) -> Values:
    values = tuple(
        Value(value.name, value.number, value.GetOptions().deprecated, comment(value_name(value)))
        for value in enum.values
    )
    return Values(short_name(enum), comment(enum), values)


@functools.cache
def _users() -> dict[str, tuple[str, ...]]:
    """Full name of a message or enum → the fields that hold it, as `AddTrackRequest.layers`; a case as itself."""
    found: dict[str, list[str]] = {}
    for name, message in messages().items():
        for field in message.fields:
            value = field.message_type.fields_by_name["value"] if is_map(field) and field.message_type else field
            held = value.message_type or value.enum_type
            if held is not None:
                place = f"{_ENVELOPE_MARKS[name]} {field.name}" if name in _ENVELOPE_MARKS else f"{name}.{field.name}"
                found.setdefault(held.full_name, []).append(place)
    return {name: tuple(sorted(places)) for name, places in found.items()}


_ENVELOPE_MARKS = {"SignalRequest": ">", "SignalResponse": "<"}


def about_case(case: str, direction: Direction | None) -> Answers:
    """What answers and refuses a case, and what it answers and refuses."""
    if direction is TO_CLIENT:
        refuses = (request for request, refusals in cases.REFUSALS.items() if any(r.case == case for r in refusals))
        answers = (request for request, reply in cases.REPLIES.items() if reply.case == case)
        return Answers(answers=tuple(answers), refuses=tuple(refuses))
    return Answers(
        answered_by=cases.REPLIES.get(case),
        refused_by=cases.REFUSALS.get(case, ()),
        fence_blind=cases.FENCE_BLIND.get(case),
        needs_fence=case not in cases.REPLIES,
        example=cases.EXAMPLES.get(case),
    )


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in the list that bare `lksig schema` prints."""

    direction: Direction
    number: int
    name: str
    type: str
    deprecated: bool
    summary: str


def case_lines() -> list[CaseLine]:
    """Every case, those to the server first, in the order of their numbers."""
    return [
        CaseLine(direction, f.number, name, type_of(f), f.GetOptions().deprecated, summary(f))
        for direction in (TO_SERVER, TO_CLIENT)
        for name, f in case_fields(direction).items()
    ]


def as_json(page: Page) -> dict[str, Any]:
    """The machine form of a page. Its keys depend on `kind` alone and are only ever added to."""
    said: dict[str, Any] = {"kind": page.kind, "name": page.name, "dir": page.direction, "doc": page.doc}
    if page.row is not None:
        said |= {key: value for key, value in asdict(page.row).items() if key not in ("name", "doc")}
        said |= {"type_doc": page.type_doc, "owner": page.owner, "numbers": page.numbers}
    if page.value is not None:
        return {**said, "number": page.value.number, "deprecated": page.deprecated, "refuses": list(page.used_by)}
    said |= {"deprecated": page.deprecated, "fields": [asdict(row) for row in page.fields]}
    said["enums"] = [asdict(enum) for enum in page.enums]
    if page.kind == "case":
        return {**said, **asdict(page.about)}
    if page.kind == "field":
        return {**said, "example": page.about.example}
    return {**said, "used_by": list(page.used_by)}
