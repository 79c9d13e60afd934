"""What of a recorded response is the client's own, and stands for its recorded namesake: ids, identity, token.

The rule: what the server chose (sids, its offers' ids) stays as recorded, for the client learns it from the responses;
what the client chose is put in its place. A response in which nothing has to change keeps its exact bytes.

    answer                          id of the offer
    track_published                 cid; also cid and sdp_cid of every codec, wherever they come back
    request_response                request_id, and the request itself where it is echoed
    (un)publish_data_track_response pub_handle; also in the own `data_tracks` of every update
    store/get_data_blob_response    request_id
    refresh_token, room_moved       the token the client came with: the recorded one is another's, or was overwritten
    everywhere                      the own identity

Source: livekit_rtc.proto, livekit_models.proto. Observed: livekit-server 1.13.5 echoes what it refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from lksig.schema.cases import ECHOES, REQUEST_ID_CASES
from lksig.schema.pool import TO_CLIENT
from lksig.session.replay_script import IDENTITIES
from lksig.wire.codec import decode_frame

if TYPE_CHECKING:
    from lksig.session.replay_script import Asked, Said, Take
    from lksig.wire.events import Encoding

_CIDS = frozenset({"cid", "sdp_cid"})
_TOKENS = frozenset({"refresh_token", "room_moved"})
"""Cases that hold one."""
_PARTICIPANT = "livekit.ParticipantInfo"
_HANDLE_MASK = 0xFFFF
"""Observed: livekit-server 1.13.5 cuts the handle of an `unpublish_data_track_request` to 16 bits."""


class Rebinding:
    """The names of one client, over all of its sockets.

    Args:
        identity: the client's own, out of its token.
        token: that it joined with.
    """

    def __init__(self, take: Take, identity: str, token: str) -> None:
        self._sid = take.sid
        self.token = token
        recorded = take.identity
        # Two of one identity would be one to an SDK: who comes as somebody else's namesake is called as recorded.
        self.is_namesake = identity in take.others and identity != recorded
        renamed = recorded is not None and recorded != identity and not self.is_namesake
        self._identities = {recorded: identity} if renamed else {}
        self._cids: dict[str, str] = {}
        self._handles: dict[int, int] = {}

    def __repr__(self) -> str:
        return f"Rebinding({self._identities}, {self._cids})"

    def learn(self, asked: Asked, live: Any) -> None:
        """The client made a request in place of a recorded one."""
        if asked.case == "add_track":
            self._cids |= _differing([(asked.body.cid, live.cid)])
            codecs = zip(asked.body.simulcast_codecs, live.simulcast_codecs, strict=False)
            self._cids |= _differing((codec.cid, own.cid) for codec, own in codecs)
        elif asked.case == "publish_data_track_request":
            self._handles |= _differing([(asked.body.pub_handle, live.pub_handle)])

    def envelope(self, said: Said, encoding: Encoding, live: Any = None) -> Any:
        """What is sent instead of a recorded response; None for its bytes as they are.

        Args:
            encoding: of the client.
            live: the request that is answered, where the response answers one.
        """
        is_plain = live is None and said.case not in _TOKENS and encoding == said.encoding
        if is_plain and not (self._identities or self._cids or self._handles):
            return None
        message = decode_frame(said.raw, direction=TO_CLIENT, encoding=said.encoding, t_ns=0, by="server")
        envelope: Any = message.envelope
        if envelope is None or message.case is None:
            return None
        before = type(envelope)()
        before.CopyFrom(envelope)
        if self._identities or self._cids or self._handles:
            self._rename(envelope)
        if message.case == "refresh_token":
            envelope.refresh_token = self.token
        elif message.case == "room_moved":
            envelope.room_moved.token = self.token
        elif live is not None and said.asked is not None and said.is_reply:
            _answer(message.case, getattr(envelope, message.case), said.asked.case, live)
        return None if envelope == before and encoding == said.encoding else envelope

    def _rename(self, message: Any) -> None:
        """Names in a message and all within it."""
        for field, value in message.ListFields():
            if field.name in IDENTITIES:
                setattr(message, field.name, self._identities.get(value, value))
            elif field.name in _CIDS:
                setattr(message, field.name, self._cids.get(value, value))
            elif field.message_type is not None:
                for inside in _inside(field, value):
                    self._rename(inside)
        if message.DESCRIPTOR.full_name == _PARTICIPANT and message.sid == self._sid:
            for track in message.data_tracks:
                track.pub_handle = self._handles.get(track.pub_handle, track.pub_handle)


def _differing(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    return {recorded: live for recorded, live in pairs if recorded != live}


def _inside(field: Any, value: Any) -> Iterable[Any]:
    if not field.is_repeated:
        return (value,)
    if not field.message_type.GetOptions().map_entry:
        return tuple(value)
    is_of_messages = field.message_type.fields_by_name["value"].message_type is not None
    return tuple(value.values()) if isinstance(value, Mapping) and is_of_messages else ()


def _answer(case: str, body: Any, asked: str, live: Any) -> None:
    """Put into an answer what the request names it by."""
    if case == "answer":
        body.id = live.id
    elif case == "track_published":
        body.cid = live.cid
    elif case in ("publish_data_track_response", "unpublish_data_track_response"):
        body.info.pub_handle = live.pub_handle & _HANDLE_MASK
    elif asked in REQUEST_ID_CASES:
        body.request_id = live.request_id
    if case == "request_response":
        arm = body.WhichOneof("request")
        if arm is not None and ECHOES[arm] == asked:
            getattr(body, arm).CopyFrom(live)
