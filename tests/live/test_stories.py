"""How sessions end and go on, on the real server: told as they happened."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live.real_server import KEY, SECRET, RealServer
from tests.support.cli import run
from tests.support.served import Served

SHUTDOWNS = 5
"""Tried until the leave of one arrives."""


class Story:
    """A `lksig listen --json` of its own, read line by line."""

    def __init__(self, url: str, *flags: str) -> None:
        self._process = Served(url).start("listen", "--json", *flags)
        self.lines: list[Any] = []

    def until(self, **facts: Any) -> Any:
        """The next line that has these values."""
        assert self._process.stdout is not None
        for text in self._process.stdout:
            line = json.loads(text)
            self.lines.append(line)
            if all(line.get(key) == value for key, value in facts.items()):
                return line
        raise AssertionError(f"the story ended before {facts}; it was {self.lines[-5:]}")

    def end(self, number: signal.Signals | None = None) -> int:
        """The exit code; after a signal, if one is given."""
        if number is not None:
            self._process.send_signal(number)
        assert self._process.stdout is not None
        self.lines += [json.loads(text) for text in self._process.stdout]
        return self._process.wait()

    def told(self, code: str) -> list[str]:
        return [line["text"] for line in self.lines if line["kind"] == "note" and line["code"] == code]

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[RealServer]:
    """A server of this test's own: it is going to be killed."""
    server = RealServer(tmp_path)
    server.start()
    yield server
    server.stop()


def told_story(url: str, *flags: str) -> Story:
    return Story(url, "--room", "story", "--identity", "ann", *flags)


def test_duplicate_identity(real_server: RealServer) -> None:
    story = told_story(real_server.url)
    try:
        story.until(case="join")
        credentials = ("--api-key", KEY, "--api-secret", SECRET, "--room", "story", "--identity", "ann")
        assert run("listen", real_server.url, *credentials, "-n", "1").exit_code == 0
        leave = story.until(case="leave")["message"]["leave"]
        assert (leave["reason"], leave["action"]) == ("DUPLICATE_IDENTITY", "DISCONNECT")
        assert story.end() == 8
        assert story.lines[-1]["ended_by"] == "server"
    finally:
        story.kill()


@pytest.mark.parametrize("path", ["v0", "v1"])
def test_resume_while_the_old_socket_is_open(real_server: RealServer, path: str) -> None:
    story = told_story(real_server.url, "--path", path)
    try:
        sid = story.until(case="join")["message"]["join"]["participant"]["sid"]
        credentials = ("--api-key", KEY, "--api-secret", SECRET, "--room", "story", "--identity", "ann")
        ran = run(
            "listen", real_server.url, *credentials, "--path", path, "--resume", sid, "--json", "--until", "room_update"
        )
        cases = [line["case"] for line in ran.json if line["kind"] == "message" and line["dir"] == "to_client"]
        assert cases[0] == "reconnect"
        assert "join" not in cases
        assert ran.exit_code == 0
        # The old socket is closed without a word.
        close = story.until(kind="close")
        assert (close["code"], close["ended_by"]) == (1000, "server")
        assert not [line for line in story.lines if line.get("case") == "leave"]
        assert story.end() == 8
    finally:
        story.kill()


def test_shutdown(own_server: RealServer) -> None:
    """Observed: livekit-server 1.13.5 exits without flushing: now and then its leave is lost, or its close too.

    Every shutdown is told as what arrived; of a few, one must bring the leave.
    """
    for _ in range(SHUTDOWNS):
        story = told_story(own_server.url)
        try:
            story.until(case="refresh_token")
            own_server.stop()
            exit_code = story.end()
        finally:
            story.kill()
        leaves = [line["message"]["leave"] for line in story.lines if line.get("case") == "leave"]
        is_network = not leaves and story.lines[-1]["code"] is None
        assert story.lines[-1]["ended_by"] == ("network" if is_network else "server")
        assert exit_code == (3 if is_network else 8)
        if leaves:
            assert (leaves[0]["reason"], leaves[0]["action"]) == ("SERVER_SHUTDOWN", "DISCONNECT")
            return
        own_server.start()
    pytest.fail(f"{SHUTDOWNS} shutdowns and no leave")


def test_a_crash_is_followed_to_the_next_session(own_server: RealServer) -> None:
    """The socket is lost, a resume is tried, the server does not know the participant, the client starts over."""
    story = told_story(own_server.url, "--reconnect")
    try:
        first = story.until(case="join")["message"]["join"]["participant"]["sid"]
        own_server.kill()
        close = story.until(kind="close")
        assert (close["code"], close["ended_by"]) == (None, "network")
        own_server.start()
        second = story.until(case="join")["message"]["join"]["participant"]["sid"]
        assert second != first
        assert story.end(signal.SIGINT) == 130
        told = story.told("reconnect")
        assert told[0] == "resume: the socket was lost without a leave"
        assert told[-1].startswith("rejoin: the resume was answered by leave STATE_MISMATCH")
        sockets = {line["socket"] for line in story.lines if line["kind"] == "message"}
        assert len(sockets) >= 3
    finally:
        story.kill()


def test_an_sdk_stops_where_the_server_says_so(real_server: RealServer) -> None:
    story = told_story(real_server.url, "--reconnect")
    try:
        story.until(case="join")
        credentials = ("--api-key", KEY, "--api-secret", SECRET, "--room", "story", "--identity", "ann")
        run("listen", real_server.url, *credentials, "-n", "1")
        assert story.end() == 8
        assert story.told("reconnect") == [
            "stop: leave DUPLICATE_IDENTITY, action DISCONNECT: an SDK stops here",
        ]
    finally:
        story.kill()


def test_a_connection_that_is_lost_is_exit_3(own_server: RealServer) -> None:
    story = told_story(own_server.url)
    try:
        story.until(case="join")
        own_server.kill()
        assert story.end() == 3
        assert story.lines[-1]["ended_by"] == "network"
    finally:
        story.kill()
