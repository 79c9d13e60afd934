"""Which server, and as whom: the contract, value by value."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from lksig.cli.credentials import Credentials, find_credentials, read_secret_file, token_for
from lksig.cli.flags import ServerFlags
from lksig.environ import LK_FILE, Environ
from lksig.errors import InputError
from lksig.wire.access_token import mint, verify
from lksig.wire.target import read_url
from lksig.wire.token_claims import read_token

NOW_S = 1_795_600_000
ALL = {
    "LIVEKIT_URL": "ws://env:1",
    "LIVEKIT_TOKEN": "env.token.",
    "LIVEKIT_API_KEY": "envkey",
    "LIVEKIT_API_SECRET": "envsecret",
}
LK_TEXT = """
default_project: work
projects:
  - {name: work, url: "wss://work", api_key: workkey, api_secret: worksecret}
  - {name: home, url: "ws://home", api_key: homekey, api_secret: homesecret}
  - {name: empty, url: "ws://empty"}
  - {name: nowhere, api_key: k, api_secret: s}
"""
TOKEN = mint("devkey", "secret", identity="ann", room="standup", now_s=NOW_S, name="Ann")
OTHER = mint("devkey", "secret", identity="bob", room="lobby", now_s=NOW_S)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a file of the `lk` tool."""
    path = tmp_path / LK_FILE
    path.parent.mkdir()
    path.write_text(LK_TEXT)
    return tmp_path


def environ(variables: Mapping[str, str] | None = None, home: Path = Path("/nowhere"), stdin: str = "") -> Environ:
    return Environ(variables or {}, io.StringIO(stdin), io.StringIO(), io.StringIO(), home)


def find(
    variables: Mapping[str, str] | None = None, word: str | None = None, home: Path = Path("/nowhere"), **flags: Any
) -> Credentials:
    return find_credentials(ServerFlags(**flags), word, environ(variables, home))


def summary(found: Credentials) -> tuple[str, str | None, str | None, str | None]:
    return found.url, found.token, found.api_key, found.api_secret


def mistake(*args: Any, **kwargs: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        find(*args, **kwargs)
    return caught.value


class TestEnvironment:
    def test_all_four(self) -> None:
        assert summary(find(ALL)) == ("ws://env:1", "env.token.", "envkey", "envsecret")

    @pytest.mark.parametrize(
        ("flags", "expected"),
        [
            ({"url": "ws://flag"}, ("ws://flag", "env.token.", "envkey", "envsecret")),
            ({"token": "flag.token."}, ("ws://env:1", "flag.token.", "envkey", "envsecret")),
            ({"api_key": "flagkey"}, ("ws://env:1", None, "flagkey", "envsecret")),
            ({"api_secret": "flagsecret"}, ("ws://env:1", None, "envkey", "flagsecret")),
            (
                {"url": "ws://flag", "token": "flag.token.", "api_key": "flagkey", "api_secret": "flagsecret"},
                ("ws://flag", "flag.token.", "flagkey", "flagsecret"),
            ),
        ],
    )
    def test_flags_beat_it_value_by_value(self, flags: dict[str, Any], expected: tuple[str | None, ...]) -> None:
        assert summary(find(ALL, **flags)) == expected

    @pytest.mark.parametrize("missing", sorted(ALL))
    def test_what_is_empty_is_not_set(self, missing: str) -> None:
        given = {**ALL, missing: ""}
        without = {name: value for name, value in ALL.items() if name != missing}
        if missing == "LIVEKIT_URL":
            assert mistake(given).code == mistake(without).code == "no-url"
        else:
            assert summary(find(given)) == summary(find(without))

    def test_a_word_is_the_same_as_the_flag(self) -> None:
        assert summary(find(ALL, "ws://word")) == ("ws://word", "env.token.", "envkey", "envsecret")
        assert summary(find(ALL, "ws://same", url="ws://same"))[0] == "ws://same"

    def test_no_url_at_all(self) -> None:
        error = mistake()
        assert (error.code, error.layer) == ("no-url", "url")
        assert error.hint == "give a URL (ws://HOST:7880), `--dev`, or set LIVEKIT_URL"

    def test_nothing_to_join_with(self) -> None:
        assert find(word="ws://word").is_empty
        assert find({"LIVEKIT_URL": "ws://x", "LIVEKIT_API_KEY": "k"}).is_empty
        assert not find({"LIVEKIT_URL": "ws://x", "LIVEKIT_TOKEN": "t"}).is_empty
        assert not find(dev=True).is_empty


class TestDev:
    @pytest.mark.parametrize("variables", [{}, ALL])
    def test_a_whole_source(self, variables: dict[str, str]) -> None:
        found = find(variables, dev=True)
        assert summary(found) == ("ws://127.0.0.1:7880", None, "devkey", "secret")
        assert found.room == "lksig"
        assert found.identity is None

    def test_a_room_of_ones_own(self) -> None:
        assert find(dev=True, room="standup", identity="probe").room == "standup"
        assert find(dev=True, room="standup", identity="probe").identity == "probe"

    def test_flags_still_count(self) -> None:
        found = find(ALL, "ws://word", dev=True, api_key="k", api_secret="s")
        assert summary(found) == ("ws://word", None, "k", "s")
        assert find(ALL, dev=True, token="flag.token.").token == "flag.token."

    def test_the_flags_stay_as_they_were(self) -> None:
        flags = ServerFlags(dev=True)
        find_credentials(flags, None, environ())
        assert flags == ServerFlags(dev=True)


class TestProjects:
    def test_a_whole_source(self, home: Path) -> None:
        assert summary(find(ALL, home=home, project="home")) == ("ws://home", None, "homekey", "homesecret")

    def test_a_given_url_wins(self, home: Path) -> None:
        assert find(ALL, "ws://word", home, project="home").url == "ws://word"

    def test_flags_still_count(self, home: Path) -> None:
        found = find(ALL, home=home, project="home", api_key="k")
        assert summary(found) == ("ws://home", None, "k", "homesecret")

    def test_one_without_a_key(self, home: Path) -> None:
        assert find(ALL, home=home, project="empty").is_empty

    def test_one_without_a_url(self, home: Path) -> None:
        assert mistake(ALL, home=home, project="nowhere").code == "no-url"
        assert find(ALL, "ws://word", home, project="nowhere").url == "ws://word"

    def test_an_unknown_one(self, home: Path) -> None:
        error = mistake(home=home, project="wrok")
        assert (error.code, error.text) == ("no-project", "the lk tool knows no project `wrok`")
        assert error.hint == "it knows work, home, empty, nowhere"
        assert mistake(project="work").hint == "it knows none"

    def test_with_dev(self, home: Path) -> None:
        assert mistake(home=home, dev=True, project="home").code == "two-sources"


class TestDefaultProject:
    def test_with_nothing_else_it_is_used_and_said(self, home: Path) -> None:
        found = find(home=home)
        assert summary(found) == ("wss://work", None, "workkey", "worksecret")
        assert found.notes[0] == ("lk-project", "using the lk tool's default project `work`")

    def test_a_file_that_others_can_read_is_told(self, home: Path) -> None:
        path = home / ".livekit" / "cli-config.yaml"
        path.chmod(0o644)
        code, text = find(home=home).notes[1]
        assert (code, str(path) in text) == ("open-secret-file", True)
        path.chmod(0o600)
        assert [code for code, _ in find(home=home).notes] == ["lk-project"]

    @pytest.mark.parametrize("name", sorted(ALL))
    def test_any_variable_keeps_it_out(self, home: Path, name: str) -> None:
        given = {name: ALL[name]}
        if name != "LIVEKIT_URL":
            given["LIVEKIT_URL"] = "ws://env:1"
        assert find(given, home=home).notes == []
        assert find(given, home=home).api_key in (None, "envkey")

    @pytest.mark.parametrize("flags", [{"url": "ws://flag"}, {"word": "ws://flag"}])
    def test_a_given_url_keeps_it_out(self, home: Path, flags: dict[str, Any]) -> None:
        found = find(home=home, **flags)
        assert summary(found) == ("ws://flag", None, None, None)

    def test_room_and_identity_are_no_source(self, home: Path) -> None:
        assert find(home=home, room="r", identity="i").url == "wss://work"

    @pytest.mark.parametrize("default", ["gone", "~"])
    def test_none_that_is_there(self, tmp_path: Path, default: str) -> None:
        path = tmp_path / LK_FILE
        path.parent.mkdir()
        path.write_text(f"default_project: {default}\nprojects: []")
        assert mistake(home=tmp_path).code == "no-url"


class TestMistakes:
    def test_two_urls(self) -> None:
        assert mistake({}, "ws://a", url="ws://b").code == "two-urls"

    def test_two_tokens(self) -> None:
        assert mistake(dev=True, token="a", token_file="b").code == "two-tokens"

    @pytest.mark.parametrize("name", ["url", "project", "token", "token_file", "api_key", "api_secret"])
    @pytest.mark.parametrize("value", ["", "  "])
    def test_an_empty_value_is_an_unset_variable_of_the_shell(self, name: str, value: str) -> None:
        error = mistake(ALL, **{name: value})
        assert (error.code, error.text) == ("empty-option", f"`--{name.replace('_', '-')}` is empty")

    @pytest.mark.parametrize(
        ("flags", "hint"),
        [({"api_key": "k"}, "give `--api-secret` too"), ({"api_secret": "s"}, "give `--api-key` too")],
    )
    def test_half_a_pair(self, flags: dict[str, Any], hint: str) -> None:
        error = mistake({"LIVEKIT_URL": "ws://x", "LIVEKIT_TOKEN": "t"}, **flags)
        assert (error.code, error.hint) == ("half-credentials", hint)
        assert find({"LIVEKIT_URL": "ws://x"}, token="t", **flags).token == "t"

    def test_no_secret_in_a_repr(self) -> None:
        found = Credentials("ws://x", token="eyJ", api_secret="hunter2")
        assert "eyJ" not in repr(found)
        assert "hunter2" not in repr(found)


class TestTokenFiles:
    def test_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "t.jwt"
        path.write_text(f"\n{TOKEN}\n")
        assert find({"LIVEKIT_TOKEN": "env"}, "ws://x", token_file=str(path)).token == TOKEN

    def test_standard_input(self) -> None:
        assert read_secret_file("-", environ(stdin=TOKEN + "\n")) == TOKEN

    def test_a_token_on_the_command_line_loses_its_blanks(self) -> None:
        assert find({}, "ws://x", token=f" {TOKEN}\n").token == TOKEN

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (b" \n", "the token file `{}` is empty"),
            (b"\xff", "cannot read the token file `{}`: it is not UTF-8"),
            (None, "cannot read the token file `{}`: No such file or directory"),
        ],
    )
    def test_unusable_ones(self, tmp_path: Path, content: bytes | None, why: str) -> None:
        path = tmp_path / "t.jwt"
        if content is not None:
            path.write_bytes(content)
        error = mistake({}, "ws://x", token_file=str(path))
        assert (error.text, error.code, error.layer) == (why.format(path), "token-file", "file")


def join(
    variables: Mapping[str, str] | None = None, word: str | None = None, **flags: Any
) -> tuple[str | None, Credentials]:
    """The token to join with, as `lksig.cli.joining` asks for it."""
    server = ServerFlags(**flags)
    found = find_credentials(server, word, environ(variables))
    return token_for(found, server, NOW_S, read_url(found.url, bare=True)), found


def refusal(*args: Any, **kwargs: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        join(*args, **kwargs)
    return caught.value


class TestMinting:
    def test_of_dev(self) -> None:
        token, found = join(dev=True)
        assert token is not None
        claims = verify(token, {"devkey": "secret"}, NOW_S)
        assert (claims.room, found.room) == ("lksig", "lksig")
        assert claims.identity == found.identity
        assert re.fullmatch("lksig-[a-z]{4}", found.identity or "")
        assert claims.grants["canUpdateOwnMetadata"] is True

    def test_as_asked(self) -> None:
        token, found = join(dev=True, room="r", identity="i", name="N", grant=["hidden", "canUpdateOwnMetadata=false"])
        assert token is not None
        claims = verify(token, {"devkey": "secret"}, NOW_S)
        assert (claims.room, claims.identity, claims.name) == ("r", "i", "N") == (found.room, found.identity, "N")
        assert claims.grants == {"roomJoin": True, "room": "r", "canUpdateOwnMetadata": False, "hidden": True}

    def test_two_runs_are_two_people(self) -> None:
        assert len({join(dev=True)[1].identity for _ in range(20)}) > 1

    def test_a_room_is_needed(self) -> None:
        assert refusal(ALL, api_key="k", api_secret="s").code == "no-room"

    def test_nothing_to_make_it_from(self) -> None:
        assert join(word="ws://x", room="r", identity="i")[0] is None
        assert join({"LIVEKIT_API_SECRET": "s"}, "ws://x", room="r")[0] is None


class TestReadyTokens:
    def test_it_says_who_joins_where(self) -> None:
        token, found = join({"LIVEKIT_TOKEN": TOKEN}, "ws://x")
        assert (token, found.room, found.identity) == (TOKEN, "standup", "ann")

    def test_of_the_environment_it_beats_key_and_secret(self) -> None:
        assert join({**ALL, "LIVEKIT_TOKEN": TOKEN})[0] == TOKEN

    @pytest.mark.parametrize(
        "flags", [{"room": "r"}, {"identity": "i", "room": "r"}, {"grant": ["hidden"], "room": "r"}]
    )
    def test_it_makes_way_for_them_where_only_they_will_do(self, flags: dict[str, Any]) -> None:
        token, _ = join({**ALL, "LIVEKIT_TOKEN": TOKEN}, **flags)
        assert token is not None
        assert read_token(token).api_key == "envkey"

    @pytest.mark.parametrize(
        "flags",
        [{"room": "r"}, {"identity": "i"}, {"name": "n"}, {"grant": ["hidden"]}, {"room": "standup", "name": "n"}],
    )
    @pytest.mark.parametrize(
        "source", [{"dev": True, "token": TOKEN}, {"variables": {"LIVEKIT_TOKEN": TOKEN}, "word": "ws://x"}]
    )
    def test_what_it_cannot_give_is_an_error(self, flags: dict[str, Any], source: dict[str, Any]) -> None:
        error = refusal(**flags, **source)
        assert error.code == "token-is-fixed"
        changed = [name for name in flags if flags[name] != "standup"]
        assert error.text == f"a ready token fixes who joins where: `--{changed[0]}` cannot change it"
        assert TOKEN not in str(error)

    def test_what_it_gives_anyway_may_be_asked_for(self) -> None:
        token, _ = join(word="ws://x", token=TOKEN, room="standup", identity="ann", name="Ann")
        assert token == TOKEN

    def test_dev_does_not_ask_for_its_room(self) -> None:
        token, found = join(dev=True, token=TOKEN)
        assert (token, found.room) == (TOKEN, "standup")

    def test_no_token_at_all(self) -> None:
        error = refusal(word="ws://x", token="what is this")
        assert (error.code, error.layer) == ("bad-token", "auth")


class TestPastedUrls:
    url = f"wss://x/rtc/v1?access_token={TOKEN}&join_request="
    note = ("eviction", "this token is ann: joining ends ann's session in standup, if there is one")

    @pytest.mark.parametrize("variables", [{}, ALL])
    def test_its_token_is_used_and_said(self, variables: dict[str, str]) -> None:
        token, found = join(variables, self.url)
        assert token == TOKEN
        assert (found.room, found.identity, found.notes) == ("standup", "ann", [self.note])

    def test_with_dev(self) -> None:
        assert join(word=self.url, dev=True)[0] == TOKEN

    def test_a_given_token_replaces_it(self) -> None:
        token, found = join(word=self.url, token=OTHER)
        assert (token, [code for code, _ in found.notes]) == (OTHER, ["eviction"])
        assert found.notes != [self.note]

    def test_given_credentials_replace_it(self) -> None:
        token, found = join(word=self.url, api_key="k", api_secret="s", room="r")
        assert token is not None
        assert (read_token(token).api_key, found.notes) == ("k", [])

    def test_it_is_as_fixed_as_any(self) -> None:
        assert refusal(ALL, self.url, room="r").code == "token-is-fixed"

    def test_who_and_where_are_said_as_far_as_they_are_known(self) -> None:
        somewhere = mint("k", "s", identity="ann", room=None, now_s=NOW_S)
        story = "this token is ann: joining ends ann's session, if there is one"
        told, lint = join(word=f"ws://x?access_token={somewhere}")[1].notes
        assert told == ("eviction", story)
        assert lint == ("token-lint", "this token will not do: it names no room (`video.room`)")
        nobody = mint("k", "s", identity="", room="r", now_s=NOW_S)
        assert [code for code, _ in join(word=f"ws://x?access_token={nobody}")[1].notes] == ["token-lint"]


def test_all_flags_are_spoken_of_here() -> None:
    known = "url curl dev project token token_file api_key api_secret room identity name grant"
    assert [field.name for field in fields(ServerFlags)] == known.split()
