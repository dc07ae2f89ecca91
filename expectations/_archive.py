"""Tables at hand on an embedded DuckDB: what costs to read is kept, and what is big is judged some races at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from bowerman_data.expectations._holders import DuckDBHolder
from bowerman_data.expectations._query import Keep
from bowerman_data.expectations._slices import SLICE, Slicing, rows_of, slicing_of
from bowerman_data.expectations._sql import literal
from bowerman_data.schemas.tables import TABLES

__all__ = ["Archive"]

_FEW = 20_000
_MEMORY = "800MB"

_BY_RACE = ("results", "splits")
_IN_SLICES = {name: f"sliced_{name}" for name in (*_BY_RACE, "races", "athletes")}


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
        self._every, self._exports = every, 0
        self._kept: dict[str, str] = {}
        self._size = size
        self._slicing: Slicing | None = None
        rows = {name: len(rows_of(connection, data)) for name, data in tables.items()}
        self.sliced = sum(rows[name] for name in _BY_RACE if name in rows) > size
        self._configure(sum(rows.values()))

    def _configure(self, rows: int) -> None:
        """Settings by size: of few rows the plan costs more than the rows, of many only the order costs more."""
        self._execute(f"SET temp_directory = {literal(str(self._folder))}")
        if rows <= _FEW:
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
        if self._every is not None:
            self._exports += 1
            path = str(self._every / f"gx-{self._exports:05}.parquet").replace("'", "''")
            self._execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")

    def slices(self, table: str) -> Iterator[DuckDBHolder]:
        """Some races at a time, in tables of their own, with whom and what they name."""
        names: set[str] = {"results"} if table == "results" else set(_BY_RACE)
        slicing = self._slicing or self._cut()
        # The joins are written in the order that suits races; the optimizer guesses that few rows match, and errs.
        self._execute("SET disabled_optimizers = 'join_order'")
        for spans in slicing.spans:
            for name in names & spans.keys():
                self._create(name, slicing.rows[name].read(self._connection, spans[name]))
            self._beside(names & spans.keys())
            yield _Slice(self)
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

    def _beside(self, present: set[str]) -> None:
        """The rows of races and athletes that the slice names."""
        for name, column in (("races", "race_id"), ("athletes", "athlete_id")):
            if self.columns(name) is not None and column in dict(self.columns(name) or ()):
                named = " UNION ALL ".join(f"SELECT {column} FROM {_IN_SLICES[table]}" for table in sorted(present))
                self._create(
                    name,
                    self._connection.sql(f"SELECT * FROM {name} WHERE {column} IN (SELECT {column} FROM ({named}) n)"),
                )


class _Slice(DuckDBHolder):
    """The tables as they are in a slice, on the archive's connection."""

    def __init__(self, archive: Archive) -> None:
        self._execute = archive._execute
        self._archive = archive
        self._names = _IN_SLICES

    def exported(self, sql: str) -> None:
        """Where those of the archive go."""
        self._archive.exported(sql)
