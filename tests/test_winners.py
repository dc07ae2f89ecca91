from __future__ import annotations

import pytest

import bowerman_data as bd
from bowerman_data._editions import coverage_by_year
from bowerman_data._winners import Winner
from bowerman_data.errors import InputError
from bowerman_data.schemas.tables import TABLES


def test_kiprop_has_won_most_and_in_these_times() -> None:
    athlete_id, won = next(iter(bd.winners().wins.items()))
    assert athlete_id == "asbel-kiprop"
    assert [(win.year, win.mark) for win in won] == [
        (2009, "3:48.50"),
        (2010, "3:49.75"),
        (2012, "3:49.40"),
        (2016, "3:51.54"),
    ]


def test_every_edition_has_its_winner_in_order_of_days() -> None:
    assert [winner.race_id for winner in bd.winners()] == bd.load("races")["race_id"].to_pylist()


def test_sources_that_share_an_upstream_count_once() -> None:
    winner = next(one for one in bd.winners() if one.year == 2014)
    why = bd.why("results", "mark", place=1, edition=2014)
    assert (winner.sources, winner.independent) == (len(why.stated_by), why.independent) == (7, 3)


@pytest.mark.parametrize("winner", bd.winners(), ids=lambda winner: str(winner.year))
def test_the_time_of_a_winner_is_stated_and_is_the_fastest_of_its_race(winner: Winner) -> None:
    times = [row["time_ms"] for row in bd.load("results", edition=winner.year).to_pylist() if row["time_ms"]]
    assert winner.time_ms == min(times)
    assert 1 <= winner.independent <= winner.sources


def test_the_page_fits_a_terminal() -> None:
    assert [line for line in str(bd.winners()).splitlines() if len(line) > 88] == []


def test_the_coverage_counts_the_rows_of_the_tables() -> None:
    told = coverage_by_year()
    assert sum(one.results for one in told) == bd.load("results").num_rows
    assert sum(one.splits for one in told) == bd.load("splits").num_rows
    assert 2020 not in {one.year for one in told}


def test_one_edition_is_judged_by_itself_and_nobody_elses_tables_have_one() -> None:
    report = bd.validate(engine="pandera", edition=2014)
    assert report.ok
    assert report.rows["results"] == 16
    with pytest.raises(InputError, match="edition"):
        bd.validate(engine="pandera", edition=2014, results=bd.load("results"))


def test_a_race_of_a_year_is_its_own_table_everywhere() -> None:
    for name in TABLES:
        assert bd.load(name, edition=2024).column_names == bd.load(name).column_names


@pytest.mark.parametrize(
    ("fact", "key", "value"),
    [
        ("wins", {"athlete_id": "asbel-kiprop", "before": "bowerman-mile-2018"}, "4"),
        ("race-record", {"before": "bowerman-mile-2025"}, "3:43.73"),
        ("edition-number", {"race_id": "bowerman-mile-2025"}, "25"),
        ("best-place", {"athlete_id": "cole-hocker"}, "5"),
        ("debut-year", {"athlete_id": "elijah-manangoi"}, "2016"),
    ],
)
def test_a_paper_is_tested_against_the_history(fact: str, key: dict[str, str], value: str) -> None:
    assert bd.why("check", fact, **key).value == value
