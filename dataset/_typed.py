"""Text in our columns as values of their types: what an exported table is when it comes back."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pyarrow as pa

from bowerman_data._cells import whole
from bowerman_data.schemas.arrow import arrow_type
from bowerman_data.schemas.columns import COLUMNS, DType

__all__ = ["Misfit", "typed"]

_EXPECTED: dict[DType, str] = {
    "int16": "a whole number up to 32767",
    "int32": "a whole number up to 2147483647",
    "float64": "a number",
    "date": "a day such as 2024-05-25",
    "list<string>": "a list",
    "list<int16>": "a list of whole numbers",
}


_MISFIT = object()


class Misfit(NamedTuple):
    """A cell that is no value of its column's type."""

    row: int
    column: str
    value: str
    expected: str


def typed(table: pa.Table) -> tuple[pa.Table, list[Misfit]]:
    """The table with each text column that is declared as something else read into it.

    A cell that cannot be read becomes null, and is listed.
    """
    misfits: list[Misfit] = []
    columns = [_column(table.column(i), heading, misfits) for i, heading in enumerate(table.column_names)]
    return pa.table(columns, names=table.column_names), misfits


def _column(values: pa.ChunkedArray[Any], heading: str, misfits: list[Misfit]) -> pa.ChunkedArray[Any]:
    if heading not in COLUMNS or COLUMNS[heading].dtype == "string" or not _is_text(values.type):
        return values
    dtype, cells = COLUMNS[heading].dtype, values.to_pylist()
    read = {cell: _read(cell, heading) for cell in set(cells)}
    misfits += [
        Misfit(row, heading, str(cell), _EXPECTED[dtype]) for row, cell in enumerate(cells) if read[cell] is _MISFIT
    ]
    found = (read[cell] for cell in cells)
    array: pa.Array[Any] = pa.array([None if value is _MISFIT else value for value in found], arrow_type(dtype))
    return pa.chunked_array([array])


def _read(cell: str | None, heading: str) -> Any:  # noqa: ANN401  (a value of the column's type)
    try:
        return pa.scalar(_value(cell, heading), arrow_type(COLUMNS[heading].dtype)).as_py()
    except (ValueError, OverflowError, pa.ArrowException):
        return _MISFIT


def _is_text(dtype: pa.DataType) -> bool:
    return bool(pa.types.is_string(dtype) or pa.types.is_large_string(dtype) or pa.types.is_string_view(dtype))


def _value(cell: str | None, heading: str) -> Any:  # noqa: ANN401  (a value of the column's type)
    dtype = COLUMNS[heading].dtype
    readers: dict[str, Callable[[str], Any]] = {
        "int16": lambda text: int(whole(text)),
        "int32": lambda text: int(whole(text)),
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
    """A list of codes or numbers, which people part in many ways, and pandas as `['NR' 'WL']`."""
    return re.findall(r"[^\s,;/|'\"\[\]]+", text)
