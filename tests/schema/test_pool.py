"""The pool of our own: complete, apart from protobuf's default one, and typed by the generated stubs."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, assert_type

import pytest

from lksig.schema.pool import (
    SENSITIVITY_PII,
    SENSITIVITY_SECRET,
    TO_CLIENT,
    TO_SERVER,
    Direction,
    case_fields,
    case_of,
    descriptor,
    enum_descriptor,
    envelope_class,
    message_class,
    pool,
    sensitivity,
)

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor

    from lksig._proto import livekit_rtc_pb2

ROOTS = ("SignalRequest", "SignalResponse", "JoinRequest", "WrappedJoinRequest", "ClientInfo", "RegionSettings")


def test_every_case_is_there() -> None:
    assert len(case_fields(TO_SERVER)) == 22
    assert len(case_fields(TO_CLIENT)) == 30


@pytest.mark.parametrize("direction", list(Direction))
def test_cases_come_in_the_order_of_their_numbers(direction: Direction) -> None:
    numbers = [field.number for field in case_fields(direction).values()]
    assert numbers == sorted(numbers)


def test_everything_reachable_is_there() -> None:
    messages: set[str] = set()
    enums: set[str] = set()
    ahead: list[Descriptor] = [descriptor(name) for name in ROOTS]
    while ahead:
        message = ahead.pop()
        if message.full_name not in messages:
            messages.add(message.full_name)
            ahead += [field.message_type for field in message.fields if field.message_type is not None]
            enums |= {field.enum_type.full_name for field in message.fields if field.enum_type is not None}
    assert len(messages) == 89, "map entries counted"
    assert len(enums) == 27
    assert all(name.startswith("livekit.") for name in messages | enums)


@pytest.mark.parametrize(
    "order", ["lksig.schema.pool, livekit.protocol.rtc", "livekit.protocol.rtc, lksig.schema.pool"]
)
def test_it_lives_beside_livekit_protocol(order: str) -> None:
    code = f"""
import {order}
from livekit.protocol.models import TrackType
from lksig.schema.pool import TO_SERVER, envelope_class
ours = envelope_class(TO_SERVER)(add_track={{"cid": "c", "type": 1}})
theirs = livekit.protocol.rtc.SignalRequest()
theirs.add_track.cid, theirs.add_track.type = "c", TrackType.VIDEO
assert ours.SerializeToString() == theirs.SerializeToString()
assert type(ours) is not type(theirs)
"""
    # What the package was generated with is its own affair; anything else it warns of is ours.
    warnings = ["-W", "error", "-W", "ignore:Protobuf gencode version:UserWarning"]
    subprocess.run([sys.executable, *warnings, "-c", code], check=True, timeout=50)


def test_lksig_and_livekit_protocol_import_in_either_order() -> None:
    for order in ("lksig, livekit.protocol", "livekit.protocol, lksig"):
        subprocess.run([sys.executable, "-c", f"import {order}"], check=True, timeout=50)


def test_the_default_pool_stays_empty() -> None:
    code = """
from google.protobuf import descriptor_pool
from lksig.schema.pool import pool
pool().FindMessageTypeByName("livekit.SignalRequest")
try:
    descriptor_pool.Default().FindMessageTypeByName("livekit.SignalRequest")
except KeyError:
    pass
else:
    raise AssertionError("registered in the default pool")
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=50)


def test_the_descriptor_set_is_split_at_lengths_of_several_bytes() -> None:
    # The larger files need two bytes of length each; all of them must have arrived.
    assert pool().FindFileByName("livekit_rtc.proto").message_types_by_name["SignalRequest"] is not None
    assert pool().FindFileByName("livekit_models.proto").enum_types_by_name["TrackType"] is not None


def test_names_nested_ones_included() -> None:
    assert descriptor("UpdateDataSubscription.Update").full_name == "livekit.UpdateDataSubscription.Update"
    assert enum_descriptor("LeaveRequest.Action").values_by_name["RESUME"].number == 1
    assert message_class("Ping")(rtt=3).rtt == 3


@pytest.mark.parametrize("lookup", [descriptor, enum_descriptor, message_class])
def test_unknown_names_are_key_errors(lookup: object) -> None:
    assert callable(lookup)
    with pytest.raises(KeyError):
        lookup("Nothing")


@pytest.mark.parametrize(
    ("message", "field", "mark"),
    [
        ("Ping", "rtt", 0),
        ("AddTrackRequest", "disable_dtx", 0),  # has options, but no mark
        ("ICEServer", "username", SENSITIVITY_PII),
        ("ICEServer", "credential", SENSITIVITY_SECRET),
        ("Room", "turn_password", SENSITIVITY_SECRET),
        ("SignalResponse", "refresh_token", SENSITIVITY_SECRET),
        ("RoomMovedResponse", "token", SENSITIVITY_SECRET),
    ],
)
def test_sensitivity(message: str, field: str, mark: int) -> None:
    assert sensitivity(descriptor(message).fields_by_name[field]) == mark


def test_case_of() -> None:
    envelope = envelope_class(TO_CLIENT)
    assert case_of(envelope(refresh_token="")) == "refresh_token"
    assert case_of(envelope()) is None
    assert case_of(envelope.FromString(b"\xba\x3e\x00")) is None, "field 999 is no case of the schema"


def test_the_stubs_type_a_message() -> None:
    request: livekit_rtc_pb2.SignalRequest = envelope_class(TO_SERVER)()
    request.mute.muted = True
    assert_type(request.mute.sid, str)
    assert request.WhichOneof("message") == "mute"
