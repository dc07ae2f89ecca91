"""Races as whole numbers, which are compared and found faster than text."""

from __future__ import annotations

import polars as pl

from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas._races import race_facts

__all__ = ["BY_RACE", "PAIR", "PERSON", "RACE", "facts_of", "new_in", "numbered", "races", "spread"]

RACE, PERSON = "#race", "#person"
PAIR = [RACE, "athlete_id"]
BY_RACE = ("results", "splits")
"""The tables that grow without limit, and are judged a few races at a time."""


def new_in(frame: pl.DataFrame, *columns: str) -> pl.Series:
    """True for a row that differs in one of the columns from the row above it, and for the first."""
    differs = [pl.col(name).ne_missing(pl.col(name).shift()) for name in columns]
    first = pl.int_range(pl.len()) == 0
    return frame.select(pl.any_horizontal(*differs, first).alias("new")).to_series()


def spread(of_runs: pl.Series, begins: pl.Series) -> pl.Series:
    """What is known of each run, for each of its rows."""
    return of_runs.gather(begins.cum_sum() - 1)


def races(frames: Frames) -> pl.DataFrame:
    """The races of results and splits with their facts, each in the row of its number; the last row is no race."""
    return frames.once("races met", lambda: _races(frames))


def _races(frames: Frames) -> pl.DataFrame:
    listed = [frame.filter(new_in(frame, "race_id")) for frame in _ids(frames)]
    ids = pl.concat(listed).drop_nulls().unique(maintain_order=True)
    if "races" in frames:
        facts = frames.whole.once("race facts", lambda: race_facts(frames.whole).collect())
        ids = _with_facts(ids, facts)
    return pl.concat([ids, ids.clear(1)], rechunk=True)


def _with_facts(ids: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    at = facts["race_id"].index_of(ids["race_id"].first()) if ids.height else None
    if at is not None and facts["race_id"].slice(at, ids.height).equals(ids["race_id"]):
        # The table of races has them in the same order.
        return facts.slice(at, ids.height)
    few = facts.join(ids, on="race_id", how="semi")
    return ids.join(few, on="race_id", how="left", maintain_order="left")


def unknown_races(frames: Frames) -> pl.Series:
    """The races that the table of races does not have."""
    listed = races(frames)
    return listed.filter(pl.col("race_found").is_null())["race_id"].drop_nulls()


def facts_of(met: pl.DataFrame) -> list[str]:
    """The columns that tell of the races."""
    return [name for name in met.columns if name != "race_id"]


def _ids(frames: Frames) -> list[pl.DataFrame]:
    return pl.collect_all([frames[name].select("race_id") for name in BY_RACE if name in frames])


def numbered(frames: Frames, table: str) -> pl.DataFrame:
    """A table with the number of the race in each row."""
    return frames.once(f"{table} numbered", lambda: _numbered(frames, table))


def _numbered(frames: Frames, table: str) -> pl.DataFrame:
    frame, known = frames[table].collect(), races(frames).select("race_id").with_row_index(RACE)
    begins = new_in(frame, "race_id")
    runs = frame.select("race_id").filter(begins)
    found = runs.join(known, on="race_id", how="left", nulls_equal=True, maintain_order="left")
    return frame.with_columns(spread(found[RACE], begins))
