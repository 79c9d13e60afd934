"""A request once more, with changes; bytes as they are."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.errors import InputError
from lksig.repl.lines import Command, read
from lksig.repl.requests import again, exactly, refuse_placeholder
from lksig.schema.grammar import ParsedRequest, parse_line
from lksig.schema.pool import TO_SERVER, envelope_class
from lksig.schema.typed_text import format_request
from lksig.wire.events import Message
from tests.support.traffic import frame, sent
from tests.support.typed import FakeInputs, mistake

INPUTS = FakeInputs()
ADD: Message = sent(
    1,
    add_track={
        "cid": "cam1",
        "type": "VIDEO",
        "width": 1280,
        "layers": [{"quality": "HIGH", "width": 1280}, {"quality": "LOW", "width": 320}],
    },
)


def resent(message: Message, line: str = "") -> ParsedRequest:
    typed = read(f"/resend 3 {line}")
    assert isinstance(typed, Command)
    return again(message, 3, typed.words[1:], INPUTS)


def text(message: Message, line: str = "") -> str:
    return format_request(resent(message, line).build(), TO_SERVER)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ("cid=cam2", "add_track cid=cam2 type=VIDEO width=1280 layers.0.quality=HIGH layers.0.width=1280 "),
        ("-width height=720", "add_track cid=cam1 type=VIDEO height=720 layers.0.quality=HIGH "),
        ("-layers", "add_track cid=cam1 type=VIDEO width=1280"),
        ("layers=[]", "add_track cid=cam1 type=VIDEO width=1280"),
        ("-layers.1", "add_track cid=cam1 type=VIDEO width=1280 layers.0.quality=HIGH layers.0.width=1280"),
        ("layers.1.width=160", "add_track cid=cam1 type=VIDEO width=1280 layers.0.quality=HIGH layers.0.width=1280 "),
    ],
)
def test_fields_are_replaced_and_left_out(changes: str, wanted: str) -> None:
    assert text(ADD, changes).startswith(wanted)


def test_lists_are_appended_to() -> None:
    message = sent(1, subscription={"track_sids": ["TR_a"], "subscribe": True})
    assert text(message, "track_sids+=TR_b") == "subscription track_sids=[TR_a,TR_b] subscribe=true"


def test_without_changes_the_same_bytes_go_out() -> None:
    unknown = frame(1, TO_SERVER, ADD.raw + bytes.fromhex("fa1f020a00"), "user")
    request = resent(unknown)
    assert (request.raw, request.encoding) == (unknown.raw, "protobuf")
    as_json = frame(1, TO_SERVER, b'{"ping":"5"}', "user", text=True)
    assert (resent(as_json).raw, resent(as_json).encoding) == (b'{"ping":"5"}', "json")


def test_a_request_id_is_always_a_fresh_one() -> None:
    message = sent(1, update_metadata={"name": "A", "request_id": 7})
    request = resent(message)
    assert (request.raw, request.sets("request_id")) == (None, False)
    assert text(message) == "update_metadata name=A"
    assert text(message, "request_id=9") == "update_metadata name=A request_id=9"


def test_bare_values() -> None:
    ping = sent(1, ping=5)
    assert text(ping, "6") == "ping 6"
    assert resent(ping).raw == ping.raw


@pytest.mark.parametrize(
    ("changes", "wanted", "marked"),
    [
        ("-heigth", "message 3 does not set `heigth`", "-heigth"),
        ("-height", "message 3 does not set `height`", "-height"),
        ("type=VIDOE", "did you mean VIDEO?", "VIDOE"),
        ("cid=c heigth=5", "heigth", "heigth"),
        ("cid=c mute", "one request is sent again, not several", "cid=c"),
        ("layers.9.width=1", "index", "layers.9.width=1"),
        ("cid=d -layers.0", "an index beyond the end", "-layers.0"),
    ],
)
def test_mistakes_point_into_the_typed_line(changes: str, wanted: str, marked: str) -> None:
    line = f"/resend 3 {changes}"
    found = mistake(resent, ADD, changes)
    assert found.source == line
    assert wanted in found.text
    assert marked.startswith(found.marked) or found.marked.startswith(marked)


def test_what_does_not_decode_goes_out_as_it_is_or_not_at_all() -> None:
    broken = frame(1, TO_SERVER, b"\xff", "user")
    assert resent(broken).raw == b"\xff"
    assert mistake(resent, broken, "cid=c").text == "only a request that decodes can be changed"


def test_placeholders_are_never_sent() -> None:
    (request,) = parse_line('update_metadata metadata="[jwt 4f3a9c1e]"', INPUTS)
    with pytest.raises(InputError, match="holds a placeholder") as caught:
        refuse_placeholder(request)
    assert caught.value.code == "placeholder"
    refuse_placeholder(parse_line("ping 5", INPUTS)[0])


def test_exactly_these_bytes() -> None:
    request = exactly(b"\x00", "json", "/text x", INPUTS)
    built: Any = request.build()
    assert (request.raw, request.encoding, request.case, built) == (b"\x00", "json", None, envelope_class(TO_SERVER)())
