"""What a replay to a server found, for a person and as one JSON object.

The rule: the first line is the verdict, then every difference that counts in a line of its own, named by the request it
belongs to and by the numbers of both messages. What does not count (messages nobody asked for, facts that only say that
it is another server) is counted, and told one by one only where it is missing altogether, or with `-v`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lksig.render.phrases import SEPARATOR, counted, some
from lksig.render.safe_text import quoted

if TYPE_CHECKING:
    from lksig.session.replay_report import Differing, Finding, ReplayReport
    from lksig.wire.redaction import Secrets

MAX_VALUE = 200
"""Characters of a value that a person is shown."""


def report_lines(report: ReplayReport, secrets: Secrets, *, verbose: int = 0) -> Iterator[str]:
    """The report for a person; what peers wrote in it is not neutralised yet."""
    yield _verdict(report)
    unsent = [_request(finding) for finding in report.findings if finding.kind == "not_sent"]
    for finding in report.findings:
        if finding.kind == "not_sent":
            continue
        yield f"  {_told(finding)}"
        if _is_listed(finding):
            yield from (f"    {_differing(one, secrets)}" for one in finding.differences)
    if unsent:
        yield f"  not sent, the session was over: {some(unsent, str)}"
    yield from (f"  {line}" for line in _aside(report, secrets, verbose))


def _verdict(report: ReplayReport) -> str:
    same = f"replay: {report.same} of {counted(report.answers, 'answer')} came again as recorded"
    if report.findings:
        same += f", {counted(len(report.findings), 'difference')}"
    parts = [same, f"{counted(report.requests, 'request')} of {counted(report.sessions, 'session')}"]
    return SEPARATOR.join(parts if report.is_whole else [*parts, "stopped before its end"])


def _request(finding: Finding) -> str:
    request = finding.case if finding.request is None else f"{finding.case} {finding.request}"
    return request if finding.session == 1 else f"session {finding.session}: {request}"


def _told(finding: Finding) -> str:
    request = _request(finding)
    answer, recorded, live = finding.answer, finding.recorded, finding.live
    if finding.kind == "different" and not _is_listed(finding):
        other = finding.differences[0].live
        return f"{request}: answered by {other} (message {live}), recorded was {answer} ({recorded})"
    if finding.kind == "different":
        return f"{request}: {answer} differs (message {live}, recorded {recorded})"
    if finding.kind == "missing":
        return f"{request}: {answer} (recorded {recorded}) did not come"
    if finding.kind == "extra":
        return f"{request}: {answer} (message {live}) came, and was not recorded"
    (end,) = finding.differences
    return f"{request}: recorded {end.recorded}, here {end.live or 'the server did not end the session'}"


def _is_listed(finding: Finding) -> bool:
    """Whether what differs is told in lines of its own."""
    return finding.kind == "different" and finding.differences[0].path != "case"


def _differing(one: Differing, secrets: Secrets) -> str:
    return f"{one.path}: recorded {_value(one.recorded, secrets)}, here {_value(one.live, secrets)}"


def _value(text: str | None, secrets: Secrets) -> str:
    if text is None:
        return "nothing"
    text = secrets.scrub(text)
    return quoted(text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…")


def _aside(report: ReplayReport, secrets: Secrets, verbose: int) -> Iterator[str]:
    """What does not count."""
    recorded, live = report.unsolicited
    if report.missing_kinds:
        kinds = some(list(report.missing_kinds.items()), lambda kind: f"{kind[0]} ({kind[1]} recorded)")
        yield f"unasked: {recorded} recorded, {live} here, none of {kinds}"
    elif recorded or live:
        yield f"unasked: {recorded} recorded, {live} here"
    if report.unbound:
        yield f"sent as recorded, for nothing here told what stands for them: {some(report.unbound, str)}"
    if report.place and verbose:
        yield "another server, which does not count:"
        yield from (f"  {_differing(one, secrets)}" for one in report.place)
    if report.left_out and verbose:
        yield f"left out: {report.left_out} pings and fences of the recording"


def report_json(report: ReplayReport, secrets: Secrets) -> str:
    """The report as the last JSON line of a replay."""
    line: dict[str, Any] = {
        "kind": "replay",
        "same": report.is_same,
        "whole": report.is_whole,
        "sessions": report.sessions,
        "requests": report.requests,
        "answers": {"recorded": report.answers, "same": report.same},
        "findings": [_finding_json(finding, secrets) for finding in report.findings],
        "place": [_differing_json(one, secrets) for one in report.place],
        "unasked": {
            "recorded": report.unsolicited[0],
            "live": report.unsolicited[1],
            "missing": dict(report.missing_kinds),
        },
        "left_out": report.left_out,
        "unbound": list(report.unbound),
    }
    return secrets.tokens_in_json(json.dumps(line, separators=(",", ":")))


def _finding_json(finding: Finding, secrets: Secrets) -> dict[str, Any]:
    known = {
        "what": finding.kind,
        "session": finding.session,
        "case": finding.case,
        "request": finding.request,
        "answer": finding.answer,
        "recorded": finding.recorded,
        "live": finding.live,
    }
    found: dict[str, Any] = {name: value for name, value in known.items() if value is not None}
    if finding.differences:
        found["differences"] = [_differing_json(one, secrets) for one in finding.differences]
    return found


def _differing_json(one: Differing, secrets: Secrets) -> dict[str, Any]:
    values = (one.recorded, one.live)
    recorded, live = (None if value is None else secrets.scrub(value) for value in values)
    return {"path": one.path, "recorded": recorded, "live": live}
