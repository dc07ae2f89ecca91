"""Which races can break a rule at all: found out in one pass over many rows, so that only these are judged.

Nearly all races of an archive hold. Whether one can fail is decided by comparisons of numbers, a group by
runner and one by race; the rules themselves, with their windows and joins, are then asked of the others
alone. What is asked here is never finer than the rules are: beside each condition stands why whoever
breaks the rule meets it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bowerman_data.expectations import _suspect_results, _suspect_splits
from bowerman_data.expectations._query import clauses_on

__all__ = ["SCREENED", "strangers_query", "suspects_query"]

_BY_GROUP = ("race_id", "athlete_id")  # asked of each group, not of each row

# The relations whose clauses only suspects can break. One that were not here would be asked of nobody.
SCREENED = {"results": _suspect_results.RELATIONS, "splits": _suspect_splits.RELATIONS}


def _wrong_rows(table: str) -> Iterator[str]:
    """The races of the rows that break a rule by themselves, by the very clauses."""
    clauses = clauses_on(table)
    plain = " OR ".join(f"({clause.where})" for clause in clauses if not clause.of)
    yield f"SELECT race_id FROM {{{table}}} t WHERE {plain}"
    for columns in _values(clause.of for clause in clauses):
        wrong = " OR ".join(f"({clause.where})" for clause in clauses if clause.of and set(clause.of) <= set(columns))
        named = ", ".join(columns)
        same = " AND ".join(f"t.{column} IS NOT DISTINCT FROM w.{column}" for column in columns)
        values = f"SELECT {named} FROM {{{table}}} t GROUP BY {named}"
        yield f"SELECT race_id FROM {{{table}}} t SEMI JOIN (SELECT {named} FROM ({values}) v WHERE {wrong}) w ON {same}"


def _values(of: Iterator[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The sets of columns whose different values are few, without those that are part of another."""
    asked = {columns for columns in of if columns and not set(columns) & set(_BY_GROUP)}
    return sorted(columns for columns in asked if not any(set(columns) < set(other) for other in asked))


def strangers_query(table: str, athletes: str) -> str:
    """The ids of athletes in a table that are not among the different ones of `athletes`, or are as ids must not be."""
    wrong = " OR ".join(clause.where for clause in clauses_on(table) if clause.of == ("athlete_id",))
    known = f"SELECT athlete_id FROM {athletes} a WHERE NOT ({wrong})"
    unknown = f"SELECT t.athlete_id FROM {table} t ANTI JOIN ({known}) k ON t.athlete_id = k.athlete_id"
    return f"SELECT DISTINCT athlete_id FROM ({unknown}) u WHERE athlete_id IS NOT NULL"


def suspects_query(table: str, there: Mapping[str, str], stretches: Sequence[tuple[float | None, float | None]]) -> str:
    """The `race_id` of each race whose rows of a table can break a rule; null where a row has none.

    `there` is what stands after FROM for the tables that are there and as declared, each race once, and
    for `strangers`, the rows of `strangers_query`, if there are athletes. `stretches` are all in splits: where they begin and end.
    """
    apart = _suspect_results.queries(there) if table == "results" else _suspect_splits.queries(there, stretches)
    found = " UNION ALL ".join([*_wrong_rows(table), *apart])
    for name, source in there.items():
        found = found.replace(f"{{{name}}}", source)
    return f"SELECT DISTINCT race_id FROM ({found}) s"
