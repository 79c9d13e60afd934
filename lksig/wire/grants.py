"""The `video` grant of an access token: what may stand in it, what it allows, in words, and what is misspelled.

Source: github.com/livekit/protocol v1.54.0 auth/grants.go VideoGrant (names, types, what a missing one means).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from lksig.errors import InputError

GrantKind = Literal["flag", "text", "list"]

GRANTS: dict[str, GrantKind] = {
    "roomJoin": "flag",
    "room": "text",
    "roomCreate": "flag",
    "roomList": "flag",
    "roomRecord": "flag",
    "roomAdmin": "flag",
    "canPublish": "flag",
    "canSubscribe": "flag",
    "canPublishData": "flag",
    "canPublishSources": "list",
    "canUpdateOwnMetadata": "flag",
    "canSubscribeMetrics": "flag",
    "canManageAgentSession": "flag",
    "ingressAdmin": "flag",
    "hidden": "flag",
    "recorder": "flag",
    "agent": "flag",
    "destinationRoom": "text",
}

SOURCES = ("camera", "microphone", "screen_share", "screen_share_audio")
"""What `canPublishSources` may list. Source: auth/grants.go sourceToString."""

_KIND_WORDS: dict[GrantKind, str] = {"flag": "true or false", "text": "a text", "list": "a list of texts"}
_ALIASES = {
    "roomname": "room",
    "name": "room",
    "join": "roomJoin",
    "publish": "canPublish",
    "subscribe": "canSubscribe",
}
"""Names people write that are far from the right one by spelling. Seen: livekit/livekit#3566 (`roomName`)."""

_ALLOWED: dict[str, str] = {
    "canUpdateOwnMetadata": "changes its own metadata",
    "canSubscribeMetrics": "sees metrics",
    "canManageAgentSession": "manages agent sessions",
    "roomCreate": "creates rooms",
    "roomList": "lists rooms",
    "roomRecord": "records rooms",
    "roomAdmin": "is admin of the room",
    "ingressAdmin": "manages ingress",
    "hidden": "is hidden from others",
    "recorder": "is a recorder",
    "agent": "is an agent",
}
"""Grants that are off unless given."""


def grant_words(video: Mapping[str, object]) -> list[str]:
    """What a `video` grant allows, each in a few words: `joins`, `publishes camera only`, `does not subscribe`."""
    words = ["joins"] if video.get("roomJoin") is True else ["does not join"]
    may_publish = video.get("canPublish") is not False
    sources = video.get("canPublishSources")
    if not may_publish:
        words.append("does not publish")
    elif isinstance(sources, list) and sources:
        words.append(f"publishes {', '.join(map(str, sources))} only")
    else:
        words.append("publishes")
    # Source: VideoGrant.GetCanPublishData: unset follows canPublish.
    may_publish_data = video.get("canPublishData", may_publish) is not False
    if may_publish_data != may_publish:
        words.append("publishes data" if may_publish_data else "publishes no data")
    words.append("subscribes" if video.get("canSubscribe") is not False else "does not subscribe")
    words += [text for name, text in _ALLOWED.items() if video.get(name) is True]
    destination = video.get("destinationRoom")
    if destination:
        words.append(f"forwards to {destination}")
    return words


def grant_problems(video: Mapping[str, object]) -> list[str]:
    """What is misspelled or of the wrong type, one line each."""
    problems = []
    for name, value in video.items():
        kind = GRANTS.get(name)
        if kind is None:
            near = nearest_grant(name)
            hint = f": did you mean `{near}`?" if near else ""
            problems.append(f"`{name}` is no grant the server knows{hint}")
        elif not fits(kind, value):
            problems.append(f"`{name}` must be {_KIND_WORDS[kind]}")
        elif isinstance(value, list):
            unknown = [source for source in value if source not in SOURCES]
            problems += [f"`{name}` lists `{source}`: only {', '.join(SOURCES)} exist" for source in unknown]
    return problems


def fits(kind: GrantKind, value: object) -> bool:
    """Whether a JSON value has the type of such a grant; null counts as left out."""
    if value is None:
        return True
    if kind == "flag":
        return isinstance(value, bool)
    if kind == "text":
        return isinstance(value, str)
    return isinstance(value, list) and all(isinstance(part, str) for part in value)


def nearest_grant(name: str) -> str | None:
    """The grant a misspelled name means; None when nothing is near."""
    from difflib import get_close_matches

    plain = name.replace("_", "").replace("-", "").lower()
    known = {grant.lower(): grant for grant in GRANTS}
    if plain in known:
        return known[plain]
    if plain in _ALIASES:
        return _ALIASES[plain]
    return next((known[near] for near in get_close_matches(plain, known, n=1, cutoff=0.7)), None)


def read_grant(text: str) -> tuple[str, object]:
    """A grant as an option takes it: `hidden`, `canPublish=false`, `canPublishSources=camera,microphone`.

    Raises:
        InputError: no such grant, or a value of the wrong type.
    """
    name, equals, value = text.partition("=")
    kind = GRANTS.get(name)
    if kind is None:
        near = nearest_grant(name)
        hint = f"did you mean {near}?" if near else f"grants are {', '.join(GRANTS)}"
        raise InputError(f"`{name}` is no grant", code="bad-grant", hint=hint, source=text, start=0, end=len(name))
    if kind == "flag":
        flags = {"true": True, "1": True, "false": False, "0": False, "": True if not equals else None}
        flag = flags.get(value.lower())
        if flag is not None:
            return name, flag
    elif kind == "list" and value:
        return name, value.split(",")
    elif value:
        return name, value
    raise InputError(
        f"`{name}` must be {_KIND_WORDS[kind]}", code="bad-grant", source=text, start=len(name) + 1, end=len(text)
    )
