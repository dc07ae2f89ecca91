"""The points at which stretches begin or end, as small numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bowerman_data.schemas._arrays import Array, filled
from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas._numbers import races

__all__ = ["Points", "points_of"]

MOST_POINTS = 40
"""Points at which races may be timed; where they are timed at more, nothing is cleared."""
MOST_ROWS = 40_000_000
"""Results of one batch, so that clocks by points can be counted in 32 bits; of more nothing is cleared either."""


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

    def stretches(self) -> Array:
        """The ends of each split in one number."""
        return self.begin.astype(np.uint16) * np.uint16(self.kinds) + self.end


def points_of(frames: Frames) -> Points | None:
    """The points of the splits, None where there are too many."""
    splits, distances = frames.held("splits"), _distances(frames)
    ends = [filled(splits[name], np.nan) for name in ("from_m", "to_m")]
    # Those of the archive so far as it has been read; other batches are read at the same time.
    known: set[float] = frames.whole.once("points met", set)
    for _ in range(2):
        metres = tuple(sorted(known.copy().union(distances)))
        if not 0 < len(metres) <= MOST_POINTS or max(splits.height, frames.held("results").height) > MOST_ROWS:
            break
        begin, end = (_numbers(values, metres) for values in ends)
        new = np.concatenate([ends[0][begin == 0], ends[1][end == 0]])
        new = new[~np.isnan(new)]
        if not new.size:
            return Points(metres, begin, end)
        known.update(np.unique(new).tolist())
    return None


def _numbers(values: Array, metres: tuple[float, ...]) -> Array:
    found = np.zeros(values.size, np.uint8)
    for number, metre in enumerate(metres, 1):
        found += (values == metre) * np.uint8(number)
    return found


def _distances(frames: Frames) -> list[float]:
    met = races(frames)
    if "race_distance_m" not in met.columns:
        return []
    distances = np.unique(filled(met["race_distance_m"], np.nan))
    known: list[float] = distances[~np.isnan(distances)].tolist()
    return known
