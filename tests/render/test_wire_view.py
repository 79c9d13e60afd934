"""A frame as it is on the wire, field by field."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lksig.render.wire_view import wire_rows
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, envelope_class
from lksig.wire.codec import encode_frame
from lksig.wire.events import Message
from tests.support.readings import secrets
from tests.support.samples import TOKEN


def rows(raw: bytes, direction: Direction = TO_SERVER, *, text: bool = False, show: bool = False) -> list[str]:
    from lksig.wire.codec import decode_frame

    message: Message = decode_frame(
        raw, direction=direction, encoding="json" if text else "protobuf", t_ns=0, by="user"
    )
    return list(wire_rows(message, secrets(show=show)))


def request(**case: Any) -> bytes:
    return encode_frame(envelope_class(TO_SERVER)(**case))


def test_every_field_has_its_place() -> None:
    assert rows(request(add_track={"cid": "cam1", "type": "VIDEO", "width": 1280})) == [
        "@0    22 0b       4 add_track  bytes 11",
        '@2    0a 04         1 cid  bytes 4  "cam1"',
        "@8    18 01         3 type  varint 1 VIDEO",
        "@10   20 80 0a      4 width  varint 1280",
    ]


def test_what_the_schema_does_not_know() -> None:
    assert rows(
        bytes.fromhex("fa1f020a00 f51f01000000 f11f0100000000000000 f81f05 fb1f 0801 fc1f".replace(" ", ""))
    ) == [
        '@0    fa 1f 02    511 ?  bytes 2  "\\n\\u0000"',
        "@5    f5 1f       510 ?  fixed32 01 00 00 00",
        "@11   f1 1f       510 ?  fixed64 01 00 00 00 00 00 00 00",
        "@21   f8 1f 05    511 ?  varint 5",
        "@24   fb 1f       511 ?  group 2",
        "@26   08 01         1 ?  varint 1",
    ]


def test_an_enum_value_without_a_name_and_empty_fields() -> None:
    assert rows(bytes.fromhex("22041863 0a00".replace(" ", "")))[1:] == [
        "@2    18 63         3 type  varint 99",
        "@4    0a 00         1 cid  bytes 0",
    ]


def test_bytes_and_long_texts() -> None:
    long = "x" * 70
    blob = rows(request(store_data_blob_request={"blob": {"key": {"generic": long}, "contents": b"\xff" * 30}}))
    assert blob[3].endswith('generic  bytes 70  "' + "x" * 60 + '" …')
    assert blob[4].endswith("contents  bytes 30  " + " ".join(["ff"] * 20) + " …")
    short = rows(request(store_data_blob_request={"blob": {"contents": b"\xff\x00"}}))
    assert short[2].endswith("contents  bytes 2  ff 00")


def test_where_it_stops_making_sense() -> None:
    assert rows(bytes.fromhex("220a0a0263")) == ["@0    ! field 4 takes 10 bytes, 3 are left"]
    assert rows(bytes.fromhex("22020a05")) == [
        "@0    22 02       4 add_track  bytes 2",
        "@2      ! field 1 takes 5 bytes, 0 are left",
    ]


def test_json_frames_have_bytes_only() -> None:
    (row,) = rows(b'{"ping":"5"}', text=True)
    assert row.startswith("0000")


def test_secrets_are_overwritten() -> None:
    raw = encode_frame(envelope_class(TO_CLIENT)(refresh_token=TOKEN))
    assert TOKEN[:20] not in "\n".join(rows(raw, TO_CLIENT))
    assert TOKEN[:20] in "\n".join(rows(raw, TO_CLIENT, show=True))


@given(st.binary(max_size=60))
def test_any_bytes_have_rows(raw: bytes) -> None:
    for row in rows(raw):
        assert row.isprintable()
