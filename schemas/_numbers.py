"""Races as whole numbers, which are compared and found faster than text."""

from __future__ import annotations

import polars as pl

from bowerman_data.schemas._arrays import repeated
from bowerman_data.schemas._batches import BEGINS, changes
from bowerman_data.schemas._directory import Directory
from bowerman_data.schemas._frames import Frames, positions
from bowerman_data.schemas._races import race_facts

__all__ = [
    "BY_RACE",
    "PAIR",
    "PERSON",
    "RACE",
    "changes",
    "facts_of",
    "ids",
    "numbered",
    "numbers",
    "races",
    "spread",
    "starts",
]

RACE, PERSON = "#race", "#person"
PAIR = [RACE, "athlete_id"]
BY_RACE = ("results", "splits")
"""The tables that grow without limit, and are judged a few races at a time."""


def races(frames: Frames) -> pl.DataFrame:
    """The races of results and splits with their facts, each in the row of its number; the last row is no race."""
    return frames.once("races met", lambda: _races(frames))


def _races(frames: Frames) -> pl.DataFrame:
    listed = [ids(frames, name) for name in BY_RACE if name in frames]
    if len(listed) > 1 and listed[0].equals(listed[1]):
        del listed[1]
    met = pl.concat(listed).drop_nulls().unique(maintain_order=True).to_frame()
    nothing = frames.whole.once("no race", lambda: _facts(frames).clear(1))
    return pl.concat([_with_facts(met, frames), nothing], rechunk=True)


def _facts(frames: Frames) -> pl.DataFrame:
    if "races" not in frames:
        return pl.DataFrame(schema={"race_id": pl.String})
    return frames.whole.once("race facts", lambda: race_facts(frames.whole).collect())


def _with_facts(ids: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    facts = _facts(frames)
    at = facts["race_id"].index_of(ids["race_id"].first()) if ids.height else None
    if at is not None and facts["race_id"].slice(at, ids.height).equals(ids["race_id"]):
        # The table of races has them in the same order.
        return facts.slice(at, ids.height)
    listed = frames.whole.once("directory of race facts", lambda: Directory(facts["race_id"]))
    found = facts[listed.rows_of(ids["race_id"].hash())]
    if found["race_id"].equals(ids["race_id"]):
        return found
    few = facts.join(ids, on="race_id", how="semi")
    return ids.join(few, on="race_id", how="left", maintain_order="left")


def unknown_races(frames: Frames) -> pl.Series:
    """The races that the table of races does not have."""
    listed = races(frames)
    return listed.filter(pl.col("race_found").is_null())["race_id"].drop_nulls()


def facts_of(met: pl.DataFrame) -> list[str]:
    """The columns that tell of the races."""
    return [name for name in met.columns if name != "race_id"]


def starts(frames: Frames, table: str) -> pl.Series:
    """The rows in which the race is another than in the row above."""
    return frames.once(f"{table} starts", lambda: _starts(frames.held(table)))


def _starts(frame: pl.DataFrame) -> pl.Series:
    # A batch has been read with its races told apart.
    begins = frame[BEGINS] if BEGINS in frame.columns else changes(frame["race_id"])
    return positions(begins)


def ids(frames: Frames, table: str) -> pl.Series:
    """The race that each run of rows is of."""
    return frames.once(f"{table} runs", lambda: frames.held(table)["race_id"].gather(starts(frames, table)))


def numbers(frames: Frames, table: str) -> pl.Series:
    """The number of the race that each run of rows is of."""
    return frames.once(f"{table} numbers", lambda: _numbers(frames, table))


def _numbers(frames: Frames, table: str) -> pl.Series:
    known = races(frames)["race_id"]
    here = ids(frames, table)
    if known.head(here.len()).equals(here):
        return pl.int_range(here.len(), dtype=pl.UInt32, eager=True).alias(RACE)
    found = here.to_frame().join(
        known.to_frame().with_row_index(RACE), on="race_id", how="left", nulls_equal=True, maintain_order="left"
    )
    return found[RACE]


def numbered(frames: Frames, table: str) -> pl.DataFrame:
    """A table race by race, with the number of the race in each row."""
    return frames.once(f"{table} numbered", lambda: _numbered(frames, table))


def _numbered(frames: Frames, table: str) -> pl.DataFrame:
    frame, number = frames.held(table), numbers(frames, table)
    frame = frame.hstack([spread(number, starts(frames, table), frame.height)])
    return frame if number.n_unique() == number.len() else frame.sort(RACE, maintain_order=True)


def spread(values: pl.Series, first: pl.Series, height: int) -> pl.Series:
    """In each row the value of its run; the runs begin in the rows `first`, and no value is null."""
    return pl.Series(values.name, repeated(values.to_numpy(), first.to_numpy(), height))
