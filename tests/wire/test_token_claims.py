from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.wire.token_claims import read_token, seconds
from tests.support.tokens import NOW_S, json_values, make_token, segment

NAN = b'{"exp": NaN}'


def test_what_a_token_says() -> None:
    raw = make_token(name="Ann", iat=NOW_S)
    token = read_token(f" {raw}\n")
    assert (token.raw, token.algorithm, token.api_key) == (raw, "HS256", "devkey")
    assert (token.identity, token.name, token.room) == ("probe", "Ann", "standup")
    assert (token.not_before_s, token.issued_s, token.expires_s) == (NOW_S, NOW_S, NOW_S + 21600)
    assert token.grants == token.video == {"roomJoin": True, "room": "standup"}


def test_the_identity_may_stand_in_jti() -> None:
    assert read_token(make_token(sub=None, jti="other")).identity == "other"
    assert read_token(make_token(sub="", jti="other")).identity == "other"
    assert read_token(make_token(sub="", jti=1)).identity is None


def test_claims_of_any_shape_are_read() -> None:
    token = read_token(make_token(sub=1, name=[], video="x", exp="later", nbf=True, iss=None))
    assert (token.identity, token.name, token.video, token.room, token.api_key) == (None, None, None, None, None)
    assert (token.expires_s, token.not_before_s, token.issued_s, token.grants) == (None, None, None, {})
    assert read_token(make_token(video={"room": 3})).room is None


@pytest.mark.parametrize("algorithm", ["none", "RS256", "EdDSA", "nonsense", 5])
def test_a_token_of_any_algorithm_is_read(algorithm: object) -> None:
    token = read_token(make_token(header={"alg": algorithm}, secret=None))
    assert token.algorithm == (algorithm if isinstance(algorithm, str) else None)


def test_repr_does_not_show_the_token() -> None:
    assert repr(read_token(make_token())) == "Token(probe in standup)"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it has 1 part between dots where a token has 3"),
        ("abc", "it has 1 part between dots where a token has 3"),
        ("a.b", "it has 2 parts between dots where a token has 3"),
        ("a.b.c.d", "it has 4 parts between dots where a token has 3"),
        ("a.b.c.d.e", "it is an encrypted token (JWE), which LiveKit does not use"),
        (f"!.{segment({})}.x", "its header is no JSON in base64"),
        (f"a.{segment({})}.x", "its header is no JSON in base64"),
        (f"é.{segment({})}.x", "its header is no JSON in base64"),
        (f"{segment({})}.{segment(b'nope')}.x", "its content is no JSON in base64"),
        (f"{segment({})}.{segment(bytes([255]))}.x", "its content is no JSON in base64"),
        (f"{segment({})}.{segment(b'[' * 99999)}.x", "its content is no JSON in base64"),
        (f"{segment({})}.{segment(NAN)}.x", "its content is no JSON in base64"),
        (f"{segment([])}.{segment({})}.x", "its header is no JSON object"),
        (f"{segment({})}.{segment(5)}.x", "its content is no JSON object"),
    ],
)
def test_nonsense_is_refused_with_a_reason_and_unseen(text: str, why: str) -> None:
    with pytest.raises(InputError) as caught:
        read_token(text)
    assert caught.value.text == f"this is no access token: {why}"
    assert (caught.value.layer, caught.value.code, caught.value.source) == ("auth", "bad-token", None)


@pytest.mark.parametrize(
    ("value", "number"),
    [(1, 1), (1.5, 1.5), (True, None), ("1", None), (None, None), (float("inf"), None), (10**400, None)],
)
def test_times_are_numbers(value: object, number: float | None) -> None:
    assert seconds(value) == number


@given(st.dictionaries(st.sampled_from(["iss", "sub", "jti", "name", "exp", "nbf", "iat", "video", "x"]), json_values))
def test_any_claims_can_be_asked(claims: dict[str, object]) -> None:
    token = read_token(make_token(claims or {"x": 1}))
    values = (token.identity, token.name, token.api_key, token.room, token.expires_s, token.not_before_s)
    assert all(value is None or isinstance(value, str | int | float) for value in values)


@given(st.text() | st.text(alphabet="eyJ.ab_-=", max_size=40))
def test_any_text_is_a_token_or_an_input_error(text: str) -> None:
    with contextlib.suppress(InputError):
        assert read_token(text).raw == text.strip()
