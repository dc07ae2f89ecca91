"""The points at which stretches begin or end, as small numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import polars as pl

from bowerman_data.schemas._arrays import Array, filled
from bowerman_data.schemas._frames import Frames

__all__ = ["Points", "points_of"]

FEW = 40
"""Points of an archive so far as it has been read that are kept, and compared one by one."""


class Points(NamedTuple):
    """The metres of the points in order, and of each split the numbers of both ends: from 1, 0 where that is no point."""

    metres: tuple[float, ...]
    begin: Array
    end: Array

    def metres_of(self, numbers: Array) -> Array:
        """The metres of some numbers."""
        return np.array([np.nan, *self.metres])[numbers]

    def numbers(self, metres: Array) -> Array:
        """The number of each."""
        return _numbers(metres, self.metres)

    def number_of(self, metre: float) -> int:
        """The number of a point, or one that is none's."""
        return self.metres.index(metre) + 1 if metre in self.metres else self.kinds

    @property
    def kinds(self) -> int:
        """How many numbers there are."""
        return len(self.metres) + 1

    @property
    def are_few(self) -> bool:
        """Whether there are some, and their numbers those of 8 bits."""
        return 0 < len(self.metres) <= FEW

    def stretches(self) -> Array:
        """The ends of each split in one number."""
        return self.begin.astype(np.uint16) * np.uint16(self.kinds) + self.end


def points_of(frames: Frames, splits: pl.DataFrame, others: Iterable[float] = ()) -> Points:
    """The points of these splits, and others; where the archive has few, those of whatever has been read of it too."""
    begin, end = (filled(splits[name], np.nan) for name in ("from_m", "to_m"))
    # Other batches are read at the same time.
    known: set[float] = frames.whole.once("points met", set)
    metres = tuple(sorted(known.copy().union(others)))
    if len(metres) <= FEW:
        points = Points(metres, _numbers(begin, metres), _numbers(end, metres))
        new = _distinct(begin[points.begin == 0], end[points.end == 0])
        if not new:
            return points
        known.update(new)
        metres = tuple(sorted({*metres, *new}))
    if len(metres) > FEW:
        metres = tuple(sorted({*_distinct(begin, end), *others}))
    return Points(metres, _numbers(begin, metres), _numbers(end, metres))


def _distinct(*values: Array) -> list[float]:
    found = np.concatenate(values)
    listed: list[float] = np.unique(found[~np.isnan(found)]).tolist()
    return listed


def _numbers(values: Array, metres: tuple[float, ...]) -> Array:
    if len(metres) > FEW:
        return np.where(np.isnan(values), 0, np.searchsorted(metres, values) + 1)
    found = np.zeros(values.size, np.uint8)
    for number, metre in enumerate(metres, 1):
        found += (values == metre) * np.uint8(number)
    return found
