"""Rows that lie in any order are brought together race by race, and nothing of them is lost or left behind."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from bowerman_data.schemas import _parts
from bowerman_data.schemas._batches import Batch
from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas._judge import Judge
from bowerman_data.schemas._names import Names, names
from bowerman_data.schemas._parts import in_parts
from bowerman_data.schemas.engine import run
from tests.engines import findings, outcomes
from tests.lawful import LAWFUL

BY_RACE = ("results", "splits")
PARTS = 3
NOBODY = pl.Series([], dtype=pl.String)


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_parts, "PIECE", 5)


def _table(name: str) -> pl.DataFrame:
    """The table in any order, with two rows of no race."""
    rows = pl.DataFrame(LAWFUL[name])
    rows = pl.concat([rows, rows.head(2).with_columns(race_id=pl.lit(None, pl.String))])
    return rows[random.Random(0).sample(range(rows.height), rows.height)]


def _parted(races: pl.Series, athletes: pl.Series) -> list[Batch]:
    tables = {name: _table(name).lazy() for name in BY_RACE}
    return list(in_parts(tables, PARTS, {"race_id": Names(races), "athlete_id": Names(athletes)}))


LISTED = {key: pl.DataFrame(LAWFUL[name])[key] for name, key in (("races", "race_id"), ("athletes", "athlete_id"))}
_listings = pytest.mark.parametrize(
    ("races", "athletes"),
    [
        (LISTED["race_id"], LISTED["athlete_id"]),
        (LISTED["race_id"].head(1), LISTED["athlete_id"].head(2)),
        (NOBODY,) * 2,
    ],
    ids=["all-listed", "few-listed", "none-listed"],
)


@_listings
@pytest.mark.parametrize("table", BY_RACE)
def test_every_row_is_in_one_part_as_it_was_given(table: str, races: pl.Series, athletes: pl.Series) -> None:
    found = pl.concat(part[table] for part in _parted(races, athletes)).sort("#row").drop("#begins")
    assert_frame_equal(found, _table(table).with_row_index("#row"))


@_listings
def test_a_race_is_in_one_part_of_every_table(races: pl.Series, athletes: pl.Series) -> None:
    met = [
        {race for name in BY_RACE for race in part[name]["race_id"].drop_nulls()} for part in _parted(races, athletes)
    ]
    assert sum(map(len, met)) == len(set().union(*met)) > 1


@_listings
@pytest.mark.parametrize("table", BY_RACE)
def test_the_rows_of_a_race_stand_together(table: str, races: pl.Series, athletes: pl.Series) -> None:
    for part in _parted(races, athletes):
        races_met = part[table]["race_id"]
        assert races_met.filter(part[table]["#begins"]).to_list() == races_met.unique(maintain_order=True).to_list()
        assert part[table]["#begins"].sum() == races_met.rle().len()


def test_a_table_without_rows_has_none_in_any_part() -> None:
    tables = {"results": _table("results").lazy(), "splits": _table("splits").clear().lazy()}
    parts = in_parts(tables, PARTS, {key: Names(listed) for key, listed in LISTED.items()})
    assert [part["splits"].schema == part["splits"].clear().schema and part["splits"].height for part in parts] == [
        0
    ] * 3


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    tables = {name: _table(name).lazy() for name in BY_RACE}
    parts = in_parts(tables, PARTS, {key: Names(listed) for key, listed in LISTED.items()})
    next(parts)
    assert [path.name[:9] for path in tmp_path.iterdir()] == ["bowerman-"]
    parts.close()  # type: ignore[attr-defined]
    assert list(tmp_path.iterdir()) == []


def test_columns_that_a_user_added_are_left_out(tmp_path: Path) -> None:
    _table("results").write_parquet(tmp_path / "results.parquet", row_group_size=2)
    own = pl.col("mark").cast(pl.Categorical(pl.Categories.random()))
    judge = Judge({"results": pl.scan_parquet(tmp_path / "results.parquet").with_columns(own=own)}, batch=3)
    assert judge.tally("places-count-up", "results").error is None


def test_strangers_have_the_same_number_whenever_they_are_met() -> None:
    numbered = Names(pl.Series(["ann", "ben"]))
    assert numbered.numbers(pl.Series(["ben", "zoe", None, "ann"])).to_list() == [1, 2, None, 0]
    assert numbered.numbers(pl.Series(["yan", "zoe", "ben", "yan"])).to_list() == [3, 2, 1, 3]
    assert numbered.listed().to_list() == ["ann", "ben", "zoe", "yan"]


def test_where_athletes_are_not_listed_those_of_the_results_are() -> None:
    results = pl.DataFrame(LAWFUL["results"])
    listed = names(Frames({"results": results.lazy()}), "athletes", "results").listed()
    assert sorted(listed) == sorted(results["athlete_id"].unique())


def test_without_athletes_and_races_the_same_is_said_as_in_one_piece() -> None:
    tables = {name: _table(name) for name in BY_RACE}
    whole, parted = run(tables), run(tables, batch=3)
    assert (findings(parted), outcomes(parted)) == (findings(whole), outcomes(whole))
