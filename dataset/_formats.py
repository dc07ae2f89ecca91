"""Tables as CSV, JSON Lines, and databases with keys, references and comments."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv

from bowerman_data.schemas.columns import Column, DType
from bowerman_data.schemas.tables import TABLES, Table

__all__ = ["LIST_SEPARATOR", "write_csv", "write_duckdb", "write_json", "write_sqlite"]

LIST_SEPARATOR = "; "
"""Between the items of a list in a CSV cell: aliases hold spaces and may hold commas."""

_DUCKDB_TYPES: dict[DType, str] = {
    "string": "VARCHAR",
    "int16": "SMALLINT",
    "int32": "INTEGER",
    "float64": "DOUBLE",
    "date": "DATE",
    "list<string>": "VARCHAR[]",
    "list<int16>": "SMALLINT[]",
}
_SQLITE_TYPES: dict[DType, str] = {
    "string": "TEXT",
    "int16": "INTEGER",
    "int32": "INTEGER",
    "float64": "REAL",
    "date": "TEXT",
    "list<string>": "TEXT",
    "list<int16>": "TEXT",
}


def write_csv(name: str, table: pa.Table, path: Path) -> None:
    """Write a table with a header, text quoted, nulls as nothing, lists joined by "; "."""
    flat = [_flat(column) for column in table.columns]
    pyarrow.csv.write_csv(pa.Table.from_arrays(flat, names=table.column_names), path)


def _flat(column: pa.ChunkedArray[Any]) -> pa.ChunkedArray[Any]:
    if not pa.types.is_list(column.type):
        return column
    cells = [items if items is None else LIST_SEPARATOR.join(map(str, items)) for items in column.to_pylist()]
    return pa.chunked_array([pa.array(cells, pa.string())])


def write_json(_: str, table: pa.Table, path: Path) -> None:
    """Write one JSON object a line: null for nulls, arrays for lists, ISO text for dates."""
    lines = (json.dumps(row, ensure_ascii=False, default=str) for row in table.to_pylist())
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


def write_sqlite(tables: Mapping[str, pa.Table], path: Path) -> None:
    """Write a SQLite file; each column's description stands as a comment in the table's SQL."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for name in _referenced_first(tables):
            connection.execute(_create(TABLES[name], _SQLITE_TYPES, comments=True))
            marks = ", ".join("?" * len(TABLES[name].columns))
            rows = ([_plain(value) for value in row.values()] for row in tables[name].to_pylist())
            connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)


def write_duckdb(tables: Mapping[str, pa.Table], path: Path) -> None:
    """Write a DuckDB file; descriptions are comments on its tables and columns."""
    import duckdb

    with duckdb.connect(str(path)) as connection:
        for name in _referenced_first(tables):
            connection.execute(_create(TABLES[name], _DUCKDB_TYPES))
            connection.register("incoming", tables[name])
            connection.execute(f'INSERT INTO "{name}" SELECT * FROM incoming')
            connection.unregister("incoming")
            for comment in _comments(TABLES[name]):
                connection.execute(comment)


def _referenced_first(tables: Mapping[str, pa.Table]) -> list[str]:
    """The tables, those that refer to others behind those they refer to."""
    return sorted(tables, key=lambda name: bool(TABLES[name].references))


def _plain(value: object) -> object:
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return value.isoformat() if isinstance(value, dt.date) else value


def _create(table: Table, types: Mapping[DType, str], comments: bool = False) -> str:
    """The SQL that makes a table; a key with a nullable column can only be declared unique."""
    keyed = "UNIQUE" if table.nulls.keys() & set(table.key) else "PRIMARY KEY"
    parts = [_definition(table, column, types) for column in table.declared()]
    notes = [column.description for column in table.declared()]
    parts += [f"{keyed} ({', '.join(table.key)})"]
    parts += [f'FOREIGN KEY ({r.column}) REFERENCES "{r.table}" ({r.target})' for r in table.references]
    ends = [","] * (len(parts) - 1) + [""]
    tails = [f" -- {note}" if comments else "" for note in notes] + [""] * (len(parts) - len(notes))
    lines = [f"  {part}{end}{tail}" for part, end, tail in zip(parts, ends, tails, strict=True)]
    return "\n".join([f'CREATE TABLE "{table.name}" (', *lines, ")"])


def _definition(table: Table, column: Column, types: Mapping[DType, str]) -> str:
    return f'"{column.name}" {types[column.dtype]}{"" if column.name in table.nulls else " NOT NULL"}'


def _comments(table: Table) -> list[str]:
    told = {f'TABLE "{table.name}"': table.description}
    told |= {f'COLUMN "{table.name}"."{column.name}"': column.description for column in table.declared()}
    return [f"COMMENT ON {what} IS '{_quoted(text)}'" for what, text in told.items()]


def _quoted(text: str) -> str:
    return text.replace("'", "''")
