"""Tables at hand on an embedded DuckDB: what costs to read is kept, and what is big is judged some races at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa

from bowerman_data.expectations._counting import Part
from bowerman_data.expectations._holders import DuckDBHolder, Exports, copied
from bowerman_data.expectations._query import Keep
from bowerman_data.expectations._slice import Around, Slice
from bowerman_data.expectations._slices import AT_ONCE, Slicing, rows_of, slicing_of
from bowerman_data.expectations._sql import literal
from bowerman_data.expectations._standing import FEW
from bowerman_data.expectations._suspects import strangers_query
from bowerman_data.schemas.tables import TABLES

__all__ = ["Archive"]

_MEMORY = "800MB"

_BY_RACE = ("results", "splits")
_AT_ONCE = 2  # slices, each by a thread of its own, which leaves it no time to wait for another
_LOOKS = 8  # of so many slices, suspects are looked for in one at least, whatever was before


class Archive(DuckDBHolder):
    """Tables that do not change while they are judged."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        tables: Mapping[str, pa.Table | Path],
        folder: Path,
        *,
        every: Path | None = None,
        size: int = AT_ONCE,
    ) -> None:
        """Tables whose names are views of the connection; `folder` is for what does not fit into memory."""
        super().__init__(connection.execute, {})
        self._connection, self._tables, self._folder = connection, tables, folder
        self._exports = Exports(every, "gx")
        self._kept: dict[str, str] = {}
        self._size = size
        self._spoilt = False  # whether most rows were of suspects when last looked, of whichever table
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
            # The footers of large files are long, and each query of each cursor would read them anew.
            self._execute(f"SET memory_limit = '{_MEMORY}'; SET GLOBAL parquet_metadata_cache = true")

    @property
    def keep(self) -> Keep | None:
        """Keep the rows of a query in a table, which is there for every cursor."""
        return self._tabled

    def _tabled(self, sql: str) -> str:
        if sql not in self._kept:
            name = f"bowerman_kept_{len(self._kept)}"
            self._execute(f"CREATE TABLE {name} AS {sql}")
            self._kept[sql] = name
        return self._kept[sql]

    def exported(self, sql: str) -> None:
        """Write violations as one more Parquet file."""
        self._exports.write(partial(copied, self._execute, sql))

    def exporting(self) -> AbstractContextManager[None]:
        """Take back what was exported within, if that is left by an error."""
        return self._exports.together()

    def each_slice(self, table: str, judge: Callable[[Part], None]) -> None:
        """Judge some races at a time: of a slice those that can break a rule, two slices at once."""
        around = self._around()
        threads = self.query("SELECT current_setting('threads')")[0][0]
        # The joins are written in the order that suits races; the optimizer guesses that few rows match, and errs.
        self._execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        self._execute(f"SET threads = {max(1, threads - _AT_ONCE + 1)}")
        pool = ThreadPoolExecutor(_AT_ONCE)
        try:
            slices = range(len(around.slicing.spans))
            for done in [pool.submit(self._judge, table, n, around, judge) for n in slices]:
                done.result()
        finally:
            pool.shutdown(cancel_futures=True)
            self._execute(f"SET threads = {threads}; RESET disabled_optimizers")

    def _judge(self, table: str, n: int, around: Around, judge: Callable[[Part], None]) -> None:
        spans = around.slicing.spans[n]
        if table in spans:
            with self._connection.cursor() as cursor:
                part = Slice(cursor, table, spans, around)
                sieved = not self._spoilt or (n + 1) % _LOOKS == 0
                doubted = part.doubted(sieved=sieved)
                if sieved:
                    self._spoilt = doubted and part.spoilt
                if doubted:
                    judge(part)

    def _around(self) -> Around:
        slicing = self._slicing or self._cut()
        whose = next(name for name in _BY_RACE if name in slicing.rows)  # who runs is an entrant, where those are there
        athletes = self._tabled("SELECT DISTINCT athlete_id FROM athletes") if self._declared("athletes") else None
        strangers = self._tabled(strangers_query(whose, athletes)) if athletes else None
        return Around(slicing, self._declared("races"), athletes, strangers, self._exports)

    def _cut(self) -> Slicing:
        there = [name for name in _BY_RACE if self._declared(name)]
        rows = {name: rows_of(self._connection, self._tables[name]) for name in there}
        races = {"races": rows_of(self._connection, self._tables["races"])} if self._declared("races") else {}
        self._slicing = slicing_of(self._connection, rows, self._folder, self._size, races)
        return self._slicing

    def _declared(self, name: str) -> bool:
        columns = self.columns(name) if name in self._tables else None
        return columns is not None and dict(columns) == {c.name: c.dtype for c in TABLES[name].declared()}
