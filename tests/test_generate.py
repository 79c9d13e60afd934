"""`proto/generate.py`: comments, units, what is missing and what is stale; protoc itself runs in `make check`."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import text_format
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

ROOT = Path(__file__).resolve().parent.parent

FILE = """
    name: "x.proto" package: "livekit" syntax: "proto3"
    message_type {
      name: "SignalRequest"
      field { name: "mute" number: 1 type: TYPE_MESSAGE type_name: ".livekit.Mute" oneof_index: 0 }
      oneof_decl { name: "message" }
    }
    message_type {
      name: "Mute"
      field { name: "sid" number: 1 type: TYPE_STRING }
      field { name: "why" number: 2 type: TYPE_ENUM type_name: ".livekit.Mute.Why"
              proto3_optional: true oneof_index: 0 }
      field { name: "tags" number: 3 type: TYPE_MESSAGE label: LABEL_REPEATED type_name: ".livekit.Mute.TagsEntry" }
      oneof_decl { name: "_why" }
      nested_type { name: "TagsEntry" options { map_entry: true } field { name: "key" number: 1 type: TYPE_STRING } }
      enum_type { name: "Why" value { name: "NONE" number: 0 } }
    }
    message_type { name: "Pong" field { name: "rtt" number: 1 type: TYPE_INT64 } }
    enum_type { name: "Quality" value { name: "LOW" number: 0 } }
"""


@pytest.fixture
def elements(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(ROOT / "proto")
    return importlib.import_module("elements")


@pytest.fixture
def generate(elements: Any) -> Any:
    return importlib.import_module("generate")


def commented(*comments: tuple[tuple[int, ...], str]) -> FileDescriptorProto:
    """The file above with leading comments at these paths."""
    file = text_format.Parse(FILE, FileDescriptorProto())
    for path, text in comments:
        file.source_code_info.location.add(path=path, leading_comments=text)
    return file


def test_every_element_that_can_have_a_comment(elements: Any) -> None:
    found = {each.name.removeprefix("livekit."): each.kind for each in elements.elements(commented())}
    assert found == {
        "SignalRequest": "message",
        "SignalRequest.mute": "field",
        "SignalRequest.message": "oneof",
        "Mute": "message",
        "Mute.sid": "field",
        "Mute.why": "field",
        "Mute.tags": "field",
        "Mute.Why": "enum",
        "Mute.Why.NONE": "value",
        "Pong": "message",
        "Pong.rtt": "field",
        "Quality": "enum",
        "Quality.LOW": "value",
    }


def test_comments_find_their_elements(elements: Any) -> None:
    file = commented(
        ((4, 1), " A"), ((4, 1, 2, 0), " B"), ((4, 1, 4, 0, 2, 0), " C"), ((5, 0), " D"), ((12,), " syntax")
    )
    assert elements.comments(file) == {
        "livekit.Mute": "A",
        "livekit.Mute.sid": "B",
        "livekit.Mute.Why.NONE": "C",
        "livekit.Quality": "D",
    }


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (" One line.\n goes on.\n", "One line. goes on."),
        (" First.\n\n   Second\n paragraph.\n", "First.\n\nSecond paragraph."),
        (" A list:\n - one\n   more\n - two\n", "A list:\n- one more\n- two"),
        ("\n", ""),
    ],
)
def test_comments_are_reflowed(elements: Any, written: str, text: str) -> None:
    assert elements.comments(commented(((4, 1), written))).get("livekit.Mute", "") == text


def test_a_comment_behind_an_element_counts_too(elements: Any) -> None:
    file = commented(((4, 1), " Before."))
    file.source_code_info.location[0].trailing_comments = " Behind.\n"
    assert elements.comments(file)["livekit.Mute"] == "Before.\n\nBehind."


def test_units_are_taken_out_of_the_first_sentence(elements: Any) -> None:
    texts, units = elements.split_units(
        {"a.rtt": "Round trip [ms]. 0 means [none].", "a.text": "No unit. Not here [ms]."}, {"ms", "s"}
    )
    assert texts == {"a.rtt": "Round trip. 0 means [none].", "a.text": "No unit. Not here [ms]."}
    assert units == {"a.rtt": "ms"}


@pytest.mark.parametrize("text", ["Speed [furlongs].", "Either [ms] or [s]."])
def test_a_unit_nobody_knows_is_a_mistake(elements: Any, text: str) -> None:
    with pytest.raises(ValueError, match=r"a\.field: the first sentence may hold one unit"):
        elements.split_units({"a.field": text}, {"ms", "s"})


def test_what_a_request_contains_is_reachable(elements: Any) -> None:
    found = elements.reachable([commented()], ["livekit.SignalRequest"])
    assert {"livekit.Mute", "livekit.Mute.Why"} <= found
    assert "livekit.Pong" not in found


def test_missing_comments_are_told_apart_by_side(generate: Any, capsys: pytest.CaptureFixture[str]) -> None:
    file = commented(((4, 0), " A"), ((4, 0, 2, 0), " B"), ((4, 1), " C"), ((4, 1, 2, 0), " D"), ((5, 0), " E"))
    request, rest = generate.missing(FileDescriptorSet(file=[file]))
    assert [each.name for each in request] == [
        "livekit.Mute.why",
        "livekit.Mute.tags",
        "livekit.Mute.Why",
        "livekit.Mute.Why.NONE",
    ]
    assert [each.name for each in rest] == ["livekit.Pong", "livekit.Pong.rtt", "livekit.Quality.LOW"]
    assert generate.report_missing(FileDescriptorSet(file=[file]), list_them=True)
    printed = capsys.readouterr().out
    assert "request side: 4 without a comment\n  field   livekit.Mute.why\n" in printed


def test_nothing_missing_is_said_only_when_asked(generate: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert not generate.report_missing(FileDescriptorSet(), list_them=False)
    assert capsys.readouterr().out == ""
    assert not generate.report_missing(FileDescriptorSet(), list_them=True)
    assert "request side: 0" in capsys.readouterr().out


def test_stale_files_are_named(generate: Any, tmp_path: Path) -> None:
    one, other = commented(), FileDescriptorProto(name="y.proto")
    data = FileDescriptorSet(file=[one, other]).SerializeToString()
    swapped = FileDescriptorSet(file=[other, one]).SerializeToString()
    (tmp_path / "livekit.binpb").write_bytes(swapped)
    (tmp_path / "docs.json").write_bytes(b"old")
    (tmp_path / "gone_pb2.pyi").write_bytes(b"")
    (tmp_path / "__init__.py").write_bytes(b"")
    files = {"livekit.binpb": data, "docs.json": b"new", "units.json": b"{}"}
    assert generate.stale(files, tmp_path) == ["docs.json", "gone_pb2.pyi", "units.json"]
    one.message_type[0].name = "Other"
    (tmp_path / "livekit.binpb").write_bytes(FileDescriptorSet(file=[one, other]).SerializeToString())
    assert "livekit.binpb" in generate.stale(files, tmp_path)


def test_stubs_import_their_neighbours_from_the_package(generate: Any) -> None:
    stub = "import builtins as _b\nimport livekit_models_pb2 as _livekit_models_pb2\n"
    assert generate.own_stub(stub) == (
        "import builtins as _b\nfrom lksig._proto import livekit_models_pb2 as _livekit_models_pb2\n"
    )
    with pytest.raises(SystemExit, match="nobody rewrites: from logger"):
        generate.own_stub("from logger import options_pb2 as _options_pb2\n")


def test_the_descriptor_set_is_stored_without_source(generate: Any) -> None:
    full = FileDescriptorSet(file=[commented(((4, 1), " A"))])
    assert not generate.without_source(full).file[0].HasField("source_code_info")
    assert full.file[0].HasField("source_code_info")
