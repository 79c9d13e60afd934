"""`lksig replay FILE URL` as people type it, against the embedded server."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lksig.wire.access_token import mint
from tests.support.cli import Ran, run
from tests.support.json_lines import problems
from tests.support.replaying import replaying
from tests.support.served import CREDENTIALS, Served, error, messages, results
from tests.support.serving import serving
from tests.support.tokens import make_token

STORY = (
    *("add_track", "cid=cam", "type=VIDEO", "source=CAMERA", "name=cam", "mute", "sid=%cam", "muted=true"),
    *("update_metadata", "name=Ann", "publish_data_track_request", "pub_handle=1", "name=pose", "leave"),
)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as url:
        yield Served(url)


@pytest.fixture(scope="module")
def call(served: Served, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A recording with its secrets hidden."""
    path = str(tmp_path_factory.mktemp("calls") / "call.lksig")
    assert served.run("send", "--room", "standup", "--identity", "ann", "--record", path, *STORY).exit_code == 0
    return path


def carls_token() -> str:
    grants = {"canUpdateOwnMetadata": True}
    return mint("devkey", "secret", identity="carl", room="there", now_s=int(time.time()), grants=grants)


def replay(served: Served, call: str, *words: str) -> Ran:
    return run("replay", call, served.url, *CREDENTIALS, *words)


def test_it_comes_again(served: Served, call: str) -> None:
    for speed in ("1", "max"):
        ran = replay(served, call, "--speed", speed)
        assert ran.exit_code == 0, ran.stderr
        report = ran.lines[-2:]
        assert report[0] == "replay: 4 of 4 answers came again as recorded · 5 requests of 1 session"
        assert report[1].startswith("  unasked: ")
        assert " > mute 2" in ran.stdout
        assert "(replay)" in ran.stdout


def test_as_json(served: Served, call: str) -> None:
    ran = replay(served, call, "--json", "--speed", "max")
    assert [problem for line in ran.json for problem in problems(line)] == []
    assert [line["kind"] for line in ran.json[-2:]] == ["end", "replay"]
    assert {line["by"] for line in messages(ran) if line["dir"] == "to_server"} == {"replay", "auto"}
    assert ("mute", "unopposed") in results(ran)
    assert (ran.json[-1]["same"], ran.json[-1]["answers"]) == (True, {"recorded": 4, "same": 4})


def test_a_server_that_refuses_is_named(served: Served, call: str) -> None:
    ran = replay(served, call, "--speed", "max", "--grant", "canPublish=false")
    assert ran.exit_code == 1
    told = (
        r"  add_track \d: answered by request_response NOT_ALLOWED \(message \d\), recorded was track_published \(\d\)"
    )
    assert [line for line in ran.lines if re.fullmatch(told, line)]
    assert any(line.startswith("  sent as recorded") and "TR_" in line for line in ran.lines)
    as_json = replay(served, call, "--speed", "max", "--grant", "canPublish=false", "--json")
    assert as_json.exit_code == 1
    assert as_json.json[-1]["same"] is False
    assert "different" in {finding["what"] for finding in as_json.json[-1]["findings"]}


def test_somebody_else_somewhere_else(served: Served, call: str) -> None:
    ran = replay(served, call, "--speed", "max", "--room", "elsewhere", "--identity", "bob", "--name", "Bob")
    assert ran.exit_code == 0, ran.stdout
    assert "elsewhere" in ran.stdout
    token = carls_token()
    ran = run("replay", call, served.url, "--token", token, "--speed", "max", "--json")
    assert ran.exit_code == 0, ran.stdout
    assert (ran.json[0]["room"], ran.json[0]["identity"]) == ("there", "carl")


@pytest.mark.parametrize("place", ["url", "environment", "file"])
def test_other_ways_to_give_a_token(served: Served, call: str, tmp_path: Path, place: str) -> None:
    token = carls_token()
    words, variables = [call, served.url, "--speed", "max", "--json"], {}
    if place == "url":
        words[1] += f"/rtc/v1?access_token={token}"
    elif place == "environment":
        variables = {"LIVEKIT_TOKEN": token}
    else:
        (tmp_path / "t.jwt").write_text(token)
        (tmp_path / "t.jwt").chmod(0o600)
        words += ["--token-file", str(tmp_path / "t.jwt")]
    ran = run("replay", *words, variables=variables)
    assert ran.json[0]["identity"] == "carl"
    assert token not in ran.stdout + ran.stderr


def test_key_and_secret_of_the_environment(served: Served, call: str) -> None:
    given = {"LIVEKIT_API_KEY": "devkey", "LIVEKIT_API_SECRET": "secret", "LIVEKIT_TOKEN": make_token(sub="carl")}
    ran = run("replay", call, served.url, "--speed", "max", "--json", variables=given)
    assert ran.json[0]["identity"] == "ann", "each participant of the recording gets a token"


def test_a_curl_line(served: Served, call: str) -> None:
    token = carls_token()
    line = f"curl '{served.url}/rtc/v1?access_token={token}' -H 'Origin: https://x.example' --insecure"
    ran = run("replay", call, "--curl", line, "--speed", "max", "--json")
    assert ran.json[0]["identity"] == "carl"


def test_whose_session_a_token_ends_is_said_before(served: Served, call: str) -> None:
    ran = run("replay", call, served.url, "--token", carls_token(), "--speed", "max")
    assert "this token is carl: joining ends carl's session in there, if there is one" in ran.stderr


def test_a_token_in_a_header_of_a_curl_line(served: Served, call: str) -> None:
    line = f"curl '{served.url}/rtc/v1' -H 'Authorization: Bearer {carls_token()}'"
    ran = run("replay", call, "--curl", line, "--speed", "max", "--json")
    assert ran.json[0]["identity"] == "carl"


def test_a_reader_that_goes_away(served: Served, call: str) -> None:
    command = [sys.executable, "-m", "lksig", "replay", call, served.url, *CREDENTIALS, "--speed", "0.0001"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert replay(served, call, "--speed", "max").exit_code == 0, "which puts the first one out: it prints that"
        process.wait(timeout=30)
    assert process.returncode == 141


def test_it_records_too(served: Served, call: str, tmp_path: Path) -> None:
    again = str(tmp_path / "again.lksig")
    assert replay(served, call, "--speed", "max", "--record", again).exit_code == 0
    assert replay(served, again, "--speed", "max").exit_code == 0
    assert "(replay)" in run("show", again).stdout


def test_until(served: Served, call: str) -> None:
    ran = replay(served, call, "--speed", "max", "--until", "track_published")
    assert (ran.exit_code, "stopped before its end" in ran.stdout) == (0, True)
    ran = replay(served, call, "--speed", "max", "--until", "room_moved", "--timeout", "0.2", "--json")
    assert (ran.exit_code, error(ran)["code"]) == (6, "did-not-come")


def test_a_part_of_it(served: Served, call: str) -> None:
    ran = replay(served, call, "--from", "5", "--to", "7", "--json")
    assert ran.exit_code == 0
    assert [line["case"] for line in messages(ran) if line["by"] == "replay"] == [
        *("add_track", "mute", "update_metadata", "publish_data_track_request")
    ]


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (("--from", "mark:none"), "no-such-mark"),
        (("--to", "mark:none"), "no-such-mark"),
        (("--from", "999"), "no-such-message"),
    ],
)
def test_a_part_that_is_not_there_sends_nothing(served: Served, call: str, part: tuple[str, str], code: str) -> None:
    ran = replay(served, call, *part, "--speed", "max", "--json")
    assert (ran.exit_code, error(ran)["code"], ran.stdout) == (2, code, "")
    ran = run("replay", "-", served.url, *CREDENTIALS, *part, "--speed", "max", "--json", stdin=Path(call).read_bytes())
    assert (ran.exit_code, error(ran)["code"], ran.stdout == "") == (2, code, False)


def test_one_identity_for_two_participants(served: Served, tmp_path: Path) -> None:
    story = tmp_path / "two.lksig"
    script = "ping\n/use bob\nping\n"
    ran = run(
        "connect", served.url, *CREDENTIALS, "--room", "two", "--identity", "ann", "--record", str(story), stdin=script
    )
    assert ran.exit_code == 0
    refused = error(replay(served, str(story), "--speed", "max", "--identity", "zed", "--json"))
    assert refused["hint"] == "leave `--identity` out: each participant gets a token of its own"


def test_recordings_that_lack_something(served: Served, call: str, tmp_path: Path) -> None:
    whole = Path(call).read_bytes()
    (tmp_path / "cut.lksig").write_bytes(whole[: whole.rindex(b"\n", 0, -1) - 5])
    ran = replay(served, str(tmp_path / "cut.lksig"), "--speed", "max", "--json")
    assert (ran.exit_code, error(ran)["code"]) == (7, "incomplete")
    (tmp_path / "empty.lksig").write_bytes(whole[: whole.index(b"\n") + 1])
    ran = replay(served, str(tmp_path / "empty.lksig"), "--json")
    assert (ran.exit_code, error(ran)["code"], ran.stdout) == (2, "nothing-to-play", "")


def test_where_nobody_answers(call: str, served: Served) -> None:
    ran = run("replay", call, "ws://127.0.0.1:1", *CREDENTIALS, "--json")
    assert (ran.exit_code, error(ran)["code"]) == (3, "connection-refused")
    ran = run("replay", call, served.url, "--api-key", "devkey", "--api-secret", "other", "--json")
    assert (ran.exit_code, error(ran)["layer"]) == (4, "auth")
    ran = run("replay", call, served.url, "--json")
    assert (ran.exit_code, error(ran)["code"]) == (4, "no-credentials")
    assert [line for line in ran.json if line["kind"] == "replay"] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--dev", "--dry-run"), "no-dry-run"),
        (("--dev", "--serve"), "two-sides"),
        (("--room", "x"), "no-url"),
        (("--record", "x.lksig"), "no-url"),
        (("--until", "join"), "no-url"),
        (("--timeout", "3"), "no-url"),
        (("--bind", "::1"), "no-serve"),
        (("ws://127.0.0.1:1", "--token", "x.y.z"), "bad-token"),
        (("ws://127.0.0.1:1", "--token", make_token(), "--room", "x"), "token-is-fixed"),
        (("ws://127.0.0.1:1", "--grant", "canFly=true", "--api-key", "k", "--api-secret", "s"), "bad-grant"),
        (("ws://127.0.0.1:1", "--record", "-", "--json"), "stdout-twice"),
        (("--dev", "--url", "ws://a", "ws://b"), "two-urls"),
    ],
)
def test_mistakes(call: str, words: tuple[str, ...], code: str) -> None:
    ran = run("replay", call, *words, variables={"LIVEKIT_URL": "ws://127.0.0.1:1"})
    assert (ran.exit_code, ran.stdout) == (2, "")
    if "--json" not in words:
        ran = run("replay", call, *words, "--json", variables={"LIVEKIT_URL": "ws://127.0.0.1:1"})
    assert error(ran)["code"] == code


def test_standard_input_has_one_reader(call: str, served: Served) -> None:
    data = Path(call).read_bytes()
    ran = run("replay", "-", served.url, *CREDENTIALS, "--speed", "max", stdin=data)
    assert ran.exit_code == 0
    ran = run("replay", "-", served.url, "--token-file", "-", "--json", stdin=data)
    assert (ran.exit_code, error(ran)["code"]) == (2, "stdin-twice")


def test_ctrl_c_leaves_politely_and_tells(call: str, served: Served) -> None:
    command = [sys.executable, "-m", "lksig", "replay", call, served.url, *CREDENTIALS, "--speed", "0.0001"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert " < join " in process.stdout.readline(), process.stderr.read() if process.stderr else ""
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "> leave" in out
    assert "stopped before its end" in out


def test_a_server_that_ends_it_counts_before_differences(call: str, served: Served) -> None:
    """Whoever joins with the same identity puts the first one out."""
    command = [sys.executable, "-m", "lksig", "replay", call, served.url, *CREDENTIALS, "--speed", "0.0001", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while '"join"' not in process.stdout.readline():
            pass
        assert replay(served, call, "--speed", "max").exit_code == 0
        out, err = process.communicate(timeout=30)
    assert process.returncode == 8
    report = json.loads(out.splitlines()[-1])
    assert {finding["what"] for finding in report["findings"]} >= {"not_sent"}
    assert json.loads(err.splitlines()[-1])["error"]["code"] == "server-ended"


def test_both_sides_of_a_recording_fit_each_other(call: str) -> None:
    with replaying(Path(call)) as server:
        ran = run("replay", call, server.url, *CREDENTIALS, "--speed", "max", "--json")
    assert (ran.exit_code, ran.json[-1]["findings"]) == (0, [])
    assert ran.json[-1]["unasked"]["missing"] == {}
