"""The invariants as whoever knows Polars writes them, one expression each, for the tools that take expressions.

Each tool checks nulls, sets, patterns, bounds and keys with what it has of its own. What spans rows or tables is
here: an expression a rule, true where the row holds, null where it has nothing to say.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from bowerman_data.schemas.reference import bounds, nations, record_codes

__all__ = ["JUDGED", "LAPS", "MARK", "NATIONS", "RESULTS", "SLUG", "SPLITS", "frames"]

NATIONS = [one.code for one in nations() if one.kind in ("member", "special", "historical", "superseded")]
SLUG = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
MARK = r"^(?:(?:[1-9]\d?:[0-5]\d|[1-9]\d?):[0-5]\d|[1-9]?\d)(?:\.\d{1,3})?$"
RANK = {form: rank for rank, one in enumerate(record_codes()) for form in (one.code, one.equal_form)}

time_ms, place, status, codes = (pl.col(name) for name in ("time_ms", "place", "status", "codes"))
from_m, to_m = pl.col("from_m"), pl.col("to_m")
RESULT_VALUES = ("place", "time_ms", "decimals", "mark")


def unit(decimals: pl.Expr) -> pl.Expr:
    """What the last digit of a time is worth, in ms."""
    return decimals.replace_strict({0: 1000, 1: 100, 2: 10, 3: 1}, default=None, return_dtype=pl.Int32)


def formatted(ms: pl.Expr, decimals: pl.Expr) -> pl.Expr:
    """The mark of a time below an hour."""
    minutes, seconds = ms // 60_000, (ms // 1000 % 60).cast(pl.String)
    whole = pl.when(minutes > 0).then(pl.concat_str(minutes, seconds.str.zfill(2), separator=":")).otherwise(seconds)
    digits = (ms % 1000).cast(pl.String).str.zfill(3).str.head(decimals)
    return pl.when(decimals > 0).then(pl.concat_str(whole, digits, separator=".")).otherwise(whole)


MARK_IS_ITS_TIME = (pl.col("mark") == formatted(time_ms, pl.col("decimals"))) & (
    time_ms % unit(pl.col("decimals")) == 0
)

finish = ["place", "time_ms"]
before = time_ms.shift().over("race_id", order_by=finish)
tied = place == place.shift().over("race_id", order_by=finish)
ahead = place.cum_count().over("race_id", order_by=finish)
ranks = codes.list.eval(pl.element().replace_strict(RANK, default=-1, return_dtype=pl.Int32))

RESULTS: dict[str, pl.Expr] = {
    "known-reference": pl.col("race_found") & pl.col("athlete_found"),
    "ordered-finish-times": place.is_null() | (time_ms >= before),
    "places-count-up": pl.when(tied).then(time_ms == before).otherwise(place == ahead),
    "status-explains-nulls": pl.when(status == "OK")
    .then(pl.all_horizontal(pl.col(name).is_not_null() for name in RESULT_VALUES))
    .otherwise(pl.all_horizontal(pl.col(*RESULT_VALUES, "points").is_null(), codes.list.len() == 0)),
    "mark-is-its-time": MARK_IS_ITS_TIME,
    "known-codes": (ranks.list.min() >= 0) & (codes.list.n_unique() == codes.list.len()) & (ranks == ranks.list.sort()),
    "humanly-possible": time_ms.is_between("hard_min_ms", "hard_max_ms"),
    "humanly-plausible": (time_ms <= pl.col("warn_max_ms"))
    & ((time_ms >= pl.col("warn_min_ms")) | codes.list.contains("WR") | codes.list.contains("=WR")),
    "at-most-one-world-lead": ~codes.list.contains("WL") | (time_ms == time_ms.min().over("race_id")),
}

last = time_ms.shift().over("race_id", "whose", order_by=["from_m", "to_m"])
metres = to_m - from_m
fastest = pl.when(pl.col("sex") == "W").then(47.6).otherwise(43.0) * pl.when(metres < 400).then(0.884).otherwise(1)

SPLITS: dict[str, pl.Expr] = {
    "known-reference": pl.col("race_found") & pl.col("athlete_found"),
    "mark-is-its-time": MARK_IS_ITS_TIME,
    "splits-increase": (from_m > 0) | (time_ms > last) | ~pl.col("basis").is_in(["leader", "athlete"]),
    "split-before-finish": (from_m > 0) | (to_m >= pl.col("distance_m")) | (time_ms < pl.col("finish_ms")),
    "leader-is-fastest": (from_m > 0)
    | (pl.col("basis") != "athlete")
    | (time_ms > pl.col("leader_ms") - unit(pl.col("decimals"))),
    "pace-is-human": (metres < 100) | (time_ms / metres * 0.4).is_between(fastest, 300),
    "split-has-an-entrant": pl.col("athlete_id").is_null() | pl.col("started"),
    "within-the-distance": (from_m < to_m) & (to_m <= pl.col("distance_m") + 0.0005),
}
LAPS: dict[str, pl.Expr] = {"laps-add-up": (time_ms - pl.col("between_ms")).abs() < pl.col("slack_ms")}

JUDGED = dict.fromkeys(
    [
        *("no-missing-value", "value-in-domain", "known-nation", "one-time-per-athlete", "one-split-per-stretch"),
        *(*RESULTS, *SPLITS, *LAPS),
    ],
    0,
)
"""Every rule that these tools hold, with no violation yet."""


OWN = pl.concat_str(pl.lit("athlete"), "athlete_id", separator=" ")
"""Whose clock it is where it is the athlete's own."""


def frames(folder: Path) -> dict[str, pl.DataFrame]:
    """Results, splits and laps, each row beside what the rules compare it with."""
    results, splits, races, athletes = (
        pl.scan_parquet(folder / f"{name}.parquet") for name in ("results", "splits", "races", "athletes")
    )
    facts = races.select("race_id", "distance_m", "sex", "discipline", race_found=True).join(
        pl.LazyFrame(bounds()), on=["discipline", "sex"], how="left"
    )
    known = athletes.select("athlete_id", athlete_found=True)
    splits = _with_whose(splits)
    prepared = {"results": results, "splits": _with_results(splits, results), "laps": _laps(splits, results, races)}
    for name in ("results", "splits"):
        prepared[name] = prepared[name].join(facts, on="race_id", how="left").join(known, on="athlete_id", how="left")
        prepared[name] = prepared[name].with_columns(pl.col("race_found", "athlete_found").fill_null(False))
    return dict(zip(prepared, pl.collect_all(prepared.values(), engine="streaming"), strict=True))


def _with_whose(splits: pl.LazyFrame) -> pl.LazyFrame:
    """Splits with whose clock it was: the leader's, whoever that was, or an athlete's."""
    others = pl.concat_str("basis", "athlete_id", separator=" ")
    return splits.with_columns(whose=pl.when(pl.col("basis") == "leader").then(pl.lit("leader")).otherwise(others))


def _with_results(splits: pl.LazyFrame, results: pl.LazyFrame) -> pl.LazyFrame:
    entrants = results.select("race_id", "athlete_id", finish_ms="time_ms", started=status != "DNS")
    passing = splits.filter(pl.col("basis") == "leader", from_m == 0).select(
        "race_id", "from_m", "to_m", leader_ms="time_ms"
    )
    joined = splits.join(entrants, on=["race_id", "athlete_id"], how="left")
    joined = joined.join(passing, on=["race_id", "from_m", "to_m"], how="left")
    return joined.with_columns(pl.col("started").fill_null(False))


def _laps(splits: pl.LazyFrame, results: pl.LazyFrame, races: pl.LazyFrame) -> pl.LazyFrame:
    """Stretches that begin on the way, beside the time between their ends and how far rounding may part the two."""
    passing = splits.filter(from_m == 0).select("race_id", "whose", "to_m", "time_ms", "decimals")
    finish = results.join(races, on="race_id").select(
        "race_id",
        OWN.alias("whose"),
        pl.col("distance_m").alias("to_m"),
        "time_ms",
        "decimals",
    )
    led = splits.filter(from_m == 0, pl.col("basis") == "leader").select(
        "race_id", OWN.alias("whose"), "to_m", "time_ms", "decimals"
    )
    # Who led at a point passed it in the leader's time, where he has none of his own.
    led = led.join(passing, on=["race_id", "whose", "to_m"], how="anti")
    ends = pl.concat([passing, finish, led])
    laps = splits.filter(from_m > 0)
    for end, prefix in (("from_m", "begun"), ("to_m", "ended")):
        here = ends.select(
            "race_id", "whose", pl.col("to_m").alias(end), pl.col("time_ms", "decimals").name.prefix(f"{prefix}_")
        )
        laps = laps.join(here, on=["race_id", "whose", end], how="left")
    return laps.select(
        "time_ms",
        between_ms=pl.col("ended_time_ms") - pl.col("begun_time_ms"),
        slack_ms=pl.sum_horizontal(unit(pl.col(name)) for name in ("decimals", "begun_decimals", "ended_decimals")),
    )
