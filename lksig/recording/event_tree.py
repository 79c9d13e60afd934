"""What is no message, as a tree: how a session began, its HTTP exchanges, how its sockets were closed.

The rule: what belongs to one run is left out: the server's address, tokens, headers (dates, nonces), how long it took.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from lksig.recording.trees import Node
from lksig.wire.events import Close, Http, Start, WsPing, WsPong

if TYPE_CHECKING:
    from lksig.recording.message_tree import Trees
    from lksig.recording.stable import Roles

_DECODED = frozenset({"access_token", "join_request"})
"""Parameters that are no text."""

SWITCHING = 101


def event_tree(event: Any, trees: Trees, roles: Roles) -> Node:
    """What an event says; empty for one that says nothing but that it happened."""
    if isinstance(event, Start):
        return _node(
            path=event.path,
            room=None if event.room is None else roles.ids(event.room),
            identity=None if event.identity is None else roles.ids(event.identity),
        )
    if isinstance(event, Close):
        code = None if event.code is None else str(event.code)
        return _node(ended_by=event.ended_by, code=code, reason=roles.ids(event.reason))
    if isinstance(event, Http):
        return _http(event, trees, roles)
    if isinstance(event, WsPing | WsPong):
        return _node(direction=event.direction.value)
    return Node()


def _http(http: Http, trees: Trees, roles: Roles) -> Node:
    path, _, query = http.path.partition("?")
    node = _node(method=http.method, path=path, status=None if http.status is None else str(http.status))
    parameters = parse_qsl(query, keep_blank_values=True, errors="backslashreplace")
    told = Node({name: roles.ids(value) for name, value in parameters if name not in _DECODED})
    if told:
        node["parameters"] = told
    if http.join_request is not None:
        node["join_request"] = trees.of_part(http.join_request)
    if http.body and http.status != SWITCHING:
        node["body"] = roles.ids(http.body.decode("utf-8", "backslashreplace"))
    return node


def _node(**texts: str | None) -> Node:
    return Node({name: text for name, text in texts.items() if text is not None})
