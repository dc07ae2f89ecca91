"""A connection that outlasts a run: of a few rows, it costs more to plan a query than to run it.

The declared tables stand there empty. A run fills those that it is given, and they are emptied
again, so that nothing changes but rows, and what was planned once need not be planned again.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from bowerman_data.expectations._holders import DuckDBHolder, Exports, copied, duckdb_type
from bowerman_data.expectations._query import DOCUMENTS, Keep
from bowerman_data.schemas.tables import TABLES

__all__ = ["FEW", "Standing", "standing"]

FEW = 20_000  # rows; of more, what the optimizer saves is more than it costs

_PLANS = 1_000  # that are held at most
_TIDY = 50  # runs after which the rows that were deleted are cleared away: each scan passes over them

_SQL_TYPES = {"list<string>": "VARCHAR[]", "list<int16>": "SMALLINT[]", "float64": "DOUBLE", "string": "VARCHAR"}
_DECLARED = {name: [(c.name, c.dtype) for c in table.declared()] for name, table in TABLES.items()}
_DECLARED[DOCUMENTS] = [(name, "string") for name in ("source_id", "sha256", "text")]


class _Desk:
    """The connection, the tables that stand on it, and its plans."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        self.kept: dict[str, str] = {}
        self.sound = True
        self._plans: dict[str, str] = {}
        self._runs = 0
        DuckDBHolder(self.connection.execute, {})
        self.connection.execute("PRAGMA disable_optimizer")
        for name, columns in _DECLARED.items():
            typed = ", ".join(f"{column} {_SQL_TYPES.get(dtype, dtype)}" for column, dtype in columns)
            self.connection.execute(f"CREATE TABLE {name} ({typed})")

    @property
    def worn(self) -> bool:
        """Whether a new one is due: something has gone wrong on it, or it is full."""
        return not self.sound or len(self._plans) > _PLANS

    def run(self, sql: str) -> duckdb.DuckDBPyConnection:
        """Run a query, which is planned once."""
        try:
            if sql not in self._plans:
                self._plan(sql, f"plan_{len(self._plans)}")
            return self.connection.execute(f"EXECUTE {self._plans[sql]}")
        except Exception:
            self.sound = False
            raise

    def _plan(self, sql: str, name: str) -> None:
        self.connection.execute(f"PREPARE {name} AS {sql}")
        self._plans[sql] = name

    def keeping(self, sql: str) -> str:
        """The table for the rows of a query."""
        if sql not in self.kept:
            name = f"kept_{len(self.kept)}"
            self.connection.execute(f"CREATE TABLE {name} AS SELECT * FROM ({sql}) k LIMIT 0")
            self.kept[sql] = name
            self._plans.clear()  # where a table is new, DuckDB plans again whatever it runs
        return self.kept[sql]

    def clear(self, tables: set[str]) -> None:
        """Take all rows out."""
        for name in tables:
            self.connection.execute(f"TRUNCATE {name}")
        self._runs += 1
        if self._runs % _TIDY == 0:
            self.connection.execute("CHECKPOINT")


_DESKS: dict[int, _Desk] = {}  # by process: one that was forked may not use what its parent does

# One that were still there when the process ends would have DuckDB's bindings say that they leak.
atexit.register(_DESKS.clear)


class Standing(DuckDBHolder):
    """The tables of one run, on the connection that stands."""

    def __init__(self, desk: _Desk, tables: Mapping[str, pa.Table], every: Path | None) -> None:
        """The rows are there."""
        self.connection = desk.connection
        self._desk, self._rows = desk, {name: data.num_rows for name, data in tables.items()}
        self.filled = set(tables)
        self._exports = Exports(every, "gx")

    @property
    def keep(self) -> Keep | None:
        """Keep the rows of a query for this run."""
        return self._inserted

    def _inserted(self, sql: str) -> str:
        name = self._desk.keeping(sql)
        if name not in self.filled:
            self.filled.add(name)
            self._desk.run(f"INSERT INTO {name} {sql}")
        return name

    def query(self, sql: str) -> Sequence[Sequence[Any]]:
        """The rows that a query gives."""
        return self._desk.run(sql).fetchall()

    def source(self, table: str) -> str | None:
        """The table's name."""
        return table if table in self._rows else None

    def columns(self, table: str) -> Sequence[tuple[str, str]] | None:
        """Those declared; None for a table that this run does not have."""
        return _DECLARED[table] if table in self._rows else None

    def exported(self, sql: str) -> None:
        """Write violations as one more Parquet file."""
        self._exports.write(partial(copied, self.connection.execute, sql))

    def exporting(self) -> AbstractContextManager[None]:
        """Take back what was exported within, if that is left by an error."""
        return self._exports.together()


def _desk() -> _Desk:
    desk = _DESKS.get(os.getpid())
    if desk is None or desk.worn:
        desk = _DESKS[os.getpid()] = _Desk()
    return desk


def _declared(name: str, rows: duckdb.DuckDBPyRelation) -> bool:
    return [*zip(rows.columns, map(duckdb_type, map(str, rows.types)), strict=True)] == _DECLARED[name]


def _filled(desk: _Desk, tables: Mapping[str, pa.Table]) -> bool:
    """Put the rows in, if the tables are as declared, and can be read."""
    try:
        rows = {name: desk.connection.from_arrow(data) for name, data in tables.items()}
        declared = all(_declared(name, found) for name, found in rows.items())
        for name, found in rows.items() if declared else ():
            found.insert_into(name)
    except Exception:  # noqa: BLE001 -- what is wrong is found out where the tables are judged by themselves
        return False
    return declared


@contextmanager
def standing(tables: Mapping[str, pa.Table], every: Path | None) -> Iterator[Standing | None]:
    """The tables on the connection that stands, for the time of a run; None unless they are as declared."""
    desk = _desk()
    filled = set(tables)
    try:
        if not _filled(desk, tables):
            yield None
            return
        few = Standing(desk, tables, every)
        filled = few.filled
        yield few
    finally:
        desk.clear(filled)
