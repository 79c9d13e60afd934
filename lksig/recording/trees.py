"""Trees of texts, and what differs between two of them.

A tree is a text, a bag of texts whose order says nothing, an order of names, or a node with named trees. Two trees are
compared by name; what only one of them has is told as a whole, in words that could be typed: `sid=PA_bob state=ACTIVE`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


class Bag(tuple[str, ...]):
    """Texts whose order says nothing; sorted, so that equal ones are equal."""

    __slots__ = ()

    def __new__(cls, texts: Iterable[str]) -> Bag:
        return super().__new__(cls, sorted(texts))


class Order(tuple[str, ...]):
    """Names whose order says something: that of those which both have is compared."""

    __slots__ = ()


class Node(dict[str, "Tree"]):
    """Trees by name."""

    __slots__ = ("defaults",)

    defaults: dict[str, str]
    """What is not there counts as this."""

    def __init__(self, trees: dict[str, Tree] | None = None) -> None:
        super().__init__(trees or {})
        self.defaults = {}

    def add(self, name: str, tree: Tree) -> None:
        """Add a tree under a name; the second one of a name is told from the first."""
        free, number = name, 2
        while free in self:
            free, number = f"{name}#{number}", number + 1
        self[free] = tree


Tree = str | Bag | Order | Node


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs between two messages, or other events."""

    path: str
    """As typed in the grammar: `track_published.track.name`; names in the place of indices."""
    a: str | None
    """What the first one says; None when it is not there."""
    b: str | None


def differences(a: Tree, b: Tree, path: str = "") -> Iterator[Difference]:
    """What differs, in the order of the first tree, then what only the second has."""
    if a == b and type(a) is type(b):
        return
    if isinstance(a, Node) and isinstance(b, Node):
        for name in dict.fromkeys((*a, *b)):
            yield from _one(a, b, name, f"{path}.{name}" if path else name)
    elif isinstance(a, Bag) and isinstance(b, Bag):
        in_a, in_b = Counter(a), Counter(b)
        yield Difference(path, _listed(in_a - in_b), _listed(in_b - in_a))
    elif isinstance(a, Order) and isinstance(b, Order):
        first, second = [one for one in a if one in b], [one for one in b if one in a]
        if first != second:
            yield Difference(path, ", ".join(first), ", ".join(second))
    else:
        yield Difference(path, words(a), words(b))


def _one(a: Node, b: Node, name: str, path: str) -> Iterator[Difference]:
    in_a, in_b = a.get(name, a.defaults.get(name)), b.get(name, b.defaults.get(name))
    if in_a is None or in_b is None:
        yield Difference(path, None if in_a is None else words(in_a), None if in_b is None else words(in_b))
    else:
        yield from differences(in_a, in_b, path)


def _listed(texts: Counter[str]) -> str | None:
    return ", ".join(texts.elements()) or None


def words(tree: Tree) -> str:
    """A tree in one line."""
    if isinstance(tree, str):
        return tree
    if isinstance(tree, Bag | Order):
        return f"[{','.join(tree)}]"
    return " ".join(f"{path}={text}" for path, text in _leaves(tree, ""))


def _leaves(node: Node, path: str) -> Iterator[tuple[str, str]]:
    for name, tree in node.items():
        inside = f"{path}.{name}" if path else name
        if isinstance(tree, Node) and tree:
            yield from _leaves(tree, inside)
        else:
            yield inside, words(tree)
