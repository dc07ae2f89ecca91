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
        self._doubted = dict.fromkeys(SCREENED[table], _JUDGED[table])  # the rows that each relation is asked of
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
            if self._table == "splits":
                self._take_doubted({**there, **{name: _JUDGED[name] for name in self._beside}}, stretches)
            elif self._around.strangers is not None:
                self._take_strangers(self._around.strangers)
            self._take_wrong(wrong)
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
        where = " SEMI JOIN suspects s ON hash(t.race_id) = s.race" if sieved else ""
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
        for relation in sorted(SCREENED["splits"] - {"splits"}):
            self._doubt(relation, f"(SELECT * FROM doubted WHERE of_{relation})")

    def _take_strangers(self, strangers: str) -> None:
        """The rows of athletes who are not known."""
        self._execute(
            f"CREATE TEMP TABLE estranged AS SELECT * FROM {_JUDGED['results']} t SEMI JOIN {strangers} s USING (athlete_id)"
        )
        self._doubt("results_athlete_id_stray", "estranged")

    def _take_wrong(self, wrong: Mapping[Columns, str]) -> None:
        """The rows that break a rule by themselves, which are all rows of suspects: only there is asked what ids are none.

        An athlete's, if there are athletes, is known, or a stranger's.
        """
        table, rows = self._table, _JUDGED[self._table]
        named = rows if self._around.strangers is None else self._doubted.get(f"{table}_athlete_id_stray")
        ids: dict[Columns, str] = {("race_id",): rows}
        if named is not None:
            ids["athlete_id",] = named
        wrong = {**wrong, **dict(self._wrong_values(ids))}
        self._execute(f"CREATE TEMP TABLE wrong_rows AS {wrong_rows_query(table, rows, wrong)}")
        self._doubt(table, "wrong_rows")

    def _doubt(self, relation: str, rows: str) -> None:
        """Ask a relation of some rows only, of nobody if there are none."""
        if self._any(rows):
            self._doubted[relation] = rows
        else:
            del self._doubted[relation]

    def of(self, relation: str) -> Source | None:
        """What a relation is read from; None if nobody can break its clauses."""
        rows = self._doubted.get(relation)
        return None if rows is None else lambda name: rows if name == self._table else self.source(name)

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
