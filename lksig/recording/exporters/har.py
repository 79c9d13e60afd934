"""A session as a HAR, in the layout that Chrome writes.

The rule: an entry for each socket and each HTTP exchange, with the frames of a socket as `_webSocketMessages`, one a
line, times in seconds since 1970 to the microsecond. Pings, closes, states, notes and markers have no place in a HAR.

Nothing is hidden here: that was done before. Source: HAR 1.2; see `importers.har_entries`, which reads it back.
"""

from __future__ import annotations

import json
import tempfile
from binascii import b2a_base64
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from lksig import __version__
from lksig.recording.format_v1 import Record
from lksig.schema.pool import TO_SERVER
from lksig.wire.events import Http, Message, Start
from lksig.wire.target import PATH_SUFFIXES, parse_query

HELD_BYTES = 1 << 16
"""Of the frames of one socket, in memory."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_US = 253_402_300_799_999_999
"""The end of the year 9999, behind which there are no dates."""
_HTTP_SCHEMES = {"ws": "http", "wss": "https"}
_NOWHERE = "ws://unknown"
"""The host of a session of which no URL is known."""

PLACES = "_lksig_places"
"""Of a frame in which secrets were overwritten: where, and their placeholders, as `Message.places`."""

BY = "_lksig_by"
"""Who made a frame, where direction does not say it: lksig's own fences and pings."""
_USUAL = ("client", "server")

_Socket = tuple[int, int]


def har_pieces(records: Iterable[Record], wall_ns: int) -> Iterator[bytes]:
    """The text of the HAR.

    Args:
        wall_ns: nanoseconds since the epoch at time 0.
    """
    with _Frames() as frames:
        entries = _Entries(wall_ns, frames)
        for record in records:
            entries.add(record)
        creator = {"name": "lksig", "version": __version__}
        log = {"version": "1.2", "creator": creator, "pages": []}
        yield from document_pieces({"log": log}, map(entries.pieces, entries.sorted()))


def document_pieces(document: dict[str, Any], entries: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    """A HAR with other entries than it has, each beginning a line."""
    log = {key: value for key, value in document["log"].items() if key != "entries"}
    beside = {key: value for key, value in document.items() if key != "log"}
    head = _json(log)[:-1]
    yield f'{{"log":{head}{"," if log else ""}"entries":['.encode("ascii")
    between = b"\n"
    for pieces in entries:
        yield between
        yield from pieces
        between = b",\n"
    yield b"\n]}" + (b"," + _json(beside)[1:-1].encode("ascii") if beside else b"") + b"}\n"


def entry_pieces(entry: Any, frames: Iterable[bytes] | None) -> Iterator[bytes]:
    """An entry of it with its frames behind everything else.

    Args:
        frames: None where the entry has no such list.
    """
    if frames is None:
        yield _json(entry).encode("ascii")
        return
    yield _json(entry)[:-1].encode("ascii") + (b"," if entry else b"") + b'"_webSocketMessages":['
    yield from frames
    yield b"]}"


def frame_pieces(frames: Iterable[Any]) -> Iterator[bytes]:
    """Frames as they stand in an entry, one a line."""
    between = "\n"
    for frame in frames:
        yield (between + _json(frame)).encode("ascii")
        between = ",\n"


class _Frames:
    """The frames of all sockets, in one unnamed file: they come in turns, and a HAR wants each socket's together."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed by `__exit__`
        self._held: dict[_Socket | None, bytearray] = {}
        self._written: dict[_Socket | None, list[tuple[int, int]]] = {}
        self._end = 0

    def __enter__(self) -> _Frames:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, socket: _Socket, text: str) -> None:
        """One more frame of a socket."""
        held = self._held.setdefault(socket, bytearray())
        held += (",\n" if held or socket in self._written else "\n").encode("ascii") + text.encode("ascii")
        if len(held) >= HELD_BYTES:
            self._written.setdefault(socket, []).append((self._end, len(held)))
            self._file.write(held)
            self._end += len(held)
            held.clear()

    def of(self, socket: _Socket | None) -> Iterator[bytes]:
        """All frames of a socket."""
        for start, size in self._written.get(socket, []):
            self._file.seek(start)
            yield self._file.read(size)
        yield bytes(self._held.get(socket, b""))


class _Entry(NamedTuple):
    began_ns: int
    content: dict[str, Any]
    is_upgrade: bool
    socket: _Socket | None
    """Whose frames belong to it."""


class _Entries:
    """The entries without their frames."""

    def __init__(self, wall_ns: int, frames: _Frames) -> None:
        self._wall_ns = wall_ns
        self._frames = frames
        self._starts: dict[int, Start] = {}
        self._entries: list[_Entry] = []
        self._open: set[_Socket] = set()

    def add(self, record: Record) -> None:
        if type(record) is Message:
            socket = (record.session, record.socket)
            if socket not in self._open:
                self._put(_handshake(record, self._starts.get(record.session)), socket)
            self._frames.add(socket, _frame(record, self._wall_ns))
        elif type(record) is Http:
            self._put(record, (record.session, record.socket) if record.status == 101 else None)
        elif type(record) is Start:
            self._starts.setdefault(record.session, record)

    def _put(self, http: Http, socket: _Socket | None) -> None:
        if socket in self._open:
            socket = None  # a socket opens once: what is recorded of it again has no frames
        if socket is not None:
            self._open.add(socket)
        start = self._starts.get(http.session)
        began_ns = self._wall_ns + http.t_ns - http.took_ns
        content = _entry(http, start.url if start else "", began_ns)
        self._entries.append(_Entry(began_ns, content, _is_upgrade(http), socket))

    def sorted(self) -> list[_Entry]:
        """In the order in which they began."""
        return sorted(self._entries, key=lambda entry: entry.began_ns)

    def pieces(self, entry: _Entry) -> Iterator[bytes]:
        """One of them with its frames."""
        frames = self._frames.of(entry.socket) if entry.is_upgrade else None
        return entry_pieces(entry.content, frames)


def _is_upgrade(http: Http) -> bool:
    return http.status == 101 or http.path.partition("?")[0].endswith(tuple(PATH_SUFFIXES.values()))


def _handshake(message: Message, start: Start | None) -> Http:
    """The upgrade of a socket of which none is known."""
    path = PATH_SUFFIXES[start.path if start and start.path in PATH_SUFFIXES else "v1"]
    return Http(message.t_ns, "GET", path, (), 101, (), b"", 0, None, message.session, message.socket)


def _frame(message: Message, wall_ns: int) -> str:
    kind = "send" if message.direction is TO_SERVER else "receive"
    us = max(0, wall_ns + message.t_ns) // 1000
    if message.encoding == "json":
        opcode, data = 1, _json(message.raw.decode("utf-8", "surrogateescape"))
    else:
        opcode, data = 2, f'"{b2a_base64(message.raw, newline=False).decode("ascii")}"'
    more = f',"{PLACES}":{_json(message.places)}' if message.places else ""
    if message.by not in _USUAL:
        more += f',"{BY}":{_json(message.by)}'
    return f'{{"type":"{kind}","time":{us // 10**6}.{us % 10**6:06d},"opcode":{opcode},"data":{data}{more}}}'


def _entry(http: Http, url: str, began_ns: int) -> dict[str, Any]:
    base = url if "://" in url else _NOWHERE
    scheme, _, rest = base.partition("://")
    is_upgrade = _is_upgrade(http)
    scheme = scheme if is_upgrade else _HTTP_SCHEMES.get(scheme, scheme)
    took_ms = http.took_ns / 1e6
    return {
        "_resourceType": "websocket" if is_upgrade else "fetch",
        "startedDateTime": _date(began_ns),
        "time": took_ms,
        "request": {
            "method": http.method,
            "url": f"{scheme}://{rest.partition('/')[0]}{http.path}",
            "httpVersion": "HTTP/1.1",
            "headers": _pairs(http.request_headers),
            "queryString": _pairs(parse_query(http.path.partition("?")[2])),
            "cookies": [],
            "headersSize": -1,
            "bodySize": 0,
        },
        "response": {
            "status": http.status or 0,
            "statusText": "Switching Protocols" if http.status == 101 else "",
            "httpVersion": "HTTP/1.1",
            "headers": _pairs(http.headers),
            "cookies": [],
            "content": _content(http),
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": took_ms, "receive": 0},
    }


def _date(ns: int) -> str:
    us = min(max(0, ns // 1000), _LAST_US)
    return (_EPOCH + timedelta(microseconds=us)).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _content(http: Http) -> dict[str, Any]:
    kind = next((value for name, value in http.headers if name.lower() == "content-type"), "text/plain")
    content: dict[str, Any] = {"size": len(http.body), "mimeType": kind}
    if http.body:
        try:
            content["text"] = http.body.decode()
        except UnicodeDecodeError:
            content["text"] = b2a_base64(http.body, newline=False).decode("ascii")
            content["encoding"] = "base64"
    return content


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
