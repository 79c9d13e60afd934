"""What references mean in a session."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.schema.grammar import ParsedRequest, parse_line
from lksig.schema.lexer import Span
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, envelope_class
from lksig.schema.references import Reference, parse_reference
from lksig.session.journal import Journal
from lksig.session.recent import RecentMessages
from lksig.session.references import NotYet, ReferenceBook, Refused
from lksig.wire.events import By, DecodeError, Message, Note, Reading, Start
from tests.support.typed import FakeInputs, Mistake, mistake

ALICE = {
    "identity": "alice",
    "sid": "PA_alice",
    "name": "Alice",
    "attributes": {"lk.mood": "ok"},
    "tracks": [
        {"sid": "TR_cam", "name": "cam", "type": "VIDEO", "source": "CAMERA", "width": 1280},
        {"sid": "TR_mic", "name": "", "type": "AUDIO", "source": "MICROPHONE", "audio_features": [0, 77]},
    ],
    "data_tracks": [{"sid": "DTR_chat", "name": "chat", "pub_handle": 7}],
}
ME = {"identity": "probe", "sid": "PA_me"}
JOIN = {"participant": ME, "other_participants": [ALICE]}


class Scene:
    """One session, seen by a journal and by the book."""

    def __init__(self, *, joined: bool = True, **options: Any) -> None:
        self.book = ReferenceBook(**options)
        self._journal = Journal()
        self._times = itertools.count()
        if joined:
            self.client(join=JOIN)

    def _see(self, direction: Direction, by: By, session: int, cases: dict[str, Any]) -> int:
        envelope = envelope_class(direction)(**cases)
        case = envelope.WhichOneof("message")
        raw = envelope.SerializeToString()
        message = Message(next(self._times), direction, raw, envelope, case, by=by, session=session)
        return self.see(message)

    def see(self, message: Message) -> int:
        readings = self._journal.add(message)
        for reading in readings:
            self.book.observe(reading)
        assert readings[0].n is not None
        return readings[0].n

    def client(self, *, session: int = 1, **cases: Any) -> int:
        """A message to the client; gives its number."""
        return self._see(TO_CLIENT, "server", session, cases)

    def server(self, by: By = "user", *, session: int = 1, **cases: Any) -> int:
        """A message to the server."""
        return self._see(TO_SERVER, by, session, cases)

    def announce(self, text: str) -> list[ParsedRequest]:
        requests = parse_line(text, FakeInputs())
        for request in requests:
            self.book.announce(request)
        return requests

    def __getitem__(self, text: str) -> Any:
        return self.book.resolve(reference(text))

    def wrong(self, text: str) -> Mistake:
        return mistake(self.book.resolve, reference(text))

    def waits_for(self, text: str) -> str:
        found = self[text]
        assert isinstance(found, NotYet)
        return found.waits_for


def reference(text: str) -> Reference:
    return parse_reference(Span(f"mute sid={text}", 9, 9 + len(text)))


# --- participants and tracks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("%self", "PA_me"),
        ("%self.identity", "probe"),
        ("%probe", "PA_me"),
        ("%alice", "PA_alice"),
        ("%alice.identity", "alice"),
        ("%alice.tracks.0.sid", "TR_cam"),
        ("%alice.tracks[1].source", "MICROPHONE"),
        ("%alice.attributes.lk.mood", "ok"),
        ("%alice.state", "JOINING"),
        ("%alice/cam", "TR_cam"),
        ("%alice/cam.width", 1280),
        ("%alice/cam.type", "VIDEO"),
        ("%alice/CAMERA", "TR_cam"),
        ("%alice/microphone", "TR_mic"),
        ("%alice/microphone.audio_features", ["TF_STEREO", 77]),
        ("%alice/chat", "DTR_chat"),
        ("%alice/chat.pub_handle", 7),
        ("%last.join.participant.sid", "PA_me"),
        ("%1.other_participants.0.sid", "PA_alice"),
    ],
)
def test_names_lead_to_sids_and_fields(text: str, value: object) -> None:
    assert Scene()[text] == value


def test_own_tracks_are_named_by_cid_and_by_name() -> None:
    scene = Scene()
    scene.server(add_track={"cid": "c1", "name": "screen"})
    scene.client(track_published={"cid": "c1", "track": {"sid": "TR_1", "name": "screen", "width": 640}})
    for text, value in [
        ("%c1", "TR_1"),
        ("%screen", "TR_1"),
        ("%c1.width", 640),
        ("%self/c1", "TR_1"),
        ("%self/screen.width", 640),
        ("%probe/screen", "TR_1"),
    ]:
        assert scene[text] == value
    scene.client(update={"participants": [{**ME, "tracks": [{"sid": "TR_1", "name": "screen", "width": 800}]}]})
    assert (scene["%c1.width"], scene["%self/screen.width"]) == (800, 800)
    scene.client(publish_data_track_response={"info": {"sid": "DTR_1", "name": "data"}})
    assert scene["%data"] == "DTR_1"


def test_a_cid_and_a_name_of_one_track_are_no_ambiguity() -> None:
    scene = Scene()
    scene.client(track_published={"cid": "cam", "track": {"sid": "TR_1", "name": "cam"}})
    assert scene["%cam"] == "TR_1"


@pytest.mark.parametrize(
    "published",
    [
        [("alice", "TR_1", "x")],
        [("x", "TR_1", "alice")],
        [("a", "TR_1", "alice"), ("b", "TR_2", "x")],
    ],
)
def test_a_name_that_a_stranger_chose_too_is_refused(published: list[tuple[str, str, str]]) -> None:
    scene = Scene()
    for cid, sid, name in published:
        scene.client(track_published={"cid": cid, "track": {"sid": sid, "name": name}})
    error = scene.wrong("%alice")
    assert (error.text, error.marked) == ("`alice` fits more than one track or participant", "%alice")
    assert error.code == "ambiguous-name"
    assert scene["%alice/cam"] == "TR_cam"


def test_two_tracks_of_one_name_are_ambiguous() -> None:
    scene = Scene()
    for n in (1, 2):
        scene.client(track_published={"cid": f"c{n}", "track": {"sid": f"TR_{n}", "name": "cam"}})
    assert scene.wrong("%cam").code == "ambiguous-name"
    assert scene.wrong("%self/cam").text == "`self/cam` fits more than one track or participant"
    assert scene["%c2"] == "TR_2"
    bob = {"identity": "bob", "sid": "PA_bob", "tracks": [{"sid": "a", "name": "x"}, {"sid": "b", "name": "x"}]}
    scene.client(update={"participants": [bob]})
    assert scene.wrong("%bob/x").code == "ambiguous-name"


@pytest.mark.parametrize(
    ("text", "said", "marked"),
    [
        ("%alcie", "nobody and no track of this session is called `alcie` (did you mean alice?)", "%alcie"),
        ("%zebra", "nobody and no track of this session is called `zebra`", "%zebra"),
        ("%alcie/cam", "nobody here is called `alcie` (did you mean alice?)", "%alcie/cam"),
        ("%alice/cma", "`alice` has no track called `cma` (did you mean cam?)", "%alice/cma"),
        ("%alice/unknown", "`alice` has no track called `unknown`", "%alice/unknown"),
        ("%self/zebra", "`self` has no track called `zebra`", "%self/zebra"),
        ('%"self"/x', "nobody here is called `self`", '%"self"/x'),
        ("%alice.width", "ParticipantInfo has no field `width`", "width"),
        ("%alice.tracks.5.sid", "`tracks` has 2 there", "tracks.5"),
        ("%alice.attributes.x", "`attributes` has no such entry there", "attributes.x"),
        ("%alice.attributes", "`attributes` is a map: name one entry", "attributes"),
    ],
)
def test_what_nobody_is_called_can_never_come(text: str, said: str, marked: str) -> None:
    error = Scene().wrong(text)
    assert error.text.startswith(said)
    assert error.marked == marked


def test_hints_help_with_names() -> None:
    scene = Scene()
    assert scene.wrong("%zebra").hint == "tracks of others are named with their owner: `%bob/cam`"
    scene.client(track_published={"cid": "alice", "track": {"sid": "TR_1"}})
    hint = "name the message that brought it: `%N.track.sid`, `%N.participants.0.sid`"
    assert scene.wrong("%alice").hint == hint


def test_before_the_join_everything_waits_for_it() -> None:
    scene = Scene(joined=False)
    assert {scene.waits_for(text) for text in ("%self", "%alice", "%alice/cam", "%self/cam")} == {"the join"}
    assert scene.waits_for("%last.join.participant.sid") == "`join`"
    assert scene.waits_for("%3.track.sid") == "message 3"


def test_a_resumed_session_knows_itself_by_its_identity() -> None:
    scene = Scene(joined=False)
    scene.book.observe(Reading(Start(0, 0, "ws://x", "v1", None, "probe")))
    scene.book.observe(Reading(Start(0, 0, "ws://x", "v1", None, "alice", session=2)))
    scene.client(reconnect={})
    assert scene.waits_for("%self") == "the join"
    scene.client(update={"participants": [ALICE, ME]})
    assert (scene["%self"], scene["%alice"]) == ("PA_me", "PA_alice")


# --- requests that are on their way ---------------------------------------------------------------------------------


def test_a_track_that_is_asked_for_waits_for_the_answer() -> None:
    scene = Scene()
    add, mute = scene.announce("add_track cid=c name=cam mute sid=%c muted=true")
    (found,) = mute.references
    assert scene.waits_for("%c") == "the answer to `add_track cid=c name=cam`"
    assert scene.waits_for("%cam") == "the answer to `add_track cid=c name=cam`"
    assert scene.waits_for("%self/cam") == "the answer to `add_track cid=c name=cam`"
    assert isinstance(scene.book.resolve(found), NotYet)
    assert scene.server(add_track=add.sketch().add_track) == 2
    assert scene.waits_for("%c") == "the answer to `add_track` (message 2)"
    scene.client(track_published={"cid": "c", "track": {"sid": "TR_1", "name": "cam"}})
    assert scene.book.resolve(found) == "TR_1"
    assert scene["%cam"] == "TR_1"


def test_a_data_track_waits_for_its_answer_too() -> None:
    scene = Scene()
    scene.client(track_published={"cid": "", "track": {"sid": "TR_0"}})
    scene.server(publish_data_track_request={"name": "chat", "pub_handle": 3})
    assert scene.waits_for("%chat") == "the answer to `publish_data_track_request` (message 3)"
    scene.client(publish_data_track_response={"info": {"sid": "DTR_1", "name": "chat", "pub_handle": 3}})
    assert scene["%chat"] == "DTR_1"


def test_what_was_refused_never_comes() -> None:
    scene = Scene()
    n = scene.server(add_track={"cid": "c", "name": "cam"})
    echo = {"reason": "NOT_ALLOWED", "add_track": {"cid": "c", "name": "cam"}}
    scene.client(request_response=echo)
    for text in ("%c", "%cam", "%self/c", "%last.track_published.track.sid"):
        found = scene[text]
        assert isinstance(found, Refused)
        assert found.n == n
    scene.server(add_track={"cid": "c", "name": "cam"})
    assert isinstance(scene["%c"], NotYet)
    scene.client(track_published={"cid": "c", "track": {"sid": "TR_1", "name": "cam"}})
    assert scene["%c"] == scene["%cam"] == scene["%last.track_published.track.sid"] == "TR_1"


def test_a_refused_name_is_not_given_to_a_stranger() -> None:
    scene = Scene()
    scene.server(add_track={"cid": "alice"})
    assert scene.wrong("%alice").code == "ambiguous-name"
    scene.client(request_response={"reason": "NOT_ALLOWED", "add_track": {"cid": "alice"}})
    assert scene.wrong("%alice").code == "ambiguous-name"


def test_a_track_that_is_there_answers_for_its_cid() -> None:
    scene = Scene()
    scene.client(track_published={"cid": "c", "track": {"sid": "TR_1"}})
    scene.server(add_track={"cid": "c"})
    scene.client(request_response={"reason": "QUEUED", "add_track": {"cid": "c"}})
    assert scene["%c"] == "TR_1"
    scene.client(track_unpublished={"track_sid": "TR_1"})
    assert scene.waits_for("%c") == "the answer to `add_track` (message 3)"
    scene.client(track_published={"cid": "c", "track": {"sid": "TR_2"}})
    assert scene["%c"] == "TR_2"


def test_a_request_that_comes_later_brings_nothing() -> None:
    scene = Scene()
    (mute, _) = scene.announce("mute sid=%c muted=true add_track cid=c")
    error = mistake(scene.book.resolve, mute.references[0])
    assert error.text == "nobody and no track of this session is called `c`"
    assert isinstance(scene["%c"], NotYet)


def test_what_is_withdrawn_never_comes() -> None:
    scene = Scene()
    (add, mute) = scene.announce("add_track cid=c mute sid=%c")
    scene.book.withdraw(add)
    found = scene.book.resolve(mute.references[0])
    assert isinstance(found, Refused)
    assert found.n is None


def test_a_new_join_forgets_what_was_asked_before() -> None:
    scene = Scene()
    scene.server(add_track={"cid": "c"})
    scene.client(join=JOIN)
    assert scene.wrong("%c").code == "unknown-name"


# --- messages by number and by case ---------------------------------------------------------------------------------


def test_messages_are_reached_by_number() -> None:
    scene = Scene()
    n = scene.client(track_published={"cid": "c", "track": {"sid": "TR_1"}})
    token = scene.client(refresh_token="abc")
    assert scene[f"%{n}.track.sid"] == "TR_1"
    assert (
        scene[f"%{n}"]
        == envelope_class(TO_CLIENT)(track_published={"cid": "c", "track": {"sid": "TR_1"}}).track_published
    )
    assert scene[f"%{n}.track"].sid == "TR_1"
    assert scene[f"%{token}"] == "abc"
    assert scene.waits_for(f"%{token + 1}.x") == f"message {token + 1}"
    error = scene.wrong(f"%{token}.x")
    assert (error.text, error.marked) == ("`refresh_token` is a bare value and has no fields", "x")
    error = scene.wrong(f"%{n}.trck")
    assert (error.text, error.marked) == ("TrackPublishedResponse has no field `trck` (did you mean track?)", "trck")
    assert scene.wrong("%0").text == "messages are numbered from 1"


def test_messages_without_a_known_case_hold_nothing() -> None:
    scene = Scene()
    odd = scene.see(Message(5, TO_CLIENT, b"\xff", None, None, by="server", error=DecodeError("x", 0)))
    empty = scene.client()
    error = scene.wrong(f"%{odd}.x")
    assert (error.text, error.code) == (f"message {odd} did not decode", "nothing-there")
    assert scene.wrong(f"%{empty}").text == f"message {empty} holds no case that is known"


def test_old_messages_are_no_longer_held() -> None:
    scene = Scene(joined=False)
    scene.book = ReferenceBook()
    scene.book._recent = RecentMessages(max_messages=2)
    numbers = [scene.client(refresh_token=str(n)) for n in range(3)]
    assert numbers == [1, 2, 3]
    assert scene["%3"] == "2"
    error = scene.wrong("%1")
    assert (error.text, error.code) == ("message 1 is no longer held", "not-held")


def test_messages_that_somebody_else_holds_are_not_held_twice() -> None:
    recent = RecentMessages()
    scene = Scene(recent=recent)
    assert scene.waits_for("%1.participant.sid") == "message 1"
    recent.add(
        Reading(
            Message(0, TO_CLIENT, b"", envelope_class(TO_CLIENT)(refresh_token="x"), "refresh_token", by="server"), n=1
        )
    )
    assert scene["%1"] == "x"


def test_the_newest_message_of_a_case_counts() -> None:
    scene = Scene()
    assert scene.waits_for("%last.refresh_token") == "`refresh_token`"
    scene.client(refresh_token="a")
    scene.client(refresh_token="b")
    assert scene["%last.refresh_token"] == "b"
    scene.server(mute={"sid": "TR_x"})
    assert scene["%last.mute.sid"] == "TR_x"
    scene.client(mute={"sid": "TR_y"})
    assert scene["%last.mute.sid"] == "TR_y"


def test_what_lksig_did_itself_is_never_the_newest() -> None:
    scene = Scene()
    scene.server("user", update_metadata={"name": "x", "request_id": 1})
    mine = scene.client(request_response={"request_id": 1})
    scene.server("auto", update_metadata={"request_id": 99})
    scene.client(request_response={"request_id": 99})
    assert scene["%last.request_response.request_id"] == 1
    assert scene["%last.update_metadata.name"] == "x"
    assert mine == 3


def test_the_newest_waits_for_the_answer_that_is_on_its_way() -> None:
    scene = Scene()
    scene.client(track_published={"cid": "a", "track": {"sid": "TR_a"}})
    _, mute, add = scene.announce("add_track cid=b mute sid=%last.track_published.track.sid add_track cid=c")
    (found,) = mute.references
    value = scene.book.resolve(found)
    assert isinstance(value, NotYet)
    assert value.waits_for == "the answer to `add_track cid=b`"
    scene.server(add_track={"cid": "b"})
    scene.client(track_published={"cid": "b", "track": {"sid": "TR_b"}})
    assert scene.book.resolve(found) == "TR_b"
    assert add.case == "add_track"
    assert isinstance(scene["%last.track_published.track.sid"], NotYet)


def test_the_newest_of_what_is_typed_waits_for_being_sent() -> None:
    scene = Scene()
    add, mute = scene.announce("add_track cid=b trickle candidateInit=%last.add_track.cid")
    (found,) = mute.references
    value = scene.book.resolve(found)
    assert isinstance(value, NotYet)
    assert value.waits_for == "`add_track cid=b` to be sent"
    scene.server(add_track=add.sketch().add_track)
    assert scene.book.resolve(found) == "b"


def test_an_older_answer_is_no_substitute_for_a_refused_one() -> None:
    scene = Scene()
    scene.server(add_track={"cid": "a"})
    scene.client(track_published={"cid": "a", "track": {"sid": "TR_a"}})
    n = scene.server(add_track={"cid": "b"})
    scene.client(request_response={"reason": "NOT_ALLOWED", "add_track": {"cid": "b"}})
    found = scene["%last.track_published.track.sid"]
    assert isinstance(found, Refused)
    assert found.n == n


# --- several sessions, and everything else --------------------------------------------------------------------------


def test_names_belong_to_one_session_and_numbers_to_all() -> None:
    scene = Scene()
    bob = {"identity": "bob", "sid": "PA_bob"}
    n = scene.client(session=2, join={"participant": bob})
    assert scene["%self"] == "PA_me"
    assert scene["%last.join.participant.sid"] == "PA_me"
    assert scene.wrong("%bob").code == "unknown-name"
    assert scene[f"%{n}.participant.sid"] == "PA_bob"
    scene.book.observe(Reading(Note(0, "x", "y")))
    assert scene["%self"] == "PA_me"


NAMES = st.sampled_from(
    ["%self", "%c", "%alice", "%alice/cam", "%3.sid", "%last.track_published.cid", "%last.join", "%9", "%x.width"]
)
STEPS = st.sampled_from(["join", "add", "published", "refused", "update", "auto", "announce", "empty", "moved"])


@given(st.lists(STEPS, max_size=12), NAMES)
def test_whatever_happens_a_reference_has_an_outcome(steps: list[str], text: str) -> None:
    scene = Scene(joined=False)
    for step in steps:
        if step == "join":
            scene.client(join=JOIN)
        elif step == "add":
            scene.server(add_track={"cid": "c"})
        elif step == "published":
            scene.client(track_published={"cid": "c", "track": {"sid": "TR_1", "name": "alice"}})
        elif step == "refused":
            scene.client(request_response={"reason": "NOT_ALLOWED", "add_track": {"cid": "c"}})
        elif step == "update":
            scene.client(update={"participants": [{**ALICE, "state": "DISCONNECTED"}]})
        elif step == "auto":
            scene.server("auto", ping_req={"timestamp": 5})
        elif step == "announce":
            scene.announce("add_track cid=c mute sid=%c")
        elif step == "moved":
            scene.client(room_moved={"participant": ME})
        else:
            scene.client()
    try:
        value = scene[text]
    except InputError:
        return
    assert value is not None
