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
    from pathlib import Path

    from lksig.live.blocking import BlockingSession, LoopThread
    from lksig.session.replay_report import ReplayReport
    from lksig.wire.redaction import Secrets

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


class Replayed:
    """What a replay found."""

    def __init__(self, report: ReplayReport, secrets: Secrets) -> None:
        self._report = report
        self._secrets = secrets

    def __repr__(self) -> str:
        return f"Replayed(is_same={self.is_same}, {self._report.same} of {self._report.answers} answers)"

    @property
    def is_same(self) -> bool:
        """Every answer came again, and says the same."""
        return self._report.is_same

    @property
    def text(self) -> str:
        """The report, as `lksig replay` prints it: the verdict, then each difference, secrets hidden."""
        from lksig.render.replay_report import report_lines
        from lksig.render.safe_text import neutralise

        return "\n".join(neutralise(line) for line in report_lines(self._report, self._secrets))

    def as_dict(self) -> Any:
        """The report, as the `replay` object of `lksig replay --json`."""
        import json

        from lksig.render.replay_report import report_json

        return json.loads(report_json(self._report, self._secrets))


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
            __tracebackhide__ = True  # it has a key in it, which `--showlocals` would show
            found = {"api_key": lksig_server.api_key, "api_secret": lksig_server.api_secret, **options}
            opening = connect(lksig_server.url, identity=identity, room=room, **found)
            session = BlockingSession(lksig_loop, opening)
            sessions.callback(session.close)
            return session

        yield open_session


@pytest.fixture
def replay(lksig_server: Server, lksig_loop: LoopThread) -> Callable[..., Replayed]:
    """Plays the client's side of a recording: `replay("call.lksig")`, with `speed=` as `lksig replay --speed`.

    Every participant of the recording joins again as itself, `room=` says where else.
    """

    def play(path: str | Path, *, speed: str = "max", room: str | None = None, timeout_s: float = 5.0) -> Replayed:
        __tracebackhide__ = True
        return lksig_loop.run(_replayed(lksig_server, path, speed, room, timeout_s))

    return play


async def _replayed(server: Server, path: str | Path, speed: str, room: str | None, timeout_s: float) -> Replayed:
    import time
    from pathlib import Path

    from lksig.live.clock import SystemClock
    from lksig.live.dial import DialOptions, dial
    from lksig.live.reopening import Reopener
    from lksig.live.replayer import replay_to_server
    from lksig.live.run import Run
    from lksig.recording.reader import open_recording
    from lksig.session.playback import Player, parse_speed
    from lksig.wire.handshake import read_url
    from lksig.wire.redaction import Secrets

    secrets = Secrets(os.urandom(16))
    secrets.give(server.api_secret)
    reopener = Reopener(
        read_url(server.url),
        time.time,
        key=server.api_key,
        secret=server.api_secret,
        room=room,
        on_token=secrets.learn,
    )

    async def dialer(handshake: Any, receiver: Any) -> Any:
        return await dial(handshake, receiver, DialOptions(), secrets)

    with open_recording(Path(path)) as recording:
        report = await replay_to_server(
            recording.readings(),
            Run(SystemClock()),
            dialer,
            reopener,
            player=Player(parse_speed(speed)),
            timeout_s=timeout_s,
        )
        error = recording.problem()
    if error is not None:
        raise error
    return Replayed(report, secrets)
