"""Tables in memory, as the contract declares them, and small changes to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from bowerman_data.schemas.arrow import arrow_type
from bowerman_data.schemas.columns import COLUMNS
from bowerman_data.schemas.tables import TABLES

__all__ = ["Row", "Tables", "add", "as_table", "cell_text", "change", "drop", "find", "ordered", "row_key", "rows_of"]

Row = dict[str, Any]
Tables = dict[str, pa.Table]

_DOCUMENTS = pa.schema([("source_id", pa.string()), ("sha256", pa.string()), ("text", pa.string())])


def _schema(name: str) -> pa.Schema:
    if name == "documents":
        return _DOCUMENTS
    return pa.schema([(column, arrow_type(COLUMNS[column].dtype)) for column in TABLES[name].columns])


def as_table(name: str, rows: Iterable[Row]) -> pa.Table:
    """Rows as the declared table; a cell that is not given is null."""
    schema = _schema(name)
    return pa.Table.from_pylist([{column: row.get(column) for column in schema.names} for row in rows], schema=schema)


def rows_of(tables: Tables, name: str) -> list[Row]:
    """The rows of a table, each a dict."""
    return list(tables[name].to_pylist())


def ordered(name: str, rows: Iterable[Row]) -> list[Row]:
    """Rows in the table's declared order, nulls last."""
    order = TABLES[name].order
    return sorted(rows, key=lambda row: [(row.get(column) is None, row.get(column)) for column in order])


def cell_text(value: object) -> str:
    """A cell as the contract writes it, null as the word `null`."""
    if value is None:
        return "null"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return ", ".join(cell_text(element) for element in value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def row_key(name: str, row: Row) -> str:
    """What names a row: its key columns as `column=value`, joined by spaces."""
    key = ("source_id",) if name == "documents" else TABLES[name].key
    return " ".join(f"{column}={cell_text(row.get(column))}" for column in key)


def _at(tables: Tables, name: str, key: str) -> tuple[list[Row], int]:
    rows = rows_of(tables, name)
    (index,) = [i for i, row in enumerate(rows) if row_key(name, row) == key]
    return rows, index


def find(tables: Tables, name: str, key: str) -> Row:
    """The row with a key."""
    rows, index = _at(tables, name, key)
    return rows[index]


def change(tables: Tables, name: str, key: str, /, **cells: object) -> Tables:
    """The tables with some cells of one row changed, the row left in its place."""
    rows, index = _at(tables, name, key)
    rows[index] |= cells
    return {**tables, name: as_table(name, rows)}


def drop(tables: Tables, name: str, key: str) -> Tables:
    """The tables without one row."""
    rows, index = _at(tables, name, key)
    return {**tables, name: as_table(name, rows[:index] + rows[index + 1 :])}


def add(tables: Tables, name: str, /, **cells: object) -> Tables:
    """The tables with one more row at the end, whatever the declared order."""
    return {**tables, name: as_table(name, [*rows_of(tables, name), cells])}
