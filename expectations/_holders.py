"""The engines that can hold tables: DuckDB and Spark, each saying the same words for the same things."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bowerman_data.expectations._counting import Part
from bowerman_data.expectations._query import Keep
from bowerman_data.schemas.verdicts import Engine

if TYPE_CHECKING:
    from pyspark.sql import SparkSession  # pyright: ignore[reportMissingImports]

__all__ = ["DuckDBHolder", "Exports", "SparkHolder", "copied", "duckdb_type", "quoted"]

# Spark's words, said on DuckDB. Temporary: they live as long as the connection, in no file.
_MACROS = {
    "array_compact(l)": "list_filter(l, lambda x: x IS NOT NULL)",
    "array_join(l, separator)": "array_to_string(l, separator)",
    "collect_set(x)": "list(DISTINCT x)",
    "explode(l)": "unnest(l)",
    "get(l, i)": "l[i + 1]",
    "monotonically_increasing_id()": "row_number() OVER ()",
    "regexp_like(s, pattern)": "regexp_matches(s, pattern)",
    "sequence(low, high)": "generate_series(low, high)",
    "shiftleft(n, bits)": "n << bits",
    "sha2(s, bits)": "sha256(s)",
    "size(l)": "len(l)",
    "unix_date(d)": "date_diff('day', DATE '1970-01-01', d)",
}

_DUCKDB_TYPES = {
    "VARCHAR": "string",
    "TINYINT": "int8",
    "SMALLINT": "int16",
    "INTEGER": "int32",
    "BIGINT": "int64",
    "UTINYINT": "uint8",
    "USMALLINT": "uint16",
    "UINTEGER": "uint32",
    "UBIGINT": "uint64",
    "FLOAT": "float32",
    "DOUBLE": "float64",
    "BOOLEAN": "bool",
    "DATE": "date",
}
_SPARK_TYPES = {
    "tinyint": "int8",
    "smallint": "int16",
    "int": "int32",
    "bigint": "int64",
    "float": "float32",
    "double": "float64",
    "boolean": "bool",
}
_NAME = re.compile(r"[^.]+")


def quoted(name: str, quote: str) -> str:
    """A table's name, which may have a schema's before a dot, as an identifier."""
    return ".".join(f"{quote}{part.replace(quote, quote * 2)}{quote}" for part in _NAME.findall(name))


def duckdb_type(name: str) -> str:
    """A type of DuckDB's as the columns are declared."""
    if name.endswith("[]"):
        return f"list<{duckdb_type(name[:-2])}>"
    return _DUCKDB_TYPES.get(name, name.lower())


def _spark_type(name: str) -> str:
    if name.startswith("array<"):
        return f"list<{_spark_type(name[6:-1])}>"
    return _SPARK_TYPES.get(name, name)


def _is_unknown_table(error: Exception) -> bool:
    """Whether DuckDB, or SQLAlchemy on its behalf, says that there is no such table."""
    import duckdb

    return isinstance(getattr(error, "orig", error), duckdb.CatalogException) and "Table with name" in str(error)


class _Holder:
    """Somebody else's tables. `names` maps the contract's names to SQL that stands after FROM."""

    sliced = False
    _quote: str
    _names: Mapping[str, str]
    _columns: dict[str, Sequence[tuple[str, str]] | None]

    @property
    def keep(self) -> Keep | None:
        """None: the tables may change."""
        return None

    def each_slice(self, table: str, judge: Callable[[Part], None]) -> None:
        """None: the tables are judged where they are."""

    def exported(self, sql: str) -> None:
        """Nowhere."""

    def exporting(self) -> AbstractContextManager[None]:
        """Nothing is exported, so that nothing need be taken back."""
        return nullcontext()

    def source(self, table: str) -> str | None:
        """The SQL that stands for a table after FROM."""
        return self._names.get(table, quoted(table, self._quote))

    def columns(self, table: str) -> Sequence[tuple[str, str]] | None:
        """Names and types of a table's columns; None where there is no such table."""
        if table not in self._columns:
            self._columns[table] = self._described(table)
        return self._columns[table]

    def _described(self, table: str) -> Sequence[tuple[str, str]] | None:
        raise NotImplementedError


class DuckDBHolder(_Holder):
    """Tables of a DuckDB connection."""

    engine: Engine = "gx"
    _quote = '"'

    def __init__(self, execute: Callable[[str], Any], names: Mapping[str, str]) -> None:
        """Teach the connection Spark's words; `execute` runs a statement on it and gives a cursor."""
        self._execute = execute
        self._names = names
        self._columns = {}
        for head, body in _MACROS.items():
            execute(f"CREATE OR REPLACE TEMP MACRO {head} AS {body}")

    def query(self, sql: str) -> Sequence[Sequence[Any]]:
        """The rows that a query gives."""
        rows: Sequence[Sequence[Any]] = self._execute(sql).fetchall()
        return rows

    def _described(self, table: str) -> Sequence[tuple[str, str]] | None:
        try:
            rows = self.query(f"DESCRIBE SELECT * FROM {self.source(table)} t")
        except Exception as error:
            if _is_unknown_table(error):
                return None
            raise
        return [(row[0], duckdb_type(row[1])) for row in rows]


class SparkHolder(_Holder):
    """Tables and views of a Spark session."""

    engine: Engine = "spark"
    _quote = "`"

    def __init__(self, session: SparkSession, names: Mapping[str, str]) -> None:
        """Use the session as it is."""
        self._session = session
        self._names = names
        self._columns = {}

    def query(self, sql: str) -> Sequence[Sequence[Any]]:
        """The rows that a query gives."""
        return [tuple(row) for row in self._session.sql(sql).collect()]

    def _described(self, table: str) -> Sequence[tuple[str, str]] | None:
        source = self.source(table)
        if source is None or not self._session.catalog.tableExists(
            source
        ):  # asked for its rows, Spark would complain on stderr
            return None
        found = self._session.sql(f"SELECT * FROM {source} t").dtypes
        return [(name, _spark_type(dtype)) for name, dtype in found]


class Exports:
    """Violations on their way to Parquet files of a folder; nowhere without one."""

    def __init__(self, folder: Path | None, engine: Engine) -> None:
        """The files are named after the engine; several threads may write."""
        self._folder, self._engine = folder, engine
        self._tried = count(1)
        self._written: list[Path] = []

    def write(self, save: Callable[[Path], Any]) -> None:
        """Have one more file saved."""
        if self._folder is not None:
            path = self._folder / f"{self._engine}-{next(self._tried):05}.parquet"
            save(path)
            self._written.append(path)

    @contextmanager
    def together(self) -> Iterator[None]:
        """All that is written here, or none of it: what fails is tried again by parts."""
        before = len(self._written)
        try:
            yield
        except Exception:
            for path in self._written[before:]:
                path.unlink()
            del self._written[before:]
            raise


def copied(execute: Callable[[str], Any], sql: str, path: Path) -> None:
    """Write the rows of a query on a DuckDB connection to a Parquet file."""
    quoted_path = str(path).replace("'", "''")
    execute(f"COPY ({sql}) TO '{quoted_path}' (FORMAT parquet)")
