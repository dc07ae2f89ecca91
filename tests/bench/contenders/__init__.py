"""What judges an archive, a module each: importing it is its import, `judge(folder)` its work.

`judge` returns the violations by rule, zero where a rule holds, and nothing for a rule that it does not judge.
"""

from __future__ import annotations

__all__ = ["CONTENDERS", "FLOOR", "GX", "OTHERS", "OURS", "OURS_ALONE", "PANDERA"]

FLOOR, PANDERA, GX = "floor", "ours_pandera", "ours_gx"
OURS = (PANDERA, GX, "ours_spark")
OTHERS = ("pointblank_polars", "dataframely_polars", "pandera_polars", "gx_pandas")

CONTENDERS = {
    FLOOR: "bare read of every column",
    PANDERA: "bowerman-data, Pandera side",
    GX: "bowerman-data, Great Expectations side",
    "ours_spark": "bowerman-data on Spark, local",
    "dataframely_polars": "dataframely",
    "pandera_polars": "Pandera on Polars, a check a rule",
    "pointblank_polars": "pointblank on Polars",
    "gx_pandas": "Great Expectations on pandas",
}
"""What each is called, in the order of the tables."""

OURS_ALONE = (
    *("consistent-codes", "coverage-holds", "declared-columns", "discipline-is-its-distance"),
    *("lap-belongs-to-its-leader", "nation-of-its-day", "never-empty", "points-follow-scale", "record-beats-record"),
    *("scale-follows-season", "unique-key"),
)
"""What ours judge of an archive and the other tools are spared."""
