"""The invariants of every table: columns, values, keys, references and order."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import polars as pl

from bowerman_data.schemas._clauses import Clause, Finding, rule
from bowerman_data.schemas._directory import directory
from bowerman_data.schemas._frames import Frames, out_of_order
from bowerman_data.schemas._numbers import BY_RACE, numbered, unknown_races
from bowerman_data.schemas._people import met, stand_once
from bowerman_data.schemas._text import number
from bowerman_data.schemas.catalogue import INVARIANTS
from bowerman_data.schemas.columns import Column
from bowerman_data.schemas.tables import TABLES, Reference

__all__ = ["domain", "outside_domain", "sharing"]


@rule("no-missing-value", *TABLES)
def no_missing_value(frames: Frames, table: str) -> Iterator[Clause]:
    """A column without a null rule has a value in every row, and a list one in every element."""
    for column in TABLES[table].declared():
        missing = _missing(frames, table, column)
        if column.name not in TABLES[table].nulls and missing is not None:
            yield Clause(column.name, missing, "a value", value=pl.lit(None, pl.String))


def _missing(frames: Frames, table: str, column: Column) -> pl.Expr | None:
    """True for a value that is missing; None where none is."""
    value = pl.col(column.name)
    if column.dtype.startswith("list") and any(None in one for one in frames.values(table, column.name).to_list()):
        return value.is_null() | (value.list.drop_nulls().list.len() < value.list.len())
    return value.is_null() if frames.held(table)[column.name].null_count() else None


@rule("value-in-domain", *TABLES)
def value_in_domain(frames: Frames, table: str) -> Iterator[Clause]:
    """A value is one of the allowed ones, of the pattern, and within the bounds."""
    for column in TABLES[table].declared():
        outside = _outside(frames, table, column)
        if outside is not None:
            # A mark that its time makes is one.
            part = "odd marks" if column.name == "mark" else ""
            yield Clause(column.name, outside, domain(column), part=part)


def _outside(frames: Frames, table: str, column: Column) -> pl.Expr | None:
    """True for a value outside the domain, where text that stands often is looked at once; None where none is."""
    if column.minimum is not None and column.maximum is not None:
        found = frames.range_of(table, column.name)
        if found is None or column.minimum <= found[0] <= found[1] <= column.maximum:
            return None
    outside = outside_domain(column)
    if table not in BY_RACE or column.pattern is None or column.name == "mark" or outside is None:
        return outside
    return among(column.name, frames.once(f"strange {column.name}", lambda: _strange(frames, table, column, outside)))


def _strange(frames: Frames, table: str, column: Column, outside: pl.Expr) -> pl.Series:
    """The values outside the domain; those that stand where they refer to are looked at there."""
    references = [one for one in TABLES[table].references if one.column == column.name and one.table in frames]
    if not references:
        return met(frames, table, column.name).to_frame().filter(outside).to_series()
    (reference,) = references
    there = frames.whole.values(reference.table, reference.target).to_frame()
    beyond = frames.whole.once(f"strange {reference}", lambda: there.filter(outside).to_series())
    unknown = _unknown(frames, table, reference).to_frame().filter(outside).to_series()
    return pl.concat([beyond, unknown])


def among(name: str, values: pl.Series) -> pl.Expr:
    """True for one of the values, which are seldom any."""
    return pl.col(name).is_in(values.implode()) if values.len() else pl.lit(False)


def outside_domain(column: Column) -> pl.Expr | None:
    """True for a value outside the column's domain; None where it has none."""
    value = pl.col(column.name)
    if column.values:
        return pl.all_horizontal(value != one for one in column.values)
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
def unique_key(frames: Frames, table: str) -> Iterator[Finding]:
    """No two rows have equal key columns, where nulls equal each other."""
    if not frames.are_unique(table, TABLES[table].key):
        yield sharing(frames[table], table, TABLES[table].key)


@rule("one-time-per-athlete", "results")
def one_time_per_athlete(frames: Frames, table: str) -> Iterator[Finding]:
    """An athlete stands once in a race."""
    if not stand_once(numbered(frames, table)):
        yield sharing(frames[table], table, TABLES[table].key)


def sharing(frame: pl.LazyFrame, table: str, key: tuple[str, ...], column: str | None = None) -> Finding:
    """The finding that rows have an equal key."""
    # Equal keys have equal hashes, and whole numbers are several times faster to group than text.
    alike = frame.filter(pl.struct(key).hash().is_duplicated()).collect()
    shared = alike.lazy().filter(pl.len().over(key) > 1)
    return Finding.of(shared, table, column or key[-1])


@rule("known-reference", *INVARIANTS["known-reference"].tables)
def known_reference(frames: Frames, table: str) -> Iterator[Clause]:
    """A value that refers to another table stands there."""
    for reference in TABLES[table].references:
        unknown = _unknown(frames, table, reference)
        wanted = f"one of {reference.table}.{reference.target}"
        yield Clause(reference.column, among(reference.column, unknown), wanted)


def _unknown(frames: Frames, table: str, reference: Reference) -> pl.Series:
    """The values that do not stand where they refer to."""
    name = f"unknown {reference.column} of {'races' if table in BY_RACE else table}"
    return frames.once(name, partial(_not_there, frames, table, reference))


def _not_there(frames: Frames, table: str, reference: Reference) -> pl.Series:
    if table in BY_RACE and reference.column == "race_id":
        return unknown_races(frames)
    values = met(frames, table, reference.column).drop_nulls()
    return values.filter(directory(frames.whole, reference.table).rows_of(values.hash()).is_null())


@rule("quote-has-a-speaker", "quotes")
def quote_has_a_speaker(frames: Frames, table: str) -> Iterator[Clause]:
    """The speaker is in athletes."""
    known = frames.values("athletes", "athlete_id")
    yield Clause("speaker_id", ~pl.col("speaker_id").is_in(known.implode()), "one of athletes.athlete_id")


@rule("row-order", *TABLES, across=True)
def row_order(frames: Frames, table: str) -> Iterator[Finding]:
    """No row sorts before the row above it."""
    order = TABLES[table].order
    yield Finding.of(frames[table].filter(out_of_order(order)), table, order[0])
