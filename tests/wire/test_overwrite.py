"""Frames without their secrets: same length, same fields, nothing left, and every view prints the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, case_fields, envelope_class
from lksig.wire.codec import decode_frame, unknown_fields
from lksig.wire.events import Message
from lksig.wire.json_text import message_text
from lksig.wire.overwrite import overwrite_bytes
from lksig.wire.places import put_placeholders
from lksig.wire.redaction import Secrets
from lksig.wire.unknown import unknown_text
from tests.support.messages import envelopes, varint

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"
HIDDEN_JWT = "x" * len(JWT)
KEY = b"k" * 16


def decode(raw: bytes, direction: Direction = TO_CLIENT) -> Message:
    return decode_frame(raw, direction=direction, t_ns=0, by="server")


def sized(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def frame(direction: Direction = TO_CLIENT, **case: Any) -> bytes:
    raw: bytes = envelope_class(direction)(**case).SerializeToString(deterministic=True)
    return raw


@given(envelopes(unknown=True))
def test_views_of_the_overwritten_frame_print_what_views_of_the_original_print(made: tuple[Direction, Any]) -> None:
    direction, envelope = made
    secrets = Secrets(KEY)
    message = decode(envelope.SerializeToString(), direction)
    printed = message_text(envelope, secrets), unknown_text(unknown_fields(message), secrets)
    done = secrets.overwrite(message)
    assert len(done.raw) == len(message.raw)
    again = decode(done.raw, direction)
    assert (again.error, again.case) == (None, message.case)
    put_placeholders(again, done.places)
    # Another run shows it: it has another key, and remembers nothing.
    other = Secrets(b"another key")
    assert again.envelope is not None
    assert (message_text(again.envelope, other), unknown_text(unknown_fields(again), other)) == printed
    assert other.overwrite(again) == done


@given(envelopes(unknown=True))
def test_overwriting_again_changes_nothing(made: tuple[Direction, Any]) -> None:
    direction, envelope = made
    done = Secrets(KEY).overwrite(decode(envelope.SerializeToString(), direction))
    assert Secrets(b"another key").overwrite(decode(done.raw, direction)).raw == done.raw


@given(envelopes(unknown=True))
def test_showing_secrets_keeps_every_byte(made: tuple[Direction, Any]) -> None:
    direction, envelope = made
    raw = envelope.SerializeToString()
    assert Secrets(KEY, show=True).overwrite(decode(raw, direction)) == (raw, ())


def test_every_kind_of_secret_has_its_place() -> None:
    secrets = Secrets(KEY)
    raw = frame(
        join={
            "room": {"sid": "RM_1", "turn_password": "pässword-1"},
            "participant": {"metadata": f"é {JWT}, {JWT}!", "attributes": {"k": JWT, f"<{JWT}>": "v"}},
            "ice_servers": [{}, {"urls": ["turn:h"], "username": "u", "credential": "credential-1"}],
            "sif_trailer": b"trailer-1",
        }
    )
    done = secrets.overwrite(decode(raw))
    placeholder = secrets.placeholder(JWT, "jwt")
    size = len(JWT)
    key = f'"<{placeholder[5:13]}{"x" * (size - 8)}>"'
    assert set(done.places) == {
        ("join.ice_servers.1.credential", secrets.placeholder("credential-1")),
        (f"join.participant.attributes[{key}]@key[1:{size + 1}]", placeholder),
        (f'join.participant.attributes["k"][0:{size}]', placeholder),
        (f"join.participant.metadata[{size + 4}:{2 * size + 4}]", placeholder),
        (f"join.participant.metadata[2:{size + 2}]", placeholder),
        ("join.room.turn_password", secrets.placeholder("pässword-1")),
        ("join.sif_trailer", secrets.placeholder(b"trailer-1")),
    }
    join = decode(done.raw).envelope.join  # type: ignore[union-attr]
    assert join.room.turn_password == "x" * 11
    assert join.ice_servers[1].credential == "x" * 12
    assert join.participant.metadata == f"é {HIDDEN_JWT}, {HIDDEN_JWT}!"
    assert join.sif_trailer == b"x" * 9
    assert join.ice_servers[1].username == "u"


def test_an_sdp_stays_an_sdp() -> None:
    secrets = Secrets(KEY)
    pwd = "0123456789abcdefghijkl"
    sdp = f"v=0\r\ns=é\r\na=ice-ufrag:aB+/\r\na=ice-pwd:{pwd}\r\na=mid:0\r\n"
    done = secrets.overwrite(decode(frame(TO_SERVER, offer={"type": "offer", "sdp": sdp}), TO_SERVER))
    short, long = secrets.placeholder("aB+/", guessable=True), secrets.placeholder(pwd)
    at = sdp.index("aB+/")
    assert done.places == (
        (f"offer.sdp[{at}:{at + 4}]", short),
        (f"offer.sdp[{sdp.index(pwd)}:{sdp.index(pwd) + 22}]", long),
    )
    overwritten = decode(done.raw, TO_SERVER).envelope.offer.sdp  # type: ignore[union-attr]
    assert overwritten == sdp.replace("aB+/", f"{short[8:10]}xx").replace(pwd, f"{long[8:16]}{'x' * 14}")


def test_a_candidate_stays_json() -> None:
    candidate = (
        '{"candidate":"candidate:1 1 udp 1 h 1 typ host ufrag aB+/longer","usernameFragment":"aB+\\u002flonger"}'
    )
    done = Secrets(KEY).overwrite(decode(frame(trickle={"candidateInit": candidate})))
    overwritten = decode(done.raw).envelope.trickle.candidateInit  # type: ignore[union-attr]
    assert len(overwritten) == len(candidate)
    assert "longer" not in overwritten
    assert overwritten.startswith('{"candidate":"candidate:1 1 udp 1 h 1 typ host ufrag ')
    assert len(done.places) == 2


def test_bytes_that_are_no_secret_are_left_alone() -> None:
    raw = frame(TO_SERVER, store_data_blob_request={"blob": {"contents": JWT.encode()}})
    assert Secrets(KEY).overwrite(decode(raw, TO_SERVER)) == (raw, ())


def test_messages_without_secrets_are_not_looked_through() -> None:
    raw = frame(pong=1)
    assert Secrets(KEY).overwrite(decode(raw)).raw is raw


def test_of_a_field_that_is_there_twice_the_last_counts() -> None:
    secrets = Secrets(KEY)
    raw = frame(refresh_token="first-token-1") + frame(refresh_token=JWT)
    assert secrets.overwrite(decode(raw)).places == (("refresh_token", secrets.placeholder(JWT, "jwt")),)
    names = sized(2, f"{JWT} é".encode()) + sized(2, b"nothing here")
    done = secrets.overwrite(decode(sized(15, names), TO_SERVER))
    assert done.places == ()
    assert JWT.encode() not in done.raw


@pytest.mark.parametrize(
    "extra",
    [
        sized(99, JWT.encode()),
        varint(99 << 3 | 3) + sized(1, JWT.encode()) + varint(99 << 3 | 4),
        sized(15, sized(3, sized(1, b"k") + sized(2, JWT.encode()) + b"\x18\x01")),
        sized(15, sized(3, sized(1, b"k") + b"\x10\x01" + sized(9, JWT.encode()))),
        sized(14, JWT.encode()),
    ],
)
def test_unknown_fields_are_scrubbed(extra: bytes) -> None:
    done = Secrets(KEY).overwrite(decode(extra, TO_SERVER))
    assert (done.raw, done.places) == (extra.replace(JWT.encode(), HIDDEN_JWT.encode()), ())


def test_maps_of_messages_and_maps_with_missing_parts() -> None:
    secrets = Secrets(KEY)
    handles = {7: {"publisher_identity": JWT}}
    done = secrets.overwrite(decode(frame(data_track_subscriber_handles={"sub_handles": handles})))
    path = f"data_track_subscriber_handles.sub_handles[7].publisher_identity[0:{len(JWT)}]"
    assert done.places == ((path, secrets.placeholder(JWT, "jwt")),)
    without_key = sized(29, sized(1, sized(2, sized(1, JWT.encode())))) + sized(29, sized(1, b"\x08\x09"))
    path = f"data_track_subscriber_handles.sub_handles[0].publisher_identity[0:{len(JWT)}]"
    assert secrets.overwrite(decode(without_key)).places == ((path, secrets.placeholder(JWT, "jwt")),)
    text = sized(15, sized(3, sized(2, JWT.encode())) + sized(3, sized(1, b"k")))
    assert secrets.overwrite(decode(text, TO_SERVER)).places == (
        (f'update_metadata.attributes[""][0:{len(JWT)}]', secrets.placeholder(JWT, "jwt")),
    )


SECRETS_OF_A_JOIN = ("turn-pass-word-1", "credential-of-ice", "trailer-of-sif", "0123456789abcdefghijkl")


def join_with_secrets() -> bytes:
    turn, credential, trailer, pwd = SECRETS_OF_A_JOIN
    join = {
        "room": {"turn_password": turn, "metadata": f"a=ice-pwd:{pwd}"},
        "ice_servers": [{"credential": credential}],
        "sif_trailer": trailer.encode(),
    }
    return frame(join=join)


def test_a_frame_cut_anywhere_shows_no_secret() -> None:
    raw = join_with_secrets()
    for cut in range(len(raw)):
        message = decode(raw[:cut])
        done = Secrets(KEY).overwrite(message)
        assert len(done.raw) == cut
        if message.envelope is None:
            assert not any(secret[:4].encode() in done.raw for secret in SECRETS_OF_A_JOIN)
            assert done.places == ()


def test_what_broke_a_frame_stays() -> None:
    raw = sized(16, b"caf\xe9-secret-1")
    message = decode(raw)
    assert message.error is not None
    done = Secrets(KEY).overwrite(message)
    assert (done.raw, done.places) == (sized(16, b"xxx\xe9xxxxxxxxx"), ())
    assert decode(done.raw).error == message.error


@given(st.data())
def test_a_damaged_frame_keeps_its_length_and_never_fails(data: st.DataObject) -> None:
    raw = bytearray(join_with_secrets() + frame(TO_SERVER, update_metadata={"attributes": {"k": "v"}}))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    for direction in (TO_CLIENT, TO_SERVER):
        done = Secrets(KEY).overwrite(decode(bytes(raw), direction))
        assert len(done.raw) == len(raw)
        again = decode(done.raw, direction)
        if again.envelope is None:
            assert Secrets(KEY).overwrite(again).raw == done.raw


def test_a_broken_map_entry_is_scrubbed() -> None:
    raw = sized(15, sized(3, sized(1, b"k") + sized(2, JWT.encode()) + b"\x0f"))
    assert Secrets(KEY).overwrite(decode(raw, TO_SERVER)).raw == raw.replace(JWT.encode(), HIDDEN_JWT.encode())


def test_a_secret_at_the_end_of_a_field_leaves_the_next_field_alone() -> None:
    # The next field's tag is `*`: read as text it belongs to the password.
    raw = sized(12, sized(3, b"a=ice-pwd:0123456789")) + sized(5, sized(1, b"\xff"))
    done = Secrets(KEY).overwrite(decode(raw))
    assert done.raw == raw.replace(b"0123456789", b"x" * 10)


def test_secrets_seen_before_are_hidden_in_what_does_not_decode() -> None:
    secrets = Secrets(KEY)
    secrets.overwrite(decode(frame(reconnect={"ice_servers": [{"credential": "credential-1"}]})))
    assert secrets.overwrite(decode(b"\x0fcredential-1")).raw == b"\x0f" + b"x" * 12


def test_text_frames_are_overwritten_too() -> None:
    secrets = Secrets(KEY)
    raw = f'{{"refreshToken":"{JWT}"}}'.encode()
    done = secrets.overwrite(decode_frame(raw, direction=TO_CLIENT, encoding="json", t_ns=0, by="server"))
    assert done == (
        raw.replace(JWT.encode(), HIDDEN_JWT.encode()),
        (("refresh_token", secrets.placeholder(JWT, "jwt")),),
    )


def test_any_message_of_the_schema_can_be_overwritten() -> None:
    from lksig.schema.pool import message_class

    join_request = message_class("JoinRequest")
    request = join_request(publisher_offer={"sdp": "a=ice-pwd:0123456789\n"}, metadata=JWT)
    done = overwrite_bytes(request.SerializeToString(), join_request.DESCRIPTOR, Secrets(KEY))
    assert [path for path, _ in done.places] == [f"metadata[0:{len(JWT)}]", "publisher_offer.sdp[10:20]"]


def test_places_name_every_case_that_can_hold_a_secret() -> None:
    """No secret case is let through unlooked: the quick test knows every field the views hide."""
    for direction in (TO_SERVER, TO_CLIENT):
        for case, field in case_fields(direction).items():
            for path, value in secret_values(field):
                envelope = envelope_class(direction)()
                set_path(envelope, [case, *path], value)
                raw = envelope.SerializeToString()
                assert Secrets(KEY).overwrite(decode(raw, direction)).raw != raw


def secret_values(field: Any) -> list[tuple[list[str], str | bytes]]:
    """Paths below a field to everything that is secret, with a value."""
    from lksig.wire.redaction import treatment

    if field.message_type is None:
        how = treatment(field)
        text = {"sdp": "a=ice-pwd:0123456789\n", "candidate_init": "ufrag abcdef"}.get(str(how), "secret-value-1")
        return [([], text.encode() if field.type == field.TYPE_BYTES else text)] if how else []
    return [([inner.name, *path], value) for inner in field.message_type.fields for path, value in secret_values(inner)]


def set_path(message: Any, path: list[str], value: str | bytes) -> None:
    for step in path[:-1]:
        message = getattr(message, step)
        if not hasattr(message, "DESCRIPTOR"):
            message = message.add()
    setattr(message, path[-1], value)
