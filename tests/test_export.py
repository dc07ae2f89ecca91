from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, get_args

import duckdb
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import bowerman_data as bd
from bowerman_data import _export
from bowerman_data._export import Format
from bowerman_data._formats import LIST_SEPARATOR
from bowerman_data.errors import ExportConflict, UnknownName
from bowerman_data.reading import Facts, read_everything
from bowerman_data.schemas.arrow import arrow_schema
from bowerman_data.schemas.tables import TABLES

FORMATS: tuple[Format, ...] = get_args(Format)
Rows = list[dict[str, Any]]


def from_csv(folder: Path, name: str) -> Rows:
    schema = arrow_schema(name)
    types = {field.name: pa.string() if pa.types.is_list(field.type) else field.type for field in schema}
    options = pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=True, quoted_strings_can_be_null=False)
    table = pyarrow.csv.read_csv(folder / f"{name}.csv", convert_options=options)
    return [{field.name: listed(row[field.name], field) for field in schema} for row in table.to_pylist()]


def listed(value: object, field: pa.Field[Any]) -> object:
    if not pa.types.is_list(field.type) or not isinstance(value, str):
        return value
    items = value.split(LIST_SEPARATOR) if value else []
    return pa.array(items, pa.string()).cast(field.type.value_type).to_pylist()


def from_parquet(folder: Path, name: str) -> Rows:
    return pq.read_table(folder / f"{name}.parquet").to_pylist()


def from_json(folder: Path, name: str) -> Rows:
    lines = (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [dated(name, json.loads(line)) for line in lines]


def dated(name: str, row: dict[str, Any]) -> dict[str, Any]:
    days = {field.name for field in arrow_schema(name) if pa.types.is_date(field.type)}
    return {key: dt.date.fromisoformat(value) if value and key in days else value for key, value in row.items()}


def from_duckdb(folder: Path, name: str) -> Rows:
    with duckdb.connect(str(folder / "bowerman.duckdb"), read_only=True) as connection:
        rows: Rows = connection.sql(f'select * from "{name}"').to_arrow_table().to_pylist()
    return rows


def from_sqlite(folder: Path, name: str) -> Rows:
    lists = {field.name for field in arrow_schema(name) if pa.types.is_list(field.type)}
    with closing(sqlite3.connect(folder / "bowerman.sqlite")) as connection:
        connection.row_factory = sqlite3.Row
        rows = [dated(name, dict(row)) for row in connection.execute(f'select * from "{name}"')]
    return [{key: json.loads(cell) if cell and key in lists else cell for key, cell in row.items()} for row in rows]


READERS: dict[Format, Callable[[Path, str], Rows]] = {
    "csv": from_csv,
    "parquet": from_parquet,
    "json": from_json,
    "duckdb": from_duckdb,
    "sqlite": from_sqlite,
}


@pytest.mark.parametrize("format", FORMATS)
def test_an_export_holds_the_same_values(format: Format, tmp_path: Path) -> None:
    bd.export(tmp_path / "out", format)
    for name in TABLES:
        assert READERS[format](tmp_path / "out", name) == bd.load(name).to_pylist(), name


@pytest.mark.parametrize("format", FORMATS)
def test_an_export_returns_its_files_and_leaves_no_others(format: Format, tmp_path: Path) -> None:
    files = bd.export(tmp_path / "new" / "out", format)
    assert sorted(files) == sorted((tmp_path / "new" / "out").iterdir())
    assert sorted(tmp_path.rglob(".bowerman-data-*")) == []


@pytest.mark.parametrize("format", FORMATS)
def test_files_are_not_overwritten_unless_asked(format: Format, tmp_path: Path) -> None:
    taken = bd.export(tmp_path, format)[0]
    taken.write_text("mine")
    with pytest.raises(ExportConflict, match=rf"{taken.name}.* already there; choose another directory, or force"):
        bd.export(tmp_path, format)
    assert taken.read_text() == "mine"
    bd.export(tmp_path, format, force=True)
    assert READERS[format](tmp_path, "results") == bd.load("results").to_pylist()


def test_other_files_of_the_directory_stay(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    bd.export(tmp_path, "csv", force=True)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_file_in_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(ExportConflict, match="got a file, expected a directory"):
        bd.export(tmp_path / "out")


def test_an_export_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(stage: Path, tables: dict[str, pa.Table]) -> None:
        (stage / "results.csv").write_text("half")
        raise OSError("disk full")

    monkeypatch.setitem(_export._WRITERS, "csv", fail)
    with pytest.raises(OSError, match="disk full"):
        bd.export(tmp_path / "out", "csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", ["csv", "parquet", "sqlite"])
def test_an_export_of_an_edition_has_its_rows_alone(format: Format, tmp_path: Path) -> None:
    bd.export(tmp_path, format, edition=2023)
    held = READERS[format](tmp_path, "results")
    assert [row["athlete_id"] for row in held] == bd.load("results", edition=2023)["athlete_id"].to_pylist()


def test_an_unknown_format_is_answered_with_the_nearest() -> None:
    with pytest.raises(
        UnknownName, match=r"unknown format 'sqlit'; did you mean 'sqlite'\? Expected one of csv, parquet"
    ):
        bd.export("anywhere", "sqlit")  # type: ignore[arg-type]


def test_sqlite_has_keys_references_and_descriptions(tmp_path: Path) -> None:
    bd.export(tmp_path, "sqlite")
    with closing(sqlite3.connect(tmp_path / "bowerman.sqlite")) as connection:
        (sql,) = connection.execute("select sql from sqlite_schema where name = 'results'").fetchone()
        assert connection.execute("pragma foreign_key_check").fetchall() == []
    assert "PRIMARY KEY (race_id, athlete_id)" in sql
    assert 'FOREIGN KEY (race_id) REFERENCES "races" (race_id)' in sql
    assert '"place" INTEGER, -- Place at the finish; those who tie share one.' in sql


def test_duckdb_has_keys_and_comments(tmp_path: Path) -> None:
    bd.export(tmp_path, "duckdb")
    with duckdb.connect(str(tmp_path / "bowerman.duckdb"), read_only=True) as connection:
        comments = connection.sql(
            "select column_name, comment from duckdb_columns() where table_name = 'splits'"
        ).fetchall()
        keys = connection.sql(
            "select table_name from duckdb_constraints() where constraint_type = 'PRIMARY KEY'"
        ).fetchall()
    assert dict(comments) == {column.name: column.description for column in bd.dictionary("splits").columns}
    assert {table for (table,) in keys} == set(TABLES) - {"splits"}


def test_csv_is_the_same_bytes_every_time(tmp_path: Path) -> None:
    for path in bd.export(tmp_path / "one", "csv"):
        assert path.read_bytes() == (bd.export(tmp_path / "two", "csv", force=True)[0].parent / path.name).read_bytes()


@pytest.mark.parametrize("format", ["csv", "json", "parquet"])
def test_an_export_is_read_back_as_the_tables_that_it_was(format: Format, tmp_path: Path) -> None:
    readings = read_everything({}, list(bd.export(tmp_path, format)), Facts(mapping={}))
    assert {reading.name: reading.table.to_pylist() for reading in readings} == {
        name: bd.load(name).to_pylist() for name in TABLES
    }
