"""What mypy and pyright must see; it runs too."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

import duckdb
import great_expectations as gx
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import bowerman_data as bd
from bowerman_data.expectations import suite
from bowerman_data.testing import lawful_race

NAMES = [table.name for table in bd.tables()]


@pytest.mark.parametrize("name", NAMES)
def test_every_table_loads_with_every_backend_as_its_own_type(name: str) -> None:
    arrow = assert_type(bd.load(name), pa.Table)
    frames = (
        assert_type(bd.load(name, backend="arrow"), pa.Table).num_rows,
        len(assert_type(bd.load(name, backend="pandas"), pd.DataFrame)),
        assert_type(bd.load(name, "polars"), pl.DataFrame).height,
        len(assert_type(bd.load(name, "duckdb"), duckdb.DuckDBPyRelation).fetchall()),
    )
    assert set(frames) == {arrow.num_rows}


def test_the_other_calls_have_types_too(tmp_path: Path) -> None:
    assert_type(bd.cite(), str)
    assert_type(bd.__version__, str)
    assert_type(bd.export(tmp_path, format="json"), tuple[Path, ...])
    assert_type(bd.dictionary("results").columns[0].unit, str | None)
    assert_type(bd.tables()[0].rows, int)
    assert_type(bd.why("results", "mark", athlete_id="josh-kerr").upheld[0].line, int | None)


def test_the_suite_of_results_is_one_of_great_expectations() -> None:
    results = assert_type(suite("results"), gx.ExpectationSuite)
    assert results.expectations


def test_a_made_up_race_is_judged_beside_options() -> None:
    assert bd.validate(engine="pandera", **lawful_race(seed=1, field=3)).ok
