"""Trees of texts, and what differs between two."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lksig.recording.trees import Bag, Difference, Node, Order, Tree, differences, words

TREES: st.SearchStrategy[Tree] = st.recursive(
    st.text(max_size=3) | st.lists(st.text(max_size=2), max_size=3).map(Bag),
    lambda inside: st.dictionaries(st.sampled_from("abcd"), inside, max_size=3).map(Node),
    max_leaves=8,
)


def told(a: Tree, b: Tree) -> list[tuple[str, str | None, str | None]]:
    return [(one.path, one.a, one.b) for one in differences(a, b)]


@given(TREES, TREES)
def test_only_equal_trees_have_no_difference(a: Tree, b: Tree) -> None:
    assert told(a, a) == []
    assert (told(a, b) == []) is (a == b and type(a) is type(b))
    assert len(told(b, a)) == len(told(a, b))


def test_what_only_one_has_is_told_as_a_whole() -> None:
    a = Node({"update": Node({"participants": Node({"PA_ann": Node({"sid": "PA_ann", "state": "ACTIVE"})})})})
    b = Node({"update": Node({"participants": Node()})})
    assert told(a, b) == [("update.participants.PA_ann", "sid=PA_ann state=ACTIVE", None)]
    assert told(b, a) == [("update.participants.PA_ann", None, "sid=PA_ann state=ACTIVE")]


def test_what_is_not_there_counts_as_its_default() -> None:
    a, b = Node({"muted": "true"}), Node({})
    a.defaults = b.defaults = {"muted": "false", "name": ""}
    assert told(a, b) == [("muted", "true", "false")]
    assert told(Node({"name": "x"}), b) == [("name", "x", "")]


def test_bags_have_no_order_but_count() -> None:
    assert told(Bag(["b", "a"]), Bag(["a", "b"])) == []
    assert told(Node({"x": Bag("abb")}), Node({"x": Bag("bc")})) == [("x", "a, b", "c")]
    assert told(Bag("a"), Bag("ab")) == [("", None, "b")]


def test_the_order_of_what_both_have() -> None:
    assert told(Order("abc"), Order("ac")) == []
    assert told(Node({"x": Order("abc")}), Node({"x": Order("cab")})) == [("x", "a, b, c", "c, a, b")]
    assert words(Order("ba")) == "[b,a]"


def test_other_kinds_of_trees() -> None:
    assert told(Node({"x": "a"}), Node({"x": Node({"y": "b"})})) == [("x", "a", "y=b")]
    assert told("a", Bag("a")) == [("", "a", "[a]")]


def test_words() -> None:
    tree = Node({"a": "1", "b": Node({"c": Bag("yx"), "d": Node()})})
    assert words(tree) == "a=1 b.c=[x,y] b.d="
    assert str(Difference("a", None, "b")) == "Difference(path='a', a=None, b='b')"


def test_the_second_of_a_name_is_told_from_the_first() -> None:
    node = Node()
    for text in "abc":
        node.add("x", text)
    assert node == {"x": "a", "x#2": "b", "x#3": "c"}
