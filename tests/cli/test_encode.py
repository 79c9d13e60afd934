from __future__ import annotations

import base64
from pathlib import Path

import pytest

from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, envelope_class, message_class
from lksig.wire.join_request import decode_join_request
from tests.support.cli import run
from tests.support.tokens import make_token


def frame(direction: Direction, **fields: object) -> bytes:
    raw: bytes = envelope_class(direction)(**fields).SerializeToString(deterministic=True)
    return raw


MUTE = frame(TO_SERVER, mute={"sid": "TR_x", "muted": True})
MUTE_WORDS = ("mute", "sid=TR_x", "muted=true")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ([], base64.b64encode(MUTE).decode()),
        (["--to", "base64"], base64.b64encode(MUTE).decode()),
        (["--to", "hex"], MUTE.hex()),
        (["--to", "c"], "{" + ", ".join(f"0x{byte:02x}" for byte in MUTE) + "}"),
        (["--to", "url"], base64.urlsafe_b64encode(MUTE).decode().replace("=", "%3D")),
    ],
)
def test_every_form(options: list[str], text: str) -> None:
    for words in ([*MUTE_WORDS, *options], [*options, *MUTE_WORDS]):
        ran = run("encode", *words)
        assert (ran.exit_code, ran.lines, ran.stderr) == (0, [text], "")


def test_raw_bytes() -> None:
    assert run("encode", *MUTE_WORDS, "--to", "raw").stdout_bytes == MUTE


def test_one_line_for_each_request() -> None:
    ran = run("encode", *MUTE_WORDS, "ping", "7", "--to", "hex")
    assert ran.lines == [MUTE.hex(), frame(TO_SERVER, ping=7).hex()]


def test_responses() -> None:
    ran = run("encode", "--response", "refresh_token", "x", "--to", "hex")
    assert ran.lines == [frame(TO_CLIENT, refresh_token="x").hex()]


def test_nothing_is_filled_in() -> None:
    ran = run("encode", "update_metadata", "name=x", "--to", "hex")
    assert ran.lines == [frame(TO_SERVER, update_metadata={"name": "x"}).hex()]


def test_standard_input_is_a_script() -> None:
    script = "# two\nmute sid=TR_x \\\nmuted=true\n\nupdate_metadata name=a\u2028b\n"
    ran = run("encode", "-", "--to", "hex", stdin=script)
    assert ran.lines == [MUTE.hex(), frame(TO_SERVER, update_metadata={"name": "a\u2028b"}).hex()]


def test_what_json_printed_is_encoded_again() -> None:
    line = run("decode", MUTE.hex(), "--request", "--json").json[0] | {"by": "user"}
    line_with_raw = line | {"raw": base64.b64encode(b"\x01\x02").decode()}
    script = "\n".join(
        str(one).replace("'", '"').replace("None", "null").replace("True", "true") for one in (line, line_with_raw)
    )
    ran = run("encode", "-", "--to", "hex", stdin=script)
    assert ran.lines == [MUTE.hex(), "0102"]


@pytest.mark.parametrize("form", ["base64", "hex", "c", "url", "raw"])
def test_decode_reads_what_encode_writes(form: str) -> None:
    encoded = run("encode", *MUTE_WORDS, "--to", form).stdout_bytes
    (line,) = run("decode", "--json", stdin=encoded).json
    assert line["message"] == {"mute": {"sid": "TR_x", "muted": True}}


class TestJoinRequest:
    WORDS = ("join_request", "client_info.protocol=17", "metadata=mm", "connection_settings={}")

    def test_is_the_value_of_the_parameter(self) -> None:
        (text,) = run("encode", *self.WORDS).lines
        param = decode_join_request(text, strict=True)
        assert param.join_request == message_class("JoinRequest")(
            client_info={"protocol": 17}, metadata="mm", connection_settings={}
        )
        assert param.compression == "NONE"

    def test_compressed_or_not(self) -> None:
        (text,) = run("encode", *self.WORDS, "--gzip").lines
        assert decode_join_request(text).compression == "GZIP"
        (text,) = run("encode", "join_request", f"metadata={'m' * 999}", "--no-gzip").lines
        assert decode_join_request(text).compression == "NONE"

    @pytest.mark.parametrize("form", ["base64", "hex", "c", "url", "raw"])
    def test_comes_back(self, form: str) -> None:
        encoded = run("encode", *self.WORDS, "--to", form).stdout_bytes
        (facts,) = run("decode", "--json", stdin=encoded).json
        assert facts["message"]["metadata"] == "mm"

    def test_an_empty_one_has_no_text_without_gzip(self) -> None:
        assert run("encode", "join_request").exit_code == 0
        assert run("encode", "join_request", "--no-gzip").exit_code == 2


class TestFiles:
    def test_written_once(self, tmp_path: Path) -> None:
        file = tmp_path / "frame.bin"
        options = ("--to", "raw", "-o", str(file))
        assert run("encode", *MUTE_WORDS, *options, stdout_is_terminal=True).stdout == ""
        assert file.read_bytes() == MUTE
        again = run("encode", "ping", "1", *options)
        assert (again.exit_code, file.read_bytes()) == (2, MUTE)
        assert "exists already" in again.stderr
        assert run("encode", "ping", "1", *options, "--force").exit_code == 0
        assert file.read_bytes() == frame(TO_SERVER, ping=1)

    def test_dash_is_standard_output(self) -> None:
        assert run("encode", *MUTE_WORDS, "-o", "-", "--to", "hex").lines == [MUTE.hex()]

    def test_that_cannot_be_written(self, tmp_path: Path) -> None:
        ran = run("encode", *MUTE_WORDS, "-o", str(tmp_path / "none" / "x"))
        assert ran.exit_code == 2
        assert "cannot write" in ran.stderr


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], "nothing to encode: there is no request"),
        (["--response"], "nothing to encode: there is no response"),
        ([*MUTE_WORDS, "--to", "octal"], "`--to octal` is no form"),
        ([*MUTE_WORDS, "--gzip"], "only a `join_request` is compressed"),
        ([*MUTE_WORDS, "ping", "1", "--to", "raw"], "2 messages cannot be told apart"),
        (["mute", "sd=x"], "did you mean sid"),
        (["mute", "sid=%3.track.sid"], "%3.track.sid"),
        (["mute", "sid=[secret 12345678]"], "`mute.sid` holds the placeholder of a redacted secret"),
        (["join_request", "metadata=[jwt 12345678]"], "`metadata` holds the placeholder"),
        (["join_request", "nope=1"], "nope"),
        (["refresh_token", "x"], "refresh_token"),
    ],
)
def test_mistakes_are_exit_2(words: list[str], text: str) -> None:
    ran = run("encode", *words)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert text in ran.stderr


def test_raw_bytes_are_not_for_a_terminal() -> None:
    assert run("encode", *MUTE_WORDS, "--to", "raw", stdout_is_terminal=True).exit_code == 2


def test_input_that_is_not_utf8() -> None:
    ran = run("encode", "-", stdin=b"mute \xff")
    assert ran.exit_code == 2
    assert "not UTF-8 at byte 5" in ran.stderr


def test_a_token_that_is_typed_is_encoded_as_it_is() -> None:
    text = make_token()
    ran = run("encode", "--response", "refresh_token", text, "--to", "hex")
    assert ran.lines == [frame(TO_CLIENT, refresh_token=text).hex()]
