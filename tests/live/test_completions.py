"""The completion scripts in the real shells: Tab is pressed on a terminal, and what a person would see is read.

bash, zsh and fish come from the system's packages; where one is missing it is installed, as CI does. A machine that can
do neither is told so: nothing is skipped.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cli import run
from tests.support.terminal import OnTerminal

PROMPT = "ready> "


def program(name: str) -> str:
    """Where a shell is; installed if it is not there."""
    found = shutil.which(name)
    if found is None and shutil.which("apt-get") is not None:
        subprocess.run(["apt-get", "update", "-qq"], capture_output=True, check=False)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", name]
        subprocess.run(install, capture_output=True, check=False)
        found = shutil.which(name)
    if found is None:
        pytest.fail(f"the live tests press Tab in {name}: install it", pytrace=False)
    return found


COMMANDS = {
    "bash": ["--norc", "-i"],
    "zsh": ["-f", "-i"],
    "fish": ["-i"],
}
SET_UP = {
    "bash": "PS1='{prompt}'; bind 'set bell-style none'; source {script}; cd {folder}; clear\r",
    "zsh": "PS1='{prompt}'; fpath=({script.parent} $fpath); autoload -U compinit; compinit -Du; cd {folder}; clear\r",
    "fish": "function fish_prompt; echo -n '{prompt}'; end; cd {folder}; clear\r",
}


class Shell:
    """One of the shells with lksig's completion installed, in a folder with two files."""

    def __init__(self, name: str, home: Path) -> None:
        script = Path(run("completions", "install", name, home=home).stdout.strip())
        self._folder = home / "work"
        self._folder.mkdir()
        (self._folder / "offer.sdp").write_text("v=0\r\n", "utf-8")
        (self._folder / "call.lksig").write_text("", "utf-8")
        # fish completes only commands that exist. This one tells when somebody starts it.
        self.started = home / "started"
        command = home / "bin" / "lksig"
        command.parent.mkdir()
        command.write_text(f"#!/bin/sh\necho x >> {self.started}\n", "utf-8")
        command.chmod(0o755)
        variables = {"HOME": str(home), "PATH": f"{command.parent}:/usr/bin:/bin", "TERM": "xterm", "LANG": "C.UTF-8"}
        self._terminal = OnTerminal([program(name), *COMMANDS[name]], variables, columns=160, rows=60)
        set_up = SET_UP[name].format(prompt=PROMPT, script=script, folder=self._folder)
        self._terminal.type(set_up)
        self._terminal.until(lambda: self._terminal.rows() == [PROMPT.strip()], "the prompt")

    def close(self) -> None:
        self._terminal.__exit__(None, None, None)

    def completed(self, typed: str, expected: str) -> None:
        """Type, press Tab, and wait for the line to become what is expected."""
        self._terminal.type("\x15" + typed + "\t")
        self._terminal.until(lambda: self._terminal.cursor_row() == f"{PROMPT}{expected}", f"`{expected}`")

    def listed(self, typed: str, *expected: str) -> None:
        """Type, press Tab twice, and wait until all of these stand on the screen."""
        self._terminal.type("\x15" + typed + "\t\t")
        for text in expected:
            self._terminal.until_seen(text)


@pytest.fixture(scope="module", params=list(COMMANDS))
def shell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    opened = Shell(request.param, tmp_path_factory.mktemp(request.param))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("lksig rep", "lksig replay"),
        ("lksig --vers", "lksig --version"),
        ("lksig send --dry", "lksig send --dry-run"),
        ("lksig send mu", "lksig send mute"),
        ("lksig send mute mu", "lksig send mute mute"),
        ("lksig send mute sid=x muted=t", "lksig send mute sid=x muted=true"),
        ("lksig send add_track ty", "lksig send add_track type="),
        ("lksig send add_track type=V", "lksig send add_track type=VIDEO"),
        ("lksig send add_track cid=c layers.12.qual", "lksig send add_track cid=c layers.12.quality="),
        ("lksig send add_track layers.12.quality=HI", "lksig send add_track layers.12.quality=HIGH"),
        ("lksig send offer sdp=@off", "lksig send offer sdp=@offer.sdp"),
        ("lksig send ping update_v", "lksig send ping update_video_track"),
        ("lksig send --times bo", "lksig send --times both"),
        ("lksig encode --to he", "lksig encode --to hex"),
        ("lksig show ca", "lksig show call.lksig"),
        ("lksig show call.lksig undec", "lksig show call.lksig undecodable"),
        ("lksig schema TrackInf", "lksig schema TrackInfo"),
        ("lksig completions show fi", "lksig completions show fish"),
    ],
)
def test_tab_completes(shell: Shell, typed: str, expected: str) -> None:
    shell.completed(typed, expected)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("lksig se", ["send", "serve"]),
        ("lksig send add_track type=", ["AUDIO", "VIDEO", "DATA"]),
        ("lksig send store_data_blob_request blob.key.", ["generic=", "schema_id."]),
        ("lksig send trickle ", ["candidateInit=", "target=", "final="]),
    ],
)
def test_two_tabs_list(shell: Shell, typed: str, expected: list[str]) -> None:
    shell.listed(typed, *expected)


def test_nothing_starts_lksig(shell: Shell) -> None:
    shell.completed("lksig schema TrackInf", "lksig schema TrackInfo")
    assert not shell.started.exists()
