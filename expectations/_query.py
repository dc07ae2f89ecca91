"""From clauses to queries: one that counts all clauses of a table, one a clause that fetches its rows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import chain

from bowerman_data.expectations import (
    _cells,
    _codes,
    _facts,
    _generic,
    _provenance,
    _quotes,
    _results,
    _rulings,
    _splits,
)
from bowerman_data.expectations._sql import Clause, Relation
from bowerman_data.schemas.tables import TABLES

__all__ = ["DOCUMENTS", "clauses_of", "count_query", "rows_query", "table_of"]

DOCUMENTS = "documents"  # the texts of the sources: no table of the package, but spans resolve against it

_MODULES = (_results, _codes, _splits, _quotes, _cells, _facts, _provenance, _rulings)
_RULES = (_results, _codes, _splits, _quotes, _provenance, _rulings)
_EMPTY_OF = {
    "string": "CAST(NULL AS STRING)",
    "int16": "CAST(NULL AS SMALLINT)",
    "int32": "CAST(NULL AS INT)",
    "float64": "CAST(NULL AS DOUBLE)",
    "date": "CAST(NULL AS DATE)",
    "list<string>": "split('', ',')",
    "list<int16>": "sequence(1, 1)",
}

_NAME = re.compile(r"\{([a-z_]+)\}")  # not {3}, which is part of a pattern

Source = Callable[[str], str | None]
"""The SQL that stands for a table after FROM; None where the table is not there."""


@cache
def _relations() -> dict[str, Relation]:
    generic = chain.from_iterable(_generic.relations(table) for table in TABLES.values())
    special = chain.from_iterable(module.relations() for module in _MODULES)
    return {relation.name: relation for relation in chain(generic, special)}


@cache
def _clauses() -> dict[tuple[str, str], tuple[Clause, ...]]:
    found: defaultdict[tuple[str, str], list[Clause]] = defaultdict(list)
    for clause in chain(_generic.clauses(), *(module.clauses() for module in _RULES)):
        found[clause.invariant, table_of(clause)].append(clause)
    return {judged: tuple(clauses) for judged, clauses in found.items()}


def table_of(clause: Clause) -> str:
    """The table whose rows a clause judges."""
    return _relations()[clause.relation].table


def clauses_of(invariant: str, table: str) -> tuple[Clause, ...]:
    """The clauses of an invariant for the rows of one table."""
    return _clauses().get((invariant, table), ())


def _empty(table: str) -> str:
    if table == DOCUMENTS:
        columns = ", ".join(f"CAST(NULL AS STRING) AS {name}" for name in ("source_id", "sha256", "text"))
    else:
        columns = ", ".join(f"{_EMPTY_OF[column.dtype]} AS {column.name}" for column in TABLES[table].declared())
    return f"(SELECT {columns} FROM (SELECT 1 AS nothing) n WHERE nothing = 0)"


def _prepared(relation: str, source: Source) -> str:
    """A relation as a query in parentheses. Inside it a table's name means the table as it is."""

    def stand_in(name: re.Match[str]) -> str:
        table = name[1]
        if table in TABLES or table == DOCUMENTS:
            return source(table) or _empty(table)
        return _prepared(table, source)

    return f"({_NAME.sub(stand_in, _relations()[relation].sql)})"


def _aggregate(relation: str, clauses: Sequence[tuple[int, Clause]], source: Source) -> str:
    counts = ", ".join(f"count(*) FILTER (WHERE {clause.where}) AS c{n}" for n, clause in clauses)
    return f"(SELECT {counts} FROM {_prepared(relation, source)} r) a{clauses[0][0]}"


def _by_relation(clauses: Sequence[Clause]) -> Iterator[tuple[str, list[tuple[int, Clause]]]]:
    groups: defaultdict[str, list[tuple[int, Clause]]] = defaultdict(list)
    for n, clause in enumerate(clauses):
        groups[clause.relation].append((n, clause))
    yield from groups.items()


def count_query(clauses: Sequence[Clause], source: Source) -> str:
    """One row: how many rows break each clause, in the order of the clauses."""
    aggregates = [_aggregate(relation, group, source) for relation, group in _by_relation(clauses)]
    columns = ", ".join(f"c{n}" for n in range(len(clauses)))
    return f"SELECT {columns} FROM {' CROSS JOIN '.join(aggregates)}"


def rows_query(clause: Clause, source: Source, cap: int) -> str:
    """The first rows that break a clause: key, value and expected, in order of key and value."""
    return (
        f"SELECT row_key, {clause.value} AS found, {clause.expected} AS wanted "
        f"FROM {_prepared(clause.relation, source)} r WHERE {clause.where} ORDER BY row_key, found LIMIT {int(cap)}"
    )
