"""Programs of the shell that the prompt runs: `! date`, `/show 4 json | jq .`.

What a program prints is data, like a view. It never reads what the prompt reads: its input is the view or nothing.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lksig.render.safe_text import neutralise

if TYPE_CHECKING:
    from lksig.repl.desk import Desk


async def run(desk: Desk, command: str, text: str | None) -> None:
    """Run a command and say when it failed."""
    code = await (desk.run_program(command, text) if desk.run_program is not None else _captured(desk, command, text))
    if code:
        desk.output.notice(f"`{neutralise(command)}` ended with {code}")


async def _captured(desk: Desk, command: str, text: str | None) -> int:
    """Run it with its output going through the desk's."""
    pipe = asyncio.subprocess.PIPE
    stdin = pipe if text is not None else asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_shell(command, stdin=stdin, stdout=pipe, stderr=pipe)
    try:
        out, err = await process.communicate(None if text is None else text.encode())
    finally:
        if process.returncode is None:
            process.kill()  # nobody waits for it any more
            await process.wait()
    shown = out.decode("utf-8", "replace").removesuffix("\n")
    if shown:
        desk.output.text("\n".join(map(neutralise, shown.split("\n"))))
    for line in err.decode("utf-8", "replace").splitlines():
        desk.output.notice(neutralise(line))
    return process.returncode or 0
