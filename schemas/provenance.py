"""What the tables say cell by cell, and what becomes of a claim that is held against them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import polars as pl
import pyarrow as pa

from bowerman_data.schemas._frames import ROW, Frames
from bowerman_data.schemas._text import cell, mark_decimals, mark_ms, pairs, row_key, unit
from bowerman_data.schemas.columns import COLUMNS
from bowerman_data.schemas.facts import IN_MARKS
from bowerman_data.schemas.history import compute

__all__ = [
    "CELL",
    "FIELDS",
    "LATER_LAP",
    "cells",
    "cells_of",
    "claim_key",
    "computed",
    "consistent",
    "recomputed_verdicts",
    "verdicts_of",
]

CELL = ("about", "key", "field")
"""What names a cell, or a fact."""

FIELDS: dict[str, tuple[str, ...]] = {
    "results": ("nation", "role", "status", "place", "mark", "codes", "points"),
    "splits": ("mark", "athlete_id"),
    "marks": ("athlete_id", "discipline", "mark", "year", "date", "venue", "place", "codes"),
    "races": ("name", "meet", "series", "date", "venue", "city", "country", "discipline", "sex"),
    "athletes": ("name", "nation"),
    "sources": ("author", "published_on"),
    "quotes": ("speaker_id",),
}
"""The columns that a source could state."""

leader = pl.col("basis") == "leader"
STATED_WHERE: dict[tuple[str, str], pl.Expr] = {
    ("results", "role"): pl.col("role") == "pacemaker",
    ("results", "status"): pl.col("status") != "OK",
    ("splits", "athlete_id"): leader,
}
"""Nobody writes that a racer raced, that a finisher finished, or whose split an athlete's own split is."""

LATER_LAP = (
    (pl.col("about") == "splits") & (pl.col("field") == "athlete_id") & ~pl.col("key").str.contains(" from_m=0 ")
)
"""Whose a lap after the first is, nobody needs to state: it follows from who led at its ends."""

AnyFrame = pl.LazyFrame | pl.DataFrame | pa.Table


@cache
def claim_key(table: str) -> pl.Expr:
    """The key by which a claim names a row."""
    if table == "splits":
        stretch = pairs(("race_id", "from_m", "to_m", "basis"))
        return pl.when(leader).then(stretch).otherwise(row_key("splits"))
    return pairs(("utterance_id",)) if table == "quotes" else row_key(table)


def cells_of(frames: Frames, table: str, *, without: tuple[str, ...] = ()) -> pl.LazyFrame:
    """The cells of one table: about, key, field, value, and of which row."""
    return pl.concat(_column_cells(frames, table, name) for name in FIELDS[table] if name not in without)


def _column_cells(frames: Frames, table: str, name: str) -> pl.LazyFrame:
    listed = COLUMNS[name].dtype == "list<string>"
    rows = frames.once(f"{table} with keys", lambda: _with_keys(frames, table))
    if (table, name) in STATED_WHERE:
        rows = rows.filter(STATED_WHERE[table, name])
    text = pl.col(name) if listed else cell(name)
    columns = (pl.lit(table).alias("about"), pl.col("#key").alias("key"), pl.lit(name).alias("field"))
    values = rows.select(ROW, *columns, text.alias("value"), pl.col("#row_key").alias("row_key"))
    if listed:
        values = values.explode("value")
    return values.filter(pl.col("value").is_not_null())


def _with_keys(frames: Frames, table: str) -> pl.LazyFrame:
    return frames[table].with_columns(claim_key(table).alias("#key"), row_key(table).alias("#row_key"))


def cells(tables: Mapping[str, AnyFrame]) -> pl.DataFrame:
    """Every cell that a source could state, as about, key, field and value; null cells are left out."""
    return _cells(_frames(tables)).collect()


def _cells(frames: Frames) -> pl.LazyFrame:
    empty = pl.LazyFrame(schema=dict.fromkeys((*CELL, "value"), pl.String))
    present = [cells_of(frames, table).select(*CELL, "value") for table in FIELDS if table in frames]
    return pl.concat([empty, *present]).unique()


def _frames(tables: Mapping[str, AnyFrame]) -> Frames:
    as_polars = {name: pl.DataFrame(t) if isinstance(t, pa.Table) else t for name, t in tables.items()}
    return Frames({name: table.lazy() for name, table in as_polars.items()})


def consistent(stated: pl.Expr, held: pl.Expr) -> pl.Expr:
    """Whether a claim agrees with a value: to the letter or, between marks, to the last digit of the coarser."""
    in_marks = pl.col("field").is_in([*IN_MARKS, "mark"])
    places = (mark_decimals(stated), mark_decimals(held))
    near = (mark_ms(stated) - mark_ms(held)).abs() < unit(pl.min_horizontal(*places))
    return (stated == held) | (in_marks & (places[0] != places[1]) & near).fill_null(False)


def computed(frames: Frames, rows: pl.DataFrame) -> pl.DataFrame:
    """Of the facts among these rows, what they compute to: about, key, field, computed."""
    facts = rows.filter(pl.col("about") == "check").select(CELL).unique()
    found = [compute(field, key, frames) for _, key, field in facts.iter_rows()]
    return facts.with_columns(pl.Series("computed", found, pl.String))


def recomputed_verdicts(tables: Mapping[str, AnyFrame]) -> pl.DataFrame:
    """The verdict of every claim from the tables alone, as claim_id and verdict; `claims.verdict` is not read."""
    return verdicts_of(_frames(tables)).select("claim_id", "verdict")


def verdicts_of(frames: Frames) -> pl.DataFrame:
    """The claims with their verdicts recomputed."""
    claims = frames["claims"].drop("verdict", strict=False).collect()
    held = claims.lazy().join(_cells(frames).rename({"value": "held"}), on=CELL)
    in_tables = held.filter(consistent(pl.col("value"), pl.col("held"))).select(ROW).unique().collect().to_series()
    judged = claims.join(computed(frames, claims), on=CELL, how="left").join(_settled(frames), on=CELL, how="left")
    borne_out = pl.col(ROW).is_in(in_tables.implode())
    return judged.with_columns(verdict=_verdict(borne_out)).sort(ROW)


def _settled(frames: Frames) -> pl.DataFrame:
    """What the rulings say of each cell: the value settled, or that none is, and what is rejected."""
    if "rulings" not in frames:
        schema = dict.fromkeys(CELL, pl.String)
        return pl.DataFrame(schema={**schema, "settled": pl.String, "open": pl.Boolean, "rejected": pl.List(pl.String)})
    # Of several rulings on one cell, that of the first id counts.
    in_order = frames["rulings"].sort("ruling_id", "value", nulls_last=True)
    first = in_order.unique(CELL, keep="first", maintain_order=True)
    rulings = first.select(*CELL, "rejected", settled="value", open=pl.col("value").is_null())
    return rulings.collect()


def _verdict(borne_out: pl.Expr) -> pl.Expr:
    value, settled, told = pl.col("value"), pl.col("settled"), pl.col("computed")
    rejected = pl.col("rejected").list.contains(value).fill_null(False)
    is_open = pl.col("open").fill_null(False) & ~rejected
    is_fact = pl.col("about") == "check"
    return (
        pl.when(~is_fact)
        .then(_either(borne_out, pl.when(is_open).then(pl.lit("unsettled")).otherwise(pl.lit("overruled"))))
        .when(told.is_not_null())
        .then(_either(consistent(value, told), pl.lit("overruled")))
        .when(settled.is_not_null())
        .then(_either(value == settled, pl.lit("overruled")))
        .when(rejected)
        .then(pl.lit("overruled"))
        .otherwise(pl.lit("unsettled"))
    )


def _either(upheld: pl.Expr, otherwise: pl.Expr) -> pl.Expr:
    return pl.when(upheld).then(pl.lit("upheld")).otherwise(otherwise)
