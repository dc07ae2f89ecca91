"""The Arrow schema of a table, with its descriptions, units and null rules as metadata."""

from __future__ import annotations

import pyarrow as pa

from bowerman_data.schemas.columns import Column, DType
from bowerman_data.schemas.tables import TABLES, NullRule, Table

__all__ = ["arrow_schema", "arrow_type"]

_TYPES: dict[DType, pa.DataType] = {
    "string": pa.string(),
    "int16": pa.int16(),
    "int32": pa.int32(),
    "float64": pa.float64(),
    "date": pa.date32(),
    "list<string>": pa.list_(pa.string()),
    "list<int16>": pa.list_(pa.int16()),
}


def arrow_type(dtype: DType) -> pa.DataType:
    """The Arrow type of a declared dtype: a date is a date32, a list has the default item field."""
    return _TYPES[dtype]


def arrow_schema(table: Table | str) -> pa.Schema:
    """The Arrow schema of a table, given as a declaration or by its name.

    A field is nullable exactly where the table has a null rule for it. Field metadata are
    `description`, and where there are any `unit` and `null_when`; schema metadata are `title`, the
    table's name, and `description`.

    >>> arrow_schema("results").field("time_ms").metadata[b"unit"]
    b'ms'
    """
    declared = TABLES[table] if isinstance(table, str) else table
    fields = [_field(column, declared.nulls.get(column.name)) for column in declared.declared()]
    return pa.schema(fields, metadata={"title": declared.name, "description": declared.description})


def _field(column: Column, rule: NullRule | None) -> pa.Field[pa.DataType]:
    metadata = {"description": column.description}
    if column.unit is not None:
        metadata["unit"] = column.unit
    if rule is not None:
        metadata["null_when"] = rule.sentence
    return pa.field(column.name, arrow_type(column.dtype), nullable=rule is not None, metadata=metadata)
