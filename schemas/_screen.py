"""Races that are beyond doubt: what a few comparisons of whole columns clear of every rule.

Nearly every race of an archive is sound, and of most that can be shown at little cost. What is shown here is always
enough and seldom necessary: a race that it does not clear is judged by the rules themselves, which alone say what
is wrong. So whatever this misses costs time, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

import numpy as np
import polars as pl

from bowerman_data.schemas._arrays import Array, marked
from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas._numbers import RACE, numbers, races, spread, starts
from bowerman_data.schemas._screen_results import doubtful_results, odd_ids, strange_ids
from bowerman_data.schemas._screen_splits import doubtful_splits

__all__ = ["clears", "in_doubt"]

CLEARED = {
    "results": {
        "no-missing-value",
        "value-in-domain",
        "known-reference",
        "one-time-per-athlete",
        "ordered-finish-times",
        "places-count-up",
        "status-explains-nulls",
        "mark-is-its-time",
        "points-follow-scale",
        "known-nation",
        "nation-of-its-day",
        "known-codes",
        "consistent-codes",
        "humanly-possible",
        "humanly-plausible",
        "at-most-one-world-lead",
        "coverage-holds",
    },
    "splits": {
        "no-missing-value",
        "value-in-domain",
        "known-reference",
        "mark-is-its-time",
        "one-split-per-stretch",
        "splits-increase",
        "laps-add-up",
        "split-before-finish",
        "leader-is-fastest",
        "pace-is-human",
        "split-has-an-entrant",
        "within-the-distance",
        "lap-belongs-to-its-leader",
    },
}
"""The rules that a race beyond doubt breaks none of."""


def clears(slugs: Mapping[str, set[str]]) -> bool:
    """Whether of every table all of these rules are among those."""
    return "results" in slugs and all(of_table <= CLEARED[table] for table, of_table in slugs.items())


def in_doubt(frames: Frames) -> dict[str, pl.DataFrame]:
    """The rows of results and splits whose race is not beyond doubt."""
    found = [doubtful_results(frames), _doubtful_races(frames)]
    if "splits" in frames:
        found.append(doubtful_splits(frames))
    # The last number is no race, and its rows are not cleared.
    last = races(frames).height - 1
    doubt = marked(np.concatenate([[last], *chain.from_iterable(found)]).astype(np.intp), last + 1)
    return {name: _rows_of(frames, name, doubt) for name in CLEARED if name in frames}


def _doubtful_races(frames: Frames) -> Iterator[Array]:
    """The races that the table of races does not have, or under an id that is none."""
    met = races(frames).with_row_index(RACE).filter(pl.col("race_id").is_not_null())
    if "races" not in frames:
        yield met.filter(pl.col("race_id").is_in(odd_ids(met["race_id"]).implode()))[RACE].to_numpy()
        return
    strange = pl.col("race_id").is_in(strange_ids(frames.whole, "races").implode())
    yield met.filter(pl.col("race_found").is_null() | strange)[RACE].to_numpy()


def _rows_of(frames: Frames, table: str, doubt: Array) -> pl.DataFrame:
    rows, here = frames.held(table), doubt[numbers(frames, table).to_numpy()]
    if not here.any():
        return rows.clear()
    return rows.filter(spread(pl.Series(here), starts(frames, table), rows.height))
