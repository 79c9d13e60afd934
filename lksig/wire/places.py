"""Placeholders back into a message: where `overwrite` left `x`, and whether a request holds one.

The rule: a view of a redacted recording prints what the view of the session printed. So the placeholders are put into
the decoded message itself, and no view needs to know: a placeholder is never redacted again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

from lksig.wire.overwrite import OF_KEY
from lksig.wire.secret_text import PLACEHOLDER, is_placeholder, read_overwritten_ice

if TYPE_CHECKING:
    from google.protobuf.message import Message as ProtoMessage

    from lksig.wire.events import Message
    from lksig.wire.overwrite import Place

_STEP = re.compile(r"\.?(?P<name>[a-zA-Z_]\w*)|\.(?P<index>[0-9]{1,9})|\[(?P<key>\"(?:[^\"\\]|\\.)*\"|[0-9]{1,20})\]")
_PART = re.compile(r"\[([0-9]{1,9}):([0-9]{1,9})\]$")


def put_placeholders(message: Message, places: Iterable[Place]) -> None:
    """Make a message read from a redacted record print as the original did; its bytes stay as they are.

    A place that is not in the message, or where nothing was overwritten, is left alone: a record may be damaged.
    """
    message.places = tuple(places)
    parts: dict[str, list[tuple[int, int | None, str]]] = {}
    for path, placeholder in message.places:
        found = _PART.search(path)
        owner, start, end = (path[: found.start()], int(found[1]), int(found[2])) if found else (path, 0, None)
        if is_placeholder(placeholder):
            parts.setdefault(owner, []).append((start, end, placeholder))
    if message.envelope is not None:
        for path in sorted(parts, key=lambda path: path.endswith(OF_KEY)):  # keys last: paths name them as they were
            _put(message.envelope, path.removesuffix(OF_KEY), parts[path], path.endswith(OF_KEY))


def _put(envelope: ProtoMessage, path: str, parts: list[tuple[int, int | None, str]], of_key: bool) -> None:
    steps = list(_STEP.finditer(path))
    if not steps or sum(len(step[0]) for step in steps) != len(path):
        return
    owner: Any = envelope
    for step in steps[:-1]:
        owner = _inside(owner, step)
    value = _inside(owner, steps[-1])
    if isinstance(value, bytes):
        _set(owner, steps[-1], _filled(value.decode("latin-1"), parts).encode("latin-1"))
    elif isinstance(value, str) and not of_key:
        _set(owner, steps[-1], _filled(value, parts))
    elif isinstance(value, str) and steps[-1]["key"]:
        del owner[json.loads(steps[-1]["key"])]
        owner[_filled(json.loads(steps[-1]["key"]), parts)] = value


def _filled(text: str, parts: list[tuple[int, int | None, str]]) -> str:
    """The text with placeholders where it says that something was overwritten."""
    for start, end, placeholder in sorted(parts, key=lambda part: -part[0]):  # from its end: places before stay right
        stop = len(text) if end is None else end
        if read_overwritten_ice(text[start:stop]) is not None:
            text = text[:start] + placeholder + text[stop:]
    return text


def _inside(owner: Any, step: re.Match[str]) -> Any:
    """What a step of a path leads to; None where there is nothing."""
    if step["key"]:
        try:
            key = json.loads(step["key"])
            return owner[key] if isinstance(owner, MutableMapping) and key in owner else None
        except (TypeError, ValueError):  # no JSON string, or a key of another kind than the map's
            return None
    if step["index"]:
        index = int(step["index"])
        return owner[index] if isinstance(owner, Sequence) and index < len(owner) else None
    field = owner.DESCRIPTOR.fields_by_name.get(step["name"]) if hasattr(owner, "DESCRIPTOR") else None
    if field is None or (field.has_presence and not owner.HasField(field.name)):
        return None
    return getattr(owner, field.name)


def _set(owner: Any, step: re.Match[str], value: str | bytes) -> None:
    if step["key"]:
        owner[json.loads(step["key"])] = value
    elif step["index"]:
        owner[int(step["index"])] = value
    else:
        setattr(owner, step["name"], value)


def has_placeholder(envelope: ProtoMessage) -> str | None:
    """The path of the first value that holds a placeholder, in an SDP too; such a request cannot be meant as it is."""
    raw = envelope.SerializePartialToString()
    if b"[jwt " not in raw and b"[secret " not in raw:
        return None
    return next(_holders(envelope, ""), None)


def _holders(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, str):
        if PLACEHOLDER.search(value):
            yield path
    elif isinstance(value, bytes):
        if PLACEHOLDER.search(value.decode("latin-1")):
            yield path
    elif hasattr(value, "ListFields"):
        for field, inner in value.ListFields():
            yield from _holders(inner, f"{path}.{field.name}" if path else field.name)
    elif isinstance(value, MutableMapping):
        for key in sorted(value):
            yield from _holders(key, f"{path}[{json.dumps(key)}]")
            yield from _holders(value[key], f"{path}[{json.dumps(key)}]")
    elif isinstance(value, Sequence):
        for index, inner in enumerate(value):
            yield from _holders(inner, f"{path}.{index}")
