from __future__ import annotations

import doctest
import importlib
import subprocess
import sys
from typing import Literal

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import bowerman_data as bd
from bowerman_data.errors import UnknownName
from bowerman_data.schemas.arrow import arrow_schema
from bowerman_data.schemas.tables import TABLES


def shown(table: pa.Table) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = table.to_pylist()
    return rows


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_the_declared_schema_with_descriptions(name: str) -> None:
    table = bd.load(name)
    assert table.schema.equals(arrow_schema(name))
    for field in arrow_schema(name):
        got = table.schema.field(field.name).metadata or {}
        assert (field.metadata or {}).items() <= got.items()


def test_the_bowerman_mile_has_fourteen_finishers_and_kerr_first() -> None:
    results = shown(bd.load("results", edition=2024))
    finishers = [row for row in results if row["status"] == "OK"]
    assert len(finishers) == 14
    assert (finishers[0]["athlete_id"], finishers[0]["mark"], finishers[0]["time_ms"]) == (
        "josh-kerr",
        "3:45.34",
        225340,
    )


def test_an_edition_is_the_rows_of_its_race_and_what_belongs_to_no_race_is_whole() -> None:
    assert {row["race_id"] for row in shown(bd.load("results", edition=2023))} == {"bowerman-mile-2023"}
    assert bd.load("splits", edition=2023).schema.equals(bd.load("splits").schema, check_metadata=True)
    assert bd.load("races", edition=2019)["city"].to_pylist() == ["Stanford"]
    assert bd.load("athletes", edition=2023) == bd.load("athletes")


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_every_backend_loads_one_edition(backend: Literal["pandas", "polars"]) -> None:
    assert len(bd.load("results", backend, edition=2024)) == 16


def test_a_year_without_the_race_is_answered_with_those_that_had_it() -> None:
    with pytest.raises(UnknownName, match=r"unknown edition '2020'.*2019, 2021"):
        bd.load("results", edition=2020)


@pytest.mark.parametrize("name", TABLES)
def test_pandas_holds_the_same_values_in_the_same_types(name: str) -> None:
    frame = bd.load(name, backend="pandas")
    table = bd.load(name)
    assert shown(pa.Table.from_pandas(frame, preserve_index=False)) == shown(table)
    types = [dtype.pyarrow_dtype for dtype in frame.dtypes if isinstance(dtype, pd.ArrowDtype)]
    assert types == table.schema.types


def test_a_missing_time_leaves_pandas_times_whole() -> None:
    times = bd.load("results", backend="pandas")["time_ms"]
    assert times.isna().any()
    assert str(times.dtype) == "int32[pyarrow]"


@pytest.mark.parametrize("name", TABLES)
def test_polars_holds_the_same_values(name: str) -> None:
    assert bd.load(name, backend="polars").rows(named=True) == shown(bd.load(name))


def test_polars_keeps_whole_times_dates_and_lists() -> None:
    assert bd.load("results", backend="polars").schema["time_ms"] == pl.Int32
    assert bd.load("races", backend="polars").schema["date"] == pl.Date
    assert bd.load("races", backend="polars").schema["points_scale"] == pl.List(pl.Int16)


def test_a_duckdb_relation_can_be_joined_with_another() -> None:
    results, athletes = bd.load("results", backend="duckdb", edition=2024), bd.load("athletes", backend="duckdb")
    joined = results.join(athletes, "athlete_id").filter("place = 2").project("name, mark")
    assert joined.fetchall() == [("Jakob Ingebrigtsen", "3:45.60")]


def test_a_connection_has_every_table_as_a_view() -> None:
    with bd.connect() as connection:
        for name in TABLES:
            assert connection.sql(f'select count(*) from "{name}"').fetchall() == [(bd.load(name).num_rows,)]


def test_two_connections_are_not_one() -> None:
    with bd.connect() as first, bd.connect() as second:
        first.execute("create table mine (x int)")
        with pytest.raises(duckdb.CatalogException):
            second.execute("select * from mine")


def test_an_unknown_table_is_answered_with_the_nearest_and_the_list() -> None:
    with pytest.raises(
        ValueError, match=r"unknown table 'result'; did you mean 'results'\? Expected one of results, splits"
    ):
        bd.load("result")


def test_an_unknown_backend_is_answered_with_the_nearest_and_the_list() -> None:
    with pytest.raises(
        ValueError, match=r"unknown backend 'panda'; did you mean 'pandas'\? Expected one of arrow, pandas"
    ):
        bd.load("results", backend="panda")  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("extra", "call"), [(name, f'load("results", "{name}")') for name in ("pandas", "polars", "duckdb")]
)
def test_a_missing_extra_is_an_import_error_with_the_pip_line(extra: str, call: str) -> None:
    code = f"import sys; sys.modules[{extra!r}] = None; import bowerman_data as bd; bd.{call}"
    run = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert run.returncode == 1
    assert f'MissingExtra: {extra} is not installed; run: pip install "bowerman-data[{extra}]"' in run.stderr


def test_the_base_install_needs_pyarrow_alone() -> None:
    gone = ("pandas", "polars", "duckdb", "pandera", "great_expectations", "sqlalchemy", "pyspark")
    code = f"""
import sys
from typing import Literal
for name in {gone}:
    sys.modules[name] = None
import bowerman_data as bd
bd.tables(), bd.load("results"), bd.dictionary("splits"), bd.cite()
print(bd.why("results", "time_ms", athlete_id="josh-kerr"))
"""
    run = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")


def test_tables_are_listed_with_the_rows_they_have() -> None:
    listed = bd.tables()
    assert [(table.name, table.rows) for table in listed] == [(name, bd.load(name).num_rows) for name in TABLES]


def test_a_list_of_tables_prints_a_line_for_each() -> None:
    lines = [line for line in str(bd.tables()).splitlines() if not line.startswith(" ")]
    assert [line.split()[0] for line in lines] == list(TABLES)


@pytest.mark.parametrize(
    "module", ["errors", "_layout", "_loading", "_dictionary", "_why", "_cite", "_export", "schemas.arrow"]
)
def test_the_examples_in_docstrings_run(module: str) -> None:
    outcome = doctest.testmod(importlib.import_module(f"bowerman_data.{module}"))
    assert outcome.attempted > 0
    assert outcome.failed == 0
