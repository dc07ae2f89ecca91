"""Splits that are beyond doubt: each row by itself and beside its race, and all of them by their clocks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import polars as pl

from bowerman_data.schemas._arrays import Array, filled, whole_numbers
from bowerman_data.schemas._frames import Frames, rows_where
from bowerman_data.schemas._numbers import numbers, races, starts
from bowerman_data.schemas._points import Points, points_of
from bowerman_data.schemas._races import TOLERANCE_M
from bowerman_data.schemas._screen_clocks import Clocks
from bowerman_data.schemas._screen_columns import doubtful_marks, sound_columns
from bowerman_data.schemas._screen_runs import Runs, runs_of
from bowerman_data.schemas._splits import paced_oddly, unremarkable_pace

__all__ = ["doubtful_splits"]

MOST_ROWS = 40_000_000
"""Rows of one batch, so that clocks by points can be counted in 32 bits; of more nothing is cleared."""
LONGEST = (1 << 31) - 1
"""Nobody runs for so many ms."""

from_m, to_m = pl.col("from_m"), pl.col("to_m")


def doubtful_splits(frames: Frames) -> Iterator[Array]:
    """The numbers of races with a split that is not shown to be sound."""
    splits = frames.held("splits")
    points = points_of(frames, splits, _distances(frames))
    if not points.are_few or max(splits.height, frames.held("results").height) > MOST_ROWS:
        yield numbers(frames, "splits").to_numpy()
        return
    runs = runs_of(frames, splits)
    yield runs.race[runs.clock == races(frames).height - 1]
    for rows in _doubtful_rows(frames, splits, runs, points):
        yield runs.race[runs.of(rows)]
    if "races" in frames:
        yield _too_far(frames, points)
    yield from Clocks(frames, runs, points).in_doubt()


def _distances(frames: Frames) -> list[float]:
    met = races(frames)
    known = met["race_distance_m"].unique() if "race_distance_m" in met.columns else pl.Series(dtype=pl.Float64)
    return known.drop_nulls().drop_nans().to_list()


def _doubtful_rows(frames: Frames, splits: pl.DataFrame, runs: Runs, points: Points) -> Iterator[Array]:
    """The rows that are not, by themselves, shown to be sound."""
    proofs = list(sound_columns(frames, "splits", splits))
    if proofs:
        yield rows_where(splits, ~pl.all_horizontal(proofs).fill_null(False)).to_numpy()
    yield doubtful_marks(splits).to_numpy()
    yield _odd_stretches(frames, splits, runs, points)


def _odd_stretches(frames: Frames, splits: pl.DataFrame, runs: Runs, points: Points) -> Array:
    """The rows that end before they begin, or are run in a time that nobody could."""
    least, most = _bounds(points.metres)
    stretch, time = points.stretches(), whole_numbers(splits["time_ms"])
    rows = np.flatnonzero((time < least[stretch]) | (time > most[stretch]))
    listed = splits.select("from_m", "to_m", "time_ms")[rows]
    women = pl.lit(False)
    if "races" in frames:
        women = pl.lit(races(frames)["race_sex"].gather(runs.race[runs.of(rows)])) == "W"
    odd = listed.select(paced_oddly(women.fill_null(False)).fill_null(True)).to_series().to_numpy()
    begin, end = points.begin[rows], points.end[rows]
    found: Array = rows[(begin == 0) | (begin >= end) | odd]
    return found


@lru_cache(maxsize=64)
def _bounds(metres: tuple[float, ...]) -> tuple[Array, Array]:
    """By the number of a stretch the least and the most that it may take; where it does not end after it begins, nothing will do."""
    points, count = pl.Series([None, *metres], dtype=pl.Float64), len(metres) + 1
    begin, end = np.divmod(np.arange(count**2), count)
    stretches = pl.DataFrame({"from_m": points.gather(begin), "to_m": points.gather(end)})
    rises, (least, most) = from_m < to_m, unremarkable_pace()
    bounds = pl.when(rises).then(least).otherwise(LONGEST).alias("least"), pl.when(rises).then(most).alias("most")
    found = stretches.select(bound.clip(-LONGEST, LONGEST).fill_null(0).cast(pl.Int32) for bound in bounds)
    return found["least"].to_numpy(), found["most"].to_numpy()


def _too_far(frames: Frames, points: Points) -> Array:
    """The races with a stretch that ends beyond their distance."""
    farthest = np.maximum.reduceat(points.end, starts(frames, "splits").to_numpy())
    race = numbers(frames, "splits").to_numpy()
    distance = filled(races(frames)["race_distance_m"], np.inf)[race]
    beyond: Array = race[~(points.metres_of(farthest) <= distance + TOLERANCE_M)]
    return beyond
