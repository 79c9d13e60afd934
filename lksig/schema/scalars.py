"""One scalar of a message, from text and back: numbers, booleans, enums, texts, bytes.

The rules are those of the typed grammar: enum values by name in any case or by number, booleans `true false 1 0`,
bytes as `hex:…`, `b64:…` or literal text. Ranges are checked here: protobuf itself raises or, for floats, gives inf.
Source: proto3 language guide, scalar value types; enums of proto3 are open, so a number without a name is legal.
"""

from __future__ import annotations

import base64
import functools
import re
import struct
from typing import TYPE_CHECKING

from lksig.schema.nearest import listed, nearest, with_article

if TYPE_CHECKING:
    from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

Scalar = int | float | bool | str | bytes

_INTEGER = re.compile(r"([+-]?)0*([0-9]{1,20})")
_FLOAT = re.compile(r"[+-]?(?:[0-9]{1,60}(?:\.[0-9]{0,60})?|\.[0-9]{1,60})(?:[eE][+-]?[0-9]{1,5})?")
_SPECIAL_FLOATS = {"nan", "inf", "-inf", "infinity", "-infinity"}
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_SURROGATE = re.compile("[\ud800-\udfff]")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")
FLOAT_LIMIT = (2 - 2**-24) * 2.0**127
"""What is smaller rounds to a number that a `float` field holds."""
MAX_HEX_BYTES = 32
"""Longer bytes are written as base64: nobody reads them any more."""


class Unfit(ValueError):
    """A text that is no value of a field: `wanted` says what would be, `guess` what was probably meant."""

    def __init__(self, wanted: str, guess: str | None = None) -> None:
        super().__init__(wanted)
        self.wanted = wanted
        self.guess = guess


def parse_scalar(field: FieldDescriptor, text: str) -> Scalar:
    """The value a text stands for in a scalar field.

    Raises:
        Unfit: it is no value of this field.
    """
    if field.enum_type is not None:
        return _parse_enum(field.enum_type, text)
    if field.type == field.TYPE_STRING:
        return check_text(text)
    if field.type == field.TYPE_BYTES:
        return _parse_bytes(text)
    if field.type == field.TYPE_BOOL:
        if text.lower() not in _BOOLEANS:
            raise Unfit("a boolean: true or false")
        return _BOOLEANS[text.lower()]
    if field.type == field.TYPE_FLOAT:
        return _parse_float(text)
    return _parse_integer(field, text)


def check_text(text: str) -> str:
    """The text itself.

    Raises:
        Unfit: it holds a lone surrogate (an argument that is not UTF-8, a JSON escape): protobuf cannot carry it.
    """
    if _SURROGATE.search(text):
        raise Unfit("UTF-8 text")
    return text


def _parse_integer(field: FieldDescriptor, text: str) -> int:
    least, greatest = integer_range(field)
    found = _INTEGER.fullmatch(text)
    number = int(found.group(1) + found.group(2)) if found else None
    if number is None or not least <= number <= greatest:
        raise Unfit(f"a whole number from {least} to {greatest}")
    return number


def integer_range(field: FieldDescriptor) -> tuple[int, int]:
    """The least and the greatest value of an integer field."""
    bits = 64 if field.cpp_type in (field.CPPTYPE_INT64, field.CPPTYPE_UINT64) else 32
    if field.cpp_type in (field.CPPTYPE_UINT32, field.CPPTYPE_UINT64):
        return 0, 2**bits - 1
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def _parse_float(text: str) -> float:
    if text.lower() not in _SPECIAL_FLOATS and not _FLOAT.fullmatch(text):
        raise Unfit("a number")
    number = float(text)
    if abs(number) >= FLOAT_LIMIT and text.lower() not in _SPECIAL_FLOATS:
        raise Unfit("a number that fits into 32 bits")
    return number


@functools.cache
def _enum_numbers(enum: EnumDescriptor) -> dict[str, int]:
    return {value.name.upper(): value.number for value in enum.values}


@functools.cache
def enum_names(enum: EnumDescriptor) -> dict[int, str]:
    """Name by number."""
    return {value.number: value.name for value in enum.values}


def _parse_enum(enum: EnumDescriptor, text: str) -> int:
    number = _enum_numbers(enum).get(text.upper())
    if number is not None:
        return number
    found = _INTEGER.fullmatch(text)
    number = int(found.group(1) + found.group(2)) if found else None
    if number is None or not -(2**31) <= number < 2**31:
        names = [value.name for value in enum.values]
        name = enum.full_name.removeprefix(f"{enum.file.package}.")
        raise Unfit(f"{with_article(name)}: {listed(names)}", nearest(text, names))
    return number


def _parse_bytes(text: str) -> bytes:
    if text.startswith("hex:"):
        try:
            return bytes.fromhex(text[4:])
        except ValueError:
            raise Unfit("hexadecimal: two digits a byte") from None
    if text.startswith("b64:"):
        return parse_base64(text[4:])
    return check_text(text).encode()


def parse_base64(text: str) -> bytes:
    """The bytes of a base64 text: standard or URL-safe alphabet, padding as one likes, as proto3 JSON reads it.

    Raises:
        Unfit: it is no base64.
    """
    plain = text.rstrip("=")
    if not _BASE64.fullmatch(text) or len(plain) % 4 == 1:
        raise Unfit("base64")
    return base64.urlsafe_b64decode(plain.replace("+", "-").replace("/", "_") + "=" * (-len(plain) % 4))


def format_float(value: float) -> str:
    """The shortest decimal text that gives the same 32-bit float."""
    packed = struct.pack("<f", value)
    texts = (f"{value:.{digits}g}" for digits in range(6, 10))
    return next((text for text in texts if struct.pack("<f", float(text)) == packed), f"{value:.9g}")


def format_scalar(field: FieldDescriptor, value: Scalar) -> str:
    """The text that `parse_scalar` reads as this value. Bytes become `hex:…`, long ones `b64:…`."""
    if field.enum_type is not None:
        return enum_names(field.enum_type).get(int(value)) or str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return f"hex:{value.hex()}" if len(value) <= MAX_HEX_BYTES else f"b64:{base64.b64encode(value).decode()}"
    if isinstance(value, float):
        return format_float(value)
    return str(value)
