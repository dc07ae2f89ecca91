"""Splits as runs of rows of one athlete on one clock, each with the result of the one who was timed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from bowerman_data.schemas._arrays import Array, marked, repeated, true
from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas._numbers import RACE, numbered, numbers, races, starts
from bowerman_data.schemas._people import pair_hash
from bowerman_data.schemas._screen_columns import WHO, who

__all__ = ["Runs", "runs_of"]

NOBODY = -1


class Runs(NamedTuple):
    """The first row of each run, its race, its person as the row of the result (-1 where there is none), and its clock."""

    first: Array
    race: Array
    person: Array
    clock: Array

    def of(self, rows: Array) -> Array:
        """The run that each of some rows is in."""
        return np.searchsorted(self.first, rows, side="right") - 1

    def in_rows(self, values: Array, height: int) -> Array:
        """In each row what is known of its run."""
        return repeated(values, self.first, height)


def runs_of(frames: Frames, splits: pl.DataFrame) -> Runs:
    """The runs of the splits."""
    is_own, athlete = true(splits["basis"] == "athlete"), who(frames, "splits").to_numpy()
    of_races = starts(frames, "splits").to_numpy()
    begins = marked(of_races, splits.height)
    begins[1:] |= (athlete[1:] != athlete[:-1]) | (is_own[1:] != is_own[:-1])
    first = np.flatnonzero(begins)
    race = repeated(numbers(frames, "splits").to_numpy().astype(np.intp), np.searchsorted(first, of_races), first.size)
    own, nobody = is_own[first], true(splits["athlete_id"].is_null())[first]
    person = _persons(frames, pl.DataFrame({RACE: race.astype(np.uint32), WHO: athlete[first]}), own)
    return Runs(first, race, person, _clocks(frames, race, person, own, nobody))


def _persons(frames: Frames, runs: pl.DataFrame, own: Array) -> Array:
    results = numbered(frames, "results")
    listed = pl.DataFrame([results[RACE], who(frames, "results"), results["status"]]).with_row_index("person")
    found = np.empty(runs.height, np.intp)
    theirs, leaders = np.flatnonzero(own), np.flatnonzero(~own)
    found[theirs] = _in_step(runs[theirs], listed)
    found[leaders] = _positions(runs[leaders], listed)
    return found


def _in_step(theirs: pl.DataFrame, results: pl.DataFrame) -> Array:
    """The same, told at once where athletes stand in splits as they do in results."""
    if theirs.height < results.height:
        results = results.filter(pl.col("status") != "DNS")
    if theirs.height == results.height and all(theirs[name].equals(results[name]) for name in (RACE, WHO)):
        return results["person"].to_numpy()
    return _positions(theirs, results)


def _positions(runs: pl.DataFrame, results: pl.DataFrame) -> Array:
    wanted = runs.select(pair_hash(pl.col(WHO))).with_row_index("at")
    found = wanted.join(results.select(pair_hash(pl.col(WHO)), "person"), on="key")
    persons = np.full(runs.height, NOBODY, np.intp)
    persons[found["at"].to_numpy()] = found["person"].to_numpy()
    return persons


def _clocks(frames: Frames, race: Array, person: Array, own: Array, nobody: Array) -> Array:
    """The clock of each run: where it is in doubt who was timed, that of no race."""
    started, no_race = true(numbered(frames, "results")["status"] != "DNS"), races(frames).height - 1
    is_timed = np.append(started, False)[person]
    return np.where(own & is_timed, person + no_race + 1, np.where(~own & (nobody | is_timed), race, no_race))
