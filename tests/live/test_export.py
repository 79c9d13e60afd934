"""A session with the real server as a pytest: it passes there, and fails against a server that answers differently."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.live.real_server import KEY, SECRET, RealServer
from tests.support.cli import run

STORY = "add_track cid=c type=VIDEO source=CAMERA mute sid=%c muted=true mute sid=TR_x update_metadata name=Ann"
DATA_TRACK = "publish_data_track_request pub_handle=1 name=d"


def pytest_of(project: Path, url: str) -> subprocess.CompletedProcess[str]:
    flags = ("--lksig-url", url, "--lksig-api-key", KEY, "--lksig-api-secret", SECRET)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *flags]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=50, check=False)


def test_the_exported_test_holds_where_it_was_recorded(real_server: RealServer, tmp_path: Path) -> None:
    recording, made = tmp_path / "call.lksig", tmp_path / "test_call.py"
    credentials = ("--api-key", KEY, "--api-secret", SECRET, "--room", "exported", "--identity", "ann")
    words = [*STORY.split(), *DATA_TRACK.split()]
    sent = run("send", real_server.url, *credentials, "--record", str(recording), *words)
    assert sent.exit_code == 1, sent.stderr  # one mute is refused
    assert run("export", str(recording), "--to", "pytest", "-o", str(made)).exit_code == 0
    passed = pytest_of(tmp_path, real_server.url)
    assert passed.returncode == 0, passed.stdout
    other = RealServer(tmp_path, {"enable_data_tracks": False})
    other.start()
    try:
        failed = pytest_of(tmp_path, other.url)
    finally:
        other.stop()
    assert failed.returncode == 1, failed.stdout
    assert "publish_data_track_request" in failed.stdout
