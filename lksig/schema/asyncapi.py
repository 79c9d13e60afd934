"""The `/rtc` channel as an AsyncAPI 3.0 document, from the client's side: `lksig schema --asyncapi`.

The rules: every case of the protocol is one message, named as the `.proto` names it (`SignalRequest.add_track`);
nothing is said that is not in the descriptors, the comments or `schema.cases`. On the wire the payload is binary
protobuf; it is described as JSON Schema of its proto3 JSON form, which text frames have, and which a parser checks: a
protobuf schema it passes through unread (Observed: @asyncapi/parser 3.6.6 without plug-ins, even when it is nonsense).
Specification: AsyncAPI 3.0.0, WebSockets binding 0.1.0.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lksig.schema import cases
from lksig.schema.docs import comment, summary
from lksig.schema.json_schema import field_schema, schemas_of
from lksig.schema.manual import about_case
from lksig.schema.pool import PACKAGE, PROTOCOL_VERSION, TO_CLIENT, TO_SERVER, Direction, case_fields

if TYPE_CHECKING:
    from google.protobuf.descriptor import FieldDescriptor

VERSION = "3.0.0"
CONTENT_TYPE = "application/x-protobuf"

_CHANNEL = "rtc"
_ENVELOPES = {TO_SERVER: "SignalRequest", TO_CLIENT: "SignalResponse"}

_ABOUT = """\
What a LiveKit client and a LiveKit server say to each other over one WebSocket: the client sends `SignalRequest`, the \
server `SignalResponse`, each with exactly one case of its oneof `message` set.

A binary frame is one protobuf message, a text frame the same message as proto3 JSON; the server answers in the form \
of the last frame it got, and begins in binary. The payloads here are JSON Schemas of the JSON form: 64-bit integers \
and bytes are strings, fields may be left out, and a reader ignores those it does not know.

Most requests succeed in silence. `x-answered-by` names the response that tells of success, `x-refused-by` those that \
tell of a refusal; requests of one connection are handled in their order."""

_CHANNEL_ABOUT = """\
`/rtc` takes its parameters in the query (signal path v0, two peer connections). `/rtc/v1` carries the same messages \
and takes `join_request`, a base64 `WrappedJoinRequest`, in place of them (one peer connection)."""

_CORRELATION = {
    "offer": ("offer.id", "id of the description"),
    "answer": ("answer.id", "id of the description it answers"),
    "add_track": ("addTrack.cid", "the client's id of the track"),
    "track_published": ("trackPublished.cid", "the client's id of the track"),
    "update_metadata": ("updateMetadata.requestId", "number of the request"),
    "request_response": ("requestResponse.requestId", "number of the request, where it has one"),
    "ping_req": ("pingReq.timestamp", "time of the ping"),
    "pong_resp": ("pongResp.lastPingTimestamp", "time of the ping that is answered"),
    "publish_data_track_request": ("publishDataTrackRequest.pubHandle", "the client's handle of the data track"),
    "publish_data_track_response": ("publishDataTrackResponse.info.pubHandle", "the client's handle of the data track"),
    "unpublish_data_track_request": ("unpublishDataTrackRequest.pubHandle", "the client's handle of the data track"),
    "unpublish_data_track_response": (
        "unpublishDataTrackResponse.info.pubHandle",
        "the client's handle of the data track",
    ),
    "store_data_blob_request": ("storeDataBlobRequest.requestId", "number of the request"),
    "store_data_blob_response": ("storeDataBlobResponse.requestId", "number of the request"),
    "get_data_blob_request": ("getDataBlobRequest.requestId", "number of the request"),
    "get_data_blob_response": ("getDataBlobResponse.requestId", "number of the request"),
}
"""Case → where in its JSON form the value stands that request and answer share, and what it is.

The offers and answers of both directions share one numbering each, so the entry holds for both."""


def document(query_parameters: Iterable[str]) -> dict[str, Any]:
    """The whole document, ready for `json.dumps`.

    Args:
        query_parameters: the names `/rtc` reads from its query, apart from `access_token` and `join_request`.
    """
    fields = [(direction, field) for direction in _ENVELOPES for field in case_fields(direction).values()]
    return {
        "asyncapi": VERSION,
        "info": {
            "title": "LiveKit signaling",
            "version": PROTOCOL_VERSION,
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": _servers(),
        "channels": {_CHANNEL: _channel(fields, sorted(query_parameters))},
        "operations": _operations(),
        "components": {
            "messages": {_name(direction, field.name): message(direction, field) for direction, field in fields},
            "schemas": schemas_of(field for _, field in fields),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "An access token with `roomJoin` and the room, in the `Authorization` header.",
                },
                "accessToken": {
                    "type": "httpApiKey",
                    "name": "access_token",
                    "in": "query",
                    "description": "The same token, where a client cannot set headers (a browser).",
                },
            },
        },
    }


def _servers() -> dict[str, Any]:
    security = [{"$ref": "#/components/securitySchemes/bearer"}, {"$ref": "#/components/securitySchemes/accessToken"}]
    return {
        "dev": {
            "host": "127.0.0.1:7880",
            "protocol": "ws",
            "description": "`livekit-server --dev`, with the key `devkey` and the secret `secret`.",
            "security": security,
        },
        "deployed": {
            "host": "{host}",
            "protocol": "wss",
            "description": "A server behind TLS.",
            "variables": {"host": {"description": "Its name, with a port if it is not 443."}},
            "security": security,
        },
    }


def _channel(fields: Iterable[tuple[Direction, FieldDescriptor]], query_parameters: Iterable[str]) -> dict[str, Any]:
    names = [_name(direction, field.name) for direction, field in fields]
    query = {
        "access_token": {"type": "string"},
        "join_request": {"type": "string", "description": "Of `/rtc/v1` only."},
    }
    query |= {name: {"type": "string"} for name in query_parameters}
    return {
        "address": "/rtc",
        "title": "The signaling connection of one participant",
        "description": _CHANNEL_ABOUT,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {
            "ws": {"method": "GET", "query": {"type": "object", "properties": query}, "bindingVersion": "0.1.0"}
        },
    }


def _operations() -> dict[str, Any]:
    # Every response that can say what became of a request; the others come unasked.
    settling = {reply.case for reply in cases.REPLIES.values()} | {
        refusal.case for refusals in cases.REFUSALS.values() for refusal in refusals
    }
    return {
        "sendSignalRequest": {
            "action": "send",
            "channel": _channel_ref(),
            "summary": "Say or ask something",
            "description": "The client's messages. `reply` lists the responses that answer or refuse one of them.",
            "messages": [_message_ref(TO_SERVER, case) for case in case_fields(TO_SERVER)],
            "reply": {
                "channel": _channel_ref(),
                "messages": [_message_ref(TO_CLIENT, case) for case in case_fields(TO_CLIENT) if case in settling],
            },
        },
        "receiveSignalResponse": {
            "action": "receive",
            "channel": _channel_ref(),
            "summary": "Be told or answered something",
            "description": "The server's messages; the first one is `join`, `reconnect` or `leave`.",
            "messages": [_message_ref(TO_CLIENT, case) for case in case_fields(TO_CLIENT)],
        },
    }


def message(direction: Direction, field: FieldDescriptor) -> dict[str, Any]:
    """The message object of one case."""
    about = about_case(field.name, direction)
    held = field.message_type
    said: dict[str, Any] = {
        "name": field.name,
        "title": f"{_ENVELOPES[direction]} {field.name}",
        "summary": summary(field),
        "description": "\n\n".join(filter(None, [comment(field), comment(held) if held is not None else ""])),
        "contentType": CONTENT_TYPE,
        "payload": {
            "type": "object",
            "required": [field.json_name],
            "properties": {field.json_name: field_schema(field)},
        },
        "x-protobuf": {"message": f"{PACKAGE}.{_ENVELOPES[direction]}", "case": field.name, "number": field.number},
    }
    if field.name in _CORRELATION:
        place, meaning = _CORRELATION[field.name]
        said["correlationId"] = {
            "location": f"$message.payload#/{place.replace('.', '/')}",
            "description": meaning[0].upper() + meaning[1:],
        }
    if about.answered_by is not None:
        said["x-answered-by"] = {"case": about.answered_by.case, "key": about.answered_by.key}
    if about.refused_by:
        said["x-refused-by"] = [{"case": refusal.case, "reason": refusal.reason} for refusal in about.refused_by]
    if about.answers:
        said["x-answers"] = list(about.answers)
    if about.example is not None:
        said["x-typed"] = f"lksig send {about.example}"
    return said


def _name(direction: Direction, case: str) -> str:
    """The key of a message: both directions have an `offer`, a `mute`, a `leave`."""
    return f"{_ENVELOPES[direction]}.{case}"


def _channel_ref() -> dict[str, str]:
    return {"$ref": f"#/channels/{_CHANNEL}"}


def _message_ref(direction: Direction, case: str) -> dict[str, str]:
    return {"$ref": f"#/channels/{_CHANNEL}/messages/{_name(direction, case)}"}
