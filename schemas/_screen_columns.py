"""What is the same for results and splits: sound columns, sound marks, and athletes as hashes."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas._marks import odd_marks, unusual_marks
from bowerman_data.schemas._numbers import numbered
from bowerman_data.schemas.tables import TABLES

__all__ = ["WHO", "doubtful_marks", "sound_columns", "who"]

WHO = "#who"
"""The athlete as a hash of 64 bits: among the entrants of a million races two of one race share theirs with a
chance of one in 10**11."""


def who(frames: Frames, table: str) -> pl.Series:
    """The athlete of each row."""
    rows = numbered(frames, table) if table == "results" else frames.held(table)
    return frames.once(f"athletes of {table}", lambda: rows["athlete_id"].hash().alias(WHO))


def sound_columns(frames: Frames, table: str, rows: pl.DataFrame) -> Iterator[pl.Expr]:
    """For the columns of a table what shows that a value is there, one of those allowed, and within its bounds."""
    for column in TABLES[table].declared():
        value = pl.col(column.name)
        if column.name not in TABLES[table].nulls and rows[column.name].null_count():
            yield value.is_not_null()
        if column.values:
            yield value.is_null() | pl.any_horizontal(value == one for one in column.values)
        if column.minimum is not None and column.maximum is not None:
            found = frames.range_of(table, column.name)
            if found is not None and not column.minimum <= found[0] <= found[1] <= column.maximum:
                yield value.is_null() | (value >= column.minimum) & (value <= column.maximum) & value.is_not_nan()


def doubtful_marks(rows: pl.DataFrame) -> pl.Series:
    """The rows whose mark is perhaps not the one that their time makes."""
    at = unusual_marks(rows)
    if at.is_empty():
        return at
    return odd_marks(rows.select("time_ms", "decimals", "mark")[at].hstack([at.alias("at")]))["at"]
