"""Records can do what frozen dataclasses with slots can."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass
from typing import Any

import pytest

from lksig.records import changed, record


@record
class Place:
    """Somewhere."""

    path: str
    start: int
    end: int = 9
    """The documentation of a field changes nothing."""

    @property
    def size(self) -> int:
        """What a class says itself stays."""
        return self.end - self.start


@record
class Told:
    """One that says itself how it looks, because its value is nobody's business."""

    secret: str

    def __repr__(self) -> str:
        return "Told(…)"


@record
class Nothing:
    """No values."""


@dataclass(frozen=True, slots=True)
class Same:
    """What `dataclass` makes of the names of `Place`."""

    path: str
    start: int
    end: int = 9


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (("a", 1, 2), {}),
        (("a", 1), {}),
        (("a",), {"start": 1}),
        ((), {"path": "a", "start": 1, "end": 3}),
        ((), {}),
        (("a",), {}),
        (("a", 1, 2, 3), {}),
        (("a", 1), {"path": "b"}),
        (("a", 1), {"color": "red"}),
    ],
)
def test_takes_and_refuses_what_a_dataclass_takes_and_refuses(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    try:
        same = Same(*values, **named)
    except TypeError:
        with pytest.raises(TypeError, match="Place takes path, start, end"):
            Place(*values, **named)
    else:
        place = Place(*values, **named)
        assert (place.path, place.start, place.end) == (same.path, same.start, same.end)
        assert repr(place) == repr(same).replace("Same", "Place")


def test_equal_values_are_equal_records_of_one_class_only() -> None:
    assert Place("a", 1) == Place("a", 1, 9)
    assert Place("a", 1) != Place("a", 2)
    other: object = Same("a", 1)
    assert Place("a", 1) != other
    assert len({Place("a", 1), Place("a", 1), Place("b", 1), Nothing(), Nothing()}) == 3


def test_nothing_changes_and_nothing_is_added() -> None:
    place = Place("a", 1)
    with pytest.raises(FrozenInstanceError, match="start"):
        place.start = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError, match="start"):
        del place.start
    with pytest.raises(FrozenInstanceError, match="more"):
        place.more = 2  # type: ignore[attr-defined]
    assert not hasattr(place, "__dict__")


def test_patterns_see_the_values() -> None:
    match Place("a", 1):
        case Place(path, start, end=9):
            assert (path, start) == ("a", 1)
        case _:
            pytest.fail("no match")


def test_copies_and_changes() -> None:
    place = Place("a", 1)
    assert copy.deepcopy(place) == pickle.loads(pickle.dumps(place)) == place
    assert changed(place, end=3) == Place("a", 1, 3)
    assert place.size == 8


def test_a_class_has_the_last_word() -> None:
    assert repr(Told("x")) == "Told(…)"
    assert (Told.__doc__ or "").startswith("One that")
