"""The invariants of marks that are not shared with another table."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from bowerman_data.schemas._clauses import Clause, rule
from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas._races import bound, impossible, possible

__all__: list[str] = []


@rule("humanly-possible", "marks")
def humanly_possible(frames: Frames, table: str) -> Iterator[Clause]:
    """A time lies within what a human has run; marks do not tell the sex."""
    discipline, anybody = pl.col("discipline"), pl.lit("X")
    least, most = (bound(name, discipline, anybody) for name in ("hard_min_ms", "hard_max_ms"))
    yield Clause("time_ms", impossible(pl.col("distance_m"), least, most), possible(least, most))
