"""Splits that are beyond doubt: each row by itself and beside its race, and all of them by their clocks."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from bowerman_data.schemas._frames import Frames, rows_where
from bowerman_data.schemas._numbers import RACE, numbers, races
from bowerman_data.schemas._races import TOLERANCE_M
from bowerman_data.schemas._screen_clocks import Clocks
from bowerman_data.schemas._screen_columns import doubtful_marks, sound_columns
from bowerman_data.schemas._screen_runs import Timed, timed
from bowerman_data.schemas._splits import paced_oddly

__all__ = ["doubtful_splits"]

MOST_POINTS = 40
"""Points at which races may be timed; where they are timed at more, nothing is cleared."""

from_m, to_m = pl.col("from_m"), pl.col("to_m")


def doubtful_splits(frames: Frames) -> list[pl.Series]:
    """The numbers of races with a split that is not shown to be sound."""
    splits = frames.held("splits")
    metres = _points(frames, splits)
    if not 0 < len(metres) <= MOST_POINTS:
        return [numbers(frames, "splits")]
    runs = timed(frames, splits)
    rows = _doubtful_rows(frames, splits, runs)
    unknown = runs.runs.filter(pl.col("clock") == races(frames).height - 1)[RACE]
    return [unknown, *(runs.at(one)[RACE] for one in rows), *Clocks(frames, splits, runs, metres).in_doubt()]


def _points(frames: Frames, splits: pl.DataFrame) -> list[float]:
    """Where stretches of the archive begin and end, so far as it has been read, and races end; in order."""
    met: set[float] = frames.whole.once("points met", set)
    known = met.copy()  # other batches are read at the same time
    for name in ("from_m", "to_m"):
        is_new = ~pl.any_horizontal(pl.col(name) == metre for metre in (*known, -1.0))
        known |= set(splits.lazy().select(name).filter(is_new).unique().collect(engine="in-memory").to_series())
    met.update(known)
    return pl.Series([*known], dtype=pl.Float64).append(_distances(frames)).unique().drop_nulls().sort().to_list()


def _distances(frames: Frames) -> pl.Series:
    met = races(frames)
    return met["race_distance_m"] if "race_distance_m" in met.columns else pl.Series([], dtype=pl.Float64)


def _doubtful_rows(frames: Frames, splits: pl.DataFrame, runs: Timed) -> Iterator[pl.Series]:
    """The rows that are not, by themselves and beside their race, shown to be sound."""
    proofs = [from_m < to_m, *sound_columns(frames, "splits", splits)]
    if "races" in frames:
        distance = _distance(frames, runs, splits.height)
        proofs.append(distance.is_null() | (to_m <= distance + TOLERANCE_M))
    yield rows_where(splits, ~pl.all_horizontal(proofs).fill_null(False))
    yield doubtful_marks(splits)
    yield _odd_pace(frames, splits, runs)


def _distance(frames: Frames, runs: Timed, height: int) -> pl.Expr:
    """The distance of the race in each row, which is often the same for all."""
    metres = races(frames)["race_distance_m"].head(-1)
    if metres.n_unique() <= 1:
        return pl.lit(metres.first(), metres.dtype)
    # Of no race there is none.
    return pl.lit(runs.in_rows(races(frames)["race_distance_m"].fill_null(0).gather(runs.runs[RACE]), height))


def _odd_pace(frames: Frames, splits: pl.DataFrame, runs: Timed) -> pl.Series:
    rows = rows_where(splits, paced_oddly(women=pl.lit(True)))
    if rows.is_empty() or "races" not in frames:
        return rows
    sex = races(frames)["race_sex"].gather(runs.at(rows)[RACE])
    listed = splits.select("from_m", "to_m", "time_ms")[rows].with_columns(sex=sex)
    return rows.filter(listed.select(paced_oddly(women=pl.col("sex") == "W").fill_null(True)).to_series())
