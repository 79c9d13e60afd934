"""What belongs together in two stretches: never out of order where order says something."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lksig.recording.alignment import REORDER, Item, align


def items(text: str, *, start: int = 1) -> list[Item]:
    """One word an item: `?r1` a request, `!r1=ok/1` an answer to message 1, others are unasked, `case:subject=said`."""
    made = []
    for n, word in enumerate(text.split(), start=start):
        if word.startswith("?"):
            kind, _, said = word[1:].partition("=")
            made.append(Item(kind, said, n))
        elif word.startswith("!"):
            kind, _, rest = word[1:].partition("=")
            said, _, to = rest.partition("/")
            made.append(Item(kind, said, n, reply_to=int(to)))
        else:
            what, _, said = word.partition("=")
            kind, _, subject = what.partition(":")
            made.append(Item(kind, what + said, n, is_unasked=True, subjects=frozenset(subject.split(","))))
    return made


def nobody(number: int) -> int | None:
    """No request has a partner."""
    return None


def pairs(a: str, b: str, partners: dict[int, int] | None = None) -> list[tuple[int, int]]:
    """Numbers from 1 of what belongs together."""
    found = align(items(a), items(b), (partners or {}).get)
    return sorted((i + 1, j + 1) for i, j in found.items())


def test_what_is_equal_belongs_together() -> None:
    assert pairs("?mute=x u:ann=1 ?leave", "?mute=x u:ann=1 ?leave") == [(1, 1), (2, 2), (3, 3)]
    assert pairs("", "?mute") == []


def test_requests_keep_their_order() -> None:
    assert pairs("?mute=x ?mute=y ?leave", "?mute=y ?mute=x ?leave") in ([(1, 2), (3, 3)], [(2, 1), (3, 3)])
    assert pairs("?mute=x ?leave", "?mute=y ?leave") == [(1, 1), (2, 2)]
    assert pairs("?add=x ?leave", "?mute=y ?leave") == [(2, 2)]
    assert pairs("?mute=x ?mute=y ?leave", "?mute=z ?leave") == [(1, 1), (3, 2)]


def test_an_answer_belongs_to_its_request_wherever_it_comes() -> None:
    assert pairs("?a ?b !x=1/1 !x=2/2", "?a ?b !x=2/2 !x=1/1") == [(1, 1), (2, 2), (3, 4), (4, 3)]
    assert pairs("?a !x=1/1", "?a !y=2/1") == [(1, 1), (2, 2)]
    assert pairs("?a !x=1/1 !x=2/1", "?a !y=9/1 !x=2/1") == [(1, 1), (2, 2), (3, 3)]
    assert pairs("?a !x=1/1 !x=2/1", "?a !x=2/1 !x=3/1") == [(1, 1), (2, 3), (3, 2)]
    # The same words about another request are another answer.
    assert pairs("?a ?b !x=no/1", "?a ?b !x=no/2") == [(1, 1), (2, 2)]
    assert pairs("!x=no/7", "!x=no/8", {7: 8}) == [(1, 1)]
    assert pairs("!x=no/7", "!x=no/8", {7: 9}) == []
    assert pairs("!x=no/7", "!x=no/8") == []


def test_unasked_messages_may_change_places_when_they_speak_of_something_else() -> None:
    assert pairs("u:ann=1 u:bob=1", "u:bob=1 u:ann=1") == [(1, 2), (2, 1)]
    assert pairs("u:ann=1 u:ann=2", "u:ann=2 u:ann=1") in ([(1, 2)], [(2, 1)])
    assert pairs("u:ann,bob=1 u:ann=2", "u:ann=2 u:ann,bob=1") in ([(1, 2)], [(2, 1)])


def test_an_unasked_message_may_stand_before_or_behind_a_request() -> None:
    assert pairs("?mute u:ann=1", "u:ann=1 ?mute") == [(1, 2), (2, 1)]


def test_not_too_far() -> None:
    many = " ".join(f"q:{number}=1" for number in range(REORDER))
    assert (1, REORDER + 1) in pairs(f"u:ann=1 {many}", f"{many} u:ann=1")
    assert (1, REORDER + 2) not in pairs(f"u:ann=1 {many} q:z=1", f"{many} q:z=1 u:ann=1")


def test_what_is_left_belongs_to_what_speaks_of_the_same() -> None:
    assert pairs("u:ann=1 u:bob=1", "u:bob=2 u:ann=2") in ([(1, 2), (2, 1)],)
    assert pairs("u:ann=1 v:ann=1", "u:ann=2") == [(1, 1)]
    assert pairs("u:ann=1", "u:bob=1") == [(1, 1)]


def test_a_burst_more_shifts_nothing() -> None:
    burst = " ".join(["q:x=5"] * 100)
    assert pairs("?a u:ann=1 ?b u:ann=2", f"?a {burst} u:ann=1 ?b u:ann=2") == [(1, 1), (2, 102), (3, 103), (4, 104)]


def test_many_of_the_same() -> None:
    same = " ".join(["q:x=5"] * 40)
    found = pairs(f"{same} u:ann=1", f"q:x=5 {same} u:ann=1")
    assert len(found) == 41


def test_requests_of_two_sessions_pass_each_other() -> None:
    ann, bob = Item("mute", "x", 1, lane=1), Item("mute", "x", 2, lane=2)
    assert align([ann, bob], [bob, ann], nobody) == {0: 1, 1: 0}
    assert align([ann], [bob], nobody) == {}


WORDS = st.lists(
    st.sampled_from(
        ["?a=1", "?a=2", "?b", "u:ann=1", "u:ann=2", "u:bob=1", "u:ann,bob=1", "q:x=1", "!x=1/1", "!x=2/1", "!x=1/2"]
    ),
    max_size=14,
).map(" ".join)


@given(WORDS, WORDS)
def test_no_pair_passes_another_it_must_not(a: str, b: str) -> None:
    first, second = items(a), items(b)
    found = sorted(align(first, second, nobody).items())
    assert len({j for _, j in found}) == len(found)
    for number, (i, j) in enumerate(found):
        one, other = first[i], second[j]
        assert (one.is_unasked, one.reply_to is None) == (other.is_unasked, other.reply_to is None)
        for later_i, later_j in found[number + 1 :]:
            later, later_other = first[later_i], second[later_j]
            both_asked = one.reply_to is None is later.reply_to and not one.is_unasked and not later.is_unasked
            speaks_of_same = (one.subjects | other.subjects) & (later.subjects | later_other.subjects)
            if both_asked or speaks_of_same:
                assert j < later_j


@given(WORDS)
def test_a_run_belongs_to_itself(text: str) -> None:
    run = items(text)
    found = align(run, run, nobody)
    asked = [at for at, item in enumerate(run) if item.reply_to is None]
    assert {at: found.get(at) for at in asked} == {at: at for at in asked}
