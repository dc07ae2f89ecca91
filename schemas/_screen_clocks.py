"""The clocks of races and of those who were timed, which tell whether their splits go together.

A time from the start has a cell in a grid: for each point a column of all clocks, first those of the races, on
which leaders are timed, then one for each result. From point to point, and so to the finish, a clock only rises.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import polars as pl

from bowerman_data.schemas._frames import Frames, picked, rows_where
from bowerman_data.schemas._numbers import RACE, numbered, races
from bowerman_data.schemas._screen_runs import Timed

__all__ = ["Clocks"]

from_m, to_m, time_ms = pl.col("from_m"), pl.col("to_m"), pl.col("time_ms")
clock, begin, end = pl.col("clock"), pl.col("begin"), pl.col("end")
person, race = pl.col("person"), pl.col(RACE)


class Clocks:
    """The times from the start by point and clock: first the clocks of the races, then one for each result."""

    def __init__(self, frames: Frames, splits: pl.DataFrame, timed: Timed, metres: list[float]) -> None:
        """Take the splits, their runs, and the points at which stretches begin or end."""
        self.frames, self.splits, self.timed, self.metres = frames, splits, timed, metres
        self.results, self.races = numbered(frames, "results"), races(frames).height
        self.count = self.races + self.results.height
        on_clock = timed.in_rows(timed.runs["clock"], splits.height)
        rows = splits.lazy().select("from_m", "to_m", "time_ms", clock=on_clock, end=self._number(to_m))
        if splits["to_m"].null_count() or splits["time_ms"].null_count():
            rows = rows.drop_nulls()
        passed = rows.filter(from_m == 0).select("time_ms", "clock", cell=self._cell(end))
        stretches = rows.filter(from_m != 0).with_columns(begin=self._number(from_m))
        self.passed, self.stretches = pl.collect_all([passed, stretches], engine="in-memory")
        nothing = pl.Series([None], dtype=pl.Int32).new_from_index(0, len(metres) * self.count)
        self.times = nothing.scatter(self.passed["cell"], self.passed["time_ms"])
        self.are_shared = self.times.len() - self.times.null_count() < self.passed.height
        self.led = [i for i in range(len(metres)) if self._at(i).head(self.races).is_not_null().any()]
        self.odd_finishes = self._finish()

    def _finish(self) -> pl.Series:
        """Put the finishes on the clocks, and return those that showed another time there, or a leader's."""
        finishes = self._finishes()
        shown, cell, finish = self.times.gather(finishes["cell"]), finishes["cell"], finishes["time_ms"]
        # Who led at the finish is perhaps not who finished first.
        odd = (shown != finish) | shown.is_not_null() & (finishes["clock"] < self.races)
        self.times = self.times.scatter(cell, finish)
        return finishes["clock"].filter(odd)

    def _finishes(self) -> pl.DataFrame:
        """The times at the distance of each race: of whoever finished on his clock, and of the first on that of the race."""
        results = self.results.lazy().select(RACE, "time_ms").with_row_index("clock", self.races)
        first = results.filter(race.ne_missing(race.shift())).with_columns(clock=race)
        distance = pl.col("race_distance_m") if "races" in self.frames else pl.lit(None)
        point = races(self.frames).select(self._number(distance)).to_series()
        every = pl.concat([first, results]).select("clock", "time_ms", cell=self._cell(pl.lit(point).gather(race)))
        return every.drop_nulls().collect(engine="in-memory")

    def _number(self, metre: pl.Expr) -> pl.Expr:
        number = pl.lit(None, pl.UInt32)
        for i, one in enumerate(self.metres):
            number = pl.when(metre == one).then(pl.lit(i, pl.UInt32)).otherwise(number)
        return number

    def _cell(self, point: pl.Expr, on: pl.Expr = clock) -> pl.Expr:
        return point * self.count + on

    def in_doubt(self) -> list[pl.Series]:
        """The races of the clocks that are not shown to be sound."""
        board = pl.DataFrame([self._at(i).alias(str(i)) for i in range(len(self.metres))])
        found = [*self._shared(), self.odd_finishes, _falling(board), self._ahead(board), *self._odd_stretches()]
        of_clocks = pl.concat([pl.int_range(self.races, dtype=pl.UInt32, eager=True), self.results[RACE]])
        return [of_clocks.gather(clocks) for clocks in found] + self._odd_laps()

    def _at(self, point: int) -> pl.Series:
        return self.times.slice(point * self.count, self.count)

    def _shared(self) -> Iterator[pl.Series]:
        """The clocks with two times at one point, or for one stretch."""
        if self.are_shared:
            yield self.passed.filter(pl.col("cell").is_duplicated())["clock"]
        ends = (begin.cast(pl.UInt64) * len(self.metres) + end) * self.count + clock
        if picked(self.stretches, ends.n_unique()).item() < self.stretches.height:
            yield self.stretches.filter(ends.is_duplicated())["clock"]

    def _ahead(self, board: pl.DataFrame) -> pl.Series:
        """The clocks of athletes a digit ahead of the leader's."""
        slack = _least_unit(self.frames.range_of("splits", "decimals"))
        leaders, theirs = board.head(self.races), board.slice(self.races).with_columns(self.results[RACE])
        ahead = (theirs[str(i)] <= leaders[str(i)].gather(theirs[RACE]) - slack for i in self.led)
        return rows_where(theirs, pl.any_horizontal(pl.lit(False), *ahead)) + self.races

    def _odd_stretches(self) -> Iterator[pl.Series]:
        """The clocks of athletes with a lap that is not what lies between its ends."""
        laps = self.stretches.lazy().filter(clock >= self.races).with_columns(person=clock - self.races)
        laps = laps.with_columns(self._own_time(begin).alias("at_from_m"), self._own_time(end).alias("at_to_m"))
        in_doubt = laps.filter(~self._adds_up().fill_null(False)).collect(engine="in-memory")
        if in_doubt.height:
            # His own clock does not tell.
            in_doubt = in_doubt.with_columns(pl.lit(self.results[RACE]).gather("person"))
            told = [self._told(at, point).alias(f"at_{at}") for at, point in (("from_m", begin), ("to_m", end))]
            in_doubt = in_doubt.with_columns(told).filter(~self._adds_up())
        yield in_doubt["clock"]

    def _own_time(self, point: pl.Expr) -> pl.Expr:
        return pl.lit(self.times).gather(self._cell(point))

    def _told(self, at: str, point: pl.Expr) -> pl.Expr:
        """The time of an athlete at one end of a lap: his own, or the leader's where he led."""
        led = pl.lit(self._led).gather(point * self.races + race) == person
        leaders = pl.lit(self.times).gather(self._cell(point, race))
        return pl.coalesce(f"at_{at}", pl.when(led).then(leaders))

    @cached_property
    def _led(self) -> pl.Series:
        """Who led at each point of each race."""
        rows = self.splits.lazy().select("from_m", "basis", end=self._number(to_m)).with_row_index("row")
        rows = rows.filter((pl.col("basis") == "leader") & (from_m == 0) & end.is_not_null())
        leads = rows.collect(engine="in-memory")
        runs = self.timed.at(leads["row"])
        nobody = pl.Series([None], dtype=pl.UInt32).new_from_index(0, len(self.metres) * self.races)
        return nobody.scatter(leads["end"] * self.races + runs[RACE], runs["person"])

    def _odd_laps(self) -> list[pl.Series]:
        """The races with a lap of the leaders' that is not what lies between its ends, or is not his who led at both."""
        if not (self.stretches["clock"] < self.races - 1).any():
            return []
        rows = self.splits.lazy().select("from_m", "to_m", "time_ms", "basis", "athlete_id").with_row_index("row")
        led = rows.filter(pl.col("basis") == "leader").collect(engine="in-memory")
        led = led.with_columns(self.timed.at(led["row"])[RACE])
        passing, laps = led.filter(from_m == 0), led.filter(from_m != 0)
        for at in ("from_m", "to_m"):
            told = time_ms.alias(f"at_{at}"), pl.col("athlete_id").alias(f"leader_{at}")
            laps = laps.join(passing.select(RACE, to_m.alias(at), *told), on=[RACE, at], how="left")
        # Without a time at both ends there is nothing to add up, and nobody led.
        open_ended = pl.any_horizontal(pl.col("at_from_m", "at_to_m").is_null())
        return [laps.filter(~(open_ended | self._adds_up() & _is_the_leaders()).fill_null(False))[RACE]]

    def _adds_up(self) -> pl.Expr:
        """To the last digit of all three times, were they given to as many decimals as any here."""
        split, result = (_least_unit(self.frames.range_of(table, "decimals")) for table in ("splits", "results"))
        return (time_ms - (pl.col("at_to_m") - pl.col("at_from_m"))).abs() < 2 * split + min(split, result)


def _least_unit(decimals: tuple[float, float] | None) -> int:
    """The last digit's worth in ms of the times with most decimals."""
    return 1 if decimals is None else 1000 // 10 ** int(min(max(decimals[1], 0), 3))


def _is_the_leaders() -> pl.Expr:
    name, first, last = pl.col("athlete_id"), pl.col("leader_from_m"), pl.col("leader_to_m")
    return pl.when(first == last).then(name.eq_missing(first)).when(first != last).then(name.is_null())


def _falling(board: pl.DataFrame) -> pl.Series:
    """The clocks that do not rise from point to point."""
    first, *others = (pl.col(name) for name in board.columns)
    last, doubt = first, [pl.lit(False)]
    for here in others:
        doubt.append(here <= last)
        last = pl.coalesce(here, last)
    return rows_where(board, pl.any_horizontal(doubt))
