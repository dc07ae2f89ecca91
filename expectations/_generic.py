"""The rules that follow from the declarations of columns and tables."""

from __future__ import annotations

from collections.abc import Iterator

from bowerman_data.expectations._sql import Clause, Relation, any_of, cell, literal, matches, row_key
from bowerman_data.schemas.columns import COLUMNS, Column
from bowerman_data.schemas.tables import TABLES, Reference, Table

__all__ = ["clauses", "relations"]


def _bound(value: float | None) -> str:
    return f"{value:.15g}"


def _missing(table: Table) -> Iterator[Clause]:
    for column in table.declared():
        if column.name in table.nulls:
            continue
        where = f"{column.name} IS NULL"
        if column.dtype.startswith("list"):
            # Most lists are empty, and need no copy without its nulls.
            where += f" OR (size({column.name}) > 0 AND size(array_compact({column.name})) < size({column.name}))"
        nothing = "CAST(NULL AS STRING)"
        yield Clause("no-missing-value", table.name, where, column.name, nothing, literal("a value"))


def _domain_of(column: Column) -> tuple[str, str] | None:
    """What breaks a column's domain, and the domain in words."""
    if column.values:
        return f"NOT ({any_of(column.name, column.values)})", f"one of {', '.join(column.values)}"
    if column.pattern:
        return f"NOT {matches(column.name, column.pattern)}", f"pattern {column.pattern}"
    if column.minimum is not None:
        low, high = _bound(column.minimum), _bound(column.maximum)
        return f"{column.name} < {low} OR {column.name} > {high}", f"{low} to {high}"
    return None


def _domain(table: Table) -> Iterator[Clause]:
    for column in table.declared():
        domain = _domain_of(column)
        if domain and not column.dtype.startswith("list"):
            where, words = domain
            of = (column.name,) if column.pattern else ()
            yield Clause("value-in-domain", table.name, where, column.name, cell(column), literal(words), of)


def _group(table: Table) -> tuple[str, ...]:
    """What no two rows share; a leader's stretch is the leader's, whoever he was."""
    if table.name == "splits":
        return (*table.key[:-1], "CASE WHEN basis = 'leader' THEN NULL ELSE athlete_id END")
    return table.key


def _twice(table: Table) -> Relation:
    group, rows = _group(table), "crowd" if table.name == "splits" else table.name
    names = [f"g{n}" for n in range(len(group))]
    grouped = ", ".join(f"{column} AS {name}" for column, name in zip(group, names, strict=True))
    same = " AND ".join(f"t.{name} IS NOT DISTINCT FROM d.{name}" for name in names)
    return Relation(
        f"{table.name}_twice",
        table.name,
        f"SELECT t.*, {row_key(table.name)} AS row_key FROM (SELECT *, {grouped} FROM {{{rows}}} s) t JOIN "
        f"(SELECT {', '.join(names)} FROM (SELECT {grouped} FROM {{{rows}}} s) g "
        f"GROUP BY {', '.join(names)} HAVING count(*) > 1) d ON {same}",
        by_race="race_id" in table.key[:-1],
    )


def _unique(table: Table) -> Clause:
    column = "to_m" if table.name == "splits" else table.key[-1]
    return Clause(table.unique_key_invariant, f"{table.name}_twice", "TRUE", column, cell(COLUMNS[column]))


def _stray(table: Table, reference: Reference) -> Relation:
    known = f"(SELECT DISTINCT {reference.target} AS known FROM {{{reference.table}}})"
    return Relation(
        f"{table.name}_{reference.column}_stray",
        table.name,
        f"SELECT t.*, {row_key(table.name)} AS row_key FROM {{{table.name}}} t LEFT JOIN {known} k "
        f"ON t.{reference.column} = k.known WHERE k.known IS NULL AND t.{reference.column} IS NOT NULL",
        by_race="race_id" in table.key[:-1],
    )


def _reference(table: Table, reference: Reference) -> Clause:
    return Clause(
        "known-reference",
        f"{table.name}_{reference.column}_stray",
        "TRUE",
        reference.column,
        reference.column,
        literal(f"one of {reference.table}.{reference.target}"),
    )


def _ordered(table: Table) -> Relation:
    above = ", ".join(f"lag({name}) OVER (ORDER BY input_row) AS above_{name}" for name in table.order)
    return Relation(
        f"{table.name}_ordered",
        table.name,
        f"SELECT t.*, lag(1) OVER (ORDER BY input_row) AS has_above, {above}, {row_key(table.name)} AS row_key "
        f"FROM (SELECT *, monotonically_increasing_id() AS input_row FROM {{{table.name}}}) t",
    )


def _order(table: Table) -> Clause:
    same, less = "TRUE", []
    for name in table.order:
        less.append(f"({same} AND {name} IS NOT NULL AND (above_{name} IS NULL OR {name} < above_{name}))")
        same += f" AND {name} IS NOT DISTINCT FROM above_{name}"
    first = table.order[0]
    where = f"has_above IS NOT NULL AND ({' OR '.join(less)})"
    return Clause("row-order", f"{table.name}_ordered", where, first, cell(COLUMNS[first]))


def relations(table: Table) -> Iterator[Relation]:
    """What the rules of a table's declaration are read from, beside the table's own relation."""
    yield _twice(table)
    yield _ordered(table)
    for reference in table.references:
        yield _stray(table, reference)


def clauses() -> Iterator[Clause]:
    """The rules that follow from the declaration of each table."""
    for table in TABLES.values():
        yield from _missing(table)
        yield from _domain(table)
        yield _unique(table)
        yield _order(table)
        for reference in table.references:
            yield _reference(table, reference)
