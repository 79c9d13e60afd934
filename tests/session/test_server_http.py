"""Requests and the answers of livekit-server: seen from 1.13.5, with the bodies of a 401 as 1.13.6 has them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from lksig.session.hosting import Requested
from lksig.session.joining import Joining
from lksig.session.server_http import (
    UNNAMED,
    Answer,
    answer,
    clean_query,
    is_signal_path,
    open_to_browsers,
    server_error,
    token_text,
)
from lksig.wire.access_token import mint

NOW_S = 1_795_600_000
SECRET = "secret"
TEXT = ("Content-Type", "text/plain; charset=utf-8")
UPGRADE = {
    "Connection": "keep-alive, Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


def token(secret: str = SECRET, **claims: Any) -> str:
    return mint(
        "devkey", secret, identity="ann", room="r", now_s=NOW_S, claims={"exp": NOW_S + 60, "nbf": NOW_S, **claims}
    )


def ask(target: str, *, method: str = "GET", **headers: str) -> Answer | Joining:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return answer(Requested(0, 1, method, target, named), {"devkey": SECRET}, NOW_S)


def asked(target: str, *, method: str = "GET", **headers: str) -> Answer:
    given = ask(target, method=method, **headers)
    assert isinstance(given, Answer)
    return given


def upgrade(target: str = "/rtc", *, method: str = "GET", **changed: str) -> Answer | Joining:
    headers = {**UPGRADE, "Authorization": f"Bearer {token()}", **changed}
    named = tuple((name, value) for name, value in headers.items() if value)
    return answer(Requested(0, 1, method, target, named), {"devkey": SECRET}, NOW_S)


@pytest.mark.parametrize("path", ["/", "//"])
def test_health(path: str) -> None:
    assert asked(path) == Answer(200, (TEXT, ("Vary", "Origin")), b"OK")


@pytest.mark.parametrize("path", ["/rtc/", "/rtc/v2", "/rtc/v1/", "/settings/regions", "/x", "/rtc/validate/"])
def test_unknown_paths(path: str) -> None:
    given = asked(path)
    assert (given.status, given.body) == (404, b"404 page not found\n")
    assert ("X-Content-Type-Options", "nosniff") in given.headers


@pytest.mark.parametrize("path", ["/rtc", "/rtc/v1", "/agent"])
def test_a_websocket_path_without_upgrade_is_an_empty_404(path: str) -> None:
    assert asked(path) == Answer(404, (("Vary", "Origin"),), b"")
    assert asked(f"{path}?access_token={token()}").status == 404


@pytest.mark.parametrize("path", ["/rtc/validate", "//rtc/validate"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST"])
def test_validate(path: str, method: str) -> None:
    given = asked(f"{path}?access_token={token()}", method=method)
    assert given == Answer(200, (TEXT, ("Vary", "Origin"), ("Access-Control-Allow-Origin", "*")), b"success")


def test_validate_is_strict_about_attributes() -> None:
    given = asked(f"/rtc/validate?access_token={token()}&attributes=!!")
    assert (given.status, given.body) == (400, b"cannot decode attributes")


def test_validate_of_v1_needs_a_join_request() -> None:
    assert asked(f"/rtc/v1/validate?access_token={token()}").body == b"join_request is required"


@pytest.mark.parametrize(
    ("authorization", "body"),
    [
        ("bearer x", "invalid authorization header. Must start with Bearer "),
        ("Bearer", "invalid authorization header. Must start with Bearer "),
        ("Bearer  x.y.z", "invalid authorization token"),
        ("Bearer x", "invalid authorization token"),
    ],
)
def test_bad_headers(authorization: str, body: str) -> None:
    given = asked(f"/rtc/validate?access_token={token()}", Authorization=authorization)
    assert (given.status, given.body.decode()) == (401, body)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("x", "invalid authorization token"),
        ("", "no permissions to access the room"),
        (token(iss="other"), "invalid API key"),
        (token("wrong"), "invalid authorization token: token signature is invalid: signature is invalid"),
        (token(exp=NOW_S - 61), "invalid authorization token: token has invalid claims: token is expired"),
        (token(video=None), "no permissions to access the room"),
    ],
)
def test_bad_tokens(text: str, body: str) -> None:
    given = asked(f"/rtc/validate?access_token={text}")
    assert (given.status, given.body.decode()) == (401, body)
    assert text == "" or text.encode() not in given.body


def test_a_bad_token_is_refused_before_the_path_is_looked_at() -> None:
    assert asked("/nope?access_token=x").status == 401
    assert asked("/rtc?access_token=x").status == 401


def test_a_header_beats_the_query() -> None:
    assert asked("/rtc/validate?access_token=x", Authorization=f"Bearer {token()}").status == 200


@pytest.mark.parametrize("path", ["/rtc", "//rtc"])
def test_an_upgrade_may_join(path: str) -> None:
    joining = upgrade(path)
    assert isinstance(joining, Joining)
    assert (joining.path, joining.room) == ("v0", "r")


@pytest.mark.parametrize(
    ("changed", "method", "status", "body"),
    [
        ({"Connection": "close"}, "GET", 404, ""),
        ({"Upgrade": "h2c"}, "GET", 404, ""),
        ({"Authorization": ""}, "GET", 401, "no permissions to access the room"),
        (
            {},
            "POST",
            405,
            "Method Not Allowed\nwebsocket: the client is not using the websocket protocol: request method is not GET",
        ),
        (
            {"Sec-WebSocket-Version": "12"},
            "GET",
            400,
            "Bad Request\nwebsocket: unsupported version: 13 not found in 'Sec-Websocket-Version' header",
        ),
        *(
            (
                {"Sec-WebSocket-Key": key},
                "GET",
                400,
                "Bad Request\nwebsocket: not a websocket handshake: 'Sec-WebSocket-Key' header must be Base64 encoded "
                "value of 16-byte in length",
            )
            for key in ("", "AAAA", "!!!!", "é")
        ),
    ],
)
def test_upgrades_that_are_refused(changed: dict[str, str], method: str, status: int, body: str) -> None:
    given = upgrade(method=method, **changed)
    assert isinstance(given, Answer)
    assert (given.status, given.body.decode()) == (status, body)
    assert (("Sec-Websocket-Version", "13") in given.headers) is ("websocket:" in body)


@pytest.mark.parametrize(
    ("target", "origin"),
    [("/", "http://o"), ("/rtc", "http://o"), ("/rtc/validate", "*"), ("/rtc/v1/validate", "*")],
)
def test_cors(target: str, origin: str) -> None:
    headers = asked(target, Origin="http://o").headers
    assert ("Access-Control-Allow-Origin", origin) in headers
    assert ("Access-Control-Expose-Headers", "*") in headers
    assert ("Vary", "Origin") in headers


def test_a_preflight_names_what_was_asked_for() -> None:
    given = asked(
        "/rtc/v1",
        method="OPTIONS",
        Origin="http://o",
        Access_Control_Request_Method="GET",
        Access_Control_Request_Headers="x-a,authorization",
    )
    assert given == Answer(
        204,
        (
            ("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
            ("Access-Control-Allow-Origin", "http://o"),
            ("Access-Control-Allow-Methods", "GET"),
            ("Access-Control-Allow-Headers", "x-a,authorization"),
            ("Access-Control-Max-Age", "86400"),
        ),
        b"",
    )


@pytest.mark.parametrize(
    ("method", "origin", "allowed"), [("POST", "http://o", 4), ("PUT", "http://o", 1), ("get", "http://o", 1)]
)
def test_a_preflight_for_another_method(method: str, origin: str, allowed: int) -> None:
    given = asked("/", method="OPTIONS", Origin=origin, Access_Control_Request_Method=method)
    assert (given.status, len(given.headers)) == (204, allowed)


def test_options_that_are_no_preflight() -> None:
    assert len(asked("/", method="OPTIONS", Access_Control_Request_Method="GET").headers) == 1
    assert asked("/rtc/validate", method="OPTIONS", Origin="http://o").status == 401


def test_the_query_is_read_as_go_does() -> None:
    assert clean_query("a=1;b=2&c=3&d=%ff&e") == [("c", "3"), ("d", "\ufffd"), ("e", "")]
    assert asked(f"/rtc/validate?access_token={token()};x=1").status == 401
    assert asked(f"/rtc/validate?access_token={quote(token())}&x=%zz").status == 200


def test_what_is_about_joining() -> None:
    assert is_signal_path("/rtc?x")
    assert is_signal_path("//rtc/v1/validate")
    assert not is_signal_path("/")
    assert not is_signal_path("/rtc/")


def test_a_session_that_cannot_be_made() -> None:
    request = Requested(0, 1, "GET", "/rtc", (("Origin", "http://o"),))
    given = server_error(request, "connection closed by media")
    assert (given.status, given.body) == (500, b"connection closed by media")
    assert ("Access-Control-Allow-Origin", "http://o") in given.headers


# --- without keys ---------------------------------------------------------------------------------------------------


def ask_freely(path: str, text: str) -> Answer | Joining:
    named = tuple((name, value) for name, value in {**UPGRADE, "Authorization": f"Bearer {text}"}.items())
    return answer(Requested(0, 1, "GET", path, named), None, NOW_S)


def test_without_keys_every_token_will_do() -> None:
    for text in (token("other"), token(video={"roomJoin": False, "room": "r"}), token(exp=1)):
        found = ask_freely("/rtc", text)
        assert isinstance(found, Joining)
        assert (found.room, found.grants.identity, found.grants.can_publish) == ("r", "ann", True)
        assert found.grants.can_update_metadata
    found = ask_freely("/rtc", "e30.e30.e30")
    assert isinstance(found, Joining)
    assert (found.room, found.grants.identity) == (UNNAMED, UNNAMED)


def test_without_keys_what_is_no_token_will_not_do() -> None:
    found = ask_freely("/rtc", "xxx")
    assert isinstance(found, Answer)
    assert (found.status, found.body) == (401, b"invalid authorization token")


def test_an_answer_for_every_page() -> None:
    request = Requested(0, 1, "GET", "/rtc/validate", (("Origin", "http://page"),))
    given = open_to_browsers(request, 520, (TEXT,), b"\xff")
    assert (given.status, given.body, given.headers[0]) == (520, b"\xff", TEXT)
    assert ("Access-Control-Allow-Origin", "*") in given.headers


def test_the_token_as_it_was_sent() -> None:
    assert token_text(Requested(0, 1, "GET", "/", ()), [("access_token", "a.b.c")]) == "a.b.c"
    assert token_text(Requested(0, 1, "GET", "/", ()), []) is None
