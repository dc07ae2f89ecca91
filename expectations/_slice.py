"""A slice of an archive, on a cursor of its own: its suspects are found, and what these are judged by comes into tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import duckdb

from bowerman_data.expectations._holders import DuckDBHolder, Exports, copied
from bowerman_data.expectations._query import Keep, Source
from bowerman_data.expectations._slices import Slicing, Span
from bowerman_data.expectations._suspects import (
    Columns,
    suspects_query,
    values_asked,
    wrong_rows_query,
    wrong_values_query,
)

__all__ = ["Around", "Slice"]

_TABLES = ("results", "splits", "races")
_READ = {name: f"read_{name}" for name in _TABLES}
_JUDGED = {name: f"sliced_{name}" for name in _TABLES}
_BESIDE_SPLITS = "race_id, athlete_id, status, time_ms, decimals"  # what splits are held against of the results

# Each race once, with what rows are judged by beside it.
_RACING = (
    "SELECT race_id, max(date) AS date, max(distance_m) AS distance_m, max(sex) AS sex, max(coverage) AS coverage, "
    "replace(max(discipline), '-indoor', '') AS event FROM {} r GROUP BY race_id"
)


@dataclass(frozen=True, slots=True)
class Around:
    """What all slices share: how they are cut, whether there are races, and the tables of whom the archive keeps."""

    slicing: Slicing
    races: bool
    athletes: str | None
    strangers: str | None
    exports: Exports


class Slice(DuckDBHolder):
    """The tables with the rows of those races of a slice that can break a rule of one table."""

    def __init__(
        self, cursor: duckdb.DuckDBPyConnection, table: str, spans: Mapping[str, Span], around: Around
    ) -> None:
        """The rows of all races are looked up where they lie."""
        names = _JUDGED if around.athletes is None else _JUDGED | {"athletes": around.athletes}
        super().__init__(cursor.execute, names)
        self._table, self._around = table, around
        self._cut_races = "races" in spans
        self._beside = [
            name for name in ("results", "splits") if name in spans and (name == "results" or name == table)
        ]
        self._kept: dict[str, str] = {}
        for name, span in spans.items():
            around.slicing.rows[name].show(cursor, _READ[name], span)

    @property
    def keep(self) -> Keep | None:
        """Keep the rows of a query as long as the slice."""
        return self._tabled

    def _tabled(self, sql: str) -> str:
        if sql not in self._kept:
            name = f"sliced_kept_{len(self._kept)}"
            self._execute(f"CREATE TEMP TABLE {name} AS {sql}")
            self._kept[sql] = name
        return self._kept[sql]

    def doubted(self) -> bool:
        """Bring the rows of suspects into tables, and those that break a rule by themselves; whether there are suspects."""
        wrong = dict(self._wrong_values(dict.fromkeys(values_asked(self._table), _READ[self._table])))
        self._execute(f"CREATE TEMP TABLE suspects AS {self._suspects(wrong)}")
        suspected = self._any("suspects")
        if suspected:
            self._take_suspects()
            self._take_wrong(wrong)
        return suspected

    def _wrong_values(self, asked: Mapping[Columns, str]) -> Iterator[tuple[Columns, str]]:
        """The tables of wrong values, of those columns that have some: mostly none have, and nothing is joined to rows."""
        for columns, rows in asked.items():
            name = f"wrong_{'_'.join(columns)}"
            self._execute(f"CREATE TEMP TABLE {name} AS {wrong_values_query(self._table, columns, rows)}")
            if self._any(name):
                yield columns, name

    def _any(self, table: str) -> bool:
        return bool(self.query(f"SELECT 1 FROM {table} LIMIT 1"))

    def _take_suspects(self) -> None:
        for name in self._beside:
            self._take(name, _READ[name], "*" if name == self._table else _BESIDE_SPLITS)
        if self._around.races:
            self._take("races", "races", "*")

    def _take_wrong(self, wrong: Mapping[Columns, str]) -> None:
        """The rows that break a rule by themselves, which are all rows of suspects: only there is asked what ids are none."""
        rows = _JUDGED[self._table]
        ids = dict(self._wrong_values({("race_id",): "suspects", ("athlete_id",): rows}))
        self._execute(f"CREATE TEMP TABLE wrong_rows AS {wrong_rows_query(self._table, rows, {**wrong, **ids})}")
        self._wrong = self._any("wrong_rows")

    def of(self, relation: str) -> Source | None:
        """What a relation is read from; None if nobody can break its clauses."""
        if relation == self._table:
            return {self._table: "wrong_rows"}.get if self._wrong else None
        return self.source

    def _suspects(self, wrong: Mapping[Columns, str]) -> str:
        there: dict[str, str] = {name: _READ[name] for name in self._beside}
        if self._around.races:
            self._execute(f"CREATE TEMP TABLE racing AS {_RACING.format(self._races())}")
            there["races"] = "racing"
        if self._around.strangers is not None:
            there["strangers"] = self._around.strangers
        return suspects_query(self._table, there, self._stretches(), wrong)

    def _races(self) -> str:
        """The races of the slice, which are looked for where they stand in another order.

        One that has splits and no results may stand elsewhere, and is a suspect for it.
        """
        if self._cut_races:
            return _READ["races"]
        named = " UNION ".join(f"SELECT race_id FROM {_READ[table]}" for table in self._beside)
        return f"(SELECT * FROM races r SEMI JOIN ({named}) n ON r.race_id = n.race_id)"

    def _stretches(self) -> Sequence[tuple[float | None, float | None]]:
        if self._table != "splits":
            return ()
        return [(row[0], row[1]) for row in self.query(f"SELECT DISTINCT from_m, to_m FROM {_READ['splits']}")]

    def _take(self, name: str, source: str, columns: str) -> None:
        same = "t.race_id IS NOT DISTINCT FROM s.race_id"
        self._execute(
            f"CREATE TEMP TABLE {_JUDGED[name]} AS SELECT {columns} FROM {source} t SEMI JOIN suspects s ON {same}"
        )

    def stored(self, sql: str) -> str:
        """Keep the rows of a query in a temporary table, until the next."""
        self._execute(f"CREATE OR REPLACE TEMP TABLE stored AS {sql}")
        return "stored"

    def exported(self, sql: str) -> None:
        """Where those of the archive go."""
        self._around.exports.write(partial(copied, self._execute, sql))
