"""Which server, and as whom: from flags, the environment and the `lk` tool's projects.

The rule (a contract): `--dev` and `--project` are whole sources, nothing of the environment is mixed into them;
otherwise flags beat the environment value by value, and with nothing of either the `lk` file's default project is
used, and said. A URL that was given always wins. A ready token is used as it is: what would need another one is an
error, never dropped.
"""

from __future__ import annotations

import random
import string
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lksig.errors import InputError

if TYPE_CHECKING:
    from lksig.cli.flags import ServerFlags
    from lksig.environ import Environ, Project

DEV_URL = "ws://127.0.0.1:7880"
DEV_KEY = "devkey"
DEV_SECRET = "secret"
DEV_ROOM = "lksig"
"""Source: livekit-server cmd/server/main.go, `--dev`."""

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
    notes: list[tuple[str, str]] = field(default_factory=list)
    """Code and text of what the person should know."""

    @property
    def is_empty(self) -> bool:
        """Nothing to join with: the server can only be probed."""
        return self.token is None and (self.api_key is None or self.api_secret is None)


def find_credentials(flags: ServerFlags, url_word: str | None, environ: Environ) -> Credentials:
    """The server and the means to join it.

    Args:
        url_word: a URL among the words of the command line.

    Raises:
        InputError: no URL, two that differ, an unknown project, a token file that cannot be read.
    """
    if url_word is not None and flags.url is not None and url_word != flags.url:
        raise InputError("two URLs were given", code="two-urls", hint="give one of them")
    given_url = url_word or flags.url
    if flags.dev and flags.project is not None:
        raise InputError("`--dev` and `--project` exclude each other", code="two-sources", hint="give one of them")
    flag_token = _flag_token(flags, environ)
    if flags.dev:
        found = Credentials(DEV_URL, api_key=DEV_KEY, api_secret=DEV_SECRET)
        flags.room = flags.room or DEV_ROOM
    elif flags.project is not None:
        found = _of_project(_project(flags.project, environ))
    else:
        found = _of_environment(flags, given_url, flag_token, environ)
    if given_url is not None:
        found.url = given_url
    if flag_token is not None:
        found.token = flag_token
    elif flags.api_key is not None or flags.api_secret is not None:
        found.token = None
    found.api_key = flags.api_key or found.api_key
    found.api_secret = flags.api_secret or found.api_secret
    if not found.url:
        raise InputError(
            "no server: there is no URL",
            code="no-url",
            layer="url",
            hint="give a URL (ws://HOST:7880), `--dev`, or set LIVEKIT_URL",
        )
    found.room, found.identity = flags.room, flags.identity
    return found


def _flag_token(flags: ServerFlags, environ: Environ) -> str | None:
    if flags.token is not None and flags.token_file is not None:
        raise InputError("`--token` and `--token-file` exclude each other", code="two-tokens", hint="give one of them")
    if flags.token_file is None:
        return flags.token
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
    return Credentials(project.url, api_key=project.api_key or None, api_secret=project.api_secret or None)


def _of_environment(flags: ServerFlags, given_url: str | None, flag_token: str | None, environ: Environ) -> Credentials:
    url = environ.variable("LIVEKIT_URL")
    token = environ.variable("LIVEKIT_TOKEN")
    key, secret = environ.variable("LIVEKIT_API_KEY"), environ.variable("LIVEKIT_API_SECRET")
    flag_values = (flags.url, flag_token, flags.api_key, flags.api_secret)
    has_url_credentials = given_url is not None and "access_token=" in given_url
    if not any((url, token, key, secret, *flag_values)) and not has_url_credentials:
        projects, default = environ.lk_projects()
        if default is not None and default in projects:
            found = _of_project(projects[default])
            found.notes.append(("lk-project", f"using the lk tool's default project `{default}`"))
            return found
    if has_url_credentials:
        # A URL copied from a browser brings its own token; the environment's is for another session.
        token = None
    return Credentials(url or "", token=token, api_key=key, api_secret=secret)


def token_for(found: Credentials, flags: ServerFlags, now_s: int, url_token: str | None) -> str | None:
    """The token to join with: a ready one, or one made now; None where there is nothing to make it from.

    Args:
        found: the credentials; its `room` and `identity` are filled in.
        now_s: the time of issue [unix s].
        url_token: the token a pasted URL holds.

    Raises:
        InputError: what was asked for cannot be had with this token, or the room is missing.
    """
    from lksig.wire.access_token import mint
    from lksig.wire.token_claims import read_token

    ready = found.token or url_token
    asked = {"--room": found.room, "--identity": found.identity, "--name": flags.name, "--grant": flags.grant}
    wants = [name for name, value in asked.items() if value]
    explicit = flags.token is not None or flags.token_file is not None or url_token is not None
    can_mint = found.api_key is not None and found.api_secret is not None
    if flags.dev:
        wants = [want for want in wants if want != "--room" or found.room != DEV_ROOM]
    if ready is not None and wants and can_mint and not explicit:
        ready = None
    if ready is not None:
        if wants:
            raise InputError(
                f"a ready token fixes who joins where: {', '.join(wants)} cannot change it",
                code="token-is-fixed",
                hint="give key and secret instead of a token, or leave the option out",
            )
        token = read_token(ready)
        found.room, found.identity = token.room, token.identity
        return ready
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


def _grants(words: list[str]) -> dict[str, object]:
    """The grants of the made token: those of `--grant`, over what a debugger needs beyond the defaults."""
    from lksig.wire.grants import read_grant

    return {"canUpdateOwnMetadata": True, **dict(read_grant(word) for word in words)}
