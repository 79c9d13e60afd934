"""What a person pasted or piped, recognised by its form: a frame in any notation, a join request, a URL, a token.

The rule: the most telling form wins (a URL, a token, JSON), then the notations of bytes, then the bytes themselves;
what was chosen is said in words. Nothing here can fail but with UndecodableError, and no error text repeats what was
pasted: it may be a secret.

Source: what people copy: browsers' network panels and consoles, HAR entries, server and SDK logs, `lksig --json`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from google.protobuf.unknown_fields import UnknownFieldSet

from lksig.errors import InputError, UndecodableError
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction, message_class
from lksig.wire.guess import message_oddities, oddities
from lksig.wire.join_request import JoinRequestError, decode_join_request
from lksig.wire.notations import read_base64, read_bytes
from lksig.wire.target import looks_like_url
from lksig.wire.token_claims import read_token

PastedKind = Literal["frame", "json", "join_request", "url", "token"]

_URL_INSIDE = re.compile(
    r"(?:wss?|https?)://[^\s'\"<>`?#]{1,1000}?/rtc(?:/v1)?(?:/validate)?(?:\?[^\s'\"<>`]*)?(?![\w/])", re.IGNORECASE
)
_REQUEST_LINE = re.compile(r"(?:[A-Z]+ +)?(/\S*)(?: +HTTP/[0-9.]+)?")
_QUERY = re.compile(r"[?&]?(?:[\w.-]+=[^\s&]*&)*(?:join_request|access_token)=[^\s]*")
_BEARER = re.compile(r"(?:authorization: *)?bearer +", re.IGNORECASE)
_TOKEN_INSIDE = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*")
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")
"""Bytes that no text holds; ESC is missing because logs are coloured."""


@dataclass(frozen=True, slots=True, repr=False)
class Pasted:
    """What it is, and the bytes or the text of it."""

    kind: PastedKind
    data: bytes
    """Of `frame` and `join_request`: the bytes."""
    text: str
    """Of `json`, `url`, `token`: the text; of `join_request`: the value of the parameter."""
    said: str
    """What was recognised, in words: `read as hex: 58 bytes`."""
    direction: Direction | None = None
    """Where the input itself tells."""
    could_be_other: bool = False
    """Another notation would have fitted too."""

    def __repr__(self) -> str:
        return f"Pasted({self.kind}, {self.said})"


def recognise(pasted: bytes | str) -> Pasted:
    """What was pasted.

    Raises:
        UndecodableError: nothing lksig knows.
    """
    data = _bytes_of(pasted)
    text = _text_of(data)
    if text is None:
        return _of_bytes(data, "raw bytes")
    if not text:
        raise UndecodableError("there is nothing to decode: the input is empty", code="nothing-to-decode")
    found = _url(text) or _token(text) or _json(text)
    if found is not None:
        return found
    written = read_bytes(text)
    if written is not None:
        found = _of_bytes(written.data, written.notation, text)
        if written.notation == "hex" and read_base64(text) is not None:
            return replace(found, said=f"{found.said} (it could be base64; hex wins)", could_be_other=True)
        return found
    inside = _TOKEN_INSIDE.search(text)
    if inside is not None:
        return Pasted("token", b"", inside[0], "read as the token in the text")
    if any(oddities(data, direction) == 0 for direction in (TO_SERVER, TO_CLIENT)):
        return _of_bytes(data, "raw bytes")
    raise UndecodableError(
        "the input is nothing lksig can decode",
        code="unrecognised-input",
        hint="give a frame as hex, base64, a hexdump or raw bytes, a join_request, an /rtc URL or a token",
    )


def _bytes_of(pasted: bytes | str) -> bytes:
    if isinstance(pasted, bytes):
        return pasted
    try:
        return pasted.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return pasted.encode("utf-8", "surrogatepass")


def _text_of(data: bytes) -> str | None:
    """The input as text, trimmed; None when it is none."""
    # PowerShell writes files in UTF-16; no frame starts like its mark, whose first byte is an impossible field.
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    if encoding == "utf-8-sig" and _CONTROLS.search(data):
        return None
    try:
        return data.decode(encoding).strip()
    except UnicodeDecodeError:
        return None


def _unquoted(text: str) -> str:
    return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'`" else text


def _url(text: str) -> Pasted | None:
    plain = _unquoted(text)
    if not re.search(r"\s", plain) and looks_like_url(plain):
        return Pasted("url", b"", plain, "read as a URL")
    inside = _URL_INSIDE.search(text)
    if inside is not None:
        return Pasted("url", b"", inside[0], "read as the URL in the text")
    first_line = plain.partition("\n")[0].strip()
    line = _REQUEST_LINE.fullmatch(first_line)
    if line is not None and re.search(r"/rtc(?:/v1)?(?:/validate)?(?:\?|$)", line[1]):
        return Pasted("url", b"", line[1], "read as the request line of a handshake")
    if _QUERY.fullmatch(plain):
        return Pasted("url", b"", "?" + plain.lstrip("?&"), "read as the query of a URL")
    return None


def _token(text: str) -> Pasted | None:
    plain = _unquoted(text)
    bearer = _BEARER.match(plain)
    candidate = plain[bearer.end() :] if bearer else plain
    try:
        read_token(candidate)
    except InputError as exc:
        if bearer is None:
            return None
        raise UndecodableError(exc.text, code=exc.code, layer="auth") from exc
    return Pasted("token", b"", candidate, "read as an access token")


def _json(text: str) -> Pasted | None:
    if not re.match(r'\{\s*(?:"|\}$)', text):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        special = _json_line(value) or _har_entry(value) or _js_bytes(value)
        if special is not None:
            return special
    return Pasted("json", b"", text, "read as a JSON frame")


def _json_line(value: dict[str, Any]) -> Pasted | None:
    """A line of `--json`."""
    names = {"to_server": TO_SERVER, "to_client": TO_CLIENT}
    direction = names.get(value["dir"]) if isinstance(value.get("dir"), str) else None
    if value.get("kind") != "message" or direction is None:
        return None
    raw = _base64_value(value.get("raw"))
    if raw is not None and value.get("encoding") != "json":
        return Pasted("frame", raw, "", f"read as the bytes of a --json line: {len(raw)} bytes", direction)
    text = json.dumps(value.get("message", {}), ensure_ascii=True)
    return Pasted("json", b"", text, "read as the message of a --json line", direction)


def _har_entry(value: dict[str, Any]) -> Pasted | None:
    """One of Chrome's or Playwright's `_webSocketMessages`: base64 unless it was a text frame."""
    if value.get("type") not in ("send", "receive") or not isinstance(value.get("data"), str):
        return None
    direction = TO_SERVER if value["type"] == "send" else TO_CLIENT
    if value.get("opcode") == 1:
        return Pasted("json", b"", value["data"], "read as a text frame of a HAR", direction)
    raw = _base64_value(value["data"])
    return None if raw is None else Pasted("frame", raw, "", f"read as a frame of a HAR: {len(raw)} bytes", direction)


def _js_bytes(value: dict[str, Any]) -> Pasted | None:
    """What JSON.stringify makes of a Buffer or a Uint8Array."""
    numbers: Any = value.get("data") if value.get("type") == "Buffer" else None
    if value and all(key == str(index) for index, key in enumerate(value)):
        numbers = list(value.values())
    if not isinstance(numbers, list) or not all(type(number) is int and 0 <= number < 256 for number in numbers):
        return None
    return _of_bytes(bytes(numbers), "the JSON of a byte array")


def _base64_value(value: object) -> bytes | None:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else None
    except (binascii.Error, ValueError):
        return None


def _of_bytes(data: bytes, notation: str, text: str = "") -> Pasted:
    """A frame or a join request, told apart by what is in the bytes."""
    size = "1 byte" if len(data) == 1 else f"{len(data)} bytes"
    if _is_join_request(data):
        # The text of the parameter, whatever notation it came in.
        parameter = base64.urlsafe_b64encode(data).decode("ascii")
        if notation == "base64":
            parameter = re.sub(r"\s+", "", text)
        return Pasted("join_request", data, parameter, f"read as a join_request ({notation}): {size}")
    return Pasted("frame", data, "", f"read as {notation}: {size}")


def _is_join_request(data: bytes) -> bool:
    """Whether these are the bytes of a WrappedJoinRequest rather than of a frame.

    A WrappedJoinRequest without compression can be read as an `answer` too; but then the client information stands
    where the type of the description should, which shows.
    """
    try:
        param = decode_join_request(base64.urlsafe_b64encode(data).decode("ascii"))
    except JoinRequestError:
        return False
    if param.compression == "GZIP":
        return True
    wrapped = message_class("WrappedJoinRequest").FromString(data)
    if param.inner_bytes == 0 or len(UnknownFieldSet(wrapped)):
        return False
    as_frames = [oddities(data, direction) for direction in (TO_SERVER, TO_CLIENT)]
    found = message_oddities(param.join_request)
    return all(odd is None or found < odd for odd in as_frames)
