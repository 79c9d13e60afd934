"""The drawing of the session states shows every step of the machine, and no other."""

from __future__ import annotations

import re

from docs.generators import states
from lksig.session.client import TRANSITIONS


def test_every_step_is_drawn_with_words() -> None:
    steps = {(one, other) for one, others in TRANSITIONS.items() for other in others}
    assert states.STEPS.keys() == steps
    drawn = re.findall(r"^    ([A-Z]+) --> ([A-Z]+): (.+)$", states.text(), re.MULTILINE)
    assert {(one, other): words for one, other, words in drawn} == states.STEPS


def test_every_state_is_explained() -> None:
    assert states.MEANINGS.keys() == TRANSITIONS.keys()


def test_it_is_a_drawing_that_mermaid_reads() -> None:
    """A `:` in the words of an arrow would end them."""
    assert [words for words in states.STEPS.values() if re.search(r"[:;#]", words)] == []
