"""Splits beside what they are compared with: times from the start on their clocks, and laps with the times at their ends.

Most rows break no rule. What is dear to know of a row is looked up for suspects only: those that a cheap
comparison of arrays, which every offending row fails, has picked out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from bowerman_data.schemas._arrays import Array, filled, there, true, whole_numbers
from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas._grid import NONE, Grid, Passed
from bowerman_data.schemas._numbers import PERSON, RACE, facts_of, numbered, races
from bowerman_data.schemas._people import entrants
from bowerman_data.schemas._points import points_of

__all__ = ["Timed", "beside_race", "clocked", "laps", "of", "owns", "passed", "rest", "suspects", "timed"]

leader, own = pl.col("basis") == "leader", pl.col("basis") == "athlete"
person, race = pl.col(PERSON), pl.col(RACE)


def of(values: pl.Series, row: pl.Expr) -> pl.Expr:
    """The values in these rows, null for none."""
    return pl.lit(values).gather(row)


def suspects(frames: Frames, perhaps: Array) -> pl.DataFrame:
    """The splits where that is true."""
    return clocked(frames)[np.flatnonzero(perhaps)]


def beside_race(frames: Frames, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the facts of their race."""
    met = races(frames)
    if rows.is_empty():
        return rows
    return rows.with_columns(of(met[name], race).alias(name) for name in facts_of(met))


def clocked(frames: Frames) -> pl.DataFrame:
    """Splits race by race, with the number of the athlete."""
    return frames.once("splits clocked", lambda: numbered(frames, "splits").hstack([entrants(frames).of_splits]))


class Timed(NamedTuple):
    """Splits race by race as arrays: the numbers of race and person, both ends in metres and as points, the time, and of what kind each is.

    `kinds` says how many numbers points have; 0 is no point.
    """

    race: Array
    person: Array
    from_m: Array
    to_m: Array
    begin: Array
    end: Array
    time: Array
    leads: Array
    is_own: Array
    is_first: Array
    kinds: int


def timed(frames: Frames) -> Timed:
    """The splits as arrays."""
    return frames.once("splits timed", lambda: _timed(frames))


def _timed(frames: Frames) -> Timed:
    splits, persons = numbered(frames, "splits"), entrants(frames).of_splits
    points = points_of(frames, splits)
    return Timed(
        race=splits[RACE].to_numpy(),
        person=persons.to_numpy(),
        from_m=filled(splits["from_m"], np.nan),
        to_m=filled(splits["to_m"], np.nan),
        begin=points.begin,
        end=points.end,
        time=whole_numbers(splits["time_ms"]),
        leads=true(splits["basis"] == "leader"),
        is_own=true(splits["basis"] == "athlete"),
        is_first=points.begin == points.number_of(0.0),
        kinds=points.kinds,
    )


def passed(frames: Frames, basis: str) -> Grid:
    """The times from the start on the clocks of the races, or on those of the athletes."""
    return frames.once(f"passed {basis}", lambda: _grid(frames, basis))


def _grid(frames: Frames, basis: str) -> Grid:
    splits = timed(frames)
    if basis == "leader":
        rows, clock, clocks = np.flatnonzero(_at_points(splits) & splits.leads), splits.race, races(frames).height
    else:
        rows, clock, clocks = owns(frames), splits.person, entrants(frames).listed.height
        rows = rows[clock[rows] != entrants(frames).nobody]
    return Grid(clocked(frames), Passed(rows, clock[rows], splits.end[rows], splits.time[rows]), clocks, splits.kinds)


def owns(frames: Frames) -> Array:
    """The times from the start of athletes."""
    splits = timed(frames)
    return frames.once("owns", lambda: np.flatnonzero(_at_points(splits) & splits.is_own))


def _at_points(splits: Timed) -> Array:
    found: Array = splits.is_first & (splits.end > 0)
    return found


class Rest(NamedTuple):
    """The stretches that are not from the start on a clock, and of those of which all is known clock and ends in one number."""

    rows: Array
    is_clocked: Array
    stretch: Array


def rest(frames: Frames) -> Rest:
    """Whatever stands in no grid."""
    return frames.once("rest", lambda: _rest(frames))


def _rest(frames: Frames) -> Rest:
    splits, everyone = timed(frames), entrants(frames)
    has_clock = splits.leads | splits.is_own & (splits.person != everyone.nobody)
    rows = np.flatnonzero(~(_at_points(splits) & has_clock))
    begin, end = splits.begin[rows], splits.end[rows]
    clock = np.where(
        splits.leads[rows], splits.race[rows].astype(np.int64) + everyone.listed.height, splits.person[rows]
    )
    is_clocked = has_clock[rows] & (begin > 0) & (end > 0)
    return Rest(rows, is_clocked, (clock * splits.kinds + begin) * splits.kinds + end)


def laps(frames: Frames) -> pl.DataFrame:
    """Stretches from some point on that leaders ran or that may not add up, with the times at both ends."""
    return frames.once("laps", lambda: _laps(frames))


ENDS = ("from_m", "to_m")


def _laps(frames: Frames) -> pl.DataFrame:
    splits, listed, at = timed(frames), clocked(frames), _in_doubt(frames)
    rows = listed[at].with_columns(_or_null(frames, person))
    has_race = splits.race[at] != races(frames).height - 1
    for name, points in zip(ENDS, (splits.begin[at], splits.end[at]), strict=True):
        known = np.where(has_race, points, 0)
        theirs = passed(frames, "athlete").at(splits.person[at], known)
        leaders = passed(frames, "leader").at(splits.race[at], known)
        rows = rows.with_columns(_or_none(theirs, f"own_{name}"), _or_none(leaders, f"leader_{name}"))
        rows = rows.with_columns(*_passing(listed, "own", name), *_passing(listed, "leader", name))
        rows = rows.with_columns(_or_null(frames, pl.col(f"leader_{PERSON}_{name}")))
    rows = rows.with_columns(_finish(frames))
    return rows.with_columns(_end(name, at).alias(f"{at}_{name}") for name in ("time_ms", "decimals") for at in ENDS)


def _or_null(frames: Frames, number: pl.Expr) -> pl.Expr:
    return pl.when(number != entrants(frames).nobody).then(number)


def _or_none(rows: Array, name: str) -> pl.Series:
    numbers = pl.Series(name, rows)
    return numbers.set(numbers == NONE, None)


def _passing(splits: pl.DataFrame, whose: str, at: str) -> list[pl.Expr]:
    names = ("time_ms", "decimals") if whose == "own" else ("time_ms", "decimals", "athlete_id", PERSON)
    return [of(splits[name], pl.col(f"{whose}_{at}")).alias(f"{whose}_{name}_{at}") for name in names]


def _in_doubt(frames: Frames) -> Array:
    """The rows of the laps that are not, by his own clock or his finish, exactly what an athlete took for them."""
    splits, left, met = timed(frames), rest(frames), races(frames)
    # Where it begins may not be known.
    is_lap = ~(splits.from_m[left.rows] <= 0)
    rows, is_clocked = left.rows[is_lap], left.is_clocked[is_lap]
    race, person, end = splits.race[rows], splits.person[rows], splits.end[rows]
    theirs, leaders = passed(frames, "athlete"), passed(frames, "leader")
    last = theirs.time_at(person, end)
    if "results" in frames and "races" in frames:
        at_finish = (splits.to_m[rows] == filled(met["race_distance_m"], np.nan)[race]) & ~there(
            leaders.time_at(race, end)
        )
        finish = whole_numbers(entrants(frames).listed["finish_ms"])[person]
        last = np.where(~there(last) & at_finish, finish, last)
    first = theirs.time_at(person, splits.begin[rows])
    adds_up = there(first) & there(last) & (splits.time[rows] == last - first)
    is_known = is_clocked & ~splits.leads[rows] & (race != met.height - 1)
    doubtful: Array = rows[~(is_known & adds_up)]
    return doubtful


def _finish(frames: Frames) -> list[pl.Expr]:
    if "results" not in frames or "races" not in frames:
        nothing = pl.lit(None, pl.Int32)
        return [
            nothing.alias("finish_ms"),
            nothing.alias("finish_decimals"),
            pl.lit(None, pl.Float64).alias("race_distance_m"),
        ]
    listed, distance = entrants(frames).listed, races(frames)["race_distance_m"]
    finishes = [of(listed[name], person).alias(name) for name in ("finish_ms", "finish_decimals")]
    return [*finishes, of(distance, race).alias("race_distance_m")]


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
