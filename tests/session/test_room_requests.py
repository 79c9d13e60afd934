"""Requests without a room of their own: pings, leave, metadata, sync_state, simulate; and that none is forgotten."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lksig.schema.pool import TO_SERVER, case_fields
from lksig.session.room_requests import HANDLERS
from lksig.session.rooms import Options
from tests.support.house import WALL_S, House, HouseClient
from tests.support.messages import envelopes

META = {"canUpdateOwnMetadata": True}
WITHOUT_HANDLER = {"track_setting", "update_layers"}


@pytest.fixture
def house() -> House:
    return House()


def quiet(client: HouseClient) -> HouseClient:
    """The same client, once nothing more comes by itself."""
    client.house.wait(6)
    client.take()
    return client


def test_every_case_of_the_schema_is_known() -> None:
    assert set(HANDLERS) | WITHOUT_HANDLER == set(case_fields(TO_SERVER))


@pytest.mark.parametrize("case", sorted(WITHOUT_HANDLER))
def test_what_means_nothing_without_media_is_ignored(house: House, case: str) -> None:
    assert quiet(house.client("ann")).ask({case: {}}) == []


def test_pings(house: House) -> None:
    ann = quiet(house.client("ann"))
    pong, response = ann.ask({"ping": 5}, {"ping_req": {"timestamp": 77, "rtt": 3}})
    assert pong.pong == (WALL_S + 6) * 1000
    assert response.pong_resp.last_ping_timestamp == 77
    assert response.pong_resp.timestamp == (WALL_S + 6) * 1000


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("CLIENT_INITIATED", 1),
        ("USER_UNAVAILABLE", 11),
        ("USER_REJECTED", 12),
        ("AGENT_ERROR", 16),
        ("SERVER_SHUTDOWN", 1),
    ],
)
def test_leave_is_echoed(house: House, asked: str, given: int) -> None:
    ann = quiet(house.client("ann"))
    (leave,) = ann.ask({"leave": {"reason": asked, "action": "RESUME"}})
    assert (leave.leave.reason, leave.leave.action) == (given, 0)
    assert ann.closed == (1000, "")
    ann.send({"ping": 1})
    assert ann.take() == []


# --- metadata -------------------------------------------------------------------------------------------------------


def update(**fields: Any) -> dict[str, Any]:
    return {"update_metadata": {"request_id": 7, **fields}}


def test_each_part_that_changes_is_told_by_itself(house: House) -> None:
    bob = house.client("bob")
    ann = quiet(house.client("ann", grants=META, claims={"attributes": {"k": "v", "z": "1"}}))
    bob.take()
    ann.send(update(name="Ann", metadata="m", attributes={"k": "", "new": "x"}))
    assert ann.cases() == [*["update", "refresh_token"] * 3, "request_response"]
    infos = [one.update.participants[0] for one in bob.take("update")]
    assert [(one.name, one.metadata) for one in infos] == [("Ann", ""), ("Ann", "m"), ("Ann", "m")]
    assert dict(infos[-1].attributes) == {"z": "1", "new": "x"}
    assert [one.version for one in infos] == [2, 3, 4]


def test_what_does_not_change_is_not_told_but_attributes_always_are(house: House) -> None:
    ann = quiet(house.client("ann", grants=META))
    ann.ask(update(name="Ann", metadata="m", attributes={"a": "b"}))
    assert [one.WhichOneof("message") for one in ann.ask(update(name="Ann", metadata="m"))] == ["request_response"]
    assert len(ann.ask(update(attributes={"a": "b"}))) == 3
    (ok,) = ann.ask(update())
    assert (ok.request_response.request_id, ok.request_response.reason) == (7, 0)
    assert ok.request_response.update_metadata.request_id == 7


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "n" * 257}, "exceeds name length limit"),
        ({"metadata": "n" * (512 * 1024 + 1)}, "exceeds metadata size limit"),
        ({"attributes": {"a": "n" * 65536}}, "exceeds attributes size limit"),
    ],
)
def test_limits(house: House, fields: dict[str, Any], message: str) -> None:
    (refused,) = quiet(house.client("ann", grants=META)).ask(update(**fields))
    assert (refused.request_response.reason, refused.request_response.message) == (3, message)


def test_the_grant_is_needed(house: House) -> None:
    (refused,) = quiet(house.client("ann")).ask(update())
    assert refused.request_response.reason == 2
    assert refused.request_response.message == "does not have permission to update own metadata"


def test_a_hidden_one_hears_only_itself(house: House) -> None:
    bob = house.client("bob")
    ann = quiet(house.client("ann", grants={**META, "hidden": True}))
    bob.take()
    assert [one.WhichOneof("message") for one in ann.ask(update(name="x"))] == [
        "update",
        "refresh_token",
        "request_response",
    ]
    assert bob.take() == []


# --- sync_state -----------------------------------------------------------------------------------------------------


def test_a_state_that_fits(house: House) -> None:
    ann = quiet(house.client("ann"))
    track = ann.ask({"add_track": {"cid": "c"}})[0].track_published.track
    (published,) = ann.ask({"publish_data_track_request": {"pub_handle": 1, "name": "d"}})
    state = {
        "publish_tracks": [{"cid": "c", "track": {"sid": track.sid}}],
        "publish_data_tracks": [{"info": {"sid": published.publish_data_track_response.info.sid}}],
        "subscription": {"track_sids": ["TR_x"], "subscribe": True},
    }
    assert ann.ask({"sync_state": state}, {"sync_state": {}}) == []
    assert "TR_x" in house.server.rooms["r"].participants["ann"].media_subscriptions


@pytest.mark.parametrize(
    "state",
    [
        {"publish_tracks": [{"cid": "c"}]},
        {"publish_tracks": [{"track": {"sid": "TR_x"}}]},
        {"publish_data_tracks": [{}]},
        {"publish_data_tracks": [{"info": {"sid": "DTR_x"}}]},
    ],
)
def test_a_state_that_does_not_fit_ends_the_session(house: House, state: dict[str, Any]) -> None:
    ann = quiet(house.client("ann"))
    (leave,) = ann.ask({"sync_state": state})
    assert (leave.leave.reason, leave.leave.action) == (6, 2)


# --- simulate -------------------------------------------------------------------------------------------------------


def simulate(**scenario: Any) -> dict[str, Any]:
    return {"simulate": scenario}


def test_a_speaker_is_heard_by_itself_and_by_subscribers(house: House) -> None:
    ann = house.client("ann")
    ann.send({"publish_data_track_request": {"pub_handle": 1, "name": "d"}})
    (published,) = ann.take("publish_data_track_response")
    sid = published.publish_data_track_response.info.sid
    subscriber, other = house.client("bob"), house.client("cat")
    deaf = house.client("dan", params={"protocol": "2"})
    for one in (subscriber, deaf):
        one.send({"update_data_subscription": {"updates": [{"track_sid": sid, "subscribe": True}]}})
    quiet(ann)
    for one in (subscriber, other, deaf):
        one.take()
    ann.send(simulate(speaker_update=2))
    house.wait(2.5)
    for one in (ann, subscriber):
        heard = [(said.active, round(said.level, 2)) for m in one.take() for said in m.speakers_changed.speakers]
        assert heard == [(True, 0.9), (False, 0.0)]
    assert other.take() == deaf.take() == []


@pytest.mark.parametrize(
    ("scenario", "leaves", "reason"),
    [("node_failure", [], 3), ("migration", [], 8), ("server_leave", [(3, 0)], 3)],
)
def test_a_session_is_lost(house: House, scenario: str, leaves: list[tuple[int, int]], reason: int) -> None:
    bob = house.client("bob")
    ann = quiet(house.client("ann"))
    bob.take()
    ann.send(simulate(**{scenario: False}))
    assert [(one.leave.reason, one.leave.action) for one in ann.take("leave")] == leaves
    assert ann.closed == (1000, "")
    house.wait(3)
    (gone,) = bob.take("update")
    assert (gone.update.participants[0].state, gone.update.participants[0].disconnect_reason) == (3, reason)


def test_the_next_join_knows_of_tcp(house: House) -> None:
    ann = quiet(house.client("ann"))
    assert [one.WhichOneof("message") for one in ann.ask(simulate(switch_candidate_protocol="TLS"))] == ["offer"]
    assert not house.client("ann").take("join")[0].join.fast_publish
    house.client("bob").send(simulate(switch_candidate_protocol="UDP"))
    assert house.client("bob").take("join")[0].join.fast_publish


@pytest.mark.parametrize(
    "scenario",
    [
        {},
        {"leave_request_full_reconnect": True},
        {"subscriber_bandwidth": 5},
        {"disconnect_signal_on_resume": True},
        {"disconnect_signal_on_resume_no_messages": True},
    ],
)
def test_scenarios_that_do_nothing_at_once(house: House, scenario: dict[str, Any]) -> None:
    ann = quiet(house.client("ann"))
    assert ann.ask(simulate(**scenario)) == []
    assert ann.closed is None


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(envelopes(TO_SERVER, unknown=True), st.booleans(), st.integers(0, 4)), max_size=8))
def test_whatever_is_asked_the_server_stays_up(requests: list[tuple[tuple[Any, Any], bool, int]]) -> None:
    house = House(Options(simulated=("alice",)))
    clients = [house.client("ann", grants=META), house.client("bob", path="v1")]
    for (_, envelope), first, wait_s in requests:
        client = clients[not first]
        if client.closed is not None:
            client = clients[not first] = house.client("ann" if first else "bob", grants=META)
        client.frame(envelope.SerializeToString())
        house.wait(wait_s)
    house.client("cat")
    house.wait(20)
    for client in house.clients.values():
        for sent in client.take():
            assert sent.SerializeToString()
