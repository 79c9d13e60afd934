"""A session in numbers, for a person and as one JSON object.

The rule: every number has its unit, and durations of answers are percentiles to 1 % (`lksig.recording.histogram`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lksig.recording.stats import MAX_NAMED, SECOND_NS, Refused, Row, Socket, Stats, Traffic, rows
from lksig.render.phrases import SEPARATOR, counted, parts
from lksig.render.safe_text import neutralise
from lksig.render.times import bytes_text, duration_text
from lksig.render.width import width_of
from lksig.schema.pool import TO_CLIENT, TO_SERVER
from lksig.session.endings import ending_words

if TYPE_CHECKING:
    from lksig.recording.histogram import Histogram
    from lksig.wire.events import End, Message
    from lksig.wire.redaction import Secrets

SHOWN = 8
"""Numbers, sockets and silences that a person is told one by one."""

MIN_GAP_NS = SECOND_NS
"""A silence shorter than this is not worth a word."""

_HEAD = ("case", "<", ">", "bytes", "reply p50", "p99", "max")


def stats_lines(stats: Stats, secrets: Secrets) -> list[str]:
    """The numbers for a person: a line for all of it, the table by case, then what stands out."""
    lines = [_total(stats)]
    rates = _rates(stats)
    if rates:
        lines.append(rates)
    table = rows(stats)
    if table:
        lines += _table([_HEAD, *[cells for row in table for cells in _cells(row)]])
    if stats.ws_pings.count:
        lines.append(f"WebSocket ping: {stats.ws_pings.count} answered, {_percentiles(stats.ws_pings)}")
    lines += [_refused(case, reason, found) for (case, reason), found in stats.refused.items()]
    lines += _unanswered(stats)
    if stats.undecodable:
        lines.append(f"undecodable: {stats.undecodable}")
    lines += [
        f"gap: {duration_text(gap.ns / SECOND_NS)} from {gap.since_ns / SECOND_NS:.3f} s, before {gap.before}"
        for gap in stats.gaps
        if gap.ns >= MIN_GAP_NS
    ]
    if stats.socket_count > 1:
        lines += [_socket(one, secrets) for one in list(stats.sockets.values())[:SHOWN]]
    lines += [neutralise(secrets.scrub(_story(stats, end))) for end in stats.ends[:SHOWN]]
    return lines


def _total(stats: Stats) -> str:
    down, up = stats.traffic[TO_CLIENT], stats.traffic[TO_SERVER]
    return parts(
        f"{counted(down.count + up.count, 'message')} in {duration_text(stats.duration_ns / SECOND_NS)}",
        counted(stats.socket_count, "socket"),
        f"{bytes_text(down.bytes)} <",
        f"{bytes_text(up.bytes)} >",
        f"{len(stats.ends)} sessions" if len(stats.ends) > 1 else None,
        counted(stats.markers, "mark") if stats.markers else None,
    )


def _rates(stats: Stats) -> str:
    """Averages say something from a second on, and the busiest second only when it is not the average."""
    if stats.duration_ns < SECOND_NS:
        return ""
    told = []
    for mark, direction in (("<", TO_CLIENT), (">", TO_SERVER)):
        mean, peak = stats.traffic[direction].count * SECOND_NS / stats.duration_ns, stats.peak[direction]
        told.append(f"{mean:.3g}/s {mark}, at most {peak.count}/s and {bytes_text(peak.bytes)}/s")
    if stats.largest is not None:
        size, n, case = stats.largest
        told.append(f"largest: {case or 'no case'} ({n}), {bytes_text(size)}")
    return SEPARATOR.join(told)


def _cells(row: Row) -> list[tuple[str, ...]]:
    name = "/".join(case for case in (row.request, row.response) if case) or "(no case)"
    counts = (str(row.to_client or "-"), str(row.to_server or "-"), bytes_text(row.bytes))
    cells: list[tuple[str, ...]] = [(name, *counts, *_times(row.reply))]
    if row.served is not None:
        cells.append(("  asked by the server", "", "", "", *_times(row.served)))
    return cells


def _times(histogram: Histogram | None) -> tuple[str, str, str]:
    if histogram is None:
        return "", "", ""
    return _ms(histogram.percentile_ns(50)), _ms(histogram.percentile_ns(99)), _ms(histogram.max_ns)


def _ms(ns: int | None) -> str:
    return "" if ns is None else duration_text(ns / SECOND_NS)


def _percentiles(histogram: Histogram) -> str:
    p50, p99, most = _times(histogram)
    return f"p50 {p50}, p99 {p99}, max {most}"


def _table(table: list[tuple[str, ...]]) -> list[str]:
    """Names to the left, numbers to the right."""
    widths = [max(map(width_of, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if index == 0 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()
        for cells in table
    ]


def _refused(case: str, reason: str | None, found: Refused) -> str:
    numbers = ", ".join(map(str, found.numbers[:SHOWN]))
    more = f", +{found.count - SHOWN} more" if found.count > SHOWN else ""
    return f"refused: {case} {reason or ''}".rstrip() + f" ({numbers}{more})"


def _unanswered(stats: Stats) -> list[str]:
    if not stats.unanswered:
        return []
    named = [f"{case} ({n})" for n, case in stats.unanswered[:SHOWN]]
    if stats.unanswered_count > SHOWN:
        named.append(f"+{stats.unanswered_count - SHOWN} more")
    return ["unanswered: " + ", ".join(named)]


def _socket(socket: Socket, secrets: Secrets) -> str:
    down, up = socket.traffic[TO_CLIENT], socket.traffic[TO_SERVER]
    close = socket.close
    if close is None:
        ended = "open to the end"
    else:
        code = "without a close frame" if close.code is None else f"{close.code} {close.reason}".rstrip()
        ended = f"closed by the {close.ended_by}, {code}"
    span = f"{socket.first_ns / SECOND_NS:.3f} to {socket.last_ns / SECOND_NS:.3f} s"
    whose = f" of session {socket.session}" if socket.session > 1 else ""
    return neutralise(secrets.scrub(f"socket {socket.number}{whose}: {span}, < {down.count} > {up.count}, {ended}"))


def _story(stats: Stats, end: End) -> str:
    whose = f"session {end.session}: " if len(stats.ends) > 1 else ""
    closes = [one.close for one in stats.sockets.values() if one.session == end.session and one.close is not None]
    if end.ended_by is None:
        return f"{whose}no end: the recording stops before the session does"
    if not closes:
        return f"{whose}ended by the {end.ended_by}" + ("" if end.code is None else f", close {end.code}")
    leave: Message | None = stats.leaves.get(end.session)
    body: Any = leave.envelope if leave is not None else None
    return whose + ending_words(closes[-1], body.leave if body is not None else None)


# --- JSON -------------------------------------------------------------------------------------------------------------


def stats_json(stats: Stats, secrets: Secrets) -> str:
    """The same as one line of JSON. Times are milliseconds, sizes bytes."""
    largest = stats.largest
    value: dict[str, Any] = {
        "kind": "stats",
        "format": 1,
        "duration_ms": _number(stats.duration_ns),
        "messages": {way: stats.traffic[way].count for way in (TO_CLIENT, TO_SERVER)},
        "bytes": {way: stats.traffic[way].bytes for way in (TO_CLIENT, TO_SERVER)},
        "peak_per_s": {way: _traffic(stats.peak[way]) for way in (TO_CLIENT, TO_SERVER)},
        "by": dict(sorted(stats.by.items())),
        "undecodable": stats.undecodable,
        "http": stats.http,
        "markers": stats.markers,
        "largest": None if largest is None else {"bytes": largest[0], "n": largest[1], "case": largest[2]},
        "cases": [
            {"dir": way, "case": case, "messages": found.count, "bytes": found.bytes, "max_bytes": found.max_bytes}
            for (way, case), found in sorted(stats.cases.items(), key=lambda entry: (entry[0][0], entry[0][1] or ""))
        ],
        "replies": [
            {"dir": way, "request": case, **_histogram(found)} for (way, case), found in sorted(stats.replies.items())
        ],
        "ws_pings": _histogram(stats.ws_pings),
        "results": dict(sorted(stats.results.items())),
        "refused": [
            {"case": case, "reason": reason, "count": found.count, "requests": found.numbers}
            for (case, reason), found in stats.refused.items()
        ],
        "unanswered": {"count": stats.unanswered_count, "requests": [n for n, _ in stats.unanswered]},
        "gaps": [{"ms": _number(gap.ns), "t_ms": _number(gap.since_ns), "before": gap.before} for gap in stats.gaps],
        "socket_count": stats.socket_count,
        "sockets": [_socket_json(one, secrets) for one in stats.sockets.values()],
        "ends": [
            {
                "session": end.session,
                "ended_by": end.ended_by,
                "code": end.code,
                "why": secrets.scrub(_story(stats, end)),
            }
            for end in stats.ends[:MAX_NAMED]
        ],
    }
    return json.dumps(value, separators=(",", ":"))


def _number(ns: int) -> float:
    return round(ns / 1e6, 3)


def _traffic(traffic: Traffic) -> dict[str, int]:
    return {"messages": traffic.count, "bytes": traffic.bytes}


def _histogram(histogram: Histogram) -> dict[str, Any]:
    if not histogram.count:
        return {"count": 0}
    p50, p99 = histogram.percentile_ns(50) or 0, histogram.percentile_ns(99) or 0
    return {
        "count": histogram.count,
        "p50_ms": _number(p50),
        "p99_ms": _number(p99),
        "max_ms": _number(histogram.max_ns),
        "mean_ms": _number(histogram.sum_ns // histogram.count),
    }


def _socket_json(socket: Socket, secrets: Secrets) -> dict[str, Any]:
    close = socket.close
    return {
        "session": socket.session,
        "socket": socket.number,
        "from_ms": _number(socket.first_ns),
        "to_ms": _number(socket.last_ns),
        "messages": {way: socket.traffic[way].count for way in (TO_CLIENT, TO_SERVER)},
        "bytes": {way: socket.traffic[way].bytes for way in (TO_CLIENT, TO_SERVER)},
        "close": None
        if close is None
        else {"code": close.code, "ended_by": close.ended_by, "reason": secrets.scrub(close.reason)},
    }
