"""Which server, and as whom: from flags, the environment and the `lk` tool's projects.

The rule (a contract): `--dev` and `--project` are whole sources, nothing of the environment is mixed into them;
otherwise flags beat the environment value by value, and with nothing of either the `lk` file's default project is
used, and said. A URL that was given, as a word or by `--url`, always wins. A ready token is used as it is: what would
need another one is an error, never dropped. A token inside a URL belongs to that URL: it is used before anything the
environment holds, and only a token, key or secret given by flag replaces it.
"""

from __future__ import annotations

import os
import random
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lksig.environ import LK_FILE
from lksig.errors import InputError

if TYPE_CHECKING:
    from lksig.cli.flags import ServerFlags
    from lksig.environ import Environ, Project
    from lksig.wire.target import Target

DEV_URL = "ws://127.0.0.1:7880"
DEV_KEY = "devkey"
DEV_SECRET = "secret"
DEV_ROOM = "lksig"
"""Source: livekit-server cmd/server/main.go, `--dev`."""

EVICTION = "eviction"
"""The code of the warning that joining ends somebody's session."""

MIN_SECRET_SEEN = 4
"""Shorter secrets are not searched for in other text: they would overwrite words."""


@dataclass(slots=True)
class Credentials:
    """What was found."""

    url: str
    token: str | None = field(default=None, repr=False)
    api_key: str | None = None
    api_secret: str | None = field(default=None, repr=False)
    room: str | None = None
    identity: str | None = None
    is_of_lk_file: bool = False
    notes: list[tuple[str, str]] = field(default_factory=list)
    """Code and text of what the person should know."""

    @property
    def is_empty(self) -> bool:
        """Nothing to join with: the server can only be probed."""
        return self.token is None and (self.api_key is None or self.api_secret is None)


def find_credentials(
    flags: ServerFlags, url_word: str | None, environ: Environ, secret_file: Path | None = None
) -> Credentials:
    """The server and the means to join it.

    Args:
        url_word: a URL among the words of the command line.
        secret_file: a file with a secret in it that was read for that URL.

    Raises:
        InputError: no URL, two that differ, an unknown project, a token file that cannot be read.
    """
    if url_word is not None and flags.url is not None and url_word != flags.url:
        raise InputError("two URLs were given", code="two-urls", hint="give one of them")
    _refuse_empty(flags)
    given_url = url_word or flags.url
    if flags.dev and flags.project is not None:
        raise InputError("`--dev` and `--project` exclude each other", code="two-sources", hint="give one of them")
    flag_token = _flag_token(flags, environ)
    if flags.dev:
        found = Credentials(DEV_URL, api_key=DEV_KEY, api_secret=DEV_SECRET, room=DEV_ROOM)
    elif flags.project is not None:
        found = _of_project(_project(flags.project, environ))
    else:
        found = _of_environment(flags, given_url, flag_token, environ)
    found.url = given_url or found.url
    if flag_token is not None:
        found.token = flag_token
    elif _gives_key(flags):
        found.token = None
    found.api_key = flags.api_key or found.api_key
    found.api_secret = flags.api_secret or found.api_secret
    if _gives_key(flags) and flag_token is None and None in (found.api_key, found.api_secret):
        missing = "--api-secret" if found.api_secret is None else "--api-key"
        raise InputError(
            "a key and its secret make a token together, and one of them is missing",
            code="half-credentials",
            hint=f"give `{missing}` too",
        )
    if not found.url:
        raise InputError(
            "no server: there is no URL",
            code="no-url",
            layer="url",
            hint="give a URL (ws://HOST:7880), `--dev`, or set LIVEKIT_URL",
        )
    found.room, found.identity = flags.room or found.room, flags.identity
    found.notes += _open_files(found, flags, environ, secret_file)
    return found


def _open_files(
    found: Credentials, flags: ServerFlags, environ: Environ, other: Path | None
) -> Iterator[tuple[str, str]]:
    """A word about each file that holds a secret and that others can read."""
    token_file = Path(flags.token_file) if flags.token_file not in (None, "-") else None
    for path in (token_file, environ.home / LK_FILE if found.is_of_lk_file else None, other):
        # On Windows the mode says nothing of who may read.
        if path is not None and os.name == "posix" and path.is_file() and path.stat().st_mode & 0o077:
            text = f"others can read `{path}`, which holds a secret: `chmod 600` keeps it to you"
            yield "open-secret-file", text


def _refuse_empty(flags: ServerFlags) -> None:
    """An empty value is a variable of the shell that was not set: nothing else must quietly take its place."""
    values = {
        "--url": flags.url,
        "--project": flags.project,
        "--token": flags.token,
        "--token-file": flags.token_file,
        "--api-key": flags.api_key,
        "--api-secret": flags.api_secret,
    }
    for name, value in values.items():
        if value is not None and not value.strip():
            raise InputError(f"`{name}` is empty", code="empty-option", hint="give a value, or leave the option out")


def _gives_key(flags: ServerFlags) -> bool:
    return flags.api_key is not None or flags.api_secret is not None


def _flag_token(flags: ServerFlags, environ: Environ) -> str | None:
    if flags.token is not None and flags.token_file is not None:
        raise InputError("`--token` and `--token-file` exclude each other", code="two-tokens", hint="give one of them")
    if flags.token_file is None:
        return flags.token.strip() if flags.token is not None else None
    return read_secret_file(flags.token_file, environ)


def read_secret_file(name: str, environ: Environ) -> str:
    """The text of a file that holds one secret; `-` is standard input.

    Raises:
        InputError: it cannot be read, or is empty.
    """
    try:
        text = environ.stdin.read() if name == "-" else Path(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        why = getattr(exc, "strerror", None) or "it is not UTF-8"
        raise InputError(f"cannot read the token file `{name}`: {why}", code="token-file", layer="file") from exc
    if not text.strip():
        raise InputError(f"the token file `{name}` is empty", code="token-file", layer="file")
    return text.strip()


def _project(name: str, environ: Environ) -> Project:
    projects, _ = environ.lk_projects()
    if name not in projects:
        known = ", ".join(projects) or "none"
        raise InputError(f"the lk tool knows no project `{name}`", code="no-project", hint=f"it knows {known}")
    return projects[name]


def _of_project(project: Project) -> Credentials:
    return Credentials(
        project.url,
        api_key=project.api_key or None,
        api_secret=project.api_secret or None,
        is_of_lk_file=True,
    )


def _of_environment(flags: ServerFlags, given_url: str | None, flag_token: str | None, environ: Environ) -> Credentials:
    url = environ.variable("LIVEKIT_URL")
    token = environ.variable("LIVEKIT_TOKEN")
    key, secret = environ.variable("LIVEKIT_API_KEY"), environ.variable("LIVEKIT_API_SECRET")
    given = (given_url, flag_token, flags.api_key, flags.api_secret)
    if not any((url, token, key, secret, *given)):
        projects, default = environ.lk_projects()
        if default is not None and default in projects:
            found = _of_project(projects[default])
            found.notes.append(("lk-project", f"using the lk tool's default project `{default}`"))
            return found
    return Credentials(url or "", token=token, api_key=key, api_secret=secret)


def token_for(found: Credentials, flags: ServerFlags, now_s: int, target: Target) -> str | None:
    """The token to join with: a ready one, or one made now; None where there is nothing to make it from.

    Args:
        found: the credentials; its `room` and `identity` are filled in.
        now_s: the time of issue [unix s].
        target: where it goes; a pasted URL may hold a token.

    Raises:
        InputError: what was asked for cannot be had with this token, or the room is missing.
    """
    from lksig.wire.access_token import mint

    is_flag_token = flags.token is not None or flags.token_file is not None
    if target.token is not None and not is_flag_token and not _gives_key(flags):
        return _ready(target.token, found, flags, now_s, target)
    wants = bool(flags.room or flags.identity or flags.name or flags.grant)
    can_mint = found.api_key is not None and found.api_secret is not None
    # A token of the environment makes way for its key and secret, where only they can give what is asked for.
    if found.token is not None and (is_flag_token or not (wants and can_mint)):
        return _ready(found.token, found, flags, now_s, target)
    if not can_mint:
        return None
    if not found.room:
        raise InputError("the token needs a room", code="no-room", hint="give `--room NAME`")
    found.identity = found.identity or "lksig-" + "".join(random.choices(string.ascii_lowercase, k=4))
    assert found.api_key is not None
    assert found.api_secret is not None
    return mint(
        found.api_key,
        found.api_secret,
        identity=found.identity,
        room=found.room,
        now_s=now_s,
        name=flags.name,
        grants=_grants(flags.grant),
    )


def _ready(text: str, found: Credentials, flags: ServerFlags, now_s: int, target: Target) -> str:
    """A token as it is; it says who joins where.

    Raises:
        InputError: it is no token, or something else was asked for.
    """
    from lksig.wire.token_claims import read_token
    from lksig.wire.token_words import lint

    token = read_token(text)
    asked = {
        "--room": flags.room not in (None, token.room),
        "--identity": flags.identity not in (None, token.identity),
        "--name": flags.name not in (None, token.name),
        "--grant": bool(flags.grant),
    }
    wants = ", ".join(f"`{name}`" for name, is_other in asked.items() if is_other)
    if wants:
        raise InputError(
            f"a ready token fixes who joins where: {wants} cannot change it",
            code="token-is-fixed",
            hint="give key and secret instead of a token, or leave the option out",
        )
    found.room, found.identity = token.room, token.identity
    if token.identity is not None:
        who, where = token.identity, f" in {token.room}" if token.room is not None else ""
        story = f"this token is {who}: joining ends {who}'s session{where}, if there is one"
        found.notes.append((EVICTION, story))
    problems = lint(token, now_s, target)
    if problems:
        found.notes.append(("token-lint", "this token will not do: " + "; ".join(problems)))
    return token.raw


def _grants(words: list[str]) -> dict[str, object]:
    """The grants of the made token: those of `--grant`, over what a debugger needs beyond the defaults."""
    from lksig.wire.grants import read_grant

    return {"canUpdateOwnMetadata": True, **dict(read_grant(word) for word in words)}
