"""One participant: its info and its versions, what it may be told, and in which words for which protocol."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.schema.pool import message_class
from lksig.session.hosting import Outbox, Send
from lksig.session.joining import Client, Grants
from lksig.session.people import (
    MAX_REMEMBERED_VERSIONS,
    Action,
    Participant,
    Reason,
    State,
    Subscription,
    leave_body,
)


def person(
    sid: str = "PA_a", *, protocol: int = 17, socket: int | None = 1, state: State = State.JOINED, **fields: Any
) -> Participant:
    fields.setdefault("client", Client(protocol=protocol, client_protocol=3, capabilities=(1,)))
    fields.setdefault("grants", Grants("k", "ann", {"hidden": False}, name="Ann", attributes={"a": "b"}))
    fields.setdefault("single_pc", False)
    return Participant(session=1, sid=sid, joined_ms=1234567, socket=socket, state=state, **fields)


def told(out: Outbox) -> list[Any]:
    return [action.envelope for action in out.take() if isinstance(action, Send)]


def news(sid: str, version: int = 1, *, hidden: bool = False, state: int = 1) -> Any:
    return message_class("ParticipantInfo")(
        sid=sid, identity=sid.lower(), version=version, state=state, permission={"hidden": hidden}
    )


def test_numbers_are_those_of_the_schema() -> None:
    for numbers, name in ((State, "ParticipantInfo.State"), (Action, "LeaveRequest.Action")):
        owner, _, enum = name.partition(".")
        values = message_class(owner).DESCRIPTOR.enum_types_by_name[enum].values_by_name
        assert {one.name: one.value for one in numbers}.items() <= {k: v.number for k, v in values.items()}.items()
    reasons = message_class("LeaveRequest").DESCRIPTOR.fields_by_name["reason"].enum_type.values_by_name
    assert all(reasons[one.name].number == one for one in Reason)


def test_info() -> None:
    info = person(published={"TR_x": message_class("TrackInfo")(sid="TR_x")}).info()
    assert (info.sid, info.identity, info.name, info.state) == ("PA_a", "ann", "Ann", State.JOINED)
    assert (info.joined_at, info.joined_at_ms) == (1234, 1234567)
    assert (info.client_protocol, list(info.capabilities), dict(info.attributes)) == (3, [1], {"a": "b"})
    assert info.permission.can_publish
    assert [track.sid for track in info.tracks] == ["TR_x"]


def test_the_version_grows_when_it_is_looked_at_after_a_change() -> None:
    one = person(state=State.JOINING)
    assert one.info().version == 0
    one.enter(State.JOINED)
    one.is_dirty = True
    assert [one.info().version, one.info().version] == [1, 1]


@pytest.mark.parametrize("state", State)
def test_only_a_joined_one_is_told_of_others(state: State) -> None:
    out = Outbox()
    person(state=state).tell_update(out, [news("PA_b")])
    assert len(told(out)) == (1 if state in (State.JOINED, State.ACTIVE) else 0)


def test_without_a_socket_nothing_is_sent() -> None:
    out = Outbox()
    person(socket=None).tell(out, "pong", 5)
    assert out.take() == []


def test_what_is_sent_has_the_encoding_of_what_came() -> None:
    out = Outbox()
    person(encoding="json").tell(out, "pong", 5)
    (send,) = out.take()
    assert isinstance(send, Send)
    assert (send.socket, send.encoding, send.envelope.pong) == (1, "json", 5)


def test_older_versions_and_hidden_ones_are_not_told() -> None:
    one, out = person(), Outbox()
    one.tell_update(out, [news("PA_b", 2), news("PA_c", hidden=True), news("PA_a", hidden=True)])
    one.tell_update(out, [news("PA_b", 1)])
    one.tell_update(out, [news("PA_b", 2), news("PA_b", 3)])
    sent = [[(info.sid, info.version) for info in one.update.participants] for one in told(out)]
    assert sent == [[("PA_b", 2), ("PA_a", 1)], [("PA_b", 2), ("PA_b", 3)]]


def test_what_join_said_is_known() -> None:
    one, out = person(), Outbox()
    one.knows([news("PA_b", 5)])
    one.tell_update(out, [news("PA_b", 4)])
    assert told(out) == []


def test_so_many_versions_are_remembered() -> None:
    one = person()
    one.knows([news("PA_gone", 9, state=3)])
    assert list(one.told_gone) == ["PA_gone"]
    one.knows([news(f"PA_{number}") for number in range(MAX_REMEMBERED_VERSIONS)])
    assert "PA_gone" not in one.told_versions
    assert not one.told_gone


@pytest.mark.parametrize(
    ("client", "reason", "comes"),
    [
        (Client(17), "OK", True),
        (Client(15), "OK", True),
        (Client(14), "OK", False),
        (Client(0), "NOT_FOUND", True),
        (Client(9, sdk="RUST"), "NOT_FOUND", False),
        (Client(10, sdk="RUST"), "NOT_FOUND", True),
    ],
)
def test_who_gets_a_request_response(client: Client, reason: str, comes: bool) -> None:
    out = Outbox()
    mute = message_class("MuteTrackRequest")(sid="TR_x")
    person(client=client).tell_refusal(out, reason, "why", request_id=3, mute=mute)
    sent = told(out)
    assert len(sent) == comes
    for one in sent:
        assert (one.request_response.request_id, one.request_response.message) == (3, "why")
        assert one.request_response.mute == mute


@pytest.mark.parametrize(
    ("fields", "primary"),
    [
        ({"protocol": 3}, True),
        ({"protocol": 2}, False),
        ({"single_pc": True}, False),
        ({"grants": Grants("k", "a", {"canSubscribe": False})}, False),
    ],
)
def test_who_gets_an_offer(fields: dict[str, Any], primary: bool) -> None:
    assert person(**fields).is_subscriber_primary is primary


def test_leave_before_and_after_protocol_13() -> None:
    assert leave_body(13, Reason.STATE_MISMATCH, Action.RECONNECT) == {"reason": 6, "action": 2}
    assert leave_body(12, Reason.STATE_MISMATCH, Action.RECONNECT) == {"reason": 6, "can_reconnect": True}
    assert leave_body(12, Reason.CLIENT_INITIATED) == {"reason": 1, "can_reconnect": False}


def test_permissions_of_tracks() -> None:
    rule = message_class("TrackPermission")
    other = person(grants=Grants("k", "bob", {}))
    one = person()
    assert one.permits("TR_x", other)
    one.permitted = {}
    assert not one.permits("TR_x", other)
    assert one.permits("TR_x", person(grants=Grants("k", "rec", {"recorder": True})))
    one.permitted = {"bob": rule(track_sids=["TR_x"])}
    assert one.permits("TR_x", other)
    assert not one.permits("TR_y", other)
    one.permitted = {"bob": rule(all_tracks=True)}
    assert one.permits("TR_y", other)


def test_a_queued_track_has_no_sid_of_its_own() -> None:
    track = message_class("TrackInfo")
    one = person(pending={"c": [track(sid="TR_1", name="first"), track(sid="TR_1", name="second")]})
    assert one.pending_track("TR_1").name == "first"
    assert one.pending_track("TR_2") is None


def test_subscribed_means_fulfilled() -> None:
    one = person()
    one.media_subscriptions["TR_x"] = Subscription("TR_x", publisher_sid="PA_b")
    assert not one.is_subscribed_to("PA_b")
    one.data_subscriptions["DTR_x"] = Subscription("DTR_x", is_bound=True, publisher_sid="PA_b")
    assert one.is_subscribed_to("PA_b")
    assert not one.is_subscribed_to("PA_c")
