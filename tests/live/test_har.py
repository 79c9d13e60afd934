"""HARs of a real browser session: complete, and equal to what a tap on the wire saw, message for message."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from lksig.recording.importers.imported import Imported
from lksig.recording.opening import open_session_file
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.wire.access_token import mint
from lksig.wire.events import Event, Http, Message, Start
from tests.live.real_sdks import SdkError, browser_har, chromium
from tests.live.real_server import KEY, SECRET, RealServer
from tests.live.tap import tapped
from tests.support.cli import run


def token_for(room: str) -> str:
    return mint(KEY, SECRET, identity="probe", room=room, now_s=int(time.time()), grants={"canUpdateOwnMetadata": True})


def browse(url: str, token: str, path: str, *hars: Path) -> str:
    """Join with the browser SDK; gives what the page said."""
    try:
        command, browser = browser_har(), chromium()
    except SdkError as exc:
        pytest.fail(str(exc), pytrace=False)
    plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    words = [*command, url, token, path, *map(str, hars)]
    done = subprocess.run(
        words, env={**plain, "CHROMIUM": browser}, timeout=50, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def frames(events: list[Event]) -> list[dict[Any, list[bytes]]]:
    """The bytes of all messages by socket, in the order in which they opened, and direction.

    What two sockets hear at once, each observer hears in another order.
    """
    opened = [(event.session, event.socket) for event in events if isinstance(event, Http) and event.status == 101]
    return [
        {
            way: [
                one.raw
                for one in events
                if isinstance(one, Message) and one.direction is way and (one.session, one.socket) == socket
            ]
            for way in (TO_SERVER, TO_CLIENT)
        }
        for socket in opened
    ]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", ["v0", "v1"])
def test_hars_of_the_browser_sdk(real_server: RealServer, tmp_path: Path, path: str) -> None:
    token = token_for(f"har-{path}")
    recorded, devtools = tmp_path / "playwright.har", tmp_path / "devtools.har"

    async def through() -> list[Event]:
        async with tapped(real_server.url) as tap:
            assert await asyncio.to_thread(browse, tap.url, token, path, recorded, devtools) == "done"
        return tap.events

    wire = asyncio.run(through())
    assert len(frames(wire)[0][TO_CLIENT]) > 4
    for har in (recorded, devtools):
        with open_session_file(har) as file:
            assert isinstance(file, Imported)
            events = list(file)
            assert file.problem() is None
        assert frames(events) == frames(wire)
        assert all(event.case is not None for event in events if isinstance(event, Message))
        start = next(event for event in events if isinstance(event, Start))
        assert (start.room, start.identity, start.path) == (f"har-{path}", "probe", path)
        opened = [(event.session, event.socket) for event in events if isinstance(event, Http) and event.status == 101]
        assert opened == [(1, 1), (1, 2)]
        (resumed,) = (event for event in events if isinstance(event, Message) and event.case == "reconnect")
        assert (resumed.session, resumed.socket) == (1, 2)
        check_clean(har, token)


def check_clean(har: Path, token: str) -> None:
    """The token is gone after `redact`, from the HAR and from what becomes of it."""
    assert token in har.read_text()
    clean, made, again = (har.with_suffix(suffix) for suffix in (".clean.har", ".lksig", ".again.har"))
    variables = {"LIVEKIT_TOKEN": token}
    assert run("redact", str(har), str(clean), variables=variables).exit_code == 0
    imported = run("import", str(har), str(made))
    assert imported.exit_code == 0
    assert "holds an access token" in imported.stderr
    assert run("export", str(made), "--to", "har", "-o", str(again)).exit_code == 0
    for path in (clean, made, again):
        assert token not in path.read_text()
        assert run("redact", "--check", str(path), variables=variables).exit_code == 0
        assert run("diff", str(har), str(path), "to_client or to_server").exit_code == 0
