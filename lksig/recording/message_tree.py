"""A message as a tree of texts that is the same for two runs of one story: what `compare` compares.

The rule: nothing but ids, times, secrets and what was random is left out, and what has a name stands under it and not
under its place in a list. Scalars are texts as the views print them; unset ones are not there, and a node knows what
they count as. Ids, and what changes each time: `stable`. Session descriptions and candidates: `sdp_tree`.
"""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lksig.recording.sdp_tree import candidate_tree, sdp_tree
from lksig.recording.stable import Roles, change_of, offer_number, without_expiry
from lksig.recording.trees import Bag, Node, Order, Tree
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.wire.codec import unknown_fields
from lksig.wire.events import Message
from lksig.wire.redaction import treatment

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor

MAX_HEX_BYTES = 32
"""A longer bytes value is told by its length and the start of its SHA-256."""

KEYS: dict[str, tuple[str, ...]] = {
    "ParticipantInfo": ("sid", "identity"),
    "TrackInfo": ("sid",),
    "DataTrackInfo": ("sid", "name"),
    "TrackPublishedResponse": ("cid",),
    "AddTrackRequest": ("cid",),
    "PublishDataTrackResponse": ("info.name",),
    "SimulcastCodec": ("codec",),
    "SimulcastCodecInfo": ("mime_type",),
    "Codec": ("mime",),
    "VideoLayer": ("quality",),
    "ParticipantTracks": ("participant_sid",),
    "UpdateDataSubscription.Update": ("track_sid",),
    "TrackPermission": ("participant_sid", "participant_identity"),
    "SpeakerInfo": ("sid",),
    "ConnectionQualityInfo": ("participant_sid",),
    "StreamStateInfo": ("track_sid",),
    "SubscribedQuality": ("quality",),
    "SubscribedCodec": ("codec",),
    "SubscribedAudioCodec": ("codec",),
    "DataChannelInfo": ("label",),
    "DataChannelReceiveState": ("publisher_sid",),
    "RegionInfo": ("region",),
}
"""Message in a list → the field that names an element, or the one that does where that is unset."""

IN_ORDER = frozenset({"Codec", "RegionInfo"})
"""Lists of named elements whose order means something: a preference."""

UNORDERED = frozenset(
    {"track_sids", "track_sids_disabled", "capabilities", "can_publish_sources", "kind_details"}
    | {"audio_features", "features", "packet_trailer_features"}
)
"""Lists of scalars that are sets."""

_Teller = Callable[[Any], "Tree | None"]


class Trees:
    """Makes the trees of the messages of one recording.

    Args:
        roles: of that recording; they must have observed a message before its tree is made.
        times: keep what says a time.
    """

    def __init__(self, roles: Roles, *, times: bool = False) -> None:
        self._roles = roles
        self._times = times
        self._plans: dict[str, tuple[dict[int, tuple[str, _Teller]], dict[str, str]]] = {}

    def of(self, message: Message) -> Node:
        """The tree of a message."""
        if message.envelope is None:
            reason = message.error.reason if message.error is not None else "not decoded"
            return Node({"undecodable": reason, "raw": _bytes_text(message.raw)})
        tree = self._message(message.envelope)
        description = tree.get(message.case or "")
        if message.case in ("offer", "answer") and isinstance(description, Node):
            number = offer_number(message, self._roles)
            description["id"] = f"{description.get('id', 0)} (of no offer)" if number is None else str(number)
        elif message.case == "sync_state" and isinstance(description, Node):
            self._number_kept(message, description)
        if message.case is not None:
            tree.setdefault(message.case, Node())
        if message.encoding != "protobuf":
            tree["encoding"] = message.encoding
        for path, field, wire, value in unknown_fields(message):
            said = _text_of_unknown(wire, value)
            tree.add(f"unknown.{path + '.' if path else ''}{field}", self._roles.ids(said))
        return tree

    def _number_kept(self, message: Message, state: Node) -> None:
        """The descriptions that a client kept for a resume; either of them may be its own side's or the server's."""
        envelope: Any = message.envelope
        for name, sides in (("offer", (TO_SERVER, TO_CLIENT)), ("answer", (TO_CLIENT, TO_SERVER))):
            kept, number = state.get(name), getattr(envelope.sync_state, name).id
            found = [one for side in sides if (one := self._roles.offer(message.session, side, number)) is not None]
            if isinstance(kept, Node) and found:
                kept["id"] = str(found[0])

    def of_part(self, message: Any) -> Node:
        """The tree of a message that is no envelope: a `JoinRequest`."""
        return self._message(message)

    def _message(self, message: Any) -> Node:
        descriptor = message.DESCRIPTOR
        plan = self._plans.get(descriptor.full_name)
        if plan is None:
            plan = self._plans[descriptor.full_name] = {}, _defaults(descriptor)
        known, defaults = plan
        node = Node()
        node.defaults = defaults
        for field, value in message.ListFields():
            found = known.get(field.number)
            if found is None:
                found = known[field.number] = field.name, self._teller(field)
            name, tell = found
            tree = tell(value)
            if tree is not None:
                node[name] = tree
        return node

    # --- what tells a field -------------------------------------------------------------------------------------------

    def _teller(self, field: FieldDescriptor) -> _Teller:
        kind = field.message_type
        if kind is None:
            return self._scalars(field) if field.is_repeated else self._scalar(field)
        if not field.is_repeated:
            return self._message
        if not kind.GetOptions().map_entry:
            return self._list(kind)
        if field.name == "sub_handles":
            return self._handles
        inside = kind.fields_by_name["value"]
        tell = self._scalar(inside) if inside.message_type is None else self._message
        return lambda entries: Node({self._text(str(key)): tell(entries[key]) or "" for key in sorted(entries)})

    def _handles(self, entries: Any) -> Node:
        """Observed: livekit-server 1.13.5 counts handles from a random number, so a data track names its own."""
        node = Node()
        for handle in sorted(entries):
            node.add(self._text(entries[handle].track_sid), self._message(entries[handle]))
        return node

    def _list(self, kind: Descriptor) -> _Teller:
        name = kind.full_name.removeprefix("livekit.")
        keys = KEYS.get(name)
        if keys is None:
            return lambda values: Node({str(index): self._message(value) for index, value in enumerate(values)})
        is_ordered = name in IN_ORDER

        def told(values: Any) -> Node:
            node = Node()
            for index, value in enumerate(values):
                tree = self._message(value)
                node.add(_key_in(tree, keys) or str(index), tree)
            if is_ordered:
                node["order"] = Order(node)
            return node

        return told

    def _scalars(self, field: FieldDescriptor) -> _Teller:
        tell = self._scalar(field)
        if field.name in UNORDERED:
            return lambda values: Bag(str(tell(value)) for value in values)
        return lambda values: f"[{','.join(str(tell(value)) for value in values)}]"

    def _scalar(self, field: FieldDescriptor) -> _Teller:
        change = change_of(field)
        if change == "random":
            return lambda value: "[secret]"
        if change == "time" and not self._times:
            return lambda value: None
        if change == "expiry" and not self._times:
            return lambda value: without_expiry(self._text(value))
        how = treatment(field)
        if how == "sdp":
            return lambda value: sdp_tree(value, self._roles)
        if how == "candidate_init":
            return lambda value: candidate_tree(value, self._roles)
        if how is not None:
            hidden = (
                "[jwt]" if field.name.endswith("token") else "[secret]"
            )  # overwritten ones are not told from others
            return lambda value: hidden
        if field.enum_type is not None:
            names = {one.number: one.name for one in field.enum_type.values}
            return lambda value: names.get(value) or str(value)
        if field.type == field.TYPE_BOOL:
            return lambda value: "true" if value else "false"
        if field.type == field.TYPE_BYTES:
            return _bytes_text
        if field.type == field.TYPE_FLOAT:
            return _float_text
        return self._text if field.type == field.TYPE_STRING else str

    def _text(self, text: str) -> str:
        return self._roles.ids(text)


def _defaults(descriptor: Any) -> dict[str, str]:
    """What the unset fields of a message count as: those whose absence cannot be told from their default."""
    found = {}
    for field in descriptor.fields:
        if field.is_repeated or field.has_presence or change_of(field) is not None or treatment(field) is not None:
            continue
        if field.enum_type is not None:
            found[field.name] = field.enum_type.values_by_number[0].name
        elif field.type == field.TYPE_BOOL:
            found[field.name] = "false"
        else:
            found[field.name] = "" if field.type in (field.TYPE_STRING, field.TYPE_BYTES) else "0"
    return found


def _key_in(tree: Node, keys: tuple[str, ...]) -> str:
    for key in keys:
        found: Any = tree
        for step in key.split("."):
            found = found.get(step) if isinstance(found, Node) else None
        if isinstance(found, str) and found:
            return found
        if found is None and "." not in key and tree.defaults.get(key):
            return tree.defaults[key]
    return ""


def _float_text(value: float) -> str:
    """The short text where it is the same number in 32 bits."""
    short = f"{value:.6g}"
    return short if ctypes.c_float(float(short)).value == value else f"{value:.9g}"


def _bytes_text(value: bytes) -> str:
    if len(value) <= MAX_HEX_BYTES:
        return f"hex:{value.hex()}"
    return f"{len(value)} bytes, sha256 {hashlib.sha256(value).hexdigest()[:16]}"


def _text_of_unknown(wire: str, value: str) -> str:
    """Text of a peer may hold secrets where nobody knows what it is: it is compared, and not shown."""
    if wire in ("varint", "fixed32", "fixed64"):
        return f"{wire} {value}"
    return f"{wire}, {len(value)} characters, sha256 {hashlib.sha256(value.encode()).hexdigest()[:16]}"
