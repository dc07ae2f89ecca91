from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.bench import page, picture
from tests.bench.contenders import CONTENDERS, FLOOR, GX, PANDERA
from tests.bench.figures import figures_of, targets
from tests.bench.measure import measure
from tests.bench.run import main

Bench = dict[str, Any]
README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
COMMITTED: Bench = json.loads(page.COMMITTED.read_text(encoding="utf-8"))

BENCH: Bench = {
    "date": "2026-11-25",
    "system": "Linux x86_64",
    "cores": 2,
    "memory_gb": 24.0,
    "versions": {"python": "3.11.7", "pyspark": None},
    "runs": [],
}


def run(contender: str, work_s: float | None, archive: str = "10m", **more: object) -> Bench:
    same = {"archive": archive, "contender": contender, "round": 0, "load": 0.5, "outcome": "ok"}
    told = {} if work_s is None else {"import_s": 1.0, "work_s": work_s, "rules": 21}
    return same | {"wall_s": 9.0, "cpu_s": 9.0, "peak_mb": 1000.0} | told | more


def bench(*runs: Bench) -> Bench:
    return BENCH | {"runs": list(runs)}


def met(made: Bench, words: str) -> list[bool | None]:
    return [one.met for one in targets(figures_of(made)) if words in one.sentence]


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_the_figures_in_the_readme_are_those_of_the_committed_file() -> None:
    assert page.block(COMMITTED) in README, "stale: nox -s bench -- --resume --publish writes it"


def test_the_page_names_archives_judged_too_seldom_for_a_median() -> None:
    thrice = [run(FLOOR, 1.0, round=i) for i in range(3)]
    assert "fewer than three" not in page.page(bench(*thrice))
    assert "By fewer than three processes each: 10m-shuffled." in page.page(
        bench(*thrice, run(FLOOR, 1.0, "10m-shuffled"))
    )


def test_the_page_names_who_alone_was_too_seldom_asked() -> None:
    thrice = [run(FLOOR, 1.0, round=i) for i in range(3)]
    shown = page.page(bench(*thrice, run(PANDERA, 2.0)))
    assert f"By fewer than three processes each: 10m by {CONTENDERS[PANDERA]}." in shown


def test_the_picture_is_that_of_the_committed_file() -> None:
    assert page.PICTURE.read_text(encoding="utf-8") == picture.picture(COMMITTED)


def test_a_figure_is_the_median_of_its_runs() -> None:
    made = bench(*(run(PANDERA, seconds) for seconds in (9.0, 2.0, 3.0)))
    assert figures_of(made)["10m", PANDERA].work_s == 3.0


def test_work_is_told_against_the_bare_read_of_the_same_archive() -> None:
    made = bench(run(FLOOR, 2.0), run(FLOOR, 1.0, "1m"), run(PANDERA, 5.0))
    assert figures_of(made)["10m", PANDERA].times_floor == 2.5


def test_who_did_not_finish_once_did_not_finish() -> None:
    made = bench(run(PANDERA, 1.0), run(PANDERA, None, outcome="time"))
    assert figures_of(made)["10m", PANDERA].work_s is None
    assert "did not finish in 9 s" in page.page(made)


@pytest.mark.parametrize(("seconds", "reached"), [(3.0, True), (3.1, False)])
def test_a_target_is_met_up_to_its_limit(seconds: float, reached: bool) -> None:
    made = bench(run(FLOOR, 1.0), run(PANDERA, seconds))
    assert met(made, "Pandera side, 10 million results: at most 3 times") == [reached]


def test_a_target_of_which_nothing_is_known_is_not_met() -> None:
    assert {one.met for one in targets(figures_of(bench()))} == {None}


def test_tools_are_compared_at_the_largest_size_that_both_finish() -> None:
    sizes = [run(GX, 1.0, "1m"), run("gx_pandas", 6.0, "1m"), run(GX, 10.0), run("gx_pandas", None, outcome="memory")]
    assert met(bench(*sizes), "at least 5 times as fast as Great Expectations on pandas, 1 million") == [True]


def test_the_readme_compares_at_the_largest_size_that_all_were_given_and_shows_ours_beyond() -> None:
    text = page.block(bench(*(run(name, 1.0, "1m") for name in CONTENDERS), run(FLOOR, 2.0), run(PANDERA, 3.0)))
    assert "**1 million results" in text
    assert "**10 million results" in text
    assert "1 million results" in picture.picture(
        bench(*(run(name, 1.0, "1m") for name in CONTENDERS), run(FLOOR, 2.0))
    )


def test_a_missed_target_is_said_in_the_readme() -> None:
    assert "**missed**" in page.block(bench(run(FLOOR, 1.0), run(PANDERA, 30.0)))


@pytest.mark.parametrize("outcome", ["ok", "time", "memory", "failed"])
def test_the_picture_is_an_svg_whatever_the_outcome(outcome: str) -> None:
    made = bench(run(FLOOR, 0.5), run(GX, 1.0 if outcome == "ok" else None, outcome=outcome, note="<no>"))
    assert ElementTree.fromstring(picture.picture(made)).tag.endswith("svg")


def test_a_process_is_measured_with_its_peak() -> None:
    cost = measure(python("x = bytearray(200_000_000); print('{\"work_s\": 1.5}')"), 60)
    assert (cost.outcome, cost.work_s) == ("ok", 1.5)
    assert cost.peak_mb > 190


def test_the_peak_counts_children() -> None:
    child = f"import subprocess, time; subprocess.run([{sys.executable!r}, '-c', {{!r}}])"
    cost = measure(python(child.format("import time; x = bytearray(200_000_000); time.sleep(1)")), 60)
    assert cost.peak_mb > 190


def test_a_process_that_takes_too_long_is_ended() -> None:
    assert measure(python("import time; time.sleep(60)"), 0.5).outcome == "time"


def test_a_process_without_memory_is_told_from_one_that_fails() -> None:
    assert measure(python("raise MemoryError"), 60).outcome == "memory"
    assert measure(python("raise ValueError('no')"), 60).note == "ValueError: no"


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["--size", "16", "--no-shipped", "--no-variants", "--only", FLOOR, "--out", str(tmp_path)]
    main([*call, "--rounds", "1"])
    main([*call, "--rounds", "2", "--resume"])
    runs = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))["runs"]
    assert [(one["archive"], one["round"], one["outcome"]) for one in runs] == [("16", 0, "ok"), ("16", 1, "ok")]
    captured = capsys.readouterr()
    assert CONTENDERS[FLOOR] in captured.out
    assert captured.err == ""


def test_a_run_that_is_stopped_leaves_no_process_behind(tmp_path: Path) -> None:
    code = (
        f"import sys, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(__import__('os').getpid())); time.sleep(60)"
    )
    call = f"from tests.bench import run, measure; run.taken = lambda *_: measure.measure([{sys.executable!r}, '-c', {code!r}], 60)"
    whole = f"{call}; run.main(['--size', '16', '--no-shipped', '--out', {str(tmp_path)!r}])"
    process = subprocess.Popen(python(whole))
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text(encoding="ascii"):
        time.sleep(0.1)
    process.terminate()
    assert process.wait(10) == 143
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text(encoding="ascii")), 0)
