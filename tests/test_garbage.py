"""Bad input by the hundred: a verdict or one clear line, never a traceback, a partial output or anything obeyed."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from bowerman_data.cli import main
from tests.garbage import GARBAGE

Capture = pytest.CaptureFixture[str]
# Every kind of garbage before both engines, one in so many.
BOTH = sorted(GARBAGE)[::40]


def judge(folder: Path, name: str, engine: str) -> tuple[int, list[Path]]:
    """The exit code, and the outputs that were written."""
    path = folder / "in" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(GARBAGE[name])
    outputs = [folder / "out.json", folder / "out.html", folder / "out.parquet"]
    words = [word for output in outputs for word in (f"--{_option(output)}", str(output))]
    code = main(["validate", str(path), "--engine", engine, *words, "--quarantine", str(folder / "parted")])
    return code, [output for output in (*outputs, folder / "parted") if output.exists()]


def _option(output: Path) -> str:
    return "violations" if output.suffix == ".parquet" else output.suffix[1:]


class _Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {tag, *(name for name, _ in attrs if name.startswith("on") or name in ("src", "href"))}


def said_well(code: int, outputs: list[Path], captured: Any) -> str | None:  # noqa: ANN401
    """What is wrong with how it ended, if anything."""
    if "Traceback" in captured.err:
        return "a traceback"
    if code == 2:
        lines = captured.err.splitlines()
        return f"{len(lines)} lines and {outputs}" if len(lines) != 1 or outputs else None
    if code not in (0, 1) or len(outputs) != 4:
        return f"exit {code} with {outputs}"
    return _reported_well(code, outputs)


def _reported_well(code: int, outputs: list[Path]) -> str | None:
    report = json.loads(outputs[0].read_text(encoding="utf-8"))
    if code == 1 and not [one for one in report["violations"] if one["severity"] == "error"]:
        return f"nothing is named: {[c for c in report['checked'] if c['outcome'] == 'error']}"
    if report["disagreements"]:
        return f"the engines disagree: {report['disagreements']}"
    tags = _Tags(outputs[1].read_text(encoding="utf-8")).found
    return f"the page has {tags}" if tags & {"script", "img", "link", "iframe", "onerror", "src", "href"} else None


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_named_or_refused_in_one_line(tmp_path: Path, name: str, capsys: Capture) -> None:
    code, outputs = judge(tmp_path, name, "pandera")
    assert said_well(code, outputs, capsys.readouterr()) is None


@pytest.mark.parametrize("name", BOTH)
def test_both_engines_say_the_same_of_garbage(tmp_path: Path, name: str, capsys: Capture) -> None:
    code, outputs = judge(tmp_path, name, "both")
    assert said_well(code, outputs, capsys.readouterr()) is None


def test_there_are_hundreds() -> None:
    assert len(GARBAGE) > 300


def test_a_terminal_is_shown_nothing_that_it_would_obey(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "heat\x1b[2J.csv"
    path.write_text("Place,Name,Time\x1b]0;title\x07\n1,Ann\x1b[31m,4:65.00\x1b[2J\n", encoding="utf-8")
    main(["validate", str(path), "--engine", "pandera"])
    captured = capsys.readouterr()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", captured.out + captured.err)


@pytest.mark.parametrize("word", ["in", "in/nowhere.csv", ""])
def test_what_is_no_file_is_refused(
    tmp_path: Path, word: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["validate", word, "--engine", "pandera"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
