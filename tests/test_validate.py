"""Validation from a user's side: frames of every library, files, and what was not given."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import bowerman_data as bd
from bowerman_data._loading import Backend
from bowerman_data.errors import InputError
from bowerman_data.report import Report
from bowerman_data.validation import validate
from tests.reading import NAMELESS, judged, written

ROWS: dict[str, list[Any]] = {
    "name": ["Ann Able", "Bea Best", "Cay Cole", "Dot Dunn"],
    "rank": [1, 2, 3, None],
    "nat": ["KEN", "USA", "GBR", "FRA"],
    "time": ["4:10.11", "4:11.22", "4:12.33", "DNF"],
}
FRAMES: dict[str, Callable[[], Any]] = {
    "pandas": lambda: pd.DataFrame(ROWS),
    "polars": lambda: pl.DataFrame(ROWS),
    "polars lazy": lambda: pl.LazyFrame(ROWS),
    "pyarrow": lambda: pa.table(ROWS),
    "record batch": lambda: pa.RecordBatch.from_pydict(ROWS),
    "dict": lambda: ROWS,
    "duckdb": lambda: duckdb.sql("select * from frame"),
}
frame = pa.table(ROWS)


def outcomes(report: Report, table: str = "results") -> dict[str, str]:
    return {check.invariant: check.outcome for check in report.checked if check.table == table}


def failing(report: Report) -> set[str]:
    return {check.invariant for check in report.checked if check.outcome in ("fail", "error")}


@pytest.mark.parametrize("library", FRAMES)
def test_a_frame_of_every_library_is_judged(library: str) -> None:
    report = judged(results=FRAMES[library]())
    assert report.ok, str(report)
    assert report.rows == {"results": 4}
    assert outcomes(report)["ordered-finish-times"] == "pass"


def test_a_spreadsheet_s_column_of_times_and_words_is_read() -> None:
    times = [dt.time(0, 4, 10, 110_000), 251.22, "4:12.33", "DNF"]
    report = judged(results=pd.DataFrame(ROWS | {"time": times, "rank": [1, 2.0, "3.", None]}, dtype=object))
    assert (report.ok, outcomes(report)["ordered-finish-times"]) == (True, "pass")


def test_an_interval_of_duckdb_is_a_time() -> None:
    given = duckdb.sql("select 'Ann' as name, interval 250110 milliseconds as time, 1 as place")
    report = judged(results=given, discipline="mile")
    assert (report.ok, outcomes(report)["humanly-possible"]) == (True, "pass")


def test_one_file_needs_no_list(tmp_path: Path) -> None:
    assert judged(files=str(written(tmp_path, "Name,Time\nAnn Able,4:10.11\n"))).rows == {"results": 1}


def test_a_sparse_column_cannot_be_used() -> None:
    frame = pd.DataFrame(ROWS | {"rank": pd.arrays.SparseArray([1, 2, 3, 0])})
    with pytest.raises(InputError, match="rank"):
        judged(results=frame)


def test_a_frame_with_a_column_twice_cannot_be_used() -> None:
    with pytest.raises(InputError, match="name"):
        judged(results=pd.DataFrame([["Ann", "Bea", "4:10.11"]], columns=["name", "name", "time"]))


@pytest.mark.parametrize("backend", ["arrow", "pandas", "polars", "duckdb"])
def test_the_contract_s_tables_pass_in_every_backend(backend: Backend) -> None:
    report = judged(results=bd.load("results", backend), splits=bd.load("splits", backend), races=bd.load("races"))
    assert report.ok, str(report)


def test_wider_types_that_lose_nothing_are_narrowed() -> None:
    frame = bd.load("results").to_pandas()
    assert str(frame["time_ms"].dtype) == "float64"
    assert outcomes(judged(results=frame))["declared-columns"] == "pass"


def test_a_fraction_is_not_narrowed_away() -> None:
    frame = bd.load("results").to_pandas()
    frame.loc[0, "time_ms"] = 225340.5
    assert outcomes(judged(results=frame))["declared-columns"] == "fail"


def test_swapped_times_are_found_with_their_row() -> None:
    swapped = ROWS | {"time": ["4:11.22", "4:10.11", "4:12.33", "DNF"]}
    report = judged(results=pd.DataFrame(swapped))
    assert failing(report) == {"ordered-finish-times"}
    assert report.violations[0].key == "race_id=results athlete_id=bea-best"


LAWFUL = {
    "equal times, different places": "1,A A,4:10.11\n2,B B,4:10.11\n",
    "a dead heat for first": "1,A A,4:10.11\n1,B B,4:10.11\n3,C C,4:11.00\n",
    "a DNF": "1,A A,4:10.11\n,B B,DNF\n,C C,DNS\n,D D,DQ TR17.3.1\n",
    "a slow race": "1,A A,5:10.11\n2,B B,5:10.30\n",
    "a list re-ranked after a disqualification": "1,B B,4:10.30\n2,C C,4:11.00\n,A A,DQ TR17.3.1\n",
    "a list that begins with who did not finish": ",A A,DNF\n1,B B,4:10.30\n",
    "rows in any order": "2,B B,4:10.30\n1,A A,4:10.11\n",
}


@pytest.mark.parametrize("oddity", LAWFUL)
def test_lawful_oddities_pass(tmp_path: Path, oddity: str) -> None:
    report = judged(files=[written(tmp_path, "Place,Name,Time\n" + LAWFUL[oddity])], discipline="mile")
    assert failing(report) == set(), str(report)


def test_a_pacemaker_who_finishes_passes(tmp_path: Path) -> None:
    path = written(tmp_path, "Place,Name,Role,Time\n1,A A,pacemaker,3:59.01\n2,B B,,3:59.53\n")
    assert failing(judged(files=[path], discipline="mile", sex="M")) == set()


def test_a_slow_first_lap_missing_splits_and_a_dnf_with_splits_pass(tmp_path: Path) -> None:
    results = written(tmp_path, "Place,Name,Time\n1,A A,4:30.11\n2,B B,4:30.53\n,C C,DNF\n", "results.csv")
    splits = written(tmp_path, "Name,Distance,Time\nA A,400,1:20.1\nC C,400,1:20.0\nC C,800,2:35.0\n", "splits.csv")
    report = judged(files=[results, splits], discipline="mile", sex="M")
    assert failing(report) == set(), str(report)


def test_a_nation_that_changed_between_years_passes(tmp_path: Path) -> None:
    text = "Date,Place,Name,Nat,Time\n2013-06-01,1,A A,ETH,4:10.11\n2015-06-01,1,A A,NED,4:09.11\n"
    assert failing(judged(files=[written(tmp_path, text)], discipline="mile")) == set()


def test_two_heats_with_the_same_places_pass(tmp_path: Path) -> None:
    paths = [written(tmp_path, f"Place,Name,Time\n1,A{n} A,4:10.11\n", f"heat{n}.csv") for n in (1, 2)]
    report = judged(files=paths)
    assert (report.ok, report.rows) == (True, {"results": 2})


FINALS = "Place,Heat,Name,Time\n1,2,A A,4:09.50\n2,1,B B,4:10.11\n3,1,C C,4:11.22\n4,2,D D,4:12.00\n"


def test_places_that_run_on_over_the_heats_of_a_final_by_time_pass(tmp_path: Path) -> None:
    assert not failing(judged(files=[written(tmp_path, FINALS)]))


def test_a_place_lost_in_a_final_by_time_is_found(tmp_path: Path) -> None:
    report = judged(files=[written(tmp_path, FINALS.replace("4,2,D", "5,2,D"))])
    assert [(v.invariant, v.value, v.expected) for v in report.violations] == [("places-count-up", "5", "4")]


def test_a_winner_lost_in_one_of_two_heats_is_found(tmp_path: Path) -> None:
    text = "Heat,Place,Name,Time\n1,1,A A,4:10.1\n1,2,B B,4:11.1\n2,2,C C,4:09.1\n2,3,D D,4:09.2\n"
    found = {(v.key, v.value) for v in judged(files=[written(tmp_path, text)]).violations}
    assert found == {("race_id=heat-2 athlete_id=c-c", "2"), ("race_id=heat-2 athlete_id=d-d", "3")}


def test_splits_that_name_their_heat_belong_to_the_one_race_there_is(tmp_path: Path) -> None:
    splits = written(tmp_path, "Heat,Name,Distance,Time\n2,A A,400,60.1\n1,B B,400,60.2\n", "splits.csv")
    assert not failing(judged(files=[written(tmp_path, FINALS), splits]))


def test_without_places_order_is_skipped_and_says_so(tmp_path: Path) -> None:
    report = judged(files=[written(tmp_path, "Name,Time\nA A,4:12.00\nB B,4:10.00\n")])
    assert report.ok
    assert outcomes(report)["ordered-finish-times"] == "skipped"
    assert "no place given: ordered-finish-times" in str(report)


def test_what_was_not_given_is_skipped_and_never_passed(tmp_path: Path) -> None:
    found = outcomes(judged(files=[written(tmp_path, "Name,Time\nA A,4:12.00\n")]))
    absent = ("known-nation", "known-codes", "places-count-up", "points-follow-scale", "mark-is-its-time")
    assert {found[slug] for slug in absent} == {"skipped"}


def test_tables_that_nobody_gave_are_skipped_too() -> None:
    assert set(outcomes(judged(results=ROWS), "quotes").values()) == {"skipped"}


def test_an_impossible_time_is_found_once_the_discipline_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "Name,Time\nA A,53.2\n")
    assert outcomes(judged(files=[path]))["humanly-possible"] == "skipped"
    assert outcomes(judged(files=[path], discipline="mile"))["humanly-possible"] == "fail"


def test_an_unreadable_cell_is_one_violation_and_the_rest_is_judged(tmp_path: Path) -> None:
    path = written(tmp_path, "Place,Name,Time\n1,A A,4:12.00\n2,B B,4:65.00\n3,C C,4:11.00\n")
    report = judged(files=[path])
    assert failing(report) == {"cell-readable", "ordered-finish-times"}
    assert [(v.value, str(report.where(v)).rpartition(":")[2]) for v in report.violations] == [
        ("4:65.00", "3"),
        ("251000", "4"),
    ]


def test_a_cell_that_cannot_be_read_is_shown_with_its_own_line(tmp_path: Path) -> None:
    report = judged(files=[written(tmp_path, NAMELESS)])
    unread = [v for v in report.to_dict()["violations"] if v["invariant"] == "cell-readable"]
    assert [(v["value"], v["line"]) for v in unread] == [("soon", 3), ("late", 4)]
    assert "heat.csv:4: race_id=heat athlete_id=null: Time is late" in str(report)


def test_alike_cells_of_two_lines_are_both_shown(tmp_path: Path) -> None:
    shown = str(judged(files=[written(tmp_path, NAMELESS.replace("late", "soon"))]))
    assert ("heat.csv:3: race_id" in shown, "heat.csv:4: race_id" in shown) == (True, True)


@pytest.mark.parametrize(("heading", "time"), [("Time", "4:12.33"), ("Sec", "252.33"), ("time_ms", "252330")])
def test_a_time_beside_a_dnf_is_found_once_as_it_was_given(tmp_path: Path, heading: str, time: str) -> None:
    report = judged(files=[written(tmp_path, f"Place,Name,{heading}\n1,A A,{time}\nDNF,B B,{time}\n")])
    shown = [(v.invariant, v.column) for v in report.violations if v.severity == "error"]
    assert shown == [("status-explains-nulls", "time_ms" if heading == "time_ms" else "mark")]


def test_a_lenient_reading_is_a_warning_and_leaves_the_report_ok(tmp_path: Path) -> None:
    report = judged(files=[written(tmp_path, 'Name,Time\nA A,"4:12,00"\n')])
    assert (report.ok, [v.severity for v in report.violations]) == (True, ["warning"])


def test_an_athlete_twice_is_found_under_both_spellings(tmp_path: Path) -> None:
    path = written(tmp_path, "Place,Name,Time\n1,José Díaz,4:10.11\n2,Jose Diaz,4:11.11\n")
    assert "one-time-per-athlete" in failing(judged(files=[path]))


def test_an_empty_list_is_broken(tmp_path: Path) -> None:
    assert "never-empty" in failing(judged(files=[written(tmp_path, "Place,Name,Time\n")]))


@pytest.mark.parametrize("name", ["Robert'); DROP TABLE results;--", "<b>Bo</b>", "=HYPERLINK(1)", "{batch}", "%s"])
def test_names_that_are_code_are_names(tmp_path: Path, name: str) -> None:
    report = judged(files=[written(tmp_path, f'Place,Name,Time\n1,"{name}",4:10.11\n')])
    assert report.ok, str(report)


def test_violations_are_capped_and_counted_exactly(tmp_path: Path) -> None:
    rows = "".join(f"R{n} R,DEU,4:10.11\n" for n in range(1_234))
    report = judged(files=[written(tmp_path, "Name,Nat,Time\n" + rows)])
    verdict = next(v for v in report.verdicts if v.invariant == "known-nation")
    assert (verdict.failed, len(verdict.violations)) == (1_234, 1_000)


def test_the_json_of_a_user_s_race_is_json(tmp_path: Path) -> None:
    report = judged(files=[written(tmp_path, "Name,Time\nA A,4:12.00\n")])
    assert json.loads(report.to_json())["ok"] is True


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"result": ROWS}, "did you mean 'results'"),
        ({"results": 7}, "got builtins.int"),
        ({"results": ROWS, "discipline": "javelin"}, "discipline: got 'javelin'"),
        ({"results": ROWS, "sex": "?"}, "sex: got"),
        ({"results": ROWS, "date": "soon"}, "date: got 'soon'"),
        ({"results": ROWS, "mapping": {"finish_line": "time"}}, "unknown column"),
        ({"files": ["nowhere.csv"]}, "no such file"),
        ({"quarantine": "out"}, "no rows to part"),
    ],
)
def test_a_call_that_cannot_be_used_says_why(call: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        judged(**call)


def test_an_unknown_engine_is_named() -> None:
    with pytest.raises(InputError, match="unknown engine 'spork'"):
        validate(engine="spork")  # type: ignore[arg-type]


def test_a_missing_extra_shows_the_pip_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r'pip install "bowerman-data\[validate\]"'):
        validate()


def test_a_time_that_cannot_be_read_is_no_missing_place_too(tmp_path: Path) -> None:
    path = written(tmp_path, "Place,Name,Nat,Time\n1,A A,USA,4:12.00\n,B B,Oregon,gave up\n")
    assert failing(judged(files=[path])) == {"cell-readable"}


def test_unreadable_cells_leave_room_for_what_else_is_broken(tmp_path: Path) -> None:
    rows = "".join(f"{n},R{n} R,soon\n" for n in range(1, 1_500))
    report = judged(files=[written(tmp_path, f"Place,Name,Time\n{rows},A A,\n2000,B B,\n")])
    left = [v.key for v in report.violations if v.invariant == "status-explains-nulls"]
    assert "race_id=heat athlete_id=b-b" in left
