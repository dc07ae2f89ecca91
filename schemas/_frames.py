"""The tables under judgement, as lazy frames with their row positions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from threading import RLock
from typing import Any, TypeVar

import polars as pl

__all__ = ["ROW", "Frames", "compact", "out_of_order", "picked", "positions", "rows_where"]

ROW = "#row"
"""The row's position in the frame as it was given."""

T = TypeVar("T")


class Frames:
    """Tables by name, and what several invariants derive from them, made once."""

    def __init__(
        self,
        tables: Mapping[str, pl.LazyFrame],
        whole: Frames | None = None,
        is_large: Callable[[str], bool] = lambda name: False,
    ) -> None:
        """Number the rows of each table; `whole` are all tables, where these hold a few of their races.

        A table that `is_large` stays on disk; the others are held in memory once they are asked for.
        """
        self._tables = {name: _numbered(frame) for name, frame in tables.items()}
        self._is_large = is_large
        self._made: dict[str, Any] = {}
        self._making: dict[str, AbstractContextManager[bool]] = {}
        self.whole = whole or self

    def __contains__(self, name: str) -> bool:
        """Whether the table is there."""
        return name in self._tables

    def __getitem__(self, name: str) -> pl.LazyFrame:
        """The table with its row positions."""
        if self._is_large(name):
            return self._tables[name]
        return self.held(name).lazy()

    def held(self, name: str) -> pl.DataFrame:
        """The table in memory."""
        # In one piece: Polars 2.1 panics on the text of rows that are picked from several.
        return self.once(f"{name} in memory", lambda: self._tables[name].collect().rechunk())

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What `make` returns, made at the first call under that name."""
        with self._making.setdefault(name, RLock()):
            if name not in self._made:
                self._made[name] = make()
        made: T = self._made[name]
        return made

    def range_of(self, table: str, column: str) -> tuple[float, float] | None:
        """The least and the greatest number in a column, NaN where it has one; None where it has no number."""
        return self.once(f"ranges of {table}", lambda: _ranges(self.held(table))).get(column)

    def values(self, table: str, column: str) -> pl.Series:
        """The distinct values of a column, without null and empty lists."""
        return self.once(f"{table}.{column}", lambda: self._distinct(table, column))

    def few(self, tables: Mapping[str, pl.DataFrame]) -> Frames:
        """The frames with these rows in place of the whole tables."""
        few = Frames(self._tables | {name: frame.lazy() for name, frame in tables.items()}, self)
        few._made |= {f"{name} in memory": frame for name, frame in tables.items()}
        return few

    def are_unique(self, table: str, key: tuple[str | pl.Expr, ...]) -> bool:
        """Whether no two rows have an equal key; a collision of hashes says no, and costs time only."""
        name = f"{table} by {', '.join(map(str, key))}"
        return self.once(name, lambda: not self._hashes_collide(self[table], key))

    @staticmethod
    def _hashes_collide(frame: pl.LazyFrame, key: tuple[str | pl.Expr, ...]) -> bool:
        # Equal keys have equal hashes, and whole numbers are several times faster to group than text.
        hashed = frame.select(pl.struct(key).hash().alias("hash"))
        collide: bool = hashed.select(pl.col("hash").n_unique() < pl.len()).collect(engine="streaming").item()
        return collide

    def first_of_each(self, table: str, key: str) -> pl.LazyFrame:
        """The rows of a table, of several with an equal key the first."""
        rows = self[table]
        return rows if self.are_unique(table, (key,)) else rows.unique(key, keep="first", maintain_order=True)

    def _distinct(self, table: str, column: str) -> pl.Series:
        value = pl.col(column)
        rows = self[table].select(column)
        if isinstance(rows.collect_schema()[column], pl.List):
            # Most lists of codes are empty, and lists are slow to compare.
            rows = rows.filter(value.list.len() > 0)
        return rows.select(value.drop_nulls().unique()).collect().to_series()


def _ranges(frame: pl.DataFrame) -> dict[str, tuple[float, float]]:
    numbers = [frame[name] for name, dtype in frame.schema.items() if dtype.is_numeric() and name != ROW]
    return {one.name: (_end(one, one.min()), _end(one, one.max())) for one in numbers if one.null_count() < one.len()}


def _end(numbers: pl.Series, found: object) -> float:
    assert isinstance(found, int | float)
    return math.nan if numbers.dtype.is_float() and numbers.is_nan().any() else found


def _numbered(frame: pl.LazyFrame) -> pl.LazyFrame:
    return frame if ROW in frame.collect_schema() else frame.with_row_index(ROW)


def compact(rows: pl.DataFrame) -> pl.DataFrame:
    """Few of many rows in memory of their own: the text of rows keeps alive all the text that was read with it."""
    return pl.DataFrame(rows.to_arrow(compat_level=pl.CompatLevel.oldest()))


def picked(frame: pl.DataFrame, *wanted: pl.Expr | str, **named: pl.Expr | str) -> pl.DataFrame:
    """What `frame.select` gives, without the copy that it makes of every column where rows lie in several pieces."""
    return frame.lazy().select(*wanted, **named).collect(engine="in-memory")


def positions(true: pl.Series) -> pl.Series:
    """Where a series is true; Polars 2.1 takes ten times as long for `arg_true`."""
    return pl.int_range(true.len(), dtype=pl.UInt32, eager=True).filter(true)


def rows_where(frame: pl.DataFrame, condition: pl.Expr) -> pl.Series:
    """The rows of which the condition is true."""
    return positions(picked(frame, condition).to_series())


def out_of_order(columns: tuple[str, ...]) -> pl.Expr:
    """True for a row that sorts before the row above it: ascending, nulls last, text by code point."""
    before = pl.lit(False)
    for name in reversed(columns):
        this, last = pl.col(name), pl.col(name).shift()
        lower = ((this < last) | last.is_null() & this.is_not_null()).fill_null(False)
        before = lower | this.eq_missing(last) & before
    return before & (pl.int_range(pl.len()) > 0)
