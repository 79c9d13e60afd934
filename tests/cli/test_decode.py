from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest

from lksig.entry import run as run_entry
from lksig.environ import Environ
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, envelope_class, message_class
from lksig.wire.access_token import mint
from lksig.wire.join_request import encode_join_request
from tests.support.cli import run
from tests.support.tokens import NOW_S, make_token

SECRET = "hunter2hunter2hunter2"


def frame(direction: Direction, **fields: Any) -> bytes:
    raw: bytes = envelope_class(direction)(**fields).SerializeToString()
    return raw


MUTE = frame(TO_SERVER, mute={"sid": "TR_x", "muted": True})
PUBLISHED = frame(TO_CLIENT, track_published={"cid": "cam1", "track": {"sid": "TR_x", "type": "VIDEO"}})
JOIN = message_class("JoinRequest")(
    client_info={"sdk": "JS", "version": "2.23.0", "protocol": 17},
    connection_settings={"auto_subscribe": True},
    publisher_offer={"type": "offer", "sdp": f"v=0\r\nm=audio 9 X 0\r\na=ice-ufrag:abcd\r\na=ice-pwd:{SECRET}\r\n"},
)
PARAMETER = encode_join_request(JOIN, "gzip")


def token(**options: Any) -> str:
    return mint("devkey", SECRET, identity="probe", room="standup", now_s=NOW_S, ttl_s=100 * 365 * 86400, **options)


class TestFrames:
    @pytest.mark.parametrize(
        "words",
        [[MUTE.hex()], MUTE.hex(" ").split(), [base64.b64encode(MUTE).decode()], [str(list(MUTE))], [repr(MUTE)]],
        ids=["hex", "words", "base64", "list", "escapes"],
    )
    def test_as_an_argument(self, words: list[str]) -> None:
        ran = run("decode", *words)
        assert ran.exit_code == 0
        assert ran.lines[0] == f"1 > mute · {len(MUTE)} B · by client · protobuf"
        assert "TR_x" in ran.stdout
        assert ran.stderr.splitlines()[0].startswith("= read as ")

    @pytest.mark.parametrize("stdin", [MUTE, MUTE.hex(), base64.b64encode(MUTE), json.dumps(list(MUTE))])
    @pytest.mark.parametrize("words", [[], ["-"], ["@-"]])
    def test_through_a_pipe(self, words: list[str], stdin: bytes | str) -> None:
        ran = run("decode", *words, "--json", stdin=stdin)
        assert ran.exit_code == 0
        assert ran.json[0]["message"] == {"mute": {"sid": "TR_x", "muted": True}}

    def test_from_a_file(self, tmp_path: Path) -> None:
        file = tmp_path / "frame.bin"
        file.write_bytes(PUBLISHED)
        ran = run("decode", f"@{file}", "--format", "json")
        assert json.loads(ran.stdout)["track_published"]["cid"] == "cam1"
        missing = run("decode", f"@{tmp_path}/none")
        assert missing.exit_code == 2
        assert "cannot read" in missing.stderr

    def test_the_direction_is_guessed_and_said(self) -> None:
        ran = run("decode", PUBLISHED.hex())
        assert "= read as a response: " in ran.stderr
        assert "= read as a request: " in run("decode", MUTE.hex()).stderr

    def test_a_direction_that_is_given_is_not_said(self) -> None:
        ran = run("decode", MUTE.hex(), "--request")
        assert "= read as hex" in ran.stderr
        assert "request" not in ran.stderr
        # The same bytes the other way are an update, whose text is no participant.
        assert run("decode", MUTE.hex(), "--response").exit_code == 5

    def test_a_direction_the_input_tells_is_not_guessed(self) -> None:
        entry = {"type": "send", "time": 1.5, "opcode": 2, "data": base64.b64encode(MUTE).decode()}
        ran = run("decode", json.dumps(entry), "--json")
        assert (ran.json[0]["dir"], ran.stderr) == ("to_server", "")

    def test_json_says_a_guess_as_a_warning(self) -> None:
        ran = run("decode", base64.b64encode(PUBLISHED).decode(), "--json")
        (line,) = ran.json
        assert (line["n"], line["kind"], line["dir"], line["by"], line["time"]) == (
            1,
            "message",
            "to_client",
            "server",
            None,
        )
        (warning,) = ran.stderr_json
        assert warning["warning"]["code"] == "read-as"
        assert warning["warning"]["text"].startswith("read as a response: ")

    def test_that_hex_wins_is_said(self) -> None:
        assert "hex wins" in run("decode", "42004200").stderr
        texts = [line["warning"]["text"] for line in run("decode", "42004200", "--json").stderr_json]
        assert texts[0] == "read as hex: 4 bytes (it could be base64; hex wins)"

    def test_quiet_says_nothing(self) -> None:
        assert run("decode", MUTE.hex(), "-q").stderr == ""

    @pytest.mark.parametrize(
        ("form", "expected"),
        [
            ("line", "mute 10B sid=TR_x muted=true"),
            ("hex", MUTE.hex()[:4]),
            ("base64", base64.b64encode(MUTE).decode()),
            ("json", '"muted": true'),
        ],
    )
    def test_other_views(self, form: str, expected: str) -> None:
        assert expected in run("decode", MUTE.hex(), "--format", form).stdout

    def test_raw_bytes_come_back(self) -> None:
        assert run("decode", MUTE.hex(), "--format", "raw").stdout_bytes == MUTE

    def test_json_options(self) -> None:
        (line,) = run("decode", MUTE.hex(), "--json", "--raw", "--defaults").json
        assert base64.b64decode(line["raw"]) == MUTE

    def test_a_text_frame(self) -> None:
        (line,) = run("decode", '{"addTrack": {"cid": "c1"}}', "--json").json
        assert (line["case"], line["encoding"], line["dir"]) == ("add_track", "json", "to_server")

    def test_a_line_of_json_output_comes_back(self) -> None:
        (line,) = run("decode", MUTE.hex(), "--json").json
        (again,) = run("decode", "--json", stdin=json.dumps(line)).json
        assert again["message"] == line["message"]

    def test_an_unknown_case_is_shown(self) -> None:
        ran = run("decode", "fa3f03616263", "--response", "--json")
        assert ran.exit_code == 0
        assert (ran.json[0]["case"], ran.json[0]["unknown"][0]["field"]) == (None, 1023)

    def test_secrets_are_hidden_unless_asked_for(self) -> None:
        raw = frame(TO_CLIENT, refresh_token=token())
        for form in ("tree", "line", "json", "base64", "raw"):
            assert token()[:40].encode() not in run("decode", raw.hex(), "--format", form).stdout_bytes
        assert token()[:40] in run("decode", raw.hex(), "--show-secrets").stdout


class TestUndecodable:
    def test_it_is_shown_and_then_said(self) -> None:
        ran = run("decode", "2a060a0454525f")
        assert ran.exit_code == 5
        assert "2a06" in ran.stdout
        assert "the 7 bytes are no SignalResponse: field 5 takes 6 bytes, 5 are left at byte 0" in ran.stderr
        assert "--request" not in ran.stderr

    @pytest.mark.parametrize(
        ("flag", "name", "other"), [("--request", "Request", "response"), ("--response", "Response", "request")]
    )
    def test_a_given_direction_may_be_the_wrong_one(self, flag: str, name: str, other: str) -> None:
        ran = run("decode", "ff", flag)
        assert f"the 1 bytes are no Signal{name}" in ran.stderr
        assert f"`--{other}`" in ran.stderr

    def test_under_json(self) -> None:
        ran = run("decode", "2a060a0454525f", "--json")
        assert ran.json[0]["decode_error"]["offset"] == 0
        error = ran.stderr_json[-1]["error"]
        assert (error["exit"], error["code"], error["layer"]) == (5, "undecodable-frame", "protocol")

    def test_json_that_is_no_frame(self) -> None:
        ran = run("decode", '{"mute": 5}')
        assert ran.exit_code == 5

    @pytest.mark.parametrize("text", ["hello, world", "", "Bearer nothing"])
    def test_what_is_nothing(self, text: str) -> None:
        ran = run("decode", stdin=text)
        assert ran.exit_code == 5
        assert ran.stdout == ""


class TestTokens:
    def test_is_explained_and_linted(self) -> None:
        ran = run("decode", token(grants={"roomName": "x"}))
        assert ran.exit_code == 0
        assert ran.lines[0].startswith("token [jwt ")
        assert ": probe in standup, expires " in ran.lines[0]
        assert ran.lines[1:4] == [
            "   signed with HS256 by API key devkey; the signature is not checked",
            "   grants: joins, publishes, subscribes",
            "   ! `roomName` is no grant the server knows: did you mean `room`?",
        ]
        assert '"roomName": "x"' in ran.stdout

    def test_is_never_shown_itself(self) -> None:
        text = token(metadata=token(), claims={"roomConfig": {"egress": [{"s3": {"secret": SECRET}}]}})
        for options in (["--json"], ["--format", "json"], []):
            ran = run("decode", f"Bearer {text}", *options)
            assert text[:40] not in ran.stdout + ran.stderr
            assert SECRET not in ran.stdout
        shown = run("decode", text, "--show-secrets").stdout
        assert text in shown
        assert SECRET in shown

    def test_json(self) -> None:
        (facts,) = run("decode", token(name="A\x1b[31m"), "--json").json
        assert (facts["kind"], facts["identity"], facts["room"], facts["problems"]) == ("token", "probe", "standup", [])
        assert facts["expires"].endswith("Z")
        assert facts["claims"]["name"] == "A\x1b[31m"
        assert facts["header"] == {"alg": "HS256", "typ": "JWT"}

    def test_names_of_strangers_are_harmless(self) -> None:
        ran = run("decode", token(name="A\x1b[31m", grants={"\x1b[2J": 1}))
        assert "\x1b" not in ran.stdout

    @pytest.mark.parametrize(("exp", "shown"), [(None, None), (1e20, None), (0, "1970-01-01T00:00:00Z")])
    def test_odd_times(self, exp: Any, shown: str | None) -> None:
        (facts,) = run("decode", make_token(exp=exp), "--json").json
        assert facts["expires"] == shown

    def test_one_line(self) -> None:
        ran = run("decode", token(), "--format", "line")
        assert len(ran.lines) == 1


class TestJoinRequests:
    @pytest.mark.parametrize("text", [PARAMETER, PARAMETER.replace("=", "%3D"), PARAMETER.rstrip("=")])
    def test_in_full(self, text: str) -> None:
        ran = run("decode", text)
        assert ran.exit_code == 0
        assert ran.lines[0].startswith("join_request GZIP, ")
        assert "2.23.0" in ran.stdout
        assert "unset: " in ran.stdout
        assert SECRET not in ran.stdout

    def test_what_the_server_would_refuse_is_said(self) -> None:
        if not PARAMETER.endswith("="):
            pytest.fail("the parameter must have padding for this test")
        ran = run("decode", PARAMETER.rstrip("="))
        assert "   ! its padding (`=`) is not complete: the server refuses it" in ran.lines

    def test_json(self) -> None:
        (facts,) = run("decode", encode_join_request(JOIN, "none"), "--json").json
        assert (facts["kind"], facts["compression"], facts["bytes"]) == ("join_request", "NONE", JOIN.ByteSize())
        assert facts["message"]["client_info"]["protocol"] == 17
        assert SECRET not in json.dumps(facts)

    def test_not_compressed(self) -> None:
        assert "not compressed" in run("decode", encode_join_request(JOIN, "none")).lines[0]

    def test_a_direction_makes_it_a_frame(self) -> None:
        assert run("decode", PARAMETER, "--response").exit_code == 5


class TestUrls:
    URL = f"wss://lk.example.com/base/rtc/v1?access_token={{}}&join_request={PARAMETER}&lang=de&lang=en"

    def test_everything_in_it(self) -> None:
        text = token()
        ran = run("decode", self.URL.format(text))
        assert ran.exit_code == 0
        assert ran.lines[:2] == ["wss://lk.example.com/base/rtc/v1: signal path v1", "   lang  de"]
        assert "   token [jwt " in ran.stdout
        assert "   join_request GZIP, " in ran.stdout
        assert "2.23.0" in ran.stdout
        assert text[:40] not in ran.stdout
        assert SECRET not in ran.stdout

    def test_json(self) -> None:
        (facts,) = run("decode", self.URL.format(token()), "--json").json
        assert (facts["kind"], facts["path"], facts["parameters"]) == ("url", "v1", {"lang": "de"})
        assert facts["url"] == "wss://lk.example.com/base/rtc/v1"
        assert facts["access_token"]["identity"] == "probe"
        assert facts["join_request"]["message"]["client_info"]["sdk"] == "JS"

    @pytest.mark.parametrize(
        ("text", "head"),
        [
            ("ws://h/rtc?protocol=9", "ws://h/rtc: signal path v0"),
            ("https://h/rtc/v1/validate?x=1", "https://h/rtc/v1/validate: signal path v1"),
            ("ws://h/base", "ws://h/base: no signal path: neither /rtc nor /rtc/v1"),
            ("GET /rtc?&protocol=16 HTTP/1.1", "/rtc: signal path v0"),
            ("?protocol=9&access_token=a.b.c", "query: no signal path: neither /rtc nor /rtc/v1"),
            ("ws://u:p@h:x/rtc", "ws://…@h:x/rtc: signal path v0"),
        ],
    )
    def test_of_any_completeness(self, text: str, head: str) -> None:
        assert run("decode", text).lines[0] == head

    def test_attributes_are_read(self) -> None:
        attributes = base64.urlsafe_b64encode(b'{"mood":"\\u001b[31m"}').decode()
        ran = run("decode", f"ws://h/rtc?attributes={attributes}&sdk=go")
        assert '             attributes are {"mood": "\\u001b[31m"}'.strip() in ran.stdout
        assert "\x1b" not in ran.stdout

    def test_a_token_of_the_wrong_place_is_linted(self) -> None:
        ran = run("decode", f"wss://x.livekit.cloud/rtc?access_token={token()}")
        assert "the key of a --dev server" in ran.stdout

    def test_what_is_broken_is_shown_and_then_said(self) -> None:
        ran = run("decode", "ws://h/rtc/v1?access_token=a.b.c&join_request=xx&x=1")
        assert ran.exit_code == 5
        assert ran.lines[1] == "   x  1"
        assert "   access_token ! this is no access token: " in ran.stdout
        assert "   join_request ! its base64 holds no WrappedJoinRequest" in ran.stdout
        assert "this is no access token" in ran.stderr
        (facts,) = run("decode", "ws://h/rtc/v1?join_request=xx", "--json").json
        assert facts["join_request"] == {"problems": ["its base64 holds no WrappedJoinRequest"]}


class _Full(io.BytesIO):
    def write(self, data: Any) -> int:
        raise OSError(28, "No space left on device")


def test_a_full_disk_is_told() -> None:
    out = io.TextIOWrapper(_Full(), write_through=True)
    err = io.TextIOWrapper(io.BytesIO(), write_through=True)
    environ = Environ({}, io.TextIOWrapper(io.BytesIO()), out, err, Path("/nonexistent"))
    assert run_entry(["decode", MUTE.hex()], environ) == 2
    err.seek(0)
    assert "No space left on device" in err.read()


class TestUsage:
    @pytest.mark.parametrize(
        ("words", "text"),
        [
            (["--request", "--response", "00"], "exclude each other"),
            (["--format", "nope", "00"], "is no view"),
            (["--json", "--format", "tree", "00"], "exclude each other"),
            (["--raw", "00"], "`--raw` adds to JSON lines"),
            (["--format", "hex", token()], "is for frames, and this is a token"),
            (["--format", "base64", "ws://h/rtc"], "is for frames, and this is a URL"),
            (["--format", "raw", PARAMETER], "is for frames, and this is a join_request"),
            (["--nope"], "no such option"),
        ],
    )
    def test_mistakes_are_exit_2(self, words: list[str], text: str) -> None:
        ran = run("decode", *words)
        assert (ran.exit_code, ran.stdout) == (2, "")
        assert text in ran.stderr

    def test_nothing_given_on_a_terminal(self) -> None:
        ran = run("decode", stdin_is_terminal=True)
        assert ran.exit_code == 2
        assert "there is nothing to decode" in ran.stderr

    def test_raw_bytes_are_not_for_a_terminal(self) -> None:
        ran = run("decode", MUTE.hex(), "--format", "raw", stdout_is_terminal=True)
        assert ran.exit_code == 2
        assert ran.stdout == ""
