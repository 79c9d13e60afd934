"""The whole message, field by field."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from lksig.recording.format_v1 import record_line
from lksig.recording.format_v1_lines import LineReader
from lksig.recording.redact import Redactor
from lksig.render.line import LineView
from lksig.render.times import UTC
from lksig.render.tree import TreeView
from lksig.render.width import width_of
from lksig.schema import docs
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, message_class
from lksig.wire.events import DecodeError, Message, Reading, WsPong
from tests.support.messages import envelopes
from tests.support.readings import frame, message, secrets, start
from tests.support.samples import PWD, SDP, TOKEN, envelope

HEAD = "4 < mute · 23 B · by server · protobuf · 2026-11-25T14:34:11.325204Z · 0.812 ms after the event before"


@pytest.fixture
def known_meanings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Comments that stay the same when those of `proto/` are made better."""
    comments = {
        "livekit.SignalResponse.track_published": "Says that it worked.",
        "livekit.TrackInfo.type": "Kind of media.",
        "livekit.TrackType.VIDEO": "Moving pictures.",
        "livekit.VideoLayer.quality": "Rung.",
        "livekit.TrackInfo.layers": "The layers of it.",
    }
    monkeypatch.setattr(docs, "_comments", lambda: comments)


def tree(reading: Reading, *, show: bool = False, **options: Any) -> list[str]:
    view = TreeView(secrets(show=show), tz=UTC, **{"meanings": False, **options})
    view.text(start())
    return (view.text(reading) or "").split("\n")


def test_the_head_says_what_the_line_says() -> None:
    assert tree(message(TO_CLIENT, "mute"))[0] == HEAD
    reading = message(TO_CLIENT, "mute", reply_to=3, reply_ns=812_000, refused=True)
    assert tree(reading)[0] == f"{HEAD} · answers 3 after 0.812 ms · refused"
    assert tree(message(TO_CLIENT, "mute", reply_to=3))[0] == f"{HEAD} · answers 3"


def test_without_a_start_nobody_knows_the_time() -> None:
    text = TreeView(secrets(), meanings=False).text(message(TO_SERVER, "leave", {})) or ""
    assert text.split("\n")[0] == "4 > leave · 2 B · by user · protobuf"


def test_unset_fields_are_marked_with_the_value_that_counts() -> None:
    assert tree(message(TO_SERVER, "leave", {}))[1:] == [
        "    8 leave  LeaveRequest",
        "       1 can_reconnect  false (unset)",
        "       2 reason         UNKNOWN_REASON (0, unset)",
        "       3 action         DISCONNECT (0, unset)",
        "      unset: 4 regions",
    ]


def test_what_stands_beside_a_set_arm_is_not_unset() -> None:
    rows = "\n".join(tree(message(TO_SERVER, "simulate")))
    assert "speaker_update  3 s" in rows
    assert "unset" not in rows
    assert "unset: 1 speaker_update, 2 node_failure" in "\n".join(tree(message(TO_SERVER, "simulate", {})))


def test_many_unset_fields_are_wrapped() -> None:
    rows = tree(message(TO_CLIENT, "track_published", {"track": {}}), width=60)
    wrapped = [row for row in rows if row.startswith((" " * 9 + "unset:", " " * 16))]
    assert len(wrapped) > 2
    assert all(width_of(row) <= 60 for row in wrapped)


def test_elements_of_a_list_have_their_index_and_do_not_repeat_what_is_unset() -> None:
    rows = tree(message(TO_SERVER, "update_layers", {"layers": [{"width": 320}, {"width": 640}]}))
    assert rows[2:] == [
        "       2 layers  2 × VideoLayer",
        "         [0]",
        "             1 quality  LOW (0, unset)",
        "             2 width    320 px",
        "            unset: 3 height, 4 bitrate, 5 ssrc, 6 spatial_layer, 7 rid, 8 repair_ssrc",
        "         [1]",
        "             1 quality  LOW (0, unset)",
        "             2 width    640 px",
        "      unset: 1 track_sid",
    ]


def test_maps_lists_and_numbers_the_schema_does_not_know() -> None:
    rows = tree(message(TO_SERVER, "update_metadata", {"attributes": {"b": "1", "a x": "2"}}))
    assert rows[2:5] == ["       3 attributes  2 entries", '         "a x": 2', "         b: 1"]
    assert "1 entry" in tree(message(TO_SERVER, "update_metadata", {"attributes": {"b": "1"}}))[2]
    rows = tree(message(TO_CLIENT, "data_track_subscriber_handles", {"sub_handles": {3: {"track_sid": "DTR_a"}}}))
    assert rows[2:5] == [
        "       1 sub_handles  1 entry",
        "         3:",
        "             3 track_sid  DTR_a",
    ]
    rows = tree(message(TO_SERVER, "update_audio_track", {"features": [0, 77]}))
    assert rows[2] == "       2 features  [TF_STEREO (0), 77 (unknown value)]"


def test_epoch_times_are_clock_times_too() -> None:
    row = tree(message(TO_CLIENT, "pong_resp", {"timestamp": 1_795_617_245_811}))[2]
    assert row.endswith(" = 2026-11-25 14:34:05.811Z")
    assert row.startswith("       2 timestamp  1795617245811 ")
    assert "=" not in tree(message(TO_CLIENT, "pong_resp", {"timestamp": 2**62}))[2]
    room = {"room": {"creation_time": 1_795_617_245}}
    assert tree(message(TO_CLIENT, "room_update", room))[3].endswith(" = 2026-11-25 14:34:05Z")


def test_numbers_without_a_unit_and_floats() -> None:
    assert tree(message(TO_CLIENT, "answer", {"id": 7}))[2] == "       3 id  7"
    rows = tree(message(TO_CLIENT, "speakers_changed", {"speakers": [{"level": 0.9, "active": True}]}))
    assert rows[4:6] == ["             2 level   0.899999976", "             3 active  true"]


def test_unknown_fields_stand_in_their_message() -> None:
    rows = tree(frame(b"\x4a\x08\x0a\x04TR_x\x78\x05\x9a\x06\x02hi"))
    assert rows[1:] == [
        "    9 mute  MuteTrackRequest",
        "       1 sid    TR_x",
        "       2 muted  false (unset)",
        "      15 ? varint 5 (unknown to protocol schema)",
        "   99 ? bytes aGk= (unknown to protocol schema)",
    ]
    assert tree(frame(b"\x9a\x06\x02hi"))[1:] == ["   99 ? bytes aGk= (unknown to protocol schema)"]


def test_unknown_keys_of_a_text_frame_too() -> None:
    rows = tree(frame(b'{"mute":{"o\\u001bd":1}}', encoding="json"))
    assert rows[-1] == "      unset: 1 sid"
    assert '      "o\\u001bd" ? json 1 (unknown to protocol schema)' in rows


def test_an_empty_envelope_says_so() -> None:
    assert tree(frame(b""))[1:] == ["   empty envelope: no case is set"]


def test_a_frame_that_does_not_decode_shows_its_bytes() -> None:
    rows = tree(frame(b"\x0a\x05abc"))
    assert rows[0].startswith("4 ! - · 5 B")
    assert rows[1].startswith("   does not decode at byte ")
    assert rows[2] == "   00000000: 0a05 6162 63                             ..abc"
    bare = Message(0, TO_CLIENT, b"", None, None, by="server")
    assert tree(Reading(bare, n=1))[1:] == []
    odd = Message(0, TO_CLIENT, b"", None, None, by="server", error=DecodeError("odd", None))
    assert tree(Reading(odd, n=1))[1:] == ["   does not decode: odd"]


def test_descriptions_are_tables_or_as_they_are() -> None:
    rows = tree(message(TO_CLIENT, "offer"))
    at = next(index for index, row in enumerate(rows) if " 2 sdp " in row)
    assert rows[at].endswith(" · 2 candidates (host udp 1, srflx 1) · 1.0 kB")
    assert rows[at + 1].strip().startswith("mid  kind")
    raw = tree(message(TO_CLIENT, "offer"), sdp="raw")
    assert raw[at + 1].strip() == "v=0"
    assert PWD not in "\n".join(raw)
    assert PWD in "\n".join(tree(message(TO_CLIENT, "offer"), sdp="raw", show=True))


def test_candidates_and_tokens_are_taken_apart() -> None:
    rows = tree(message(TO_CLIENT, "trickle"))
    assert rows[2].endswith("host tcp passive [fd00::2]:7881, mid 0")
    assert rows[3].strip().startswith("candidate host tcp passive [fd00::2]:7881, priority ")
    rows = tree(message(TO_CLIENT, "refresh_token"))
    assert rows[1].startswith("   16 refresh_token  [jwt ")
    assert rows[2].strip() == "identity probe"
    assert TOKEN in "\n".join(tree(message(TO_CLIENT, "refresh_token"), show=True))


def test_bytes_are_hex_dumps_or_placeholders() -> None:
    rows = tree(message(TO_SERVER, "store_data_blob_request"))
    assert rows[-1] == "          2 contents  hex:00ff (2 B)"
    rows = tree(message(TO_CLIENT, "get_data_blob_response"))
    assert [row.strip() for row in rows][-5].startswith("00000000: 00ff 00ff")
    join = "\n".join(tree(message(TO_CLIENT, "join")))
    assert "13 sif_trailer             [secret " in join
    assert "hex:6d6a" in "\n".join(tree(message(TO_CLIENT, "join"), show=True))


def test_what_was_hidden_in_a_recording_looks_as_it_did_live() -> None:
    live = message(TO_CLIENT, "join")
    hidden = Redactor(secrets()).hide(live.event)
    stored: Any = LineReader().read(record_line(hidden, live.event.t_ns).encode())
    shown = tree(Reading(stored, n=live.n, dt_ns=live.dt_ns))
    assert [row for row in shown if "[secret " in row]
    assert shown == tree(live)


def test_a_token_in_any_text_is_hidden() -> None:
    assert TOKEN not in "\n".join(tree(message(TO_SERVER, "mute", {"sid": f"x {TOKEN}"})))


@pytest.mark.usefixtures("known_meanings")
def test_meanings_are_told_once_and_deprecation_with_them() -> None:
    layers = [{"quality": "HIGH"}, {"quality": "HIGH"}]
    reading = message(TO_CLIENT, "track_published", {"track": {"type": "VIDEO", "layers": layers}})
    rows = tree(reading, meanings=True)
    assert rows[1] == "    6 track_published  TrackPublishedResponse  Says that it worked"
    text = "\n".join(rows)
    assert text.count("Kind of media · VIDEO: Moving pictures") == 1
    assert text.count("Rung") == 1
    assert text.count("deprecated · The layers of it") == 1


@pytest.mark.usefixtures("known_meanings")
def test_on_a_terminal_meanings_are_cut_and_values_never() -> None:
    reading = message(TO_CLIENT, "track_published", {"track": {"type": "VIDEO", "name": "n" * 80}})
    rows = tree(reading, meanings=True, width=70)
    assert any(row.endswith("…") for row in rows)
    assert any("n" * 80 in row for row in rows)
    row = next(row for row in rows if " 2 type " in row)
    assert width_of(row) <= 70
    assert "Kind of media" not in "\n".join(tree(reading, meanings=True, width=40))


def test_the_manuals_own_words_are_there() -> None:
    text = "\n".join(tree(message(TO_CLIENT, "leave"), meanings=True))
    assert docs.summary("livekit.LeaveRequest.action") in text


def test_colour_adds_nothing() -> None:
    reading = message(TO_CLIENT, "join")
    painted = "\n".join(tree(reading, colour=True, meanings=True))
    for code in ("\x1b[32m", "\x1b[1m", "\x1b[2m", "\x1b[0m"):
        painted = painted.replace(code, "")
    assert painted == "\n".join(tree(reading, meanings=True))


def test_what_is_no_message_is_its_line() -> None:
    view = TreeView(secrets(), tz=UTC)
    assert list(view.lines(start())) == [LineView(secrets(), piped=False, tz=UTC).text(start())]
    assert view.text(Reading(WsPong(0, TO_SERVER, b"", "auto"))) is None


@given(envelopes(unknown=True))
def test_any_message_has_a_tree(sample: tuple[Direction, Any]) -> None:
    way, any_envelope = sample
    rows = tree(frame(any_envelope.SerializeToString(), way), meanings=True, width=100)
    assert len(rows) > 1


def test_a_message_that_no_frame_carries_has_rows_too() -> None:
    view = TreeView(secrets(), meanings=False)
    join_request = message_class("JoinRequest")(client_info={"protocol": 17}, publisher_offer={"sdp": SDP})
    rows = "\n".join(view.body_lines(join_request))
    assert rows.startswith("    1 client_info")
    assert "   3 protocol" in rows
    assert PWD not in rows


def test_a_large_message_comes_line_by_line() -> None:
    people = [{"identity": f"p{n}"} for n in range(500)]
    big = frame(envelope(TO_CLIENT, "update", {"participants": people}).SerializeToString())
    lines = TreeView(secrets(), meanings=False).lines(big)
    assert next(lines).startswith("4 < update")
    assert "500 × ParticipantInfo" in "".join(next(lines) for _ in range(2))
