"""Summaries of the messages about media: session descriptions, candidates, what of a track is wanted or flows.

Source: livekit_rtc.proto SessionDescription, TrickleRequest, SyncState, SubscribedQualityUpdate; Observed:
livekit-server 1.13.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lksig.patterns import lazy_pattern
from lksig.render.phrases import MAX_NAMED, joined, listed, names_of, parts, some
from lksig.wire import sdp

if TYPE_CHECKING:
    from lksig.render.phrases import Case
    from lksig.render.summaries import Summaries
    from lksig.wire.events import Reading

_PLAIN_CANDIDATE = lazy_pattern(
    r'\{"candidate":"candidate:[0-9A-Za-z+/]{1,32} [0-9]{1,5} (udp|tcp) [0-9]{1,10} ([0-9a-f.:]{1,45}) ([0-9]{1,5})'
    r' typ host(?: tcptype ([a-z]{1,8}))?(?: ufrag [^" \\]{1,256})?",'
    r'"sdpMid":"([0-9]{1,4})","sdpMLineIndex":[0-9]{1,4},"usernameFragment":(?:null|"[^"\\]{0,256}")\}'
)
"""A host candidate as livekit-server 1.13.5 and browsers write it, nothing in it that could need escaping."""


_TARGET = names_of("SignalTarget")
_STREAM_STATE = names_of("StreamState")
_LAYER = names_of("VideoQuality")


def _description(tell: Summaries, body: Any, reading: Reading) -> str:
    return _description_words(tell, body, reading.event.case)


def _description_words(tell: Summaries, body: Any, case: str) -> str:
    """`id=1 · 1 section: application · no candidates`; the type only where it is not the case's own."""
    words = [f"id={body.id}"] if body.id else []
    if body.type != case:
        words.append(f"type={tell.word(body.type)}")
    mids = sorted(body.mid_to_track_id, key=lambda mid: (len(mid), mid))  # numbers, as a rule
    tracks = some(mids, lambda mid: f"{tell.word(mid)}={tell.word(body.mid_to_track_id[mid])}")
    return parts(" ".join(words), tell.prose(sdp.summary(body.sdp)), f"mids {tracks}" if mids else None)


def _trickle(tell: Summaries, body: Any, reading: Reading) -> str:
    return trickle_words(tell, body)


def trickle_words(tell: Summaries, body: Any) -> str:
    """`SUBSCRIBER host udp 192.0.2.2:7869, mid 0, final`."""
    final = ", final" if body.final else ""
    return f"{_TARGET[body.target]} {candidate_words(tell, body.candidateInit)}{final}"


def candidate_words(tell: Summaries, candidate_init: str) -> str:
    """`sdp.candidate_summary`, made harmless; the shape that servers send all day takes a short cut to the same words.

    Measured: 2 µs instead of 10, in every fifth message of a real session.
    """
    match = _PLAIN_CANDIDATE.fullmatch(candidate_init)
    if match is None:
        return tell.prose(sdp.candidate_summary(candidate_init))
    protocol, address, port, tcp_type, mid = match.groups()
    kind = f"host {protocol} {tcp_type}" if tcp_type is not None else f"host {protocol}"
    place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    return f"{kind} {place}, mid {mid}"


def _sync_state(tell: Summaries, body: Any, reading: Reading) -> str:
    def published(track: Any) -> str:
        return f"{tell.word(track.cid)} {tell.word(track.track.sid)}"

    def receive_state(state: Any) -> str:
        return f"{tell.word(state.publisher_sid)} {state.last_seq}"

    def description(name: str) -> str | None:
        return f"{name} {_description_words(tell, getattr(body, name), name)}" if body.HasField(name) else None

    def words(name: str) -> str | None:
        return f"{name} {tell.words(getattr(body, name), typed=True)}" if body.HasField(name) else None

    return parts(
        description("offer"),
        description("answer"),
        words("subscription"),
        listed("publish_tracks", body.publish_tracks, published),
        listed("publish_data_tracks", body.publish_data_tracks, lambda one: tell.word(one.info.sid)),
        listed("data_channels", body.data_channels, lambda one: tell.word(one.label)),
        listed("track_sids_disabled", body.track_sids_disabled, tell.word),
        listed("datachannel_receive_states", body.datachannel_receive_states, receive_state),
        words("data_subscription"),
    )


def _track_setting(tell: Summaries, body: Any, reading: Reading) -> str:
    """An unset quality is LOW, which counts only where the track is on and no size is named."""
    words = tell.words(body, typed=True)
    return words if body.quality or body.disabled or body.width else f"{words} quality=LOW"


def _media_sections(tell: Summaries, body: Any, reading: Reading) -> str:
    """Observed: livekit-server 1.13.5 sends 0/0 after every change of subscriptions; it means "offer again"."""
    if not body.num_audios and not body.num_videos:
        return "offer again"
    return f"offer again with {body.num_audios} more audio, {body.num_videos} more video"


def _stream_states(tell: Summaries, body: Any, reading: Reading) -> str:
    def one(info: Any) -> str:
        state = _STREAM_STATE[info.state]
        return f"{tell.word(info.track_sid)} of {tell.word(info.participant_sid)} {state}"

    return some(body.stream_states, one) if body.stream_states else "no streams"


def _wanted_quality(tell: Summaries, body: Any, reading: Reading) -> str:
    """`TR_x vp8 LOW MEDIUM, not HIGH`: which layers somebody watches."""

    def layers(qualities: Any) -> str:
        wanted = [_LAYER[one.quality] for one in qualities if one.enabled]
        unwanted = [_LAYER[one.quality] for one in qualities if not one.enabled]
        return ", ".join([" ".join(wanted) or "nothing", *([f"not {' '.join(unwanted)}"] if unwanted else [])])

    told = [f"{tell.word(codec.codec)} {layers(codec.qualities)}" for codec in body.subscribed_codecs[:MAX_NAMED]]
    if not told:
        # Deprecated, and a mirror of the first codec where there are codecs.
        told = [layers(body.subscribed_qualities)]
    return f"{tell.word(body.track_sid)} wanted: {joined(told, len(body.subscribed_codecs) or 1, '; ')}"


def _wanted_audio(tell: Summaries, body: Any, reading: Reading) -> str:
    def one(codec: Any) -> str:
        return f"{tell.word(codec.codec)} {'on' if codec.enabled else 'off'}"

    return f"{tell.word(body.track_sid)} wanted: {some(body.subscribed_audio_codecs, one) or 'nothing'}"


REQUESTS: dict[str, Case] = {
    "offer": _description,
    "answer": _description,
    "trickle": _trickle,
    "sync_state": _sync_state,
    "track_setting": _track_setting,
}
"""Requests by case."""

RESPONSES: dict[str, Case] = {
    "offer": _description,
    "answer": _description,
    "trickle": _trickle,
    "media_sections_requirement": _media_sections,
    "stream_state_update": _stream_states,
    "subscribed_quality_update": _wanted_quality,
    "subscribed_audio_codec_update": _wanted_audio,
}
"""Responses by case."""
