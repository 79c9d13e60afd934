"""Units of the numbers in the schema, which protobuf itself cannot express.

A unit is written in `proto/*.proto` as a mark in the first sentence of a field's comment: `Round trip [ms].`
`make proto` collects the marks in `lksig/_proto/units.json` and refuses one that is not in `UNITS`. The texts of
`lksig.schema.docs` no longer hold them.
"""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from google.protobuf.descriptor import FieldDescriptor

UNITS: dict[str, str] = {
    "s": "seconds",
    "ms": "milliseconds",
    "unix s": "seconds since 1970-01-01T00:00:00Z",
    "unix ms": "milliseconds since 1970-01-01T00:00:00Z",
    "unix us": "microseconds since 1970-01-01T00:00:00Z",
    "px": "pixels",
    "bit/s": "bits per second",
    "1/s": "per second",
}
"""Every unit the schema uses, and its long name."""

EPOCH_NS: dict[str, int] = {
    "unix s": 1_000_000_000,
    "unix ms": 1_000_000,
    "unix us": 1_000,
}
"""The units that say a time of day, and how many nanoseconds one of them is."""


def unit_of(field: FieldDescriptor) -> str | None:
    """The unit of a field's numbers, one of `UNITS`; None where it has none."""
    return _marks().get(field.full_name)


@functools.cache
def _marks() -> dict[str, str]:
    text = resources.files("lksig._proto").joinpath("units.json").read_text("utf-8")
    return cast("dict[str, str]", json.loads(text))
