"""Tracks that participants announce: `add_track`, `mute`, `update_audio_track`, `update_video_track`.

No media ever arrives, so an announced track stays pending: its publisher knows it, the others do not, as on the real
server before the first packet. Only simulated participants have published tracks.

Source: livekit-server pkg/rtc/participant.go (AddTrack, addPendingTrack, setTrackMuted, UpdateAudioTrack,
UpdateVideoTrack), utils.go StreamFromTrackSource. Observed: livekit-server 1.13.5; the limits on pending tracks are
those of 1.13.6.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lksig.schema.pool import message_class
from lksig.session.joining import Client
from lksig.session.people import Participant
from lksig.session.rooms import Room

MAX_PENDING_CIDS = 20
MAX_QUEUED_PER_CID = 3
"""Source: livekit-server 1.13.6 LimitConfig."""

AUDIO, VIDEO = 0, 1
"""Source: livekit_models.proto TrackType."""
_STREAMS = {1: "camera", 2: "camera", 3: "screen", 4: "screen"}
"""TrackSource → `TrackInfo.stream` where the client names none."""
_PER_STREAM, _MULTIPLE = 1, 2
"""VideoLayer.Mode: one spatial layer per stream; several in one."""
_SIMULCAST, _REGRESSION = 1, 2
"""BackupCodecPolicy."""
_STEREO, _NO_DTX = 0, 1
"""AudioTrackFeature."""

_PUBLISH_CODECS = {
    VIDEO: ("video/VP8", "video/H264", "video/VP9", "video/AV1", "video/H265"),
    AUDIO: ("audio/PCMU", "audio/PCMA", "audio/opus", "audio/red"),
}
_SVC = frozenset({"vp9", "av1"})


def publish_codecs(client: Client, kind: int) -> tuple[str, ...]:
    """The codecs a client may publish tracks of a TrackType with, the best known first."""
    disabled = client.disabled_codecs + client.disabled_for_publishing
    return tuple(mime for mime in _PUBLISH_CODECS[kind] if mime not in disabled)


def handle_add_track(room: Room, participant: Participant, request: Any) -> None:
    """`add_track`: announced at once, or queued behind a track of the same cid."""
    out = room.world.out
    if not participant.grants.can_publish_source(request.source):
        participant.tell_refusal(out, "NOT_ALLOWED", add_track=request)
        return
    if request.type not in (AUDIO, VIDEO):
        participant.tell_refusal(out, "UNSUPPORTED_TYPE", add_track=request)
        return
    if request.sid:
        # Nobody with a socket has published tracks to add a codec to.
        participant.tell_refusal(out, "NOT_FOUND", add_track=request)
        return
    queue = participant.pending.get(request.cid)
    if _is_too_much(participant, queue):
        participant.tell_refusal(out, "LIMIT_EXCEEDED", add_track=request)
        return
    if queue:
        queue.append(track_info(participant, request, sid=queue[0].sid))
        participant.tell_refusal(out, "QUEUED", add_track=request)
        return
    info = track_info(participant, request, sid=room.world.ids.track(request.type, request.source))
    participant.pending[request.cid] = [info]
    participant.tell(out, "track_published", {"cid": request.cid, "track": info})


def _is_too_much(participant: Participant, queue: list[Any] | None) -> bool:
    if queue is None:
        return len(participant.pending) >= MAX_PENDING_CIDS
    return len(queue) > MAX_QUEUED_PER_CID


def track_info(participant: Participant, request: Any, *, sid: str) -> Any:
    """The TrackInfo the server makes of an AddTrackRequest."""
    policy = request.backup_codec_policy
    if request.type == AUDIO and policy != _REGRESSION:
        policy = _SIMULCAST
    features = sorted(set(request.audio_features))
    features += [_STEREO] * (request.stereo and _STEREO not in features)
    features += [_NO_DTX] * (request.disable_dtx and _NO_DTX not in features)
    info = message_class("TrackInfo")(
        sid=sid,
        type=request.type,
        name=request.name,
        muted=request.muted,
        width=request.width,
        height=request.height,
        disable_dtx=request.disable_dtx,
        source=request.source,
        layers=_by_quality(request.layers),
        stereo=request.stereo,
        disable_red=request.disable_red,
        encryption=request.encryption,
        stream=request.stream or _STREAMS.get(request.source, "unknown"),
        audio_features=features,
        backup_codec_policy=policy,
        packet_trailer_features=sorted(set(request.packet_trailer_features)),
    )
    if request.simulcast_codecs:
        _add_codecs(info, request, publish_codecs(participant.client, request.type))
    else:
        info.codecs.add(cid=request.cid, layers=info.layers, video_layer_mode=_PER_STREAM)
    return info


def _add_codecs(info: Any, request: Any, allowed: Sequence[str]) -> None:
    """The codecs of a simulcast track: those that are enabled, once each, others replaced by the first enabled one."""
    prefix = "video/" if request.type == VIDEO else "audio/"
    enabled = {mime.lower() for mime in allowed}
    for codec in request.simulcast_codecs:
        mime = codec.codec if codec.codec.lower().startswith(prefix) else prefix + codec.codec
        if mime.lower() not in enabled:
            mime = allowed[0]
        if mime in [known.mime_type for known in info.codecs]:
            continue
        mode = codec.video_layer_mode
        if request.type == VIDEO and not mode:
            mode = _MULTIPLE if _name(mime) in _SVC else _PER_STREAM
        info.codecs.add(mime_type=mime, cid=codec.cid, video_layer_mode=mode)
    for number, known in enumerate(info.codecs):
        # By name, as the server does: a replaced codec takes the layers of one that was asked for by that name.
        same = next((one for one in request.simulcast_codecs if _name(one.codec) == _name(known.mime_type)), None)
        layers = same.layers if same is not None and same.layers else request.layers
        known.layers.extend(_by_quality(layers))
        if number == 0 and known.video_layer_mode != _MULTIPLE and len(known.layers) > 1:
            info.simulcast = True


def _name(mime: str) -> str:
    return mime.rpartition("/")[2].lower()


def _by_quality(layers: Iterable[Any]) -> list[Any]:
    return sorted(layers, key=lambda layer: int(layer.quality))


def handle_mute(room: Room, participant: Participant, request: Any) -> None:
    """`mute`: silent for an announced track; there is no other one to mute."""
    found = _changed(participant, request.sid, muted=request.muted)
    participant.is_dirty = True
    if not found:
        participant.tell_refusal(room.world.out, "NOT_FOUND", mute=request)


def handle_update_audio_track(room: Room, participant: Participant, request: Any) -> None:
    """`update_audio_track`: replaces the features; it does not mind a video track."""
    features = sorted(set(request.features))
    found = _changed(
        participant,
        request.track_sid,
        audio_features=features,
        stereo=_STEREO in features,
        disable_dtx=_NO_DTX in features,
    )
    if not found:
        participant.tell_refusal(room.world.out, "NOT_FOUND", update_audio_track=request)


def handle_update_video_track(room: Room, participant: Participant, request: Any) -> None:
    """`update_video_track`: sets the size; it does not mind an audio track."""
    if not _changed(participant, request.track_sid, width=request.width, height=request.height):
        participant.tell_refusal(room.world.out, "NOT_FOUND", update_video_track=request)


def _changed(participant: Participant, sid: str, **fields: Any) -> bool:
    """Change announced tracks, queued ones too; False when there is none with that sid."""
    found = False
    for infos in participant.pending.values():
        for number, info in enumerate(infos):
            if info.sid == sid:
                # A copy: the one that was sent stays as it was.
                changed = message_class("TrackInfo")()
                changed.CopyFrom(info)
                for name, value in fields.items():
                    if isinstance(value, list):
                        changed.ClearField(name)
                        getattr(changed, name).extend(value)
                    else:
                        setattr(changed, name, value)
                infos[number] = changed
                found = True
    return found
