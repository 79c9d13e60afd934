"""Recorded ids and live ones: learned from answers, put into requests wherever an id stands, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.pool import TO_SERVER, envelope_class, message_class
from lksig.session.ids import Ids
from lksig.session.rebinding import PWD_LENGTH, UFRAG_LENGTH, Bindings, id_text
from lksig.wire.codec import decode_frame
from lksig.wire.events import Message, Reading
from lksig.wire.redaction import Secrets
from tests.support.replayed import Side

PEOPLE: Callable[[str], dict[str, Any]] = lambda mark: {  # noqa: E731  # a table that is filled in
    "participants": [
        {
            "sid": f"PA_alice{mark}",
            "identity": "alice",
            "tracks": [
                {"sid": f"TR_cam{mark}", "type": 1, "source": 1},
                {"sid": f"TR_mic{mark}", "type": 0, "source": 2, "name": "mic"},
            ],
            "data_tracks": [{"sid": f"DTR_pose{mark}", "name": "pose"}],
        }
    ]
}


@pytest.fixture
def bindings() -> Bindings:
    """Bindings that have learned alice, her tracks and the own camera."""
    made = Bindings(Ids(lambda below: 0))
    for learn, mark in ((made.learn_recorded, "rec"), (made.learn_live, "live")):
        side = Side()
        for reading in (
            side.join(f"PA_ann{mark}"),
            side.server("update", PEOPLE(mark)),
            side.server("track_published", cid="cam", track={"sid": f"TR_own{mark}"}),
            side.server("publish_data_track_response", info={"sid": f"DTR_own{mark}", "name": "d"}),
        ):
            learn(reading.event)
    return made


def request(case: str, **fields: Any) -> Message:
    message: Message = Side().client(case, **fields).event
    return message


def sent(bindings: Bindings, message: Message, token: str | None = "live token") -> Any:
    return bindings.request(message, token).envelope


@pytest.mark.parametrize(
    ("case", "recorded", "live"),
    [
        ("mute", {"sid": "TR_ownrec", "muted": True}, {"sid": "TR_ownlive", "muted": True}),
        ("subscription", {"track_sids": ["TR_camrec", "TR_micrec"]}, {"track_sids": ["TR_camlive", "TR_miclive"]}),
        (
            "subscription",
            {"participant_tracks": [{"participant_sid": "PA_alicerec", "track_sids": ["TR_camrec"]}]},
            {"participant_tracks": [{"participant_sid": "PA_alicelive", "track_sids": ["TR_camlive"]}]},
        ),
        (
            "update_data_subscription",
            {"updates": [{"track_sid": "DTR_poserec"}, {"track_sid": "DTR_ownrec"}]},
            {"updates": [{"track_sid": "DTR_poselive"}, {"track_sid": "DTR_ownlive"}]},
        ),
        (
            "sync_state",
            {"publish_tracks": [{"cid": "cam", "track": {"sid": "TR_ownrec"}}]},
            {"publish_tracks": [{"cid": "cam", "track": {"sid": "TR_ownlive"}}]},
        ),
        (
            "offer",
            {"type": "offer", "sdp": "v=0", "mid_to_track_id": {"0": "TR_ownrec", "1": "cam"}},
            {"type": "offer", "sdp": "v=0", "mid_to_track_id": {"0": "TR_ownlive", "1": "cam"}},
        ),
    ],
)
def test_ids_are_put_in_where_they_stand(bindings: Bindings, case: str, recorded: Any, live: Any) -> None:
    message = request(case, **recorded)
    assert bindings.missing(message) == []
    going = bindings.request(message, "t")
    assert going.envelope == request(case, **live).envelope
    assert going.raw is None


@pytest.mark.parametrize(
    ("case", "fields"),
    [
        ("update_metadata", {"name": "TR_ownrec", "attributes": {"sid": "TR_ownrec"}, "request_id": 7}),
        ("add_track", {"cid": "TR_ownrec", "name": "PA_alicerec"}),
        ("mute", {"sid": "TR_nobodyknows"}),
        ("publish_data_track_request", {"pub_handle": 1, "name": "d"}),
    ],
)
def test_everything_else_goes_out_byte_for_byte(bindings: Bindings, case: str, fields: Any) -> None:
    message = request(case, **fields)
    assert bindings.missing(message) == []
    assert bindings.request(message, "t").raw == message.raw


def test_a_frame_that_does_not_decode_stays_what_it_is(bindings: Bindings) -> None:
    message = Side().frame(b"\xff\xff").event
    assert bindings.missing(message) == []
    assert bindings.request(message, "t") == (None, b"\xff\xff")


def test_an_id_is_missing_until_the_server_tells_its_own() -> None:
    bindings, side, live = Bindings(Ids(lambda below: 0)), Side(), Side()
    published = side.server("track_published", cid="c", track={"sid": "TR_rec"}).event
    assert bindings.learn_recorded(published) == ["TR_rec"]
    assert bindings.learn_recorded(published) == [], "it was told before"
    mute = request("mute", sid="TR_rec")
    assert bindings.missing(mute) == ["TR_rec"]
    bindings.learn_live(live.server("track_published", cid="c", track={"sid": "TR_live"}).event)
    assert bindings.missing(mute) == []
    assert bindings.live_id("TR_rec") == "TR_live"
    assert bindings.live_id("TR_other") == "TR_other"
    assert bindings.learn_recorded(side.server("track_published", cid="d").event) == [], "no sid at all"


def test_who_comes_back_has_another_sid() -> None:
    bindings = Bindings(Ids(lambda below: 0))
    for learn, mark in ((bindings.learn_recorded, "rec"), (bindings.learn_live, "live")):
        side = Side()
        for n in (1, 2, 2):
            learn(side.server("update", participants=[{"sid": f"PA_{mark}{n}", "identity": "bob"}]).event)
    assert [bindings.live_id(f"PA_rec{n}") for n in (1, 2)] == ["PA_live1", "PA_live2"]


def test_the_offer_that_is_answered_is_found_by_its_place() -> None:
    bindings, recorded, live = Bindings(Ids(lambda below: 0)), Side(), Side()
    bindings.learn_recorded(recorded.join().event)
    for number in (7, 8):
        bindings.learn_recorded(recorded.server("offer", id=number).event)
    answer = request("answer", id=8, sdp="v=0")
    bindings.learn_live(live.join().event)
    bindings.learn_live(live.server("offer", id=200).event)
    assert [id_text(name) for name in bindings.missing(answer)] == ["offer 8"]
    assert sent(bindings, answer).answer.id == 8
    bindings.learn_live(live.server("offer", id=201).event)
    assert bindings.missing(answer) == []
    assert sent(bindings, answer).answer.id == 201
    assert sent(bindings, request("answer", id=99)).answer.id == 99, "to an offer nobody made"
    bindings.learn_recorded(recorded.join().event)
    bindings.learn_recorded(recorded.server("offer", id=8).event)
    assert [id_text(name) for name in bindings.missing(answer)] == ["offer 8"], "a new join counts anew"


def test_rooms_are_learned_and_nothing_else() -> None:
    bindings = Bindings(Ids(lambda below: 0))
    for learn, mark in ((bindings.learn_recorded, "rec"), (bindings.learn_live, "live")):
        side = Side()
        learn(side.server("room_update", room={"sid": f"RM_{mark}"}).event)
        learn(side.server("room_moved", room={"sid": f"RM_b{mark}"}, participant={"sid": f"PA_b{mark}"}).event)
        learn(side.server("speakers_changed").event)
        learn(side.client("mute", sid=f"TR_{mark}").event)
        learn(side.frame(b"").event)
        learn(side.frame(b"\xff").event)
        learn(side.server("refresh_token", "x").event)
    assert bindings.live_id("RM_rec") == "RM_live"
    assert bindings.live_id("RM_brec") == "RM_blive"
    assert bindings.live_id("TR_rec") == "TR_rec"


def test_somebody_who_goes_by_another_identity_is_still_known() -> None:
    bindings = Bindings(Ids(lambda below: 0))
    bindings.rename("ann", "ann")
    bindings.rename("ann", None)
    bindings.rename("ann", "probe")
    bindings.learn_recorded(Side().join("PA_rec").event)
    bindings.learn_live(Side().join("PA_live", "probe").event)
    assert bindings.live_id("PA_rec") == "PA_live"
    message = request("get_data_blob_request", participant_identity="ann", key={"generic": "ann"})
    body = sent(bindings, message).get_data_blob_request
    assert (body.participant_identity, body.key.generic) == ("probe", "ann")


def test_a_hidden_name_names_nothing() -> None:
    bindings = Bindings(Ids(lambda below: 0))
    for learn, mark, name in (
        (bindings.learn_recorded, "rec", "[secret 0123abcd]"),
        (bindings.learn_live, "live", "xxx"),
    ):
        tracks = [{"sid": f"TR_{mark}", "name": name}]
        learn(Side().server("update", participants=[{"sid": f"PA_{mark}", "identity": "a", "tracks": tracks}]).event)
    assert bindings.live_id("TR_rec") == "TR_live"


# --- what redaction took out ----------------------------------------------------------------------------------------

UFRAG, PWD = "QtynhGOwyLmWtbui", "qdJgEtgSvmtkSxGhnognluBcasvxksQg"
SDP = f"v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=ice-ufrag:{UFRAG}\r\na=ice-pwd:{PWD}\r\n"
CANDIDATE = f'{{"candidate":"candidate:1 1 udp 1 192.0.2.2 7882 typ host ufrag {UFRAG}","usernameFragment":"{UFRAG}"}}'


def redacted(message: Message) -> Message:
    """The message as a recording keeps it."""
    done = Secrets(b"0123456789abcdef").overwrite(message)
    again: Message = decode_frame(done.raw, direction=TO_SERVER, t_ns=0, by="user")
    again.places = done.places
    return again


def credentials(text: str) -> list[str]:
    return re.findall(r"(?:ice-ufrag:|ice-pwd:|ufrag |usernameFragment\":\")([A-Za-z0-9]+)", text)


def test_overwritten_credentials_are_made_anew_the_same_everywhere() -> None:
    numbers = iter(range(10_000))
    bindings = Bindings(Ids(lambda below: next(numbers) % below))
    offer = sent(bindings, redacted(request("offer", type="offer", sdp=SDP))).offer
    trickle = sent(bindings, redacted(request("trickle", candidateInit=CANDIDATE))).trickle
    ufrag, pwd = credentials(offer.sdp)
    assert (len(ufrag), len(pwd)) == (len(UFRAG), len(PWD))
    assert len({ufrag, pwd, UFRAG, PWD}) == 4
    assert set(credentials(trickle.candidateInit)) == {ufrag}
    assert offer.sdp.replace(ufrag, UFRAG).replace(pwd, PWD) == SDP


def test_credentials_of_a_recording_that_kept_them_stay() -> None:
    message = request("offer", type="offer", sdp=SDP)
    assert Bindings(Ids(lambda below: 0)).request(message, "t").raw == message.raw


@pytest.mark.parametrize(("token", "name"), [("live token", "my live token!"), (None, "my [jwt 27d7b1d0]!")])
def test_a_token_becomes_the_one_of_the_session(token: str | None, name: str) -> None:
    jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"
    message = redacted(request("update_metadata", name=f"my {jwt}!"))
    assert message.places
    going = sent(Bindings(Ids(lambda below: 0)), message, token)
    assert re.sub("jwt [0-9a-f]{8}", "jwt 27d7b1d0", going.update_metadata.name) == name


def test_a_decoded_join_request_holds_placeholders() -> None:
    bindings = Bindings(Ids(lambda below: 0))
    sdp = "a=ice-ufrag:[secret 0123abcd]\r\na=ice-pwd:[secret 4567abcd]\r\na=ice-pwd:kept1234567890123456789\r\n"
    join_request: Any = message_class("JoinRequest")(publisher_offer={"type": "offer", "sdp": sdp})
    bindings.rewrite(join_request, "t", is_redacted=True)
    found = credentials(join_request.publisher_offer.sdp)
    assert [len(one) for one in found[:2]] == [UFRAG_LENGTH, PWD_LENGTH]
    assert found[2] == "kept1234567890123456789"


SIDS = st.text("ABCDEF", min_size=8, max_size=12)


@given(st.dictionaries(SIDS, SIDS, max_size=5), st.lists(SIDS, max_size=5))
def test_a_request_is_rewritten_id_by_id(known: dict[str, str], sids: list[str]) -> None:
    bindings = Bindings(Ids(lambda below: 0))
    for cid, (recorded, live) in enumerate(known.items()):
        for learn, sid in ((bindings.learn_recorded, recorded), (bindings.learn_live, live)):
            learn(Side().server("track_published", cid=str(cid), track={"sid": sid}).event)
    envelope = envelope_class(TO_SERVER)(subscription={"track_sids": sids})
    reading: Reading = Side().frame(envelope.SerializeToString())
    assert list(sent(bindings, reading.event).subscription.track_sids) == [known.get(sid, sid) for sid in sids]
