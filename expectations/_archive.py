"""Tables at hand on an embedded DuckDB: what costs to read is kept, and what is big is judged some races at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

import duckdb
import pyarrow as pa

from bowerman_data.expectations._holders import DuckDBHolder, Exports
from bowerman_data.expectations._query import Keep
from bowerman_data.expectations._slices import SLICE, Slicing, rows_of, slicing_of
from bowerman_data.expectations._sql import literal
from bowerman_data.expectations._standing import FEW
from bowerman_data.schemas.tables import TABLES

__all__ = ["Archive"]

_MEMORY = "800MB"

_BY_RACE = ("results", "splits")
_IN_SLICES = {name: f"sliced_{name}" for name in (*_BY_RACE, "races")}
_BESIDE_SPLITS = "race_id, athlete_id, status, time_ms, decimals"  # what splits are held against of the results


class Archive(DuckDBHolder):
    """Tables that do not change while they are judged."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        tables: Mapping[str, pa.Table | Path],
        folder: Path,
        *,
        every: Path | None = None,
        size: int = SLICE,
    ) -> None:
        """Tables whose names are views of the connection; `folder` is for what does not fit into memory."""
        super().__init__(connection.execute, {})
        self._connection, self._tables, self._folder = connection, tables, folder
        self._exports = Exports(connection.execute, every)
        self._kept: dict[str, str] = {}
        self._size = size
        self._slicing: Slicing | None = None
        rows = {name: len(rows_of(connection, data)) for name, data in tables.items()}
        self.sliced = sum(rows[name] for name in _BY_RACE if name in rows) > size
        self._configure(sum(rows.values()))

    def _configure(self, rows: int) -> None:
        """Settings by size: of few rows the plan costs more than the rows, of many only the order costs more."""
        self._execute(f"SET temp_directory = {literal(str(self._folder))}")
        if rows <= FEW:
            self._execute("SET threads = 1; PRAGMA disable_optimizer")
        elif self.sliced:
            self._execute(f"SET memory_limit = '{_MEMORY}'")

    @property
    def keep(self) -> Keep | None:
        """Keep the rows of a query in a temporary table."""
        return self._keep

    def _keep(self, sql: str) -> str:
        if sql not in self._kept:
            name = f"bowerman_kept_{len(self._kept)}"
            self._execute(f"CREATE TEMP TABLE {name} AS {sql}")
            self._kept[sql] = name
        return self._kept[sql]

    def exported(self, sql: str) -> None:
        """Write violations as one more Parquet file."""
        self._exports.write(sql)

    def exporting(self) -> AbstractContextManager[None]:
        """Take back what was exported within, if that is left by an error."""
        return self._exports.together()

    def slices(self, table: str) -> Iterator[DuckDBHolder]:
        """Some races at a time, in tables of their own, with whom and what they name."""
        names: set[str] = {"results"} if table == "results" else set(_BY_RACE)
        slicing = self._slicing or self._cut()
        # The joins are written in the order that suits races; the optimizer guesses that few rows match, and errs.
        self._execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        try:
            for spans in slicing.spans:
                for name in names & spans.keys():
                    rows = slicing.rows[name].read(self._connection, spans[name])
                    self._create(name, rows if name == table else rows.select(_BESIDE_SPLITS))
                yield _Slice(self, self._beside(names & spans.keys()))
        finally:
            self._execute("RESET disabled_optimizers")

    def _cut(self) -> Slicing:
        there = [name for name in _BY_RACE if self._declared(name)]
        rows = {name: rows_of(self._connection, self._tables[name]) for name in there}
        self._slicing = slicing_of(self._connection, rows, self._folder, self._size)
        return self._slicing

    def _declared(self, name: str) -> bool:
        columns = self.columns(name) if name in self._tables else None
        return columns is not None and dict(columns) == {c.name: c.dtype for c in TABLES[name].declared()}

    def _create(self, name: str, rows: duckdb.DuckDBPyRelation) -> None:
        self._execute(f"DROP TABLE IF EXISTS {_IN_SLICES[name]}")
        rows.create(_IN_SLICES[name])

    def _beside(self, present: set[str]) -> dict[str, str]:
        """What is named in a slice, and by what name it goes: its races, and of all athletes who they are."""
        named = " UNION ".join(f"SELECT race_id FROM {_IN_SLICES[table]}" for table in sorted(present))
        if self._has("races", "race_id"):
            self._create("races", self._connection.sql(f"SELECT * FROM races WHERE race_id IN ({named})"))
        known = self._has("athletes", "athlete_id")
        return {"athletes": self._keep("SELECT DISTINCT athlete_id FROM athletes")} if known else {}

    def _has(self, table: str, column: str) -> bool:
        return column in dict(self.columns(table) or ())


class _Slice(DuckDBHolder):
    """The tables as they are in a slice, on the archive's connection."""

    def __init__(self, archive: Archive, beside: dict[str, str]) -> None:
        self._execute = archive._execute
        self._archive = archive
        self._names = _IN_SLICES | beside
        self._kept: dict[str, str] = {}

    @property
    def keep(self) -> Keep | None:
        """Keep the rows of a query until the next slice."""
        return self._keep

    def _keep(self, sql: str) -> str:
        if sql not in self._kept:
            name = f"sliced_kept_{len(self._kept)}"
            self._execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")
            self._kept[sql] = name
        return self._kept[sql]

    def exported(self, sql: str) -> None:
        """Where those of the archive go."""
        self._archive.exported(sql)
