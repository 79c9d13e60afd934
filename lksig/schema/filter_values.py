"""What the value behind an operator means for the type on its left, as a test of one Python value.

Values are checked here, once, when the filter is read: an enum name that does not exist points at itself. Numbers take
`k`, `M` and `G` for thousands, and a `B` behind, as the views print them.
"""

from __future__ import annotations

import base64
import operator
import re
import struct
import warnings
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from lksig.errors import InputError
from lksig.patterns import lazy_pattern
from lksig.schema.filter_lexer import Token, mistake
from lksig.schema.filter_parser import Comparison, Test
from lksig.schema.nearest import MAX_LISTED, listed, nearest, with_article, with_guess

if TYPE_CHECKING:
    from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

_NUMBER = lazy_pattern(r"([+-]?[0-9]{1,20}(?:\.[0-9]{1,9})?)([kKMG]?)B?")
_SCALE = {"": 1, "k": 1_000, "K": 1_000, "M": 1_000_000, "G": 1_000_000_000}
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    # The wanted value stands on the left of these (`partial` binds the first argument), so they read mirrored.
    "=": operator.eq,
    "<": operator.gt,
    ">": operator.lt,
    "<=": operator.ge,
    ">=": operator.le,
}


FITTING: dict[str, tuple[str, ...]] = {
    "a number": ("=", "!=", "<", ">", "<=", ">="),
    "an enum": ("=", "!=", "<", ">", "<=", ">=", "contains", "matches"),
    "a text": ("=", "!=", "contains", "matches"),
    "bytes": ("=", "!=", "contains"),
    "a boolean": ("=", "!="),
}
"""The operators that fit a type."""


def field_test(source: str, field: FieldDescriptor, comparison: Comparison) -> Test:
    """How one value of a scalar field compares.

    Raises:
        InputError: the operator or the value does not fit the field's type.
    """
    if field.enum_type is not None:
        return enum_test(source, field.enum_type, comparison)
    if field.cpp_type == field.CPPTYPE_BOOL:
        return boolean_test(source, comparison)
    if field.type == field.TYPE_BYTES:
        return bytes_test(source, comparison)
    if field.type == field.TYPE_STRING:
        return text_test(source, comparison)
    if field.type == field.TYPE_FLOAT:
        # A float32 read from the wire is not the Python float of the same digits: 0.1 would never be found.
        _check_fits(source, comparison, "a number")
        return _ordered(struct.unpack("<f", struct.pack("<f", number(source, comparison.value)))[0], comparison.op)
    return number_test(source, comparison)


def number_test(source: str, comparison: Comparison) -> Test:
    """How a number compares. Raises InputError when the value is none."""
    _check_fits(source, comparison, "a number")
    return _ordered(number(source, comparison.value), comparison.op)


def number(source: str, value: Token) -> int | float:
    """The number a value stands for: an int where it is whole. Raises InputError when it is none."""
    found = None if value.quoted else _NUMBER.fullmatch(value.value)
    if not found:
        raise wrong(source, value, "not a number", hint="for example `16`, `-5`, `2.5` or `16k`")
    exact = Decimal(found.group(1)) * _SCALE[found.group(2)]
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def text_test(source: str, comparison: Comparison) -> Test:
    """How a text compares: equal, holding it, or matching a regular expression anywhere in it."""
    _check_fits(source, comparison, "a text")
    wanted = comparison.value.value
    if comparison.op == "matches":
        pattern = _pattern(source, comparison.value)
        return lambda text: pattern.search(text) is not None
    if comparison.op == "contains":
        return lambda text: wanted in text
    return partial(operator.eq, wanted)


def word_test(source: str, comparison: Comparison, words: Iterable[str], what: str) -> Test:
    """As `text_test`, for a text that can only be one of `words`."""
    known = list(words)
    wanted = comparison.value
    if comparison.op == "=" and wanted.value not in known:
        raise _not_one_of(source, wanted, what, known, code="unknown-name")
    return text_test(source, comparison)


def boolean_test(source: str, comparison: Comparison) -> Test:
    """`true`, `false`, `1` or `0`, in any case."""
    _check_fits(source, comparison, "a boolean")
    wanted = _BOOLEANS.get(comparison.value.value.lower())
    if wanted is None:
        raise wrong(source, comparison.value, "not a boolean: `true` or `false`")
    return partial(operator.eq, wanted)


def bytes_test(source: str, comparison: Comparison) -> Test:
    """`hex:…`, `b64:…` or a text as UTF-8: equal, or holding it."""
    _check_fits(source, comparison, "bytes")
    wanted = _bytes(source, comparison.value)
    if comparison.op == "contains":
        return lambda data: wanted in data
    return partial(operator.eq, wanted)


def enum_test(source: str, enum: EnumDescriptor, comparison: Comparison) -> Test:
    """An enum by name (any case) or number; order is that of the numbers, `contains` and `matches` see the name."""
    if comparison.op in ("contains", "matches"):
        by_name = text_test(source, comparison)
        names = {value.number: value.name for value in reversed(list(enum.values))}
        return lambda value: by_name(names.get(value, str(value)))
    return _ordered(_enum_number(source, enum, comparison.value), comparison.op)


def _enum_number(source: str, enum: EnumDescriptor, value: Token) -> int:
    upper = value.value.upper()
    numbers = {known.name.upper(): known.number for known in enum.values}
    if upper in numbers:
        return numbers[upper]
    if not value.quoted and re.fullmatch("-?[0-9]{1,10}", value.value):
        return int(value.value)
    names = [known.name for known in enum.values]
    raise _not_one_of(source, value, with_article(enum.name), names, code="unknown-enum-value")


def _not_one_of(source: str, value: Token, what: str, names: list[str], *, code: str) -> InputError:
    guess = nearest(value.value, names)
    # Forty names in an error help nobody who was one letter off.
    shown = "" if guess and len(names) > MAX_LISTED else f": {listed(names)}"
    return wrong(source, value, f"not {what}{shown}", guess=guess, code=code)


def _ordered(wanted: float, op: str) -> Test:
    return partial(_ORDER[op], wanted)


def _bytes(source: str, value: Token) -> bytes:
    kind, _, rest = value.value.partition(":")
    try:
        if kind == "hex":
            return bytes.fromhex(rest)
        if kind == "b64":
            return base64.b64decode(rest, validate=True)
    except ValueError as exc:
        raise wrong(source, value, "not hexadecimal" if kind == "hex" else "not base64") from exc
    return value.value.encode()


def _pattern(source: str, value: Token) -> re.Pattern[str]:
    try:
        with warnings.catch_warnings():
            # Python's hints at a possible mistake (`[[`) are no mistake.
            warnings.simplefilter("ignore")
            return re.compile(value.value)
    except re.error as exc:
        start, end = value.start, value.end
        if exc.pos is not None and value.quoted != '"':
            # In double quotes escapes shift the text, so there the whole value is marked.
            start = min(value.start + len(value.quoted) + exc.pos, value.end - 1)
            end = start + 1
        raise mistake(source, start, end, f"not a regular expression: {exc.msg}", code="bad-regex") from exc
    except (ValueError, OverflowError, RecursionError) as exc:
        text = "not a regular expression: too large, or with flags that do not fit text"
        raise mistake(source, value.start, value.end, text, code="bad-regex") from exc


def _check_fits(source: str, comparison: Comparison, what: str) -> None:
    if comparison.op not in FITTING[what]:
        used = comparison.operator
        fitting = [f"`{op}`" for op in FITTING[what]]
        text = f"`{source[used.start : used.end]}` does not fit {what}: {listed(fitting)}"
        raise mistake(source, used.start, used.end, text, code="bad-operator")


def wrong(
    source: str, at: Token, text: str, *, code: str = "bad-value", hint: str | None = None, guess: str | None = None
) -> InputError:
    """The InputError that points at `at`, with the name that was probably meant."""
    return mistake(source, at.start, at.end, with_guess(text, guess), code=code, hint=hint)
