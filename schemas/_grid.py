"""Who passed which point when: splits from the start as the cells of a grid of clocks by points.

The clocks are the races', which the leaders' times stand on, or the athletes' own. A split from the start is found
by clock and point in one step, and the one before it on the same clock by going back along the row: no joining.
"""

from __future__ import annotations

from functools import cached_property

import polars as pl

__all__ = ["Grid", "Points"]

LARGEST = 50_000_000
"""Cells; of a sparser grid only those in use are kept."""
ORDER = ("cell", "time_ms", "decimals", "athlete_id")


class Points:
    """The points at which stretches begin or end, numbered in their order; the last number is no point."""

    def __init__(self, splits: pl.DataFrame) -> None:
        """Find them."""
        ends = splits.lazy().select("from_m", "to_m")
        listed = pl.concat(ends.select(pl.col(name).unique().alias("end")) for name in ("from_m", "to_m"))
        self.metres = listed.filter(pl.col("end").is_not_nan()).unique().sort("end").collect().to_series()
        self._are_known = not any(
            splits[name].null_count() or splits[name].is_nan().any() for name in ("from_m", "to_m")
        )

    @property
    def count(self) -> int:
        """How many numbers there are, with that of no point."""
        return self.metres.len() + 1

    def number(self, metres: pl.Series) -> pl.Series:
        """The number of each point."""
        numbers = self.metres.search_sorted(metres)
        return numbers if self._are_known else numbers.set(metres.is_null() | metres.is_nan(), self.count - 1)


class Grid:
    """The splits that stand at a clock and a point, in the order of clocks and of points on each."""

    def __init__(self, passed: pl.DataFrame, splits: pl.DataFrame, clocks: int, points: int) -> None:
        """Take the row, `clock`, `point` and time of each of the splits that belong here."""
        self.points, self.size = points, clocks * points
        self._used: pl.Series | None = None
        self._number = pl.UInt32 if self.size <= LARGEST else pl.Int64
        cell = passed.select(self._cell(pl.col("clock"), pl.col("point"))).to_series()
        if self.size > LARGEST:
            self._used = cell.unique().sort()
            cell, self.size = self._used.search_sorted(cell), self._used.len()
        self.ordered = passed.with_columns(cell.alias("cell"))
        self.are_unique = self._rises()
        if not self.are_unique:
            self.ordered = self.ordered.sort("cell")
            self.are_unique = self._rises()
        if not self.are_unique:
            told = splits.select("decimals", "athlete_id")[self.ordered["row"]]
            self.ordered = self.ordered.hstack(told).sort(ORDER, nulls_last=True)

    def at(self, clock: pl.Expr, point: pl.Expr) -> pl.Expr:
        """The row of the split on this clock at this point, null where there is none."""
        return pl.lit(self._rows).gather(self._place(clock, point))

    def time_at(self, clock: pl.Expr, point: pl.Expr) -> pl.Expr:
        """The time on this clock at this point, null where there is none."""
        return pl.lit(self._times).gather(self._place(clock, point))

    @cached_property
    def _rows(self) -> pl.Series:
        return self._spread("row")

    @cached_property
    def _times(self) -> pl.Series:
        return self._spread("time_ms")

    def _spread(self, name: str) -> pl.Series:
        # Of several splits in one cell the least stands for it.
        first = self.ordered if self.are_unique else self.ordered.unique("cell", keep="first", maintain_order=True)
        nothing = pl.Series(name, [None], first[name].dtype).new_from_index(0, self.size)
        return nothing.scatter(first["cell"], first[name])

    def _rises(self) -> bool:
        return bool(self.ordered.select((pl.col("cell") > pl.col("cell").shift()).all()).item())

    def _cell(self, clock: pl.Expr, point: pl.Expr) -> pl.Expr:
        return clock.cast(self._number) * self.points + point

    def _place(self, clock: pl.Expr, point: pl.Expr) -> pl.Expr:
        cell = self._cell(clock, point)
        return cell if self._used is None else cell.map_batches(self._found, return_dtype=pl.Int64)

    def _found(self, cell: pl.Series) -> pl.Series:
        assert self._used is not None
        at = self._used.search_sorted(cell.fill_null(-1)).cast(pl.Int64)
        frame = pl.DataFrame({"cell": cell, "at": at.clip(0, max(self._used.len() - 1, 0))})
        return frame.select(pl.when(pl.lit(self._used).gather("at") == pl.col("cell")).then("at")).to_series()
