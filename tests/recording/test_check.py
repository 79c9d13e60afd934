"""What secrets are left in a file: found wherever they are, in whatever they are written, and never repeated."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.recording.check import Checker, Survivor
from lksig.recording.compression import Plain
from lksig.recording.format_v1 import Record
from lksig.recording.redact import Redactor
from lksig.recording.rewrite import rewrite
from lksig.render.hexdump import hexdump
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.wire.codec import decode_frame
from lksig.wire.events import Close, Http, Marker, Start
from lksig.wire.known_values import Form, KnownValues, forms
from lksig.wire.redaction import Secrets
from lksig.wire.secret_text import overwritten_ice
from tests.support.cli import run
from tests.support.messages import varint
from tests.support.readings import message
from tests.support.recordings import KEY, Memory, opened, recorded, sessions
from tests.support.samples import TOKEN, WALL_NS

KEPT = Path(__file__).parent.parent / "recordings"
VALUE = "s3cr3t/value+of=this"
KNOWN = {"LIVEKIT_API_SECRET": VALUE}
START = Start(0, WALL_NS, "ws://h/rtc/v1", "v1", "standup", "ann")


def found(data: bytes, known: dict[str, str] | None = None, **how: Any) -> list[str]:
    """What is left in a file, one text for each."""
    return [str(one) for one in Checker(known or {}, **how).survivors([data])]


def in_session(*records: Record, **how: Any) -> list[str]:
    return found(recorded([START, *records]), **how)


def test_secrets_where_the_schema_knows_them() -> None:
    assert in_session(message(TO_CLIENT, "join").event) == [
        "line 3: a TURN credential (join.room.turn_password)",
        "line 3: a TURN credential (join.ice_servers.1.credential)",
        "line 3: a key (join.sif_trailer)",
    ]
    assert in_session(message(TO_CLIENT, "refresh_token").event) == ["line 3: a JWT (refresh_token)"]
    offer = in_session(message(TO_SERVER, "offer", {"sdp": "a=ice-pwd:abcdefghijklmnopqrstuv\r\n"}).event)
    assert offer == ["line 3: an ICE credential (offer.sdp[10:32])"]


def test_a_token_in_a_text_of_the_schema() -> None:
    update = message(TO_SERVER, "update_metadata", {"attributes": {"k": f"-{TOKEN}"}}).event
    assert in_session(update) == [f'line 3: a JWT (update_metadata.attributes["k"][1:{1 + len(TOKEN)}])']


def test_fields_the_schema_does_not_know_and_frames_that_do_not_decode() -> None:
    unknown = varint(99 << 3 | 2) + varint(len(TOKEN)) + TOKEN.encode()
    place = "line 3: a secret (a part the schema does not know)"
    assert in_session(decode_frame(unknown, direction=TO_CLIENT, t_ns=0, by="server")) == [
        place,
        "line 3: a JWT (base64)",
    ]
    broken = decode_frame(b"\xffa=ice-pwd:abcdefghijklmnopqrstuv ", direction=TO_CLIENT, t_ns=0, by="server")
    assert in_session(broken) == [place]


def test_other_events() -> None:
    http = Http(0, "GET", f"/rtc?access_token={TOKEN}", (("Cookie", "sid=cookie-0123456789"),), 200, (), b"", 0)
    assert in_session(http) == ["line 3: a JWT (path)", "line 3: a secret (request_headers)"]
    assert in_session(Close(0, 1000, f"because {TOKEN}", "server")) == [
        "line 3: a secret (reason)",
        "line 3: a JWT (as it is)",
    ]


def test_personal_data_counts_when_asked_for() -> None:
    assert in_session(personal=True) == ["line 2: a secret (room)", "line 2: a secret (identity)"]
    assert in_session() == []


@given(sessions())
def test_of_a_redacted_recording_nothing_is_said(records: list[Record]) -> None:
    assert found(recorded(records, secrets=Secrets(KEY))) == []


@given(sessions(), st.sampled_from(forms(VALUE)))
def test_of_known_values_nothing_is_left(records: list[Record], form: Form) -> None:
    """Wherever it is written, in a frame too, redaction finds it where the checker would."""
    metadata = message(TO_SERVER, "update_metadata", {"metadata": f"({form.text})"}).event
    data = recorded([*records, Marker(0, form.text), metadata])
    assert found(data, KNOWN)
    output = Memory()
    known = KnownValues(KEY, KNOWN.values())
    rewrite(opened(data), output, Plain(), Redactor(Secrets(KEY), known=known))
    assert found(output.data, KNOWN) == []


ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "hex": lambda text: text.encode().hex(),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "percent-encoded": lambda text: quote(text, safe=""),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("around", ["", "a", "ab", "abc", "key="])
@pytest.mark.parametrize("form", [str, str.upper])
def test_known_values_in_any_encoding(encoding: str, around: str, form: Callable[[str], str]) -> None:
    encoded = ENCODINGS[encoding](around + VALUE + around)
    if form is str.upper and encoding != "hex":
        return
    line = f"{around}{form(encoded)}"
    assert found(line.encode(), KNOWN)[0].startswith("line 1: the value of LIVEKIT_API_SECRET (")
    assert found(json.dumps({"a": [line]}).encode(), KNOWN)[0].startswith("line 1: the value of")


@given(st.text(max_size=5), st.text(max_size=5), st.sampled_from(list(ENCODINGS)), st.booleans())
def test_known_values_within_anything(before: str, after: str, encoding: str, url_safe: bool) -> None:
    encoded = ENCODINGS[encoding](before + VALUE + after)
    if url_safe and encoding == "base64":
        encoded = encoded.translate(str.maketrans("+/", "-_"))
    names = {one.what for one in Checker(KNOWN).survivors([b"first\n" + encoded.encode() + b"\nlast"])}
    assert names == {"the value of LIVEKIT_API_SECRET"}


@pytest.mark.parametrize("outer", ENCODINGS)
@pytest.mark.parametrize("inner", ENCODINGS)
def test_tokens_in_encodings_of_encodings(outer: str, inner: str) -> None:
    text = ENCODINGS[outer](ENCODINGS[inner](f"t={TOKEN} and {VALUE}"))
    whats = {one.what for one in Checker(KNOWN).survivors([text.encode()])}
    assert whats == {"a JWT", "the value of LIVEKIT_API_SECRET"}


def test_a_known_value_in_a_frame() -> None:
    metadata = message(TO_SERVER, "update_metadata", {"metadata": f"it is {VALUE}!"}).event
    assert in_session(metadata, known=KNOWN) == ["line 3: the value of LIVEKIT_API_SECRET (base64)"]
    assert in_session(Marker(0, VALUE), known=KNOWN) == ["line 3: the value of LIVEKIT_API_SECRET (as it is)"]
    odd = 'quote " and é in it'
    assert in_session(Marker(0, odd), known={"LIVEKIT_TOKEN": odd}) == ["line 3: the value of LIVEKIT_TOKEN (in JSON)"]


def test_short_values_are_passed_over() -> None:
    assert found(b"secret devkey 0123456789", {"A": "secret", "B": "devkey", "C": "0123456789"}) == []


def test_any_file_is_looked_through() -> None:
    curl = f"curl 'wss://h/rtc?access_token=opaque-value' {TOKEN}"
    text = f"{curl}\na=ice-pwd:abcdefghijklmnopqrstuv\n-----BEGIN PRIVATE KEY-----"
    assert found(text.encode()) == [
        "line 1: a JWT (as it is)",
        "line 1: a secret (in a URL)",
        "line 2: an ICE credential (as it is)",
        "line 3: a private key (as it is)",
    ]
    assert found(gzip.compress(text.encode())) == found(text.encode())
    assert found(b"nothing here\nor here") == []


@pytest.mark.parametrize("encode", [quote_plus, lambda text: text.replace(" ", "+")])
def test_values_with_a_plus_for_each_blank(encode: Callable[[str], str]) -> None:
    value = "a long: secret phrase"
    assert found(f"GET /?q={encode(value)}&x=1".encode(), {"LIVEKIT_TOKEN": value}) == [
        "line 1: the value of LIVEKIT_TOKEN (+ for blanks)"
    ]
    assert found(b"a+long:+other+phrase", {"LIVEKIT_TOKEN": value}) == []


@pytest.mark.parametrize("separator", [":", " ", "-"])
def test_hex_with_something_between_the_bytes(separator: str) -> None:
    digits = f"key={VALUE} {TOKEN}".encode().hex(separator)
    for text in (digits, digits.upper()):
        whats = {one.what for one in Checker(KNOWN).survivors([f"<{text}>".encode()])}
        assert whats == {"a JWT", "the value of LIVEKIT_API_SECRET"}


@pytest.mark.parametrize("first", [0, 5, 11])
def test_a_hexdump_is_read_as_the_bytes_it_shows(first: int) -> None:
    secret = b"." * first + b"a=ice-pwd:abcdefghijklmnopqrstuv\r\n" + VALUE.encode()
    hidden = b"." * first + b"a=ice-pwd:" + overwritten_ice("91be22d0", 22).encode() + b"\r\n" + b"x" * 20
    dumped = "\n".join(["first", *hexdump(hidden), *hexdump(secret), "last"]).encode()
    at = 2 + len(list(hexdump(hidden)))
    assert found(dumped, KNOWN) == [
        f"line {at}: the value of LIVEKIT_API_SECRET (hexdump)",
        f"line {at}: an ICE credential (hexdump)",
    ]


def test_what_lksig_prints_in_hex_holds_no_secret() -> None:
    printed = run("show", str(KEPT / "full.lksig"), "--format", "hex").stdout
    assert "ufrag" in printed.replace("\n", "")
    assert found(printed.encode()) == []


def test_turn_credentials_in_json() -> None:
    servers = {"ice_servers": [{"urls": ["turn:h"], "username": "u", "credential": "hunter2"}]}
    assert found(json.dumps(servers).encode()) == ["line 1: a TURN credential (as it is)"]
    assert found(b'{"room":{"turnPassword" : "hunter2"}}') == ["line 1: a TURN credential (as it is)"]
    assert found(b'{"credential":"[secret 91be22d0]","turn_password":"xxxxxxx"}') == []


def test_urls_end_where_the_text_goes_on() -> None:
    line = '{"path":"/rtc/v1?join_request=EggKAhgREgIIAQ%3D%3D","headers":{"x":"a; b"}}'
    assert found(line.encode()) == []
    assert found(b"GET /rtc?access_token=[jwt 4f3a9c1e]&sdk=js HTTP/1.1") == []
    assert found(b"GET /rtc?access_token=opaque&sdk=js HTTP/1.1") == ["line 1: a secret (in a URL)"]
    assert found(b"to wss://user:word@h/ it goes") == ["line 1: a secret (in a URL)"]


def test_a_finding_does_not_repeat_the_secret() -> None:
    told = "\n".join(found(f"{TOKEN} {VALUE}".encode(), KNOWN))
    assert TOKEN[:12] not in told
    assert VALUE[:6] not in told
    assert str(Survivor(7, "a JWT", "x")) == "line 7: a JWT (x)"


def test_what_could_not_be_looked_through_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from lksig.recording import line_source

    cut = Checker({})
    assert list(cut.survivors([gzip.compress(b"text")[:-9]])) == []
    assert cut.damage == "its gzip data is cut short"
    monkeypatch.setattr(line_source.LineSource.__init__, "__kwdefaults__", {"max_line_bytes": 8})
    long = Checker({})
    assert [one.line for one in long.survivors([b"far too long\nshort\ntoo long again\n-"])] == []
    assert (long.damage, long.lines) == ("line 1 is too long to be looked through", 4)


def test_lines_that_are_damaged_are_searched_as_text() -> None:
    data = recorded([START]) + f"rubbish {TOKEN}\n".encode()
    assert found(data) == ["line 4: a JWT (as it is)"]


@given(st.binary())
def test_any_bytes_can_be_checked(data: bytes) -> None:
    list(Checker(KNOWN, personal=True).survivors([data]))
    list(Checker(KNOWN).survivors([recorded([START]), data]))
