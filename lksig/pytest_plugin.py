"""Fixtures for tests of signaling: a server, sessions, recordings played again. See docs/library.md.

    def test_a_camera_is_announced(lksig_session):
        ann, bob = lksig_session(identity="ann"), lksig_session(identity="bob")
        ann.request("add_track", cid="c1", type="VIDEO", source="CAMERA")
        bob.wait("update.participants(identity=ann and tracks.source=CAMERA)")

pytest loads this by itself where lksig is installed. Tests need no `async`. The server is the embedded one, fresh for
each test, or the one that `--lksig-url` names, with the key and secret of `--lksig-api-key` and `--lksig-api-secret`,
else of LIVEKIT_API_KEY and LIVEKIT_API_SECRET, else `devkey` and `secret`.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:

    from lksig.live.blocking import BlockingSession, LoopThread

DEV_KEY, DEV_SECRET = "devkey", "secret"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options that name a server."""
    group = parser.getgroup("lksig", "LiveKit signaling")
    group.addoption("--lksig-url", metavar="URL", help="Server for lksig's fixtures; the embedded one without it.")
    group.addoption("--lksig-api-key", metavar="KEY", help="Its API key. [LIVEKIT_API_KEY, else devkey]")
    group.addoption("--lksig-api-secret", metavar="SECRET", help="Its API secret. [LIVEKIT_API_SECRET, else secret]")


@dataclass(frozen=True, slots=True)
class Server:
    """Where tests connect to, and with what."""

    url: str
    api_key: str
    api_secret: str

    def __repr__(self) -> str:
        return f"Server({self.url})"


@pytest.fixture(scope="session")
def lksig_loop() -> Iterator[LoopThread]:
    """The event loop that the others run on."""
    from lksig.live.blocking import LoopThread

    with LoopThread() as loop:
        yield loop


@pytest.fixture
def lksig_server(request: pytest.FixtureRequest, lksig_loop: LoopThread) -> Iterator[Server]:
    """The server of `--lksig-url`, or an embedded one that is this test's own: `.url`, `.api_key`, `.api_secret`."""
    url = request.config.getoption("--lksig-url")
    if url is not None:
        yield Server(url, *_credentials(request.config))
        return
    from lksig.live.server import EmbeddedServer

    async def start() -> EmbeddedServer:
        server = EmbeddedServer()
        await server.__aenter__()
        return server

    server = lksig_loop.run(start())
    try:
        yield Server(server.url, DEV_KEY, DEV_SECRET)
    finally:
        lksig_loop.run(server.__aexit__(None, None, None))


def _credentials(config: pytest.Config) -> tuple[str, str]:
    key = config.getoption("--lksig-api-key") or os.environ.get("LIVEKIT_API_KEY") or DEV_KEY
    secret = config.getoption("--lksig-api-secret") or os.environ.get("LIVEKIT_API_SECRET") or DEV_SECRET
    return key, secret


@pytest.fixture
def lksig_session(lksig_server: Server, lksig_loop: LoopThread) -> Iterator[Callable[..., BlockingSession]]:
    """Opens sessions: `lksig_session(identity="ann", room="r")`, with what else `lksig.connect` takes.

    The identity is `ann` and the room `lksig` unless they are given. All sessions are left when the test is over.
    """
    from lksig import connect
    from lksig.live.blocking import BlockingSession

    with contextlib.ExitStack() as sessions:

        def open_session(*, identity: str = "ann", room: str = "lksig", **options: Any) -> BlockingSession:
            found = {"api_key": lksig_server.api_key, "api_secret": lksig_server.api_secret, **options}
            opening = connect(lksig_server.url, identity=identity, room=room, **found)
            session = BlockingSession(lksig_loop, opening)
            sessions.callback(session.close)
            return session

        yield open_session
