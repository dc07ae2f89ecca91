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
    SCREENED,
    Columns,
    doubts_query,
    racing_query,
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

Stretch = tuple[float | None, float | None]

_SUSPECTED = " SEMI JOIN suspects s ON hash(t.race_id) = s.race"
_RUNNER = "hash(t.race_id) = d.race AND t.basis IS NOT DISTINCT FROM d.basis AND hash(t.athlete_id) = d.man"


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
        self._table, self._around, self._span = table, around, spans[table]
        self._narrowed: set[str] | None = None  # what doubted rows are of; None where all rows of suspects are
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

    def doubted(self, *, sieved: bool = True) -> bool:
        """Bring the rows of suspects into tables, and those that break a rule by themselves; whether there are suspects.

        Where most races are suspects, the look for them costs more than it saves: unless it is `sieved`, all are.
        """
        there, stretches = self._there(), self._stretches()
        wrong = dict(self._wrong_values(dict.fromkeys(values_asked(self._table, there), _READ[self._table])))
        found = suspects_query(self._table, there, stretches, wrong) if sieved else self._all()
        self._execute(f"CREATE TEMP TABLE suspects AS {found}")
        suspected = self._any("suspects")
        if suspected:
            self._take_suspects(sieved)
            self._take_wrong(wrong)
            if self._table == "splits":
                self._take_doubted({**there, **{name: _JUDGED[name] for name in self._beside}}, stretches)
        return suspected

    def _all(self) -> str:
        return f"SELECT DISTINCT hash(race_id) AS race FROM {_READ[self._table]} t"

    @property
    def spoilt(self) -> bool:
        """Whether most rows are those of suspects."""
        start, stop = self._span
        return 2 * int(self.query(f"SELECT count(*) FROM {_JUDGED[self._table]}")[0][0]) > stop - start

    def _wrong_values(self, asked: Mapping[Columns, str]) -> Iterator[tuple[Columns, str]]:
        """The tables of wrong values, of those columns that have some: mostly none have, and nothing is joined to rows."""
        for columns, rows in asked.items():
            name = f"wrong_{'_'.join(columns)}"
            self._execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {wrong_values_query(self._table, columns, rows)}")
            if self._any(name):
                yield columns, name

    def _any(self, table: str) -> bool:
        return bool(self.query(f"SELECT 1 FROM {table} LIMIT 1"))

    def _take_suspects(self, sieved: bool) -> None:
        for name in self._beside:
            self._take(name, _READ[name], "*" if name == self._table else _BESIDE_SPLITS, sieved)
        if self._around.races:
            self._take("races", "races", "*", sieved=True)

    def _take(self, name: str, source: str, columns: str, sieved: bool) -> None:
        """The rows of suspects; of all, what is read but a few times stays where it is."""
        where = _SUSPECTED if sieved else ""
        kind = "TABLE" if sieved or self._table == "results" else "VIEW"
        self._execute(f"CREATE TEMP {kind} {_JUDGED[name]} AS SELECT {columns} FROM {source} t{where}")

    def _take_doubted(self, there: Mapping[str, str], stretches: Sequence[Stretch]) -> None:
        """The rows of runners who can break a rule that looks beyond a row, and for each relation whether in that."""
        doubts = doubts_query(there, stretches)
        if doubts is None:
            return
        self._execute(
            f"CREATE TEMP TABLE doubted AS SELECT t.*, d.* EXCLUDE (race, basis, man) FROM {_JUDGED['splits']} t "
            f"JOIN ({doubts}) d ON {_RUNNER}"
        )
        relations = sorted(SCREENED["splits"] - {"splits"})
        any_of = self.query(f"SELECT {', '.join(f'bool_or(of_{relation})' for relation in relations)} FROM doubted")[0]
        self._narrowed = {relation for relation, some in zip(relations, any_of, strict=True) if some}

    def _take_wrong(self, wrong: Mapping[Columns, str]) -> None:
        """The rows that break a rule by themselves, which are all rows of suspects: only there is asked what ids are none."""
        rows = _JUDGED[self._table]
        ids = dict(self._wrong_values({("race_id",): rows, ("athlete_id",): rows}))
        self._execute(f"CREATE TEMP TABLE wrong_rows AS {wrong_rows_query(self._table, rows, {**wrong, **ids})}")
        self._wrong = self._any("wrong_rows")

    def of(self, relation: str) -> Source | None:
        """What a relation is read from; None if nobody can break its clauses."""
        if relation == self._table:
            return {self._table: "wrong_rows"}.get if self._wrong else None
        if self._narrowed is None:
            return self.source
        if relation not in self._narrowed:
            return None
        doubted = f"(SELECT * FROM doubted WHERE of_{relation})"
        return lambda name: doubted if name == self._table else self.source(name)

    def _there(self) -> dict[str, str]:
        """What suspects are looked for in."""
        there: dict[str, str] = {name: _READ[name] for name in self._beside}
        if self._around.races:
            self._execute(f"CREATE TEMP TABLE racing AS {racing_query(self._table, self._races())}")
            there["races"] = "racing"
        if self._around.strangers is not None:
            there["strangers"] = self._around.strangers
        return there

    def _races(self) -> str:
        """The races of the slice, which are looked for where they stand in another order.

        One that has splits and no results may stand elsewhere, and is a suspect for it.
        """
        if self._cut_races:
            return _READ["races"]
        named = " UNION ".join(f"SELECT race_id FROM {_READ[table]}" for table in self._beside)
        return f"(SELECT * FROM races r SEMI JOIN ({named}) n ON r.race_id = n.race_id)"

    def _stretches(self) -> Sequence[Stretch]:
        if self._table != "splits":
            return ()
        return [(row[0], row[1]) for row in self.query(f"SELECT DISTINCT from_m, to_m FROM {_READ['splits']}")]

    def stored(self, sql: str) -> str:
        """Keep the rows of a query in a temporary table, until the next."""
        self._execute(f"CREATE OR REPLACE TEMP TABLE stored AS {sql}")
        return "stored"

    def exported(self, sql: str) -> None:
        """Where those of the archive go."""
        self._around.exports.write(partial(copied, self._execute, sql))
