"""The clocks of races and of those who were timed, which tell whether their splits go together.

A time from the start has a cell in a grid: for each point a row of all clocks, first those of the races, on
which leaders are timed, then one for each result. From point to point, and so to the finish, a clock only rises.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl

from bowerman_data.schemas._arrays import NOTHING, Array, filled, there, true, whole_numbers
from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas._numbers import RACE, numbered, races
from bowerman_data.schemas._points import Points
from bowerman_data.schemas._screen_runs import NOBODY, Runs

__all__ = ["Clocks"]

from_m, to_m, time_ms = pl.col("from_m"), pl.col("to_m"), pl.col("time_ms")


class Laps(NamedTuple):
    """Stretches that do not begin at the start: clock, numbers of both ends, and time."""

    clock: Array
    begin: Array
    end: Array
    time: Array

    def where(self, wanted: Array) -> Laps:
        """Some of them."""
        return Laps(*(values[wanted] for values in self))


class Clocks:
    """The times from the start by point and clock: first the clocks of the races, then one for each result.

    The row of the grid of which the number is no point is empty.
    """

    def __init__(self, frames: Frames, runs: Runs, points: Points) -> None:
        """Take the runs of the splits, and the points of each."""
        self.frames, self.splits, self.runs, self.points = frames, frames.held("splits"), runs, points
        self.races, self.race = races(frames).height, numbered(frames, "results")[RACE].to_numpy()
        self.count = self.races + self.race.size
        clock = runs.in_rows(runs.clock.astype(np.int32), self.splits.height)
        time = whole_numbers(self.splits["time_ms"])
        is_first = self._are_at(0.0, points.begin)
        self.times = np.full(points.kinds * self.count, NOTHING, np.int32)
        self._put(points.end * is_first, clock, time)
        is_passed = is_first & (points.end > 0) & there(time)
        are_shared = np.count_nonzero(there(self.times)) < np.count_nonzero(is_passed)
        cells = self._cells(points.end[is_passed], clock[is_passed]) if are_shared else clock[:0]
        self.shared = _doubled(cells % self.count, cells)
        laps = np.flatnonzero(~is_first)
        self.laps = Laps(clock[laps], points.begin[laps], points.end[laps], time[laps].astype(np.int64))
        self.led = [row for row in range(points.kinds) if there(self._at(row)[: self.races]).any()]
        self.odd_finishes = list(self._finish())

    def _are_at(self, metre: float, points: Array) -> Array:
        found: Array = points == self.points.number_of(metre)
        return found

    def _cells(self, point: Array, clock: Array) -> Array:
        cells: Array = point.astype(np.int32)
        cells *= np.int32(self.count)
        cells += clock
        return cells

    def _at(self, point: int) -> Array:
        return self.times[point * self.count : (point + 1) * self.count]

    def _finish(self) -> Iterator[Array]:
        """Put the finishes on the clocks, and return those that showed another time there, or a leader's."""
        goals, time = self._goals(), whole_numbers(numbered(self.frames, "results")["time_ms"])
        first = np.flatnonzero(np.diff(self.race, prepend=-1))
        before, clocks = self.times.copy(), np.arange(self.races, self.count, dtype=np.int32)
        shown = before[self._put(goals[self.race], clocks, time)]
        yield np.flatnonzero(there(shown) & (shown != time)) + self.races
        # Who led at the finish is perhaps not who finished first.
        leaders = self.race[first]
        yield leaders[there(before[self._put(goals[leaders], leaders, time[first])])]

    def _put(self, points: Array, clocks: Array, times: Array) -> Array:
        """Put times where there are points and times, and return their cells."""
        cells = self._cells(points * there(times), clocks)
        self.times[cells] = times
        self.times[: self.count] = NOTHING
        return cells

    def _goals(self) -> Array:
        """The number of the point where each race ends."""
        if "races" not in self.frames:
            return np.zeros(self.races, np.uint8)
        return self.points.numbers(filled(races(self.frames)["race_distance_m"], np.nan))

    def _races_of(self, clocks: Array) -> Array:
        return np.concatenate([np.arange(self.races, dtype=np.uint32), self.race])[clocks]

    def in_doubt(self) -> Iterator[Array]:
        """The races of the clocks that are not shown to be sound."""
        board = self.times.reshape(self.points.kinds, self.count)
        for clocks in (self.shared, *self.odd_finishes, _falling(board), self._ahead(board), *self._odd_laps()):
            yield self._races_of(clocks)
        yield self._odd_laps_of_leaders()

    def _ahead(self, board: Array) -> Array:
        """The clocks of athletes a digit ahead of the leader's."""
        slack = _least_unit(self.frames.range_of("splits", "decimals"))
        ahead = np.zeros(self.race.size, bool)
        for point in self.led:
            leaders, theirs = board[point, : self.races], board[point, self.races :]
            ahead |= there(theirs) & (theirs <= leaders[self.race] - slack)
        return np.flatnonzero(ahead) + self.races

    def _odd_laps(self) -> Iterator[Array]:
        """The clocks with a lap that stands twice, and of athletes with one that is not what lies between its ends."""
        clock, begin, end, _ = self.laps
        yield _doubled(clock, (begin.astype(np.int64) * self.points.kinds + end) * self.count + clock)
        laps = self.laps.where(np.flatnonzero(clock >= self.races))
        ends = [self.times[self._cells(point, laps.clock)] for point in (laps.begin, laps.end)]
        odd = np.flatnonzero(~(_are_known(*ends) & self._adds_up(laps, *ends)))
        if odd.size:
            # Where his own clock does not tell, the leader's may.
            laps = laps.where(odd)
            ends = [
                self._told(laps, *end) for end in zip((laps.begin, laps.end), (ends[0][odd], ends[1][odd]), strict=True)
            ]
            yield laps.clock[_are_known(*ends) & ~self._adds_up(laps, *ends)]

    def _adds_up(self, laps: Laps, begin: Array, end: Array) -> Array:
        found: Array = abs(laps.time - (end - begin)) < self._slack
        return found

    @cached_property
    def _slack(self) -> int:
        """The last digits of all three times, were they given to as many decimals as any here."""
        split, result = (_least_unit(self.frames.range_of(table, "decimals")) for table in ("splits", "results"))
        return 2 * split + min(split, result)

    def _told(self, laps: Laps, point: Array, own: Array) -> Array:
        """The time of each athlete at one end of a lap: his own, or the leader's where he led."""
        at = self._cells(point, self._races_of(laps.clock))
        led = self._leaders[at] == laps.clock - self.races
        return np.where(there(own), own, np.where(led, self.times[at], NOTHING))

    @cached_property
    def _leaders(self) -> Array:
        """Who led at each point of each race."""
        rows = np.flatnonzero(self._are_at(0.0, self.points.begin) & true(self.splits["basis"] == "leader"))
        run = self.runs.of(rows)
        leaders = np.full(self.times.size, NOBODY)
        leaders[self._cells(self.points.end[rows], self.runs.race[run])] = self.runs.person[run]
        return leaders

    def _odd_laps_of_leaders(self) -> Array:
        """The races with a lap of the leaders' that is not what lies between its ends, or is not his who led at both."""
        if not (self.laps.clock < self.races - 1).any():
            return self.race[:0]
        rows = self.splits.lazy().select("from_m", "to_m", "time_ms", "basis", "athlete_id").with_row_index("row")
        led = rows.filter(pl.col("basis") == "leader").collect(engine="in-memory")
        led = led.with_columns(pl.Series(RACE, self.runs.race[self.runs.of(led["row"].to_numpy())]))
        passing, laps = led.filter(from_m == 0), led.filter(from_m != 0)
        for at in ("from_m", "to_m"):
            told = time_ms.alias(f"at_{at}"), pl.col("athlete_id").alias(f"leader_{at}")
            laps = laps.join(passing.select(RACE, to_m.alias(at), *told), on=[RACE, at], how="left")
        # Without a time at both ends there is nothing to add up, and nobody led.
        open_ended = pl.any_horizontal(pl.col("at_from_m", "at_to_m").is_null())
        adds_up = (time_ms - (pl.col("at_to_m") - pl.col("at_from_m"))).abs() < self._slack
        return laps.filter(~(open_ended | adds_up & _is_the_leaders()).fill_null(False))[RACE].to_numpy()


def _least_unit(decimals: tuple[float, float] | None) -> int:
    """The last digit's worth in ms of the times with most decimals."""
    return 1 if decimals is None else 1000 // 10 ** int(min(max(decimals[1], 0), 3))


def _is_the_leaders() -> pl.Expr:
    name, first, last = pl.col("athlete_id"), pl.col("leader_from_m"), pl.col("leader_to_m")
    return pl.when(first == last).then(name.eq_missing(first)).when(first != last).then(name.is_null())


def _doubled(clocks: Array, keys: Array) -> Array:
    """The clocks of which a key stands several times."""
    listed = pl.Series(keys)
    return clocks[:0] if listed.n_unique() == listed.len() else clocks[listed.is_duplicated().to_numpy()]


def _are_known(begin: Array, end: Array) -> Array:
    return there(begin) & there(end)


def _falling(board: Array) -> Array:
    """The clocks that do not rise from point to point."""
    last, falls = board[0].copy(), np.zeros(board.shape[1], bool)
    for here in board[1:]:
        shown = there(here)
        falls |= shown & (here <= last)
        np.copyto(last, here, where=shown)
    return np.flatnonzero(falls)
