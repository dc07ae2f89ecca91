"""Which races can break a rule at all: found out in one pass over many rows, so that only these are judged.

Nearly all races of an archive hold. Whether one can fail is decided by comparisons of numbers, a group by
runner and one by race; the rules themselves, with their windows and joins, are then asked of the others
alone. What is asked here is never finer than the rules are: beside each condition stands why whoever
breaks the rule meets it. What rows break by themselves is asked of all rows, and needs no suspects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bowerman_data.expectations import _suspect_results, _suspect_splits
from bowerman_data.expectations._query import clauses_on

__all__ = ["SCREENED", "strangers_query", "suspects_query", "wrong_rows_query"]

_BY_GROUP = ("race_id", "athlete_id")  # asked of each group, not of each row

# The relations whose clauses only suspects can break. One that were not here would be asked of nobody.
SCREENED = {"results": _suspect_results.RELATIONS, "splits": _suspect_splits.RELATIONS}


def wrong_rows_query(table: str, rows: str, suspects: str | None = None, theirs: str | None = None) -> str:
    """The rows that break a rule by themselves, by the very clauses.

    What is dear to ask of each row is asked of each different value; of ids, which differ more, only of the `suspects`
    and of `theirs`, the rows of these: whoever has an id that is none is one of them.
    """
    asked = {columns: rows for columns in _values(clause.of for clause in clauses_on(table))}
    if suspects is not None and theirs is not None:
        asked |= {("race_id",): suspects, ("athlete_id",): theirs}
    joins = [_wrong_values(table, columns, source, f"w{n}") for n, (columns, source) in enumerate(asked.items())]
    alone = [f"({clause.where})" for clause in clauses_on(table) if not clause.of]
    found = " OR ".join([*alone, *(f"w{n}.wrong" for n in range(len(joins)))])
    return f"SELECT t.* FROM {rows} t {' '.join(joins)} WHERE {found}"


def _wrong_values(table: str, columns: tuple[str, ...], source: str, alias: str) -> str:
    """The values of some columns that break a rule, joined to the rows that have them."""
    wrong = " OR ".join(f"({c.where})" for c in clauses_on(table) if c.of and set(c.of) <= set(columns))
    named = ", ".join(f"{column} AS {alias}_{column}" for column in columns)
    # Of what is DISTINCT, DuckDB would ask it of each row, before.
    values = f"SELECT {', '.join(columns)} FROM {source} s GROUP BY {', '.join(columns)}"
    same = " AND ".join(f"t.{column} IS NOT DISTINCT FROM {alias}.{alias}_{column}" for column in columns)
    return f"LEFT JOIN (SELECT {named}, TRUE AS wrong FROM ({values}) v WHERE {wrong}) {alias} ON {same}"


def _values(of: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
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
    """The `race_id` of each race whose rows can break a rule that looks beyond a row; null where a row has none.

    `there` is what stands after FROM for the tables that are there and as declared, each race once, and
    for `strangers`, the rows of `strangers_query`, if there are athletes. `stretches` are all in splits: where they begin and end.
    """
    apart = _suspect_results.queries(there) if table == "results" else _suspect_splits.queries(there, stretches)
    found = " UNION ALL ".join(apart)
    for name, source in there.items():
        found = found.replace(f"{{{name}}}", source)
    return f"SELECT DISTINCT race_id FROM ({found}) s"
