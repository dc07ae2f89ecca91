"""rulings-hold: the tables follow a ruling, a claim or a computation bears it out, and what it rejects has lost."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from bowerman_data.schemas._clauses import Finding, rule
from bowerman_data.schemas._frames import ROW, Frames
from bowerman_data.schemas.provenance import CELL, FIELDS, LATER_LAP, cells_of, computed, consistent

__all__: list[str] = []

value, field = pl.col("value"), pl.col("field")
is_fact = pl.col("about") == "check"


@rule("rulings-hold", "rulings")
def rulings_hold(frames: Frames, table: str) -> Iterator[Finding]:
    """Each of the ways in which a ruling can be at odds with tables, facts and claims."""
    rulings = frames["rulings"]
    told = computed(frames, rulings.collect()).lazy()
    rows = rulings.join(told, on=CELL, how="left")
    yield from _against_cells(frames, rows)
    yield from _against_facts(rows)
    yield _unstated(frames, rows)
    yield from _rejected(frames, rows)
    unclaimed = rulings.join(frames["claims"], on=CELL, how="anti")
    yield Finding.of(unclaimed, table, "key", "a claim")
    yield Finding.of(rulings.filter(pl.len().over(CELL) > 1), table, "key", "one ruling a field")


def _against_cells(frames: Frames, rows: pl.LazyFrame) -> Iterator[Finding]:
    cells = pl.concat(cells_of(frames, name) for name in FIELDS).select(*CELL, held="value")
    held = cells.group_by(CELL).agg(pl.col("held"), least=pl.col("held").min())
    joined = rows.filter(~is_fact).join(held, on=CELL, how="left")
    agrees = pl.col("held").list.contains(value).fill_null(False)
    elsewhere = joined.filter(value.is_not_null() & ~agrees)
    yield Finding.of(elsewhere, "rulings", "value", pl.col("least").fill_null("null"))
    yield Finding.of(
        joined.filter(value.is_null() & pl.col("least").is_not_null()), "rulings", "value", pl.col("least")
    )


def _against_facts(rows: pl.LazyFrame) -> Iterator[Finding]:
    told = pl.col("computed")
    agrees = consistent(value, told).fill_null(False)
    yield Finding.of(rows.filter(told.is_not_null() & ~agrees), "rulings", "value", told)


def _unstated(frames: Frames, rows: pl.LazyFrame) -> Finding:
    ruled = rows.filter(value.is_not_null() & ~LATER_LAP & (~is_fact | pl.col("computed").is_null()))
    claims = frames["claims"].select(*CELL, stated="value")
    agreeing = ruled.join(claims, on=CELL).filter(consistent(pl.col("stated"), value))
    return Finding.of(ruled.join(agreeing, on=ROW, how="anti"), "rulings", "value", "a claim that states it")


def _rejected(frames: Frames, rows: pl.LazyFrame) -> Iterator[Finding]:
    lost = frames["claims"].filter(pl.col("verdict") == "overruled").select(*CELL, lost="value")
    each = rows.with_columns(element="rejected").explode("element").filter(pl.col("element").is_not_null())
    standing = each.join(lost, left_on=[*CELL, "element"], right_on=[*CELL, "lost"], how="anti")
    yield Finding.of(standing, "rulings", "rejected", "a claim, overruled", pl.col("element"))
    losers = rows.join(lost.unique(), on=CELL)
    unnamed = losers.filter(~pl.col("rejected").list.contains(pl.col("lost")).fill_null(False))
    yield Finding.of(unnamed, "rulings", "rejected", "rejected", pl.col("lost"))
