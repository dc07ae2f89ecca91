"""The invariants of every table: columns, values, keys, references and order."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from bowerman_data.schemas._clauses import Clause, Finding, rule
from bowerman_data.schemas._frames import Frames, out_of_order
from bowerman_data.schemas._text import number
from bowerman_data.schemas.catalogue import INVARIANTS
from bowerman_data.schemas.columns import Column
from bowerman_data.schemas.tables import TABLES

__all__ = ["STRETCH", "domain", "outside_domain"]

WHOSE = pl.when(pl.col("basis") != "leader").then(pl.col("athlete_id")).alias("whose")
STRETCH: tuple[str | pl.Expr, ...] = ("race_id", "from_m", "to_m", "basis", WHOSE)
"""What a split is unique by: of the leader's, whoever that was, there is one."""


@rule("no-missing-value", *TABLES)
def no_missing_value(frames: Frames, table: str) -> Iterator[Clause]:
    """A column without a null rule has a value in every row, and a list one in every element."""
    for column in TABLES[table].declared():
        if column.name not in TABLES[table].nulls:
            yield Clause(column.name, _missing(column), "a value", value=pl.lit(None, pl.String))


def _missing(column: Column) -> pl.Expr:
    value = pl.col(column.name)
    if column.dtype.startswith("list"):
        return value.is_null() | (value.list.drop_nulls().list.len() < value.list.len())
    return value.is_null()


@rule("value-in-domain", *TABLES)
def value_in_domain(frames: Frames, table: str) -> Iterator[Clause]:
    """A value is one of the allowed ones, of the pattern, and within the bounds."""
    for column in TABLES[table].declared():
        outside = outside_domain(column)
        if outside is not None:
            yield Clause(column.name, outside, domain(column))


def outside_domain(column: Column) -> pl.Expr | None:
    """True for a value outside the column's domain; None where it has none."""
    value = pl.col(column.name)
    if column.values:
        return ~value.is_in(column.values)
    if column.pattern is not None:
        return ~value.str.contains(_whole(column.pattern))
    if column.minimum is not None and column.maximum is not None:
        outside = (value < column.minimum) | (value > column.maximum)
        return outside | value.is_nan() if column.dtype == "float64" else outside
    return None


def _whole(pattern: str) -> str:
    # Digits and white space in ASCII, as the SQL engines understand these classes.
    ascii_only = pattern.replace(r"\S", r"[^\t\n\f\r ]").replace(r"\d", "[0-9]")
    return rf"\A(?:{ascii_only})\z"


def domain(column: Column) -> str:
    """The domain as a violation names it."""
    if column.values:
        return f"one of {', '.join(column.values)}"
    if column.pattern is not None:
        return f"pattern {column.pattern}"
    return f"{number(column.minimum or 0)} to {number(column.maximum or 0)}"


@rule("unique-key", *INVARIANTS["unique-key"].tables)
@rule("one-time-per-athlete", "results")
def unique_key(frames: Frames, table: str) -> Iterator[Finding]:
    """No two rows have equal key columns, where nulls equal each other."""
    if not frames.are_unique(table, TABLES[table].key):
        yield _sharing(frames[table], table, TABLES[table].key)


@rule("one-split-per-stretch", "splits")
def one_split_per_stretch(frames: Frames, table: str) -> Iterator[Finding]:
    """A stretch stands once for the leader, whoever that was, and once for an athlete."""
    if not frames.are_unique(table, STRETCH):
        frame = frames[table].with_columns(WHOSE)
        yield _sharing(frame, table, ("race_id", "from_m", "to_m", "basis", "whose"), column="to_m")


def _sharing(frame: pl.LazyFrame, table: str, key: tuple[str, ...], column: str | None = None) -> Finding:
    shared = frame.filter(pl.len().over(key) > 1)
    return Finding.of(shared, table, column or key[-1])


@rule("known-reference", *INVARIANTS["known-reference"].tables)
def known_reference(frames: Frames, table: str) -> Iterator[Clause]:
    """A value that refers to another table stands there."""
    for reference in TABLES[table].references:
        known = frames.values(reference.table, reference.target)
        wanted = f"one of {reference.table}.{reference.target}"
        yield Clause(reference.column, ~pl.col(reference.column).is_in(known.implode()), wanted)


@rule("quote-has-a-speaker", "quotes")
def quote_has_a_speaker(frames: Frames, table: str) -> Iterator[Clause]:
    """The speaker is in athletes."""
    known = frames.values("athletes", "athlete_id")
    yield Clause("speaker_id", ~pl.col("speaker_id").is_in(known.implode()), "one of athletes.athlete_id")


@rule("row-order", *TABLES)
def row_order(frames: Frames, table: str) -> Iterator[Finding]:
    """No row sorts before the row above it."""
    order = TABLES[table].order
    yield Finding.of(frames[table].filter(out_of_order(order)), table, order[0])
