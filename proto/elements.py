"""Walk a FileDescriptorSet with source info: its elements, their comments, and the units marked in them.

Pure functions over descriptors: `generate.py` runs protoc and writes the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    SourceCodeInfo,
)

from lksig.schema.docs import first_sentence

REQUEST_ROOTS = ("livekit.SignalRequest", "livekit.JoinRequest", "livekit.WrappedJoinRequest")
"""A person can type these and what they contain: nothing of it may be without a comment."""

# Field numbers of descriptor.proto: a source location is a path of them.
_FILE_MESSAGES, _FILE_ENUMS = 4, 5
_MESSAGE_FIELDS, _MESSAGE_NESTED, _MESSAGE_ENUMS, _MESSAGE_ONEOFS = 2, 3, 4, 8
_ENUM_VALUES = 2

_MARK = re.compile(r"\s*\[([^\]]*)\]")

Kind = Literal["message", "field", "oneof", "enum", "value"]


@dataclass(frozen=True, slots=True)
class Element:
    """Something that can carry a comment; the entries of maps and the oneofs behind `optional` cannot."""

    name: str
    """Full name; an enum value's inside its enum."""
    kind: Kind
    owner: str
    """The message or enum that holds it: itself, for a message or an enum."""
    path: tuple[int, ...]


def elements(file: FileDescriptorProto) -> Iterator[Element]:
    """Every element of `file`, in the order of the file's own path numbers."""
    for index, message in enumerate(file.message_type):
        yield from _of_message(message, file.package, (_FILE_MESSAGES, index))
    for index, enum in enumerate(file.enum_type):
        yield from _of_enum(enum, file.package, (_FILE_ENUMS, index))


def _of_message(message: DescriptorProto, scope: str, path: tuple[int, ...]) -> Iterator[Element]:
    if message.options.map_entry:
        return
    name = f"{scope}.{message.name}"
    yield Element(name, "message", name, path)
    for index, field in enumerate(message.field):
        yield Element(f"{name}.{field.name}", "field", name, (*path, _MESSAGE_FIELDS, index))
    synthetic = {field.oneof_index for field in message.field if field.proto3_optional}
    for index, oneof in enumerate(message.oneof_decl):
        if index not in synthetic:
            yield Element(f"{name}.{oneof.name}", "oneof", name, (*path, _MESSAGE_ONEOFS, index))
    for index, nested in enumerate(message.nested_type):
        yield from _of_message(nested, name, (*path, _MESSAGE_NESTED, index))
    for index, enum in enumerate(message.enum_type):
        yield from _of_enum(enum, name, (*path, _MESSAGE_ENUMS, index))


def _of_enum(enum: EnumDescriptorProto, scope: str, path: tuple[int, ...]) -> Iterator[Element]:
    name = f"{scope}.{enum.name}"
    yield Element(name, "enum", name, path)
    for index, value in enumerate(enum.value):
        yield Element(f"{name}.{value.name}", "value", name, (*path, _ENUM_VALUES, index))


def comments(file: FileDescriptorProto) -> dict[str, str]:
    """Full element name → its comment, reflowed; only for elements that have one."""
    by_path = {tuple(location.path): location for location in file.source_code_info.location}
    found = {element.name: _text(by_path.get(element.path)) for element in elements(file)}
    return {name: text for name, text in found.items() if text}


def _text(location: SourceCodeInfo.Location | None) -> str:
    """The comment before an element and the one behind it, paragraphs kept, list lines kept, other lines joined."""
    if location is None:
        return ""
    paragraphs: list[str] = []
    for block in (location.leading_comments, location.trailing_comments):
        for paragraph in re.split(r"\n\s*\n", block):
            text = ""
            for line in paragraph.split("\n"):
                words = " ".join(line.split())
                text += ("\n" if text and words.startswith("- ") else " ") + words if words else ""
            paragraphs.append(text.strip())
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def split_units(found: dict[str, str], known: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The comments without unit marks, and full field name → unit.

    Raises:
        ValueError: a first sentence holds brackets that are no known unit, or two of them.
    """
    known = frozenset(known)
    texts: dict[str, str] = {}
    units: dict[str, str] = {}
    for name, text in found.items():
        marks = _MARK.findall(first_sentence(text))
        if len(marks) > 1 or not known.issuperset(marks):
            raise ValueError(f"{name}: the first sentence may hold one unit in brackets, not {marks}")
        texts[name] = _MARK.sub("", text, count=1) if marks else text
        if marks:
            units[name] = marks[0]
    return texts, units


def reachable(files: Iterable[FileDescriptorProto], roots: Iterable[str]) -> set[str]:
    """Full names of the messages and enums that `roots` contain, themselves included."""
    uses: dict[str, list[str]] = {}

    def collect(message: DescriptorProto, scope: str) -> None:
        name = f"{scope}.{message.name}"
        typed = (FieldDescriptorProto.TYPE_MESSAGE, FieldDescriptorProto.TYPE_ENUM)
        uses[name] = [field.type_name.removeprefix(".") for field in message.field if field.type in typed]
        for nested in message.nested_type:
            collect(nested, name)

    for file in files:
        for message in file.message_type:
            collect(message, file.package)
    seen: set[str] = set()
    ahead = list(roots)
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += uses.get(name, [])
    return seen
