from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lksig.errors import InputError
from lksig.schema.pool import enum_descriptor, message_class
from lksig.wire.join_options import (
    V0_PARAMETERS,
    JoinOptions,
    from_message,
    from_parameters,
    into_message,
    to_parameters,
)

BOTH = JoinOptions(
    protocol=16,
    client_protocol=2,
    sdk="REACT_NATIVE",
    version="1.2.3",
    os="os",
    os_version="1",
    device_model="ä",
    browser="b",
    browser_version="2",
    network="wifi",
    capabilities=("CAP_PACKET_TRAILER", "CAP_COMPRESSION_DEFLATE_RAW"),
    auto_subscribe=True,
    auto_subscribe_data_track=False,
    adaptive_stream=True,
    subscriber_allow_pause=True,
    disable_ice_lite=True,
    reconnect=True,
    reconnect_reason=1,
    participant_sid="PA_x",
    attributes={"k": "v", "ä": "ö"},
)
"""Everything that can be said on either path."""


def message_of(options: JoinOptions) -> Any:
    message = message_class("JoinRequest")()
    into_message(options, message)
    return message


def refusal(options: JoinOptions, *, v1: bool) -> InputError:
    send: Callable[[JoinOptions], object] = message_of if v1 else to_parameters
    with pytest.raises(InputError) as caught:
        send(options)
    return caught.value


class TestParameters:
    def test_as_the_server_reads_them(self) -> None:
        parameters = dict(to_parameters(BOTH))
        assert parameters.pop("attributes") == base64.urlsafe_b64encode('{"k":"v","ä":"ö"}'.encode()).decode()
        assert parameters == {
            "sdk": "reactnative",
            "version": "1.2.3",
            "protocol": "16",
            "client_protocol": "2",
            "os": "os",
            "os_version": "1",
            "device_model": "ä",
            "browser": "b",
            "browser_version": "2",
            "network": "wifi",
            "capabilities": "CAP_PACKET_TRAILER,CAP_COMPRESSION_DEFLATE_RAW",
            "auto_subscribe": "1",
            "auto_subscribe_data_track": "0",
            "adaptive_stream": "1",
            "subscriber_allow_pause": "1",
            "disable_ice_lite": "1",
            "reconnect": "1",
            "reconnect_reason": "1",
            "sid": "PA_x",
        }

    def test_what_is_not_said_is_not_sent(self) -> None:
        assert to_parameters(JoinOptions()) == []
        assert to_parameters(JoinOptions(protocol=0, auto_subscribe=False)) == [
            ("protocol", "0"),
            ("auto_subscribe", "0"),
        ]

    def test_a_publish_only_connection_exists_on_v0_alone(self) -> None:
        assert to_parameters(JoinOptions(publish="x")) == [("publish", "x")]
        error = refusal(JoinOptions(publish="x"), v1=True)
        assert (error.code, error.hint) == ("option-not-on-path", "use --path v0, or leave it out")

    def test_the_names_are_those_of_the_server(self) -> None:
        assert set(dict(to_parameters(BOTH))) | {"publish"} == V0_PARAMETERS

    @pytest.mark.parametrize(
        "options",
        [
            JoinOptions(metadata="m"),
            JoinOptions(other_sdks="x"),
            JoinOptions(address="1.2.3.4"),
            JoinOptions(add_track_requests=()),
            JoinOptions(publisher_offer=message_class("SessionDescription")()),
            JoinOptions(sync_state=message_class("SyncState")()),
        ],
    )
    def test_what_only_a_join_request_carries(self, options: JoinOptions) -> None:
        error = refusal(options, v1=False)
        assert (error.code, error.hint) == ("option-not-on-path", "use --path v1, or leave it out")


class TestMessage:
    def test_every_field(self) -> None:
        offer = message_class("SessionDescription")(type="offer", sdp="v=0")
        track = message_class("AddTrackRequest")(cid="c")
        state = message_class("SyncState")(track_sids_disabled=["TR_x"])
        only_v1 = JoinOptions(
            metadata="m",
            other_sdks="x",
            address="a",
            add_track_requests=(track,),
            publisher_offer=offer,
            sync_state=state,
        )
        assert message_of(only_v1.over(BOTH)) == message_class("JoinRequest")(
            client_info={
                "sdk": "REACT_NATIVE",
                "version": "1.2.3",
                "protocol": 16,
                "client_protocol": 2,
                "os": "os",
                "os_version": "1",
                "device_model": "ä",
                "browser": "b",
                "browser_version": "2",
                "network": "wifi",
                "other_sdks": "x",
                "address": "a",
                "capabilities": ["CAP_PACKET_TRAILER", "CAP_COMPRESSION_DEFLATE_RAW"],
            },
            connection_settings={
                "auto_subscribe": True,
                "auto_subscribe_data_track": False,
                "adaptive_stream": True,
                "subscriber_allow_pause": True,
                "disable_ice_lite": True,
            },
            metadata="m",
            participant_attributes={"k": "v", "ä": "ö"},
            add_track_requests=[track],
            publisher_offer=offer,
            reconnect=True,
            reconnect_reason="RR_SIGNAL_DISCONNECTED",
            participant_sid="PA_x",
            sync_state=state,
        )

    def test_single_fields_are_set_over_what_is_there(self) -> None:
        message = message_class("JoinRequest")(
            client_info={"version": "1", "os": "kept", "capabilities": [1]}, participant_attributes={"old": "x"}
        )
        into_message(JoinOptions(version="2", capabilities=(), attributes={"new": "y"}), message)
        assert message == message_class("JoinRequest")(
            client_info={"version": "2", "os": "kept"}, participant_attributes={"new": "y"}
        )

    def test_a_default_value_still_makes_its_parent_present(self) -> None:
        message = message_of(JoinOptions(auto_subscribe=False))
        assert message.HasField("connection_settings")
        assert message.ByteSize() == 2


class TestNames:
    @pytest.mark.parametrize("sdk", ["react_native", "ReactNative", "REACT-NATIVE", "7"])
    def test_sdks_are_named_as_one_likes(self, sdk: str) -> None:
        assert message_of(JoinOptions(sdk=sdk)).client_info.sdk == 7
        assert to_parameters(JoinOptions(sdk=sdk)) == [("sdk", "reactnative")]

    def test_ios_is_swift(self) -> None:
        assert to_parameters(JoinOptions(sdk="ios")) == [("sdk", "swift")]

    def test_a_number_of_a_newer_schema_travels(self) -> None:
        assert message_of(JoinOptions(sdk="99")).client_info.sdk == 99
        assert to_parameters(JoinOptions(sdk="99")) == [("sdk", "99")]

    @pytest.mark.parametrize("name", ["packet_trailer", "CAP_PACKET_TRAILER", "PacketTrailer"])
    def test_capabilities(self, name: str) -> None:
        assert to_parameters(JoinOptions(capabilities=(name,))) == [("capabilities", "CAP_PACKET_TRAILER")]

    @pytest.mark.parametrize("name", ["publisher_failed", "RR_PUBLISHER_FAILED", 2, "2"])
    def test_reasons(self, name: str | int) -> None:
        assert to_parameters(JoinOptions(reconnect_reason=name)) == [("reconnect_reason", "2")]

    @pytest.mark.parametrize(
        "options", [JoinOptions(sdk="jss"), JoinOptions(capabilities=("x",)), JoinOptions(reconnect_reason="x")]
    )
    def test_an_unknown_name_lists_the_known_ones(self, options: JoinOptions) -> None:
        for v1 in (False, True):
            error = refusal(options, v1=v1)
            assert error.code == "join-option"
            assert error.hint is not None
            assert error.hint.startswith("one of ")

    @pytest.mark.parametrize(
        "options",
        [
            JoinOptions(protocol=1 << 31),
            JoinOptions(reconnect_reason=-(1 << 40)),
            JoinOptions(version="\udc80"),
            JoinOptions(attributes={"k": "\ud800"}),
        ],
    )
    def test_what_the_wire_cannot_carry(self, options: JoinOptions) -> None:
        for v1 in (False, True):
            assert refusal(options, v1=v1).code == "join-option"


class TestReadingBack:
    def test_both_paths_say_the_same(self) -> None:
        assert from_parameters(to_parameters(BOTH)) == BOTH
        assert from_message(message_of(BOTH)) == BOTH

    def test_messages_come_back_whole(self) -> None:
        offer = message_class("SessionDescription")(type="offer")
        track = message_class("AddTrackRequest")(cid="c")
        read = from_message(message_class("JoinRequest")(publisher_offer=offer, add_track_requests=[track]))
        assert read == JoinOptions(publisher_offer=offer, add_track_requests=(track,))

    def test_numbers_of_a_newer_schema(self) -> None:
        message = message_class("JoinRequest")(client_info={"sdk": 99, "capabilities": [1, 98]})
        read = from_message(message)
        assert (read.sdk, read.capabilities) == ("99", ("CAP_PACKET_TRAILER", "98"))
        assert message_of(read) == message

    @pytest.mark.parametrize(
        ("parameter", "value", "expected"),
        [
            ("protocol", "x", 0),
            ("protocol", "1_0", 0),
            ("protocol", "9999999999", 0),
            ("protocol", "-1", -1),
            ("auto_subscribe", "true", True),
            ("auto_subscribe", "TRUE", False),
            ("sdk", "ios", "SWIFT"),
            ("sdk", "JS", "UNKNOWN"),
            ("sdk", "unreal", "UNKNOWN"),
            ("capabilities", "CAP_PACKET_TRAILER, nope,,", ("CAP_PACKET_TRAILER",)),
            ("attributes", "!", {}),
            ("attributes", base64.urlsafe_b64encode(b"[1]").decode(), {}),
            ("attributes", base64.urlsafe_b64encode(b'{"a":1}').decode(), {}),
            ("attributes", base64.urlsafe_b64encode(b"[" * 9999).decode(), {}),
        ],
    )
    def test_odd_values_are_read_as_the_server_reads_them(self, parameter: str, value: str, expected: object) -> None:
        read = from_parameters([(parameter, value), (parameter, "second")])
        assert getattr(read, parameter) == expected

    def test_an_empty_or_unknown_parameter_says_nothing(self) -> None:
        assert from_parameters([("protocol", ""), ("foo", "1"), ("", "x")]) == JoinOptions()


def test_over_keeps_what_is_not_said() -> None:
    base = JoinOptions(protocol=1, os="a", extra=(("x", "1"),))
    above = JoinOptions(protocol=0, auto_subscribe=False, extra=(("y", "2"),))
    assert above.over(base) == JoinOptions(protocol=0, os="a", auto_subscribe=False, extra=(("x", "1"), ("y", "2")))


@given(
    st.builds(
        JoinOptions,
        protocol=st.none() | st.integers(-(1 << 31), (1 << 31) - 1),
        sdk=st.none() | st.sampled_from(["JS", "PYTHON", "UNITY_WEB", "ESP32"]),
        version=st.none() | st.text(min_size=1),
        auto_subscribe=st.none() | st.booleans(),
        capabilities=st.none() | st.just(("CAP_PACKET_TRAILER",)),
        attributes=st.none() | st.dictionaries(st.text(), st.text(), min_size=1),
    )
)
def test_parameters_say_what_was_meant(options: JoinOptions) -> None:
    assert from_parameters(to_parameters(options)) == options


def test_every_sdk_of_the_schema_has_a_word() -> None:
    names = [value.name for value in enum_descriptor("ClientInfo.SDK").values]
    for name in names:
        assert message_of(JoinOptions(sdk=name.lower())).client_info.sdk == names.index(name)
