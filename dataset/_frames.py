"""Frames of any library as Arrow tables, in the contract's types where nothing is lost by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from bowerman_data._cells import text_in
from bowerman_data.errors import InputError
from bowerman_data.schemas.arrow import arrow_type
from bowerman_data.schemas.columns import COLUMNS
from bowerman_data.schemas.tables import TABLES

__all__ = ["contract_shaped", "lossless", "to_arrow"]

_KINDS: dict[str, tuple[Callable[[pa.DataType], bool], ...]] = {
    "int": (pa.types.is_integer,),
    "float": (pa.types.is_floating,),
    "text": (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view),
    "day": (pa.types.is_date, pa.types.is_timestamp),
    "list": (pa.types.is_list, pa.types.is_large_list, pa.types.is_list_view),
    "null": (pa.types.is_null,),
}

_REFUSALS = (pa.ArrowException, ValueError, TypeError, OverflowError)


def to_arrow(frame: Any, name: str) -> pa.Table:  # noqa: ANN401  (anything that speaks Arrow)
    """A frame of pandas, Polars, DuckDB or pyarrow, or anything with `__arrow_c_stream__`, as Arrow.

    Raises InputError for anything else.
    """
    if isinstance(frame, pa.Table):
        return _without_index(frame)
    if hasattr(frame, "collect") and not hasattr(frame, "__arrow_c_stream__"):
        frame = frame.collect()  # a lazy frame
    try:
        return _without_index(_stream(frame, name))
    except InputError:
        raise
    except _REFUSALS as error:
        try:
            return _without_index(_stream(_told_in_text(frame), name))
        except _REFUSALS:
            raise InputError(f"{name}: Arrow cannot hold this {type(frame).__name__}: {_first_line(error)}") from error


def _stream(frame: Any, name: str) -> pa.Table:  # noqa: ANN401
    if isinstance(frame, pa.RecordBatch):
        return pa.Table.from_batches([frame])
    if hasattr(frame, "__arrow_c_stream__"):
        return pa.RecordBatchReader.from_stream(frame).read_all()
    if isinstance(frame, dict):
        return pa.table(frame)
    got = f"{type(frame).__module__}.{type(frame).__qualname__}"
    raise InputError(
        f"{name}: got {got}, expected a frame of pandas, Polars, DuckDB or pyarrow; files go in files=[...]"
    )


def _told_in_text(frame: Any) -> Any:  # noqa: ANN401
    """A pandas frame whose columns of times here and words there, as those of spreadsheets are, are text."""
    if not hasattr(frame, "select_dtypes"):
        return frame
    told = frame.copy(deep=False)
    for name in [name for name, column in frame.items() if not _one_type(column)]:
        told[name] = frame[name].map(text_in)
    return told


def _one_type(column: Any) -> bool:  # noqa: ANN401  (a pandas Series)
    try:
        pa.array(column, from_pandas=True)
    except _REFUSALS:
        return False
    return True


def _without_index(table: pa.Table) -> pa.Table:
    """A pandas index is no column of the user's."""
    return table.drop_columns([column for column in table.column_names if column.startswith("__index_level_")])


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def contract_shaped(columns: list[str], table: str) -> bool:
    """Whether the columns are those of the declared table, perhaps with strays: then they are not interpreted."""
    return set(TABLES[table].columns) <= set(columns) or table not in ("results", "splits")


def lossless(table: pa.Table) -> pa.Table:
    """The table with each declared column in its declared type, where no value changes by it."""
    columns = [_column(table.column(i), table.column_names[i]) for i in range(table.num_columns)]
    return pa.table(columns, names=table.column_names)


def _column(values: pa.ChunkedArray[Any], name: str) -> pa.ChunkedArray[Any]:
    if name not in COLUMNS:
        return values
    wanted = arrow_type(COLUMNS[name].dtype)
    if values.type == wanted:
        return values
    try:
        return _cast(values, wanted)
    except pa.ArrowException:
        return values


def _cast(values: pa.ChunkedArray[Any], wanted: pa.DataType) -> pa.ChunkedArray[Any]:
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    # A number is not taken for a text, nor a text for a number: that is another column, not another width.
    if _kind(values.type) not in (_kind(wanted), "null") and (_kind(values.type), _kind(wanted)) != ("float", "int"):
        return values
    if _kind(values.type) == "float" and _kind(wanted) == "int":
        values = pc.if_else(pc.is_nan(values), None, values)
    return values.cast(wanted, safe=True)


def _kind(dtype: pa.DataType) -> str:
    return next((kind for kind, tests in _KINDS.items() if any(test(dtype) for test in tests)), str(dtype))
