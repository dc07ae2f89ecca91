"""The mile of 2024 in a few figures, from bowerman-data's tables and from a race of one's own."""

from __future__ import annotations

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa

import bowerman_data as bd
from bowerman_data.schemas import results as results_schema

__all__ = ["dark_horses", "finishers", "judged", "laps", "margins", "own_race", "podium", "reasons"]


def podium() -> list[str]:
    """The first three and their marks."""
    first = bd.load("results", backend="polars", edition=2024).filter(pl.col("place") <= 3).sort("place")
    return [f"{athlete} {mark}" for athlete, mark in first.select("athlete_id", "mark").iter_rows()]


def margins() -> pd.Series[int]:
    """Milliseconds behind the winner by athlete, of those who finished."""
    placed = bd.load("results", backend="pandas", edition=2024).dropna(subset=["time_ms"]).set_index("athlete_id")
    times: pd.Series[int] = placed["time_ms"]
    return times - times.min()


def laps() -> duckdb.DuckDBPyRelation:
    """The laps of the race, and who led each where one man did."""
    leader = bd.load("splits", backend="duckdb", edition=2024).filter("basis = 'leader' and from_m > 0")
    return leader.project("to_m, mark, athlete_id").order("to_m")


def finishers() -> int:
    """How many finished."""
    results: pa.Table = bd.load("results", edition=2024)
    return results.num_rows - results.column("time_ms").null_count


def dark_horses() -> list[tuple[object, ...]]:
    """Who ran a personal best, by the views of one connection."""
    with bd.connect() as connection:
        query = "select name, mark from results join athletes using (athlete_id) where list_contains(codes, 'PB')"
        query += " and race_id = 'bowerman-mile-2024'"
        return connection.sql(f"{query} order by time_ms").fetchall()


def reasons(athlete_id: str) -> list[str]:
    """Each claim about an athlete's time that does not stand, and who made it."""
    why = bd.why("results", "time_ms", athlete_id=athlete_id, edition=2024)
    return [f"{claim.source.publisher}: {claim.value}" for claim in why.overruled]


def own_race() -> pl.DataFrame:
    """A heat of one's own: three starters, two times."""
    schema: dict[str, type[pl.DataType]] = {
        **dict.fromkeys(("race_id", "athlete_id", "nation", "role", "status"), pl.String),
        "place": pl.Int16,
        "time_ms": pl.Int32,
        "decimals": pl.Int16,
        "mark": pl.String,
    }
    starters = [
        ("village-mile-2026", "ann-lee", "GBR", "athlete", "OK", 1, 251300, 1, "4:11.3"),
        ("village-mile-2026", "bo-ek", "SWE", "athlete", "OK", 2, 251900, 1, "4:11.9"),
        ("village-mile-2026", "cy-roe", "USA", "pacemaker", "DNF", None, None, None, None),
    ]
    codes = pl.Series("codes", [["PB"], [], []], dtype=pl.List(pl.String))
    points = pl.Series("points", [None, None, None], dtype=pl.Int16)
    return pl.DataFrame(starters, schema=schema, orient="row").with_columns(codes, points)


def judged(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame, if bowerman-data's Pandera schema accepts it as results; raises SchemaErrors otherwise."""
    return results_schema.validate(frame, lazy=True)
