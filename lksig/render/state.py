"""The room after some message, for a person and as JSON; each value with the number of the message it comes from.

On the terminal the number stands in front, as in lines: `9  metadata=hello` was said by message 9.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lksig.render.phrases import counted, names_of
from lksig.render.safe_text import neutralise, word
from lksig.render.times import duration_text
from lksig.schema.pool import TO_SERVER
from lksig.session.endings import leave_words
from lksig.wire.json_text import message_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lksig.session.room_state import Candidates, Description, Entity, Known, Person, RoomState
    from lksig.wire.redaction import Secrets

NUMBER_WIDTH = 5

_TOLD_ELSEWHERE = ("tracks", "data_tracks")


class StateView:
    """Tells states of rooms.

    Args:
        secrets: what must not be printed.
    """

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    # --- for a person -----------------------------------------------------------------------------------------------

    def lines(self, state: RoomState) -> Iterator[str]:
        """The state of one session."""
        yield from self._connection(state)
        if state.room is not None:
            yield f"room {word(self._hidden(state.room.value.name))}"
            yield from self._entity(state.room)
        for identity, person in state.people.items():
            yield from self._person(identity, person, is_me=identity == state.me)
        for sid, track in state.announced.items():
            yield f"announced {self._word(sid)}, no media yet"
            if sid in state.cids:
                yield self._line(state.cids[sid].n, f"cid={self._word(state.cids[sid].value)}")
            yield from self._entity(track)
        yield from self._tracks("of track", state.said)
        yield from self._tracks("asked for", state.asked)
        for title, known in (
            ("who may subscribe", state.permissions),
            ("data track handles", state.handles),
            ("media sections wanted", state.sections),
        ):
            if known is not None:
                yield title
                yield self._line(known.n, self._words(known.value))
        yield from self._negotiation(state)

    def _connection(self, state: RoomState) -> Iterator[str]:
        yield "connection" + (f" {state.phase.state}" if state.phase is not None else "")
        if state.connection is not None:
            yield from self._entity(state.connection)
        for n in state.resumed:
            yield self._line(n, "resumed")
        if state.token is not None:
            yield self._line(state.token, "newest token")
        if state.leave is not None:
            yield self._line(state.leave.n, f"leave {leave_words(state.leave.value)}")
        if state.close is not None:
            code = "" if state.close.code is None else f" {state.close.code}"
            yield self._line(None, f"closed by the {state.close.ended_by}{code}")

    def _person(self, identity: str, person: Person, *, is_me: bool) -> Iterator[str]:
        yield f"participant {self._word(identity)}" + (" (you)" if is_me else "")
        yield from self._entity(person.info, _TOLD_ELSEWHERE)
        for known in (person.quality, person.speaking):
            if known is not None:
                yield from self._entity(known, ("participant_sid", "sid"))
        for title, tracks in (("track", person.tracks), ("data track", person.data_tracks)):
            for sid, track in tracks.items():
                yield f"  {title} {self._word(sid)}"
                yield from self._entity(track)

    def _tracks(self, title: str, tracks: Mapping[str, Mapping[str, Known]]) -> Iterator[str]:
        for sid, aspects in tracks.items():
            yield f"{title} {self._word(sid)}"
            for aspect, known in aspects.items():
                said = str(known.value).lower() if isinstance(known.value, bool) else self._words(known.value)
                yield self._line(known.n, f"{aspect}: {said}")

    def _negotiation(self, state: RoomState) -> Iterator[str]:
        if state.descriptions or state.candidates:
            yield "offers, answers, candidates"
        for one in state.descriptions.values():
            yield self._line(one.n, self._description(one))
        for (direction, target), found in state.candidates.items():
            mark = ">" if direction is TO_SERVER else "<"
            final = f", the last one is {found.final}" if found.final is not None else ""
            count = counted(found.count, "candidate")
            yield self._line(found.last, f"{mark} {count} for {names_of('SignalTarget')[target]}{final}")

    def _description(self, one: Description) -> str:
        mark = ">" if one.direction is TO_SERVER else "<"
        text = f"{mark} {self._word(one.type)} id={one.id}"
        if one.answered_by is not None:
            took = f" after {duration_text(one.answered_ns / 1e9)}" if one.answered_ns is not None else ""
            return f"{text}, answered by {one.answered_by}{took}"
        if one.answers is not None:
            return f"{text} →{one.answers}"
        return text + (", not answered" if one.type == "offer" else "")

    def _entity(self, entity: Entity, without: tuple[str, ...] = ()) -> Iterator[str]:
        """A line for each message that had a part in it."""
        by_number: dict[int, list[str]] = {}
        for name, value in self._json(entity.value).items():
            if name not in without:
                by_number.setdefault(entity.sources[name], []).extend(_flat(name, value))
        for n in sorted(by_number):
            yield self._line(n, " ".join(by_number[n]))

    def _words(self, message: Any) -> str:
        return " ".join(text for name, value in self._json(message).items() for text in _flat(name, value))

    def _word(self, text: str) -> str:
        return word(self._hidden(text))

    def _hidden(self, text: str) -> str:
        return self._secrets.tokens(text)

    @staticmethod
    def _line(n: int | None, text: str) -> str:
        return f"{'-' if n is None else n:>{NUMBER_WIDTH}}  {text}"

    # --- for a program ----------------------------------------------------------------------------------------------

    def json(self, state: RoomState, after: int) -> str:
        """The same as one line of JSON: every value beside the number (`n`) or numbers by field (`from`)."""
        value = {
            "kind": "room_state",
            "format": 1,
            "after": after,
            "session": state.session,
            "phase": state.phase.state if state.phase is not None else None,
            "connection": self._told(state.connection),
            "resumed": state.resumed,
            "token": state.token,
            "leave": self._known(state.leave),
            "close": None if state.close is None else {"code": state.close.code, "ended_by": state.close.ended_by},
            "room": self._told(state.room),
            "me": None if state.me is None else self._hidden(state.me),
            "participants": [self._person_json(person) for person in state.people.values()],
            "announced": [
                {**(self._told(track) or {}), "cid": self._known(state.cids.get(sid))}
                for sid, track in state.announced.items()
            ],
            "said": self._aspects_json(state.said),
            "asked": self._aspects_json(state.asked),
            "subscription_permission": self._known(state.permissions),
            "data_track_handles": self._known(state.handles),
            "media_sections": self._known(state.sections),
            "descriptions": [
                {
                    "n": one.n,
                    "dir": one.direction,
                    "type": self._hidden(one.type),
                    "id": one.id,
                    "answered_by": one.answered_by,
                    "answered_ms": None if one.answered_ns is None else round(one.answered_ns / 1e6, 3),
                    "answers": one.answers,
                }
                for one in state.descriptions.values()
            ],
            "candidates": [_candidates_json(*key, found) for key, found in state.candidates.items()],
        }
        return json.dumps(value, separators=(",", ":"))

    def _person_json(self, person: Person) -> dict[str, Any]:
        return {
            **(self._told(person.info, _TOLD_ELSEWHERE) or {}),
            "tracks": [self._told(track) for track in person.tracks.values()],
            "data_tracks": [self._told(track) for track in person.data_tracks.values()],
            "quality": self._told(person.quality),
            "speaking": self._told(person.speaking),
        }

    def _aspects_json(self, tracks: Mapping[str, Mapping[str, Known]]) -> dict[str, Any]:
        return {
            self._hidden(sid): {aspect: self._known(known) for aspect, known in aspects.items()}
            for sid, aspects in tracks.items()
        }

    def _told(self, entity: Entity | None, without: tuple[str, ...] = ()) -> dict[str, Any] | None:
        if entity is None:
            return None
        value = {name: said for name, said in self._json(entity.value).items() if name not in without}
        return {"value": value, "from": {name: entity.sources[name] for name in value}}

    def _known(self, known: Known | None) -> dict[str, Any] | None:
        if known is None:
            return None
        value = known.value
        if isinstance(value, str):
            value = self._hidden(value)
        elif not isinstance(value, bool):
            value = self._json(value)
        return {"value": value, "n": known.n}

    def _json(self, message: Any) -> dict[str, Any]:
        """A message as JSON lines print it: `.proto` names, secrets hidden."""
        value: dict[str, Any] = json.loads(message_text(message, self._secrets))
        return value


def _flat(path: str, value: Any) -> Iterator[str]:
    """`permission.can_publish=true …`: words as the request grammar spells them."""
    if isinstance(value, dict) and value:
        for name, inside in value.items():
            yield from _flat(f"{path}.{word(name)}", inside)
    elif isinstance(value, str):
        yield f"{path}={word(value)}"
    else:
        yield f"{path}={neutralise(json.dumps(value, ensure_ascii=False, separators=(',', ':')))}"


def _candidates_json(direction: str, target: int, found: Candidates) -> dict[str, Any]:
    name = names_of("SignalTarget")[target]
    return {"dir": direction, "target": name, "count": found.count, "last": found.last, "final": found.final}
