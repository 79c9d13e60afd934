"""Which recorded request is meant: ids first, then what is equal, then the order."""

from __future__ import annotations

from typing import Any

import pytest

from lksig.schema.pool import TO_SERVER
from lksig.session.replay_likeness import MAX_COMPARED, has_other_sections, likest
from lksig.session.replay_script import Asked
from tests.support.tape import envelope


def choose(case: str, live: dict[str, Any], *recorded: dict[str, Any]) -> int:
    """The place of the recorded request that is chosen."""

    def body(fields: dict[str, Any]) -> Any:
        return getattr(envelope(TO_SERVER, **{case: fields}), case)

    return likest([Asked(index, 0, case, body(one)) for index, one in enumerate(recorded)], body(live)).index


@pytest.mark.parametrize(
    ("case", "live", "recorded", "chosen"),
    [
        ("mute", {"sid": "b"}, [{"sid": "a"}, {"sid": "b", "muted": True}], 1),
        ("mute", {"sid": "x"}, [{"sid": "a"}, {"sid": "b"}], 0),
        ("mute", {"sid": "a"}, [{"sid": "a", "muted": True}, {"sid": "a"}], 1),
        ("mute", {"sid": "a", "muted": True}, [{"sid": "a"}, {"sid": "a", "muted": True}], 1),
        ("add_track", {"cid": "x", "type": "VIDEO"}, [{"cid": "a"}, {"cid": "b", "type": "VIDEO"}], 1),
        ("add_track", {"cid": "a", "type": "VIDEO"}, [{"cid": "b", "type": "VIDEO"}, {"cid": "a"}], 1),
        ("update_metadata", {"name": "B", "request_id": 1}, [{"name": "A", "request_id": 1}, {"name": "B"}], 1),
        ("offer", {"sdp": "x", "id": 2}, [{"sdp": "a", "id": 1}, {"sdp": "b", "id": 2}], 0),
        ("subscription", {"track_sids": ["b"]}, [{"track_sids": ["a", "b"]}, {"track_sids": ["b"]}], 1),
        ("track_setting", {}, [{}, {}], 0),
    ],
)
def test_the_one_that_is_most_like_it(
    case: str, live: dict[str, Any], recorded: list[dict[str, Any]], chosen: int
) -> None:
    assert choose(case, live, *recorded) == chosen


def test_only_so_many_are_compared() -> None:
    recorded = [{"sid": "a"}] * MAX_COMPARED
    assert choose("mute", {"sid": "b"}, *recorded, {"sid": "b"}) == 0
    assert choose("mute", {"sid": "b"}, *recorded[1:], {"sid": "b"}) == MAX_COMPARED - 1


def sdp(*kinds: str, ufrag: str = "abcd") -> str:
    media = "".join(f"m={kind} 9 UDP x 0\r\na=ice-ufrag:{ufrag}\r\na=mid:{mid}\r\n" for mid, kind in enumerate(kinds))
    return "v=0\r\n" + media


def test_offers_that_one_answer_fits() -> None:
    assert not has_other_sections(sdp("audio", "video"), sdp("audio", "video", ufrag="wxyz"))
    assert not has_other_sections("", "")
    assert has_other_sections(sdp("audio", "video"), sdp("video", "audio"))
    assert has_other_sections(sdp("audio"), sdp("audio", "video"))
    assert has_other_sections(sdp("audio"), sdp("audio").replace("mid:0", "mid:a"))
