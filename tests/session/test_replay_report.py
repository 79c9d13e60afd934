"""A report is the same as the recording when nothing counts against it."""

from __future__ import annotations

from lksig.session.replay_report import Differing, Finding, ReplayReport


def test_only_findings_count() -> None:
    aside = ReplayReport(
        1, 2, 2, 2, (), place=(Differing("join.server_version", "1", "2"),), missing_kinds={"room_update": 1}
    )
    assert aside.is_same
    finding = Finding("missing", 1, "mute", 3, "request_response NOT_FOUND", 4, None)
    assert not ReplayReport(1, 2, 2, 1, (finding,)).is_same
