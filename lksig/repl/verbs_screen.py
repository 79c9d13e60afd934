"""`/detail`, `/filter`, `/quiet`, `/auto`: what is shown, and what lksig does by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lksig.errors import InputError
from lksig.repl.verbs import SWITCH

if TYPE_CHECKING:
    from lksig.repl.desk import Desk
    from lksig.repl.lines import Command
    from lksig.schema.lexer import Span

OFF = "off"


def switched(words: tuple[Span, ...], now: bool) -> bool:
    """What `on`, `off` or nothing makes of a switch.

    Raises:
        InputError: another word.
    """
    if not words:
        return not now
    if words[0].text not in SWITCH:
        raise words[0].mistake(f"`{words[0].text}` is neither on nor off", code="bad-switch")
    if len(words) > 1:
        raise words[1].mistake("nothing stands behind `on` or `off`", code="unexpected-word")
    return words[0].text == "on"


async def detail_verb(desk: Desk, command: Command) -> None:
    """Trees or lines."""
    desk.is_detailed = switched(command.words, desk.is_detailed)
    desk.output.notice("every message is shown as a tree" if desk.is_detailed else "every message is a line")


async def quiet_verb(desk: Desk, command: Command) -> None:
    """Only what the person does, and its answers."""
    desk.is_quiet = switched(command.words, desk.is_quiet)
    desk.output.notice(
        "only what you send and what answers it is shown; `/show` has the rest"
        if desk.is_quiet
        else "all is shown again"
    )


async def filter_verb(desk: Desk, command: Command) -> None:
    """Only what matches."""
    text = command.rest.text
    if not text:
        shown = f"only `{desk.filter_text}` is shown" if desk.filter is not None else "there is no filter"
        desk.output.notice(shown)
    elif text == OFF:
        desk.set_filter(None)
        desk.output.notice("there is no filter any more")
    else:
        try:
            desk.set_filter(text)
        except InputError as exc:
            place = command.rest.cut(command.rest.start + exc.start, command.rest.start + exc.end)
            raise place.mistake(exc.text, code=exc.code, hint=exc.hint) from exc
        desk.output.notice(f"only `{desk.filter_text}` is shown; `/filter off` shows everything")


AUTO = {
    "ping": "send `ping_req` as often as the join asks for",
    "fence": "find out whether requests that succeed in silence were accepted",
    "sync": "say `sync_state` after a resume",
    "rejoin": "start over when a session ends",
}


async def auto_verb(desk: Desk, command: Command) -> None:
    """Say or set what lksig does by itself."""
    words = command.words
    if words:
        name = words[0]
        if name.text not in AUTO:
            from lksig.schema.nearest import nearest

            what = f"lksig does nothing called `{name.text}` by itself"
            raise name.mistake(
                what, code="unknown-word", guess=nearest(name.text, AUTO), hint="one of " + ", ".join(AUTO)
            )
        _set(desk, name.text, switched(words[1:], _is_on(desk, name.text)))
    for name_of, does in AUTO.items():
        if not words or name_of == words[0].text:
            desk.output.text(f"{name_of:<7} {'on ' if _is_on(desk, name_of) else 'off'}  {does}")


def _is_on(desk: Desk, name: str) -> bool:
    if name == "ping":
        return desk.active.session.sends_pings
    if name == "fence":
        return desk.active.sequence.fences
    return desk.active.syncs if name == "sync" else desk.rejoins


def _set(desk: Desk, name: str, is_on: bool) -> None:
    if name == "rejoin":
        desk.rejoins = is_on
    elif name == "ping":
        desk.active.session.sends_pings = is_on
    elif name == "sync":
        desk.active.syncs = is_on
    else:
        desk.active.sequence.fences = is_on
