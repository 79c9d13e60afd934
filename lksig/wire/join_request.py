"""The `join_request` parameter of the v1 path: from its text to a `JoinRequest`, and back.

From outside in: base64 (URL-safe, padded) → `WrappedJoinRequest{compression, join_request}` → gzip when it says so →
`JoinRequest`. Reading is lenient about alphabet, padding and percent-encoding, because the text was copied from
somewhere; `strict` reads as the server does. Writing is what every server accepts, and the same bytes every time.

Source: livekit-server 1.13.5 pkg/service/rtcservice.go validateInternal and utils.go DecompressGzip (order of the
checks, texts of the answers); livekit_rtc.proto WrappedJoinRequest.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from google.protobuf.message import DecodeError

from lksig.errors import InputError, UndecodableError
from lksig.schema.pool import message_class

if TYPE_CHECKING:
    from google.protobuf.message import Message as ProtoMessage

Compression = Literal["auto", "gzip", "none"]
"""`auto` takes gzip where that is shorter, as the Rust SDK does; the JS and Go SDKs always take gzip."""

MAX_JOIN_REQUEST_BYTES = 1 << 20
"""After decompression. Source: Go's http.DefaultMaxHeaderBytes, which the server uses for this."""

_NONE, _GZIP = 0, 1
"""WrappedJoinRequest.Compression."""
_GZIP_HEADER = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
"""No time, no file name, unknown system: the same on every machine. Source: RFC 1952 section 2.3."""
_STANDARD = str.maketrans("-_ ", "+/+")
"""To the standard alphabet; a blank is what a `+` becomes when a query is read."""


class JoinRequestError(UndecodableError):
    """A `join_request` that cannot be read.

    Args:
        answer: the body of the HTTP 400 with which the server refuses it.
    """

    def __init__(self, text: str, *, code: str, answer: str) -> None:
        super().__init__(text, code=code)
        self.answer = answer


@dataclass(frozen=True, slots=True, repr=False)
class JoinRequestParam:
    """A `join_request` parameter, read."""

    text: str
    """As given; it holds what `join_request` holds, secrets included."""
    join_request: ProtoMessage
    compression: str
    """By name, `NONE` or `GZIP`; a number the schema does not know by its digits."""
    wrapped_bytes: int
    """Size of the content as it travels."""
    inner_bytes: int
    """Size of the `JoinRequest` after decompression."""
    deviations: tuple[str, ...] = ()
    """What the server would not have accepted in the text, in words."""

    def __repr__(self) -> str:
        return f"JoinRequestParam({self.compression}, {self.wrapped_bytes} of {self.inner_bytes} bytes)"


def decode_join_request(text: str, *, strict: bool = False) -> JoinRequestParam:
    """Read the value of the parameter.

    Args:
        strict: refuse what the server refuses: another alphabet, missing padding.

    Raises:
        JoinRequestError: it cannot be read.
    """
    wrapped_text, deviations = _plain(text)
    if not text.strip():
        raise JoinRequestError("it is empty", code="join-request-empty", answer="join_request is required")
    if not wrapped_text:
        raise _not_base64("it is nothing but padding")
    if strict and deviations:
        raise _not_base64(deviations[0])
    wrapped = message_class("WrappedJoinRequest")()
    try:
        wrapped.ParseFromString(_from_base64(wrapped_text))
    except DecodeError as exc:
        raise JoinRequestError(
            "its base64 holds no WrappedJoinRequest",
            code="join-request-wrapper",
            answer="cannot unmarshal wrapped join request",
        ) from exc
    inner = _inner(wrapped.compression, wrapped.join_request)
    join_request = message_class("JoinRequest")()
    try:
        join_request.ParseFromString(inner)
    except DecodeError as exc:
        raise JoinRequestError(
            f"its {len(inner)} bytes are no JoinRequest",
            code="join-request-inner",
            answer="cannot unmarshal join request",
        ) from exc
    names = wrapped.DESCRIPTOR.enum_types_by_name["Compression"].values_by_number
    known = names.get(wrapped.compression)
    compression = known.name if known else str(wrapped.compression)
    return JoinRequestParam(text, join_request, compression, len(wrapped.join_request), len(inner), deviations)


def encode_join_request(join_request: ProtoMessage, compression: Compression = "auto") -> str:
    """The value of the parameter: URL-safe base64 with padding, not yet percent-encoded.

    Raises:
        InputError: an empty JoinRequest without compression, which has no text and which the server answers with 400.
    """
    plain = join_request.SerializeToString(deterministic=True)
    packed = _gzip(plain)
    wrapped = message_class("WrappedJoinRequest")()
    if compression == "none" and not plain:
        raise InputError(
            "a completely default JoinRequest is an empty parameter, which the server refuses",
            code="join-request-empty",
            hint="set something in it: an empty `connection_settings` is enough",
        )
    if compression == "gzip" or (compression == "auto" and (len(packed) < len(plain) or not plain)):
        wrapped.compression, wrapped.join_request = _GZIP, packed
    else:
        wrapped.compression, wrapped.join_request = _NONE, plain
    return base64.urlsafe_b64encode(wrapped.SerializeToString(deterministic=True)).decode("ascii")


def _plain(text: str) -> tuple[str, tuple[str, ...]]:
    """The text as standard base64 without padding, and what the server would not have accepted."""
    deviations = []
    if "%" in text:
        from urllib.parse import unquote

        text = unquote(text, errors="replace")
    text = re.sub(r"[\r\n]+", "", text).strip()
    bare = text.rstrip("=")
    if re.search(r"[+/ ]", bare):
        deviations.append("it uses the standard alphabet (`+` and `/`), not the URL-safe one")
    if len(text) - len(bare) != -len(bare) % 4:
        deviations.append("its padding (`=`) is not complete")
    return bare.translate(_STANDARD), tuple(deviations)


def _not_base64(why: str) -> JoinRequestError:
    return JoinRequestError(why, code="join-request-base64", answer="cannot base64 decode wrapped join request")


def _from_base64(text: str) -> bytes:
    if re.search(r"[^A-Za-z0-9+/]", text):
        raise _not_base64("it is no base64: it holds other characters")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as exc:
        raise _not_base64("it is no base64: its length cannot be right") from exc


def _inner(compression: int, content: bytes) -> bytes:
    """The serialized JoinRequest. Observed: livekit-server 1.13.5 reads an unknown compression as an empty one."""
    if compression == _GZIP:
        content = _gunzip(content)
    elif compression != _NONE:
        return b""
    if len(content) > MAX_JOIN_REQUEST_BYTES:
        raise _too_large()
    return content


def _too_large() -> JoinRequestError:
    return JoinRequestError(
        f"its JoinRequest is larger than {MAX_JOIN_REQUEST_BYTES} bytes",
        code="join-request-too-large",
        answer="join request too large",
    )


def _gzip(data: bytes) -> bytes:
    """The same gzip bytes everywhere: `gzip.compress` writes the name of the system into the header."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return _GZIP_HEADER + deflate.compress(data) + deflate.flush() + struct.pack("<II", zlib.crc32(data), len(data))


def _gunzip(data: bytes) -> bytes:
    """Decompress, no further than the limit. (Go reads several members in a row; nobody writes them.)"""
    member = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        out = member.decompress(data, MAX_JOIN_REQUEST_BYTES + 1)
    except zlib.error as exc:
        raise _broken_gzip("it says it is gzip and is not") from exc
    if len(out) > MAX_JOIN_REQUEST_BYTES:
        raise _too_large()
    if not member.eof:
        raise _broken_gzip("its gzip is cut short")
    if member.unused_data:
        raise _broken_gzip(f"{len(member.unused_data)} bytes follow its gzip")
    return out


def _broken_gzip(why: str) -> JoinRequestError:
    return JoinRequestError(why, code="join-request-gzip", answer="cannot read decompressed join request")
