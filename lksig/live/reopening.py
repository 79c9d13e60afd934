"""The handshakes of a replay: each recorded participant joins the server that is played to, as itself.

The rule: who joins is said by what was given for this server, and only then by the recording. A key and its secret make
a token for every participant, with what is known of the recorded one; a ready token is one participant's, and cannot be
another's. The URL says where, and the path where it ends in one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lksig.errors import AuthError, InputError
from lksig.records import record
from lksig.wire.handshake import Handshake, JoinOptions, build

if TYPE_CHECKING:
    from lksig.session.rebinding import Bindings
    from lksig.session.replay_opening import Opening
    from lksig.wire.target import Target

NOWHERE, NOBODY = "lksig-replay", "lksig-replay"
"""Room and identity where the recording names none."""

_ONLY_V1: dict[str, Any] = dict.fromkeys(
    ("address", "other_sdks", "metadata", "add_track_requests", "publisher_offer", "sync_state")
)


@record
class Reopened:
    """A socket, ready to be opened."""

    handshake: Handshake
    room: str | None
    identity: str | None
    renamed: frozenset[tuple[str | None, str | None]]
    """What was recorded, and what is said instead because it was asked for."""


class Reopener:
    """Makes the handshakes.

    Args:
        target: the server; its own query is not used.
        now_s: the time [unix s], asked for each token.
        key: makes tokens, with `secret`.
        token: a ready one, for the one participant of the recording.
        room: instead of the recorded one; `identity`, `name` and `grants` likewise.
        headers: of every handshake, beyond our own.
        on_token: told of each token that is made, before anything shows it.
    """

    def __init__(
        self,
        target: Target,
        now_s: Callable[[], float],
        *,
        key: str | None = None,
        secret: str | None = None,
        token: str | None = None,
        room: str | None = None,
        identity: str | None = None,
        name: str | None = None,
        grants: Mapping[str, object] | None = None,
        headers: Sequence[tuple[str, str]] = (),
        on_token: Callable[[str], None] = lambda token: None,
    ) -> None:
        self._target = dataclasses.replace(target, token=None, join_request=None, parameters=())
        self._now_s = now_s
        self._key, self._secret, self._token = key, secret, token
        self._room, self._identity, self._name = room, identity, name
        self._grants = dict(grants or {})
        self._headers = tuple(headers)
        self._on_token = on_token
        self._only: str | None = None
        """The recorded identity that a ready token, or an identity that was given, is used for."""

    def reopen(self, opening: Opening, bindings: Bindings, newer: str | None) -> Reopened:
        """The handshake for a socket of the recording.

        Args:
            newer: the newest token the server gave this session, for another socket of it.

        Raises:
            InputError: one token, or one identity, for two participants; a value that cannot be sent.
            AuthError: there is nothing to join with.
        """
        room, identity = self._room or opening.room, self._identity or opening.identity
        if self._token is not None:
            from lksig.wire.token_claims import read_token

            ready = read_token(self._token)
            room, identity = ready.room or room, ready.identity or identity
        else:
            room, identity = room or NOWHERE, identity or f"{NOBODY}-{opening.session}"
        self._check_only(opening)
        bindings.rename(opening.identity, identity)
        token = newer or self._token or self._made(opening, room, identity or "")
        path = self._target.path or opening.path
        handshake = build(
            self._target,
            _options(opening, path == "v1", bindings, token),
            path=path,
            token=token,
            headers=self._headers,
            presentation=JoinOptions(),
        )
        pairs = (
            (opening.room, room),
            (opening.identity, identity),
            (opening.name or "", self._name or opening.name or ""),
        )
        return Reopened(handshake, room, identity, frozenset(pair for pair in pairs if pair[0] != pair[1]))

    def _check_only(self, opening: Opening) -> None:
        if self._token is None and self._identity is None:
            return
        recorded = opening.identity or f"session {opening.session}"
        if self._only not in (None, recorded):
            what = "token is" if self._token is not None else "identity is"
            each = "each participant gets a token of its own"
            raise InputError(
                f"one {what} given, and the recording has two participants: {self._only} and {recorded}",
                code="one-participant",
                hint=f"give `--api-key` and `--api-secret`: {each}"
                if self._token is not None
                else f"leave `--identity` out: {each}",
            )
        self._only = recorded

    def _made(self, opening: Opening, room: str | None, identity: str) -> str:
        from lksig.wire.access_token import mint

        if self._key is None or self._secret is None:
            raise AuthError(
                "nothing to join with",
                code="no-credentials",
                hint="give `--api-key` with `--api-secret`, `--token`, or `--dev`",
            )
        token = mint(
            self._key,
            self._secret,
            identity=identity,
            room=room,
            now_s=int(self._now_s()),
            name=self._name or opening.name,
            grants={**opening.grants, **self._grants},
            metadata=opening.metadata,
            attributes=opening.attributes,
            claims=opening.claims,
        )
        self._on_token(token)
        return token


def _options(opening: Opening, is_v1: bool, bindings: Bindings, token: str) -> JoinOptions:
    """What the client said, with live ids."""
    options = opening.options if is_v1 else dataclasses.replace(opening.options, **_ONLY_V1)
    changes: dict[str, Any] = {}
    if is_v1 and options.publish is not None:
        changes["publish"] = None
    if options.participant_sid is not None:
        changes["participant_sid"] = bindings.live_id(options.participant_sid)
    for name in ("publisher_offer", "sync_state"):
        if getattr(options, name) is not None:
            changes[name] = _rewritten(getattr(options, name), bindings, token)
    if options.add_track_requests:
        changes["add_track_requests"] = tuple(_rewritten(one, bindings, token) for one in options.add_track_requests)
    return dataclasses.replace(options, **changes)


def _rewritten(message: Any, bindings: Bindings, token: str) -> Any:
    copy = type(message)()
    copy.CopyFrom(message)
    # What a recording keeps of a handshake is decoded: placeholders stand in it, whoever hid something.
    bindings.rewrite(copy, token, is_redacted=True)
    return copy
