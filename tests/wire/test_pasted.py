from __future__ import annotations

import base64
import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import UndecodableError
from lksig.exit_codes import ExitCode
from lksig.schema.pool import TO_CLIENT, TO_SERVER, envelope_class, message_class
from lksig.wire.join_request import encode_join_request
from lksig.wire.pasted import recognise
from tests.support.tokens import make_token

FRAME: bytes = envelope_class(TO_SERVER)(add_track={"cid": "cam1", "type": "VIDEO"}).SerializeToString()
JOIN = message_class("JoinRequest")(
    client_info={"sdk": "JS", "protocol": 17, "version": "2.23.0"}, connection_settings={"auto_subscribe": True}
)
GZIP = encode_join_request(JOIN, "gzip")
PLAIN = encode_join_request(JOIN, "none")
TOKEN = make_token()
URL = f"wss://lk.example.com/rtc/v1?access_token={TOKEN}&join_request={GZIP}"


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        (FRAME, f"read as raw bytes: {len(FRAME)} bytes"),
        (FRAME.hex(), f"read as hex: {len(FRAME)} bytes"),
        (FRAME.hex(" "), f"read as hex: {len(FRAME)} bytes"),
        (FRAME.hex().encode() + b"\n", f"read as hex: {len(FRAME)} bytes"),
        (base64.b64encode(FRAME).decode(), f"read as base64: {len(FRAME)} bytes"),
        (str(list(FRAME)), f"read as a list of numbers: {len(FRAME)} bytes"),
        (repr(FRAME), f"read as a string with escapes: {len(FRAME)} bytes"),
        ("\ufeff" + FRAME.hex(), f"read as hex: {len(FRAME)} bytes"),
        (FRAME.hex().encode("utf-16"), f"read as hex: {len(FRAME)} bytes"),
        (json.dumps({"type": "Buffer", "data": list(FRAME)}), f"read as the JSON of a byte array: {len(FRAME)} bytes"),
        (
            json.dumps({str(index): byte for index, byte in enumerate(FRAME)}),
            f"read as the JSON of a byte array: {len(FRAME)} bytes",
        ),
    ],
)
def test_a_frame_in_any_notation(pasted: bytes | str, said: str) -> None:
    found = recognise(pasted)
    assert (found.kind, found.data, found.direction) == ("frame", FRAME, None)
    assert found.said.removesuffix(" (it could be base64; hex wins)") == said
    assert repr(found) == f"Pasted(frame, {found.said})"


def test_that_hex_wins_is_said() -> None:
    found = recognise("42004200")
    assert (found.said, found.could_be_other) == ("read as hex: 4 bytes (it could be base64; hex wins)", True)
    found = recognise("42:00:42:00")
    assert (found.said, found.could_be_other) == ("read as hex: 4 bytes", False)
    assert recognise("0x4").said == "read as base64: 2 bytes"
    assert recognise("0x 42").said == "read as hex: 1 byte"


class TestJoinRequests:
    @pytest.mark.parametrize(
        "text", [GZIP, PLAIN, GZIP.rstrip("="), GZIP.replace("=", "%3D"), f"{GZIP[:40]}\n{GZIP[40:80]}\n{GZIP[80:]}"]
    )
    def test_in_base64(self, text: str) -> None:
        found = recognise(text)
        assert found.kind == "join_request"
        assert found.text == text.replace("\n", "")
        assert found.said.startswith("read as a join_request (base64): ")

    @pytest.mark.parametrize("text", [GZIP, PLAIN])
    def test_as_bytes(self, text: str) -> None:
        data = base64.urlsafe_b64decode(text)
        for pasted in (data, data.hex()):
            found = recognise(pasted)
            assert (found.kind, found.text, found.data) == ("join_request", text, data)

    @pytest.mark.parametrize(
        "fields",
        [
            {"answer": {"type": "answer", "sdp": "v=0\r\n", "id": 3}},
            {"answer": {}},
            {"offer": {"type": "offer", "sdp": "v=0\r\n"}},
            {"ping": 17},
        ],
    )
    def test_a_frame_that_could_be_one_is_a_frame(self, fields: dict[str, Any]) -> None:
        data: bytes = envelope_class(TO_SERVER)(**fields).SerializeToString()
        assert recognise(base64.b64encode(data).decode()).kind == "frame"

    @pytest.mark.parametrize("fields", [{"reconnect": True}, {"metadata": "m"}, {"participant_sid": "PA_x"}])
    def test_one_that_says_little(self, fields: dict[str, Any]) -> None:
        assert recognise(encode_join_request(message_class("JoinRequest")(**fields), "none")).kind == "join_request"

    def test_one_that_holds_the_unknown(self) -> None:
        wrapped = message_class("WrappedJoinRequest")
        content = JOIN.SerializeToString()
        newer = wrapped(join_request=content + b"\xf8\x7f\x01").SerializeToString()
        assert recognise(newer.hex()).kind == "join_request"
        for data in (
            wrapped(join_request=content).SerializeToString() + b"\xf8\x7f\x01",
            wrapped(compression=9, join_request=b"x").SerializeToString(),
        ):
            assert recognise(data.hex()).kind == "frame"


class TestUrls:
    @pytest.mark.parametrize(
        ("pasted", "text", "said"),
        [
            (URL, URL, "read as a URL"),
            (f"'{URL}'", URL, "read as a URL"),
            ("https://h", "https://h", "read as a URL"),
            (f"WebSocket connection to '{URL}' failed: ", URL, "read as the URL in the text"),
            (f"curl '{URL}' -H 'Upgrade: websocket'", URL, "read as the URL in the text"),
            ("see wss://h/rtc for more", "wss://h/rtc", "read as the URL in the text"),
            (
                "GET /rtc?&protocol=16 HTTP/1.1\r\nHost: h",
                "/rtc?&protocol=16",
                "read as the request line of a handshake",
            ),
            ("/base/rtc/v1/validate", "/base/rtc/v1/validate", "read as the request line of a handshake"),
            (f"join_request={GZIP}", f"?join_request={GZIP}", "read as the query of a URL"),
            (f"&protocol=9&access_token={TOKEN}", f"?protocol=9&access_token={TOKEN}", "read as the query of a URL"),
        ],
    )
    def test_wherever_they_were_copied(self, pasted: str, text: str, said: str) -> None:
        found = recognise(pasted)
        assert (found.kind, found.text, found.said) == ("url", text, said)
        assert TOKEN not in repr(found)

    @pytest.mark.parametrize("pasted", ["wss://h/artcle is elsewhere", "/home/wxy", "GET / HTTP/1.1", "a=1&b=2"])
    def test_what_is_none(self, pasted: str) -> None:
        with pytest.raises(UndecodableError):
            recognise(pasted)


class TestTokens:
    @pytest.mark.parametrize(
        ("pasted", "said"),
        [
            (TOKEN, "read as an access token"),
            (f"Bearer {TOKEN}", "read as an access token"),
            (f"authorization: bearer {TOKEN}", "read as an access token"),
            (f'"{TOKEN}"', "read as an access token"),
            (f"invalid token: {TOKEN}, error: token is expired", "read as the token in the text"),
        ],
    )
    def test_wherever_they_were_copied(self, pasted: str, said: str) -> None:
        found = recognise(pasted)
        assert (found.kind, found.text, found.said) == ("token", TOKEN, said)

    def test_what_is_announced_as_one_and_is_none(self) -> None:
        with pytest.raises(UndecodableError) as caught:
            recognise("Bearer abc")
        assert caught.value.text.startswith("this is no access token: ")


class TestJson:
    @pytest.mark.parametrize(
        "text", ['{"mute": {"sid": "TR_x"}}', ' {\n "leave": {} }', "{}", '{"mute": ', '{"a"' * 9999]
    )
    def test_a_frame(self, text: str) -> None:
        found = recognise(text)
        assert (found.kind, found.text, found.direction) == ("json", text.strip(), None)

    def test_a_line_of_json_output(self) -> None:
        line = {"kind": "message", "dir": "to_server", "encoding": "protobuf", "message": {"mute": {"sid": "é"}}}
        found = recognise(json.dumps(line))
        assert (found.kind, found.text, found.direction) == ("json", '{"mute": {"sid": "\\u00e9"}}', TO_SERVER)
        found = recognise(json.dumps(line | {"raw": base64.b64encode(FRAME).decode(), "dir": "to_client"}))
        assert (found.kind, found.data, found.direction) == ("frame", FRAME, TO_CLIENT)
        found = recognise(json.dumps(line | {"raw": base64.b64encode(b"{}").decode(), "encoding": "json"}))
        assert (found.kind, found.text) == ("json", '{"mute": {"sid": "\\u00e9"}}')

    @pytest.mark.parametrize("change", [{"kind": "note"}, {"dir": "up"}, {"dir": 3}, {"dir": None}])
    def test_what_is_no_such_line_is_a_frame_like_any_other(self, change: dict[str, object]) -> None:
        text = json.dumps({"kind": "message", "dir": "to_server"} | change)
        assert recognise(text).text == text

    def test_an_entry_of_a_har(self) -> None:
        entry = {"type": "send", "time": 1.5, "opcode": 2, "data": base64.b64encode(FRAME).decode()}
        found = recognise(json.dumps(entry))
        assert (found.kind, found.data, found.direction) == ("frame", FRAME, TO_SERVER)
        found = recognise(json.dumps(entry | {"type": "receive", "opcode": 1, "data": "{}"}))
        assert (found.kind, found.text, found.direction) == ("json", "{}", TO_CLIENT)

    @pytest.mark.parametrize("data", ["é", "a", None, 3])
    def test_an_entry_without_bytes_is_a_frame_like_any_other(self, data: object) -> None:
        text = json.dumps({"type": "send", "data": data})
        assert recognise(text).kind == "json"

    @pytest.mark.parametrize("data", [[256], [True], [-1], "x"])
    def test_a_buffer_of_other_things_is_none(self, data: object) -> None:
        assert recognise(json.dumps({"type": "Buffer", "data": data})).kind == "json"


class TestNothing:
    @pytest.mark.parametrize("pasted", ["", " \n", b""])
    def test_empty_input_says_so(self, pasted: str | bytes) -> None:
        with pytest.raises(UndecodableError) as caught:
            recognise(pasted)
        assert caught.value.code == "nothing-to-decode"

    def test_prose_is_refused_without_repeating_it(self) -> None:
        with pytest.raises(UndecodableError) as caught:
            recognise("my secret is: hunter2!")
        error = caught.value
        assert (error.code, error.exit_code) == ("unrecognised-input", ExitCode.UNDECODABLE)
        assert "hunter2" not in f"{error.text}{error.hint}"

    def test_bytes_that_happen_to_be_text_are_still_a_frame(self) -> None:
        region = "r" * 32  # whose length is a blank
        data: bytes = envelope_class(TO_CLIENT)(
            leave={"regions": {"regions": [{"region": region}]}}
        ).SerializeToString()
        assert data.decode() == f'B&"$\n"\n {region}'
        assert recognise(data).data == data
        assert recognise(data).said == f"read as raw bytes: {len(data)} bytes"


def test_text_that_is_no_text_is_bytes() -> None:
    assert recognise("\udc82\udc81\x01").data == b"\x82\x81\x01"
    assert recognise("\ud800").data == b"\xed\xa0\x80"
    assert recognise(b"\xff\xfe\x00\xd8").data == b"\xff\xfe\x00\xd8"


@given(st.binary() | st.text() | st.text(alphabet=st.characters()) | st.text(alphabet="eyJ.ab_-=&?/rtc:w\n"))
def test_any_input_is_recognised_or_undecodable(pasted: bytes | str) -> None:
    with contextlib.suppress(UndecodableError):
        found = recognise(pasted)
        assert found.kind in ("frame", "json", "join_request", "url", "token")
        assert found.said.startswith("read as ")


@given(st.builds(lambda name, sdp: {"offer": {"type": name, "sdp": sdp}}, st.text(), st.text()), st.booleans())
def test_any_frame_is_found_again_in_every_notation(fields: dict[str, Any], is_request: bool) -> None:
    data: bytes = envelope_class(TO_SERVER if is_request else TO_CLIENT)(**fields).SerializeToString()
    for text in (data.hex(), base64.b64encode(data).decode(), str(list(data))):
        assert recognise(text).data == data
