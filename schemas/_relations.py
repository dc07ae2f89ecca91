"""The named schemas, and the relations between tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import polars as pl
from pandera.errors import SchemaError, SchemaErrors
from pandera.polars import DataFrameSchema

from bowerman_data.schemas._columns import misfits
from bowerman_data.schemas._judge import Judge, needs
from bowerman_data.schemas._pandera import CAP, Sitting, TableSchema, sitting, table_schema
from bowerman_data.schemas.catalogue import Invariant, invariants_of
from bowerman_data.schemas.tables import TABLES

__all__ = ["alone", "check_relations", "failures", "relations", "schema", "together", "whole"]

Frame = pl.DataFrame | pl.LazyFrame


@cache
def alone(table: str) -> TableSchema:
    """The schema with every invariant that judges the table by itself."""
    return table_schema(table, tuple(_slugs(table, lambda one: not needs(one, table))))


@cache
def together(table: str) -> TableSchema:
    """The schema with every invariant that reads other tables, or uses them."""
    return table_schema(table, tuple(_slugs(table, lambda one: bool(needs(one, table) or one.uses))))


@cache
def whole(table: str, shipped: bool = False) -> TableSchema:
    """The schema with every invariant of the table."""
    return table_schema(table, tuple(_slugs(table, lambda one: True, shipped)))


def _slugs(table: str, belongs: Callable[[Invariant], bool], shipped: bool = False) -> list[str]:
    # Pandera itself holds declared-columns.
    return [
        invariant.slug
        for invariant in invariants_of(table)
        if belongs(invariant) and invariant.slug != "declared-columns" and (shipped or not invariant.shipped_only)
    ]


def schema(name: str) -> TableSchema:
    """The schema of a table by its name."""
    if name not in TABLES:
        raise ValueError(f"table: got {name!r}, expected one of {', '.join(TABLES)}")
    return alone(name)


def relations(**tables: Frame) -> None:
    """Validate what holds between tables: keyword by keyword the frames that belong together.

    Raises `pandera.errors.SchemaErrors` with every failure of every table. An invariant whose tables are
    not all given is left out.
    """
    unknown = sorted(tables.keys() - TABLES.keys() - {"documents"})
    if unknown:
        raise ValueError(f"table: got {', '.join(unknown)}, expected some of {', '.join(TABLES)}")
    frames = {name: frame.lazy() for name, frame in tables.items()}
    faulty = {name for name, frame in frames.items() if name in TABLES and misfits(name, frame.collect_schema())}
    judge = Judge(frames, faulty, wanted=lambda invariant: bool(invariant.reads or invariant.uses), cap=CAP)
    errors = check_relations(frames, Sitting(judge))
    if errors:
        raise SchemaErrors(DataFrameSchema(name="relations"), errors, next(iter(frames.values())))


def check_relations(frames: Mapping[str, pl.LazyFrame], now: Sitting) -> list[SchemaError]:
    """The errors of every table's relations, under one judge."""
    errors: list[SchemaError] = []
    for name in TABLES:
        if name in frames:
            errors += failures(together(name), frames[name], now)
    return errors


def failures(table: TableSchema, frame: pl.LazyFrame, now: Sitting) -> list[SchemaError]:
    """What a validation raises, as a list."""
    try:
        with sitting(now):
            table.validate(frame, lazy=True)
    except SchemaErrors as raised:
        return raised.schema_errors
    return []
