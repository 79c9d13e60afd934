"""`lksig send` against the embedded server: verdicts, exit codes, and what is printed where."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from importlib import resources
from typing import Any

import jsonschema
import pytest
from websockets.sync.server import ServerConnection, serve

from lksig.schema.pool import TO_CLIENT, envelope_class
from tests.support.cli import run
from tests.support.served import CREDENTIALS, Served, error, messages, results
from tests.support.serving import serving

TRACK = ("add_track", "cid=c1", "name=cam", "type=VIDEO", "source=CAMERA")


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as url:
        yield Served(url)


def test_a_track_is_published(served: Served) -> None:
    ran = served.run("send", "--json", "--identity", "a", *TRACK)
    (published,) = messages(ran, "track_published")
    (request,) = messages(ran, "add_track")
    assert published["message"]["track_published"]["cid"] == "c1"
    assert published["reply_to"] == request["n"]
    assert published["reply_ms"] >= 0
    assert results(ran) == [("add_track", "answered")]
    assert (ran.exit_code, ran.stderr) == (0, "")


def test_a_refusal_is_exit_1(served: Served) -> None:
    ran = served.run("send", "--json", "mute", "sid=TR_nope", "muted=true")
    (refusal,) = [line for line in messages(ran) if line.get("refused")]
    assert refusal["message"]["request_response"]["reason"] == "NOT_FOUND"
    (result,) = [line for line in ran.json if line["kind"] == "result"]
    assert (result["outcome"], result["reason"], result["reply"]) == ("refused", "NOT_FOUND", refusal["n"])
    assert ran.json[-1]["refused"] == [result["request"]]
    assert ran.exit_code == 1


def test_silence_is_settled_by_a_fence(served: Served) -> None:
    ran = served.run("send", "track_setting", "track_sids+=TR_x", "disabled=true")
    assert ran.exit_code == 0
    assert "unopposed: handled without objection (fence " in ran.stdout
    assert "update_metadata" not in ran.stdout


def test_a_mistake_is_shown_before_anything_is_sent(served: Served) -> None:
    ran = served.run("send", "add_track", "cid=c1", "typ=VIDEO")
    assert ran.exit_code == 2
    assert ran.stdout == ""
    source, caret = ran.stderr.splitlines()[:2]
    assert caret.index("^") == source.index("typ")
    assert "did you mean type?" in caret


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ((), "nothing to send"),
        (("mute", "sid=x", "--timeout", "-1"), "--timeout"),
        (("mute", "sid=x", "-n", "0"), "counts nothing"),
        (("mute", "sid=x", "--until", "x", "--expect", "y"), "exclude each other"),
        (("mute", "sid=x", "--format", "xml"), "no view"),
        (("mute", "sid=x", "--json", "--format", "tree"), "exclude each other"),
        (("mute", "sid=x", "--expect", "nonsense"), "nonsense"),
        (("mute", "sid=x", "--path", "v2"), "no signal path"),
    ],
)
def test_bad_usage_is_exit_2(served: Served, words: tuple[str, ...], text: str) -> None:
    ran = served.run("send", *words)
    assert ran.exit_code == 2
    assert text in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_wrong_secret_is_exit_4(served: Served) -> None:
    ran = run("send", served.url, "--api-key", "devkey", "--api-secret", "wrong", "--room", "r", "--json", "ping")
    assert ran.exit_code == 4
    assert (error(ran)["layer"], error(ran)["code"], error(ran)["exit"]) == ("auth", "wrong-secret", 4)


def test_no_server_is_exit_3() -> None:
    ran = run("send", "ws://127.0.0.1:1", *CREDENTIALS, "--room", "r", "--json", "ping")
    assert ran.exit_code == 3
    assert (error(ran)["layer"], error(ran)["code"]) == ("tcp", "connection-refused")
    assert error(ran)["hint"]


def test_without_fences_a_refusal_is_heard_of_while_leaving_and_counts(served: Served) -> None:
    ran = served.run("send", "--json", "--no-fence", "mute", "sid=TR_nope")
    assert results(ran) == [("mute", "refused")]
    assert ran.exit_code == 1


def test_what_expect_waits_for_counts_alone(served: Served) -> None:
    assert served.run("send", "--no-fence", "--expect", "refused", "mute", "sid=TR_nope").exit_code == 0


def test_several_requests_and_references(served: Served) -> None:
    ran = served.run("send", "--json", *TRACK, "mute", "sid=%c1", "muted=true", "ping", "mute", "sid=TR_x")
    (published,) = messages(ran, "track_published")
    first, second = messages(ran, "mute")
    assert first["message"]["mute"]["sid"] == published["message"]["track_published"]["track"]["sid"]
    assert second["message"]["mute"]["sid"] == "TR_x"
    assert sorted(results(ran)) == [
        ("add_track", "answered"),
        ("mute", "refused"),
        ("mute", "unopposed"),
        ("ping", "answered"),
    ]
    assert ran.exit_code == 1


def test_a_reference_to_what_was_refused_is_not_sent(served: Served) -> None:
    ran = served.run("send", "--json", "add_track", "cid=d", "type=DATA", "mute", "sid=%d")
    assert messages(ran, "mute") == []
    assert ran.exit_code == 1


def test_options_stand_anywhere(served: Served) -> None:
    ran = served.run("send", "simulate", "--json", "speaker_update=-5", "--timeout", "3")
    (request,) = messages(ran, "simulate")
    assert request["message"]["simulate"]["speaker_update"] == -5


def test_what_is_awaited_is_shown_beside_the_answers(served: Served) -> None:
    ran = served.run("send", "simulate", "speaker_update=1", "--until", "speakers_changed")
    assert [line.split()[4] for line in ran.lines if " < " in line] == ["speakers_changed"]
    ran = served.run("send", "simulate", "speaker_update=1", "--expect", "speakers_changed.speakers.active=true")
    assert " < speakers_changed " in ran.stdout


def test_answers_only(served: Served) -> None:
    ran = served.run("send", "--answer", *TRACK, "ping")
    published, pong = (json.loads(line) for line in ran.lines)
    assert published["track"]["name"] == "cam"
    assert int(pong) > 1_700_000_000_000


@pytest.mark.parametrize(
    ("expression", "exit_code"), [("refused", 0), ("request_response.reason=NOT_FOUND", 0), ("track_published", 1)]
)
def test_expect_decides_whatever_was_refused(served: Served, expression: str, exit_code: int) -> None:
    ran = served.run("send", "--expect", expression, "--timeout", "0.3", "mute", "sid=TR_nope")
    assert ran.exit_code == exit_code


def test_until_waits_and_times_out(served: Served) -> None:
    assert served.run("send", "--until", "refresh_token", "ping").exit_code == 0
    ran = served.run("send", "--json", "--until", "room_moved", "--timeout", "0.2", "ping")
    assert (ran.exit_code, error(ran)["code"]) == (6, "did-not-come")


def test_an_answer_that_never_comes_is_exit_6(served: Served) -> None:
    ran = served.run("send", "--json", "--timeout", "0.3", "offer", "type=offer", "sdp=nonsense")
    assert results(ran) == [("offer", "timeout")]
    assert ran.json[-1]["unanswered"] == [messages(ran, "offer")[0]["n"]]
    assert ran.exit_code == 6


def test_a_leave_that_is_given_up_is_unanswered() -> None:
    def deaf(socket: ServerConnection) -> None:
        socket.send(envelope_class(TO_CLIENT)(join={"participant": {"sid": "PA_1"}}).SerializeToString())
        for _ in socket:
            pass

    with serve(deaf, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        ran = run("send", url, *CREDENTIALS, "--room", "r", "--json", "--timeout", "0.3", "leave")
        server.shutdown()
        thread.join()
    assert results(ran) == [("leave", "timeout")]
    assert ran.json[-1]["unanswered"] == [messages(ran, "leave")[0]["n"]]
    assert ran.exit_code == 6


@pytest.mark.parametrize("words", [("--until", "leave"), ("--expect", "leave")])
def test_leaving_does_not_look_like_what_was_awaited_in_vain(served: Served, words: tuple[str, ...]) -> None:
    ran = served.run("send", "ping", *words, "--timeout", "0.2")
    assert [line.split()[4] for line in ran.lines] == ["ping", "pong"]
    assert ran.exit_code == (6 if words[0] == "--until" else 1)


def test_a_leave_that_was_awaited_is_shown(served: Served) -> None:
    ran = served.run("send", "simulate", "server_leave=true", "--until", "leave")
    assert [line.split()[4] for line in ran.lines][:2] == ["simulate", "leave"]


def test_the_server_ends_it_first(served: Served) -> None:
    ran = served.run("send", "--json", "simulate", "server_leave=true", "--linger", "2")
    assert ran.exit_code == 8
    assert ran.json[-1]["ended_by"] == "server"
    assert error(ran)["exit"] == 8


def test_leaving_is_done(served: Served) -> None:
    ran = served.run("send", "--json", "leave")
    assert (ran.exit_code, ran.json[-1]["ended_by"], results(ran)) == (0, "client", [("leave", "answered")])


def test_standard_input(served: Served) -> None:
    script = "# two requests\nping\n\nmute sid=TR_x \\\n  muted=true\n"
    ran = served.run("send", "--json", "-", stdin=script)
    assert [line["case"] for line in messages(ran) if line["by"] == "user"] == ["ping", "mute"]


def test_printed_lines_go_back_in(served: Served) -> None:
    first = served.run("send", "--json", "--show-secrets", "--raw", *TRACK)
    again = served.run("send", "--json", "--raw", "-", stdin=first.stdout)
    assert messages(again, "add_track")[0]["raw"] == messages(first, "add_track")[0]["raw"]
    assert again.exit_code == 0


def test_requests_without_fence(served: Served) -> None:
    ran = served.run("send", "--json", "--no-fence", "--linger", "0.2", "mute", "sid=TR_nope")
    assert [line for line in messages(ran) if line["by"] == "auto" and line["case"] == "update_metadata"] == []
    assert results(ran) == [("mute", "refused")]


def test_text_shows_requests_and_answers_only(served: Served) -> None:
    ran = served.run("send", *TRACK)
    cases = [line.split()[4] for line in ran.lines]
    assert cases == ["add_track", "track_published"]
    verbose = served.run("send", "-v", *TRACK)
    assert {"join", "refresh_token", "leave"} <= {line.split()[4] for line in verbose.lines}


def test_piped_lines_have_seven_columns(served: Served) -> None:
    ran = served.run("send", "-v", *TRACK)
    row = re.compile(r"\S+T\S+Z (\d+|-) [\d.]+ [<>=%x!] \S+ (\d+B|-) \S")
    assert all(row.match(line) for line in ran.lines), ran.stdout
    assert "\x1b" not in ran.stdout


def test_every_line_fits_the_schema(served: Served) -> None:
    schema = json.loads(resources.files("lksig.render").joinpath("json_lines.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    ran = served.run("send", "--json", "--raw", *TRACK, "mute", "sid=TR_nope", "leave")
    for line in ran.json:
        validator.validate(line)
    kinds = {line["kind"] for line in ran.json}
    assert {"start", "state", "http", "message", "result", "close", "end"} <= kinds
    assert [line["n"] for line in messages(ran)] == list(range(1, len(messages(ran)) + 1))


@pytest.mark.parametrize(
    "view",
    [
        ("--json", "--raw"),
        ("-v",),
        ("-v", "--format", "tree"),
        ("-v", "--format", "json"),
        ("-v", "--format", "base64"),
        ("-v", "--format", "raw"),
        ("--dry-run",),
        ("--dry-run", "--json", "--token-in", "query"),
    ],
)
def test_no_secret_is_printed(served: Served, view: tuple[str, ...]) -> None:
    open_ran = served.run("send", "--json", "--show-secrets", "--path", "v0", "ping")
    token = dict(pair for line in open_ran.json if line["kind"] == "http" for pair in line["request_headers"].items())
    secrets = [token["authorization"].split()[1].split(".")[2]]
    (join,) = messages(open_ran, "join")
    assert join["message"]["join"]["room"]["turn_password"]
    ran = served.run("send", *view, "--path", "v0", "--token", token["authorization"].split()[1], "ping")
    everything = ran.stdout_bytes + ran.stderr.encode()
    for secret in secrets:
        assert secret.encode() not in everything
        assert base64.b64encode(secret.encode())[:-4] not in everything
    assert not re.search(rb"a=ice-pwd:[a-zA-Z0-9+/]{22,}(?<!x{10})\r", everything)


def test_dry_run_connects_to_nothing() -> None:
    ran = run("send", "ws://127.0.0.1:1", *CREDENTIALS, "--room", "r", "--dry-run", "--identity", "ann", *TRACK)
    assert ran.exit_code == 0
    assert ran.lines[0].startswith("GET /rtc/v1?join_request=")
    assert "Authorization: Bearer [jwt " in ran.stdout
    assert "add_track" in ran.lines[-1]


def test_json_frames(served: Served) -> None:
    ran = served.run("send", "--json", "--json-frames", *TRACK)
    assert messages(ran, "add_track")[0]["encoding"] == "json"
    assert messages(ran, "track_published")[0]["encoding"] == "json"


def test_two_views_of_the_same_message_agree(served: Served) -> None:
    ran = served.run("send", "--json", *TRACK)
    body: Any = messages(ran, "track_published")[0]["message"]["track_published"]
    tree = served.run("send", "--format", "tree", *TRACK)
    assert body["track"]["name"] in tree.stdout
    assert "track_published" in tree.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("offer", "type=offer", "sdp=a=ice-pwd:[secret 91be22d0]"),
        ('{"update_metadata":{"metadata":"[jwt 4f3a9c1e]"}}',),
    ],
)
def test_a_placeholder_is_never_sent(words: tuple[str, ...]) -> None:
    ran = run("send", "ws://127.0.0.1:1", *CREDENTIALS, "--room", "r", "--json", *words)
    assert (ran.exit_code, error(ran)["code"]) == (2, "placeholder")


def test_a_printed_line_without_its_secrets_is_not_sent(served: Served) -> None:
    line = '{"n":1,"kind":"message","dir":"to_server","by":"user","message":{"offer":{"sdp":"[secret 91be22d0]"}}}'
    assert served.run("send", "-", stdin=line).exit_code == 2


@pytest.mark.parametrize("sdk", ["js", "python", "node", "go", "esp32"])
def test_looking_like_an_sdk(served: Served, sdk: str) -> None:
    ran = served.run("send", "--json", "--as", sdk, "--timeout", "2", "ping")
    assert results(ran) == [("ping", "answered")]
    (http,) = [line for line in ran.json if line["kind"] == "http"]
    assert ("sec-websocket-extensions" in http["request_headers"]) == (sdk == "js")


def test_a_curl_line(served: Served) -> None:
    dry = served.run("send", "--json", "--show-secrets", "--dry-run", "--token-in", "query", "--room", "curl", "ping")
    path = next(line["path"] for line in dry.json if line["kind"] == "http")
    line = f"curl '{served.url}{path}' -H 'Origin: http://page' -H 'Sec-WebSocket-Key: x' --compressed"
    ran = run("send", "--json", "--curl", "-", "ping", stdin=line)
    (http,) = [entry for entry in ran.json if entry["kind"] == "http"]
    assert http["request_headers"]["origin"] == "http://page"
    assert (ran.exit_code, ran.json[0]["room"]) == (0, "curl")
    assert [entry["warning"]["code"] for entry in ran.stderr_json] == ["eviction"]


def test_what_precedes_a_leave_has_its_verdict(served: Served) -> None:
    ran = served.run("send", "--json", "track_setting", "track_sids+=TR_x", "leave")
    assert results(ran) == [("track_setting", "unopposed"), ("leave", "answered")]
    assert ran.exit_code == 0
