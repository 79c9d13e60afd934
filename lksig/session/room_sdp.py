"""Offers, answers and candidates of the embedded server, without any media behind them.

Source: livekit-server pkg/rtc/participant.go (HandleOffer, HandleAnswer, HandleICETrickle), transport.go (one
outstanding offer, ids that count up, ICE restart). Observed: livekit-server 1.13.5. Unlike there, a session does not
end when ICE does not come up: it never can.
"""

from __future__ import annotations

import json
from typing import Any

from lksig.session.go_json import CandidateFields, JsonComplaint, read_candidate_init
from lksig.session.people import Action, Participant, Peer, Reason
from lksig.session.rooms import Room
from lksig.session.sdp_rules import Credentials, Sending, fits, is_parseable, is_usable, write_answer, write_offer
from lksig.wire.sdp import parse_candidate, sections

PUBLISHER, SUBSCRIBER = 0, 1
"""Source: livekit_rtc.proto SignalTarget."""
_PORT = 9
"""Of the offered candidates: `discard`."""


def mismatch(room: Room, participant: Participant) -> None:
    """End a session whose description makes no sense: it shall connect anew."""
    room.remove(participant, Reason.STATE_MISMATCH, leave=Action.RECONNECT)


# --- what the client sends ------------------------------------------------------------------------------------------


def handle_offer(room: Room, participant: Participant, request: Any) -> None:
    """`offer`, or the one inside a join request: answered under the same id."""
    if not is_parseable(request.sdp):
        return
    if request.type != "offer" or not is_usable(request.sdp):
        mismatch(room, participant)
        return
    peer = participant.publisher
    first = not peer.was_described
    _introduce(room, peer)
    peer.was_described = True
    peer.offer_sdp = request.sdp
    peer.session_version += 1
    sending = _assigned(room, participant, request.sdp) if participant.single_pc else {}
    sdp = write_answer(request.sdp, _credentials(peer), (peer.session_id, peer.session_version), sending)
    body = {"type": "answer", "sdp": sdp, "id": request.id}
    if sending:
        body["mid_to_track_id"] = {mid: track.track_sid for mid, track in sending.items()}
    participant.tell(room.world.out, "answer", body)
    if first:
        _trickle(room, participant, peer, PUBLISHER, sections(request.sdp)[0].mid or "")
    if peer.bad_candidate:
        mismatch(room, participant)


def handle_answer(room: Room, participant: Participant, request: Any) -> None:
    """`answer` to the server's offer; with a single peer connection nobody asked and nobody looks."""
    if participant.single_pc:
        return
    peer = participant.subscriber
    good = request.type == "answer" and peer.is_waiting and is_parseable(request.sdp) and is_usable(request.sdp)
    if not good or not fits(request.sdp, peer.offer_sdp) or peer.bad_candidate:
        mismatch(room, participant)
        return
    peer.is_waiting = False
    peer.was_described = True
    if peer.wants_offer:
        peer.wants_offer = False
        negotiate_subscriber(room, participant)


def handle_trickle(room: Room, participant: Participant, request: Any) -> None:
    """`trickle`: refused when it is no JSON; a candidate that is none ends the session once a description is there."""
    try:
        fields = read_candidate_init(request.candidateInit)
    except JsonComplaint as complaint:
        participant.tell_refusal(room.world.out, "UNCLASSIFIED_ERROR", str(complaint), trickle=request)
        return
    if participant.single_pc and request.target == SUBSCRIBER:
        return
    peer = participant.publisher if request.target == PUBLISHER else participant.subscriber
    if _is_no_candidate(fields):
        peer.bad_candidate = True
        if peer.was_described:
            mismatch(room, participant)


def _is_no_candidate(fields: CandidateFields) -> bool:
    """Observed: an empty one passes, and so does an address nobody can resolve."""
    text = fields.candidate
    if not text:
        return False
    candidate = parse_candidate(text)
    return text.startswith("a=") or candidate is None or candidate.port > 0xFFFF


# --- what the server sends ------------------------------------------------------------------------------------------


def negotiate_subscriber(room: Room, participant: Participant) -> None:
    """Offer what the participant subscribes to, or let a client with one peer connection know that it should offer."""
    if participant.single_pc:
        # Not totals: what the sections of its last offer cannot take.
        assigned = _assigned(room, participant, participant.publisher.offer_sdp).values()
        wanted = [track.kind for track in _subscribed(room, participant) if track not in assigned]
        body = {"num_audios": wanted.count("audio"), "num_videos": wanted.count("video")}
        participant.tell(room.world.out, "media_sections_requirement", body)
        return
    if not participant.is_subscriber_primary:
        return
    peer = participant.subscriber
    if peer.is_waiting:
        peer.wants_offer = True
        return
    first = not peer.ufrag
    _introduce(room, peer)
    _offer(room, participant)
    if first:
        _trickle(room, participant, peer, SUBSCRIBER)


def restart_ice(room: Room, participant: Participant) -> None:
    """Offer again after a resume or a change of the candidates' protocol.

    An offer that nobody answered is sent once more, with its candidates inside; an answered one is followed by one with
    new credentials.
    """
    peer = participant.subscriber
    if participant.single_pc or not peer.ufrag:
        return
    if peer.is_waiting:
        _offer(room, participant, _candidates(room, participant, peer))
        return
    peer.ufrag = ""
    _introduce(room, peer)
    _offer(room, participant)
    _trickle(room, participant, peer, SUBSCRIBER)


def _offer(room: Room, participant: Participant, candidates: tuple[str, ...] = ()) -> None:
    peer = participant.subscriber
    tracks = _subscribed(room, participant)
    if not candidates:
        peer.session_version += 1
    session = (peer.session_id, peer.session_version)
    peer.offer_sdp = write_offer(_credentials(peer), session, tracks, candidates)
    peer.offer_id = peer.offer_id + 1 if peer.offer_id else room.world.ids.first_offer()
    peer.is_waiting = True
    body: dict[str, Any] = {"type": "offer", "sdp": peer.offer_sdp, "id": peer.offer_id}
    if tracks:
        body["mid_to_track_id"] = {str(mid): track.track_sid for mid, track in enumerate(tracks, 1)}
    participant.tell(room.world.out, "offer", body)


def _introduce(room: Room, peer: Peer) -> None:
    """Give a peer connection its credentials."""
    ids = room.world.ids
    if not peer.ufrag:
        peer.ufrag, peer.pwd = ids.ice_ufrag(), ids.ice_pwd()
    if not peer.fingerprint:
        peer.fingerprint, peer.session_id = ids.fingerprint(), ids.number(62)


def _credentials(peer: Peer) -> Credentials:
    return Credentials(peer.ufrag, peer.pwd, peer.fingerprint)


def _subscribed(room: Room, participant: Participant) -> list[Sending]:
    """The media tracks a participant gets, in the order it subscribed."""
    found = []
    for one in participant.media_subscriptions.values():
        publisher = room.publisher_of(one.track_sid, data=False) if one.is_bound else None
        if publisher is not None:
            kind = "video" if publisher.published[one.track_sid].type == 1 else "audio"
            found.append(Sending(kind, f"{publisher.sid}|{one.track_sid}", one.track_sid))
    return found


def _assigned(room: Room, participant: Participant, offer: str) -> dict[str, Sending]:
    """Subscribed tracks by the mid of an offered section that can receive them, in order."""
    free = [(section.kind, section.mid or "") for section in sections(offer) if section.direction == "recvonly"]
    assigned: dict[str, Sending] = {}
    for track in _subscribed(room, participant):
        mid = next((mid for kind, mid in free if kind == track.kind and mid not in assigned), None)
        if mid is not None:
            assigned[mid] = track
    return assigned


def _candidates(room: Room, participant: Participant, peer: Peer) -> tuple[str, ...]:
    """Two candidates nobody answers at; TCP only for a client that prefers it."""
    address = room.world.options.candidate_address
    udp = f"candidate:1 1 udp 2130706431 {address} {_PORT} typ host ufrag {peer.ufrag}"
    tcp = f"candidate:2 1 tcp 1671430143 {address} {_PORT} typ host tcptype passive ufrag {peer.ufrag}"
    return (tcp,) if participant.identity in room.prefers_tcp else (udp, tcp)


def _trickle(room: Room, participant: Participant, peer: Peer, target: int, mid: str = "0") -> None:
    """Send the candidates one by one; the last one says so."""
    candidates = _candidates(room, participant, peer)
    for number, candidate in enumerate(candidates, 1):
        init = {"candidate": candidate, "sdpMid": mid, "sdpMLineIndex": 0, "usernameFragment": None}
        body = {
            "candidateInit": json.dumps(init, separators=(",", ":")),
            "target": target,
            "final": number == len(candidates),
        }
        participant.tell(room.world.out, "trickle", body)
