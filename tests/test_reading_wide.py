"""Splits in columns beside the results: which are read, as what, and what is said of the others."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bowerman_data.reading import Facts, Reading, read_everything
from bowerman_data.testing import races as lawful_races
from tests.reading import column, judged, written

WHO = "Place,Name,Time"
CUMULATIVE = f"""{WHO},400m,800m,1200m
1,Ann Able,4:10.11,61.2,2:05.1,3:09.9
2,Bea Best,4:11.22,61.5,2:05.4,3:10.9
3,Cay Cole,4:12.33,61.9,2:05.8,3:11.9
,Dot Dunn,DNF,60.1,2:04.0,-
"""
# Each lap slower than the one before: the times rise along the row and are no times from the start.
LAPS = f"""{WHO},400m,800m,1200m
1,Ann Able,4:10.11,60.2,62.1,64.9
2,Bea Best,4:11.22,60.5,62.4,65.9
"""
NUMBERED = LAPS.replace("400m,800m,1200m", "Lap 1,Lap 2,Lap 3")


def read_all(path: Path, discipline: str | None = None) -> list[Reading]:
    return read_everything({}, [path], Facts.of({}, discipline, None, None))


def stretches(reading: Reading, athlete: str) -> list[tuple[float, float, str]]:
    rows: list[dict[str, Any]] = reading.table.to_pylist()
    return [(row["from_m"], row["to_m"], row["mark"]) for row in rows if row["athlete_id"] == athlete]


def test_times_that_keep_the_pace_of_the_first_are_from_the_start(tmp_path: Path) -> None:
    splits = read_all(written(tmp_path, CUMULATIVE))[1]
    assert stretches(splits, "ann-able") == [(0, 400, "1:01.2"), (0, 800, "2:05.1"), (0, 1200, "3:09.9")]


def test_times_as_long_as_the_first_are_laps_even_where_they_rise(tmp_path: Path) -> None:
    splits = read_all(written(tmp_path, LAPS))[1]
    assert stretches(splits, "ann-able") == [(0, 400, "1:00.2"), (400, 800, "1:02.1"), (800, 1200, "1:04.9")]


def test_a_list_with_sound_splits_passes(tmp_path: Path) -> None:
    report = judged(files=[written(tmp_path, CUMULATIVE)], discipline="1500m", sex="W")
    assert (report.ok, report.rows) == (True, {"results": 4, "splits": 11})


def test_a_dash_is_no_split(tmp_path: Path) -> None:
    assert len(stretches(read_all(written(tmp_path, CUMULATIVE))[1], "dot-dunn")) == 2


def test_a_slip_is_found_with_its_line_and_fails_its_row(tmp_path: Path) -> None:
    path = written(tmp_path, CUMULATIVE.replace("2:05.4", "3:15.4"))
    report = judged(files=[path], quarantine=tmp_path / "parted")
    assert {violation.invariant for violation in report.violations} >= {"splits-increase"}
    assert "heat.csv:3" in str(report)
    assert (tmp_path / "parted" / "heat-fails.csv").read_text(encoding="utf-8").count("splits-increase") == 1


def test_one_slip_in_a_short_list_is_found_and_keeps_nothing_from_being_read(tmp_path: Path) -> None:
    report = judged(files=[written(tmp_path, CUMULATIVE.replace("2:05.8", "1:05.8"))])
    assert {(one.invariant, one.value) for one in report.violations} == {("pace-is-human", "65800")}


def test_a_split_that_cannot_be_read_is_found_where_most_can(tmp_path: Path) -> None:
    splits = read_all(written(tmp_path, CUMULATIVE.replace("2:05.4", "2:0x.4")))[1]
    assert [(one.invariant, one.value) for one in splits.found] == [("cell-readable", "2:0x.4")]


def test_laps_end_at_the_finish_line_of_the_discipline(tmp_path: Path) -> None:
    splits = read_all(written(tmp_path, NUMBERED), "1500m")[1]
    assert sorted(set(column(splits, "to_m"))) == [300, 700, 1100]


@pytest.mark.parametrize("heading", ["L{}", "lap{}", "Lap {} time", "Runde {}", "split_{}"])
def test_a_lap_is_headed_in_many_ways(tmp_path: Path, heading: str) -> None:
    text = NUMBERED.replace("Lap 1,Lap 2,Lap 3", ",".join(heading.format(number) for number in (1, 2, 3)))
    assert len(read_all(written(tmp_path, text), "1500m")[1].table) == 6


def test_laps_of_an_unknown_distance_are_not_read_and_said_so(tmp_path: Path) -> None:
    (results,) = read_all(written(tmp_path, NUMBERED))
    assert results.notes[1].endswith("'Lap 1', 'Lap 2', 'Lap 3'; --discipline tells where laps 1, 2, ... end")


def test_laps_of_which_the_first_is_missing_are_not_read(tmp_path: Path) -> None:
    text = NUMBERED.replace("Lap 1,Lap 2,Lap 3", "Lap 2,Lap 3,Lap 4")
    assert len(read_all(written(tmp_path, text), "1500m")) == 2  # results and the races made of them


def test_a_distance_that_stands_twice_is_not_read(tmp_path: Path) -> None:
    (results,) = read_all(written(tmp_path, CUMULATIVE.replace("800m", "0.4 km")))
    assert results.notes[1].endswith("one stands twice")


@pytest.mark.parametrize(
    "columns",
    [
        ("400m,800m", "61.2,2:05.1", "61.5,62.0"),  # from the start, and laps
        ("400m,800m", "7,8", "x,y"),
        ("800m,1500m", "2:10.1,4:20.3", "2:11.1,4:21.3"),  # slower than they finished
    ],
)
def test_what_is_neither_in_most_rows_is_not_read_and_said_so(tmp_path: Path, columns: tuple[str, ...]) -> None:
    heading, ann, bea = columns
    text = f"{WHO},{heading}\n1,Ann Able,4:10.11,{ann}\n2,Bea Best,4:11.22,{bea}\n"
    (results,) = read_all(written(tmp_path, text))
    assert "neither times from the start nor laps" in results.notes[1]


@pytest.mark.parametrize("heading", ["2023", "PB 2023", "400m PB", "last 400m", "400m place", "Lane 4", "T1", "Wind 1"])
def test_other_headings_with_numbers_are_no_splits(tmp_path: Path, heading: str) -> None:
    text = f"{WHO},{heading}\n1,Ann Able,4:10.11,61.2\n"
    assert [reading.name for reading in read_all(written(tmp_path, text))] == ["results"]


@pytest.mark.parametrize(
    ("heading", "metres"),
    [("400", 400), ("split_400", 400), ("400 m time", 400), ("1,200m", 1200), ("1.2 km", 1200), ("1k", 1000)],
)
def test_a_distance_is_written_in_many_ways(tmp_path: Path, heading: str, metres: float) -> None:
    text = f'{WHO},"{heading}"\n1,Ann Able,4:10.11,2:51.2\n'
    assert column(read_all(written(tmp_path, text))[1], "to_m") == [metres]


def test_the_first_lap_beside_the_time_at_its_end_is_one_split(tmp_path: Path) -> None:
    text = f"{WHO},400m,800m,400m lap,800m lap\n1,Ann Able,4:10.11,61.2,2:05.1,61.2,63.9\n"
    splits = read_everything({}, [written(tmp_path, text)], Facts({}))[1]
    assert stretches(splits, "ann-able") == [(0, 400, "1:01.2"), (0, 800, "2:05.1"), (400, 800, "1:03.9")]


def test_the_finish_is_no_split(tmp_path: Path) -> None:
    text = CUMULATIVE.replace("1200m", "1500m").replace("3:09.9", "4:10.11").replace("3:10.9", "4:11.22")
    assert len(read_all(written(tmp_path, text.replace("3:11.9", "4:12.33")))[1].table) == 8


def test_splits_of_a_marathon_have_hours(tmp_path: Path) -> None:
    text = "Place,Name,Time,10 km,30 km\n1,Ann Able,2:24:11,33:50,1:42:03\n"
    splits = read_all(written(tmp_path, text), "marathon")[1]
    assert (column(splits, "mark"), splits.found) == (["33:50", "1:42:03"], ())


def test_splits_of_a_file_of_their_own_are_not_read_a_second_time(tmp_path: Path) -> None:
    own = written(tmp_path, "Name,Distance,Time\nAnn Able,400,61.2\n", "splits.csv")
    readings = read_everything({}, [written(tmp_path, CUMULATIVE), own], Facts({}))
    assert (readings[1].rows, readings[0].notes[0].endswith("not used: '400m', '800m', '1200m'")) == (1, True)


def test_each_of_two_heats_in_a_list_has_its_splits(tmp_path: Path) -> None:
    rows = CUMULATIVE.splitlines()
    text = "\n".join(f"{heat},{row}" for heat, row in zip(("Heat", 1, 1, 2, 2), rows, strict=True))
    results, splits = read_all(written(tmp_path, text.replace("2,3,Cay", "2,1,Cay")))
    assert set(column(splits, "race_id")) == set(column(results, "race_id")) == {"heat-1", "heat-2"}


Stretch = tuple[float, float, str, str]


def _own(rows: list[dict[str, Any]]) -> set[Stretch]:
    split = ("from_m", "to_m", "athlete_id", "mark")
    return {tuple[Any, ...](row[column] for column in split) for row in rows if row["athlete_id"]}


def _chain(rows: list[dict[str, Any]], laps: bool) -> set[Stretch]:
    """The laps from one clock to the next, or the times from the start."""
    ends = [0.0, *sorted({row["to_m"] for row in rows if not row["from_m"]})]
    wanted = set(pairwise(ends)) if laps else {(0.0, end) for end in ends}
    return {split for split in _own(rows) if split[:2] in wanted}


def _wide(results: list[dict[str, Any]], splits: set[Stretch]) -> pa.Table:
    marks = {(athlete, f"{end:.10g} m"): mark for _, end, athlete, mark in splits}
    headings = sorted({heading for _, heading in marks})
    beside = [{heading: marks.get((row["athlete_id"], heading)) for heading in headings} for row in results]
    own = ("athlete_id", "place", "status", "mark")
    return pa.Table.from_pylist([{c: row[c] for c in own} | b for row, b in zip(results, beside, strict=True)])


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(race=lawful_races(splits="athletes", decimals=2, split_decimals=2, missing=0), laps=st.booleans())
def test_the_splits_of_any_lawful_race_come_back_from_their_columns(race: dict[str, Any], laps: bool) -> None:
    splits = _chain(race["splits"].to_pylist(), laps) if "splits" in race else set[Stretch]()
    assume(splits)
    frame = _wide(race["results"].to_pylist(), splits)
    assert _own(read_everything({"results": frame}, [], Facts({}))[1].table.to_pylist()) == splits
