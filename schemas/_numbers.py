"""Races as whole numbers, which are compared and found faster than text."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from bowerman_data.schemas._batches import RUN
from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas._races import race_facts

__all__ = ["BY_RACE", "PAIR", "PERSON", "RACE", "Runs", "facts_of", "numbered", "races", "runs_of"]

RACE, PERSON = "#race", "#person"
PAIR = [RACE, "athlete_id"]
BY_RACE = ("results", "splits")
"""The tables that grow without limit, and are judged a few races at a time."""


class Runs(NamedTuple):
    """Runs of rows that are alike: where each begins, and the number of the run for each row."""

    starts: pl.Series
    of_rows: pl.Series


def runs_of(frame: pl.DataFrame, label: pl.Expr) -> Runs:
    """The runs of an equal label."""
    numbers = frame.select(label.rle_id().alias("run"))
    begins = pl.arg_where(pl.col("run").ne_missing(pl.col("run").shift()))
    return Runs(numbers.select(begins).to_series(), numbers.to_series())


def races(frames: Frames) -> pl.DataFrame:
    """The races of results and splits with their facts, each in the row of its number; the last row is no race."""
    return frames.once("races met", lambda: _races(frames))


def _races(frames: Frames) -> pl.DataFrame:
    listed = [_ids(frames, name) for name in BY_RACE if name in frames]
    if len(listed) > 1 and listed[0].equals(listed[1]):
        del listed[1]
    ids = pl.concat(listed).drop_nulls().unique(maintain_order=True).to_frame()
    nothing = frames.whole.once("no race", lambda: _facts(frames).clear(1))
    return pl.concat([_with_facts(ids, _facts(frames)), nothing], rechunk=True)


def _facts(frames: Frames) -> pl.DataFrame:
    if "races" not in frames:
        return pl.DataFrame(schema={"race_id": pl.String})
    return frames.whole.once("race facts", lambda: race_facts(frames.whole).collect())


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


def _race_runs(frames: Frames, table: str) -> Runs:
    return frames.once(f"{table} runs", lambda: _runs(frames.held(table)))


def _runs(frame: pl.DataFrame) -> Runs:
    # A batch has been read with its runs counted.
    return runs_of(frame, pl.col(RUN if RUN in frame.columns else "race_id"))


def _ids(frames: Frames, table: str) -> pl.Series:
    """The race of each run."""
    race_id = frames.held(table)["race_id"]
    return race_id[_race_runs(frames, table).starts]


def numbered(frames: Frames, table: str) -> pl.DataFrame:
    """A table race by race, with the number of the race in each row."""
    return frames.once(f"{table} numbered", lambda: _numbered(frames, table))


def _numbered(frames: Frames, table: str) -> pl.DataFrame:
    frame, runs = frames.held(table), _race_runs(frames, table)
    known = races(frames).select("race_id").with_row_index(RACE)
    found = (
        _ids(frames, table).to_frame().join(known, on="race_id", how="left", nulls_equal=True, maintain_order="left")
    )
    frame = frame.hstack([found[RACE][runs.of_rows]])
    return frame if found[RACE].n_unique() == found.height else frame.sort(RACE, maintain_order=True)
