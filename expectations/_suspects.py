"""Which races can break a rule at all: found out in one pass over many rows, so that only these are judged.

Nearly all races of an archive hold. Whether one can fail is decided by comparisons of numbers, a group by
runner and one by race; the rules themselves, with their windows and joins, are then asked of the others
alone. What is asked here is never finer than the rules are: beside each condition stands why whoever
breaks the rule meets it. A row that breaks a rule by itself, by the very clauses, makes its race a suspect too.
Of suspects' splits the same conditions then tell the runners who can break each rule.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bowerman_data.expectations import _suspect_results, _suspect_splits
from bowerman_data.expectations._query import breaks_alone, clauses_on

__all__ = [
    "SCREENED",
    "doubts_query",
    "racing_query",
    "strangers_query",
    "suspects_query",
    "values_asked",
    "wrong_rows_query",
    "wrong_values_query",
]

Columns = tuple[str, ...]

# The relations whose clauses only suspects can break. One that were not here would be asked of nobody.
SCREENED = {"results": _suspect_results.RELATIONS, "splits": _suspect_splits.RELATIONS}


def values_asked(table: str, there: Collection[str]) -> list[Columns]:
    """The columns of which it is dear to ask each row what can be asked of each different value.

    Ids have too many: none is wrong of a race or an athlete that is known.
    """
    known = {column for column, name in (("race_id", "races"), ("athlete_id", "strangers")) if name in there}
    of = {clause.of for clause in clauses_on(table) if clause.of and not set(clause.of) & known}
    return sorted(columns for columns in of if not any(set(columns) < set(other) for other in of))


def wrong_values_query(table: str, columns: Columns, rows: str) -> str:
    """The different values of some columns that break a rule."""
    wrong = " OR ".join(f"({c.where})" for c in clauses_on(table) if c.of and set(c.of) <= set(columns))
    # Of what is DISTINCT, DuckDB would ask it of each row, before.
    values = f"SELECT {', '.join(columns)} FROM {rows} s GROUP BY {', '.join(columns)}"
    return f"SELECT * FROM ({values}) v WHERE {wrong}"


def wrong_rows_query(table: str, rows: str, wrong: Mapping[Columns, str]) -> str:
    """The rows that break a rule by themselves, by the very clauses; `wrong` are the values that do, where some do."""
    joins = [_wrong_values(columns, source, f"w{n}") for n, (columns, source) in enumerate(wrong.items())]
    found = " OR ".join([breaks_alone(table), *(f"w{n}.wrong" for n in range(len(joins)))])
    return f"SELECT t.* FROM {rows} t {' '.join(joins)} WHERE {found}"


def _wrong_values(columns: Columns, source: str, alias: str) -> str:
    """Wrong values joined to the rows that have them."""
    named = ", ".join(f"{column} AS {alias}_{column}" for column in columns)
    same = _same(columns, "t", f"{alias}.{alias}_")
    return f"LEFT JOIN (SELECT {named}, TRUE AS wrong FROM {source} v) {alias} ON {same}"


def _same(columns: Columns, alias: str, other: str) -> str:
    return " AND ".join(f"{alias}.{column} IS NOT DISTINCT FROM {other}{column}" for column in columns)


def _ill(table: str, column: str) -> str:
    """Whether an id is as ids must not be."""
    return " OR ".join(clause.where for clause in clauses_on(table) if clause.of == (column,))


def racing_query(table: str, races: str) -> str:
    """Each race once, by the hash of its id, with what rows are judged by beside it.

    One whose id is as ids must not be is left out, so that its rows in `table` are of a race that is not known.
    """
    return (
        "SELECT hash(race_id) AS race, max(date) AS date, max(distance_m) AS distance_m, max(sex) AS sex, "
        "max(coverage) AS coverage, replace(max(discipline), '-indoor', '') AS event "
        f"FROM {races} r GROUP BY race_id HAVING NOT ({_ill(table, 'race_id')})"
    )


def strangers_query(table: str, athletes: str) -> str:
    """The ids of athletes in a table that are not among the different ones of `athletes`, or are as ids must not be.

    Ids go by their hashes, which are looked up in half the time: of 2^64, that of a stranger is no athlete's.
    """
    known = f"SELECT hash(athlete_id) AS known FROM {athletes} a WHERE NOT ({_ill(table, 'athlete_id')})"
    unknown = f"SELECT t.athlete_id FROM {table} t ANTI JOIN ({known}) k ON hash(t.athlete_id) = k.known"
    return f"SELECT DISTINCT athlete_id FROM ({unknown}) u WHERE athlete_id IS NOT NULL"


def suspects_query(
    table: str,
    there: Mapping[str, str],
    stretches: Sequence[tuple[float | None, float | None]],
    wrong: Mapping[Columns, str],
) -> str:
    """The hash of each race whose rows can break a rule, of its `race_id` or of the null that a row has for it.

    `there` is what stands after FROM for the tables that are there and as declared: for `races` the rows of
    `racing_query`, and for `strangers` those of `strangers_query`, if there are athletes. `stretches` are all in
    splits: where they begin and end. `wrong` are values that break a rule by themselves.
    """
    apart = _suspect_results.queries(there) if table == "results" else _suspect_splits.queries(there, stretches)
    valued = (_with_wrong(table, columns, source) for columns, source in wrong.items())
    found = " UNION ALL ".join([*apart, *valued])
    return f"SELECT DISTINCT race FROM ({_read(found, there)}) s"


def doubts_query(there: Mapping[str, str], stretches: Sequence[tuple[float | None, float | None]]) -> str | None:
    """Of the rows of suspects, the runners of splits who can break a rule; see `_suspect_splits`."""
    found = _suspect_splits.doubts_query(there, stretches)
    return None if found is None else _read(found, there)


def _read(sql: str, there: Mapping[str, str]) -> str:
    for name, source in there.items():
        sql = sql.replace(f"{{{name}}}", source)
    return sql


def _with_wrong(table: str, columns: Columns, source: str) -> str:
    return f"SELECT hash(race_id) AS race FROM {{{table}}} t SEMI JOIN {source} w ON {_same(columns, 't', 'w.')}"
