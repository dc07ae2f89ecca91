"""Splits as runs of rows of one athlete on one clock, each with the result of the one who was timed."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from bowerman_data.schemas._batches import changes
from bowerman_data.schemas._frames import Frames, positions
from bowerman_data.schemas._numbers import RACE, numbered, numbers, races, spread, starts
from bowerman_data.schemas._people import pair_hash
from bowerman_data.schemas._screen_columns import WHO, who

__all__ = ["Timed", "timed"]

own, person, race = pl.col("own"), pl.col("person"), pl.col(RACE)


class Timed(NamedTuple):
    """Runs of rows of one athlete on one clock, and the first row of each."""

    runs: pl.DataFrame
    first: pl.Series

    def at(self, rows: pl.Series) -> pl.DataFrame:
        """The runs that some rows are in."""
        return self.runs[self.first.search_sorted(rows, side="right") - 1]

    def in_rows(self, values: pl.Series, height: int) -> pl.Series:
        """In each row what is known of its run."""
        return spread(values, self.first, height)


def timed(frames: Frames, splits: pl.DataFrame) -> Timed:
    """The runs of the splits."""
    is_own, athlete = splits["basis"] == "athlete", who(frames, "splits")
    of_races = starts(frames, "splits")
    begins = pl.Series([False]).new_from_index(0, splits.height).scatter(of_races, True)
    first = positions(begins | changes(athlete) | changes(is_own))
    number = spread(numbers(frames, "splits"), first.search_sorted(of_races), first.len())
    nobody = splits["athlete_id"].is_null().gather(first)
    runs = pl.DataFrame({RACE: number, WHO: athlete.gather(first), "own": is_own.gather(first), "nobody": nobody})
    return Timed(_clocked(frames, runs.hstack([_persons(frames, runs)])), first)


def _persons(frames: Frames, runs: pl.DataFrame) -> pl.Series:
    """The row of the result of each, null where there is none."""
    results = numbered(frames, "results")
    listed = pl.DataFrame([results[RACE], who(frames, "results"), results["status"]]).with_row_index("person")
    theirs, led = runs.filter("own"), runs.filter(~pl.col("own"))
    found = pl.Series("person", [None], pl.UInt32).new_from_index(0, runs.height)
    found = found.scatter(positions(runs["own"]), _in_step(theirs, listed))
    return found.scatter(positions(~runs["own"]), _position(led, listed))


def _in_step(theirs: pl.DataFrame, results: pl.DataFrame) -> pl.Series:
    """The same, told at once where athletes stand in splits as they do in results."""
    for listed in (results, results.filter(pl.col("status") != "DNS")):
        if theirs.height == listed.height and all(theirs[name].equals(listed[name]) for name in (RACE, WHO)):
            return listed["person"]
    return _position(theirs, results)


def _position(runs: pl.DataFrame, results: pl.DataFrame) -> pl.Series:
    wanted = runs.select(pair_hash(pl.col(WHO))).with_row_index("at")
    found = wanted.join(results.select(pair_hash(pl.col(WHO)), "person"), on="key")
    return pl.Series("person", [None], pl.UInt32).new_from_index(0, runs.height).scatter(found["at"], found["person"])


def _clocked(frames: Frames, runs: pl.DataFrame) -> pl.DataFrame:
    """The runs with the number of their clock: where it is in doubt who was timed, that of no race."""
    has_started, no_race = numbered(frames, "results")["status"] != "DNS", races(frames).height - 1
    started = pl.lit(has_started).gather("person").fill_null(False)
    on = pl.when(own & started).then(person + no_race + 1).when(~own & (pl.col("nobody") | started)).then(race)
    return runs.with_columns(clock=on.otherwise(no_race).fill_null(no_race))
