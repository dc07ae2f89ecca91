"""The invariants of splits."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from bowerman_data.schemas._clauses import Clause, prepares, rule
from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas._generic import STRETCH
from bowerman_data.schemas._races import TOLERANCE_M, race_facts
from bowerman_data.schemas._text import cell, unit

__all__: list[str] = []

SLOWEST_400_MS = 300_000
"""Five minutes a lap: a walk."""
FASTEST_400_MS = {"M": 43_000, "W": 47_600}
FASTEST_SHORT_400_MS = {"M": 38_000, "W": 42_000}
"""At the pace of a 100 m in 9.5 s, which a stretch shorter than a lap may have."""
LAP_M, SHORTEST_M = 400, 100

from_m, to_m, time_ms, athlete = (pl.col(name) for name in ("from_m", "to_m", "time_ms", "athlete_id"))
leader, own = pl.col("basis") == "leader", pl.col("basis") == "athlete"
cumulative, lap = from_m == 0, from_m > 0


@prepares("splits")
def prepare(frames: Frames) -> pl.LazyFrame:
    """Splits with the facts of their race and the result of their athlete, so far as these are there."""
    frame = frames["splits"]
    if "races" in frames:
        frame = frame.join(race_facts(frames), on="race_id", how="left", maintain_order="left")
    if "results" in frames:
        frame = frame.join(finishes(frames), on=["race_id", "athlete_id"], how="left", maintain_order="left")
    return frame


def finishes(frames: Frames) -> pl.LazyFrame:
    """Of each athlete in a race the time and whether he started."""
    finished = pl.col("status") == "OK"
    if frames.are_unique("results", ("race_id", "athlete_id")):
        return frames["results"].select(
            "race_id",
            "athlete_id",
            result_ms="time_ms",
            finish_ms=pl.when(finished).then("time_ms"),
            finish_decimals=pl.when(finished).then("decimals"),
            started=pl.col("status") != "DNS",
        )
    by_time = frames["results"].sort("time_ms", "decimals", nulls_last=True)
    return by_time.group_by("race_id", "athlete_id").agg(
        result_ms=time_ms.first(),
        finish_ms=time_ms.filter(finished).first(),
        finish_decimals=pl.col("decimals").filter(finished).first(),
        started=(pl.col("status") != "DNS").any(),
    )


def _least(frames: Frames, frame: pl.LazyFrame, key: list[str]) -> pl.LazyFrame:
    """One row a key: that with the least time."""
    if frames.are_unique("splits", STRETCH):
        return frame
    return frame.sort("time_ms", "decimals", "athlete_id", nulls_last=True).unique(
        key, keep="first", maintain_order=True
    )


def _leaders(frames: Frames, at: str) -> pl.LazyFrame:
    """The leader's time from the start, by race and by the point `at` which he passed."""
    rows = _least(frames, frames["splits"].filter(leader & cumulative), ["race_id", "to_m"])
    columns = {f"leader_{name}_{at}": pl.col(name) for name in ("time_ms", "decimals", "athlete_id")}
    return rows.select("race_id", to_m.alias(at), **columns, **{f"led_{at}": pl.lit(True)})


@rule("splits-increase", "splits")
def splits_increase(frames: Frames, table: str) -> Iterator[Clause]:
    """Whoever is farther on has been running for longer."""
    for part in ("leader", "athletes"):
        before, last = pl.col("last_to_m"), pl.col("last_time")
        yield Clause("time_ms", (to_m > before) & (time_ms <= last), pl.format("more than {}", last), part=part)


@prepares("splits", "leader")
def leaders_in_order(frames: Frames) -> pl.LazyFrame:
    """The leader's times from the start, each beside the one before."""
    return _beside_last(frames["splits"].filter(cumulative & leader), ["race_id"])


@prepares("splits", "athletes")
def athletes_in_order(frames: Frames) -> pl.LazyFrame:
    """Each athlete's times from the start, beside his time before and the leader's at the point."""
    rows = frames["splits"].filter(cumulative & own & athlete.is_not_null())
    return _beside_last(rows, ["race_id", "athlete_id"])


def _beside_last(rows: pl.LazyFrame, group: list[str]) -> pl.LazyFrame:
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in group)
    return rows.sort(*group, "to_m", "time_ms", nulls_last=True).with_columns(
        last_to_m=pl.when(same).then(to_m.shift()), last_time=pl.when(same).then(time_ms.shift())
    )


@rule("leader-is-fastest", "splits")
def leader_is_fastest(frames: Frames, table: str) -> Iterator[Clause]:
    """Nobody's time at a point is less than the leader's, within the rounding of the coarser."""
    leading = pl.col("leader_time_ms_to_m")
    slack = pl.max_horizontal(unit(pl.col("decimals")), unit(pl.col("leader_decimals_to_m")))
    known = pl.col("decimals").is_not_null() & pl.col("leader_decimals_to_m").is_not_null()
    wrong = known & (time_ms <= leading - slack)
    yield Clause("time_ms", wrong, pl.format("at least {}", leading), part="passing")


@prepares("splits", "passing")
def athletes_passing(frames: Frames) -> pl.LazyFrame:
    """Athletes' times from the start beside the leader's at the same point."""
    rows = frames["splits"].filter(cumulative & own)
    return rows.join(_leaders(frames, "to_m"), on=["race_id", "to_m"], how="inner")


@prepares("splits", "laps")
def laps(frames: Frames) -> pl.LazyFrame:
    """Stretches from some point on, with the times at both ends."""
    rows = frames["splits"].filter(lap)
    for at in ("from_m", "to_m"):
        rows = rows.join(_leaders(frames, at), on=["race_id", at], how="left")
        rows = rows.join(_athletes(frames, at), on=["race_id", at, "athlete_id"], how="left")
    rows = _with_finish(rows, frames)
    for name in ("time_ms", "decimals"):
        rows = rows.with_columns(_end(name, at).alias(f"{at}_{name}") for at in ("from_m", "to_m"))
    return rows


def _athletes(frames: Frames, at: str) -> pl.LazyFrame:
    """Each athlete's own time from the start, by the point `at` which he passed."""
    own_rows = frames["splits"].filter(own & cumulative & athlete.is_not_null())
    columns = {f"own_{name}_{at}": pl.col(name) for name in ("time_ms", "decimals")}
    return _least(frames, own_rows, ["race_id", "to_m", "athlete_id"]).select(
        "race_id", to_m.alias(at), "athlete_id", **columns
    )


def _with_finish(rows: pl.LazyFrame, frames: Frames) -> pl.LazyFrame:
    nothing = pl.lit(None, pl.Int32)
    if "results" not in frames or "races" not in frames:
        return rows.with_columns(finish_ms=nothing, finish_decimals=nothing, race_distance_m=pl.lit(None, pl.Float64))
    distances = race_facts(frames).select("race_id", "race_distance_m")
    return rows.join(distances, on="race_id", how="left").join(
        finishes(frames), on=["race_id", "athlete_id"], how="left"
    )


def _end(name: str, at: str) -> pl.Expr:
    """The time at one end: for an athlete his own, the leader's where he led, or his finish."""
    led = pl.col(f"leader_athlete_id_{at}") == athlete
    finish = pl.col("finish_ms" if name == "time_ms" else "finish_decimals")
    passing = pl.col(f"leader_{name}_{at}")
    return (
        pl.when(leader)
        .then(passing)
        .when(pl.col(f"own_time_ms_{at}").is_not_null())
        .then(pl.col(f"own_{name}_{at}"))
        .when(led)
        .then(passing)
        .when(own & (pl.col(at) == pl.col("race_distance_m")))
        .then(finish)
    )


@rule("laps-add-up", "splits")
def laps_add_up(frames: Frames, table: str) -> Iterator[Clause]:
    """A lap is the difference of the times at its ends, to the last digit of all three."""
    difference = pl.col("to_m_time_ms") - pl.col("from_m_time_ms")
    slack = unit(pl.col("decimals")) + unit(pl.col("from_m_decimals")) + unit(pl.col("to_m_decimals"))
    yield Clause("time_ms", (time_ms - difference).abs() >= slack, difference.cast(pl.String), part="laps")


@rule("split-before-finish", "splits")
def split_before_finish(frames: Frames, table: str) -> Iterator[Clause]:
    """On the way an athlete has been running for less time than at the finish."""
    finish = pl.col("result_ms")
    on_the_way = cumulative & (to_m < pl.col("race_distance_m"))
    yield Clause("time_ms", on_the_way & (time_ms >= finish), pl.format("less than {}", finish))


@rule("split-has-an-entrant", "splits")
def split_has_an_entrant(frames: Frames, table: str) -> Iterator[Clause]:
    """The athlete started in the race."""
    started = pl.col("started").fill_null(False)
    yield Clause("athlete_id", athlete.is_not_null() & ~started, "an entrant of the race")


@rule("pace-is-human", "splits")
def pace_is_human(frames: Frames, table: str) -> Iterator[Clause]:
    """No stretch is run faster than the world record over a lap, nor slower than a walk."""
    metres = to_m - from_m
    women = (pl.col("race_sex") == "W").fill_null(False) if "races" in frames else pl.lit(False)
    whole, short = (
        pl.when(women).then(fastest["W"]).otherwise(fastest["M"]) for fastest in (FASTEST_400_MS, FASTEST_SHORT_400_MS)
    )
    least = pl.when(metres < LAP_M).then(short).otherwise(whole)
    wrong = (time_ms * LAP_M < least * metres) | (time_ms * LAP_M > SLOWEST_400_MS * metres)
    yield Clause("time_ms", (metres >= SHORTEST_M) & wrong, _pace(least))


def _pace(least: pl.Expr) -> pl.Expr:
    seconds = (least / 1000).cast(pl.String).str.strip_suffix(".0")
    return pl.format("{} to 300 s a 400 m", seconds)


@rule("within-the-distance", "splits")
def within_the_distance(frames: Frames, table: str) -> Iterator[Clause]:
    """A stretch begins before it ends, and ends no later than the race."""
    yield Clause("to_m", from_m >= to_m, pl.format("more than {}", cell("from_m")))
    if "races" in frames:
        distance = pl.col("race_distance_m")
        text = distance.cast(pl.String).str.strip_suffix(".0")
        yield Clause("to_m", to_m > distance + TOLERANCE_M, pl.format("at most {}", text))


@rule("lap-belongs-to-its-leader", "splits")
def lap_belongs_to_its_leader(frames: Frames, table: str) -> Iterator[Clause]:
    """A leader's lap is his who led at both its ends; where two did, or who did is not told, it is nobody's."""
    nobody = athlete.is_null()
    yield Clause("athlete_id", own & nobody, "an athlete")
    first, last = pl.col("leader_athlete_id_from_m"), pl.col("leader_athlete_id_to_m")
    yield Clause("athlete_id", leader & (first == last) & athlete.ne_missing(first), first, part="laps")
    found = pl.col("led_from_m").fill_null(False) & pl.col("led_to_m").fill_null(False)
    parted = (first != last).fill_null(True)
    yield Clause("athlete_id", leader & found & parted & athlete.is_not_null(), "null", part="laps")
