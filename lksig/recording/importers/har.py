"""A HAR as sessions: Chrome's and Firefox's, Playwright's, mitmproxy's.

The rule: what is signaling is told as it happened; other traffic is passed over and counted.

A HAR holds data frames only: no ping, no close, so how a socket ended is not known, and that is said.
Source: see `har_entries`.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator
from typing import Any

from lksig.errors import RecordingError
from lksig.recording.format_v1 import Record
from lksig.recording.importers.har_entries import Exchange, are_characters, message_bytes, message_ns, read_entry
from lksig.recording.importers.har_stories import Stories, Story, begin_ns, first_ns
from lksig.recording.importers.imported import Found
from lksig.schema.pool import TO_CLIENT, TO_SERVER, Direction
from lksig.wire import events
from lksig.wire.codec import decode_frame
from lksig.wire.places import put_placeholders
from lksig.wire.secret_text import find_tokens

HOW = (
    "Chrome, Firefox: open the network panel before the call, reload, `Export HAR`; Playwright: recordHar with"
    " content 'embed'"
)
"""To get a HAR that holds messages."""

_MAKERS: dict[str, events.By] = {"user": "user", "auto": "auto", "replay": "replay", "rule": "rule", "agent": "agent"}
_DIRECTIONS: dict[Any, Direction] = {"send": TO_SERVER, "receive": TO_CLIENT}


def parse_har(data: bytes, name: str) -> Any:
    """The document.

    Raises:
        RecordingError: it is none.
    """
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as exc:
        raise _unreadable(name, f"byte {exc.start} is no UTF-8") from exc
    except json.JSONDecodeError as exc:
        where = f"line {exc.lineno}, column {exc.colno}"
        is_cut = exc.msg.startswith("Unterminated") or not exc.doc[exc.pos :].strip()
        why = f"it is cut short, what is at {where} has no end" if is_cut else f"it is no JSON at {where}"
        raise _unreadable(name, why) from exc
    except (RecursionError, ValueError) as exc:
        raise _unreadable(name, "its JSON is nested too deep, or a number in it has too many digits") from exc
    if not isinstance(document, dict) or not isinstance(document.get("log"), dict):
        raise _unreadable(name, "it has no `log`")
    if not isinstance(document["log"].get("entries"), list):
        raise _unreadable(name, "its `log` has no list of entries")
    return document


def _unreadable(name: str, why: str) -> RecordingError:
    return RecordingError(f"the HAR `{name}` cannot be read: {why}", code="har-unreadable", hint="export it again")


def read_har(document: Any, name: str) -> Found:
    """The sessions of a HAR.

    Args:
        document: as `parse_har` gives it.

    Raises:
        RecordingError: there is no signaling in it.
    """
    log = document["log"]
    read = [read_entry(entry) if isinstance(entry, dict) else None for entry in log["entries"]]
    exchanges = sorted((one for one in read if one is not None), key=lambda one: begin_ns(one))
    skipped = len(read) - len(exchanges)
    if not exchanges:
        text = f"the HAR `{name}` holds no LiveKit signaling: none of its {_count(skipped, 'entry', 'entries')} is of"
        raise RecordingError(f"{text} `/rtc` or `/rtc/v1`", code="har-without-signaling", hint=HOW)
    sessions = Stories()
    for one in exchanges:
        if one.is_upgrade:
            sessions.add(one)
    for one in exchanges:
        if not one.is_upgrade:
            sessions.add_probe(one)
    wall_ns = begin_ns(exchanges[0])
    found = Found(wall_ns, _origin(log), lambda found: _merged(sessions.stories, wall_ns, found), hint=HOW)
    if skipped:
        found.warnings.append(("har-skipped", f"{_count(skipped, 'other entry', 'other entries')} passed over"))
    if any(next(find_tokens(one.target), None) or next(find_tokens(one.token or ""), None) for one in exchanges):
        text = "`{name}` holds an access token, whoever has the file can join with it; `lksig redact` cleans it"
        found.warnings.append(("har-holds-token", text))
    empty = sum(one.is_open and not one.frames for one in exchanges)
    if empty:
        found.complaints.append(f"{_count(empty, 'socket of it has', 'sockets of it have')} no WebSocket messages")
    return found


def _count(count: int, one: str, many: str | None = None) -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def _origin(log: Any) -> str:
    creator = log.get("creator")
    name, version = (creator.get("name"), creator.get("version")) if isinstance(creator, dict) else (None, None)
    return f"a HAR written by {name} {version}" if isinstance(name, str) else "a HAR"


def _merged(stories: Iterable[Story], wall_ns: int, found: Found) -> Iterator[Record]:
    """All events in the order of time; of one socket in the order of the file."""
    yield from heapq.merge(*(_told(story, wall_ns, found) for story in stories), key=lambda record: record.t_ns)
    if found.damaged > 1:
        found.complaints.append(f"{found.damaged} messages are none in all")


def _told(story: Story, wall_ns: int, found: Found) -> Iterator[Record]:
    """One session."""
    begin = min(begin_ns(one) for _, one in story.exchanges) - wall_ns
    first = story.first
    yield events.Start(begin, wall_ns + begin, first.url, first.path, story.room, story.identity, story.number)
    last_ns = begin
    sockets = [_of_socket(one, story.number, socket, wall_ns, found) for socket, one in story.exchanges]
    for record in heapq.merge(*sockets, key=lambda record: record.t_ns):
        last_ns = record.t_ns
        yield record
    if story.sockets:
        text = "the HAR holds no close frames: how the socket ended is not known"
        yield events.Note(last_ns, "end-unknown", text, None, story.number, story.sockets)


def _of_socket(one: Exchange, session: int, socket: int, wall_ns: int, found: Found) -> Iterator[Record]:
    begin, first = begin_ns(one), first_ns(one)
    end = begin + one.took_ns
    if one.is_open and (first is None or end > first):
        end = first or begin  # Chrome's `time` of a socket is how long it was open
    t_ns = end - wall_ns
    request = (one.method, one.target, one.request_headers, one.status, one.headers, one.body)
    yield events.Http(t_ns, *request, end - begin, one.join_request, session, socket)
    if one.failure and not one.is_open:
        yield events.Note(t_ns, "har-failure", f"the browser says: {one.failure}", None, session, socket)
    as_characters = are_characters(one.frames or [])
    for message in one.frames or ():
        known_ns = message_ns(message.get("time")) if isinstance(message, dict) else None
        t_ns = t_ns if known_ns is None else max(t_ns, known_ns - wall_ns)
        yield from _frame(message, t_ns, (session, socket), found, as_characters=as_characters)


def _made_by(message: Any, direction: Direction) -> events.By:
    """Who made a frame: lksig says it in the HARs that it writes."""
    told = message.get("_lksig_by")
    usual: events.By = "client" if direction is TO_SERVER else "server"
    return _MAKERS.get(told, usual) if isinstance(told, str) else usual


def _frame(
    message: Any, t_ns: int, where: tuple[int, int], found: Found, *, as_characters: bool
) -> Iterator[events.Event]:
    session, socket = where
    try:
        if not isinstance(message, dict):
            raise ValueError("it is no object")
        if message.get("type") == "error":
            text = f"the browser says: {message.get('data')}"
            yield events.Note(t_ns, "har-failure", text, None, session, socket)
            return
        direction, opcode = _DIRECTIONS.get(message.get("type")), message.get("opcode")
        if direction is None or opcode not in (1, 2):
            raise ValueError(f"it is neither sent nor received, or of opcode {str(opcode)[:20]}")
        raw = message_bytes(message, as_characters=as_characters)
    except (ValueError, TypeError) as exc:
        found.damaged += 1
        if found.damaged == 1:
            found.complaints.append(f"a message is none ({exc})")
        return
    made = decode_frame(
        raw,
        direction=direction,
        encoding="json" if opcode == 1 else "protobuf",
        t_ns=t_ns,
        by=_made_by(message, direction),
        session=session,
        socket=socket,
    )
    places = message.get("_lksig_places")
    if isinstance(places, list):  # a HAR that lksig wrote, of a frame in which secrets were overwritten
        pairs = [tuple(place) for place in places if isinstance(place, list) and len(place) == 2]
        put_placeholders(made, [pair for pair in pairs if all(isinstance(text, str) for text in pair)])
    yield made
