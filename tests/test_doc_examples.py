"""Every ```console block of the README and of docs/ is run, and shows what it says it shows.

`--update-golden` writes what is shown now into the documents; look at the difference before committing.
"""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cli import run
from tests.support.examples import Example, examples, normalised, of_block, rewritten, run_example, same
from tests.support.lossy_proxy import lossy_proxy
from tests.support.replaying import replaying
from tests.support.serving import serving

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [
    str(path.relative_to(ROOT))
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if examples(path.read_text("utf-8"))
]


@pytest.fixture
def places(document: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """What the documents name → what stands for it here."""
    with serving("--with", "alice") as url, lossy_proxy() as lossy, contextlib.ExitStack() as stack:
        named = {
            "--dev": f"{url} --api-key devkey --api-secret secret",
            "ws://127.0.0.1:7880": url,
            "wss://lk.example.com": lossy,
        }
        if document.endswith("replay-server.md"):
            named["ws://127.0.0.1:7990"] = stack.enter_context(replaying(recorded(named["--dev"], tmp_path))).url
        yield named


def recorded(server: str, folder: Path) -> Path:
    """The recording that the page about serving one begins with."""
    path = folder / "served.lksig"
    words = ["send", *server.split(), *f"--room standup --identity probe --record {path}".split()]
    assert run(*words, "add_track", "cid=cam1", "type=VIDEO").exit_code == 0
    return path


@pytest.mark.parametrize("document", DOCUMENTS)
def test_examples(
    document: str, places: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, update_golden: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("LIVEKIT_URL", "LIVEKIT_TOKEN", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "LK_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    file = ROOT / document
    text = file.read_text("utf-8")
    outputs: list[list[str]] = []
    different: list[str] = []
    for example in examples(text):
        shown = run_example(example.command, places, tmp_path)
        is_same = same(example.output, shown)
        outputs.append(list(example.output) if is_same else shown)
        if not is_same:
            different += [
                f"$ {example.command}",
                *difflib.unified_diff(example.output, shown, "document", "now", lineterm="", n=1),
            ]
    if update_golden:
        file.write_text(rewritten(text, outputs), "utf-8")
    else:
        assert not different, "\n".join(different)


def test_a_block_is_commands_and_what_they_show() -> None:
    block = "$ lksig send \\\n    ping\none\n\ntwo\n$ lksig\n"
    assert of_block(block) == [Example("lksig send \\\n    ping", ("one", "", "two")), Example("lksig", ())]
    text = f"before\n```console\n{block}```\nafter\n"
    assert rewritten(text, [["1"], ["2", "3"]]) == (
        "before\n```console\n$ lksig send \\\n    ping\n1\n$ lksig\n2\n3\n```\nafter\n"
    )
    assert rewritten(text, [example.output for example in examples(text)]) == text


@pytest.mark.parametrize(
    ("wanted", "shown", "result"),
    [
        (["a 1.5 ms TR_abc"], ["a  20 ms TR_xyz"], True),
        (["a"], ["b"], False),
        (["a"], ["a", "b"], False),
        (["a", "b"], ["a"], False),
        (["a", "...", "d"], ["a", "b", "c", "d"], True),
        (["a", "...", "d"], ["a", "d"], True),
        (["a", "...", "d"], ["a", "b"], False),
        (["a", "..."], ["a", "b", "c"], True),
        (["...", "c"], ["a", "b", "c"], True),
    ],
)
def test_what_counts_as_the_same(wanted: list[str], shown: list[str], result: bool) -> None:
    assert same(wanted, shown) is result


def test_words_are_never_left_out() -> None:
    assert normalised("  3  0.2 > mute 13 B  sid=TR_abc muted=true [jwt 0a1b2c3d]") == (
        "N N > mute N B sid=TR_… muted=true [jwt]"
    )
    assert normalised("cid=cam1 track.stre…  →3 9.1ms") == normalised("cid=cam1 track.stream=c…  →3 812.4ms")
    assert normalised("9 messages in 2.1 s · > 1, 4 B · longest gap 2 s before 3") == "N messages in N s · > N, N B"
    assert normalised("refused NOT_FOUND") != normalised("refused NOT_ALLOWED")
