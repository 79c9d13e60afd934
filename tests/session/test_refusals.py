"""What a refused handshake means: the bodies of the real server, and what proxies say in its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.session.refusals import MAX_SHOWN_BODY, explain_refusal

TOKEN_X = "x" * 310
"""A token that was overwritten."""

OBSERVED: list[tuple[int, str, str, str]] = [
    (401, "invalid authorization header. Must start with Bearer ", "auth", "bad-authorization-header"),
    (401, "invalid authorization token", "auth", "malformed-token"),
    (401, "invalid API key", "auth", "unknown-api-key"),
    (401, "invalid API key: APIabc", "auth", "unknown-api-key"),
    (
        401,
        f"invalid token: {TOKEN_X}, error: token signature is invalid: signature is invalid",
        "auth",
        "wrong-secret",
    ),
    (401, "invalid authorization token: token signature is invalid: signature is invalid", "auth", "wrong-secret"),
    (
        401,
        "invalid authorization token: token signature is invalid: signing method HS512 is invalid",
        "auth",
        "wrong-algorithm",
    ),
    (
        401,
        f"invalid token: {TOKEN_X}, error: token signature is invalid: signing method none is invalid",
        "auth",
        "wrong-algorithm",
    ),
    (401, "invalid authorization token: token has invalid claims: token is expired", "auth", "token-expired"),
    (401, "invalid authorization token: token has invalid claims: token is expired by 3h0m5s", "auth", "token-expired"),
    (401, f"invalid token: {TOKEN_X}, error: token has invalid claims: token is expired", "auth", "token-expired"),
    (
        401,
        "invalid authorization token: token has invalid claims: token is not valid yet",
        "auth",
        "token-not-yet-valid",
    ),
    (
        401,
        "invalid authorization token: token has invalid claims: token is missing required claim: exp claim is required",
        "auth",
        "no-expiry",
    ),
    (
        401,
        "invalid authorization token: token is malformed: could not JSON decode claim: json: cannot unmarshal",
        "auth",
        "malformed-token",
    ),
    (401, f"invalid token: {TOKEN_X}, error: something new", "auth", "wrong-secret"),
    (401, "no permissions to access the room", "auth", "no-room-permission"),
    (401, "permissions denied", "auth", "no-room-join"),
    (400, "join_request is required", "protocol", "join-request-missing"),
    (400, "cannot decode attributes", "protocol", "bad-attributes"),
    (400, "cannot base64 decode wrapped join request", "protocol", "bad-join-request"),
    (400, "cannot unmarshal wrapped join request", "protocol", "bad-join-request"),
    (400, "join request too large", "protocol", "join-request-too-large"),
    (400, "cannot read decompressed join request", "protocol", "bad-join-request"),
    (400, "cannot unmarshal join request", "protocol", "bad-join-request"),
    (400, "identity cannot be empty", "auth", "no-identity"),
    (400, "participant identity length exceeds limits: max length 256", "auth", "identity-too-long"),
    (400, "no room name", "auth", "no-room"),
    (400, "room name length exceeds limits: max length 256", "auth", "room-name-too-long"),
    (404, "requested room does not exist", "room", "room-not-found"),
    (404, "404 page not found\n", "http", "path-not-found"),
    (404, "", "proxy", "upgrade-header-lost"),
    (404, "\n", "proxy", "upgrade-header-lost"),
    (431, "431 Request Header Fields Too Large", "proxy", "headers-too-large"),
    (500, "connection closed by media", "server", "closed-by-media"),
    (500, "could not find any available nodes", "server", "no-node"),
    (500, "timed out while waiting for signal response", "server", "media-silent"),
    (500, "", "server", "server-error"),
    (503, "node has exceeded its configured limit", "server", "node-at-limit"),
    (503, "", "server", "unavailable"),
    (
        400,
        "Bad Request\nwebsocket: unsupported version: 13 not found in 'Sec-Websocket-Version' header",
        "http",
        "bad-request",
    ),
    (405, "Method Not Allowed", "http", "method-not-allowed"),
]


@pytest.mark.parametrize(("status", "body", "layer", "code"), OBSERVED, ids=[f"{row[0]} {row[3]}" for row in OBSERVED])
def test_what_the_server_says(status: int, body: str, layer: str, code: str) -> None:
    refusal = explain_refusal(status, body)
    assert (refusal.layer, refusal.code) == (layer, code)
    assert refusal.is_auth == (status == 401)
    assert refusal.text.startswith(f"refused: HTTP {status} ")
    assert refusal.hint
    assert not refusal.text.endswith(".")


@pytest.mark.parametrize(
    ("status", "body", "layer", "code"),
    [
        (200, "OK", "http", "not-a-websocket"),
        (204, "", "http", "not-a-websocket"),
        (401, "Authorization Required", "auth", "unauthorized"),
        (403, "blocked", "auth", "forbidden"),
        (404, '{"error":"not found"}', "http", "path-not-found"),
        (407, "", "proxy", "proxy-auth"),
        (414, "", "proxy", "request-line-too-long"),
        (426, "", "proxy", "upgrade-required"),
        (429, "slow down", "proxy", "rate-limited"),
        (502, "", "proxy", "bad-gateway"),
        (504, "", "proxy", "gateway-timeout"),
        (418, "teapot", "http", "http-error"),
    ],
)
def test_what_others_say(status: int, body: str, layer: str, code: str) -> None:
    refusal = explain_refusal(status, body)
    assert (refusal.layer, refusal.code, refusal.is_auth) == (layer, code, status in (401, 403))


def test_the_body_is_quoted() -> None:
    assert explain_refusal(418, "a\r\n b\tc ").text == "refused: HTTP 418 a b c"
    assert explain_refusal(418, "").text == "refused: HTTP 418 with an empty body"


def test_a_long_body_is_cut() -> None:
    text = explain_refusal(418, "word " * 100).text
    assert text.endswith("…")
    assert len(text) == len("refused: HTTP 418 ") + MAX_SHOWN_BODY
    assert explain_refusal(418, "y" * MAX_SHOWN_BODY).text.endswith("yyy")


def test_an_overwritten_token_leaves_room_for_the_reason() -> None:
    body = f"invalid token: {TOKEN_X}, error: token has invalid claims: token is expired"
    assert explain_refusal(401, body).text == (
        "refused: HTTP 401 invalid token: xxx…, error: token has invalid claims: token is expired"
    )


class TestRedirects:
    def test_with_a_place(self) -> None:
        refusal = explain_refusal(301, "", "https://lk.example.com/")
        assert (refusal.layer, refusal.code) == ("http", "redirect")
        assert refusal.text == "refused: HTTP 301, a redirect to https://lk.example.com/"
        assert refusal.hint == "give `https://lk.example.com/`, if that is LiveKit"

    def test_without_one(self) -> None:
        refusal = explain_refusal(302, "<html>")
        assert (refusal.code, refusal.text) == ("redirect", "refused: HTTP 302, a redirect")


class TestHtml:
    def test_a_page_is_never_livekits(self) -> None:
        refusal = explain_refusal(502, "  <html><h1>502 Bad Gateway</h1>")
        assert (refusal.layer, refusal.code) == ("proxy", "bad-gateway")
        assert refusal.text == "refused: HTTP 502 with an HTML page, which LiveKit never sends"

    def test_not_found_is_a_proxys(self) -> None:
        assert explain_refusal(404, "<!doctype html>").layer == "proxy"

    def test_a_status_nobody_lists(self) -> None:
        assert explain_refusal(599, "<p>").code == "http-error"

    def test_a_login_page(self) -> None:
        assert explain_refusal(403, "<p>").is_auth


@given(st.integers(100, 599).filter(lambda status: status != 101), st.text(max_size=400), st.none() | st.text())
def test_any_answer_has_an_explanation(status: int, body: str, location: str | None) -> None:
    refusal = explain_refusal(status, body, location)
    assert refusal.code == refusal.code.lower().replace(" ", "-")
    assert refusal.text
    assert refusal.hint
    assert refusal.is_auth == (status in (401, 403))
