"""Faults in an archive: as they happen, each kind as often as the others, spread over all rows."""

from __future__ import annotations

import numpy as np
import polars as pl

__all__ = ["spoilt_results", "spoilt_splits"]


def _kinds(judged: pl.Series, rng: np.random.Generator, rate: float, least: int, kinds: int) -> pl.Series:
    """For each row the kind of its fault, null for most; at least so many of the judged rows have one."""
    rows = judged.arg_true()
    count = max(least, int(rng.binomial(len(rows), rate)))
    chosen = rng.choice(rows.to_numpy(), count, replace=False)
    kind = rng.permutation((rng.integers(kinds) + np.arange(count)) % kinds)
    return pl.Series([None], dtype=pl.Int8).new_from_index(0, len(judged)).scatter(chosen, kind.astype(np.int8))


def spoilt_results(frame: pl.DataFrame, rng: np.random.Generator, rate: float, least: int) -> pl.DataFrame:
    """A digit of the mark, a place, an ISO code, a second too few, a code that is none: of those who finished."""
    kind = _kinds(frame["status"] == "OK", rng, rate, least, 5)
    return frame.with_columns(
        mark=pl.when(kind == 0).then(pl.col("mark").str.replace(r"\d$", "x")).otherwise("mark"),
        place=pl.when(kind == 1).then(pl.col("place") + 1).otherwise("place"),
        nation=pl.when(kind == 2).then(pl.lit("DEU")).otherwise("nation"),
        time_ms=pl.when(kind == 3).then(pl.col("time_ms") - 1000).otherwise("time_ms"),
        codes=pl.when(kind == 4).then(["PBX"]).otherwise("codes"),
    )


def spoilt_splits(frame: pl.DataFrame, rng: np.random.Generator, rate: float, least: int) -> pl.DataFrame:
    """A second too many, a unit that slipped, a point beyond the finish, a clock that is none."""
    kind, time_ms = _kinds(frame["time_ms"].is_not_null(), rng, rate, least, 4), pl.col("time_ms")
    return frame.with_columns(
        time_ms=pl.when(kind == 0).then(time_ms + 1000).when(kind == 1).then(time_ms // 1000).otherwise(time_ms),
        to_m=pl.when(kind == 2).then(pl.col("to_m") + 1200).otherwise("to_m"),
        basis=pl.when(kind == 3).then(pl.lit("runner")).otherwise("basis"),
    )
