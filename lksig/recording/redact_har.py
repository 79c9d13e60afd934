"""A HAR without its secrets, still a HAR: frames, URLs, headers, cookies, bodies, and every other text in it.

The rule: what is hidden in a recording is hidden here, by the same redactor. Frames keep their length and stay legal;
cookies and credentials are hidden whatever they look like; what the format says of sizes stays true. Nothing else
changes: another program reads the cleaned HAR as it read the first one.
"""

from __future__ import annotations

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from lksig.recording.exporters.har import PLACES, document_pieces, entry_pieces, frame_pieces
from lksig.recording.importers.har_entries import are_characters, message_bytes, read_entry
from lksig.recording.redact import Redactor
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.wire.codec import decode_frame
from lksig.wire.events import Http, Marker, Message
from lksig.wire.secret_text import PLACEHOLDER
from lksig.wire.target import first_value, parse_query

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")
_IN_URL = ("access_token", "join_request")
_COOKIES = ("cookie", "set-cookie")
_CREDENTIALS = ("authorization", "proxy-authorization")


class HarRedactor:
    """Hides what is secret in a HAR.

    Args:
        redactor: hides it in events.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def pieces(self, document: Any) -> Iterator[bytes]:
        """The text of the cleaned HAR. Everything is looked at before the first word is given.

        Args:
            document: as `importers.har.parse_har` gives it.
        """
        for entry in document["log"]["entries"]:
            self._entry(entry)
        beside = self._anything({**document, "log": {**document["log"], "entries": []}})
        yield from document_pieces(beside, map(self._entry_pieces, document["log"]["entries"]))

    def _entry_pieces(self, entry: Any) -> Iterator[bytes]:
        hidden = self._entry(entry)
        if not isinstance(hidden, dict) or not isinstance(hidden.get("_webSocketMessages"), list):
            return entry_pieces(hidden, None)
        frames = hidden.pop("_webSocketMessages")
        return entry_pieces(hidden, frame_pieces(frames))

    def _entry(self, entry: Any) -> Any:
        if not isinstance(entry, dict):
            return self._anything(entry)
        frames = entry.get("_webSocketMessages")
        hidden = {key: self._anything(value) for key, value in entry.items() if key != "_webSocketMessages"}
        if isinstance(frames, list):
            is_signaling = read_entry(entry) is not None
            as_characters = are_characters(frames)
            hidden["_webSocketMessages"] = [
                self._frame(frame, is_signaling=is_signaling, as_characters=as_characters) for frame in frames
            ]
        elif "_webSocketMessages" in entry:
            hidden["_webSocketMessages"] = self._anything(frames)
        return hidden

    def _frame(self, frame: Any, *, is_signaling: bool, as_characters: bool) -> Any:
        if not isinstance(frame, dict) or not isinstance(frame.get("data"), str):
            return self._anything(frame)
        try:
            raw = message_bytes(frame, as_characters=as_characters)
        except ValueError:
            return self._anything(frame)
        if not _is_usual(frame):
            beside = {key: value for key, value in frame.items() if key != "data"}
            frame = {**self._anything(beside), "data": frame["data"]}
        is_text = frame.get("opcode") == 1
        done, places = self._signal(frame, raw, is_text=is_text) if is_signaling else (self._bytes(raw), None)
        if done == raw:
            return frame
        data = _characters(done) if is_text else done.decode("latin-1") if as_characters else _base64(done)
        return {**frame, "data": data, **({PLACES: places} if places else {})}

    def _signal(self, frame: Any, raw: bytes, *, is_text: bool) -> tuple[bytes, Any]:
        """A signal message without its secrets, and where they stood."""
        message: Any = decode_frame(
            raw,
            direction=TO_SERVER if frame.get("type") == "send" else TO_CLIENT,
            encoding="json" if is_text else "protobuf",
            t_ns=0,
            by="client",
        )
        hidden: Any = self._redactor.hide(message)
        assert isinstance(hidden, Message)
        known = [place for place in frame.get(PLACES) or [] if isinstance(place, list)]
        return hidden.raw, [*known, *map(list, hidden.places)]

    def _anything(self, value: Any, key: str = "") -> Any:
        if isinstance(value, str):
            # A placeholder has a blank in it, which no URL has.
            return self._url(value) if _URL.fullmatch(PLACEHOLDER.sub("", value)) else self._text(value)
        if isinstance(value, list):
            if key in ("headers", "cookies", "queryString"):
                return [self._pair(item, key) for item in value]
            return [self._anything(item) for item in value]
        if not isinstance(value, dict):
            return value
        if value.get("encoding") == "base64" and isinstance(value.get("text"), str):
            return {**self._anything({**value, "encoding": None}), **self._encoded(value["text"])}
        return {self._text(name): self._anything(item, name) for name, item in value.items()}

    def _encoded(self, text: str) -> dict[str, str]:
        """A body in base64."""
        try:
            return {"text": _base64(self._bytes(a2b_base64(text))), "encoding": "base64"}
        except (Base64Error, ValueError):
            return {"text": self._text(text), "encoding": "base64"}

    def _pair(self, pair: Any, kind: str) -> Any:
        """A header, cookie or parameter."""
        if not isinstance(pair, dict):
            return self._anything(pair)
        name, value = pair.get("name"), pair.get("value")
        if not isinstance(name, str) or not isinstance(value, str):
            return {key: self._anything(item) for key, item in pair.items()}
        if kind == "cookies":
            done = _crossed_out(value)
        elif kind == "queryString" and name in _IN_URL:
            done = self._parameter(name, value)
        else:
            done = self._header(name, value) if kind == "headers" else self._text(value)
        return {**{key: self._anything(item) for key, item in pair.items() if key != "value"}, "value": done}

    def _parameter(self, name: str, value: str) -> str:
        """A parameter as it stands in the hidden URL."""
        url = f"ws://x/rtc?{name}={quote(value, safe='')}"
        hidden = self._url(url)
        return value if hidden == url else first_value(parse_query(urlsplit(hidden).query), name) or ""

    def _header(self, name: str, value: str) -> str:
        """A header; what carries credentials shows nothing of them."""
        http = self._redactor.hide(Http(0, "", "", ((name, value),), None, (), b"", 0))
        assert isinstance(http, Http)
        done = http.request_headers[0][1]
        lower = name.lower()
        if lower in _COOKIES:
            pairs = (pair.partition("=") for pair in done.split(";"))
            hidden = [f"{key}{sign}{_crossed_out(text)}" for key, sign, text in pairs]
            return ";".join(hidden) if lower == "cookie" else ";".join([hidden[0], *done.split(";")[1:]])
        if lower in _CREDENTIALS:
            scheme, blank, credentials = done.partition(" ")
            return f"{scheme}{blank}{_crossed_out(credentials)}" if blank else _crossed_out(done)
        return done

    def _url(self, url: str) -> str:
        http = self._redactor.hide(Http(0, "", url, (), None, (), b"", 0))
        assert isinstance(http, Http)
        return http.path

    def _text(self, text: str) -> str:
        marker = self._redactor.hide(Marker(0, text))
        assert isinstance(marker, Marker)
        return marker.text

    def _bytes(self, data: bytes) -> bytes:
        http = self._redactor.hide(Http(0, "", "", (), None, (), data, 0))
        assert isinstance(http, Http)
        return http.body


def _is_usual(frame: dict[str, Any]) -> bool:
    """Whether a frame has nothing beside its data that could hold a secret."""
    is_plain = frame.keys() == {"type", "time", "opcode", "data"} and frame["type"] in ("send", "receive")
    return is_plain and not isinstance(frame["time"], str | dict | list) and isinstance(frame["opcode"], int)


def _crossed_out(text: str) -> str:
    """As many `x`; a placeholder stays."""
    return text if PLACEHOLDER.search(text) else "x" * len(text)


def _base64(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode("ascii")


def _characters(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
