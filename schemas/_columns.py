"""Declared dtypes in Polars, and how a frame's columns differ from those declared."""

from __future__ import annotations

import polars as pl

from bowerman_data.schemas.columns import DType
from bowerman_data.schemas.tables import TABLES

__all__ = ["POLARS", "Fault", "column_faults", "dtype_name", "misfits"]

POLARS: dict[DType, pl.DataType] = {
    "string": pl.String(),
    "int16": pl.Int16(),
    "int32": pl.Int32(),
    "float64": pl.Float64(),
    "date": pl.Date(),
    "list<string>": pl.List(pl.String()),
    "list<int16>": pl.List(pl.Int16()),
}

Fault = tuple[str, str | None, str | None]
"""Column, what was found, and what is declared."""


def dtype_name(dtype: pl.DataType) -> str:
    """A dtype in the words of the declarations: int64, list<string>, timestamp."""
    if isinstance(dtype, pl.List):
        inner = dtype.inner
        return f"list<{dtype_name(inner if isinstance(inner, pl.DataType) else inner())}>"
    if isinstance(dtype, pl.Categorical | pl.Enum):
        return "dictionary"
    names = {"Datetime": "timestamp", "Boolean": "bool"}
    base = str(dtype.base_type())
    return names.get(base, base.lower())


def misfits(table: str, schema: pl.Schema) -> list[Fault]:
    """Declared columns that are missing or of another type."""
    faults: list[Fault] = []
    for column in TABLES[table].declared():
        found = schema.get(column.name)
        if found is None or found != POLARS[column.dtype]:
            faults.append((column.name, None if found is None else dtype_name(found), column.dtype))
    return faults


def column_faults(table: str, schema: pl.Schema) -> list[Fault]:
    """Misfits, strays, and columns in another order."""
    declared, found = list(TABLES[table].columns), schema.names()
    strays: list[Fault] = [(name, name, None) for name in found if name not in declared]
    faults = misfits(table, schema) + strays
    if sorted(declared) == sorted(found) and declared != found:
        faults.append(("", ", ".join(found), ", ".join(declared)))
    return faults
