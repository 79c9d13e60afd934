"""Ids look as LiveKit's do, and the same source gives the same ones."""

from __future__ import annotations

import random
import re

import pytest

from lksig.session.ids import ALPHABET, Ids


def ids(seed: int = 7) -> Ids:
    return Ids(random.Random(seed).randrange)


def test_the_alphabet_has_no_lookalikes() -> None:
    assert len(set(ALPHABET)) == 57
    assert not set("01IOl") & set(ALPHABET)


@pytest.mark.parametrize("prefix", ["PA", "RM", "DTR", "ND"])
def test_a_sid_is_prefix_and_twelve(prefix: str) -> None:
    assert re.fullmatch(rf"{prefix}_[{ALPHABET}]{{12}}", ids().sid(prefix))


@pytest.mark.parametrize(
    ("kind", "source", "letters"),
    [(1, 1, "VC"), (0, 2, "AM"), (1, 3, "VS"), (0, 4, "As"), (1, 0, "V"), (0, 0, "A"), (2, 9, "")],
)
def test_a_track_says_what_it_is(kind: int, source: int, letters: str) -> None:
    assert re.fullmatch(rf"TR_{letters}[{ALPHABET}]{{12}}", ids().track(kind, source))


def test_offers_start_between_2_and_257() -> None:
    assert Ids(lambda n: 0).first_offer() == 2
    assert Ids(lambda n: n - 1).first_offer() == 257


def test_handles_start_between_1_and_256() -> None:
    assert Ids(lambda n: 0).first_handle() == 1
    assert Ids(lambda n: n - 1).first_handle() == 256


def test_secrets_and_credentials() -> None:
    made = ids()
    assert re.fullmatch(r"[0-9A-Za-z]{43}", made.secret())
    assert re.fullmatch(r"[A-Za-z]{16}", made.ice_ufrag())
    assert re.fullmatch(r"[A-Za-z]{32}", made.ice_pwd())
    assert re.fullmatch(r"([0-9A-F]{2}:){31}[0-9A-F]{2}", made.fingerprint())
    assert 0 <= made.number(62) < 1 << 62


def test_the_source_decides() -> None:
    assert ids().sid("PA") == ids().sid("PA") != ids(8).sid("PA")
