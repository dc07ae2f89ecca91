"""FinishLynx files: results and splits in one go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bowerman_data.errors import InputError
from bowerman_data.reading import Facts, Reading, read_everything
from bowerman_data.validation import validate

EVENT = "12,1,1,Men Mile Section A,,,,,,1609.344,17:52:03.1180"
MILE = f"""{EVENT}
1,204,5,Example,Aaron,KEN,3:47.121,,3:47.121,,"56.010 (56.010),1:53.212 (57.202),2:51.004 (57.792),3:47.121 (56.117)",17:52:03.118,,,
2,117,8,"Sample, Jr.",Tom,USA,3:47.121,,0.000,,"56.330 (56.330),1:53.501 (57.171),2:51.377 (57.876),3:47.121 (55.744)",17:52:03.118,,,
3,161,2,Müster,Jan,GER,3:47.128,,0.007,,,17:52:03.118,,,
DNF,199,1,Pacer,Abe,USA,,,,,"55.900 (55.900),1:52.740 (56.840)",17:52:03.118,,,
"""


def read(folder: Path, text: str, encoding: str = "utf-8") -> list[Reading]:
    path = folder / "heat.lif"
    path.write_text(text, encoding=encoding)
    return read_everything({}, [path], Facts({}))


def column(reading: Reading, name: str) -> list[Any]:
    return reading.table.column(name).to_pylist()


def test_a_file_gives_results_splits_and_the_race(tmp_path: Path) -> None:
    assert [reading.name for reading in read(tmp_path, MILE)] == ["results", "splits", "races"]


def test_thousandths_round_up_to_the_official_hundredth(tmp_path: Path) -> None:
    assert column(read(tmp_path, MILE)[0], "mark") == ["3:47.13", "3:47.13", "3:47.13", None]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-8-sig"])
def test_the_encoding_is_the_operators(tmp_path: Path, encoding: str) -> None:
    assert column(read(tmp_path, MILE, encoding)[0], "athlete_id")[2] == "jan-muster"


def test_splits_are_taken_at_the_finish_line(tmp_path: Path) -> None:
    splits = read(tmp_path, MILE)[1]
    own = [row for row in splits.table.to_pylist() if row["athlete_id"] == "aaron-example"]
    assert [(row["from_m"], row["to_m"], row["mark"]) for row in own] == [
        (0.0, 409.344, "56.01"),
        (0.0, 809.344, "1:53.22"),
        (409.344, 809.344, "57.21"),
        (0.0, 1209.344, "2:51.01"),
        (809.344, 1209.344, "57.80"),
        (1209.344, 1609.344, "56.12"),
    ]


def test_a_man_who_steps_off_keeps_his_splits(tmp_path: Path) -> None:
    assert column(read(tmp_path, MILE)[1], "athlete_id").count("abe-pacer") == 3


def test_the_header_tells_discipline_and_sex(tmp_path: Path) -> None:
    row = read(tmp_path, MILE)[2].table.to_pylist()[0]
    assert (row["race_id"], row["discipline"], row["sex"]) == ("men-mile-section-a-12-1-1", "mile", "M")


def test_a_lawful_file_passes(tmp_path: Path) -> None:
    (tmp_path / "heat.lif").write_text(MILE, encoding="utf-8")
    report = validate(engine="pandera", files=[tmp_path / "heat.lif"])
    assert (report.ok, report.rows) == (True, {"results": 4, "splits": 15})


def test_columns_after_the_time_may_be_missing(tmp_path: Path) -> None:
    results = read(tmp_path, f"{EVENT}\n1,204,5,Example,Aaron,KEN,3:47.121\nDNS,7,1,Late,Lou,USA\n")[0]
    assert column(results, "status") == ["OK", "DNS"]


@pytest.mark.parametrize("status", ["DNS", "DNF", "DQ"])
def test_a_status_stands_in_the_place(tmp_path: Path, status: str) -> None:
    results = read(tmp_path, f"{EVENT}\n{status},199,1,Pacer,Abe,USA,,,,,,,,,\n")[0]
    assert (column(results, "status"), results.found) == ([status], ())


def test_an_unknown_place_is_an_error_and_no_dnf(tmp_path: Path) -> None:
    results = read(tmp_path, f"{EVENT}\nABC,199,1,Pacer,Abe,USA,,,,,,,,,\n")[0]
    assert {(v.invariant, v.column, v.value) for v in results.found} >= {("cell-readable", "place", "ABC")}


def test_comments_are_passed_over_and_lines_are_counted(tmp_path: Path) -> None:
    results = read(tmp_path, f"; a comment\n{EVENT}\n\n1,204,5,Example,Aaron,KEN,3:47.121\n")[0]
    assert results.sources[0].line(0) == 4


def test_splits_that_do_not_fit_the_distance_are_left_out_and_said_so(tmp_path: Path) -> None:
    text = f'{EVENT}\n1,2,3,Example,Aaron,KEN,3:47.121,,,,"30.1 (30.1),3:47.121 (3:17.021)",,,,\n'
    results = read(tmp_path, text)[0]
    assert "left out" in results.notes[1]


# Of the second man the clock missed a lap, and nobody knows which; of two others none.
MISSED = MILE.replace("1:53.501 (57.171),2:51.377 (57.876)", "2:51.377 (1:55.047)")
MISSED += MILE.splitlines()[1].replace("1,204,5,Example,Aaron", "4,205,6,Fourth,Fred")


def test_a_lap_missed_of_one_man_leaves_the_splits_of_the_others(tmp_path: Path) -> None:
    assert set(column(read(tmp_path, MISSED)[1], "athlete_id")) == {"aaron-example", "abe-pacer", "fred-fourth"}


def test_splits_left_out_are_named_by_their_line(tmp_path: Path) -> None:
    assert "left out those of line 3:" in read(tmp_path, MISSED)[1].notes[0]


def test_a_split_that_cannot_be_read_is_named_with_its_line(tmp_path: Path) -> None:
    splits = read(tmp_path, MILE.replace("1:53.501", "1:5x.501"))[1]
    assert [(v.invariant, v.value) for v in splits.found] == [("cell-readable", "1:5x.501 (57.171)")]
    assert "heat.lif:3" in splits.found[0].message


def test_1500_m_are_crossed_at_300_700_and_1100(tmp_path: Path) -> None:
    text = "1,1,1,Women 1500,,,,,,1500,\n1,2,3,Able,Ann,KEN,4:10.101,,,,"
    text += '"50.1 (50.1),1:57.1 (1:07.0),3:04.1 (1:07.0),4:10.101 (1:06.001)",,,,\n'
    assert sorted(set(column(read(tmp_path, text)[1], "to_m"))) == [300, 700, 1100, 1500]


def test_a_club_is_no_nation(tmp_path: Path) -> None:
    results = read(tmp_path, f"{EVENT}\n1,204,5,Example,Aaron,Bowerman TC,3:47.121\n")[0]
    assert "nation" in results.absent


@pytest.mark.parametrize("text", ["", ";only a comment\n", "12\n", ",,,\n1,2\n"])
def test_a_file_without_an_event_cannot_be_used(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"heat\.lif"):
        read(tmp_path, text)
