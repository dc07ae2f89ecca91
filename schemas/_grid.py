"""Who passed which point when: splits from the start as the cells of a grid of clocks by points.

The clocks are the races', which the leaders' times stand on, or the athletes' own. A split from the start is found
by clock and point in one step, and the one before it on the same clock by going back along the row: no joining.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl

from bowerman_data.schemas._arrays import NOTHING, Array

__all__ = ["NONE", "Grid", "Passed", "alike"]

LARGEST = 50_000_000
"""Cells; of a sparser grid only those in use are kept."""
TOLD = ("time_ms", "decimals", "athlete_id")
NONE = -1
"""No row."""


class Passed(NamedTuple):
    """Splits that belong in a grid: their rows, clocks, points from 1, and times."""

    row: Array
    clock: Array
    point: Array
    time: Array


class Grid:
    """The splits that stand at a clock and a point, in the order of clocks and of points on each."""

    def __init__(self, splits: pl.DataFrame, passed: Passed, clocks: int, points: int) -> None:
        """Take all splits, those of them that belong here, and how many numbers clocks and points have."""
        self._points, self._size = points, clocks * points
        cells = self._numbered(passed.clock, passed.point)
        # Of the first clock nothing stands at no point.
        self._used = np.unique(np.append(cells, 0)) if self._size > LARGEST else None
        order = _order(splits, passed.row, cells)
        self.ordered, self._cells = Passed(*(values[order] for values in passed)), cells[order]

    def at(self, clock: Array, point: Array) -> Array:
        """The row of the split on each clock at the point, `NONE` where there is none."""
        return self._look_up(self._rows, NONE, clock, point)

    def time_at(self, clock: Array, point: Array) -> Array:
        """The time on each clock at the point, `NOTHING` where there is none."""
        return self._look_up(self._times, NOTHING, clock, point)

    def shared(self) -> Array:
        """The rows that stand in one cell with others."""
        return self.ordered.row[alike(self._cells)]

    @cached_property
    def _rows(self) -> Array:
        return self._spread(self.ordered.row, NONE)

    @cached_property
    def _times(self) -> Array:
        return self._spread(self.ordered.time, NOTHING)

    def _spread(self, values: Array, nothing: int) -> Array:
        # Of several splits in one cell the least stands for it.
        first = np.flatnonzero(np.diff(self._cells, prepend=-1))
        cells, size = self._cells[first], self._size
        if self._used is not None:
            cells, size = np.searchsorted(self._used, cells), self._used.size
        found = np.full(size, nothing, values.dtype)
        found[cells] = values[first]
        return found

    def _look_up(self, values: Array, nothing: int, clock: Array, point: Array) -> Array:
        cells = self._numbered(clock, point)
        if self._used is None:
            found: Array = values[cells]
            return found
        at = np.minimum(np.searchsorted(self._used, cells), self._used.size - 1)
        return np.where(self._used[at] == cells, values[at], nothing)

    def _numbered(self, clock: Array, point: Array) -> Array:
        cells: Array = clock.astype(np.int64)
        cells *= self._points
        cells += point
        return cells


def alike(rising: Array) -> Array:
    """Where a number stands that is equal to one beside it."""
    above = np.flatnonzero(rising[1:] == rising[:-1])
    return np.union1d(above, above + 1)


def _order(splits: pl.DataFrame, rows: Array, cells: Array) -> Array | slice:
    """By cell, and in one cell by time, decimals and athlete."""
    if (cells[1:] > cells[:-1]).all():
        return slice(None)
    order = np.argsort(cells, kind="stable")
    tied = alike(cells[order])
    if tied.size:
        at = order[tied]
        told = splits.select(TOLD)[rows[at]].with_columns(cell=pl.Series(cells[at]), at=pl.Series(at))
        order[tied] = told.sort("cell", *TOLD, nulls_last=True)["at"].to_numpy()
    return order
