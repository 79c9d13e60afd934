"""Personal data in frames and texts: hidden in place, recognisable within a file, and nothing else is touched."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, descriptor, envelope_class
from lksig.wire.codec import decode_frame, encode_frame
from lksig.wire.events import Encoding, Message
from lksig.wire.personal import MAX_NAMES, PersonalData, is_personal
from lksig.wire.places import put_placeholders
from tests.support.messages import envelopes

KEY = b"k" * 16


def decode(raw: bytes, direction: Direction = TO_CLIENT, encoding: Encoding = "protobuf") -> Message:
    return decode_frame(raw, direction=direction, encoding=encoding, t_ns=0, by="server")


def hidden(direction: Direction, encoding: Encoding = "protobuf", **case: Any) -> Any:
    """The envelope as a view of the file shows it."""
    message = decode(encode_frame(envelope_class(direction)(**case), encoding), direction, encoding)
    done = PersonalData(KEY).overwrite(message)
    assert len(done.raw) == len(message.raw)
    again = decode(done.raw, direction, encoding)
    put_placeholders(again, done.places)
    return again.envelope


def stand_in(value: str) -> str:
    return PersonalData(KEY).secret(value)


@pytest.mark.parametrize("encoding", ["protobuf", "json"])
def test_names_identities_metadata_and_attributes(encoding: Encoding) -> None:
    ann = {
        "sid": "PA_1",
        "identity": "ann@example.com",
        "name": "Ann B.",
        "metadata": "{}",
        "attributes": {"mood": "ok"},
    }
    shown = hidden(TO_CLIENT, encoding, update={"participants": [ann, {**ann, "identity": "bob"}]}).update
    first, second = shown.participants
    assert (first.sid, first.identity, second.identity) == ("PA_1", stand_in("ann@example.com"), stand_in("bob"))
    assert first.name == second.name == stand_in("Ann B.")
    assert first.metadata == stand_in("{}")
    assert dict(first.attributes) == {"mood": stand_in("ok")}


def test_fields_that_name_nobody_stay() -> None:
    def of(message: str, field: str) -> bool:
        return is_personal(descriptor(message).fields_by_name[field])

    assert of("Room", "name")
    assert of("TrackPermission", "participant_identity")
    assert of("DataBlob", "contents")
    assert of("ICEServer", "username")
    assert of("ClientInfo", "address")
    assert of("JoinRequest.ParticipantAttributesEntry", "value")
    assert not of("JoinRequest.ParticipantAttributesEntry", "key")
    assert not of("SessionDescription.MidToTrackIdEntry", "value")
    assert not of("DataTrackSchemaId", "name")
    assert not of("TrackInfo", "sid")
    assert not of("ClientInfo", "os")


def test_blobs_become_the_bytes_of_a_placeholder() -> None:
    shown = hidden(TO_SERVER, store_data_blob_request={"blob": {"contents": b"\x00\xffhello"}})
    assert shown.store_data_blob_request.blob.contents == PersonalData(KEY).secret_bytes(b"\x00\xffhello")
    assert PersonalData(KEY).secret_bytes(b"") == b""
    assert PersonalData(KEY).secret_bytes(b"xxxx") == b"xxxx"


def test_addresses_in_sdp_and_candidates_but_for_those_that_lead_nowhere() -> None:
    sdp = (
        "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\nc=IN IP6 2001:db8::7\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 127.0.0.1\r\n"
        "a=candidate:1 1 udp 2130706431 192.0.2.7 7882 typ srflx raddr 10.0.0.4 rport 5\r\n"
        "a=candidate:1 1 udp 2130706431 4c1e-11.local 7882 typ host\r\na=fingerprint:sha-256 AB:CD:EF:01\r\n"
    )
    expected = sdp
    for address in ("192.0.2.7", "2001:db8::7", "10.0.0.4"):
        expected = expected.replace(address, stand_in(address))
    assert hidden(TO_SERVER, offer={"sdp": sdp}).offer.sdp == expected
    init = '{"candidate":"candidate:1 1 udp 1 192.0.2.7 7882 typ host"}'
    shown = hidden(TO_SERVER, trickle={"candidateInit": init}).trickle.candidateInit
    assert shown == init.replace("192.0.2.7", stand_in("192.0.2.7"))


def test_addresses_in_other_fields() -> None:
    shown = hidden(
        TO_CLIENT, join={"ice_servers": [{"urls": ["turn:203.0.113.9:3478?transport=udp", "stun:host:3478"]}]}
    )
    assert list(shown.join.ice_servers[0].urls) == [
        f"turn:{stand_in('203.0.113.9')}:3478?transport=udp",
        "stun:host:3478",
    ]


def test_a_browsers_version_and_a_time_are_no_addresses() -> None:
    personal = PersonalData(KEY)
    text = "chrome 120.0.0.0 at 10:38:05 said 999.1.1.1 and 1.13.5, sha AB:CD:EF"
    assert personal.scrub(text) == text
    assert personal.scrub("from 10.0.0.4.") == "from xxxxxxxx."
    assert personal.scrub("[2001:db8::1]:7880") == "[xxxxxxxxxxx]:7880"


def test_texts_do_not_mention_names_seen_before() -> None:
    personal = PersonalData(KEY)
    assert personal.scrub("joined as Anna") == "joined as Anna"
    for name in ("Anna", "Anna B.", "bob"):
        personal.secret(name)
    assert personal.scrub("Anna B. met Anna, bob and Annabel") == "xxxxxxx met xxxx, bob and Annabel"
    response = {"message": "no such participant: Anna", "reason": 1}
    message = decode(encode_frame(envelope_class(TO_CLIENT)(request_response=response)))
    assert b"no such participant: xxxx" in personal.overwrite(message).raw
    assert personal.overwrite(decode(b"\xffAnna!")).raw == b"\xffxxxx!"
    personal.secret("Zoé!")
    assert personal.overwrite(decode(b"\xff Zo\xc3\xa9!")).raw == b"\xff xxxxx"


def test_only_the_newest_names_are_remembered() -> None:
    personal = PersonalData(KEY)
    for number in range(MAX_NAMES + 1):
        personal.secret(f"name-{number:05}")
    assert personal.scrub("name-00000 name-00001") == "name-00000 xxxxxxxxxx"


def test_placeholders_differ_between_files() -> None:
    assert PersonalData(KEY).secret("Ann B.") != PersonalData(b"another").secret("Ann B.")
    assert PersonalData(KEY).secret("a name that is as long as a secret") == stand_in(
        "a name that is as long as a secret"
    )
    assert PersonalData(KEY).secret("xxxx") == "xxxx"
    assert PersonalData(KEY).secret("[secret 4f3a9c1e]") == "[secret 4f3a9c1e]"


@given(envelopes(unknown=True), st.sampled_from(["protobuf", "json"]))
def test_it_is_idempotent_and_keeps_length_and_case(made: tuple[Direction, Any], encoding: Encoding) -> None:
    direction, envelope = made
    message = decode(encode_frame(envelope, encoding), direction, encoding)
    done = PersonalData(KEY).overwrite(message)
    again = decode(done.raw, direction, encoding)
    assert (len(done.raw), again.case, again.error) == (len(message.raw), message.case, message.error)
    assert PersonalData(KEY).overwrite(again).raw == done.raw
