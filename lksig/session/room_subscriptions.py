"""Who subscribes to whose tracks, and what each side is told of it.

A subscription is a wish; it is fulfilled when the track exists, the publisher permits it, and the subscriber may
subscribe at all. Each change of one of the three leads back here (`reconcile`), as on the real server.

Source: livekit-server pkg/rtc/subscriptionmanager.go, datatrack.go, uptrackmanager.go. Observed: livekit-server 1.13.5;
unsubscribing a data track that never existed blocks that version for good (fixed in 1.13.7) and does not block here.
"""

from __future__ import annotations

from typing import Any

from lksig.session.people import Participant, Subscription
from lksig.session.room_sdp import negotiate_subscriber
from lksig.session.rooms import Room


def subscribe_to_existing(room: Room, participant: Participant) -> None:
    """Auto-subscribe a newcomer, before its first offer. Source: room.go Join, from protocol 8 on."""
    if not (participant.single_pc or (participant.is_subscriber_primary and participant.protocol >= 8)):
        return
    for other in room.others(participant):
        if participant.auto_subscribe:
            for sid in other.published:
                subscribe(room, participant, sid, on=True, negotiates=False)
        if participant.auto_subscribe_data:
            for info in list(other.data_tracks.values()):
                subscribe_data(room, participant, info.sid, on=True)


def handle_subscription(room: Room, participant: Participant, request: Any) -> None:
    """`subscription`: of `participant_tracks` only the track sids count."""
    sids = [*request.track_sids, *(sid for one in request.participant_tracks for sid in one.track_sids)]
    for sid in sids:
        subscribe(room, participant, sid, on=request.subscribe)


def handle_data_subscription(room: Room, participant: Participant, request: Any) -> None:
    """`update_data_subscription`; options are accepted and mean nothing without data."""
    for update in request.updates:
        subscribe_data(room, participant, update.track_sid, on=update.subscribe)


def handle_permission(room: Room, participant: Participant, request: Any) -> None:
    """`subscription_permission`: the whole rule set is replaced; one entry without a name, and the old one stays."""
    rules: dict[str, Any] | None = None
    if not request.all_participants:
        rules = {}
        for rule in request.track_permissions:
            if not rule.participant_identity and not rule.participant_sid:
                return
            known = room.find(rule.participant_sid)
            identity = rule.participant_identity or (known.identity if known is not None else "")
            if identity:
                rules[identity] = rule
    participant.permitted = rules
    for other in room.others(participant):
        _revoke(room, participant, other)


def _revoke(room: Room, publisher: Participant, subscriber: Participant) -> None:
    """Apply changed permissions of a publisher to one subscriber."""
    for one in list(subscriber.data_subscriptions.values()):
        if room.publisher_of(one.track_sid, data=True) is publisher:
            if one.is_bound and not publisher.permits(one.track_sid, subscriber):
                one.is_bound = False
                _tell_handles(room, subscriber)
            _reconcile_data(room, subscriber, one)
    for one in list(subscriber.media_subscriptions.values()):
        if one.track_sid in publisher.published:
            if one.is_bound and not publisher.permits(one.track_sid, subscriber):
                one.is_bound = False
                negotiate_subscriber(room, subscriber)
            _reconcile(room, subscriber, one)


# --- media tracks ---------------------------------------------------------------------------------------------------


def subscribe(room: Room, participant: Participant, sid: str, *, on: bool, negotiates: bool = True) -> None:
    """Wish for a media track, or no longer."""
    one = participant.media_subscriptions.get(sid)
    if on:
        one = participant.media_subscriptions.setdefault(sid, one or Subscription(sid))
        one.desired = True
        _reconcile(room, participant, one, negotiates=negotiates)
    elif one is not None:
        del participant.media_subscriptions[sid]
        if one.is_bound:
            negotiate_subscriber(room, participant)


def _reconcile(room: Room, participant: Participant, one: Subscription, *, negotiates: bool = True) -> None:
    publisher = room.publisher_of(one.track_sid, data=False)
    if one.is_bound or publisher is None or not _is_allowed(room, publisher, participant, one):
        return
    one.is_bound = True
    if negotiates:
        negotiate_subscriber(room, participant)


def _is_allowed(room: Room, publisher: Participant, participant: Participant, one: Subscription) -> bool:
    """Whether it may subscribe; it is told when the publisher's word on it is new."""
    if not participant.grants.can_subscribe:
        return False
    one.publisher_sid, one.publisher_identity = publisher.sid, publisher.identity
    allowed = publisher.permits(one.track_sid, participant)
    if allowed is not one.allowed:
        one.allowed = allowed
        body = {"participant_sid": publisher.sid, "track_sid": one.track_sid, "allowed": allowed}
        participant.tell(room.world.out, "subscription_permission_update", body)
    return allowed


# --- data tracks ----------------------------------------------------------------------------------------------------


def subscribe_data(room: Room, participant: Participant, sid: str, *, on: bool) -> None:
    """Wish for a data track, or no longer; the second is told twice, as on the real server."""
    one = participant.data_subscriptions.get(sid)
    if on:
        one = participant.data_subscriptions.setdefault(sid, one or Subscription(sid))
        one.desired = True
        _reconcile_data(room, participant, one)
    elif one is not None and one.desired:
        _unsubscribe_data(room, participant, one)


def _unsubscribe_data(room: Room, participant: Participant, one: Subscription) -> None:
    one.desired = False
    if one.is_bound:
        one.is_bound = False
        _tell_handles(room, participant)
    del participant.data_subscriptions[one.track_sid]
    _tell_handles(room, participant)


def _reconcile_data(room: Room, participant: Participant, one: Subscription) -> None:
    publisher = room.publisher_of(one.track_sid, data=True)
    if one.is_bound or publisher is None or not _is_allowed(room, publisher, participant, one):
        return
    one.handle = participant.next_handle
    participant.next_handle = one.handle % 0xFFFF + 1
    one.is_bound = True
    _tell_handles(room, participant)


def _tell_handles(room: Room, participant: Participant) -> None:
    """Send the complete map, which may be empty and may repeat."""
    handles = {
        one.handle: {
            "publisher_identity": one.publisher_identity,
            "publisher_sid": one.publisher_sid,
            "track_sid": one.track_sid,
        }
        for one in participant.data_subscriptions.values()
        if one.desired and one.is_bound
    }
    participant.tell(room.world.out, "data_track_subscriber_handles", {"sub_handles": handles})


def data_track_appeared(room: Room, publisher: Participant, sid: str) -> None:
    """A data track was published: whoever waits for it gets it."""
    for other in room.others(publisher):
        one = other.data_subscriptions.get(sid)
        if one is not None:
            _reconcile_data(room, other, one)


def reconcile_tick(room: Room, participant: Participant) -> None:
    """A subscriber's tick: let go of what is no longer there."""
    for one in list(participant.data_subscriptions.values()):
        if not one.desired:
            _unsubscribe_data(room, participant, one)
