"""Renewed tokens are genuine, say the same of their bearer, and live long enough."""

from __future__ import annotations

from typing import Any

from lksig.session.rooms import Options
from lksig.wire.access_token import Token, verify
from tests.support.house import WALL_S, House, HouseClient


def renewed(client: HouseClient) -> list[Token]:
    """The tokens that came, verified."""
    now_s = WALL_S + client.house.t_ns / 1e9
    return [verify(one.refresh_token, {"devkey": "secret"}, now_s) for one in client.take("refresh_token")]


def test_a_session_starts_with_one_and_gets_one_every_five_minutes() -> None:
    house = House()
    ann = house.client("ann", claims={"name": "Ann", "metadata": "m", "attributes": {"a": "b"}, "kind": "sip"})
    (first,) = renewed(ann)
    assert (first.identity, first.name, first.room) == ("ann", "Ann", "r")
    assert first.claims["identity"] == "ann"
    assert (first.claims["metadata"], first.claims["attributes"], first.claims["kind"]) == ("m", {"a": "b"}, "sip")
    house.wait(299)
    assert renewed(ann) == []
    house.wait(602)
    assert [token.issued_s for token in renewed(ann)] == [WALL_S + 300, WALL_S + 600, WALL_S + 900]


def test_it_lives_as_long_as_the_original_and_at_least_ten_minutes() -> None:
    house = House()
    ann = house.client("ann")
    house.wait(3500)
    assert [token.expires_s for token in renewed(ann)][:2] == [WALL_S + 3600, WALL_S + 3600]
    house.wait(200)
    assert [token.expires_s for token in renewed(ann)] == [WALL_S + 3600 + 600]


def test_grants_that_say_nothing_are_left_out() -> None:
    grants: dict[str, Any] = {
        "hidden": False,
        "canPublish": False,
        "canSubscribe": None,
        "canPublishSources": [],
        "destinationRoom": "",
        "roomAdmin": True,
    }
    (token,) = renewed(House().client("ann", grants=grants))
    assert token.grants == {"roomJoin": True, "room": "r", "canPublish": False, "roomAdmin": True}


def test_changed_claims_are_in_the_next_one() -> None:
    ann = House().client("ann", grants={"canUpdateOwnMetadata": True})
    ann.take()
    ann.send({"update_metadata": {"name": "Ann B."}})
    assert [token.name for token in renewed(ann)] == ["Ann B."]


def test_a_simulated_participant_gets_none() -> None:
    house = House(Options(simulated=("alice",)))
    ann = house.client("ann")
    house.wait(17)
    assert len(renewed(ann)) == 1
