"""Who answers whom: every key of the protocol, the echoes, and what happens where nothing tells requests apart."""

from __future__ import annotations

import time
from typing import Any

import pytest

from lksig.schema.cases import ECHOES, REPLIES
from lksig.schema.pool import TO_CLIENT, TO_SERVER, case_fields
from lksig.session.pairing import MAX_OPEN, MAX_SUBSCRIBED, Open, Pairing
from lksig.wire.events import Message
from tests.support.traffic import came, frame, sent


class Desk:
    """A Pairing that numbers what it is shown, as the journal does."""

    def __init__(self) -> None:
        self.pairing = Pairing()
        self.n = 0
        self.forgotten: list[int] = []

    def see(self, message: Message) -> Open | None:
        self.n += 1
        found = self.pairing.answered(message)
        forgotten = self.pairing.opened(self.n, message)
        if forgotten is not None:
            self.forgotten.append(forgotten.n)
        return found

    def asks(self, **case: Any) -> int:
        assert self.see(sent(self.n, **case)) is None
        return self.n

    def hears(self, **case: Any) -> int | None:
        """The number of what the server's message answers."""
        found = self.see(came(self.n, **case))
        return None if found is None else found.n

    def says(self, **case: Any) -> int | None:
        """The number of what the client's message answers."""
        found = self.see(sent(self.n, **case))
        return None if found is None else found.n

    @property
    def waiting(self) -> list[int]:
        return [request.n for request in self.pairing.waiting()]


PAIRS: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({"offer": {"id": 7, "sdp": "v=0"}}, {"answer": {"id": 7}}, {"answer": {"id": 8}}),
    ({"add_track": {"cid": "c"}}, {"track_published": {"cid": "c"}}, {"track_published": {"cid": "d"}}),
    ({"leave": {"reason": 1}}, {"leave": {"reason": 1}}, {"leave": {"reason": 2}}),
    ({"ping": 5}, {"pong": 999}, {"pong_resp": {"last_ping_timestamp": 5}}),
    (
        {"ping_req": {"timestamp": 5}},
        {"pong_resp": {"last_ping_timestamp": 5, "timestamp": 9}},
        {"pong_resp": {"last_ping_timestamp": 6}},
    ),
    (
        {"update_metadata": {"request_id": 3}},
        {"request_response": {"request_id": 3}},
        {"request_response": {"request_id": 4}},
    ),
    (
        {"publish_data_track_request": {"pub_handle": 1, "name": "pose"}},
        {"publish_data_track_response": {"info": {"pub_handle": 1, "sid": "DTR_x"}}},
        {"publish_data_track_response": {"info": {"pub_handle": 2}}},
    ),
    (
        {"unpublish_data_track_request": {"pub_handle": 131071}},
        {"unpublish_data_track_response": {"info": {"pub_handle": 65535}}},
        {"publish_data_track_response": {"info": {"pub_handle": 65535}}},
    ),
    (
        {"store_data_blob_request": {"request_id": 4, "blob": {"key": {"generic": "k"}}}},
        {"store_data_blob_response": {"request_id": 4, "key": {"generic": "k"}}},
        {"get_data_blob_response": {"request_id": 4}},
    ),
    (
        {"get_data_blob_request": {"request_id": 4}},
        {"get_data_blob_response": {"request_id": 4}},
        {"get_data_blob_response": {"request_id": 5}},
    ),
]


class TestAnswers:
    @pytest.mark.parametrize(("request_", "answer", "other"), PAIRS, ids=[next(iter(pair[0])) for pair in PAIRS])
    def test_a_key_makes_the_pair(
        self, request_: dict[str, Any], answer: dict[str, Any], other: dict[str, Any]
    ) -> None:
        desk = Desk()
        n = desk.asks(**request_)
        assert desk.hears(**other) is None
        assert desk.waiting == [n]
        assert desk.hears(**answer) == n
        assert desk.waiting == []
        assert desk.hears(**answer) is None

    def test_every_reply_of_the_table_is_tried_here(self) -> None:
        assert {next(iter(pair[0])): next(iter(pair[1])) for pair in PAIRS} == {
            request: reply.case for request, reply in REPLIES.items()
        }

    def test_the_oldest_of_equals_is_answered_first(self) -> None:
        desk = Desk()
        first, second = desk.asks(ping=1), desk.asks(ping=2)
        assert (desk.hears(pong=9), desk.hears(pong=9)) == (first, second)

    def test_handles_of_published_tracks_are_not_cut(self) -> None:
        desk = Desk()
        desk.asks(publish_data_track_request={"pub_handle": 65537})
        small = desk.asks(publish_data_track_request={"pub_handle": 1})
        assert desk.hears(publish_data_track_response={"info": {"pub_handle": 1}}) == small

    @pytest.mark.parametrize("case", sorted(case_fields(TO_CLIENT)))
    def test_what_comes_unasked_answers_nothing(self, case: str) -> None:
        body: Any = {"refresh_token": "t", "pong": 1}.get(case, {})
        assert Desk().hears(**{case: body}) is None

    def test_messages_without_a_case_are_passed_over(self) -> None:
        desk = Desk()
        for raw, direction in ((b"", TO_SERVER), (b"\xfa\x3f\x00", TO_CLIENT)):
            message = frame(0, direction, raw, "user")
            assert message.case is None
            assert desk.see(message) is None
        assert desk.pairing.get(1) is None


class TestOffers:
    def test_the_clients_answer_goes_with_the_servers_offer(self) -> None:
        desk = Desk()
        assert desk.hears(offer={"id": 200}) is None
        assert desk.says(answer={"id": 201}) is None
        assert desk.says(answer={"id": 200}) == 1
        assert desk.says(answer={"id": 200}) is None

    def test_offers_of_both_sides_do_not_meet(self) -> None:
        desk = Desk()
        desk.hears(offer={"id": 5})
        ours = desk.asks(offer={"id": 5})
        assert desk.hears(answer={"id": 5}) == ours
        assert desk.says(answer={"id": 5}) == 1

    def test_a_servers_offer_is_nothing_the_client_waits_for(self) -> None:
        desk = Desk()
        desk.hears(offer={"id": 5})
        assert desk.waiting == []
        assert desk.pairing.get(1) is not None

    def test_other_messages_of_the_client_answer_nothing(self) -> None:
        desk = Desk()
        desk.hears(offer={"id": 0})
        assert desk.says(trickle={}) is None
        assert desk.says(leave={}) is None


class TestLeaves:
    @pytest.mark.parametrize("reason", ["UNKNOWN_REASON", "CLIENT_INITIATED", "USER_REJECTED", "AGENT_ERROR"])
    def test_an_echo(self, reason: str) -> None:
        desk = Desk()
        n = desk.asks(leave={"reason": "CLIENT_INITIATED"})
        assert desk.hears(leave={"reason": reason}) == n

    @pytest.mark.parametrize("reason", ["DUPLICATE_IDENTITY", "SERVER_SHUTDOWN", "STATE_MISMATCH", "JOIN_FAILURE", 99])
    def test_one_that_crossed_ours_is_no_answer(self, reason: str | int) -> None:
        desk = Desk()
        n = desk.asks(leave={"reason": "CLIENT_INITIATED"})
        assert desk.hears(leave={"reason": reason}) is None
        assert desk.waiting == [n]


ECHOED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "trickle": ({"candidateInit": "{"}, {"candidateInit": "{}"}),
    "add_track": ({"cid": "c", "type": "DATA"}, {"cid": "d"}),
    "mute": ({"sid": "TR_a", "muted": True}, {"sid": "TR_a", "muted": False}),
    "update_metadata": ({"name": "x", "attributes": {"b": "1", "a": "2"}}, {"name": "y"}),
    "update_audio_track": ({"track_sid": "TR_a"}, {"track_sid": "TR_b"}),
    "update_video_track": ({"track_sid": "TR_a", "width": 1}, {"track_sid": "TR_a", "width": 2}),
    "publish_data_track_request": ({"pub_handle": 0, "name": "x"}, {"pub_handle": 2}),
    "unpublish_data_track_request": ({"pub_handle": 131071}, {"pub_handle": 5}),
}


class TestRequestResponses:
    @pytest.mark.parametrize("arm", sorted(ECHOES))
    def test_the_echo_finds_the_request(self, arm: str) -> None:
        case = ECHOES[arm]
        ours, other = ECHOED[case]
        desk = Desk()
        different = desk.asks(**{case: other})
        n, again = desk.asks(**{case: ours}), desk.asks(**{case: ours})
        assert desk.hears(request_response={"reason": "NOT_ALLOWED", arm: ours}) == n
        assert desk.hears(request_response={"reason": "NOT_ALLOWED", arm: ours}) == again
        assert desk.waiting == [different]
        assert desk.hears(request_response={"reason": "NOT_ALLOWED", arm: ours}) is None

    def test_long_requests_are_compared_whole(self) -> None:
        desk = Desk()
        desk.asks(trickle={"candidateInit": "x" * 500 + "a"})
        second = desk.asks(trickle={"candidateInit": "x" * 500 + "b"})
        assert desk.hears(request_response={"trickle": {"candidateInit": "x" * 500 + "b"}}) == second

    def test_no_memory_of_the_messages_is_kept(self) -> None:
        desk = Desk()
        request = desk.pairing.opened(1, sent(0, update_metadata={"metadata": "x" * 100_000}))
        assert request is None
        found = desk.pairing.get(1)
        assert found is not None
        assert len(repr(found.echo)) < 300

    def test_an_altered_echo_still_names_the_track(self) -> None:
        desk = Desk()
        n = desk.asks(add_track={"cid": "c", "type": "VIDEO"})
        response = {"reason": "NOT_ALLOWED", "add_track": {"cid": "c", "type": "VIDEO", "stream": "camera"}}
        assert desk.hears(request_response=response) == n

    def test_an_altered_echo_of_a_silent_request_names_nothing(self) -> None:
        desk = Desk()
        desk.asks(mute={"sid": "TR_a", "muted": True})
        assert desk.hears(request_response={"reason": "NOT_FOUND", "mute": {"sid": "TR_a"}}) is None

    def test_update_metadata_by_its_id_where_the_echo_has_none(self) -> None:
        desk = Desk()
        desk.asks(update_metadata={"request_id": 1})
        n = desk.asks(update_metadata={"request_id": 2})
        assert desk.hears(request_response={"request_id": 2, "update_metadata": {}}) == n

    def test_update_metadata_with_id_zero(self) -> None:
        desk = Desk()
        n = desk.asks(update_metadata={"name": "x"})
        assert desk.hears(request_response={"update_metadata": {"name": "x"}}) == n

    def test_one_id_used_twice_is_told_apart_by_the_echo(self) -> None:
        desk = Desk()
        first = desk.asks(update_metadata={"request_id": 1, "name": "x"})
        second = desk.asks(update_metadata={"request_id": 1, "name": "y"})
        response = {"request_id": 1, "update_metadata": {"request_id": 1, "name": "y"}}
        assert desk.hears(request_response=response) == second
        assert desk.waiting == [first]

    def test_an_echo_keeps_the_id_of_another_kind_out(self) -> None:
        desk = Desk()
        blob = desk.asks(store_data_blob_request={"request_id": 1})
        metadata = desk.asks(update_metadata={"request_id": 1})
        response = {"request_id": 1, "update_metadata": {"request_id": 1}}
        assert desk.hears(request_response=response) == metadata
        assert desk.waiting == [blob]

    def test_blobs_are_not_echoed(self) -> None:
        desk = Desk()
        metadata = desk.asks(update_metadata={"request_id": 1})
        get = desk.asks(get_data_blob_request={"request_id": 1})
        store = desk.asks(store_data_blob_request={"request_id": 1})
        refusal = {"request_id": 1, "reason": "NOT_FOUND"}
        assert [desk.hears(request_response=refusal) for _ in range(4)] == [get, store, metadata, None]

    def test_a_blob_with_id_zero(self) -> None:
        desk = Desk()
        n = desk.asks(store_data_blob_request={})
        assert desk.hears(request_response={"reason": "NOT_ALLOWED"}) == n

    def test_every_echo_of_the_schema_is_known(self) -> None:
        response = case_fields(TO_CLIENT)["request_response"].message_type
        assert response is not None
        assert {field.name for field in response.oneofs_by_name["request"].fields} == set(ECHOES)


class TestQueue:
    def test_a_queued_track_is_still_answered_when_its_turn_comes(self) -> None:
        desk = Desk()
        first = desk.asks(add_track={"cid": "c"})
        assert desk.hears(track_published={"cid": "c"}) == first
        second, third = desk.asks(add_track={"cid": "c"}), desk.asks(add_track={"cid": "c"})
        queued = {"reason": "QUEUED", "add_track": {"cid": "c"}}
        assert desk.hears(request_response=queued) == second
        assert desk.hears(request_response=queued) == third
        assert [request.is_queued for request in desk.pairing.waiting()] == [True, True]
        assert desk.hears(track_published={"cid": "c"}) == second
        assert desk.hears(track_published={"cid": "c"}) == third
        assert desk.waiting == []

    def test_told_twice(self) -> None:
        desk = Desk()
        n = desk.asks(add_track={"cid": "c"})
        queued = {"reason": "QUEUED", "add_track": {"cid": "c"}}
        assert [desk.hears(request_response=queued) for _ in range(2)] == [n, n]
        assert desk.hears(track_published={"cid": "c"}) == n

    def test_other_requests_do_not_queue(self) -> None:
        desk = Desk()
        n = desk.asks(mute={"sid": "a"})
        assert desk.hears(request_response={"reason": "QUEUED", "mute": {"sid": "a"}}) == n
        assert desk.waiting == []


class TestSubscriptions:
    def test_each_of_its_tracks_may_fail(self) -> None:
        desk = Desk()
        tracks = {"track_sids": ["TR_a"], "participant_tracks": [{"track_sids": ["TR_b"]}], "subscribe": True}
        n = desk.asks(subscription=tracks)
        desk.pairing.settle_before(10)
        assert [desk.hears(subscription_response={"track_sid": sid}) for sid in ("TR_a", "TR_b", "TR_c", "TR_a")] == [
            n,
            n,
            None,
            n,
        ]

    def test_the_first_that_asked_counts(self) -> None:
        desk = Desk()
        first = desk.asks(subscription={"track_sids": ["TR_a"], "subscribe": True})
        desk.asks(subscription={"track_sids": ["TR_a"], "subscribe": True})
        assert desk.hears(subscription_response={"track_sid": "TR_a"}) == first

    def test_an_unsubscription_ends_it(self) -> None:
        desk = Desk()
        desk.asks(subscription={"track_sids": ["TR_a"], "subscribe": True})
        desk.asks(subscription={"track_sids": ["TR_a"]})
        assert desk.hears(subscription_response={"track_sid": "TR_a"}) is None
        again = desk.asks(subscription={"track_sids": ["TR_a"], "subscribe": True})
        assert desk.hears(subscription_response={"track_sid": "TR_a"}) == again

    def test_those_of_a_sync_state(self) -> None:
        desk = Desk()
        n = desk.asks(sync_state={"subscription": {"track_sids": ["TR_a"], "subscribe": True}})
        assert desk.hears(subscription_response={"track_sid": "TR_a"}) == n

    def test_a_bounded_number_is_remembered(self) -> None:
        desk = Desk()
        tracks = [f"TR_{index}" for index in range(MAX_SUBSCRIBED + 1)]
        n = desk.asks(subscription={"track_sids": tracks, "subscribe": True})
        assert desk.hears(subscription_response={"track_sid": tracks[0]}) is None
        assert desk.hears(subscription_response={"track_sid": tracks[1]}) == n


class TestFences:
    def test_what_has_no_answer_is_settled(self) -> None:
        desk = Desk()
        answered = desk.asks(add_track={"cid": "c"})
        mute, setting = desk.asks(mute={"sid": "a"}), desk.asks(track_setting={})
        fence = desk.asks(update_metadata={"request_id": 9})
        behind = desk.asks(mute={"sid": "b"})
        assert [request.n for request in desk.pairing.settle_before(fence)] == [mute, setting]
        assert desk.waiting == [answered, fence, behind]
        assert desk.hears(request_response={"reason": "NOT_FOUND", "mute": {"sid": "a"}}) is None

    def test_an_update_metadata_that_was_not_answered(self) -> None:
        # Below protocol 15 success is silent.
        desk = Desk()
        n = desk.asks(update_metadata={"request_id": 1})
        fence = desk.asks(mute={"sid": "no"})
        assert [request.n for request in desk.pairing.settle_before(fence)] == [n]
        assert desk.hears(request_response={"request_id": 1}) is None

    def test_nothing_to_settle(self) -> None:
        assert Pairing().settle_before(5) == []


class TestSockets:
    def test_a_closed_socket_takes_its_requests_along(self) -> None:
        desk = Desk()
        desk.see(sent(0, socket=1, update_metadata={"request_id": 1}))
        desk.see(came(0, socket=1, offer={"id": 3}))
        desk.see(sent(0, socket=2, update_metadata={"request_id": 1}))
        assert [request.n for request in desk.pairing.closed(1)] == [1]
        assert desk.waiting == [3]
        assert desk.hears(request_response={"request_id": 1}) == 3
        assert desk.says(answer={"id": 3}) is None

    def test_closing_twice(self) -> None:
        desk = Desk()
        desk.asks(ping=1)
        assert len(desk.pairing.closed(1)) == 1
        assert desk.pairing.closed(1) == []


class TestBounds:
    def test_the_oldest_is_forgotten(self) -> None:
        desk = Desk()
        for index in range(MAX_OPEN + 2):
            desk.asks(mute={"sid": f"TR_{index}"})
        assert desk.forgotten == [1, 2]
        assert len(desk.waiting) == MAX_OPEN
        assert desk.hears(request_response={"reason": "NOT_FOUND", "mute": {"sid": "TR_0"}}) is None
        assert desk.hears(request_response={"reason": "NOT_FOUND", "mute": {"sid": "TR_2"}}) == 3

    @pytest.mark.parametrize(
        ("request_", "answer"),
        [
            ({"ping": 1}, {"pong": 1}),
            ({"mute": {"sid": "same"}}, {"request_response": {"mute": {"sid": "same"}}}),
            ({"add_track": {"cid": "c"}}, {"request_response": {"add_track": {"cid": "c"}}}),
        ],
    )
    def test_the_cost_does_not_grow_with_what_is_open(self, request_: dict[str, Any], answer: dict[str, Any]) -> None:
        """Compares the pairing with itself, so that a slow machine is slow on both sides."""

        def per_pair(open_requests: int) -> float:
            desk = Desk()
            asked, answered = sent(0, **request_), came(0, **answer)
            for _ in range(open_requests):
                desk.see(asked)
            started = time.process_time()
            for _ in range(2_000):
                desk.see(asked)
                assert desk.see(answered) is not None
            return time.process_time() - started

        few = min(per_pair(10) for _ in range(3))
        assert min(per_pair(MAX_OPEN - 10) for _ in range(3)) < 8 * few
