"""The invariants of marks: a mark is its time, wherever it stands, and those of the table of that name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import polars as pl

from bowerman_data.schemas._clauses import Clause, prepares, rule
from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas._races import bound, impossible, possible
from bowerman_data.schemas._text import filled, formatted, unit

__all__ = ["ODD_MARK", "with_marks"]

MARK, ODD_MARK = "#mark", "#odd_mark"
TEN_MINUTES, DAY = 600_000, 86_400_000
MANY = 50_000
"""Rows from which on it pays to write every mark below ten minutes once, and to look them up."""

time_ms, decimals, mark = pl.col("time_ms"), pl.col("decimals"), pl.col("mark")


@cache
def _usual_marks() -> pl.Series:
    """The marks to hundredths, by hundredths."""
    return pl.select(formatted(pl.int_range(TEN_MINUTES // 10) * 10, pl.lit(2))).to_series()


def with_marks(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with the mark that their time makes and, where it is another or beyond a day, their own as odd."""
    usual = (decimals == 2) & (time_ms >= 0) & (time_ms < TEN_MINUTES)
    made = pl.lit(None, pl.String)
    if frame.height >= MANY:
        made = pl.lit(_usual_marks()).gather(pl.when(usual).then(time_ms // 10))
    frame = frame.with_columns(made.alias(MARK))
    frame = _with_rare_marks(frame)
    return frame.with_columns(pl.when(mark.ne_missing(pl.col(MARK)) | (time_ms >= DAY)).then(mark).alias(ODD_MARK))


def _with_rare_marks(frame: pl.DataFrame) -> pl.DataFrame:
    """The marks that are still to be made, each once."""
    rare = frame.filter(pl.col(MARK).is_null() & time_ms.is_not_null()).select("time_ms", "decimals").unique()
    if rare.is_empty():
        return frame
    rare = rare.with_columns(formatted(time_ms, decimals).alias("made"))
    joined = frame.join(rare, on=["time_ms", "decimals"], how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce(MARK, "made").alias(MARK)).drop("made")


@prepares("marks")
def prepare(frames: Frames) -> pl.LazyFrame:
    """Marks beside what their times make."""
    return with_marks(frames["marks"].collect()).lazy()


@rule("mark-is-its-time", "results", "splits", "marks")
def mark_is_its_time(frames: Frames, table: str) -> Iterator[Clause]:
    """The mark is the time to so many decimals, and the time has no more."""
    yield Clause("mark", mark != pl.col(MARK), pl.col(MARK))
    yield Clause("time_ms", time_ms % unit(decimals) != 0, filled("a multiple of {}", unit(decimals)))


@rule("humanly-possible", "marks")
def humanly_possible(frames: Frames, table: str) -> Iterator[Clause]:
    """A time lies within what a human has run; marks do not tell the sex."""
    discipline, anybody = pl.col("discipline"), pl.lit("X")
    least, most = (bound(name, discipline, anybody) for name in ("hard_min_ms", "hard_max_ms"))
    yield Clause("time_ms", impossible(pl.col("distance_m"), least, most), possible(least, most))
