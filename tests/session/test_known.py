"""What one session knows that can be typed."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.lexer import Span
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, envelope_class
from lksig.schema.references import parse_reference
from lksig.schema.suggestions import KnownKind
from lksig.session.known import MAX_KEYS, MAX_MESSAGES, MAX_NAME, KnownValues
from lksig.session.references import ReferenceBook
from lksig.wire.events import By, Message, Note, Reading, Start
from tests.support.readings import start

ALICE = {
    "identity": "alice",
    "sid": "PA_alice",
    "name": "Alice A.",
    "attributes": {"lk.mood": "secret-value"},
    "tracks": [
        {"sid": "TR_cam", "name": "cam", "type": "VIDEO", "source": "CAMERA", "width": 1280, "height": 720},
        {"sid": "TR_mic", "type": "AUDIO", "source": "MICROPHONE", "muted": True},
        {"sid": "TR_odd", "type": 77},
    ],
    "data_tracks": [{"sid": "DTR_chat", "name": "chat", "pub_handle": 7}],
}
BOB = {"identity": "bob", "sid": "PA_bob"}
ME = {"identity": "probe", "sid": "PA_me", "attributes": {"mine": "x"}}
JOIN = {
    "participant": ME,
    "other_participants": [ALICE, BOB],
    "enabled_publish_codecs": [{"mime": "video/VP8"}, {"mime": "audio/opus"}, {"mime": "video/VP8"}],
}


class Scene:
    """One session, and who takes note of it."""

    def __init__(self, *, joined: bool = True, session: int = 1) -> None:
        self.known = KnownValues(session)
        self.book = ReferenceBook(session)
        self._numbers = itertools.count(1)
        if joined:
            self.client(join=JOIN)

    def see(self, direction: Direction, cases: dict[str, Any], *, session: int = 1, by: By = "server") -> None:
        envelope = envelope_class(direction)(**cases)
        raw = envelope.SerializeToString()
        message = Message(0, direction, raw, envelope, envelope.WhichOneof("message"), by=by, session=session)
        self.add(Reading(message, n=next(self._numbers)))

    def add(self, reading: Reading) -> None:
        self.known.observe(reading)
        self.book.observe(reading)

    def client(self, **cases: Any) -> None:
        self.see(TO_CLIENT, cases)

    def server(self, **cases: Any) -> None:
        self.see(TO_SERVER, cases, by="user")

    def texts(self, kind: KnownKind) -> list[str]:
        return [text for text, _ in self.known.values(kind)]


def test_tracks_of_the_room_with_name_and_owner() -> None:
    assert dict(Scene().known.values("track")) == {
        "TR_cam": "cam of alice, VIDEO CAMERA 1280x720",
        "TR_mic": "microphone of alice, AUDIO MICROPHONE, muted",
        "TR_odd": "a track of alice, 77",
    }


def test_own_tracks_come_with_their_answers() -> None:
    scene = Scene()
    scene.client(track_published={"cid": "c1", "track": {"sid": "TR_1", "name": "screen", "type": "VIDEO"}})
    scene.client(publish_data_track_response={"info": {"sid": "DTR_1", "name": "pose", "pub_handle": 3}})
    assert scene.known.values("own-track") == (("TR_1", "screen of you, VIDEO, cid c1"),)
    assert scene.known.values("own-data-track") == (("DTR_1", "pose of you, data track 3"),)
    assert scene.known.values("pub-handle") == (("3", "pose of you, data track 3"),)
    assert scene.known.values("cid") == (("c1", "screen of you, VIDEO"),)
    scene.client(track_unpublished={"track_sid": "TR_1"})
    assert scene.known.values("own-track") == ()
    assert scene.known.values("cid") == (("c1", "a track of yours that is gone"),)


def test_own_tracks_without_a_cid() -> None:
    scene = Scene()
    scene.client(update={"participants": [{**ME, "tracks": [{"sid": "TR_2", "type": "AUDIO"}]}]})
    assert scene.known.values("own-track") == (("TR_2", "a track of you, AUDIO"),)


def test_people_and_what_else_there_is() -> None:
    scene = Scene()
    assert scene.known.values("participant") == (
        ("PA_bob", "bob, no tracks"),
        ("PA_alice", 'alice "Alice A.", 4 tracks'),
        ("PA_me", "probe, no tracks"),
    )
    assert scene.known.values("identity")[0] == ("bob", "PA_bob, no tracks")
    assert scene.known.values("data-track") == (("DTR_chat", "chat of alice, data track 7"),)
    assert scene.texts("codec") == ["video/VP8", "audio/opus"]


def test_who_comes_and_goes_is_known_at_once() -> None:
    scene = Scene()
    assert scene.texts("identity") == ["bob", "alice", "probe"]
    scene.client(update={"participants": [{**BOB, "state": "DISCONNECTED"}, {"identity": "eve", "sid": "PA_eve"}]})
    assert scene.texts("identity") == ["eve", "alice", "probe"]
    scene.client(pong=5)
    assert scene.texts("identity") == ["eve", "alice", "probe"]


def test_messages_and_cases() -> None:
    scene = Scene()
    scene.server(mute={"sid": "TR_x"})
    scene.see(TO_SERVER, {"ping": 1}, by="auto")
    assert scene.known.values("message") == (("3", "> ping"), ("2", "> mute"), ("1", "< join"))
    assert scene.known.values("case") == (("mute", "message 2"), ("join", "message 1"))
    assert scene.known.case_of(2) == (TO_SERVER, "mute")
    assert scene.known.case_of(9) is None
    scene.client(join=JOIN)
    assert scene.known.values("case")[0] == ("join", "message 4")


def test_memory_is_bounded() -> None:
    scene = Scene()
    for _ in range(MAX_MESSAGES + 10):
        scene.client(pong=5)
    assert scene.known.case_of(11) is None
    assert scene.known.case_of(MAX_MESSAGES + 11) is not None
    for number in range(MAX_KEYS + 10):
        scene.server(update_metadata={"attributes": {f"k{number}": "x"}})
    assert len(scene.known.keys("attributes")) == MAX_KEYS
    assert scene.known.keys("attributes")[1] == (f"k{MAX_KEYS + 9}", "seen in this session")


def test_keys_of_maps_without_their_values() -> None:
    scene = Scene()
    scene.server(update_metadata={"attributes": {"new": "secret-value"}})
    assert scene.known.keys("attributes") == (
        ("mine", "an attribute of yours"),
        ("new", "seen in this session"),
        ("lk.mood", "an attribute of alice"),
    )
    scene.client(offer={"mid_to_track_id": {"0": "TR_x"}})
    assert scene.known.keys("mid_to_track_id") == (("0", "seen in this session"),)
    assert scene.known.keys("nothing") == ()


@pytest.mark.parametrize("event", [Note(0, "code", "text"), start().event])
def test_other_events_change_nothing(event: Any) -> None:
    scene = Scene()
    before = scene.known.values("identity")
    scene.add(Reading(event))
    assert scene.known.values("identity") == before


def test_other_sessions_have_numbers_and_nothing_else() -> None:
    scene = Scene(joined=False)
    scene.see(TO_CLIENT, {"join": JOIN}, session=2)
    assert scene.known.case_of(1) == (TO_CLIENT, "join")
    assert scene.texts("identity") == []
    assert scene.known.values("case") == ()


def test_a_resumed_session_knows_its_own_identity() -> None:
    scene = Scene(joined=False)
    begun: Start = start(identity="probe").event
    scene.add(Reading(begun))
    assert scene.known.keys("attributes") == ()
    scene.client(update={"participants": [ME, ALICE]})
    assert scene.texts("participant") == ["PA_alice", "PA_me"]


def test_before_the_join_everybody_is_somebody_else() -> None:
    scene = Scene(joined=False)
    scene.client(update={"participants": [BOB]})
    assert scene.texts("identity") == ["bob"]


def test_references_by_the_clearest_name() -> None:
    scene = Scene()
    scene.client(track_published={"cid": "cam1", "track": {"sid": "TR_1", "name": "x"}})
    scene.client(track_published={"cid": "bob", "track": {"sid": "TR_2", "name": "named"}})
    scene.client(track_published={"cid": "alice", "track": {"sid": "TR_3", "name": "bob"}})
    assert scene.texts("track-reference") == [
        "%named",
        "%cam1",
        "%alice/cam",
        "%alice/microphone",
        "%alice/chat",
    ]
    assert scene.texts("participant-reference") == []


def test_what_a_source_and_a_name_share_is_not_offered() -> None:
    scene = Scene(joined=False)
    tracks = [{"sid": "TR_a", "name": "CAMERA"}, {"sid": "TR_b", "source": "CAMERA"}, {"sid": "TR_c"}]
    scene.client(join={"participant": ME, "other_participants": [{**BOB, "tracks": tracks}]})
    assert scene.texts("track-reference") == ["%bob/camera"]


def test_names_of_strangers_cannot_act_on_a_terminal() -> None:
    evil = "\x1b[31m\u202e" + "n" * 100
    scene = Scene(joined=False)
    scene.client(join={"participant": ME, "other_participants": [{"identity": evil, "name": evil, "sid": "PA_1"}]})
    for kind in ("participant", "identity", "participant-reference"):
        for _, meaning in scene.known.values(kind):
            assert meaning.isprintable()
            assert len(meaning) < 3 * MAX_NAME
    assert scene.texts("participant-reference") == [r'%"\u001b[31m\u202e' + "n" * 100 + '"']


NAMES = st.sampled_from(
    ["", "cam", "camera", "CAMERA", "a.b", "a b", "self", "last", "12", "bob", "x/y", "probe", "%", "é"]
)
TRACKS = st.lists(
    st.fixed_dictionaries({"name": NAMES, "source": st.sampled_from(["UNKNOWN", "CAMERA", "MICROPHONE"])}), max_size=3
)
PEOPLE = st.lists(
    st.tuples(NAMES, TRACKS, st.lists(st.fixed_dictionaries({"name": NAMES}), max_size=2)),
    max_size=3,
    unique_by=lambda person: person[0],
)


@given(PEOPLE, st.lists(st.tuples(NAMES, NAMES), max_size=3))
def test_every_reference_that_is_offered_means_one_sid(people: list[Any], own: list[tuple[str, str]]) -> None:
    scene = Scene(joined=False)
    sids = (f"S_{number}" for number in itertools.count())
    others = [
        {
            "identity": name,
            "sid": next(sids),
            "tracks": [{**track, "sid": next(sids)} for track in tracks],
            "data_tracks": [{**track, "sid": next(sids)} for track in data_tracks],
        }
        for name, tracks, data_tracks in people
        if name != "probe"
    ]
    scene.client(join={"participant": ME, "other_participants": others})
    for cid, name in own:
        scene.client(track_published={"cid": cid, "track": {"sid": next(sids), "name": name}})
    for text in [*scene.texts("track-reference"), *scene.texts("participant-reference")]:
        assert str(scene.book.resolve(parse_reference(Span(text, 0, len(text))))).startswith("S_")
