"""What is shown instead of secrets, and that nothing is shown or redacted that should not be."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.pool import TO_CLIENT, descriptor, envelope_class
from lksig.wire.codec import decode_frame
from lksig.wire.redaction import MAX_REMEMBERED, Secrets, Treatment, is_hidden, treatment
from tests.support.messages import ICE, sdps

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"
PASSWORD = "a-turn-password"


def secrets(key: bytes = b"k" * 16, *, show: bool = False) -> Secrets:
    return Secrets(key, show=show)


def sha(value: str | bytes) -> str:
    return hashlib.sha256(value.encode() if isinstance(value, str) else value).hexdigest()[:8]


def test_a_placeholder_is_the_start_of_a_sha256() -> None:
    assert secrets().placeholder(JWT, "jwt") == f"[jwt {sha(JWT)}]"
    assert secrets(b"other").placeholder(PASSWORD) == f"[secret {sha(PASSWORD)}]"
    assert secrets().placeholder(PASSWORD.encode()) == secrets().placeholder(PASSWORD)


@pytest.mark.parametrize(("value", "guessable"), [("ann", False), ("ann@example.com", True)])
def test_what_could_be_guessed_is_hashed_with_the_runs_key(value: str, guessable: bool) -> None:
    first, other = (secrets(key).placeholder(value, guessable=guessable) for key in (b"one", b"two"))
    assert first == secrets(b"one").placeholder(value, guessable=guessable)
    assert first != other
    assert sha(value) not in first


@given(st.sampled_from(["jwt", "secret"]), st.text("0123456789abcdef", min_size=8, max_size=8))
def test_a_placeholder_is_never_redacted_again(kind: str, digits: str) -> None:
    placeholder = f"[{kind} {digits}]"
    hide = secrets()
    assert hide.placeholder(placeholder) == placeholder
    assert hide.secret(placeholder) == placeholder
    assert hide.secret_bytes(placeholder.encode()) == placeholder.encode()
    assert hide.scrub(f"ice-pwd:{placeholder}") == f"ice-pwd:{placeholder}"
    sdp = f"a=ice-ufrag:{placeholder}\r\na=ice-pwd:{placeholder}\r\na=candidate:1 ufrag {placeholder}\r\n"
    assert hide.sdp(sdp) == sdp


def test_what_is_done_with_each_field() -> None:
    def of(message: str, field: str) -> str | None:
        return treatment(descriptor(message).fields_by_name[field])

    assert of("SignalResponse", "refresh_token") == "secret"
    assert of("RoomMovedResponse", "token") == "secret"
    assert of("Room", "turn_password") == "secret"
    assert of("ICEServer", "credential") == "secret"
    assert of("ICEServer", "username") is None
    assert of("JoinResponse", "sif_trailer") == "secret_bytes"
    assert of("SessionDescription", "sdp") == "sdp"
    assert of("TrickleRequest", "candidateInit") == "candidate_init"
    assert of("ParticipantInfo", "metadata") is None


def test_bytes_marked_secret_by_the_schema_are_secret_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lksig.wire.redaction.sensitivity", lambda _field: 2)
    assert treatment(descriptor("DataBlob").fields_by_name["contents"]) == "secret_bytes"


def test_whole_fields() -> None:
    hide = secrets()
    assert hide.secret(PASSWORD) == f"[secret {sha(PASSWORD)}]"
    assert hide.secret(JWT) == f"[jwt {sha(JWT)}]"
    assert hide.secret_bytes(b"trailer-1") == f"[secret {sha(b'trailer-1')}]".encode()
    assert (hide.secret(""), hide.secret_bytes(b"")) == ("", b"")
    assert (hide.secret("xxxxxxxxxx"), hide.secret_bytes(b"xxxxxxxxxx")) == ("xxxxxxxxxx", b"xxxxxxxxxx")


@given(sdps())
def test_sdp_keeps_everything_but_the_credentials(text: str) -> None:
    hidden = secrets().sdp(text)
    shape = re.compile(r"\[secret [0-9a-f]{8}\]")
    credential = re.compile(r"(?i)(ice-(?:ufrag|pwd): ?|ufrag )[A-Za-z0-9+/]+")
    assert shape.sub("?", hidden) == credential.sub(r"\1?", text)
    assert secrets(b"another").sdp(hidden) == hidden


def test_the_same_credential_has_the_same_placeholder() -> None:
    hide = secrets()
    line = hide.sdp("a=ice-ufrag:aB+/\n").split(":")[1].strip()
    candidate = '{"candidate":"candidate:1 ufrag aB+/","usernameFragment":"aB+/"}'
    assert hide.candidate_init(candidate) == candidate.replace("aB+/", line)


def test_an_overwritten_credential_prints_its_placeholder() -> None:
    pwd, placeholder = "91be22d0xxxxxxxxxxxxxxxx", "[secret 91be22d0]"
    assert secrets().sdp(f"a=ice-pwd:{pwd}\r\n") == f"a=ice-pwd:{placeholder}\r\n"
    assert secrets().sdp("a=ice-ufrag:91xx\r\n") == "a=ice-ufrag:91xx\r\n"


def test_tokens_in_any_text() -> None:
    assert secrets().tokens(f"see {JWT}.") == f"see [jwt {sha(JWT)}]."
    assert secrets().tokens("nothing") == "nothing"
    assert secrets().tokens("heyJude.mp3") == "heyJude.mp3"


@given(st.text(max_size=5), st.sampled_from(["\x0e", "\\u000", "\\", '"', "é", "😀", "e"]))
def test_tokens_in_json_are_those_of_the_value(before: str, glue: str) -> None:
    value = before + glue + JWT + glue
    text = json.dumps(value)
    assert json.loads(secrets().tokens_in_json(text)) == secrets().tokens(value)


def test_what_a_view_shows_of_a_field() -> None:
    hide = secrets()

    def shown(message: str, field: str, value: str | bytes) -> str | bytes:
        return hide.field_text(descriptor(message).fields_by_name[field], value)

    assert shown("Room", "turn_password", PASSWORD) == f"[secret {sha(PASSWORD)}]"
    assert shown("Room", "name", f"{JWT}!") == f"[jwt {sha(JWT)}]!"
    assert shown("SessionDescription", "sdp", "a=ice-pwd:0123456789\n") == f"a=ice-pwd:[secret {sha('0123456789')}]\n"
    assert shown("TrickleRequest", "candidateInit", "ufrag abcd") != "ufrag abcd"
    assert shown("JoinResponse", "sif_trailer", b"trailer-1") == f"[secret {sha(b'trailer-1')}]"
    assert shown("DataBlob", "contents", b"\xff") == b"\xff"


def test_show_hides_nothing() -> None:
    show = secrets(show=True)
    text = f"{JWT} a=ice-pwd:p"
    assert show.secret(PASSWORD) == PASSWORD
    assert show.secret_bytes(b"b") == b"b"
    assert [way(text) for way in (show.sdp, show.candidate_init, show.tokens, show.scrub)] == [text] * 4
    assert show.scrub_bytes(text.encode()) == text.encode()
    assert show.url(f"ws://h/rtc?access_token={JWT}") == f"ws://h/rtc?access_token={JWT}"
    room = descriptor("Room").fields_by_name["turn_password"]
    assert show.field_text(room, PASSWORD) == PASSWORD


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        (f"bad token {JWT}!", f"bad token {'x' * len(JWT)}!"),
        ('{"a":"a=ice-pwd:p1\\r\\n"}', '{"a":"a=ice-pwd:xx\\r\\n"}'),
        ("GET /rtc?access_token=abc&x=1", "GET /rtc?access_token=xxx&x=1"),
        ("GET /rtc?access_token=[jwt 4f3a9c1e]&x=1", "GET /rtc?access_token=[jwt 4f3a9c1e]&x=1"),
        ("ice-ufrag:91xx", "ice-ufrag:91xx"),
        ("plain", "plain"),
    ],
)
def test_scrubbing_overwrites_what_looks_like_a_secret(text: str, scrubbed: str) -> None:
    assert secrets().scrub(text) == scrubbed
    assert secrets().scrub_bytes(text.encode()) == scrubbed.encode()
    assert secrets().scrub(scrubbed) == scrubbed


@pytest.mark.parametrize("value", [PASSWORD, "päss wörd/1", b"\x00\xffbytes-1"])
def test_scrubbing_overwrites_secrets_seen_before(value: str | bytes) -> None:
    hide = secrets()
    hide.learn(value)
    content = value if isinstance(value, bytes) else value.encode()
    encoded = base64.b64encode(content).decode().rstrip("=")
    for form in (quote(content, safe=""), encoded):
        assert hide.scrub(f"<{form}>{form}") == f"<{'x' * len(form)}>{'x' * len(form)}"
    assert hide.scrub_bytes(b"\xfe" + content + b"\xfe") == b"\xfe" + b"x" * len(content) + b"\xfe"
    if isinstance(value, str):
        assert hide.scrub(f"<{value}>") == f"<{'x' * len(value)}>"


def test_a_secret_inside_another_leaves_nothing() -> None:
    hide = secrets()
    hide.learn("password")
    hide.learn("password-and-more")
    assert hide.scrub("password-and-more") == "x" * 17


def test_what_a_view_hides_is_remembered() -> None:
    hide = secrets()
    hide.secret(PASSWORD)
    hide.sdp("a=ice-pwd:long-enough-pwd\n")
    hide.secret_bytes(b"trailer-1")
    text = f"{PASSWORD} long-enough-pwd trailer-1"
    assert hide.scrub(text) == re.sub(r"\S", "x", text)


def test_too_short_and_hidden_values_are_not_remembered() -> None:
    hide = secrets()
    for value in ("short", "xxxxxxxxxx", "[secret 91be22d0]"):
        hide.learn(value)
        assert hide.scrub(f"{value} {value}") == f"{value} {value}"


def test_memory_is_bounded_and_the_newest_stay() -> None:
    hide = secrets()
    for number in range(MAX_REMEMBERED + 1):
        hide.learn(f"secret number {number:04}.")
    assert hide.scrub("secret number 0000.") == "secret number 0000."
    assert "number" not in hide.scrub(f"secret number {MAX_REMEMBERED:04}.")
    for number in range(5000):
        hide.stand_in("ufrag", f"{number:08}")
    assert len(hide._stand_ins) <= 4096


def test_a_very_long_secret_is_hidden_but_not_kept() -> None:
    hide = secrets()
    long = "long secret " * 1000
    assert hide.secret(long) == f"[secret {sha(long)}]"
    assert hide.scrub(long) == long
    assert not hide._stand_ins


def test_the_repr_tells_nothing() -> None:
    hide = secrets(b"run-key")
    hide.learn(PASSWORD)
    assert repr(hide) == "Secrets(show=False, 1 seen)"


@pytest.mark.parametrize(
    ("text", "kind", "hidden"),
    [
        ("xx", "secret", True),
        ("[jwt 00000000]", "jwt", True),
        ("9xx", "secret", False),
        ("9xx", "pwd", True),
        ("a", "pwd", False),
    ],
)
def test_what_counts_as_hidden(text: str, kind: str, hidden: bool) -> None:
    assert is_hidden(text, kind) == hidden


@given(ICE)
def test_any_ice_credential_is_hidden_in_any_place(value: str) -> None:
    hide = secrets()
    if is_hidden(value, "pwd"):
        return
    assert f":{value}\n" not in hide.sdp(f"a=ice-pwd:{value}\n")
    assert hide.scrub(f"a=ice-pwd:{value}\n") == f"a=ice-pwd:{'x' * len(value)}\n"


def test_urls_and_frames_pass_through_their_own_modules() -> None:
    hide = secrets()
    assert hide.url(f"wss://h/rtc?access_token={JWT}") == f"wss://h/rtc?access_token=[jwt {sha(JWT)}]"
    response: Any = envelope_class(TO_CLIENT)(refresh_token=JWT)
    message = decode_frame(response.SerializeToString(), direction=TO_CLIENT, t_ns=0, by="server")
    done = hide.overwrite(message)
    assert (len(done.raw), done.places) == (len(message.raw), (("refresh_token", f"[jwt {sha(JWT)}]"),))


def test_what_is_shown_on_the_screen_is_hidden_in_a_file() -> None:
    shown = Secrets(b"0" * 16, show=True)
    shown.learn("a-secret-of-this-run")
    hiding = shown.hiding()
    assert hiding.scrub("it is a-secret-of-this-run") == "it is xxxxxxxxxxxxxxxxxxxx"
    assert hiding.secret("short") == Secrets(b"0" * 16).secret("short")
    assert hiding.hiding() is hiding


def test_what_a_frame_is_overwritten_for() -> None:
    hide = secrets()
    assert hide.treatment(descriptor("Room").fields_by_name["turn_password"]) == "secret"

    def found(how: Treatment | None, text: str) -> list[str]:
        return [text[span.start : span.end] for span in hide.find_in_field(how, text)]

    sdp = f"a=ice-ufrag:4f3a\r\na=ice-pwd:{'x' * 22}\r\na=note:{JWT}\r\n"
    assert found("sdp", sdp) == ["4f3a", JWT]
    assert found("candidate_init", "candidate:1 ufrag 4f3a") == ["4f3a"]
    assert found(None, sdp) == [JWT]


def test_what_the_user_gave_is_remembered_once_and_hidden_in_files_too() -> None:
    secrets = Secrets(b"0" * 16, show=True)
    secrets.give("APIsecret0123456789")
    secrets.give("APIsecret0123456789")
    assert secrets.hiding().given == ["APIsecret0123456789"]
    assert secrets.hiding().scrub("is APIsecret0123456789") == "is xxxxxxxxxxxxxxxxxxx"
