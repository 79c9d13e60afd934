"""Classes of values, as `dataclass(frozen=True, slots=True)` makes them, at a tenth of its price at start.

`dataclass` writes and compiles six methods for every class: half a millisecond each time lksig starts, and a connect
meets dozens of classes. These share their methods. What they cannot: `field()`, inheritance, `dataclasses.fields`; a
default must be a value that nobody can change.
"""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any, Never, TypeVar, cast, dataclass_transform

T = TypeVar("T")

_set = object.__setattr__


@dataclass_transform(frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """The class with slots for its annotated names, and what a frozen dataclass can do."""
    names = tuple(cls.__annotations__)
    space = {name: value for name, value in cls.__dict__.items() if name not in ("__dict__", "__weakref__")}
    defaults = {name: space.pop(name) for name in names if name in space}
    shared = {name: method for name, method in _Shared.__dict__.items() if callable(method)}
    made = {**shared, **space, "__slots__": names, "__match_args__": names, "_defaults": defaults}
    made["_all"] = frozenset(names)
    make: Any = type(cls)
    return cast("type[T]", make(cls.__name__, cls.__bases__, made))


def changed(value: T, **changes: Any) -> T:
    """The same record with other values in some places."""
    return type(value)(**{name: getattr(value, name) for name in value.__match_args__} | changes)  # type: ignore[attr-defined]


class _Shared:
    """The methods all records have; never used itself."""

    __slots__ = ()
    __match_args__: tuple[str, ...]
    _all: frozenset[str]
    _defaults: dict[str, Any]

    def __init__(self, *values: Any, **named: Any) -> None:
        names = self.__match_args__
        if named or len(values) != len(names):
            values = _completed(self, values, named)
        for name, value in zip(names, values, strict=True):
            _set(self, name, value)

    def __eq__(self, other: object) -> bool:
        return _values(self) == _values(other) if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash(_values(self))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__qualname__}({shown})"

    def __setattr__(self, name: str, value: object) -> Never:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> Never:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), _values(self)


def _values(value: Any) -> tuple[Any, ...]:
    return tuple(getattr(value, name) for name in value.__match_args__)


def _completed(value: Any, values: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
    """All values in the order of the names.

    Raises:
        TypeError: one is missing, or there is no place for one.
    """
    names = value.__match_args__
    if named.keys() == value._all and not values:
        return tuple([named[name] for name in names])
    rest = names[len(values) :]
    known = {**value._defaults, **named}
    if len(values) > len(names) or not named.keys() <= set(rest) or not known.keys() >= set(rest):
        raise TypeError(f"{type(value).__qualname__} takes {', '.join(names)}")
    return (*values, *(known[name] for name in rest))
