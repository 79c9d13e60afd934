"""The other pictures of a recording that `lksig show` gives: numbers, a ladder, the room at one moment.

One of them stands in for the lines; filters and `--from`/`--to` say what goes into it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from lksig.errors import InputError

if TYPE_CHECKING:
    from lksig.cli.flags import OutputFlags
    from lksig.cli.recorded import View
    from lksig.environ import Environ
    from lksig.wire.events import Reading
    from lksig.wire.redaction import Secrets

VIEW = "Instead of lines"


@dataclass(slots=True)
class ViewFlags:
    """Which picture."""

    stats: Annotated[
        bool,
        typer.Option("--stats", help="Counts, bytes, rates, gaps, reply times.", rich_help_panel=VIEW),
    ] = False


def chosen(
    flags: ViewFlags, output: OutputFlags, environ: Environ, *, is_part: bool
) -> Callable[[Secrets], View] | None:
    """What makes the picture that was asked for; None for lines.

    Args:
        is_part: `--from` or `--to` was given.

    Raises:
        InputError: two were asked for, or options that it has no use for.
    """
    asked = [name for name, given in (("--stats", flags.stats),) if given]
    if not asked:
        return None
    if len(asked) > 1 or output.format is not None:
        other = asked[1] if len(asked) > 1 else "--format"
        raise InputError(f"`{asked[0]}` and `{other}` exclude each other", code="two-views", hint="give one of them")
    return lambda secrets: StatsView(secrets, as_json=output.json, is_part=is_part or output.filter is not None)


class StatsView:
    """The numbers, at the end."""

    def __init__(self, secrets: Secrets, *, as_json: bool, is_part: bool) -> None:
        from lksig.recording.stats import Stats

        self._stats = Stats(is_part=is_part)
        self._secrets = secrets
        self._as_json = as_json

    def text(self, reading: Reading) -> None:
        """Nothing is shown before the end."""
        self._stats.observe(reading)

    def rest(self) -> Iterable[str]:
        """All of them."""
        from lksig.render.stats import stats_json, stats_lines

        if self._as_json:
            return [stats_json(self._stats, self._secrets)]
        return stats_lines(self._stats, self._secrets)
