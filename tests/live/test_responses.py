"""Every response that the real server can be made to send by signaling alone, through lksig.

One more comes when somebody else publishes media (`media_sections_requirement`), seven need media of one's own, and
nothing sends `room_moved`. Observed: livekit-server 1.13.5.
"""

from __future__ import annotations

import pytest
from livekit import api

from lksig.schema.pool import TO_CLIENT, case_fields
from tests.live.real_server import KEY, SECRET, RealServer
from tests.support.provoked import MUTE, PROVOKED, RECONNECT, beside, check, provoke
from tests.support.served import Served

NEED_MEDIA = {
    "connection_quality",
    "media_sections_requirement",
    "stream_state_update",
    "subscribed_audio_codec_update",
    "subscribed_quality_update",
    "subscription_response",
    "track_subscribed",
    "track_unpublished",
}
NEVER_SENT = {"room_moved"}


@pytest.fixture
def served(real_server: RealServer) -> Served:
    return Served(real_server.url)


@pytest.mark.parametrize("case", PROVOKED)
def test_response(served: Served, case: str) -> None:
    check(case, provoke(served, case))


def test_reconnect(served: Served) -> None:
    room = ("--room", "provoked-reconnect")
    with beside(served, "listen", *room) as first:
        sid = first.until("join")["participant"]["sid"]
        with beside(served, RECONNECT.replace("SID", sid), *room) as second:
            assert second.until("reconnect")["server_info"]["version"]


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")  # it finds `secret` too short
async def test_mute(served: Served, real_server: RealServer) -> None:
    with beside(served, MUTE, "--room", "provoked-mute") as story:
        sid = story.until("track_published")["track"]["sid"]
        async with api.LiveKitAPI(real_server.url.replace("ws", "http", 1), KEY, SECRET) as service:
            await service.room.mute_published_track(
                api.MuteRoomTrackRequest(room="provoked-mute", identity="ann", track_sid=sid, muted=True)
            )
        assert story.until("mute") == {"sid": sid, "muted": True}


def test_every_response_is_accounted_for() -> None:
    assert {*PROVOKED, "reconnect", "mute", *NEED_MEDIA, *NEVER_SENT} == set(case_fields(TO_CLIENT))
