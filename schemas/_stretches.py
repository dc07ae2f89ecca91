"""Splits beside what they are compared with: times from the start on their clocks, and laps with the times at their ends.

Most rows break no rule. What is dear to know of a row is looked up for suspects only: those that a cheap
comparison, which every offending row fails, has picked out.
"""

from __future__ import annotations

import polars as pl

from bowerman_data.schemas._frames import Frames, rows_where
from bowerman_data.schemas._grid import Grid, Points
from bowerman_data.schemas._numbers import PERSON, RACE, facts_of, numbered, races
from bowerman_data.schemas._people import entrants

__all__ = ["beside_race", "clocked", "laps", "of", "owns", "passed", "rest", "suspects"]

from_m, to_m, time_ms = pl.col("from_m"), pl.col("to_m"), pl.col("time_ms")
leader, own = pl.col("basis") == "leader", pl.col("basis") == "athlete"
person, race, point = pl.col(PERSON), pl.col(RACE), pl.col("point")


def of(values: pl.Series, row: pl.Expr) -> pl.Expr:
    """The values in these rows, null for none."""
    return pl.lit(values).gather(row)


def suspects(frames: Frames, fails: pl.Expr) -> pl.DataFrame:
    """The splits for which that is true."""
    splits = clocked(frames)
    return splits[rows_where(splits, fails)]


def beside_race(frames: Frames, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the facts of their race."""
    met = races(frames)
    if rows.is_empty():
        return rows
    return rows.with_columns(of(met[name], race).alias(name) for name in facts_of(met))


def points(frames: Frames) -> Points:
    """The points at which stretches begin or end."""
    return frames.once("points", lambda: Points(numbered(frames, "splits")))


def clocked(frames: Frames) -> pl.DataFrame:
    """Splits race by race, with the numbers of the athlete and of the point where the stretch ends."""
    return frames.once("splits clocked", lambda: _clocked(frames))


def _clocked(frames: Frames) -> pl.DataFrame:
    frame = numbered(frames, "splits")
    number = points(frames).number(frame["to_m"]).alias("point")
    return frame.hstack([entrants(frames).of_splits, number])


def passed(frames: Frames, basis: str) -> Grid:
    """The times from the start on the clocks of the races, or on those of the athletes."""
    return frames.once(f"passed {basis}", lambda: _grid(frames, basis))


def _grid(frames: Frames, basis: str) -> Grid:
    count, everyone = points(frames).count, entrants(frames)
    if basis == "leader":
        rows = _from_the_start(frames, leader).with_columns(clock=race)
        return Grid(rows, clocked(frames), races(frames).height, count)
    rows = owns(frames).with_columns(clock=person)
    if rows["clock"].max() == everyone.nobody:
        rows = rows.filter(person != everyone.nobody)
    return Grid(rows, clocked(frames), everyone.listed.height, count)


def owns(frames: Frames) -> pl.DataFrame:
    """The times from the start of athletes."""
    return frames.once("owns", lambda: _from_the_start(frames, own))


def _from_the_start(frames: Frames, whose: pl.Expr) -> pl.DataFrame:
    known = point != points(frames).count - 1
    rows = clocked(frames).lazy().with_columns(row=pl.int_range(pl.len(), dtype=pl.UInt32))
    return rows.select("row", RACE, PERSON, "point", "time_ms", of=(from_m == 0) & whose & known).filter("of").collect()


def rest(frames: Frames) -> pl.DataFrame:
    """The stretches that are not from the start on a clock, with a number for clock and ends where all are known."""
    return frames.once("rest", lambda: _rest(frames))


def _rest(frames: Frames) -> pl.DataFrame:
    count, everyone, splits = points(frames).count, entrants(frames), clocked(frames)
    has_clock = leader | own & (person != everyone.nobody)
    from_the_start = (from_m == 0) & has_clock & (point != count - 1)
    numbered_rows = splits.lazy().with_columns(
        row=pl.int_range(pl.len(), dtype=pl.UInt32), has_clock=has_clock, leads=leader
    )
    columns = ("row", RACE, PERSON, "from_m", "to_m", "point", "time_ms", "has_clock", "leads")
    rows = numbered_rows.select(*columns, of=~from_the_start.fill_null(False)).filter("of").collect()
    rows = rows.with_columns(points(frames).number(rows["from_m"]).alias("start"))
    is_clocked = pl.col("has_clock").fill_null(False) & (point != count - 1) & (pl.col("start") != count - 1)
    clock = pl.when("leads").then(race.cast(pl.Int64) + everyone.listed.height).otherwise(person.cast(pl.Int64))
    return rows.with_columns(is_clocked=is_clocked, stretch=(clock * count + pl.col("start")) * count + point)


def laps(frames: Frames) -> pl.DataFrame:
    """Stretches from some point on that leaders ran or that may not add up, with the times at both ends."""
    return frames.once("laps", lambda: _laps(frames))


def _laps(frames: Frames) -> pl.DataFrame:
    splits = clocked(frames)
    known = race != races(frames).height - 1
    rows = beside_race(frames, splits[_in_doubt(frames)])
    if rows.is_empty():
        return rows
    rows = rows.with_columns(_or_null(frames, person), start=points(frames).number(rows["from_m"]))
    for at, number in (("from_m", pl.col("start")), ("to_m", point)):
        theirs = passed(frames, "athlete").at(pl.when(known).then(person), number)
        leaders = passed(frames, "leader").at(pl.when(known).then(race), number)
        rows = rows.with_columns(theirs.alias(f"own_{at}"), leaders.alias(f"leader_{at}"))
        rows = rows.with_columns(*_passing(splits, "own", at), *_passing(splits, "leader", at))
        rows = rows.with_columns(_or_null(frames, pl.col(f"leader_{PERSON}_{at}")))
    rows = rows.with_columns(_finish(frames))
    return rows.with_columns(_end(name, at).alias(f"{at}_{name}") for name in ("time_ms", "decimals") for at in ENDS)


ENDS = ("from_m", "to_m")


def _or_null(frames: Frames, number: pl.Expr) -> pl.Expr:
    return pl.when(number != entrants(frames).nobody).then(number)


def _passing(splits: pl.DataFrame, whose: str, at: str) -> list[pl.Expr]:
    names = ("time_ms", "decimals") if whose == "own" else ("time_ms", "decimals", "athlete_id", PERSON)
    return [of(splits[name], pl.col(f"{whose}_{at}")).alias(f"{whose}_{name}_{at}") for name in names]


def _in_doubt(frames: Frames) -> pl.Series:
    """The rows of the laps that are not, by his own clock or his finish, exactly what an athlete took for them."""
    listed, met = entrants(frames).listed, races(frames)
    theirs, leaders = passed(frames, "athlete"), passed(frames, "leader")
    last = theirs.time_at(person, point)
    if "results" in frames and "races" in frames:
        at_finish = (to_m == of(met["race_distance_m"], race)) & leaders.time_at(race, point).is_null()
        last = pl.coalesce(last, pl.when(at_finish).then(of(listed["finish_ms"], person)))
    adds_up = time_ms == last - theirs.time_at(person, pl.col("start"))
    known = pl.col("is_clocked") & ~pl.col("leads") & (race != met.height - 1)
    laps = rest(frames).lazy().filter(from_m > 0)
    return laps.filter(~(known & adds_up).fill_null(False)).select("row").collect().to_series()


def _finish(frames: Frames) -> list[pl.Expr]:
    if "results" not in frames or "races" not in frames:
        nothing = pl.lit(None, pl.Int32)
        return [
            nothing.alias("finish_ms"),
            nothing.alias("finish_decimals"),
            pl.lit(None, pl.Float64).alias("race_distance_m"),
        ]
    listed = entrants(frames).listed
    return [of(listed[name], person).alias(name) for name in ("finish_ms", "finish_decimals")]


def _end(name: str, at: str) -> pl.Expr:
    """The time at one end: for an athlete his own, the leader's where he led, or his finish."""
    led = pl.col(f"leader_{PERSON}_{at}") == person
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
