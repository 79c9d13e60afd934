"""A HAR becomes sessions: whose sockets belong together, what is passed over, what is said to be missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import RecordingError
from lksig.recording.importers.har import parse_har, read_har
from lksig.recording.importers.imported import Imported
from lksig.recording.opening import open_session_file
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.wire.events import End, Http, Message, Note, Start
from tests.support.hars import T_S, entry, frame, har, imported, page, v0_url, v1_url
from tests.support.samples import RESPONSES, TOKEN, WALL_NS

KEPT = Path(__file__).parent.parent.parent / "recordings" / "har"
SID = "PA_duHZgjKYCr3H"
JOIN = frame(TO_CLIENT, "join", 0.1)


def story(file: Imported) -> list[Any]:
    """Session, socket and what it is."""
    told: list[Any] = []
    for event in file:
        if isinstance(event, Message):
            told.append((event.session, event.socket, ">" if event.direction is TO_SERVER else "<", event.case))
        elif isinstance(event, Http):
            told.append((event.session, event.socket, event.path.partition("?")[0], event.status))
        elif isinstance(event, Start):
            told.append((event.session, event.identity, event.room, event.url))
    return told


KEPT_STORIES = {
    "chrome": [
        (1, "probe", "standup", "wss://lk.example.com/rtc/v1"),
        (1, 1, "/rtc/v1", 101),
        *((1, 1, "<", "join"), (1, 1, "<", "refresh_token"), (1, 1, ">", "add_track"), (1, 1, "<", "track_published")),
        (1, 2, "/rtc/v1", 101),
        *((1, 2, "<", "reconnect"), (1, 2, ">", "sync_state"), (1, 2, ">", "ping_req"), (1, 2, "<", "pong_resp")),
    ],
    "firefox": [
        (1, "probe", "standup", "wss://lk.example.com/rtc"),
        (1, 1, "/rtc", 101),
        *((1, 1, "<", "join"), (1, 1, ">", "mute"), (1, 1, "<", "request_response"), (1, 1, ">", "leave")),
    ],
    "playwright": [
        (1, "probe", "standup", "wss://lk.example.com/rtc"),
        (1, 1, "/rtc", None),
        (1, 1, "/rtc/validate", 401),
        (1, 1, "/rtc", 101),
        *((1, 1, "<", "join"), (1, 1, ">", "add_track"), (1, 1, "<", "track_published")),
        (1, 2, "/rtc", 101),
        *((1, 2, "<", "reconnect"), (1, 2, ">", "leave")),
    ],
    "mitmproxy": [
        (1, "probe", "standup", "ws://lk.example.com/rtc/v1"),
        (1, 1, "/rtc/v1", 101),
        (1, 1, "<", "join"),
        (2, "bob", "standup", "ws://lk.example.com/rtc/v1"),
        (2, 1, "/rtc/v1", 101),
        *((2, 1, "<", "join"), (1, 1, ">", "mute"), (1, 1, "<", "request_response")),
        *((2, 1, ">", "ping_req"), (2, 1, "<", "pong_resp")),
    ],
}


@pytest.mark.parametrize("name", KEPT_STORIES)
def test_kept_files(name: str) -> None:
    with open_session_file(KEPT / f"{name}.har") as file:
        assert isinstance(file, Imported)
        assert story(file) == KEPT_STORIES[name]
        assert file.problem() is None
        assert [code for code, _ in file.warnings()] == ["har-skipped", "har-holds-token"]


def test_times_are_those_of_the_messages() -> None:
    for unit in ("s", "ms"):
        frames = [frame(TO_CLIENT, "join", 0.1, unit=unit), frame(TO_SERVER, "ping", 2.25, unit=unit)]
        file = imported(har(entry(v1_url(), frames)))
        assert file.header.wall_ns == WALL_NS
        assert [event.t_ns for event in file if isinstance(event, Message)] == [100_000_000, 2_250_000_000]


def test_the_order_of_the_file_counts_not_the_times() -> None:
    frames = [JOIN, frame(TO_SERVER, "ping", 5.0), frame(TO_CLIENT, "pong", 4.0), {**JOIN, "time": "soon"}]
    messages = [event for event in imported(har(entry(v1_url(), frames))) if isinstance(event, Message)]
    assert [message.case for message in messages] == ["join", "ping", "pong", "join"]
    assert [message.t_ns // 10**8 for message in messages] == [1, 50, 50, 50]


def test_the_socket_opens_before_its_first_message() -> None:
    """Chrome's `time` of a socket is as long as it was open."""
    events = list(imported(har(entry(v1_url(), [JOIN], took_ms=60_000))))
    http = next(event for event in events if isinstance(event, Http))
    assert (http.t_ns, http.took_ns) == (100_000_000, 100_000_000)


def test_a_date_that_is_missing_or_of_another_clock() -> None:
    for date in ("", "yesterday", "2030-01-01T00:00:00Z"):
        document = har(entry(v1_url(), [JOIN]))
        document["log"]["entries"][0]["startedDateTime"] = date
        assert imported(document).header.wall_ns == WALL_NS + 100_000_000


def test_a_resume_without_its_first_socket_is_a_session_of_its_own() -> None:
    frames = [frame(TO_CLIENT, "reconnect", 5.0)]
    urls = [v0_url("reconnect=1&sid=PA_gone"), v1_url(reconnect=True, participant_sid="PA_gone")]
    for url in urls:
        file = imported(har(entry(v1_url(), [JOIN]), entry(url, frames, t_s=4.9)))
        assert [event.session for event in file if isinstance(event, Message)] == [1, 2]


def test_a_resume_that_names_nobody_is_of_the_same_client() -> None:
    file = imported(har(entry(v0_url(), [JOIN]), entry(v0_url("reconnect=1"), [frame(TO_CLIENT, "pong", 5.0)], t_s=4)))
    assert [(event.session, event.socket) for event in file if isinstance(event, Message)] == [(1, 1), (1, 2)]


def test_a_full_reconnect_is_another_session() -> None:
    file = imported(har(entry(v1_url(), [JOIN]), entry(v1_url(), [frame(TO_CLIENT, "join", 5.0)], t_s=4)))
    assert [event.session for event in file if isinstance(event, Start)] == [1, 2]


def test_a_token_that_was_hidden_still_tells_who_belongs_together() -> None:
    hidden = "[jwt 4f3a9c1e]"
    file = imported(har(entry(v0_url(token=hidden), [], status=404), entry(v0_url(token=hidden), [JOIN], t_s=1)))
    start = next(event for event in file if isinstance(event, Start))
    assert (start.room, start.identity) == ("standup", "probe")
    assert [code for code, _ in file.warnings()] == []


def test_a_token_in_a_header_is_told_of_too() -> None:
    one = entry("wss://lk.example.com/rtc/v1", [JOIN])
    one["request"]["headers"].append({"name": "authorization", "value": f"Bearer {TOKEN}"})
    file = imported(har(one))
    assert [code for code, _ in file.warnings()] == ["har-holds-token"]
    assert "`call.har`" in file.warnings()[0][1]


def test_probes_belong_to_the_try_before_them() -> None:
    probe = entry("https://lk.example.com/rtc/v1/validate", t_s=2, status=200, body="success")
    early = entry("https://lk.example.com/rtc/validate", t_s=-2, status=200)
    other = entry("https://else.example.com/rtc/validate", t_s=3, status=500)
    first, second = entry(v1_url(), [JOIN]), entry(v1_url(), [frame(TO_CLIENT, "join", 1.5)], t_s=1)
    file = imported(har(first, second, probe, early, other))
    https = [(event.session, event.path) for event in file if isinstance(event, Http) and "validate" in event.path]
    assert https == [(1, "/rtc/validate"), (2, "/rtc/v1/validate"), (3, "/rtc/validate")]


def test_a_preflight_is_other_traffic() -> None:
    preflight = entry("https://lk.example.com/rtc/v1/validate")
    preflight["request"]["method"] = "OPTIONS"
    assert dict(imported(har(preflight, entry(v1_url(), [JOIN]))).warnings())["har-skipped"].startswith("1 other")


def test_what_else_has_rtc_in_its_path() -> None:
    others = [entry(url) for url in ("https://x/rtc", "https://x/rtc/other", "https://x/a?b=/rtc")]
    nowhere = entry("https://x/rtc")
    nowhere["request"]["url"] = "http://[x/rtc"
    assert dict(imported(har(nowhere, *others, entry(v1_url(), [JOIN]))).warnings())["har-skipped"].startswith(
        "4 other"
    )


def test_an_upgrade_is_known_by_its_header() -> None:
    one = entry("http://lk.example.com/rtc", status=404)
    one["request"]["headers"].append({"name": "Upgrade", "value": "websocket"})
    assert story(imported(har(one)))[-1] == (1, 1, "/rtc", 404)


def test_the_end_is_not_known() -> None:
    file = imported(har(entry(v1_url(), [JOIN])))
    events = [reading.event for reading in file.readings()]
    assert isinstance(events[-2], Note)
    assert events[-2].code == "end-unknown"
    assert isinstance(events[-1], End)
    assert (events[-1].ended_by, events[-1].code) == (None, None)


def test_what_the_browser_says_of_a_failure() -> None:
    failed = entry(v1_url(), [], status=-1)
    failed["response"]["_failureText"] = "net::ERR_ABORTED"
    told = {"type": "error", "time": T_S + 1, "opcode": -1, "data": "Invalid frame header"}
    notes = [
        event for event in imported(har(failed, entry(v1_url(), [JOIN, told], t_s=0.5))) if isinstance(event, Note)
    ]
    assert [note.text for note in notes[:2]] == [
        "the browser says: net::ERR_ABORTED",
        "the browser says: Invalid frame header",
    ]


def test_text_frames_and_other_base64() -> None:
    text = {"type": "send", "time": T_S, "opcode": 1, "data": '{"ping":"7"}'}
    broken = {"type": "send", "time": T_S, "opcode": 1, "data": "\udcff"}
    half = {"type": "send", "time": T_S, "opcode": 1, "data": "\ud83d"}
    url_safe = {**JOIN, "data": JOIN["data"].rstrip("=").replace("+", "-").replace("/", "_")}
    messages = [one for one in imported(har(entry(v1_url(), [text, broken, half, url_safe]))) if type(one) is Message]
    assert [(one.case, one.encoding) for one in messages[:2]] == [("ping", "json"), (None, "json")]
    assert messages[1].raw == b"\xff"
    assert messages[3].case == "join"


def test_binary_data_as_characters() -> None:
    """Each character a byte, where a writer knows no base64; one frame that cannot be base64 tells of all."""
    from binascii import a2b_base64

    frames = [{**one, "data": a2b_base64(one["data"]).decode("latin-1")} for one in (JOIN, frame(TO_SERVER, "ping", 1))]
    assert [one[-1] for one in story(imported(har(entry(v1_url(), frames))))[-2:]] == ["join", "ping"]


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ({"type": "receive", "opcode": 2, "data": "€€€"}, "no base64"),
        ({"type": "receive", "opcode": 2, "data": "A"}, "no base64"),
        ({"type": "receive", "opcode": 2}, "no data"),
        ({"type": "sideways", "opcode": 2, "data": ""}, "neither sent nor received"),
        ({"type": ["send"], "opcode": 2, "data": ""}, "unhashable"),
        ({"type": "send", "opcode": 9, "data": ""}, "of opcode 9"),
        (7, "no object"),
    ],
)
def test_a_message_that_is_none(odd: Any, why: str) -> None:
    for count in (1, 2):
        file = imported(har(entry(v1_url(), [JOIN, *[odd] * count, frame(TO_SERVER, "ping", 1.0)])))
        assert [one[-1] for one in story(file)[-2:]] == ["join", "ping"]
        problem = file.problem()
        assert problem is not None
        assert problem.text.startswith("`call.har` is incomplete, it holds 2 whole messages: a message is none (")
        assert why in problem.text
        assert ("2 messages are none in all" in problem.text) == (count == 2)
        assert file.damaged == count


def test_sockets_without_messages() -> None:
    file = imported(har(page(), entry(v1_url(), t_s=1), entry(v1_url(), [JOIN])))
    list(file)
    problem = file.problem()
    assert problem is not None
    assert "1 whole message: 1 socket of it has no WebSocket messages" in problem.text
    assert "content 'embed'" in str(problem.hint)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b'{"log": {"entries": [', "it is cut short, what is at line 1, column 22 has no end"),
        (b'{"log": {"entr', "it is cut short, what is at line 1, column 10 has no end"),
        (b'{"log": {"entries": []} oops}\n{}', "it is no JSON at line 1, column 25"),
        (b'{"log": "\xff"}', "byte 9 is no UTF-8"),
        (b'{"log": ' + b"[" * 100_000, "its JSON is nested too deep"),
        (b'{"log": 1' + b"0" * 5000 + b"}", "a number in it has too many digits"),
        (b'{"log": 1}', "it has no `log`"),
        (b'{"log": {}}', "its `log` has no list of entries"),
    ],
)
def test_what_is_no_har(text: bytes, why: str) -> None:
    with pytest.raises(RecordingError) as caught:
        parse_har(text, "call.har")
    assert caught.value.code == "har-unreadable"
    assert why in caught.value.text


def test_no_signaling() -> None:
    with pytest.raises(RecordingError) as caught:
        imported(har(page(), page()))
    assert caught.value.text.startswith("the HAR `call.har` holds no LiveKit signaling: none of its 2 entries is of")
    assert "content 'embed'" in str(caught.value.hint)


_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.just(v1_url()) | st.just(TOKEN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "value", "time"]), inner),
    max_leaves=4,
)


@given(st.data())
def test_any_document_gives_events_or_a_sentence(data: st.DataObject) -> None:
    """A HAR with anything in place of anything."""
    document = json.loads((KEPT / "playwright.har").read_text())
    for _ in range(data.draw(st.integers(1, 6))):
        place: Any = document["log"]["entries"]
        while True:
            keys = sorted(place) if isinstance(place, dict) else range(len(place))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            inner = place[key]
            if not isinstance(inner, dict | list) or data.draw(st.integers(0, 9)) == 0:
                place[key] = data.draw(_JUNK)
                break
            place = inner
    try:
        file = Imported(read_har(document, "call.har"), "call.har", 0)
    except RecordingError:
        return
    assert len(list(file.readings())) > 1
    file.problem()


def test_a_participant_without_a_join_that_names_it() -> None:
    nameless = frame(TO_CLIENT, "join", 0.1, {**RESPONSES["join"], "participant": {}, "room": {}})
    start = next(iter(imported(har(entry("wss://x/rtc", [nameless])))))
    assert isinstance(start, Start)
    assert (start.room, start.identity) == (None, None)
