"""A stranger's text in every field of every message: no view executes it, no view drops it silently."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given

from lksig.render.bodies import body_pieces
from lksig.render.json_lines import JsonLines
from lksig.render.line import LineView
from lksig.render.tree import TreeView
from lksig.schema.pool import TO_CLIENT, Direction
from lksig.wire.events import Close, Http, Marker, Note, Reading, State
from tests.support.messages import envelopes
from tests.support.readings import frame, message, secrets, start

HOSTILE = "\x1b]0;owned\x07\x9b31m[red]x[/red]\u202egnp.exe\u2066\u2069\r\n\tforged\x00\x7f\u200b\u2028"


def printed(reading: Reading) -> Iterator[tuple[str, str]]:
    """What each view prints, by name; newlines of its own taken away."""
    hidden = secrets()
    for piped in (False, True):
        line = LineView(hidden, piped=piped, verbose=1)
        line.text(start())
        yield "pipe" if piped else "terminal", line.text(reading) or ""
    tree = TreeView(hidden)
    tree.text(start())
    yield "tree", "".join(tree.lines(reading))
    raw = TreeView(hidden, sdp="raw")
    yield "raw tree", "".join(raw.lines(reading))
    json_lines = JsonLines(hidden)
    json_lines.text(start())
    yield "json", json_lines.text(reading)
    yield "body", "".join(body_pieces(reading, hidden, "json")).replace("\n", "")


def assert_harmless(reading: Reading) -> None:
    for name, text in printed(reading):
        acting = [char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
        assert not acting, f"{name}: {acting!r}"


@pytest.mark.parametrize(
    ("case", "body"),
    [
        ("update", {"participants": [{"identity": HOSTILE, "name": HOSTILE, "sid": HOSTILE, "metadata": HOSTILE}]}),
        ("update", {"participants": [{"attributes": {HOSTILE: HOSTILE}, "tracks": [{"name": HOSTILE}]}]}),
        ("update", {"participants": [{"identity": HOSTILE}, {"identity": HOSTILE}]}),
        ("join", {"room": {"name": HOSTILE}, "server_version": HOSTILE, "alternative_url": HOSTILE}),
        ("offer", {"type": HOSTILE, "sdp": f"m={HOSTILE}\nm=audio 9 x 0\na=mid:{HOSTILE}"}),
        ("answer", {"mid_to_track_id": {HOSTILE: HOSTILE}}),
        ("trickle", {"candidateInit": HOSTILE}),
        ("trickle", {"candidateInit": json.dumps({"candidate": HOSTILE, "sdpMid": HOSTILE})}),
        ("request_response", {"reason": 1, "message": HOSTILE, "mute": {"sid": HOSTILE}}),
        ("track_published", {"cid": HOSTILE, "track": {"name": HOSTILE}}),
        ("refresh_token", HOSTILE),
        ("leave", {"regions": {"regions": [{"region": HOSTILE}]}}),
        ("data_track_subscriber_handles", {"sub_handles": {1: {"publisher_identity": HOSTILE}}}),
    ],
)
def test_a_strangers_text_is_harmless_everywhere(case: str, body: Any) -> None:
    assert_harmless(message(TO_CLIENT, case, body))


@given(envelopes(unknown=True))
def test_so_is_any_message(sample: tuple[Direction, Any]) -> None:
    way, any_envelope = sample
    assert_harmless(frame(any_envelope.SerializeToString(), way))


def test_so_are_frames_that_do_not_decode() -> None:
    assert_harmless(frame(b"\x0a\xff" + HOSTILE.encode()))
    assert_harmless(frame(json.dumps({"mute": {HOSTILE: HOSTILE}}).encode(), encoding="json"))
    assert_harmless(frame(HOSTILE.encode(), encoding="json"))


@pytest.mark.parametrize(
    "event",
    [
        start(room=HOSTILE, identity=HOSTILE, url=f"ws://x/{HOSTILE}").event,
        Close(0, 1000, HOSTILE, "server"),
        State(0, "RESUMING", HOSTILE),
        Note(0, "note", HOSTILE),
        Marker(0, HOSTILE),
        Http(0, HOSTILE, "/", (), 200, ((HOSTILE, HOSTILE),), HOSTILE.encode(), 0),
        Http(0, "GET", f"/{HOSTILE}", (), 101, (("Sec-WebSocket-Extensions", HOSTILE),), b"", 0),
        Http(0, "GET", f"/{HOSTILE}", (), None, (), b"", 0),
    ],
    ids=lambda event: type(event).__name__,
)
def test_so_is_what_is_no_message(event: Any) -> None:
    assert_harmless(Reading(event))


def test_nothing_is_dropped() -> None:
    reading = message(TO_CLIENT, "mute", {"sid": HOSTILE})
    shown = dict(printed(reading))
    for name in ("terminal", "pipe", "tree"):
        for piece in ("\\u001b]0;owned\\u0007", "[red]x[/red]", "\\u202egnp.exe", "\\r\\n\\tforged"):
            assert piece in shown[name], name
    assert json.loads(shown["json"])["message"]["mute"]["sid"] == HOSTILE
