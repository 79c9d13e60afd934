"""`show --state` against the server's own view: what RoomService of livekit-api says of the same room."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from livekit import api

from tests.live.real_server import KEY, SECRET, RealServer
from tests.support.cli import run

ROOM = "state-of-the-room"
DEADLINE_S = 20.0


class Client:
    """A session of lksig in a process of its own, which stays until it is told to leave; JSON lines come out."""

    def __init__(self, server: RealServer, identity: str, *words: str) -> None:
        credentials = ("--url", server.url, "--api-key", KEY, "--api-secret", SECRET, "--room", ROOM)
        stay = ("--identity", identity, "--json", "--linger", str(DEADLINE_S * 2))
        command = [sys.executable, "-m", "lksig", "send", *credentials, *stay, *words]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.stdout = self.process.stdout

    def until(self, what: Callable[[Any], bool]) -> Any:
        """The next line that fits."""
        for text in self.stdout:
            line = json.loads(text)
            if what(line):
                return line
        raise AssertionError("the session ended before")

    def leave(self) -> int:
        self.process.send_signal(signal.SIGINT)
        self.stdout.read()
        return self.process.wait(DEADLINE_S)


@pytest.fixture
def clients() -> Iterator[list[Client]]:
    made: list[Client] = []
    yield made
    for client in made:
        if client.process.poll() is None:
            client.process.kill()
            client.process.wait()
        client.stdout.close()


async def administer(url: str) -> None:
    async with api.LiveKitAPI(url.replace("ws:", "http:"), KEY, SECRET) as lk:
        permission = api.ParticipantPermission(can_subscribe=True, can_publish=False, can_publish_data=True)
        await lk.room.update_participant(
            api.UpdateParticipantRequest(
                room=ROOM, identity="bob", name="Bob B.", metadata="by admin", permission=permission
            )
        )
        await lk.room.update_room_metadata(api.UpdateRoomMetadataRequest(room=ROOM, metadata="about tables"))


async def servers_view(url: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The room, and its participants by identity."""
    async with api.LiveKitAPI(url.replace("ws:", "http:"), KEY, SECRET) as lk:
        rooms = await lk.room.list_rooms(api.ListRoomsRequest(names=[ROOM]))
        people = await lk.room.list_participants(api.ListParticipantsRequest(room=ROOM))
    (room,) = rooms.rooms
    return _dict(room), {one.identity: _dict(one) for one in people.participants}


def _dict(message: Any) -> dict[str, Any]:
    value: dict[str, Any] = MessageToDict(message, preserving_proto_field_name=True)
    return value


def is_update_of(identity: str, **fields: Any) -> Callable[[Any], bool]:
    def fits(line: Any) -> bool:
        told = line.get("message", {}).get("update", {}).get("participants", [])
        return any(
            one["identity"] == identity and all(one.get(name) == value for name, value in fields.items())
            for one in told
        )

    return fits


def is_room_update(line: Any) -> bool:
    return bool(line.get("message", {}).get("room_update", {}).get("room", {}).get("metadata") == "about tables")


def is_result_of(case: str) -> Callable[[Any], bool]:
    return lambda line: line["kind"] == "result" and line["case"] == case


@pytest.mark.filterwarnings("ignore:The HMAC key is")  # the secret of --dev is that short
def test_the_state_is_what_the_server_says(real_server: RealServer, tmp_path: Path, clients: list[Client]) -> None:
    path = tmp_path / "ann.lksig"
    requests = (
        *("add_track", "cid=cam1", "type=VIDEO", "source=CAMERA"),
        *("publish_data_track_request", "pub_handle=1", "name=pose"),
        *("update_metadata", "name=Ann", "metadata=mine", "attributes.lk.mood=ok"),
    )
    ann = Client(real_server, "ann", "--record", str(path), *requests)
    clients.append(ann)
    ann.until(is_result_of("update_metadata"))
    clients.append(Client(real_server, "bob", "publish_data_track_request", "pub_handle=7", "name=lidar"))
    ann.until(lambda line: is_update_of("bob")(line) and "lidar" in json.dumps(line))
    asyncio.run(administer(real_server.url))
    ann.until(is_room_update)
    room, people = view_that_stays(real_server.url)
    assert [client.leave() for client in clients] == [130, 130]

    (state,) = run("show", str(path), "--state", "end", "--json", "--show-secrets").json
    told = {person["value"]["identity"]: person for person in state["participants"]}
    assert set(told) == set(people)
    for identity, expected in people.items():
        value = told[identity]["value"]
        for name in ("sid", "state", "name", "metadata", "attributes", "permission", "joined_at", "kind", "version"):
            assert _set(value.get(name)) == _set(expected.get(name)), (identity, name)
        tracks = [_set(track["value"]) for track in told[identity]["data_tracks"]]
        assert tracks == [_set(track) for track in expected.get("data_tracks", [])], identity
    for name in ("sid", "name", "metadata", "creation_time", "empty_timeout", "departure_timeout"):
        assert state["room"]["value"].get(name) == room.get(name), name
    assert [track["value"]["type"] for track in state["announced"]] == ["VIDEO"]
    assert told["bob"]["from"]["metadata"] > told["bob"]["from"]["sid"]


def view_that_stays(url: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The server writes some of its view a moment later: ask until two answers are the same."""
    deadline = time.monotonic() + DEADLINE_S
    seen = asyncio.run(servers_view(url))
    while time.monotonic() < deadline:
        again = asyncio.run(servers_view(url))
        if again == seen:
            return again
        seen = again
    raise AssertionError("the server's view does not settle")


def _set(value: Any) -> Any:
    """Without what is unset: the one JSON leaves it out, the other prints enums and booleans."""
    unset: tuple[Any, ...] = (None, False, "", 0, "0", "STANDARD", "JOINING", "NONE", {}, [])
    if isinstance(value, dict):
        return {name: _set(inside) for name, inside in value.items() if _set(inside) not in unset}
    return None if value in unset else value
