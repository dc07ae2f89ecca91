"""Everybody in a race, each once, with a number that stands for race and athlete."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from bowerman_data.schemas._batches import changes
from bowerman_data.schemas._frames import Frames, picked, positions
from bowerman_data.schemas._numbers import BY_RACE, PAIR, PERSON, RACE, numbered, races, spread

__all__ = ["People", "entrants", "met", "pair_hash", "stand_once"]

SPREAD = 0x9E37_79B9_7F4A_7C15
"""An odd number that spreads small ones over 64 bits."""
ATHLETE = pl.col("athlete_id").hash()
NOBODY = pl.Schema(
    {
        RACE: pl.UInt32(),
        "athlete_id": pl.String(),
        "result_ms": pl.Int32(),
        "finish_ms": pl.Int32(),
        "finish_decimals": pl.Int16(),
        "started": pl.Boolean(),
    }
)


class People(NamedTuple):
    """Everybody in a race, each once and in the row of his number there, and whose number each split has.

    The last row is nobody.
    """

    listed: pl.DataFrame
    of_splits: pl.Series

    @property
    def nobody(self) -> int:
        """The number that is no person's."""
        return self.listed.height - 1


def people(frames: Frames, finishes: pl.DataFrame) -> People:
    """Those of the results, in the order of `finishes`, and behind them whoever has splits only."""
    frame = numbered(frames, "splits")
    own = (pl.col("basis") == "athlete").alias("own")
    parts = frame.lazy().select(*PAIR, own).collect(engine="in-memory")
    first = positions(changes(parts[RACE]) | changes(parts["athlete_id"]) | changes(parts["own"]))
    alike = parts[first]
    number = _in_step(alike, finishes).alias(PERSON)
    if number.null_count():
        others = alike.select(PAIR).filter(number.is_null()).drop_nulls().unique(maintain_order=True)
        among_others = _position(alike, others) + finishes.height
        number = pl.select(pl.coalesce(number, among_others).fill_null(finishes.height + others.height)).to_series()
        finishes = pl.concat([finishes, others], how="diagonal")
    listed = pl.concat([finishes, finishes.clear(1)], rechunk=True)
    return People(listed, spread(number, first, frame.height))


def _in_step(runs: pl.DataFrame, finishes: pl.DataFrame) -> pl.Series:
    """The position of each run, which is quickly told where athletes stand in splits as they do in results."""
    theirs, leaders = runs.filter("own"), runs.filter(~pl.col("own"))
    if leaders.height + theirs.height < runs.height or not _are_equal(theirs, finishes):
        return _position(runs, finishes)
    keys = finishes.select(pair_hash()).to_series()
    led = positions(keys.is_in(leaders.select(pair_hash()).to_series().implode()))
    of_leaders = led.gather(_position(leaders, finishes[led])).cast(pl.UInt32)
    numbers = pl.Series("at", [None], pl.UInt32).new_from_index(0, runs.height)
    numbers = numbers.scatter(positions(runs["own"]), pl.int_range(theirs.height, dtype=pl.UInt32, eager=True))
    return numbers.scatter(positions(~runs["own"]), of_leaders)


def _are_equal(some: pl.DataFrame, others: pl.DataFrame) -> bool:
    return some.height == others.height and all(some[name].equals(others[name]) for name in PAIR)


def _position(rows: pl.DataFrame, among: pl.DataFrame) -> pl.Series:
    """In which row of `among`, where each pair stands once, the pairs stand; null where in none."""
    hashes = among.select(pair_hash()).with_row_index("at")
    found = rows.select(pair_hash()).join(hashes, on="key", how="left", maintain_order="left")["at"]
    if found.len() == rows.height and _are_those(rows, among, found):
        return found
    # Two pairs had one hash.
    exact = among.select(PAIR).with_row_index("at")
    return rows.join(exact, on=PAIR, how="left", maintain_order="left")["at"]


def stand_once(pairs: pl.DataFrame) -> bool:
    """Whether no two rows are of one athlete in one race; a collision of hashes says no, and costs time only."""
    return picked(pairs, pair_hash()).to_series().n_unique() == pairs.height


def pair_hash(athlete: pl.Expr = ATHLETE) -> pl.Expr:
    """A hash of race and athlete, which two pairs hardly ever share, of that of the athlete."""
    return (athlete ^ (pl.col(RACE).cast(pl.UInt64) * SPREAD)).alias("key")


def _are_those(rows: pl.DataFrame, among: pl.DataFrame, found: pl.Series) -> bool:
    differ = [pl.lit(among[name]).gather("at") != pl.col(name) for name in PAIR]
    told = rows.select(*PAIR, found.alias("at")).select(pl.any_horizontal(differ).any())
    return not told.item()


def entrants(frames: Frames) -> People:
    """Everybody in results and splits."""
    return frames.once("entrants", lambda: people(frames, finishes(frames)))


def finishes(frames: Frames) -> pl.DataFrame:
    """Of each athlete in a race the time and whether he started."""
    return frames.once("finishes", lambda: _finishes(frames))


def _finishes(frames: Frames) -> pl.DataFrame:
    if "results" not in frames:
        return NOBODY.to_frame()
    finished, time_ms = pl.col("status") == "OK", pl.col("time_ms")
    rows = numbered(frames, "results").filter(pl.col("race_id").is_not_null() & pl.col("athlete_id").is_not_null())
    listed = rows.select(
        RACE,
        "athlete_id",
        result_ms="time_ms",
        finish_ms=pl.when(finished).then("time_ms"),
        finish_decimals=pl.when(finished).then("decimals"),
        started=pl.col("status") != "DNS",
    )
    if stand_once(listed):
        return listed
    by_time = rows.sort("time_ms", "decimals", nulls_last=True)
    return by_time.group_by(RACE, "athlete_id", maintain_order=True).agg(
        result_ms=time_ms.first(),
        finish_ms=time_ms.filter(finished).first(),
        finish_decimals=pl.col("decimals").filter(finished).first(),
        started=(pl.col("status") != "DNS").any(),
    )


def met(frames: Frames, table: str, name: str) -> pl.Series:
    """The values of a column, each at least once, and perhaps some that only the other table of the races has."""
    if table in BY_RACE and name == "race_id":
        return races(frames)["race_id"].drop_nulls()
    if table in BY_RACE and name == "athlete_id":
        return frames.once("athletes met", lambda: _athletes(frames))
    return frames.values(table, name)


def _athletes(frames: Frames) -> pl.Series:
    if "results" not in frames:
        return _strangers(frames)
    return pl.concat([numbered(frames, "results")["athlete_id"].drop_nulls(), _strangers(frames)])


def _strangers(frames: Frames) -> pl.Series:
    """Whoever has splits and no result in the race."""
    if "splits" not in frames:
        return pl.Series("athlete_id", [], pl.String)
    return entrants(frames).listed["athlete_id"].slice(finishes(frames).height).drop_nulls()
