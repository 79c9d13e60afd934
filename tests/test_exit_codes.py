"""Exit codes: the numbers are public, and so is which one counts."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.exit_codes import PRECEDENCE, ExitCode, worst


def test_the_numbers_are_fixed() -> None:
    assert {code.name: int(code) for code in ExitCode} == {
        "DONE": 0,
        "CHECK_FAILED": 1,
        "USAGE": 2,
        "TRANSPORT": 3,
        "AUTH": 4,
        "UNDECODABLE": 5,
        "DEADLINE": 6,
        "RECORDING": 7,
        "ENDED": 8,
        "BUG": 70,
        "INTERRUPTED": 130,
        "READER_GONE": 141,
        "TERMINATED": 143,
    }


def test_the_order_is_the_contracts() -> None:
    assert [code for code in PRECEDENCE if code not in (143, 0)] == [70, 130, 141, 4, 3, 8, 2, 7, 6, 5, 1]
    assert set(PRECEDENCE) == set(ExitCode)
    # SIGTERM is a Ctrl-C that exits otherwise.
    assert PRECEDENCE.index(ExitCode.TERMINATED) == PRECEDENCE.index(ExitCode.INTERRUPTED) + 1


@pytest.mark.parametrize(("first", "second"), list(itertools.pairwise(PRECEDENCE)))
def test_the_earlier_one_counts(first: ExitCode, second: ExitCode) -> None:
    assert worst([second, first]) is first
    assert worst([first, second]) is first


def test_no_cause_is_done() -> None:
    assert worst([]) is ExitCode.DONE
    assert worst([0, 0]) is ExitCode.DONE


def test_a_number_that_is_no_exit_code() -> None:
    with pytest.raises(ValueError, match="99"):
        worst([99])


@given(st.lists(st.sampled_from([int(code) for code in ExitCode])))
def test_the_order_of_causes_does_not_matter(codes: list[int]) -> None:
    assert worst(codes) is worst(reversed(codes))
    assert not codes or worst(codes) in codes
