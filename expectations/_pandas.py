"""A pandas frame as the declared Arrow table, where that loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from bowerman_data.schemas.arrow import arrow_type
from bowerman_data.schemas.columns import COLUMNS
from bowerman_data.schemas.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["as_declared"]


def _column(series: pd.Series[Any], name: str, declared: bool) -> pa.ChunkedArray[Any]:
    """A column as it is declared; as pandas has it where a value would be lost, for declared-columns to name."""
    found = pa.chunked_array([pa.array(series, from_pandas=True)])
    if not declared:
        return found
    try:
        return found.cast(arrow_type(COLUMNS[name].dtype), safe=True)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return found


def as_declared(frame: pd.DataFrame, table: str) -> pa.Table:
    """Undo what pandas widens: a nullable int that became float64, a day that became a timestamp."""
    declared = set(TABLES[table].columns)
    names = [str(name) for name in frame.columns]
    return pa.table([_column(frame[name], name, name in declared) for name in names], names=names)
