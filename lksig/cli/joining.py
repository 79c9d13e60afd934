"""From flags to a session that can be opened: the handshake, the way there, and the secrets to hide."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lksig.cli.credentials import EVICTION, MIN_SECRET_SEEN, Credentials, find_credentials, token_for
from lksig.errors import InputError

if TYPE_CHECKING:
    from lksig.cli.flags import ClientFlags, OutputFlags, ServerFlags, WireFlags
    from lksig.environ import Environ
    from lksig.wire.handshake import Handshake, JoinOptions
    from lksig.wire.redaction import Secrets

_SIZES = {"k": 1_000, "m": 1_000_000, "ki": 1_024, "mi": 1_048_576}
_MOST_DIGITS = 12
"""Of a size: with any factor it stays a size to the library, which counts in 64 bits."""


@dataclass(slots=True)
class Joining:
    """Everything that is decided before the first packet."""

    handshake: Handshake
    fallback: Callable[[], Handshake] | None
    """For `--path auto`: makes the same on v0, when it is needed."""
    credentials: Credentials
    secrets: Secrets
    protocol: int
    """The signaling protocol number the handshake announces; 0 when it announces none."""
    offers_deflate: bool = True
    """permessage-deflate, where no flag decides."""
    is_resume: bool = False
    again: Callable[[Handshake, str | None, JoinOptions], Handshake] = lambda handshake, token, options: handshake
    """The handshake for another socket of the same session: with this token and these options over the first ones."""


class Inputs:
    """Files and time for the request grammar."""

    def __init__(self, environ: Environ) -> None:
        self._environ = environ
        self._stdin_read = False

    def now_ms(self) -> int:
        """The time now [unix ms]."""
        return time.time_ns() // 1_000_000

    def read_file(self, name: str) -> bytes:
        """The bytes of a file; `-` is standard input, once.

        Raises:
            InputError: it cannot be read.
        """
        if name == "-":
            self.claim_stdin()
            return self._environ.stdin_bytes().read()
        try:
            return Path(name).read_bytes()
        except OSError as exc:
            raise InputError(
                f"cannot read `{name}`: {exc.strerror or exc}", code="file-unreadable", layer="file"
            ) from exc

    def claim_stdin(self) -> None:
        """Standard input has one reader.

        Raises:
            InputError: it has one already.
        """
        if self._stdin_read:
            raise InputError("two things read standard input", code="stdin-twice", hint="give one of them a file")
        self._stdin_read = True


def make_secrets(output: OutputFlags, environ: Environ) -> Secrets:
    """The secrets of this run; what the environment holds is known from the start."""
    from lksig.wire.redaction import Secrets

    secrets = Secrets(os.urandom(16), show=output.show_secrets)
    for name in ("LIVEKIT_TOKEN", "LIVEKIT_API_SECRET"):
        value = environ.variable(name)
        if value is not None and len(value) >= MIN_SECRET_SEEN:
            secrets.give(value)
    return secrets


def plan(
    server: ServerFlags,
    client: ClientFlags,
    wire: WireFlags,
    output: OutputFlags,
    url_word: str | None,
    environ: Environ,
    inputs: Inputs,
    secrets: Secrets | None = None,
) -> Joining:
    """What to dial, as whom.

    Args:
        secrets: of the run, where it has some already.

    Raises:
        InputError: something that was given cannot be used.
    """
    from lksig.cli.presenting import curl_file, notes, presenter, read_curl_flag, signal_path
    from lksig.wire.handshake import read_url

    secrets = secrets or make_secrets(output, environ)
    if server.token_file == "-":
        inputs.claim_stdin()
    curl = read_curl_flag(server, url_word, inputs)
    if curl is not None:
        url_word = curl.url
        wire.insecure = wire.insecure or curl.is_insecure
        if curl.token is not None and server.token is None and server.token_file is None:
            server = replace(server, token=curl.token)
    found = find_credentials(server, url_word, environ, curl_file(server))
    target = read_url(found.url, bare=True)
    token = token_for(found, server, int(time.time()), target)
    for secret in (found.token, target.token, found.api_secret):
        if secret is not None and len(secret) >= MIN_SECRET_SEEN:
            secrets.give(secret)
    if token is not None:
        secrets.learn(token)  # where it was made just now, nobody else can have it to put it anywhere
    made_by = presenter(target, _join_options(client, inputs), token, client, wire, curl)
    path = signal_path(client, target, made_by.profile)
    handshake = made_by.handshake("v1" if path == "auto" else path)
    found.notes += notes(target, made_by.profile, wire)
    is_resume = _asks_resume(handshake)
    if is_resume:
        found.notes = [note for note in found.notes if note[0] != EVICTION]
    return Joining(
        handshake,
        (lambda: made_by.handshake("v0")) if path == "auto" else None,
        found,
        secrets,
        announced_protocol(handshake),
        made_by.profile.offers_deflate if made_by.profile is not None else True,
        is_resume,
        made_by.again,
    )


def _join_options(client: ClientFlags, inputs: Inputs) -> JoinOptions:
    from lksig.wire.handshake import JoinOptions

    special = _join_fields(client.join, inputs) if client.join else {}
    return JoinOptions(
        protocol=client.protocol,
        client_protocol=client.client_protocol,
        sdk=client.sdk,
        version=client.sdk_version,
        os=client.os,
        os_version=client.os_version,
        device_model=client.device_model,
        browser=client.browser,
        browser_version=client.browser_version,
        network=client.network,
        capabilities=tuple(client.capability) or None,
        auto_subscribe=client.auto_subscribe,
        auto_subscribe_data_track=client.auto_subscribe_data_track,
        adaptive_stream=client.adaptive_stream,
        subscriber_allow_pause=client.subscriber_allow_pause,
        disable_ice_lite=client.disable_ice_lite,
        reconnect=True if client.resume is not None else None,
        reconnect_reason=client.reconnect_reason,
        participant_sid=client.resume,
        publish=client.publish,
        metadata=client.metadata,
        attributes=dict(pair(word, "--attribute") for word in client.attribute) or None,
        extra=tuple(pair(word, "--param") for word in client.param),
    ).over(JoinOptions(**special))


def _join_fields(words: list[str], inputs: Inputs) -> dict[str, Any]:
    """What `--join FIELD=VALUE` says, as join options.

    Raises:
        InputError: it cannot be read, or holds a placeholder of a redacted secret.
    """
    from lksig.schema.grammar import parse_message
    from lksig.wire.join_options import from_message
    from lksig.wire.places import has_placeholder

    message = parse_message("JoinRequest", words, inputs)
    path = has_placeholder(message)
    if path is not None:
        raise InputError(
            f"`--join {path}=…` holds a placeholder of a secret that was hidden",
            code="placeholder",
            hint="print it with `--show-secrets`, or give the value itself",
        )
    options = from_message(message)
    return {name: value for name in options.__slots__ if (value := getattr(options, name)) not in (None, ())}


def pair(word: str, option: str) -> tuple[str, str]:
    """A `KEY=VALUE`.

    Raises:
        InputError: no `=`, or no key.
    """
    key, equals, value = word.partition("=")
    if not equals or not key:
        raise InputError(f"`{option} {word}` is no KEY=VALUE", code="bad-option", hint=f"write {option} key=value")
    return key, value


def _asks_resume(handshake: Handshake) -> bool:
    join_request: Any = handshake.join_request
    if join_request is not None:
        return bool(join_request.reconnect)
    return dict(handshake.parameters).get("reconnect") in ("1", "true")


def announced_protocol(handshake: Handshake) -> int:
    """The signaling protocol number a handshake announces."""
    join_request: Any = handshake.join_request
    if join_request is not None:
        return int(join_request.client_info.protocol)
    text = dict(handshake.parameters).get("protocol", "0")
    digits = text[1:] if text[:1] in ("+", "-") else text
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0  # as the server reads it


def dial_options(wire: WireFlags, offers_deflate: bool = True) -> Any:
    """The way there, as `lksig.live.dial` takes it.

    Args:
        offers_deflate: where no flag decides over permessage-deflate.

    Raises:
        InputError: a size or a time that is none.
    """
    from lksig.live.dial import DialOptions

    if not 0 < wire.connect_timeout < 86_400:
        raise InputError("`--connect-timeout` needs a positive number of seconds", code="bad-option")
    return DialOptions(
        ca_file=wire.cacert,
        client_cert=wire.cert,
        client_key=wire.key,
        is_insecure=wire.insecure,
        server_name=wire.servername,
        compression=offers_deflate if wire.compression is None else wire.compression,
        proxy=wire.proxy,
        connect_timeout_s=wire.connect_timeout,
        max_message_bytes=_size(wire.max_message_size),
    )


def _size(text: str | None) -> int | None:
    """A number of bytes with an optional k, M, Ki or Mi."""
    if text is None:
        return None
    digits, factor = text.lower().removesuffix("b"), 1
    suffix = max((suffix for suffix in _SIZES if digits.endswith(suffix)), key=len, default=None)
    if suffix is not None:
        digits, factor = digits.removesuffix(suffix), _SIZES[suffix]
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS
    if not is_number or int(digits) == 0:
        raise InputError(f"`--max-message-size {text}` is no size", code="bad-option", hint="bytes, 512k or 2M")
    return int(digits) * factor
