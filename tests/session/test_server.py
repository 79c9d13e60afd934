"""The machine as a whole: the real server's transcripts, how sessions begin and end, and the server's own deadlines."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.session.hosting import (
    Accept,
    Cancel,
    CloseSocket,
    Expired,
    Gone,
    Opened,
    Received,
    Requested,
    Respond,
    Schedule,
    SendPing,
    Stopped,
)
from lksig.session.rooms import Options
from lksig.session.server import RoomServer
from tests.playbook import Playbook
from tests.support.golden import check_golden
from tests.support.house import UPGRADE, WALL_S, House, play
from tests.support.live_driver import target, token
from tests.support.scenarios import SCENARIOS, Join, Scenario

S = 1_000_000_000
AGAIN = {"reconnect": "1"}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_it_says_what_the_real_server_said(scenario: Scenario, update_golden: bool) -> None:
    """The kept transcripts are livekit-server's: every one was equal to what 1.13.5 said in a run of its own."""
    check_golden(f"server/{scenario.name}.txt", play(scenario), update=update_golden)


def requested(step: Join, socket: int = 1) -> Requested:
    return Requested(0, socket, "GET", target(step, "r", token(step, "r", now_s=WALL_S)), UPGRADE)


def is_message(action: Any) -> bool:
    return type(action).__name__ == "Send"


def is_room_timer(action: Any) -> bool:
    return isinstance(action, Schedule) and action.timer[0] in ("room", "batch", "token")  # type: ignore[index]


def test_a_session_as_a_playbook() -> None:
    machine = RoomServer(Options(), wall_ns=WALL_S * S, below=lambda limit: 0)
    join = Join("ann", path="v1")
    sid = "PA_" + "2" * 12
    gone = [Cancel((name, sid)) for name in ("token", "subscriptions", "join")]
    (
        Playbook(machine)
        >> requested(join)
        << Schedule(("empty", "r"), 300)
        << (lambda action: isinstance(action, Accept) and action.session == 1 and action.room == "r")
        << Schedule(("ws_ping", 1), 10)
        << Cancel(("empty", "r"))
        << is_room_timer
        << is_message
        << is_message
        << is_room_timer
        << is_room_timer
        >> Opened(1, 1)
        >> Expired(10 * S, ("ws_ping", 1))
        << SendPing(1)
        << Schedule(("ws_ping", 1), 10)
        >> Gone(11 * S, 1)
        << gone[0]
        << gone[1]
        << gone[2]
        << CloseSocket(1)
        << Schedule(("empty", "r"), 20)
        >> Gone(12 * S, 1)
        >> Expired(20 * S, ("ws_ping", 1))
        >> Expired(21 * S, "nonsense")
        >> Expired(22 * S, ("nonsense", "r"))
    ).check()


# --- requests -------------------------------------------------------------------------------------------------------


@pytest.fixture
def house() -> House:
    return House()


def test_a_request_without_a_token_is_answered(house: House) -> None:
    for path, session in (("/", 0), ("/nope", 0), ("/rtc/validate", 1), ("/rtc", 2)):
        response = house.request(path).response
        assert isinstance(response, Respond)
        assert response.session == session
    ann = house.client("ann")
    assert ann.accepted is not None
    assert ann.accepted.session == 3


def test_what_is_accepted_is_said(house: House) -> None:
    accepted = house.client("ann", path="v1").accepted
    assert accepted is not None
    assert (accepted.path, accepted.room, accepted.identity, accepted.resumed) == ("v1", "r", "ann", False)
    assert accepted.join_request.client_info.protocol == 17


@pytest.mark.parametrize("claims", [{"metadata": "m" * (512 * 1024 + 1)}, {"attributes": {"a": "b" * 65536}}])
def test_a_token_that_says_too_much(house: House, claims: dict[str, Any]) -> None:
    response = house.client("ann", claims=claims).response
    assert isinstance(response, Respond)
    assert (response.status, response.body) == (500, b"connection closed by media")


def test_a_strange_room_config_is_ignored(house: House) -> None:
    assert house.client("ann", claims={"roomConfig": "x"}).response is None


def test_a_full_room_shows_whom_it_turns_away() -> None:
    house = House(Options(max_participants=1))
    ann = house.client("ann", params={"protocol": "11"})
    house.wait(4)
    ann.take()
    bob = house.client("bob")
    assert bob.response is not None
    assert (bob.response.status, bob.response.body) == (500, b"connection closed by media")
    house.wait(3)
    told = [
        (info.identity, info.state, info.disconnect_reason)
        for one in ann.take("update")
        for info in one.update.participants
    ]
    assert told == [("bob", 3, 7)] * 3
    assert house.client("ann").response is None
    assert house.client("spy", grants={"recorder": True}).response is None


# --- how sessions end -----------------------------------------------------------------------------------------------


def test_a_frame_that_does_not_decode_ends_the_session_without_a_word(house: House) -> None:
    ann = house.client("ann")
    ann.take()
    ann.frame(b"\x2a\x05abc")
    assert ann.closed == (1000, "")
    assert ann.take() == []
    assert not house.server.rooms["r"].participants


@pytest.mark.parametrize(("data", "text"), [(b"", False), (b"{}", True), (b"\xf8\x06\x01", False)])
def test_an_envelope_without_a_known_case_is_accepted(house: House, data: bytes, text: bool) -> None:
    ann = house.client("ann")
    ann.take()
    ann.frame(data, text=text)
    assert ann.take() == []
    assert ann.closed is None


def test_answers_come_as_the_last_message_came(house: House) -> None:
    ann = house.client("ann")
    ann.send({"ping": 1}, text=True)
    ann.send({"ping": 1})
    assert ann.encodings[-2:] == ["json", "protobuf"]


def test_a_socket_that_goes_away_is_the_end(house: House) -> None:
    bob, ann = house.client("bob"), house.client("ann")
    house.wait(4)
    bob.take()
    ann.close()
    house.wait(3)
    (gone,) = bob.take("update")
    assert gone.update.participants[0].disconnect_reason == 9


def test_what_comes_after_the_end_is_not_looked_at(house: House) -> None:
    ann = house.client("ann")
    ann.send({"leave": {}})
    ann.take()
    ann.send({"ping": 1})
    assert ann.take() == []


def test_nobody_to_resume(house: House) -> None:
    for protocol, leave in ((17, (2, False)), (12, (0, True))):
        ann = house.client("ann", params={**AGAIN, "protocol": str(protocol)})
        assert ann.accepted is not None
        assert not ann.accepted.resumed
        (only,) = ann.take()
        assert (only.leave.action, only.leave.can_reconnect, only.leave.reason) == (*leave, 6)
        assert ann.closed == (1000, "")


def test_the_old_socket_of_a_resumed_session_means_nothing(house: House) -> None:
    old = house.client("ann")
    new = house.client("ann", params=AGAIN)
    assert old.accepted is not None
    assert new.accepted is not None
    assert new.accepted.session == old.accepted.session
    house.handle(Gone(house.t_ns, old.socket))
    assert house.server.rooms["r"].participants
    assert new.closed is None


def test_without_media_sessions_last_unless_told_otherwise() -> None:
    lasting, short = House(), House(Options(join_timeout_s=60))
    clients = [house.client("ann") for house in (lasting, short)]
    for house in (lasting, short):
        house.wait(3000)
    assert clients[0].closed is None
    assert [(one.leave.reason, one.leave.action) for one in clients[1].take("leave")] == [(7, 0)]
    assert clients[1].closed == (1000, "")


def test_a_deadline_nobody_knows_means_nothing(house: House) -> None:
    ann = house.client("ann")
    sid = ann.take("join")[0].join.participant.sid
    house.handle(Expired(house.t_ns, ("nonsense", sid)))
    house.handle(Expired(house.t_ns, ("token", "PA_x")))
    assert ann.take("leave", "update") == []


def test_simulated_participants_do_things() -> None:
    house = House(Options(simulated=("alice",)))
    ann = house.client("ann")
    house.wait(5)
    assert ann.take("speakers_changed")


def test_pings_of_the_socket_stop_with_it(house: House) -> None:
    ann = house.client("ann")
    house.wait(35)
    assert ann.pings == 3
    ann.close()
    house.wait(35)
    assert ann.pings == 3


def test_stopping_tells_everybody(house: House) -> None:
    clients = [house.client("ann"), house.client("bob", room="s", params={"protocol": "12"})]
    for one in clients:
        one.take()
    house.stop()
    assert [[(m.leave.reason, m.leave.action) for m in one.take("leave")] for one in clients] == [[(3, 0)], [(3, 0)]]
    assert [one.closed for one in clients] == [(1000, ""), (1000, "")]
    assert house.server.rooms == {}
    assert list(house.server.handle(Stopped(house.t_ns))) == []


def test_the_same_numbers_give_the_same_session() -> None:
    def joined() -> bytes:
        (join,) = House(seed=5).client("ann").take("join")
        return bytes(join.SerializeToString(deterministic=True))

    assert joined() == joined()


def test_a_message_for_a_socket_that_was_never_there(house: House) -> None:
    ann = house.client("ann")
    message = Received(0, 99, None)  # type: ignore[arg-type]  # it is not looked at
    assert list(house.server.handle(message)) == []
    assert ann.closed is None
