"""Which race each row of somebody else's files is of, and what is known of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import bowerman_data as bd
from bowerman_data.errors import InputError
from bowerman_data.reading import Facts, read_everything
from tests.reading import LIST, column, read, written


def test_the_same_heat_of_two_files_is_two_races(tmp_path: Path) -> None:
    heats = "Heat,Place,Name,Time\n1,1,Ann A,4:10.11\n2,1,Bea B,4:11.22\n"
    paths = [written(tmp_path, heats, f"{day}.csv") for day in ("friday", "sunday")]
    races = column(read_everything({}, paths, Facts({}))[0], "race_id")
    assert races == ["friday-heat-1", "friday-heat-2", "sunday-heat-1", "sunday-heat-2"]


def test_files_of_one_name_in_two_folders_are_two_races(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for year in ("2023", "2024"):
        Path(year).mkdir()
        written(Path(year), LIST, "results.csv")
    paths = [Path("2023/results.csv"), Path("2024/results.csv")]
    assert set(column(read_everything({}, paths, Facts({}))[0], "race_id")) == {"2023-results", "2024-results"}


def test_heats_of_one_file_are_races_of_their_own(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "Heat,Place,Name,Time\n1,1,Ann Able,4:10.11\n2,1,Bea Best,4:09.22\n"))
    assert len(set(column(reading, "race_id"))) == 2


SHEET = "Place,Name,Time\n1,Ann Able,4:10.11\n2,Bea Best,4:11.22\n"


@pytest.mark.parametrize("between", ["", "\n\n", "Heat 2\n", "\nHeat 2,,\n"])
def test_a_heading_that_stands_again_begins_another_heat(tmp_path: Path, between: str) -> None:
    reading = read(written(tmp_path, f"Heat 1\n{SHEET}{between}{SHEET}"))
    assert column(reading, "race_id") == ["heat-1"] * 2 + ["heat-2"] * 2


def test_a_heading_that_stands_again_on_each_page_parts_no_race(tmp_path: Path) -> None:
    reading = read(written(tmp_path, SHEET + SHEET.replace("1,Ann", "3,Cay").replace("2,Bea", "4,Dot")))
    assert (set(column(reading, "race_id")), column(reading, "place")) == ({"heat"}, [1, 2, 3, 4])


@pytest.mark.parametrize(
    ("first", "second"), [("Heat 1,,", "Heat 2"), ("Section 1", "Section 2 of 2,,"), ("", "Lauf 2")]
)
def test_a_heat_begins_at_its_title_without_a_heading(tmp_path: Path, first: str, second: str) -> None:
    heading, *rows = SHEET.splitlines(keepends=True)
    reading = read(written(tmp_path, "".join([heading, f"{first}\n", *rows, f"{second}\n", *rows])))
    assert (len(set(column(reading, "race_id"))), column(reading, "place"), reading.found) == (2, [1, 2] * 2, ())


def test_exported_tables_one_below_the_other_are_one_table(tmp_path: Path) -> None:
    text = (bd.export(tmp_path, "csv")[0].parent / "results.csv").read_text(encoding="utf-8")
    reading = read(written(tmp_path, text + text, "results.csv"))
    assert (reading.rows, reading.table.column_names) == (608, bd.load("results").column_names)


def test_a_row_of_one_cell_is_a_row_unless_a_heading_follows(tmp_path: Path) -> None:
    reading = read(written(tmp_path, SHEET + "Eve\n3,Cay Cole,4:12.33\n"))
    assert (reading.table.num_rows, len(reading.found)) == (4, 2)


def test_a_file_that_names_no_race_is_one_race(tmp_path: Path) -> None:
    assert set(column(read(written(tmp_path, LIST)), "race_id")) == {"heat"}


def test_splits_without_a_race_belong_to_the_one_race_there_is(tmp_path: Path) -> None:
    paths = [written(tmp_path, LIST), written(tmp_path, "Name,Distance,Time\nAnn Able,400,62.1\n", "splits.csv")]
    results, splits = read_everything({}, paths, Facts({}))
    assert column(splits, "race_id") == ["heat"]
    assert (results.name, column(splits, "from_m"), column(splits, "to_m")) == ("results", [0.0], [400.0])


def test_a_mapping_names_a_column_that_nobody_could_guess(tmp_path: Path) -> None:
    path = written(tmp_path, "Who,Quux\nAnn Able,4:10.11\n")
    assert column(read(path, mapping={"mark": "Quux"}), "time_ms") == [250_110]


def test_a_mapping_to_a_column_that_is_not_there_offers_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'Time'"):
        read(written(tmp_path, LIST), mapping={"mark": "Tine"})


def test_a_discipline_makes_the_races_that_nobody_gave(tmp_path: Path) -> None:
    facts = Facts.of({}, "1 Mile", "women", "25.05.2024")
    races = read_everything({}, [written(tmp_path, LIST)], facts)[1]
    row = races.table.to_pylist()[0]
    assert races.made
    assert (row["discipline"], row["sex"], row["date"]) == ("mile", "W", dt.date(2024, 5, 25))
