"""Where rows stand that are known by their key: found batch by batch, without a list of all keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from bowerman_data.schemas.tables import TABLES

__all__ = ["first_values", "key_columns", "key_texts", "matches"]

Columns = pa.Table | pa.RecordBatch


def key_columns(name: str, present: Collection[str]) -> list[str]:
    """The key columns of a table that are there."""
    return [column for column in TABLES[name].key if column in present]


def key_texts(columns: Columns, name: str) -> list[str]:
    """The key of each row as violations write it: `column=value` pairs, null as `null`."""
    key = key_columns(name, columns.schema.names)
    pairs = ([f"{column}={text}" for text in _text(columns, column).to_pylist()] for column in key)
    return [" ".join(parts) for parts in zip(*pairs, strict=True)] if key else [""] * columns.num_rows


def matches(columns: Columns, name: str, wanted: Collection[str], first: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The rows whose key is wanted, and the key; `first` has the `first_values` of those."""
    key = key_columns(name, columns.schema.names)
    if not key:
        return
    rows = pc.indices_nonzero(pc.is_in(_text(columns, key[0]), pa.array(first, pa.string())))
    few = columns.select(key).take(rows) if len(rows) else columns.slice(0, 0)
    for row, text in zip(rows.to_pylist(), key_texts(few, name), strict=True):
        if text in wanted:
            yield row, text


def first_values(key: Sequence[str], wanted: Iterable[str]) -> list[str]:
    """What the first of the key columns may hold in the rows wanted, sorted.

    A value that itself reads like the rest of a key could end at several points: all of them are here.
    """
    found = set[str]()
    for text in wanted:
        value = text.removeprefix(f"{key[0]}=")
        parts = value.split(f" {key[1]}=") if len(key) > 1 else [value]
        found.update(f" {key[1]}=".join(parts[: n + 1]) if n else parts[0] for n in range(len(parts)))
    return sorted(found)


def _text(columns: Columns, column: str) -> Any:  # noqa: ANN401  (an array, in one piece or several)
    null: Any = "null"  # the stubs want a scalar
    return columns.column(column).cast(pa.string()).fill_null(null)
