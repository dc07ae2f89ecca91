"""Somebody else's lists: what is recognised, what is lenient, and what cannot be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import bowerman_data as bd
from bowerman_data.errors import InputError
from tests.reading import LIST, column, found, judged, read, written


def test_usual_columns_are_recognised(tmp_path: Path) -> None:
    reading = read(written(tmp_path, LIST))
    assert column(reading, "athlete_id") == ["ann-able", "bea-best", "cay-cole"]
    assert column(reading, "time_ms") == [250_110, 251_220, 252_330]
    assert column(reading, "nation") == ["KEN", "USA", "GBR"]


@pytest.mark.parametrize(
    "heading",
    ["Rank,Athlete,Country,Result", "Pos.,Runner,NOC,Mark", "Platz,Läufer,Land,Zeit", "Rang,Nom,Pays,Temps"],
)
def test_headings_of_several_languages_are_recognised(tmp_path: Path, heading: str) -> None:
    reading = read(written(tmp_path, LIST.replace("Place,Name,Nat,Time", heading)))
    assert column(reading, "place") == [1, 2, 3]
    assert not reading.absent & {"nation", "place"}


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_semicolons_tabs_and_bars_part_columns_too(tmp_path: Path, delimiter: str) -> None:
    reading = read(written(tmp_path, LIST.replace(",", delimiter)))
    assert column(reading, "mark") == ["4:10.11", "4:11.22", "4:12.33"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
def test_an_accent_survives_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    reading = read(written(tmp_path, LIST.replace("Ann Able", "José Díaz"), encoding=encoding))
    assert column(reading, "athlete_id")[0] == "jose-diaz"


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_other_line_endings_are_line_endings(tmp_path: Path, ending: str) -> None:
    assert read(written(tmp_path, LIST.replace("\n", ending))).table.num_rows == 3


def test_a_title_above_the_heading_is_passed_over(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "Women's Mile, final\n\n" + LIST))
    assert [source.line(0) for source in reading.sources] == [4]


def test_first_and_last_names_are_one_name(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "Last,First,Time\nAble,Ann,4:10.11\n"))
    assert column(reading, "athlete_id") == ["ann-able"]


def test_a_surname_before_a_comma_comes_last(tmp_path: Path) -> None:
    reading = read(written(tmp_path, 'Name,Time\n"Able, Ann",4:10.11\n'))
    assert column(reading, "athlete_id") == ["ann-able"]


def test_two_names_without_latin_letters_stay_two_people(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "Name,Time\n王霞,4:10.11\n李娜,4:11.22\n"))
    assert len(set(column(reading, "athlete_id"))) == 2


@pytest.mark.parametrize(
    ("cell", "time_ms", "status"),
    [
        ("3:45.34", 225_340, "OK"),
        ("3:45.3h", 225_300, "OK"),
        ("53.2", 53_200, "OK"),
        (" \u00a03:45.34 ", 225_340, "OK"),
        ("3:45.336", 225_340, "OK"),
        ("3:45.341", 225_350, "OK"),
        ("DNF", None, "DNF"),
        ("DQ TR17.3.1", None, "DQ"),
    ],
)
def test_a_mark_as_the_sport_writes_it_is_read_silently(
    tmp_path: Path, cell: str, time_ms: int | None, status: str
) -> None:
    reading = read(written(tmp_path, f"Name,Time\nAnn Able,{cell}\n"))
    assert (column(reading, "time_ms"), column(reading, "status"), reading.found) == ([time_ms], [status], ())


@pytest.mark.parametrize("cell", ["3:45,34", "3.45,34", "3'45\"34", "0:03:45.34", "225.34"])
def test_a_lenient_mark_is_read_with_a_warning(tmp_path: Path, cell: str) -> None:
    reading = read(written(tmp_path, f"Name\tTime\nAnn Able\t{cell}\n"))
    assert column(reading, "time_ms") == [225_340]
    assert found(reading) == [("read-leniently", "Time", cell)]


@pytest.mark.parametrize("cell", ["3:65.34", "2:04:11", "3:45:34", "fast", "=1+1", "NM"])
def test_an_unreadable_mark_is_named_with_file_line_column_and_value(tmp_path: Path, cell: str) -> None:
    reading = read(written(tmp_path, f"Place,Name,Time\n1,Ann Able,4:10.11\n2,Bea Best,{cell}\n"))
    assert found(reading) == [("cell-readable", "Time", cell)]
    assert f"heat.csv:3: Time: got {cell!r}" in reading.found[0].message
    assert column(reading, "time_ms") == [250_110, None]


@pytest.mark.parametrize(
    ("seconds", "time_ms"), [("45.34", 225_340), ("5.34", 185_340), ("5,3", 185_300), ("7", 187_000)]
)
def test_minutes_may_have_a_column_of_their_own(tmp_path: Path, seconds: str, time_ms: int) -> None:
    reading = read(written(tmp_path, f"Name;Min;Sec\nAnn Able;3;{seconds}\nBea Best;0;59.90\n"))
    assert column(reading, "time_ms") == [time_ms, 59_900]


@pytest.mark.parametrize("discipline", ["Halbmarathon", "Half Marathon", "semi-marathon", "Media maratón"])
def test_a_half_marathon_has_hours_and_is_no_marathon(tmp_path: Path, discipline: str) -> None:
    reading = read(written(tmp_path, f"Name,Event,Time\nAnn Able,{discipline},1:00:03\n"))
    assert (column(reading, "mark"), reading.races) == (["1:00:03"], {})


def test_hours_are_read_where_the_caller_says_half_marathon(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "Name,Time\nAnn Able,1:00:03\n"), discipline="half marathon")
    assert column(reading, "mark") == ["1:00:03"]


def test_hours_are_read_in_a_marathon(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "Name,Time\nAnn Able,2:04:11\n"), discipline="marathon")
    assert column(reading, "time_ms") == [7_451_000]


def test_a_place_with_a_point_is_a_place_with_a_warning(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "Place,Name,Time\n1.,Ann Able,4:10.11\n"))
    assert (column(reading, "place"), found(reading)) == ([1], [("read-leniently", "Place", "1.")])


@pytest.mark.parametrize("cell", ["1.0", "1)", "T1", "T-1", "1T", "=1", "1=", "1ST"])
def test_a_place_is_read_whatever_stands_beside_its_number(tmp_path: Path, cell: str) -> None:
    assert column(read(written(tmp_path, LIST.replace("1,Ann", f"{cell},Ann"))), "place") == [1, 2, 3]


def test_whole_numbers_that_went_through_a_column_of_floats_are_whole(tmp_path: Path) -> None:
    text = "name,place,time_ms,status\nAnn Able,1.0,250110.0,OK\nBea Best,,,DNF\n"
    reading = read(written(tmp_path, text))
    assert (column(reading, "place"), column(reading, "time_ms")) == ([1, None], [250_110, None])


def test_the_shipped_results_come_back_from_columns_of_floats(tmp_path: Path) -> None:
    floats = dict.fromkeys(("place", "time_ms", "decimals", "points"), "float64")
    frame = bd.load("results", backend="pandas").astype(floats)
    frame.to_csv(tmp_path / "results.csv", index=False)
    reading = read(tmp_path / "results.csv")
    assert (reading.found, column(reading, "codes")) == ((), bd.load("results").column("codes").to_pylist())


def test_a_status_may_stand_where_the_place_should(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "Place,Name,Time\n1,Ann Able,4:10.11\nDNF,Bea Best,\n"))
    assert column(reading, "status") == ["OK", "DNF"]


def test_a_row_without_time_status_or_place_cannot_be_read(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "Name,Time\nAnn Able,\n"))
    assert found(reading) == [("cell-readable", "Time", None)]


def test_codes_beside_the_mark_are_codes(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "Name,Time\nAnn Able,4:10.11 NR PB\n"))
    assert column(reading, "codes") == [["NR", "PB"]]


def test_remarks_that_are_no_codes_are_left_alone(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "Name,Time,Notes\nAnn Able,4:10.11,fell on lap two\n"))
    assert "codes" in reading.absent


def test_a_club_is_no_nation(tmp_path: Path) -> None:
    assert "nation" in read(written(tmp_path, "Name,Time,Team\nAnn Able,4:10.11,Eugene TC\n")).absent


def test_a_club_whose_letters_are_those_of_a_nation_is_a_club(tmp_path: Path) -> None:
    text = "Name,Team,Time\nAnn Able,ORE,4:10.11\nBea Best,COL,4:11.22\nCay Cole,STAN,4:12.33\n"
    reading = read(written(tmp_path, text))
    assert ("nation" in reading.absent, reading.found) == (True, ())


def test_a_team_is_a_nation_where_most_are(tmp_path: Path) -> None:
    text = "Name,Team,Time\nAnn Able,KEN,4:10.11\nBea Best,USA,4:11.22\nCay Cole,Oregon,4:12.33\n"
    assert found(read(written(tmp_path, text))) == [("cell-readable", "Team", "Oregon")]


def test_the_name_of_a_country_becomes_its_code_with_a_warning(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "Name,Time,Country\nAnn Able,4:10.11,Kenya\n"))
    assert (column(reading, "nation"), found(reading)) == (["KEN"], [("read-leniently", "Country", "Kenya")])


def test_a_nation_that_nobody_knows_is_named_once(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "Name,Time,Nat\nAnn Able,4:10.11,USA\nBea Best,4:11.22,Oregon\n"))
    assert (column(reading, "nation"), found(reading)) == (["USA", None], [("cell-readable", "Nat", "Oregon")])


def test_a_blank_nation_is_nobody_s_fault(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "Name,Time,Nat\nAnn Able,4:10.11,USA\nBea Best,4:11.22,\n"))
    assert found(reading) == []


def test_codes_may_stand_in_any_order(tmp_path: Path) -> None:
    reading = read(written(tmp_path, 'Name,Time,Records\nAnn Able,4:10.11,"PB, WL, NR"\n'))
    assert column(reading, "codes") == [["NR", "WL", "PB"]]


@pytest.mark.parametrize("times", [("6:12.4", "5:58.1"), ("6:12", "5:58")])
def test_a_list_timed_by_hand_throughout_is_read_silently(tmp_path: Path, times: tuple[str, str]) -> None:
    assert found(read(written(tmp_path, "Name,Time\nAnn A,{}\nBea B,{}\n".format(*times)))) == []


def test_a_nought_lost_among_hundredths_is_a_warning(tmp_path: Path) -> None:
    reading = read(written(tmp_path, "Name,Time\nAnn A,6:12.41\nBea B,6:13.1\n"))
    assert found(reading) == [("read-leniently", "Time", "6:13.1")]


def test_a_competitor_of_world_athletics_is_his_name(tmp_path: Path) -> None:
    line = '{"place": "1.", "competitor": {"id": 1, "name": "Josh KERR"}, "mark": "3:45.34"}\n'
    assert column(read(written(tmp_path, line, "wa.jsonl")), "athlete_id") == ["josh-kerr"]


def test_results_with_a_column_a_split_are_results(tmp_path: Path) -> None:
    path = written(tmp_path, "Name,400m,800m,Time\nAnn A,58.1,2:01.2,4:10.11\n", "meet_splits.csv")
    assert read(path).name == "results"


def test_a_table_without_headings_is_told_what_headings_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected a line of headings such as Place, Name, Time"):
        read(written(tmp_path, "H;05/25/2024;05/25/2024\n"))


@pytest.mark.parametrize("ours", ["mark", "time", "Result", "Zeit"])
def test_a_column_of_ours_is_mapped_by_any_name_that_is_recognised(tmp_path: Path, ours: str) -> None:
    reading = read(written(tmp_path, "Name,Klocka\nAnn Able,4:10.11\n"), mapping={ours: "Klocka"})
    assert column(reading, "mark") == ["4:10.11"]


def test_a_column_of_ours_is_mapped_once_by_whatever_names(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="got 'A' and 'B' for mark"):
        read(written(tmp_path, "Name,A,B\nAnn Able,1,2\n"), mapping={"mark": "A", "time": "B"})


@pytest.mark.parametrize("wrong", [{"discipline": 1500}, {"mapping": "mark=Zeit"}, {"date": 2024}, {"sex": 1}])
def test_facts_of_another_type_are_refused_in_a_sentence(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=f"^{next(iter(wrong))}: got "):
        judged(results=pa.table({"name": ["Ann"], "time": ["4:10.11"]}), **wrong)


@pytest.mark.parametrize(
    ("headings", "hint"), [("Place,Time", "athlete=Wer"), ("Name,Place", "mark=Zeit"), ("Name,Time", "to_m=Strecke")]
)
def test_what_no_column_tells_is_asked_for_by_its_own_name(tmp_path: Path, headings: str, hint: str) -> None:
    name = "splits.csv" if "to_m" in hint else "heat.csv"
    with pytest.raises(InputError, match=f"--map {hint}$"):
        read(written(tmp_path, f"{headings}\n1,4:10.11\n", name))


def crowd(runners: int, places: bool) -> str:
    rows = (
        f"{i if places else ''},Runner {i},{4 + i // 3600}:{i // 60 % 60:02}:{i % 60:02}" for i in range(1, runners + 1)
    )
    return "\n".join(["Place,Name,Time", *rows])


@pytest.mark.parametrize("places", [True, False])
def test_a_marathon_may_have_more_than_999_finishers(tmp_path: Path, places: bool) -> None:
    assert judged(files=[written(tmp_path, crowd(1200, places))], discipline="marathon").ok


def test_more_finishers_than_places_can_be_counted_are_read_without_places(tmp_path: Path) -> None:
    reading = read(written(tmp_path, crowd(2**15 + 1, places=False)), discipline="marathon")
    assert (reading.rows, "place" in reading.absent, max(column(reading, "place"))) == (2**15 + 1, True, 2**15 - 1)


@pytest.mark.parametrize(("heading", "ours"), [("Place", "place"), ("Pts", "points")])
def test_a_number_that_its_column_cannot_hold_is_found(tmp_path: Path, heading: str, ours: str) -> None:
    text = f"Name,Time,{heading}\nAnn Able,4:10.11,40000\n"
    assert found(read(written(tmp_path, text), mapping={ours: heading})) == [("cell-readable", heading, "40000")]
