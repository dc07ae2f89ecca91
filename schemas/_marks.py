"""The invariants of marks: a mark is its time, wherever it stands, and those of the table of that name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import polars as pl

from bowerman_data.schemas._arrays import Array, there, whole_numbers
from bowerman_data.schemas._clauses import Clause, prepares, rule
from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas._races import bound, impossible, possible
from bowerman_data.schemas._text import filled, formatted, unit

__all__ = ["MARK", "odd_marks", "unusual_marks"]

MARK = "#mark"
TEN_MINUTES, DAY = 600_000, 86_400_000
MANY = 50_000
"""Rows from which on it pays to write every mark below ten minutes once, and to look them up."""

AT_ONCE = 1 << 17
"""Rows whose marks are hashed at once, so that the memory for it is small enough to be kept and used again."""

time_ms, decimals, mark = pl.col("time_ms"), pl.col("decimals"), pl.col("mark")


@cache
def _usual_marks() -> Array:
    """The hashes of the marks to hundredths, by hundredths."""
    return pl.select(formatted(pl.int_range(TEN_MINUTES // 10) * 10, pl.lit(2))).to_series().hash().to_numpy()


def odd_marks(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows whose mark is not the one that their time makes, or whose time is odd, with the mark that it makes."""
    if frame.height >= MANY:
        frame = frame[unusual_marks(frame)]
    odd_time = (time_ms >= DAY) | (time_ms % unit(decimals) != 0)
    return _with_marks(frame).filter(mark.ne_missing(pl.col(MARK)) | odd_time)


def unusual_marks(frame: pl.DataFrame) -> pl.Series:
    """The rows with a time or a mark, but for those in hundredths below ten minutes whose mark is that of their time.

    Marks are compared by their hashes of 64 bits: another mark has that of the right one once in 10**19.
    """
    parts = frame.select("time_ms", "decimals", "mark").iter_slices(AT_ONCE)
    found = [np.flatnonzero(_are_unusual(part)) + at * AT_ONCE for at, part in enumerate(parts)]
    return pl.Series(np.concatenate(found) if found else [], dtype=pl.UInt32)


def _are_unusual(frame: pl.DataFrame) -> Array:
    time, decimals = (whole_numbers(frame[name]) for name in ("time_ms", "decimals"))
    hundredths = time // 10
    usual = (decimals == 2) & (time >= 0) & (time < TEN_MINUTES) & (time == hundredths * 10)
    usual &= frame["mark"].hash().to_numpy() == _usual_marks().take(hundredths, mode="clip")
    unusual: Array = ~usual & (there(time) | frame["mark"].is_not_null().to_numpy())
    return unusual


def _with_marks(frame: pl.DataFrame) -> pl.DataFrame:
    """Each mark is made once."""
    if frame.height < MANY:
        return frame.with_columns(formatted(time_ms, decimals).alias(MARK))
    made = frame.select("time_ms", "decimals").unique().with_columns(formatted(time_ms, decimals).alias(MARK))
    return frame.join(made, on=["time_ms", "decimals"], how="left", nulls_equal=True, maintain_order="left")


@prepares("marks", "odd marks")
def prepare(frames: Frames) -> pl.DataFrame:
    """Marks beside what their times make."""
    return odd_marks(frames.held("marks"))


@rule("mark-is-its-time", "results", "splits", "marks", fixed=True)
def mark_is_its_time(frames: Frames, table: str) -> Iterator[Clause]:
    """The mark is the time to so many decimals, and the time has no more."""
    yield Clause("mark", mark != pl.col(MARK), pl.col(MARK), part="odd marks")
    wrong = (time_ms >= 0) & (time_ms % unit(decimals) != 0)
    yield Clause("time_ms", wrong, filled("a multiple of {}", unit(decimals)), part="odd marks")


@rule("humanly-possible", "marks", fixed=True)
def humanly_possible(frames: Frames, table: str) -> Iterator[Clause]:
    """A time lies within what a human has run; marks do not tell the sex."""
    discipline, anybody = pl.col("discipline"), pl.lit("X")
    least, most = (bound(name, discipline, anybody) for name in ("hard_min_ms", "hard_max_ms"))
    yield Clause("time_ms", impossible(pl.col("distance_m"), least, most), possible(least, most))
