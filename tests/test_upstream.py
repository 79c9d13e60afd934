"""The committed descriptors are upstream's: compared with the `livekit-protocol` package, field by field."""

from __future__ import annotations

import importlib
import importlib.metadata
from pathlib import Path
from typing import Any

import pytest

from lksig.schema.pool import PROTOCOL_VERSION

PROTO = Path(__file__).resolve().parent.parent / "proto"


@pytest.fixture
def checker(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`proto/check_upstream.py`, which lives outside of every package."""
    monkeypatch.syspath_prepend(PROTO)
    return importlib.import_module("check_upstream")


@pytest.fixture
def facts(checker: Any) -> Any:
    return importlib.import_module("facts")


def test_the_package_says_the_same(checker: Any) -> None:
    differing, spent = checker.compare(checker.package_files(), checker.PACKAGE_GAPS)
    name, compared = checker.upstream()["package"].split()
    if importlib.metadata.version(name) != compared:
        # A newer package may have more than the pinned schema, and no gaps; it may not contradict it.
        differing, spent = [line for line in differing if not line.endswith(": only upstream")], []
    assert differing == []
    assert spent == []


def test_the_pinned_version_is_the_one_lksig_reports(checker: Any) -> None:
    pinned = checker.upstream()
    assert pinned["version"] == f"v{PROTOCOL_VERSION}"
    assert pinned["module"] == "github.com/livekit/protocol"
    assert pinned["sum"].startswith("h1:")


def test_an_exception_that_names_no_difference_is_reported(checker: Any, capsys: pytest.CaptureFixture[str]) -> None:
    gaps = {**checker.PACKAGE_GAPS, "livekit.Ping.rtt: only here": "no longer true"}
    assert not checker.report("package", checker.package_files(), gaps)
    assert "an exception no longer applies, remove it: livekit.Ping.rtt: only here" in capsys.readouterr().out


def _schema(**changes: Any) -> bytes:
    """A file with one message, one enum and every kind of mark, changed as told."""
    from google.protobuf import text_format
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    values: dict[str, Any] = {"number": 1, "type": "TYPE_STRING", "label": "LABEL_OPTIONAL", "json": "aField"}
    values |= {"zero": 0, "value": "ONE", "deprecated": "false", "oneof": "arm", **changes}
    text = """
        name: "x.proto" package: "livekit" syntax: "proto3"
        message_type {{
          name: "M" oneof_decl {{ name: "{oneof}" }}
          field {{ name: "a_field" number: {number} type: {type} label: {label} json_name: "{json}" oneof_index: 0
                  options {{ deprecated: {deprecated} }} }}
        }}
        enum_type {{ name: "E" value {{ name: "ZERO" number: {zero} }} value {{ name: "{value}" number: 1 }} }}
    """
    return text_format.Parse(text.format(**values), FileDescriptorProto()).SerializeToString()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": 2}, ["livekit.M.a_field: number is 1 here, 2 upstream"]),
        ({"type": "TYPE_INT64"}, ["livekit.M.a_field: type is 'string' here, 'int64' upstream"]),
        ({"label": "LABEL_REPEATED"}, ["livekit.M.a_field: repeated is False here, True upstream"]),
        ({"json": "other"}, ["livekit.M.a_field: JSON name is 'aField' here, 'other' upstream"]),
        ({"json": ""}, []),
        ({"deprecated": "true"}, ["livekit.M.a_field: deprecated is False here, True upstream"]),
        ({"oneof": "leg"}, ["livekit.M.a_field: oneof is 'arm' here, 'leg' upstream"]),
        ({"zero": 7}, ["livekit.E.ZERO: number is 0 here, 7 upstream"]),
        ({"value": "UNO"}, ["livekit.E.ONE: only here", "livekit.E.UNO: only upstream"]),
    ],
)
def test_every_difference_is_named(facts: Any, changes: dict[str, Any], said: list[str]) -> None:
    assert facts.differences(facts.facts([_schema()]), facts.facts([_schema(**changes)])) == said


def test_what_was_trimmed_away_is_no_difference(facts: Any) -> None:
    both = facts.facts([_schema()])
    trimmed = {name: said for name, said in both.items() if not name.startswith("livekit.M")}
    assert facts.differences(trimmed, both) == []
    assert facts.differences(both, trimmed) == ["livekit.M.a_field: only here", "livekit.M: only here"]


def test_sensitivity_and_optional_are_facts(facts: Any, checker: Any) -> None:
    ours = facts.facts(facts.files_of_set(checker.COMMITTED.read_bytes()))
    assert ours["livekit.ICEServer.credential"]["logger.sensitivity"] == 2
    assert ours["livekit.Room.metadata"]["logger.redact_format"] == "<redacted ({{ .Size }} bytes)>"
    assert ours["livekit.StoreDataBlobRequest.request_id"]["logger.name"] == "requestID"
    assert ours["livekit.ConnectionSettings.subscriber_allow_pause"]["optional"] is True
    assert ours["livekit.UpdateVideoLayers"]["deprecated"] is True


def test_without_go_the_module_is_said_to_be_uncompared(
    checker: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checker.shutil, "which", lambda _name: None)
    monkeypatch.setattr(checker, "compare", lambda _theirs, _gaps: ([], []))
    assert checker.main([]) == 0
    assert "not compared, there is no `go`" in capsys.readouterr().out
    assert checker.main(["--require-go"]) == 1
