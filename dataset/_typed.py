"""Text in our columns as values of their types: what an exported table is when it comes back."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from bowerman_data.schemas.arrow import arrow_type
from bowerman_data.schemas.columns import COLUMNS

__all__ = ["typed"]


def typed(table: pa.Table) -> pa.Table:
    """The table with each text column that is declared as something else read into it.

    A column with a cell that cannot be read stays text, so that its type is found wrong.
    """
    columns = [_column(table.column(i), heading) for i, heading in enumerate(table.column_names)]
    return pa.table(columns, names=table.column_names)


def _column(values: pa.ChunkedArray[Any], heading: str) -> pa.ChunkedArray[Any]:
    if heading not in COLUMNS or not _is_text(values.type):
        return values
    if COLUMNS[heading].dtype == "string":
        return values
    try:
        return _read(values, heading)
    except (ValueError, pa.ArrowException):
        return values


def _read(values: pa.ChunkedArray[Any], heading: str) -> pa.ChunkedArray[Any]:
    wanted = arrow_type(COLUMNS[heading].dtype)
    array: pa.Array[Any] = pa.array([_value(cell, heading) for cell in values.to_pylist()], wanted)
    return pa.chunked_array([array])


def _is_text(dtype: pa.DataType) -> bool:
    return bool(pa.types.is_string(dtype) or pa.types.is_large_string(dtype) or pa.types.is_string_view(dtype))


def _value(cell: str | None, heading: str) -> Any:  # noqa: ANN401  (a value of the column's type)
    dtype = COLUMNS[heading].dtype
    readers: dict[str, Callable[[str], Any]] = {
        "int16": int,
        "int32": int,
        "float64": float,
        "date": dt.date.fromisoformat,
        "list<string>": _codes if heading == "codes" else _texts,
        "list<int16>": lambda text: [int(item) for item in _codes(text)],
    }
    if cell is None or not cell.strip():
        return [] if dtype == "list<string>" else None
    return readers[dtype](cell.strip())


def _texts(text: str) -> list[str]:
    """A list as JSON, or as the export writes it."""
    return [str(item) for item in json.loads(text)] if text.startswith("[") else text.split("; ")


def _codes(text: str) -> list[str]:
    """A list of codes or numbers, which people part in many ways."""
    return _texts(text) if text.startswith("[") else re.split(r"[\s,;/|]+", text)
