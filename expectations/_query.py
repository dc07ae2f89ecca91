"""From clauses to queries: one that counts all clauses of a table, one a clause that fetches its rows."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain

from bowerman_data.expectations import (
    _cells,
    _codes,
    _facts,
    _generic,
    _history,
    _provenance,
    _quotes,
    _results,
    _rulings,
    _splits,
)
from bowerman_data.expectations._sql import Clause, Relation, row_key
from bowerman_data.schemas.tables import TABLES

__all__ = [
    "DOCUMENTS",
    "Keep",
    "Source",
    "breaking_query",
    "breaks_alone",
    "broken_query",
    "clauses_by_relation",
    "clauses_of",
    "clauses_on",
    "count_query",
    "found_query",
    "is_by_race",
    "rows_query",
    "table_of",
]

DOCUMENTS = "documents"  # the texts of the sources: no table of the package, but spans resolve against it

_MODULES = (_results, _codes, _splits, _quotes, _cells, _facts, _history, _provenance, _rulings)
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

# What the queries of several tables read, and what costs to read: kept where the holder can.
_KEPT = frozenset({"cells", "editions", "facts", "history", "one_race", "parsed_claims", "questions", "runs"})

# Of many rows, what several clauses are screened by, so that each finds its few suspects and looks no further.
_KEPT_OF_MANY = frozenset({"adrift", "contested", "crowded", "entrants", "front", "one_race", "unsteady", "ways"})

# Relations of rows, or of what rows hold, that have the key of a row as a text alone.
_KEYED_BY_TEXT = frozenset({"results_codes", "results_code_lists", "results_codes_beside"})

_NAME = re.compile(r"\{([a-z_]+)\}")  # not {3}, which is part of a pattern

Source = Callable[[str], str | None]
"""The SQL that stands for a table after FROM; None where the table is not there."""

Keep = Callable[[str], str]
"""Run a query, if it has not been run, and say what stands for its rows after FROM."""

_Tables = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class _Query:
    """A query, in which names in braces stand for the rows of others that are kept.

    Such a text is the same for the same clauses on the same tables, and building it costs more than judging a race.
    """

    sql: str
    kept: tuple[tuple[str, _Query], ...]

    def over(self, keep: Keep | None) -> str:
        """The query, once what it reads is kept."""
        if keep is None:
            return self.sql
        names = {name: keep(query.over(keep)) for name, query in self.kept}
        return _NAME.sub(lambda name: names.get(name[1], name[0]), self.sql)


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


def is_by_race(clause: Clause) -> bool:
    """Whether a clause can be held against some races at a time."""
    return _relations()[clause.relation].by_race


def clauses_of(invariant: str, table: str) -> tuple[Clause, ...]:
    """The clauses of an invariant for the rows of one table."""
    return _clauses().get((invariant, table), ())


def clauses_on(relation: str) -> tuple[Clause, ...]:
    """The clauses that are asked of one relation's rows."""
    return tuple(clause for clauses in _clauses().values() for clause in clauses if clause.relation == relation)


def breaks_alone(relation: str) -> str:
    """What a relation's rows break by themselves, but for what is dear to ask of each."""
    return " OR ".join(f"({clause.where})" for clause in clauses_on(relation) if not clause.of)


def _empty(table: str) -> str:
    if table == DOCUMENTS:
        columns = ", ".join(f"CAST(NULL AS STRING) AS {name}" for name in ("source_id", "sha256", "text"))
    else:
        columns = ", ".join(f"{_EMPTY_OF[column.dtype]} AS {column.name}" for column in TABLES[table].declared())
    return f"(SELECT {columns} FROM (SELECT 1 AS nothing) n WHERE nothing = 0)"


def _read(relation: str) -> list[str]:
    """The relations that one reads. Inside it a table's name means the table as it is."""
    names = _NAME.findall(_relations()[relation].sql)
    return [name for name in names if name not in TABLES and name != DOCUMENTS]


class _Sources:
    """What stands after FROM for tables and relations: what is read twice is written once, ahead of the query."""

    def __init__(self, relations: Sequence[str], tables: _Tables, keeping: frozenset[str]) -> None:
        self._tables = tables
        self._keeping = keeping
        self._reads: Counter[str] = Counter()
        self._kept: dict[str, _Query] = {}
        for relation in relations:
            self._follow(relation)

    def _follow(self, relation: str) -> None:
        """Count a reading. What a relation reads comes to stand before it."""
        if relation not in self._reads and not self._is_kept(relation):
            for name in _read(relation):
                self._follow(name)
        self._reads[relation] += 1

    def _is_kept(self, relation: str) -> bool:
        return relation in self._keeping

    def _shared(self, relation: str) -> bool:
        return self._reads[relation] > 1 and not self._is_kept(relation)

    def _written(self, relation: str) -> str:
        def stand_in(name: re.Match[str]) -> str:
            table = name[1]
            if table in TABLES or table == DOCUMENTS:
                return dict(self._tables)[table] or _empty(table)
            return self.of(table)

        return f"({_NAME.sub(stand_in, _relations()[relation].sql)})"

    def _whole(self, relation: str) -> _Query:
        """A relation as a query of its own."""
        sources = _Sources(_read(relation), self._tables, self._keeping)
        return sources.query(f"SELECT * FROM {sources._written(relation)} k")

    def of(self, relation: str) -> str:
        """A relation as it stands after FROM."""
        if self._is_kept(relation):
            if relation not in self._kept:
                self._kept[relation] = self._whole(relation)
            return f"{{{relation}}}"
        return f"shared_{relation}" if self._shared(relation) else self._written(relation)

    def query(self, sql: str) -> _Query:
        """A query over these sources."""
        shared = [relation for relation in self._reads if self._shared(relation)]
        ahead = ", ".join(f"shared_{relation} AS {self._written(relation)}" for relation in shared)
        return _Query(f"WITH {ahead} {sql}" if ahead else sql, tuple(self._kept.items()))


def _keeping(keep: Keep | None, many: bool) -> frozenset[str]:
    if keep is None:
        return frozenset()
    return _KEPT_OF_MANY if many else _KEPT


def _tables(source: Source) -> _Tables:
    return tuple((name, source(name)) for name in (*TABLES, DOCUMENTS))


def _aggregate(relation: str, of: tuple[str, ...], clauses: Sequence[tuple[int, Clause]]) -> str:
    if not of:
        counts = ", ".join(f"count(*) FILTER (WHERE {clause.where}) AS c{n}" for n, clause in clauses)
        return f"SELECT {counts} FROM {relation} r"
    columns = ", ".join(of)
    counts = ", ".join(f"coalesce(sum(many) FILTER (WHERE {clause.where}), 0) AS c{n}" for n, clause in clauses)
    return f"SELECT {counts} FROM (SELECT {columns}, count(*) AS many FROM {relation} r GROUP BY {columns}) g"


def clauses_by_relation(clauses: Sequence[tuple[int, Clause]]) -> dict[str, list[tuple[int, Clause]]]:
    """Numbered clauses by the relation that they are read from."""
    groups: defaultdict[str, list[tuple[int, Clause]]] = defaultdict(list)
    for n, clause in clauses:
        groups[clause.relation].append((n, clause))
    return groups


@lru_cache(maxsize=256)
def _count_query(clauses: tuple[Clause, ...], tables: _Tables, keeping: frozenset[str], many: bool) -> _Query:
    groups: defaultdict[tuple[str, tuple[str, ...]], list[tuple[int, Clause]]] = defaultdict(list)
    for n, clause in enumerate(clauses):
        groups[clause.relation, clause.of if many else ()].append((n, clause))
    sources = _Sources(list(dict.fromkeys(relation for relation, _ in groups)), tables, keeping)
    aggregates = [
        f"({_aggregate(sources.of(relation), of, group)}) a{group[0][0]}" for (relation, of), group in groups.items()
    ]
    columns = ", ".join(f"c{n}" for n in range(len(clauses)))
    return sources.query(f"SELECT {columns} FROM {' CROSS JOIN '.join(aggregates)}")


def count_query(clauses: Sequence[Clause], source: Source, keep: Keep | None = None, *, many: bool = False) -> str:
    """One row: how many rows break each clause, in the order of the clauses.

    Of `many` rows, what is dear to ask is asked of each different value.
    """
    return _count_query(tuple(clauses), _tables(source), _keeping(keep, many), many).over(keep)


@lru_cache(maxsize=256)
def _rows_query(clause: Clause, tables: _Tables, cap: int | None, keeping: frozenset[str]) -> _Query:
    sources = _Sources([clause.relation], tables, keeping)
    first = "" if cap is None else f" ORDER BY row_key, found LIMIT {int(cap)}"
    return sources.query(
        f"SELECT row_key, {clause.value} AS found, {clause.expected} AS wanted "
        f"FROM {sources.of(clause.relation)} r WHERE {clause.where}{first}"
    )


def rows_query(clause: Clause, source: Source, cap: int | None, keep: Keep | None = None) -> str:
    """The first rows that break a clause: key, value and expected, in order of key and value; without a cap all, as they come."""
    return _rows_query(clause, _tables(source), cap, _keeping(keep, many=False)).over(keep)


def broken_query(relation: str, clauses: Sequence[tuple[int, Clause]], source: Source, keep: Keep | None = None) -> str:
    """Of many rows, those that break any of a relation's clauses: the key, and of each clause whether, value and expected."""
    sources = _Sources([relation], _tables(source), _keeping(keep, many=True))
    columns = "".join(
        f", ({clause.where}) IS TRUE AS b{n}, CASE WHEN {clause.where} THEN {clause.value} END AS v{n}, "
        f"CASE WHEN {clause.where} THEN {clause.expected} END AS e{n}"
        for n, clause in clauses
    )
    any_broken = " OR ".join(f"({clause.where})" for _, clause in clauses)
    return sources.query(f"SELECT row_key{columns} FROM {sources.of(relation)} r WHERE {any_broken}").over(keep)


def breaking_query(relation: str, clauses: Sequence[tuple[int, Clause]], source: Source, keep: Keep | None) -> str:
    """Of many rows on DuckDB, those that break any of a relation's clauses as they are, and of each clause whether: no texts."""
    sources = _Sources([relation], _tables(source), _keeping(keep, many=True))
    columns = "*" if relation in _KEYED_BY_TEXT else "* EXCLUDE (row_key)"
    broken = ", ".join(f"({clause.where}) IS TRUE AS b{n}" for n, clause in clauses)
    any_broken = " OR ".join(f"({clause.where})" for _, clause in clauses)
    return sources.query(f"SELECT {columns}, {broken} FROM {sources.of(relation)} r WHERE {any_broken}").over(keep)


def found_query(clause: Clause, n: int, breaking: str) -> str:
    """What is to be said of the rows of a `breaking_query` that break its clause n: key, value and expected."""
    key = "row_key" if clause.relation in _KEYED_BY_TEXT else row_key(table_of(clause), "b")
    said = f"{key} AS row_key, {clause.value} AS found, {clause.expected} AS wanted"
    return f"SELECT {said} FROM {breaking} b WHERE b{n}"
