"""`lksig schema`: what it prints for people, for scripts and for other tools."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from lksig.exit_codes import ExitCode
from lksig.schema.pool import PROTOCOL_VERSION, TO_CLIENT, TO_SERVER, case_fields
from tests.support.cli import run as run_lksig


def run(*words: str) -> str:
    """What the command prints."""
    done = run_lksig("schema", *words)
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout


def error(*words: str) -> dict[str, Any]:
    """The error it ends with, as `--json` tells it."""
    done = run_lksig("schema", *words)
    assert done.exit_code == ExitCode.USAGE
    assert done.stdout == ""
    (line,) = done.stderr_json if "--json" in words else [{"error": {"text": done.stderr}}]
    told: dict[str, Any] = line["error"]
    return told


def test_bare_it_lists_the_cases_of_both_directions() -> None:
    lines = run().splitlines()
    assert [line.split()[2] for line in lines if line.startswith(">")] == list(case_fields(TO_SERVER))
    assert [line.split()[2] for line in lines if line.startswith("<")] == list(case_fields(TO_CLIENT))


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("add_track", "> add_track  case 4 to the server, AddTrackRequest"),
        ("<4", "< trickle  case 4 to the client, TrickleRequest"),
        ("addTrackRequest", "AddTrackRequest  message"),
        ("add_track.layers.quality", "> add_track.layers.quality  field 1 of VideoLayer, VideoQuality"),
        ("CAMERA", "TrackSource.CAMERA  value 1"),
        ("TrackType", "TrackType  enum"),
    ],
)
def test_a_name_gives_its_page(name: str, title: str) -> None:
    assert run(name).splitlines()[0] == title


def test_an_unknown_name_is_bad_input_with_the_place_of_the_mistake() -> None:
    told = error("add_track.layrs", "--json")
    assert (told["source"], told["start"], told["end"]) == ("add_track.layrs", 10, 15)
    assert "`layers`" in told["text"]


def test_json_of_the_list_is_an_object_a_case() -> None:
    lines = [json.loads(line) for line in run("--json").splitlines()]
    assert len(lines) == 52
    assert lines[0].keys() == {"kind", "name", "dir", "number", "type", "deprecated", "summary"}
    assert {line["dir"] for line in lines} == {"to_server", "to_client"}


def test_json_of_a_name_is_an_object_a_page() -> None:
    pages = [json.loads(line) for line in run("answer", "--json").splitlines()]
    assert [(page["dir"], page["number"]) for page in pages] == [("to_server", 2), ("to_client", 2)]
    assert run("answer", "--json").isascii()


def test_the_json_schema_of_json_lines_is_one() -> None:
    schema = json.loads(run("--json-lines"))
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (["mute"], ["mute sid=TR_x muted=true"]),
        ([">4"], ["add_track cid="]),
        (["pong_resp"], ["pong_resp last_ping_timestamp=now timestamp=now"]),
        (["add_track.layers.quality"], ["add_track cid="]),
        (["8"], ["leave can_reconnect=true"]),
        (["4"], ["add_track cid=", "trickle candidateInit="]),
    ],
)
def test_skeletons(words: list[str], lines: list[str]) -> None:
    printed = run(*words, "--skeleton").splitlines()
    assert len(printed) == len(lines)
    for line, start in zip(printed, lines, strict=True):
        assert line.startswith(start)


def test_without_a_name_the_skeletons_of_all_requests() -> None:
    assert [line.split()[0] for line in run("--skeleton").splitlines()] == list(case_fields(TO_SERVER))


@pytest.mark.parametrize("name", ["AddTrackRequest", "CAMERA"])
def test_only_a_case_has_a_skeleton(name: str) -> None:
    assert f"`{name}` is no case" in error(name, "--skeleton")["text"]


@pytest.mark.parametrize(
    "words",
    [
        ["--json", "--skeleton"],
        ["--json", "--json-lines"],
        ["mute", "--skeleton", "--json-lines"],
        ["--json-lines", "--asyncapi"],
    ],
)
def test_options_that_exclude_each_other(words: list[str]) -> None:
    assert "exclude each other" in error(*words)["text"]


@pytest.mark.parametrize("flag", ["--json-lines", "--asyncapi"])
def test_a_whole_document_takes_no_name(flag: str) -> None:
    assert f"{flag} takes no name" in error("mute", flag)["text"]


def test_the_asyncapi_document_is_one_and_names_the_query() -> None:
    printed = run("--asyncapi")
    assert printed.isascii()
    document = json.loads(printed)
    assert document["asyncapi"] == "3.0.0"
    assert document["info"]["version"] == PROTOCOL_VERSION
    assert len(document["channels"]["rtc"]["messages"]) == 52
    query = document["channels"]["rtc"]["bindings"]["ws"]["query"]["properties"]
    assert {"access_token", "join_request", "auto_subscribe"} <= query.keys()


def test_a_pipe_gets_no_colour_and_no_wrapping() -> None:
    printed = run("add_track")
    assert "\x1b" not in printed
    assert max(map(len, printed.splitlines())) > 300


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_a_terminal_gets_wrapped_text_in_colour_unless_told_not_to(no_color: str, coloured: bool) -> None:
    variables = {"COLUMNS": "90", "NO_COLOR": no_color}
    for words in (["add_track"], []):
        printed = run_lksig("schema", *words, stdout_is_terminal=True, variables=variables).stdout
        assert ("\x1b[" in printed) is coloured
        if not coloured:
            assert max(map(len, printed.splitlines())) <= 90
