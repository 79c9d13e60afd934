"""Refusals look like refusals; nothing else does."""

from __future__ import annotations

from tests.support.samples import candidate_init
from tests.support.telling import response


def test_a_refusal_says_no_why_and_to_what() -> None:
    assert response("request_response") == "refused NOT_FOUND: mute sid=TR_nope muted=true"


def test_the_servers_own_words_follow() -> None:
    body = {
        "reason": "DUPLICATE_HANDLE",
        "message": "taken \x1b",
        "publish_data_track": {"pub_handle": 1, "name": "dt"},
    }
    assert response("request_response", body) == (
        "refused DUPLICATE_HANDLE: publish_data_track_request pub_handle=1 name=dt · taken \\x1b"
    )


def test_queued_and_ok_are_no_refusals() -> None:
    assert response("request_response", {"reason": "QUEUED", "add_track": {"cid": "c"}}) == (
        "QUEUED: add_track cid=c type=AUDIO"
    )
    assert response("request_response", {"request_id": 7}) == "OK: request_id=7"
    assert response("request_response", {}) == "OK"


def test_what_a_fence_provokes_is_no_refusal() -> None:
    body = {"reason": "NOT_ALLOWED", "request_id": 9, "update_metadata": {"request_id": 9}}
    assert response("request_response", body, for_auto=True) == "NOT_ALLOWED: update_metadata request_id=9"


def test_an_id_is_said_once() -> None:
    assert response("request_response", {"request_id": 9, "mute": {"sid": "TR_x"}}) == (
        "OK: mute sid=TR_x muted=false request_id=9"
    )
    assert response("request_response", {"request_id": 9, "update_metadata": {}}) == (
        "OK: update_metadata request_id=9"
    )


def test_an_echoed_candidate_is_told_as_a_candidate() -> None:
    body = {"reason": "UNCLASSIFIED_ERROR", "trickle": {"candidateInit": candidate_init()}}
    assert response("request_response", body) == (
        "refused UNCLASSIFIED_ERROR: trickle PUBLISHER host udp 192.0.2.2:7882, mid 0"
    )


def test_a_failed_subscription_is_a_refusal() -> None:
    assert response("subscription_response", {"track_sid": "TR_x"}) == "refused SE_UNKNOWN: track_sid=TR_x"


def test_a_leave_says_reason_and_action() -> None:
    assert response("leave", {}) == "UNKNOWN_REASON, action DISCONNECT"
    regions = {"regions": [{"region": "eu"}, {"url": "wss://us"}]}
    assert response("leave", {"action": "RESUME", "can_reconnect": True, "regions": regions}) == (
        "UNKNOWN_REASON, action RESUME, can_reconnect · regions eu, wss://us"
    )


def test_a_new_token_is_explained() -> None:
    assert response("refresh_token").endswith(" probe in standup, expires 20:34:05Z (6 h)")


def test_a_pong_is_the_servers_clock() -> None:
    assert response("pong", 1_795_617_245_811) == "1795617245811 (14:34:05.811Z)"
    assert response("pong", 2**62) == str(2**62)
