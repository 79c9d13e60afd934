"""The fixtures of lksig, used from a project of its own: another directory, another pytest, no asyncio plugin."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

from tests.support.served import Served
from tests.support.serving import serving

STORY = """
    import pytest

    def test_others_are_told(lksig_session):
        ann, bob = lksig_session(), lksig_session(identity="bob")
        answer = ann.request("add_track", cid="c1", type="VIDEO", source="CAMERA")
        assert answer.reply.body.track.sid.startswith("TR_")
        assert ann.request("mute", sid="TR_x").outcome == "refused"
        assert bob.wait("update.participants.identity=ann or join").n >= 1
        assert (ann.identity, ann.room, ann.state) == ("ann", "lksig", "CONNECTED")
        assert ann.sid.startswith("PA_")
        assert [message.case for message in ann.messages][0] == "join"
        assert repr(ann) == "Session('ann' in 'lksig', CONNECTED)"
        ann.leave()
        assert ann.state == "DISCONNECTED"
        ann.close()
        ann.close()

    def test_a_refused_join(lksig_session):
        from lksig.errors import AuthError
        with pytest.raises(AuthError):
            lksig_session(api_secret="wrong")

    def test_the_server(lksig_server):
        print(repr(lksig_server))
        assert lksig_server.api_secret not in repr(lksig_server)
"""


def run_pytest(
    project: Path, *arguments: str, variables: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """pytest in a project that knows nothing of this one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "LIVEKIT_", "COV_"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *arguments]
    return subprocess.run(
        command, cwd=project, env=kept | (variables or {}), capture_output=True, text=True, timeout=50, check=False
    )


def test_a_project_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "test_story.py").write_text(dedent(STORY))
    ran = run_pytest(tmp_path, "-s")
    assert ran.returncode == 0, ran.stdout
    assert "3 passed" in ran.stdout
    assert "Server(ws://127.0.0.1:" in ran.stdout


FAILING = """
    import asyncio
    import lksig

    def test_a_key_that_is_wrong(lksig_session):
        lksig_session(identity="ann")

    def test_a_replay(replay):
        replay(RECORDING)

    def test_without_the_fixtures(lksig_server):
        async def join():
            key = {"api_key": lksig_server.api_key, "api_secret": lksig_server.api_secret}
            async with lksig.connect(lksig_server.url, room="r", identity="ann", **key):
                pass
        asyncio.run(join())

    def test_nothing_came(lksig_session):
        lksig_session(api_secret="secret").wait("leave", timeout_s=0)
"""


def test_a_test_that_fails_shows_no_secrets(tmp_path: Path) -> None:
    with serving() as url:
        call = tmp_path / "call.lksig"
        around = ("--room", "r", "--identity", "ann", "--record", str(call))
        assert Served(url).run("send", *around, "ping").exit_code == 0
        (tmp_path / "test_it.py").write_text(f"RECORDING = {str(call)!r}\n{dedent(FAILING)}")
        where = ("--lksig-url", url, "--lksig-api-secret", "another-long-secret")
        ran = run_pytest(tmp_path, "--showlocals", *where)
    assert "4 failed" in ran.stdout
    assert "no message matched `leave` in 0 s" in ran.stdout
    assert ran.stdout.count("AuthError: refused: HTTP 401") >= 3
    # The last of them is the test's own, which pytest shows as the test has it.
    assert ran.stdout.replace("'api_secret': 'another-long-secret'", "").count("another-long-secret") == 0
    assert "eyJ" not in ran.stdout


def test_naming_the_plugin_is_no_mistake(tmp_path: Path) -> None:
    text = (
        'pytest_plugins = ["lksig.pytest_plugin"]\ndef test_it(lksig_session):\n    lksig_session().request("ping")\n'
    )
    (tmp_path / "test_story.py").write_text(text)
    ran = run_pytest(tmp_path)
    assert ran.returncode == 0, ran.stdout


def test_a_server_that_is_there(tmp_path: Path) -> None:
    text = "def test_it(lksig_session):\n    assert lksig_session().request('ping').is_accepted\n"
    (tmp_path / "test_story.py").write_text(text)
    with serving("--api-key", "other", "--api-secret", "hidden-secret") as there:
        url = ("--lksig-url", there)
        refused = run_pytest(tmp_path, *url)
        assert refused.returncode == 1
        assert "AuthError" in refused.stdout
        assert run_pytest(tmp_path, *url, "--lksig-api-key=other", "--lksig-api-secret=hidden-secret").returncode == 0
        variables = {"LIVEKIT_API_KEY": "other", "LIVEKIT_API_SECRET": "hidden-secret"}
        assert run_pytest(tmp_path, *url, variables=variables).returncode == 0


def test_a_replay(tmp_path: Path) -> None:
    with serving() as url:
        sent = Served(url).run("send", "mute", "sid=TR_x", "--record", str(tmp_path / "call.lksig"))
        assert sent.exit_code == 1
    text = """
        import pytest
        from lksig.errors import RecordingError

        def test_same(replay):
            replayed = replay("call.lksig", room="other", speed="10")
            assert replayed.is_same
            assert repr(replayed).startswith("Replayed(is_same=True, 2 of 2")
            assert replayed.text.startswith("replay: 2 of 2 answers came again as recorded")
            assert replayed.as_dict()["answers"] == {"recorded": 2, "same": 2}

        def test_cut(replay):
            with open("call.lksig", "rb") as whole, open("cut.lksig", "wb") as cut:
                cut.write(whole.read()[:-20])
            with pytest.raises(RecordingError):
                replay("cut.lksig")
    """
    (tmp_path / "test_story.py").write_text(dedent(text))
    ran = run_pytest(tmp_path)
    assert ran.returncode == 0, ran.stdout
