"""Who passed which point when: splits from the start as the cells of a grid of clocks by points.

A clock is the leader's of a race or one athlete's own. A split from the start is found by clock and point in
one step, and the one before it on the same clock by going back along the row: no sorting, no joining.
"""

from __future__ import annotations

import polars as pl

__all__ = ["Grid"]

LARGEST = 50_000_000
"""Cells; of a sparser grid only those in use are kept."""
ORDER = ("cell", "time_ms", "decimals", "athlete_id")


def _nothing(size: int) -> pl.Series:
    return pl.Series("row", [None], pl.UInt32).new_from_index(0, size)


class Grid:
    """The cells in use of clocks by points."""

    def __init__(self, splits: pl.DataFrame, clocks: int) -> None:
        """Take splits with a `clock`, null where they are not from the start or on nobody's clock."""
        ends = [splits[name].fill_nan(None).drop_nulls().unique() for name in ("from_m", "to_m")]
        self.points = pl.concat(ends).unique().sort()
        self._used: pl.Series | None = None
        cell = splits.select(self._cell(pl.col("clock"), "to_m").alias("cell")).to_series()
        if clocks * self.points.len() > LARGEST:
            self._used = cell.drop_nulls().unique().sort()
            cell = self._compact(cell)
        size = clocks * self.points.len() if self._used is None else self._used.len()
        self._fill(splits, cell, size)

    def _fill(self, splits: pl.DataFrame, cell: pl.Series, size: int) -> None:
        filled = cell.is_not_null()
        rows = filled.arg_true().cast(pl.UInt32)
        self.row = _nothing(size).scatter(cell.filter(filled), rows)
        self.in_order = self.row.drop_nulls()
        self.are_unique = self.in_order.len() == rows.len()
        if not self.are_unique:
            # Of several splits in one cell the least stands for it.
            several = splits.select(ORDER[1:]).with_columns(cell, row=pl.int_range(pl.len(), dtype=pl.UInt32))
            several = several.filter(filled).sort(ORDER, nulls_last=True)
            least = several.unique("cell", keep="first", maintain_order=True)
            self.row = _nothing(size).scatter(least["cell"], least["row"])
            self.in_order = several["row"]

    def at(self, clock: pl.Expr, point: str) -> pl.Expr:
        """The row of the split from the start on this clock at this point, null where there is none."""
        cell = self._cell(clock, point)
        if self._used is not None:
            cell = cell.map_batches(self._compact, return_dtype=pl.Int64)
        return pl.lit(self.row).gather(cell)

    def before(self, clock: pl.Series) -> pl.Series:
        """For each row the one before on its clock, null where it is the first."""
        same = pl.col("clock") == pl.col("clock").shift()
        ordered = pl.DataFrame({"row": self.in_order, "clock": clock.gather(self.in_order)})
        previous = ordered.select(pl.when(same).then(pl.col("row").shift())).to_series()
        return _nothing(clock.len()).scatter(self.in_order, previous)

    def code(self, point: str) -> pl.Expr:
        """The number of a point."""
        return pl.lit(self.points).search_sorted(pl.col(point).fill_nan(None)).cast(pl.Int64)

    def _cell(self, clock: pl.Expr, point: str) -> pl.Expr:
        known = pl.col(point).is_not_nan()
        return pl.when(known).then(clock.cast(pl.Int64) * self.points.len() + self.code(point))

    def _compact(self, cell: pl.Series) -> pl.Series:
        assert self._used is not None
        at = self._used.search_sorted(cell.fill_null(-1)).cast(pl.Int64)
        frame = pl.DataFrame({"cell": cell, "at": at.clip(0, max(self._used.len() - 1, 0))})
        return frame.select(pl.when(pl.lit(self._used).gather("at") == pl.col("cell")).then("at")).to_series()
