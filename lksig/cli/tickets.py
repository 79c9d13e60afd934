"""How participants of a prompt join, from the flags of the command line: the first as they say, others with a token of
their own for the same room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lksig.cli.joining import Inputs, Joining, dial_options, plan
from lksig.cli.live import connect, explain
from lksig.errors import InputError, LksigError
from lksig.live.session import LiveSession

if TYPE_CHECKING:
    from lksig.cli.flags import ClientFlags, OutputFlags, ServerFlags, WireFlags
    from lksig.environ import Environ
    from lksig.live.run import Run
    from lksig.wire.handshake import Handshake


class FlagsTicket:
    """One participant: a plan of the command line that can be carried out."""

    def __init__(self, joining: Joining, client: ClientFlags, wire: WireFlags) -> None:
        self._joining = joining
        self._is_json = client.json_frames
        self._options = dial_options(wire, joining.offers_deflate)
        self.identity = joining.credentials.identity
        self.protocol = joining.protocol
        self.notes: Iterable[tuple[str, str]] = tuple(joining.credentials.notes)

    def session(self, run: Run, number: int) -> LiveSession:
        """A session that is not open yet."""

        async def dialer(handshake: Handshake, receiver: Any) -> Any:
            from lksig.live.dial import dial

            return await dial(handshake, receiver, self._options, self._joining.secrets)

        return LiveSession(run, dialer, number=number, encoding="json" if self._is_json else "protobuf")

    async def open(self, session: LiveSession) -> None:
        """Dial for the first time, with the fallback of `--path auto`.

        Raises:
            LksigError: it did not open; a probe has found out why.
        """
        try:
            await connect(session, self._joining, self._options)
        except LksigError as exc:
            raise await explain(session, self._joining, self._options, exc) from exc

    async def open_again(self, session: LiveSession, *, resume: bool) -> None:
        """Dial for another socket with the newest token.

        Raises:
            LksigError: it did not open.
        """
        from lksig.wire.handshake import JoinOptions

        changes = JoinOptions(reconnect=resume, participant_sid=session.participant_sid if resume else None)
        last = session.handshake
        assert last is not None
        handshake = self._joining.again(last, session.last_token, changes)
        try:
            await session.connect(handshake, room=session.room, identity=session.identity, resume=resume)
        except LksigError as exc:
            raise await explain(session, self._joining, self._options, exc) from exc


class FlagsTickets:
    """Tickets for others, made from the same flags."""

    def __init__(
        self,
        first: Joining,
        flags: tuple[ServerFlags, ClientFlags, WireFlags, OutputFlags],
        url_word: str | None,
        environ: Environ,
        inputs: Inputs,
    ) -> None:
        self._first = first
        self._flags = flags
        self._url_word = url_word
        self._environ = environ
        self._inputs = inputs

    def ticket(self, identity: str) -> FlagsTicket:
        """For another identity in the same room.

        Raises:
            InputError: there is no key and secret to make a token with.
        """
        server, client, wire, output = self._flags
        found = self._first.credentials
        if found.api_key is None or found.api_secret is None:
            raise InputError(
                f"`{identity}` needs a token of its own, and there is no key to make one with",
                code="no-key",
                hint="start with `--api-key` and `--api-secret`, or `--dev`",
            )
        server = replace(server, identity=identity, name=None, room=found.room, token=None, token_file=None, curl=None)
        client = replace(client, resume=None, reconnect_reason=None)
        joining = plan(server, client, wire, output, self._url_word, self._environ, self._inputs, self._first.secrets)
        return FlagsTicket(joining, client, wire)
