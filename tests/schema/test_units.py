"""Units of fields, as marked in the comments."""

from __future__ import annotations

import pytest

from lksig.schema.docs import comment
from lksig.schema.lookup import messages
from lksig.schema.pool import descriptor
from lksig.schema.units import EPOCH_NS, UNITS, unit_of


@pytest.mark.parametrize(
    ("message", "field", "unit"),
    [
        ("Ping", "rtt", "ms"),
        ("Ping", "timestamp", "unix ms"),
        ("SignalRequest", "ping", "unix ms"),
        ("JoinResponse", "ping_interval", "s"),
        ("Room", "creation_time", "unix s"),
        ("TimedVersion", "unix_micro", "unix us"),
        ("VideoLayer", "bitrate", "bit/s"),
        ("MuteTrackRequest", "muted", None),
    ],
)
def test_unit_of(message: str, field: str, unit: str | None) -> None:
    assert unit_of(descriptor(message).fields_by_name[field]) == unit


def test_units_in_use_are_the_units_there_are() -> None:
    used = {unit_of(field) for message in messages().values() for field in message.fields} - {None}
    assert used == UNITS.keys()
    assert EPOCH_NS.keys() == {unit for unit in UNITS if unit.startswith("unix ")}


def test_only_numbers_have_units_and_their_texts_no_marks() -> None:
    for message in messages().values():
        for field in message.fields:
            unit = unit_of(field)
            if unit is not None:
                assert field.cpp_type in (field.CPPTYPE_INT32, field.CPPTYPE_INT64, field.CPPTYPE_UINT32)
                assert f"[{unit}]" not in comment(field)


def test_times_with_a_unit_in_their_name_agree_with_it() -> None:
    for message in messages().values():
        for field in message.fields:
            if field.name.endswith("_at_ms") or field.name.endswith("_time_ms"):
                assert unit_of(field) == "unix ms"
