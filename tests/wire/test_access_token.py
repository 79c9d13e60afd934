from __future__ import annotations

import subprocess
import sys
from typing import Any

import jwt
import pytest
from livekit import api

from lksig.errors import AuthError, InputError
from lksig.exit_codes import ExitCode
from lksig.wire.access_token import TokenRejected, explain, lint, mint, read_token, verify
from tests.support.tokens import NOW_S, make_token, segment

KEYS = {"devkey": "secret"}
LONG_SECRET = "s" * 32


def body_of(token: str, now_s: float = NOW_S) -> str:
    with pytest.raises(TokenRejected) as caught:
        verify(token, KEYS, now_s)
    assert caught.value.status == 401
    assert token not in f"{caught.value} {caught.value.body}"
    return caught.value.body


class TestMint:
    def test_a_token_the_server_accepts(self) -> None:
        token = mint("devkey", "secret", identity="probe", room="standup", now_s=NOW_S)
        read = verify(token, KEYS, NOW_S)
        assert read.header == {"alg": "HS256", "typ": "JWT"}
        assert read.claims == {
            "iss": "devkey",
            "sub": "probe",
            "nbf": NOW_S,
            "iat": NOW_S,
            "exp": NOW_S + 21600,
            "video": {"roomJoin": True, "room": "standup"},
        }
        assert explain(read, NOW_S) == "probe in standup, expires 17:06:40Z (6 h)"
        assert lint(read, NOW_S) == []

    def test_everything_that_can_be_said(self) -> None:
        token = mint(
            "k",
            LONG_SECRET,
            identity="i",
            room=None,
            now_s=NOW_S,
            name="n",
            grants={"roomJoin": False, "hidden": True},
            ttl_s=60,
            metadata="m",
            attributes={"a": "b"},
            claims={"kind": "agent", "exp": 5},
        )
        read = read_token(token)
        times = {"nbf": NOW_S, "iat": NOW_S, "exp": 5}
        video = {"roomJoin": False, "hidden": True}
        texts = {"iss": "k", "sub": "i", "kind": "agent", "name": "n", "metadata": "m"}
        assert read.claims == {**texts, **times, "attributes": {"a": "b"}, "video": video}
        assert jwt.decode(token, LONG_SECRET, algorithms=["HS256"], options={"verify_exp": False, "verify_nbf": False})

    def test_upstreams_own_verifier_accepts_it(self) -> None:
        token = mint("devkey", LONG_SECRET, identity="probe", room="r", now_s=1, ttl_s=1 << 40)
        claims = api.TokenVerifier("devkey", LONG_SECRET).verify(token)
        assert (claims.identity, claims.video and claims.video.room) == ("probe", "r")

    def test_two_runs_mint_the_same(self) -> None:
        def once() -> str:
            return mint("devkey", "secret", identity="probe", room="standup", now_s=NOW_S)

        assert once() == once()

    @pytest.mark.parametrize(
        ("key", "secret", "said"),
        [
            ("", "s", "the API key is empty"),
            ("k", "", "the API secret is empty"),
            ("k", '{"kty": "oct"}', "the API secret cannot be used to sign a token"),
            ("k", "\udc80", "the API secret cannot be used to sign a token"),
        ],
    )
    def test_unusable_credentials(self, key: str, secret: str, said: str) -> None:
        with pytest.raises(InputError) as caught:
            mint(key, secret, identity="i", room="r", now_s=NOW_S)
        assert (caught.value.text, caught.value.layer) == (said, "auth")


TYPE_ERROR = "token is malformed: could not JSON decode claim: json: cannot unmarshal "
VIDEO_ERROR = TYPE_ERROR + "{} into Go struct field VideoGrant.ClaimGrants.video."


class TestVerify:
    """Every body was compared with what livekit-server 1.13.5 answers (its own text behind `error: `)."""

    def test_a_good_token(self) -> None:
        assert verify(make_token(), KEYS, NOW_S).identity == "probe"
        assert verify(make_token(name=None, sub=None, jti="x", exp=NOW_S + 5.5), KEYS, NOW_S).identity == "x"

    @pytest.mark.parametrize(
        "token",
        [
            "nonsense",
            "a.b",
            make_token(header={"alg": "HS999"}),
            make_token(header={"typ": "JWT"}),
            make_token(exp="later"),
            make_token(nbf=True),
            make_token(iat=[]),
            make_token(sub=1),
            make_token(iss=["x"]),
            make_token() + "=",
            make_token()[:-3] + "!!!",
            make_token() + "aa",
            f"{segment({'alg': 'HS256'})}.{segment([])}.",
        ],
    )
    def test_what_does_not_parse(self, token: str) -> None:
        assert body_of(token) == "invalid authorization token"

    @pytest.mark.parametrize("changes", [{"iss": "other"}, {"iss": None}])
    def test_an_unknown_key(self, changes: dict[str, Any]) -> None:
        assert body_of(make_token(**changes)) == "invalid API key"

    @pytest.mark.parametrize(
        ("token", "error"),
        [
            (make_token(secret="other"), "token signature is invalid: signature is invalid"),
            (make_token(secret=None), "token signature is invalid: signature is invalid"),
            (make_token(header={"alg": "HS512"}), "token signature is invalid: signing method HS512 is invalid"),
            (
                make_token(header={"alg": "none"}, secret=None),
                "token signature is invalid: signing method none is invalid",
            ),
            (make_token(exp=NOW_S - 60), "token has invalid claims: token is expired"),
            (make_token(exp=None), "token has invalid claims: token is missing required claim: exp claim is required"),
            (make_token(nbf=NOW_S + 61), "token has invalid claims: token is not valid yet"),
            (
                make_token(nbf=NOW_S + 100, exp=NOW_S - 100),
                "token has invalid claims: token is expired, token is not valid yet",
            ),
            # A bad signature is told before bad claims, a claim of the wrong type before both.
            (make_token(secret="other", exp=1), "token signature is invalid: signature is invalid"),
            (
                make_token(video="x", secret="other"),
                f"{TYPE_ERROR}string into Go struct field tokenClaims.ClaimGrants.video of type auth.VideoGrant",
            ),
            (
                make_token(video=[1]),
                f"{TYPE_ERROR}array into Go struct field tokenClaims.ClaimGrants.video of type auth.VideoGrant",
            ),
            (
                make_token(video={"zzz": 1, "roomJoin": "true"}),
                f"{TYPE_ERROR}string into Go struct field VideoGrant.ClaimGrants.video.roomJoin of type bool",
            ),
            (
                make_token(video={"hidden": 1}),
                f"{TYPE_ERROR}number into Go struct field VideoGrant.ClaimGrants.video.hidden of type bool",
            ),
            (
                make_token(video={"canPublishSources": "camera"}),
                f"{VIDEO_ERROR.format('string')}canPublishSources of type []string",
            ),
            (
                make_token(video={"canPublishSources": ["camera", 1]}),
                f"{VIDEO_ERROR.format('number')}canPublishSources of type string",
            ),
            (
                make_token(attributes={"a": "b", "c": 1}),
                f"{TYPE_ERROR}number into Go struct field tokenClaims.ClaimGrants.attributes of type string",
            ),
            (
                make_token(attributes="x"),
                f"{TYPE_ERROR}string into Go struct field tokenClaims.ClaimGrants.attributes of type map[string]string",
            ),
            (
                make_token(name=1),
                f"{TYPE_ERROR}number into Go struct field tokenClaims.ClaimGrants.name of type string",
            ),
            (
                make_token(kindDetails="x"),
                f"{TYPE_ERROR}string into Go struct field tokenClaims.ClaimGrants.kindDetails of type []string",
            ),
            (
                make_token(sip=True),
                f"{TYPE_ERROR}bool into Go struct field tokenClaims.ClaimGrants.sip of type auth.SIPGrant",
            ),
            (
                make_token({"iss": "devkey", "attributes": "x", "name": {}}),
                f"{TYPE_ERROR}string into Go struct field tokenClaims.ClaimGrants.attributes of type map[string]string",
            ),
        ],
    )
    def test_the_reason_follows(self, token: str, error: str) -> None:
        assert body_of(token) == f"invalid authorization token: {error}"

    @pytest.mark.parametrize(("changes", "now_s"), [({"exp": NOW_S}, NOW_S + 59.9), ({"nbf": NOW_S + 60}, NOW_S)])
    def test_a_minute_of_leeway(self, changes: dict[str, Any], now_s: float) -> None:
        assert verify(make_token(**changes), KEYS, now_s)

    def test_null_counts_as_left_out(self) -> None:
        claims = {"iss": "devkey", "sub": "a", "exp": NOW_S, "name": None, "video": {"room": None}, "attributes": None}
        assert verify(make_token(claims), KEYS, NOW_S)
        assert verify(make_token({**claims, "video": None, "attributes": {"a": None}}), KEYS, NOW_S)

    def test_a_secret_that_no_text_can_be_signed_with_signs_nothing(self) -> None:
        with pytest.raises(TokenRejected) as caught:
            verify(make_token(), {"devkey": "\udc80"}, NOW_S)
        assert caught.value.body.endswith("signature is invalid")

    def test_an_empty_secret_is_no_key(self) -> None:
        with pytest.raises(TokenRejected) as caught:
            verify(make_token(), {"devkey": ""}, NOW_S)
        assert caught.value.body == "invalid API key"

    def test_it_is_an_error_of_authorisation(self) -> None:
        error = TokenRejected("x")
        assert isinstance(error, AuthError)
        assert (error.exit_code, error.layer, str(error)) == (ExitCode.AUTH, "auth", "the token is refused: x")


def test_reading_a_token_does_not_load_pyjwt() -> None:
    code = "import sys; from lksig.wire.access_token import read_token; sys.exit('jwt' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
