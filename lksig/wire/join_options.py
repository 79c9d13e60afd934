"""How a client presents itself and what it asks for when it joins: one value for both signal paths.

v0 says it in query parameters, v1 in a `JoinRequest`; the table below holds, for each option, where it goes on either.
The rule: None is "not said", and what was not said is not sent. What a path cannot carry is an error, never dropped.

Source: livekit-server 1.13.5 pkg/service/rtcservice.go validateInternal, utils.go ParseClientInfo (v0: names and
spelling of the values); livekit_rtc.proto JoinRequest, ConnectionSettings, livekit_models.proto ClientInfo (v1).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal

from lksig.errors import InputError
from lksig.schema.pool import enum_descriptor

if TYPE_CHECKING:
    from google.protobuf.message import Message as ProtoMessage

    from lksig.wire.target import Path

Kind = Literal["int", "bool", "text", "sdk", "reason", "capabilities", "attributes", "message"]

_SDK_ALIASES = {"ios": "SWIFT"}
"""Source: ParseClientInfo, which takes `ios` and `swift` for the same."""

_V0_SDKS = (
    *("JS", "SWIFT", "ANDROID", "FLUTTER", "GO", "UNITY", "REACT_NATIVE", "RUST", "PYTHON", "CPP", "UNITY_WEB"),
    *("NODE", "ESP32"),
)


@dataclass(frozen=True, slots=True)
class JoinOptions:
    """What a join says; None (or empty) where it says nothing."""

    protocol: int | None = None
    """Signaling protocol number; the server takes a missing one as 0."""
    client_protocol: int | None = None
    sdk: str | None = None
    """`js`, `python`, `react_native`…, in any case and with or without the underscore."""
    version: str | None = None
    os: str | None = None
    os_version: str | None = None
    device_model: str | None = None
    browser: str | None = None
    browser_version: str | None = None
    network: str | None = None
    address: str | None = None
    """v1 only, and the server overwrites it."""
    other_sdks: str | None = None
    """v1 only."""
    capabilities: tuple[str, ...] | None = None
    """`CAP_PACKET_TRAILER` or `packet_trailer`, in any case."""
    auto_subscribe: bool | None = None
    auto_subscribe_data_track: bool | None = None
    adaptive_stream: bool | None = None
    subscriber_allow_pause: bool | None = None
    disable_ice_lite: bool | None = None
    reconnect: bool | None = None
    """A resume; what only a first join carries is then left out of a reused join request."""
    reconnect_reason: str | int | None = None
    """A ReconnectReason by name or number."""
    participant_sid: str | None = None
    publish: str | None = None
    """v0 only: the name of a publish-only side connection."""
    attributes: Mapping[str, str] | None = None
    metadata: str | None = None
    """v1 only."""
    add_track_requests: tuple[ProtoMessage, ...] | None = None
    """v1 only."""
    publisher_offer: ProtoMessage | None = None
    """v1 only."""
    sync_state: ProtoMessage | None = None
    """v1 only. Observed: livekit-server 1.13.5 reads it and does nothing with it."""
    extra: tuple[tuple[str, str], ...] = ()
    """Query parameters exactly as given, on both paths; one that exists already is replaced."""

    def over(self, base: JoinOptions) -> JoinOptions:
        """These options, and those of `base` where these say nothing."""
        said = {field.name: value for field in fields(self) if (value := getattr(self, field.name)) not in (None, ())}
        return replace(base, **{**said, "extra": (*base.extra, *self.extra)})


@dataclass(frozen=True, slots=True)
class _Carrier:
    """Where one option travels: the query parameter of v0, the field of v1 (a path from JoinRequest)."""

    option: str
    kind: Kind
    parameter: str | None
    field: str | None


_CARRIERS: tuple[_Carrier, ...] = (
    _Carrier("sdk", "sdk", "sdk", "client_info.sdk"),
    _Carrier("version", "text", "version", "client_info.version"),
    _Carrier("protocol", "int", "protocol", "client_info.protocol"),
    _Carrier("client_protocol", "int", "client_protocol", "client_info.client_protocol"),
    _Carrier("os", "text", "os", "client_info.os"),
    _Carrier("os_version", "text", "os_version", "client_info.os_version"),
    _Carrier("device_model", "text", "device_model", "client_info.device_model"),
    _Carrier("browser", "text", "browser", "client_info.browser"),
    _Carrier("browser_version", "text", "browser_version", "client_info.browser_version"),
    _Carrier("network", "text", "network", "client_info.network"),
    _Carrier("address", "text", None, "client_info.address"),
    _Carrier("other_sdks", "text", None, "client_info.other_sdks"),
    _Carrier("capabilities", "capabilities", "capabilities", "client_info.capabilities"),
    _Carrier("auto_subscribe", "bool", "auto_subscribe", "connection_settings.auto_subscribe"),
    _Carrier(
        "auto_subscribe_data_track",
        "bool",
        "auto_subscribe_data_track",
        "connection_settings.auto_subscribe_data_track",
    ),
    _Carrier("adaptive_stream", "bool", "adaptive_stream", "connection_settings.adaptive_stream"),
    _Carrier("subscriber_allow_pause", "bool", "subscriber_allow_pause", "connection_settings.subscriber_allow_pause"),
    _Carrier("disable_ice_lite", "bool", "disable_ice_lite", "connection_settings.disable_ice_lite"),
    _Carrier("reconnect", "bool", "reconnect", "reconnect"),
    _Carrier("reconnect_reason", "reason", "reconnect_reason", "reconnect_reason"),
    _Carrier("participant_sid", "text", "sid", "participant_sid"),
    _Carrier("publish", "text", "publish", None),
    _Carrier("attributes", "attributes", "attributes", "participant_attributes"),
    _Carrier("metadata", "text", None, "metadata"),
    _Carrier("add_track_requests", "message", None, "add_track_requests"),
    _Carrier("publisher_offer", "message", None, "publisher_offer"),
    _Carrier("sync_state", "message", None, "sync_state"),
)

V0_PARAMETERS = frozenset(carrier.parameter for carrier in _CARRIERS if carrier.parameter is not None)
"""The names livekit-server reads from the query of `/rtc`, apart from `access_token` and `join_request`."""

CLIENT_OPTIONS = tuple(
    carrier.option for carrier in _CARRIERS if carrier.field is not None and carrier.field.startswith("client_info.")
)
"""The options that say who the client is, and not what it wants."""


def to_parameters(options: JoinOptions) -> list[tuple[str, str]]:
    """The query parameters of v0, without `extra`.

    Raises:
        InputError: a value that is wrong, or that v0 has no parameter for.
    """
    pairs = []
    for carrier, value in _said(options):
        if carrier.parameter is None:
            raise _wrong_path(carrier.option, "v1")
        pairs.append((carrier.parameter, _PARAMETER_TEXT[carrier.kind](carrier.option, value)))
    return pairs


def into_message(options: JoinOptions, join_request: ProtoMessage) -> None:
    """Set what the options say in a JoinRequest, and leave the rest of it as it is.

    Raises:
        InputError: a value that is wrong, or that a JoinRequest has no field for.
    """
    for carrier, value in _said(options):
        if carrier.field is None:
            raise _wrong_path(carrier.option, "v0")
        place, _, name = carrier.field.rpartition(".")
        owner = getattr(join_request, place) if place else join_request
        if place:
            owner.SetInParent()
        _SETTERS[carrier.kind](owner, name, carrier.option, value)


def from_parameters(pairs: Iterable[tuple[str, str]]) -> JoinOptions:
    """What query parameters of v0 say, as the server reads them: a bad number is 0, only `1` and `true` are true."""
    given = dict(reversed(list(pairs)))
    said: dict[str, Any] = {}
    for carrier in _CARRIERS:
        value = given.get(carrier.parameter) if carrier.parameter is not None else None
        if value:
            said[carrier.option] = _PARAMETER_VALUE[carrier.kind](value)
    return JoinOptions(**said)


def from_message(join_request: Any) -> JoinOptions:
    """What a JoinRequest says. A default without presence counts as not said."""
    said: dict[str, Any] = {}
    for carrier in _CARRIERS:
        place, _, name = (carrier.field or "").rpartition(".")
        owner = getattr(join_request, place) if place else join_request
        if not name or not _is_set(owner, name):
            continue
        value = getattr(owner, name)
        said[carrier.option] = _MESSAGE_VALUE.get(carrier.kind, lambda value: value)(value)
    return JoinOptions(**said)


def _is_set(owner: Any, name: str) -> bool:
    field = owner.DESCRIPTOR.fields_by_name[name]
    return bool(owner.HasField(name) if field.has_presence else getattr(owner, name))


def _said(options: JoinOptions) -> Iterable[tuple[_Carrier, Any]]:
    for carrier in _CARRIERS:
        value = getattr(options, carrier.option)
        if value is not None:
            yield carrier, value


def _wrong_path(option: str, needed: Path) -> InputError:
    other = "/rtc, which has no join request" if needed == "v1" else "/rtc/v1, where it is no part of the join request"
    return InputError(
        f"`{option}` cannot be said on {other}", code="option-not-on-path", hint=f"use --path {needed}, or leave it out"
    )


def _wrong(option: str, value: object, wanted: str) -> InputError:
    return InputError(f"`{option}` cannot be `{value}`: {wanted}", code="join-option")


def _text(option: str, value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as exc:
        raise InputError(f"`{option}` holds bytes that are no UTF-8", code="join-option") from exc
    return value


def _int32(option: str, value: int) -> int:
    if not -(1 << 31) <= value < 1 << 31:
        raise _wrong(option, value, "it must fit into 32 bits")
    return value


def _enum_number(option: str, enum: str, name: str) -> int:
    """The number of an enum value by name, however its words are joined, or by its digits."""
    if name.isdecimal():
        return _int32(option, int(name))
    wanted = name.upper().replace("_", "").replace("-", "")
    names = {known.replace("_", ""): value.number for known, value in enum_descriptor(enum).values_by_name.items()}
    number = names.get(wanted, names.get("CAP" + wanted, names.get("RR" + wanted)))
    if number is None:
        known = ", ".join(value.name for value in enum_descriptor(enum).values)
        raise InputError(f"`{option}` cannot be `{name}`", code="join-option", hint=f"one of {known}")
    return number


def _enum_name(enum: str, number: int) -> str:
    """The name of an enum value; one that a newer schema may know stays a number."""
    known = enum_descriptor(enum).values_by_number.get(number)
    return known.name if known else str(number)


def _sdk(option: str, value: str) -> int:
    return _enum_number(option, "ClientInfo.SDK", _SDK_ALIASES.get(value.lower(), value))


def _sdk_parameter(option: str, value: str) -> str:
    # The server knows the SDKs of v0 by lower-case words without underscore: reactnative, unityweb.
    return _enum_name("ClientInfo.SDK", _sdk(option, value)).lower().replace("_", "")


def _reason(option: str, value: str | int) -> int:
    return _enum_number(option, "ReconnectReason", str(value))


def _capabilities(option: str, values: Iterable[str]) -> list[int]:
    return [_enum_number(option, "ClientInfo.Capability", value) for value in values]


def _capability_names(option: str, values: Iterable[str]) -> str:
    return ",".join(_enum_name("ClientInfo.Capability", number) for number in _capabilities(option, values))


def _attributes_parameter(option: str, value: Mapping[str, str]) -> str:
    """Source: decodeAttributes in rtcservice.go, Go's base64.URLEncoding: URL-safe, padded."""
    text = json.dumps(dict(value), ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(_text(option, text).encode()).decode("ascii")


_PARAMETER_TEXT: dict[Kind, Callable[[str, Any], str]] = {
    "int": lambda option, value: str(_int32(option, value)),
    "bool": lambda option, value: "1" if value else "0",
    "text": _text,
    "sdk": _sdk_parameter,
    "reason": lambda option, value: str(_reason(option, value)),
    "capabilities": _capability_names,
    "attributes": _attributes_parameter,
}


def _set(convert: Callable[[str, Any], Any]) -> Callable[[Any, str, str, Any], None]:
    return lambda owner, name, option, value: setattr(owner, name, convert(option, value))


def _set_capabilities(owner: Any, name: str, option: str, value: Iterable[str]) -> None:
    getattr(owner, name)[:] = _capabilities(option, value)


def _set_attributes(owner: Any, name: str, option: str, value: Mapping[str, str]) -> None:
    held = getattr(owner, name)
    held.clear()
    held.update({_text(option, key): _text(option, text) for key, text in value.items()})


def _set_message(owner: Any, name: str, option: str, value: Any) -> None:
    owner.ClearField(name)
    if isinstance(value, tuple):
        getattr(owner, name).extend(value)
    else:
        getattr(owner, name).CopyFrom(value)


_SETTERS: dict[Kind, Callable[[Any, str, str, Any], None]] = {
    "int": _set(_int32),
    "bool": _set(lambda option, value: value),
    "text": _set(_text),
    "sdk": _set(_sdk),
    "reason": _set(_reason),
    "capabilities": _set_capabilities,
    "attributes": _set_attributes,
    "message": _set_message,
}


def _read_int(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,10}", text):
        return 0
    return int(text) if -(1 << 31) <= int(text) < 1 << 31 else 0


def _read_attributes(text: str) -> dict[str, str]:
    """Source: rtcservice.go: on `/rtc` attributes that cannot be read are taken for none."""
    try:
        value = json.loads(base64.b64decode(text, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    if not isinstance(value, dict) or not all(isinstance(part, str) for part in value.values()):
        return {}
    return value


def _read_sdk(text: str) -> str:
    """The SDK's name as the schema spells it; UNKNOWN for a word the server does not know.

    Source: ParseClientInfo knows lower case only, and neither `unreal` nor `dotnet`.
    """
    known = next((name for name in _V0_SDKS if name.lower().replace("_", "") == text), "UNKNOWN")
    return _SDK_ALIASES.get(text, known)


def _read_capabilities(text: str) -> tuple[str, ...]:
    known = enum_descriptor("ClientInfo.Capability").values_by_name
    return tuple(name for part in text.split(",") if (name := part.strip()) in known)


_PARAMETER_VALUE: dict[Kind, Callable[[str], Any]] = {
    "int": _read_int,
    "bool": lambda text: text in ("1", "true"),
    "text": lambda text: text,
    "sdk": _read_sdk,
    "reason": _read_int,
    "capabilities": _read_capabilities,
    "attributes": _read_attributes,
}


_MESSAGE_VALUE: dict[Kind, Callable[[Any], Any]] = {
    "sdk": lambda number: _enum_name("ClientInfo.SDK", number),
    "capabilities": lambda numbers: tuple(_enum_name("ClientInfo.Capability", number) for number in numbers),
    "attributes": dict,
    "message": lambda value: value if hasattr(value, "DESCRIPTOR") else tuple(value),
}
