"""An archive judged a few races at a time, from memory or from files, is judged as it would be in one piece."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Literal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bowerman_data.schemas import _grid, _marks, _points
from bowerman_data.schemas._batches import Scattered, in_runs
from bowerman_data.schemas._judge import gathered
from bowerman_data.schemas.engine import run
from bowerman_data.schemas.verdicts import Verdict
from tests.cases import CASES, Case
from tests.engines import findings, outcomes
from tests.lawful import LAWFUL
from tests.tables import Tables, as_table, rows_of

FEW = 3
"""Rows a batch: less than a race has, so that each is a batch of its own."""
BY_RACE = ("results", "splits")

# A case of each invariant: each costs two runs in this file alone.
_of_races = {c.invariant: c for c in CASES if {wrong.table for wrong in c.violations} & set(BY_RACE)}
_cases = pytest.mark.parametrize("case", _of_races.values(), ids=lambda case: case.name.replace(" ", "-"))


def _shuffled(tables: Tables) -> Tables:
    def mixed(table: pa.Table) -> pa.Table:
        return table.take(random.Random(0).sample(range(table.num_rows), table.num_rows))

    return tables | {name: mixed(tables[name]) for name in BY_RACE}


def _said(verdicts: list[Verdict]) -> tuple[object, object]:
    return findings(verdicts), outcomes(verdicts)


@_cases
def test_in_many_batches_the_same_is_said_as_in_one(case: Case) -> None:
    tables = case.change(LAWFUL)
    assert _said(run(tables, shipped=case.shipped, batch=FEW)) == _said(run(tables, shipped=case.shipped))


@_cases
def test_rows_in_any_order_are_judged_in_batches_of_whole_races(case: Case) -> None:
    tables = _shuffled(case.change(LAWFUL))
    assert _said(run(tables, batch=FEW)) == _said(run(tables))


@_cases
def test_a_table_is_judged_as_if_it_were_large(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = case.change(LAWFUL)
    said = _said(run(tables, shipped=case.shipped))
    monkeypatch.setattr(_marks, "MANY", 1)
    monkeypatch.setattr(_grid, "LARGEST", 1)
    monkeypatch.setattr(_points, "FEW", 1)
    assert _said(run(tables, shipped=case.shipped)) == said


@pytest.mark.parametrize("table", BY_RACE)
def test_one_table_by_itself_is_judged_in_batches(table: str) -> None:
    alone = {table: LAWFUL[table]}
    assert _said(run(alone, batch=FEW)) == _said(run(alone))


def test_splits_of_a_race_without_results_are_judged_too() -> None:
    tables = LAWFUL | {"results": LAWFUL["results"].slice(8)}
    assert _said(run(tables, batch=FEW)) == _said(run(tables))


def _frames(tables: Tables) -> dict[str, pl.LazyFrame]:
    return {name: pl.DataFrame(tables[name]).lazy() for name in BY_RACE}


def test_a_batch_has_whole_races_of_every_table() -> None:
    batches = list(in_runs(_frames(LAWFUL), FEW))
    assert len(batches) > 1
    for name in BY_RACE:
        assert pl.concat(batch[name] for batch in batches).drop("#row", "#begins").equals(pl.DataFrame(LAWFUL[name]))
        races = [race for batch in batches for race in batch[name]["race_id"].unique()]
        assert len(races) == len(set(races))


def test_a_race_in_two_places_is_found_out() -> None:
    rows = rows_of(LAWFUL, "results")
    apart = LAWFUL | {"results": as_table("results", [rows[-1], *rows[:-1]])}
    assert rows[-1]["race_id"] == rows[-2]["race_id"]
    with pytest.raises(Scattered):
        list(in_runs(_frames(apart), FEW))


def _written(tables: Tables, folder: Path) -> dict[str, Path]:
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet", row_group_size=7)
    return {name: folder / f"{name}.parquet" for name in tables}


@pytest.mark.parametrize("batch", [FEW, 1000])
def test_a_file_is_judged_as_the_frame_is(tmp_path: Path, batch: int) -> None:
    tables = _wrong()
    assert _said(run(_written(tables, tmp_path), batch=batch)) == _said(run(tables))


def test_a_folder_of_files_is_one_table(tmp_path: Path) -> None:
    for number, at in enumerate((0, 5)):
        pq.write_table(LAWFUL["results"].slice(at, 5 if at == 0 else None), tmp_path / f"{number}.parquet")
    assert _said(run(LAWFUL | {"results": tmp_path})) == _said(run(LAWFUL))


def _wrong() -> Tables:
    """Every nation a code of ISO."""
    rows = [row | {"nation": "DEU"} for row in rows_of(LAWFUL, "results")]
    return LAWFUL | {"results": as_table("results", rows)}


@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_the_first_violations_are_the_same_however_many_batches_there_are(
    order: Literal["ascending", "descending"],
) -> None:
    results = _wrong()["results"].sort_by([("race_id", order), ("place", "ascending")])
    tables = {"results": results, "races": LAWFUL["races"], "athletes": LAWFUL["athletes"]}
    whole, batched = (
        next(v for v in run(tables, cap=5, batch=batch) if (v.invariant, v.table) == ("known-nation", "results"))
        for batch in (1000, FEW)
    )
    assert batched.violations == whole.violations
    assert (batched.failed, len(batched.violations)) == (LAWFUL["results"].num_rows, 5)


@pytest.mark.parametrize("batch", [FEW, 1000])
def test_every_violation_is_written_where_a_folder_is_given(tmp_path: Path, batch: int) -> None:
    verdicts = run(_wrong(), cap=2, every=tmp_path, batch=batch)
    written = pl.concat(pl.read_parquet(file) for file in tmp_path.glob("pandera-*.parquet"))
    assert written.columns == ["invariant", "table", "key", "column", "value", "expected"]
    counted = {(v.invariant, v.table): v.failed for v in verdicts if v.failed}
    told = written.group_by("invariant", "table").len().rows()
    assert {(invariant, table): count for invariant, table, count in told} == counted


def test_nothing_is_written_where_nothing_is_wrong(tmp_path: Path) -> None:
    run(LAWFUL, every=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_few_rows_that_wait_for_others_do_not_keep_all_text_read_with_them() -> None:
    read = pl.DataFrame({"race_id": [f"a-race-of-many-{n:08d}" for n in range(10_000)]})
    few = read.filter(pl.col("race_id").str.ends_with("777"))
    (together,) = gathered(iter([{"results": few}] * 3), 10_000)
    text = together["results"]["race_id"].to_arrow(compat_level=pl.CompatLevel.newest())
    kept = sum(buffer.size for buffer in text.buffers() if buffer)
    assert together["results"].height == 30
    assert kept < 10_000
