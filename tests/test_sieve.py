"""Races that are cleared without being judged break no rule, and nothing else is said of an archive for it."""

from __future__ import annotations

import random
from types import ModuleType

import polars as pl
import pyarrow as pa
import pytest

from bowerman_data._single_cells import CHANGES, CellChange, changed_value, with_cells
from bowerman_data.schemas import _points, _screen_splits, _sieve
from bowerman_data.schemas._batches import BATCH
from bowerman_data.schemas._directory import Directory
from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas._screen import in_doubt
from bowerman_data.schemas.engine import run
from bowerman_data.testing import lawful_archive
from tests.cases import CASES, Case
from tests.engines import findings, outcomes
from tests.lawful import LAWFUL
from tests.tables import Tables

FEW = 3
"""Rows a batch: less than a race has, so that each is a batch of its own."""
ARCHIVE = ("results", "splits", "races", "athletes")
"""The tables of an archive without sources, to which the sieve is put."""
OF_ARCHIVES = [c for c in CASES if not c.shipped and {wrong.table for wrong in c.violations} <= set(ARCHIVE)]

_cases = pytest.mark.parametrize("case", OF_ARCHIVES, ids=lambda case: case.name.replace(" ", "-"))
_options = pytest.mark.parametrize(
    "options",
    [
        {},
        {"scored": True},
        {"dnf": 2, "dq": 1, "dns": 1},
        {"ties": 1, "photo_finishes": 2},
        {"missing": 20},
        {"sex": "W"},
    ],
    ids=lambda options: ", ".join(options) or "plain",
)


def _archive(tables: Tables) -> Tables:
    return {name: tables[name] for name in ARCHIVE if name in tables}


def _said(tables: Tables, batch: int = BATCH) -> tuple[object, object]:
    verdicts = run(tables, batch=batch)
    return findings(verdicts), outcomes(verdicts)


def _in_doubt(tables: Tables) -> set[str]:
    rows = in_doubt(Frames({name: pl.DataFrame(tables[name]).lazy() for name in tables}))
    return {race for frame in rows.values() for race in frame["race_id"]}


@pytest.fixture(autouse=True)
def _always_sifted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sieve, "LET_THROUGH", 0)


@_cases
def test_of_a_sifted_archive_the_same_is_said_as_of_one_judged_in_one_piece(case: Case) -> None:
    tables = _archive(case.change(LAWFUL))
    assert _said(tables, batch=FEW) == _said(tables)


@_options
def test_most_lawful_races_are_cleared(options: dict[str, int]) -> None:
    tables = lawful_archive(races=40, **options)
    assert len(_in_doubt(tables)) <= 10


def test_a_race_with_a_wrong_cell_is_in_doubt_and_hardly_another() -> None:
    tables = lawful_archive(races=40)
    before, row = _in_doubt(tables), tables["results"].num_rows // 2
    race = tables["results"]["race_id"][row].as_py()
    wrong = tables | {"results": with_cells(tables["results"], [(row, "mark", "4:44.44")])}
    assert race not in before
    assert _in_doubt(wrong) == before | {race}


@pytest.mark.parametrize("seed", range(8))
def test_whatever_cells_are_changed_sifting_changes_no_verdict(seed: int) -> None:
    rng = random.Random(seed)
    tables = _archive(lawful_archive(races=15, seed=seed))
    for name in ("results", "splits"):
        tables[name] = _spoilt(tables[name], name, rng)
    assert _said(tables, batch=40) == _said(tables)


def _spoilt(table: pa.Table, name: str, rng: random.Random) -> pa.Table:
    cells = []
    for _ in range(20):
        column, row = rng.choice(table.column_names), rng.randrange(table.num_rows)
        change = CellChange(name, row, column, rng.choice(list(CHANGES)))
        cells.append((row, column, changed_value(change, table[column].to_pylist(), rng.randrange(100))))
    return with_cells(table, [cell for cell in cells if not _is_no_value(cell[2])])


def _is_no_value(value: object) -> bool:
    return type(value).__name__ == "_Same"


def test_without_races_or_athletes_an_archive_is_sifted_by_what_is_there() -> None:
    for missing in ("races", "athletes", "splits"):
        tables = {name: table for name, table in _archive(LAWFUL).items() if name != missing}
        assert _said(tables, batch=FEW) == _said(tables)


def test_where_nearly_all_is_in_doubt_batches_are_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sieve, "LET_THROUGH", 5)
    tables = _archive(LAWFUL) | {
        "results": LAWFUL["results"].set_column(8, "mark", pa.array(["x"] * len(LAWFUL["results"])))
    }
    assert _said(tables, batch=FEW) == _said(tables)


@pytest.fixture(scope="module")
def names() -> pl.Series:
    return pl.select(pl.format("name-{}", pl.int_range(20_000))).to_series()


def test_every_listed_name_is_found_in_its_row(names: pl.Series) -> None:
    found = Directory(names).rows_of(names.reverse().hash())
    assert names.gather(found).equals(names.reverse())


def test_strangers_and_nobody_are_found_in_no_row(names: pl.Series) -> None:
    assert Directory(names).rows_of(pl.Series(["name-20000", "", None]).hash()).to_list() == [None, None, None]


def test_a_name_that_stands_twice_is_found() -> None:
    assert Directory(pl.Series(["a", "b", "a"])).rows_of(pl.Series(["a"]).hash()).item() in (0, 2)


@pytest.mark.parametrize(("module", "limit"), [(_points, "FEW"), (_screen_splits, "MOST_ROWS")])
def test_nothing_is_cleared_of_more_points_or_rows_than_can_be_counted(
    module: ModuleType, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cleared = _in_doubt(_archive(LAWFUL))
    monkeypatch.setattr(module, limit, 1)
    doubtful = _in_doubt(_archive(LAWFUL))
    assert doubtful == set(LAWFUL["races"]["race_id"].to_pylist()) > cleared


def test_a_race_that_shows_a_leader_at_the_finish_is_not_cleared() -> None:
    tables = _archive(lawful_archive(races=3, seed=3))
    splits, results = pl.DataFrame(tables["splits"]), pl.DataFrame(tables["results"])
    race = pl.DataFrame(tables["races"]).row(0, named=True)
    first, second = results.filter(race_id=race["race_id"]).sort("place", nulls_last=True).head(2).iter_rows(named=True)
    at_finish = {"from_m": 0.0, "to_m": race["distance_m"], "basis": "leader", "athlete_id": second["athlete_id"]}
    shown = {name: first[name] for name in ("race_id", "time_ms", "decimals", "mark")}
    led = pl.DataFrame([shown | at_finish], schema=splits.schema)
    assert race["race_id"] not in _in_doubt(tables)
    assert race["race_id"] in _in_doubt(tables | {"splits": pl.concat([led, splits]).to_arrow()})
