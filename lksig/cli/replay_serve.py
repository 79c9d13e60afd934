"""`lksig replay FILE --serve`: the server's side of a recording, played to whoever connects.

The recording is read as a whole before the port opens, so that what is wrong with it is known first. It is shown what
passes now, not what is in the file, as `lksig serve` shows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lksig.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lksig.cli.flags import OutputFlags, RecordFlags
    from lksig.cli.replay import Play
    from lksig.cli.screen import Screen
    from lksig.environ import Environ
    from lksig.live.host import Host
    from lksig.live.run import Run
    from lksig.recording.session_file import SessionFile
    from lksig.session.replay_scene import Pace
    from lksig.session.replay_script import Take
    from lksig.wire.events import Reading

ANY_TOKEN = "accepts any well-formed token"
MAX_NAMED = 8
"""Participants that are named at the start."""


def serve_recording(
    play: Play, at: tuple[str, int], record: RecordFlags, *, until: str | None = None, timeout_s: float | None = None
) -> int:
    """Serve it until it is stopped; gives the exit code.

    Args:
        at: address and port.
        until: the last recorded message that is played; None plays them all.
        timeout_s: how much later than recorded a client may ask.
    """
    import asyncio

    from lksig.cli.joining import make_secrets
    from lksig.cli.recorded import open_file
    from lksig.cli.recorder import check_record, recording, screen_environ
    from lksig.cli.screen import Screen
    from lksig.cli.serve import check_port, host

    bind, port = at
    check_port(port)
    check_record(record, play.output)
    pace = _pace(play, timeout_s)
    output = play.shown()
    secrets = make_secrets(output, play.environ)
    screen = Screen(output, secrets, screen_environ(record, play.environ))
    with open_file(play.file, play.environ) as file:
        takes, samples = _takes(file, play, until, screen)
        problem = file.problem()
    _warm_up(samples, output, play.environ)
    if problem is not None:
        screen.tell(problem)

    def make(run: Run) -> Host:
        from lksig.live.host import Host
        from lksig.session.replay_server import ReplayServer

        machine = ReplayServer(takes, pace, wall_ns=run.clock.wall_ns)
        return Host(machine, host=bind, port=port, run=run)

    causes = [problem.exit_code] if problem is not None else []
    with recording(record, secrets, screen, play.environ, "replay") as attach:
        return asyncio.run(host(make, screen, output, attach, (_told(takes), ANY_TOKEN), causes))


def _pace(play: Play, timeout_s: float | None) -> Pace:
    """How fast it is played.

    Raises:
        InputError: a speed, limit or time that is none.
    """
    from lksig.cli.words import check_seconds
    from lksig.session.replay_scene import PATIENCE_S, Pace

    check_seconds(timeout_s)
    speed = play.player().speed
    patience_s = None if speed is None else PATIENCE_S
    return Pace(speed, play.idle_limit, patience_s if timeout_s is None else timeout_s)


def _warm_up(samples: Iterable[Reading], output: OutputFlags, environ: Environ) -> None:
    """Show some of the recording to nobody: what is loaded on first use would hold up the first client by 30 ms."""
    import dataclasses
    import io

    from lksig.cli.joining import make_secrets
    from lksig.cli.screen import Screen

    nowhere = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    nobody = dataclasses.replace(environ, stdout=nowhere, stderr=nowhere)
    screen = Screen(output, make_secrets(output, environ), nobody)
    for reading in samples:
        screen.sink(reading)


def _takes(file: SessionFile, play: Play, until: str | None, screen: Screen) -> tuple[list[Take], list[Reading]]:
    """Who can be played, from the first reading to the last one that is wanted; and a reading of each kind.

    Raises:
        InputError: a place or message is not there, or nobody joined at all.
    """
    from lksig.cli.awaiting import awaits
    from lksig.cli.progress import progress
    from lksig.schema.filter import parse_filter
    from lksig.session.replay_script import Script

    wanted = parse_filter(until) if until is not None else None
    window, script = play.window(), Script()
    window.start(file.header.wall_ns)
    samples: dict[str | None, Reading] = {}
    begun = play.first is None
    came = wanted is None
    wants_bar = not play.output.json and not play.output.quiet
    with progress(file, play.environ, wanted=wants_bar) as readings:
        for reading in readings:
            is_within = window.has(reading)
            if (begun and not is_within) or (came and wanted is not None):
                continue  # behind the end: it is read only to see whether it is whole
            script.add(reading, begins=is_within and not begun)
            samples.setdefault(getattr(reading.event, "case", type(reading.event).__name__), reading)
            begun = begun or is_within
            came = came or (is_within and wanted is not None and awaits(wanted, reading, screen.facts))
    missing = window.problem()
    if missing is not None:
        raise missing
    if not came:
        raise InputError(f"no message of `{file.name}` matches `--until`", code="no-such-message", layer="file")
    if not script.takes:
        text = f"nobody joins in `{file.name}`: there is nothing to serve"
        raise InputError(text, code="nothing-to-serve", layer="file", hint="`lksig record FILE URL` records a join")
    return script.takes, list(samples.values())


def _told(takes: list[Take]) -> str:
    """Who is in the recording, in one line."""
    return "plays " + ", ".join(_named(take) for take in takes[:MAX_NAMED]) + (", …" if len(takes) > MAX_NAMED else "")


def _named(take: Take) -> str:
    name = take.identity or "somebody without identity"
    if take.sockets == 0:
        return f"{name} (refused)"
    return name if take.sockets == 1 else f"{name} ({take.sockets} sockets)"
