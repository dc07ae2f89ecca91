"""How an invariant is declared to the judge: clauses on a table's prepared frame, or a frame of offending rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import polars as pl

from bowerman_data.schemas._frames import ROW, Frames
from bowerman_data.schemas._text import cell, row_key

__all__ = [
    "ACROSS",
    "PREPARE",
    "ROW",
    "RULES",
    "Clause",
    "Finding",
    "Prepare",
    "Rule",
    "described",
    "prepares",
    "rule",
]


@dataclass(frozen=True, slots=True)
class Clause:
    """Rows for which `fails` is true; all clauses on one prepared frame are counted in one scan.

    A table has a main frame and may have parts, such as the laps of splits, prepared by themselves.
    """

    column: str
    fails: pl.Expr
    expected: pl.Expr | str | None = None
    value: pl.Expr | None = None
    part: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Violations as a frame of their own: row position, key, column, value and expected.

    `explain` completes `expected` where that is dear, after the rows have been capped.
    """

    rows: pl.LazyFrame
    explain: Callable[[pl.DataFrame], pl.DataFrame] | None = None

    @classmethod
    def of(
        cls,
        rows: pl.LazyFrame,
        table: str,
        column: str,
        expected: pl.Expr | str | None = None,
        value: pl.Expr | None = None,
        explain: Callable[[pl.DataFrame], pl.DataFrame] | None = None,
    ) -> Finding:
        """The finding that each of these rows of a table breaks the invariant in one column."""
        return cls(rows.select(*described(table, column, expected, value)), explain)


def described(table: str, column: str, expected: pl.Expr | str | None, value: pl.Expr | None) -> tuple[pl.Expr, ...]:
    """Position, key, column, value and expected of a violating row."""
    wanted = pl.lit(expected, pl.String) if expected is None or isinstance(expected, str) else expected
    return (
        pl.col(ROW),
        row_key(table).alias("key"),
        pl.lit(column).alias("column"),
        (cell(column) if value is None else value).alias("value"),
        wanted.alias("expected"),
    )


Rule = Callable[[Frames, str], Iterable[Clause | Finding]]

Prepare = Callable[[Frames], pl.LazyFrame | pl.DataFrame]

RULES: dict[tuple[str, str], Rule] = {}
ACROSS: set[tuple[str, str]] = set()
"""The rules that look beyond the race of a row."""
PREPARE: dict[tuple[str, str], Prepare] = {}


def rule(slug: str, *tables: str, across: bool = False, fixed: bool = False) -> Callable[[Rule], Rule]:
    """Register the clauses of an invariant for tables that it judges; `across` races or within each.

    Those that are `fixed` are the same whatever the frames, and made once.
    """

    def register(function: Rule) -> Rule:
        RULES.update({(slug, table): _made_once(function) if fixed else function for table in tables})
        if across:
            ACROSS.update((slug, table) for table in tables)
        return function

    return register


def _made_once(function: Rule) -> Rule:
    made: dict[str, list[Clause | Finding]] = {}

    def clauses(frames: Frames, table: str) -> list[Clause | Finding]:
        if table not in made:
            made[table] = list(function(frames, table))
        return made[table]

    return clauses


def prepares(table: str, part: str = "") -> Callable[[Prepare], Prepare]:
    """Register what adds the columns that the clauses on a table, or on a part of it, read."""

    def register(function: Prepare) -> Prepare:
        PREPARE[table, part] = function
        return function

    return register
