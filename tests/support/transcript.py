"""Transcripts of scripted clients that can be compared between servers: ids become roles, times are left out.

A scenario is a list of steps (`tests.support.scenarios`); a driver plays it against a server and hands everything
the clients saw to a `Transcript`. What was seen between two settles is sorted, because a real server answers several
things at once in any order; what one client saw of one case keeps its order.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import json_format

_LONG = 100
"""Longer texts are written as their length."""
_TIMES = {"creation_time", "creation_time_ms", "joined_at", "joined_at_ms", "timestamp"}
_TOKEN_TIMES = ("exp", "nbf", "iat")
_ROLE = re.compile(r"\$(\w+)\(([^)]*)\)")
_ID = re.compile(r"\b(?:PA|TR|DTR|RM|ND)_[0-9A-Za-z]{4,}")


@dataclass(slots=True)
class Transcript:
    """What the clients of one scenario saw, as text lines."""

    lines: list[str] = field(default_factory=list)
    _roles: dict[str, str] = field(default_factory=dict)
    _ids: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _offers: dict[str, int] = field(default_factory=dict)
    _trickles: set[str] = field(default_factory=set)
    _ended: set[str] = field(default_factory=set)
    _window: list[tuple[str, int, str]] = field(default_factory=list)

    def saw(self, who: str, envelope: Any) -> None:
        """A client received a message; `envelope` is a decoded SignalResponse."""
        case = envelope.WhichOneof("message")
        value = json_format.MessageToDict(envelope, preserving_proto_field_name=True)
        if case == "refresh_token":
            text = f"refresh_token {_claims(value[case])}"
        else:
            body = value.get(case, {}) if case else {}
            self._learn(case, body)
            text = f"{case} {json.dumps(self._plain(who, case, body), sort_keys=True)}"
        line = self._named(f"{who} < {text}")
        if case == "trickle":
            if line in self._trickles:
                return  # how many candidates there are, and when they are found, depends on the machine
            self._trickles.add(line)
        self._window.append((f"{who} < {case}", len(self._window), line))

    def ended(self, who: str, code: int | None, reason: str) -> None:
        """A client's socket is closed; `code` None: without a close frame."""
        self._ended.add(who)
        self._window.append((f"{who} x", len(self._window), f"{who} x {code} {reason}".rstrip()))

    def has_ended(self, who: str) -> bool:
        """Whether `ended` was called for a client."""
        return who in self._ended

    def refused(self, who: str, status: int, body: str) -> None:
        """A client's upgrade was answered by an HTTP error."""
        self._window.append((f"{who} !", len(self._window), f"{who} ! {status} {body}".rstrip()))

    def settle(self, label: str) -> None:
        """Close the window: what was seen since the last one becomes lines."""
        self.lines.append(f"-- {label}")
        self.lines += [line for _, _, line in sorted(self._window, key=lambda entry: entry[:2])]
        self._window.clear()

    def text(self) -> str:
        """The whole transcript."""
        return "\n".join(self.lines) + "\n"

    def filled(self, value: Any) -> Any:
        """A request with its roles (`$TR(cam)`, `$PA(ann)`) replaced by this run's ids."""
        if isinstance(value, dict):
            return {self.filled(key): self.filled(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.filled(one) for one in value]
        if isinstance(value, str):
            return _ROLE.sub(lambda match: self._ids[match[0]], value)
        return value

    def _role(self, kind: str, name: str, real: str) -> None:
        if not real or real in self._roles:
            return
        name = json.dumps(name)[1:-1]
        count = self._counts[f"{kind}({name})"] = self._counts.get(f"{kind}({name})", 0) + 1
        role = f"${kind}({name})" if count == 1 else f"${kind}({name}#{count})"
        self._roles[real] = role
        self._ids[role] = real

    def _learn(self, case: str | None, body: dict[str, Any]) -> None:
        if case == "join":
            self._role("RM", "", body["room"]["sid"])
            self._role("ND", "", body["server_info"]["node_id"])
        for info in _participants(case, body):
            self._role("PA", info.get("identity", ""), info.get("sid", ""))
            for track in info.get("data_tracks", ()):
                self._role("DTR", track.get("name", ""), track["sid"])
        if case == "track_published":
            self._role("TR", body.get("cid", ""), body["track"]["sid"])
        if case in ("publish_data_track_response", "unpublish_data_track_response"):
            self._role("DTR", body["info"].get("name", ""), body["info"]["sid"])

    def _plain(self, who: str, case: str | None, body: Any) -> Any:
        """The body without what differs between two runs or two machines."""
        if case == "trickle":
            init = json.loads(body["candidateInit"])
            return {"keys": sorted(init), "target": body.get("target", "PUBLISHER"), "mid": init["sdpMid"]}
        if case in ("offer", "answer"):
            body = dict(body, sdp=_sections(body.get("sdp", "")))
            if case == "offer":
                first = self._offers.setdefault(who, body["id"])
                body["id"] = f"first+{body['id'] - first}"
        if case == "data_track_subscriber_handles":
            return {"tracks": sorted(self._named(json.dumps(one)) for one in body.get("sub_handles", {}).values())}
        return _sorted(_without_times("T" if case == "pong" else body))

    def _named(self, line: str) -> str:
        return _ID.sub(lambda match: self._roles.get(match[0], f"?{match[0].split('_')[0]}"), line)


def _participants(case: str | None, body: dict[str, Any]) -> list[dict[str, Any]]:
    if case == "join":
        return [body["participant"], *body.get("other_participants", [])]
    return list(body.get("participants", [])) if case == "update" else []


def _sorted(body: Any) -> Any:
    """Participants and data tracks in an order of their own: a real server keeps them in maps."""
    for key in ("participants", "other_participants"):
        if isinstance(body, dict) and key in body:
            body[key].sort(key=lambda info: (info.get("identity", ""), info.get("version", 0)))
    every = [*body.get("participants", ()), *body.get("other_participants", ())] if isinstance(body, dict) else []
    for info in every:
        info.get("data_tracks", []).sort(key=lambda track: track.get("pub_handle", 0))
    return body


def _claims(token: str) -> str:
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    for key in _TOKEN_TIMES:
        claims[key] = key in claims
    return json.dumps(claims, sort_keys=True)


def _sections(sdp: str) -> list[str]:
    sections: list[str] = []
    for line in sdp.splitlines():
        if line.startswith("m="):
            sections.append(line[2:].split(" ", 1)[0])
        elif sections and line in ("a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"):
            sections[-1] += f" {line[2:]}"
    return sections


def _without_times(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _without_times(one) for key, one in value.items()}
        for key in kept:
            if key in _TIMES:
                kept[key] = "T"
            elif key in ("turn_password", "sif_trailer", "ice_servers") and kept[key]:
                kept[key] = "S"
            elif key == "version" and isinstance(value[key], int):
                kept[key] = "N"  # how often it was looked at between two changes depends on who was faster
            elif key == "server_info":
                kept[key] = sorted(set(kept[key]) - {"region", "debug_info"})
            elif key == "permission":
                kept[key] = " ".join(name if on is True else f"{name}={on}" for name, on in sorted(kept[key].items()))
        for key in ("server_region", "server_version"):
            # Every server has its own.
            kept.pop(key, None)
        return kept
    if isinstance(value, list):
        if value and all(isinstance(one, dict) and list(one) == ["mime"] for one in value):
            return " ".join(one["mime"] for one in value)
        return [_without_times(one) for one in value]
    if isinstance(value, str) and len(value) > _LONG:
        return f"({len(value)} characters)"
    return value
