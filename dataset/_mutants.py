"""What a mutant is: tables with one thing wrong, by a named operator, and the invariant meant to notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from random import Random
from typing import Any

import pyarrow as pa

from bowerman_data.fuse import identified
from bowerman_data.marks import format_mark, parse_mark
from bowerman_data.schemas.arrow import arrow_schema
from bowerman_data.schemas.tables import TABLES

__all__ = [
    "Base",
    "Mutant",
    "Operator",
    "Row",
    "Site",
    "Tables",
    "named",
    "operator",
    "operators",
    "put",
    "reidentified",
    "remarked",
    "retimed",
    "without",
]

Row = dict[str, Any]
Tables = dict[str, pa.Table]
Site = tuple[str, dict[str, list[Row] | pa.Table]]
"""Where an operator was applied, in words, and the tables it changed."""

_HOMES = (
    "_mutants_results",
    "_mutants_times",
    "_mutants_codes",
    "_mutants_splits",
    "_mutants_quotes",
    "_mutants_claims",
    "_mutants_tables",
)
_OPERATORS: dict[str, Operator] = {}


@dataclass(frozen=True)
class Base:
    """Tables that break no rule, to be corrupted; `shipped` where they owe what the shipped ones promise."""

    name: str
    tables: Tables
    shipped: bool = False
    _rows: dict[str, list[Row]] = field(default_factory=dict, repr=False)
    _values: dict[tuple[str, str], list[Any]] = field(default_factory=dict, repr=False)

    def rows(self, table: str) -> list[Row]:
        """The rows of a table, none where it is not there; not to be changed."""
        if table not in self._rows:
            self._rows[table] = self.tables[table].to_pylist() if table in self.tables else []
        return self._rows[table]

    def values(self, table: str, column: str) -> list[Any]:
        """The values of a column; not to be changed."""
        if (table, column) not in self._values:
            self._values[table, column] = self.tables[table][column].to_pylist()
        return self._values[table, column]

    def race(self, race_id: str) -> Row:
        """The row of a race."""
        return next(row for row in self.rows("races") if row["race_id"] == race_id)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One corruption of one base."""

    operator: str
    base: str
    where: str
    changed: dict[str, list[Row] | pa.Table]

    def tables(self, base: Base) -> Tables:
        """The tables of the base with the changed ones in their places."""
        return base.tables | {name: _table(name, rows) for name, rows in self.changed.items()}


@dataclass(frozen=True, slots=True)
class Operator:
    """A way in which results go wrong.

    `meant` are the invariants that are there for it, any of which will do. `unseen` says of a base,
    `shipped` or `generated`, why no check could know; there alone may a mutant survive.
    """

    slug: str
    sentence: str
    meant: tuple[str, ...]
    sites: Callable[[Base, Random], Iterator[Site]]
    unseen: dict[str, str]

    def mutants(self, base: Base, seed: int, most: int) -> list[Mutant]:
        """At most so many mutants of each table, drawn with the seed from all the places where it applies."""
        rng = Random(f"{seed} {self.slug} {base.name}")
        by_table: dict[str, list[Site]] = {}
        for site in self.sites(base, rng):
            by_table.setdefault(next(iter(site[1])), []).append(site)
        drawn = [site for sites in by_table.values() for site in rng.sample(sites, min(most, len(sites)))]
        return [Mutant(self.slug, base.name, where, changed) for where, changed in drawn]


def operator(slug: str, *meant: str, **unseen: str) -> Callable[[Any], Any]:
    """Register a generator of sites; its docstring is the sentence, `unseen` the reasons by kind of base."""

    def register(sites: Callable[[Base, Random], Iterator[Site]]) -> Callable[[Base, Random], Iterator[Site]]:
        sentence = (sites.__doc__ or "").strip()
        _OPERATORS[slug] = Operator(slug, sentence, meant, sites, unseen)
        return sites

    return register


def operators() -> dict[str, Operator]:
    """Every operator by its slug."""
    for home in _HOMES:
        import_module(f"bowerman_data.{home}")
    return _OPERATORS


def put(rows: list[Row], i: int, **cells: object) -> list[Row]:
    """The rows with some cells of one changed."""
    return [*rows[:i], rows[i] | cells, *rows[i + 1 :]]


def reidentified(table: str, row: Row) -> Row:
    """A row of quotes or rulings under the id that the build would give it."""
    (column,) = TABLES[table].key
    return identified(table, row | {column: row[column].rpartition("-")[0]})


def without(rows: list[Row], i: int) -> list[Row]:
    """The rows less one."""
    return [*rows[:i], *rows[i + 1 :]]


def retimed(time_ms: int, decimals: int) -> Row:
    """The three columns of a time, in agreement."""
    return {"time_ms": time_ms, "decimals": decimals, "mark": format_mark(time_ms, decimals)}


def remarked(mark: str) -> Row:
    """The three columns of a time, from its mark."""
    parsed = parse_mark(mark)
    return {"time_ms": parsed.time_ms, "decimals": parsed.decimals, "mark": mark}


def named(table: str, row: Row) -> str:
    """The table and what names the row there."""
    return " ".join([table, *(f"{column}={row[column]}" for column in TABLES[table].key)])


def _table(name: str, rows: list[Row] | pa.Table) -> pa.Table:
    if isinstance(rows, pa.Table):
        return rows
    # Nullable throughout: a null where none may be is for the engines to find.
    loose = pa.schema([field.with_nullable(True) for field in arrow_schema(name)])
    return pa.Table.from_pylist(rows, schema=loose)
