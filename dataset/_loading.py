"""Tables as Arrow, pandas, Polars or DuckDB hold them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, get_args, overload

import pyarrow as pa

from bowerman_data._editions import of_edition
from bowerman_data._files import read
from bowerman_data.errors import UnknownName, require
from bowerman_data.schemas.tables import TABLES

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl

__all__ = ["Backend", "connect", "load"]

Backend = Literal["arrow", "pandas", "polars", "duckdb"]


@overload
def load(name: str, *, edition: int | None = None) -> pa.Table: ...
@overload
def load(name: str, backend: Literal["arrow"], *, edition: int | None = None) -> pa.Table: ...
@overload
def load(name: str, backend: Literal["pandas"], *, edition: int | None = None) -> pd.DataFrame: ...
@overload
def load(name: str, backend: Literal["polars"], *, edition: int | None = None) -> pl.DataFrame: ...
@overload
def load(name: str, backend: Literal["duckdb"], *, edition: int | None = None) -> duckdb.DuckDBPyRelation: ...
def load(
    name: str, backend: Backend = "arrow", *, edition: int | None = None
) -> pa.Table | pd.DataFrame | pl.DataFrame | duckdb.DuckDBPyRelation:
    """Load one table; `tables()` lists them and `dictionary(name)` describes their columns.

    Times are whole milliseconds in `time_ms` (int32), distances metres in columns that end in
    `_m`. pandas columns have Arrow dtypes (`int32[pyarrow]`), so that a null leaves whole numbers
    whole, and dates and lists stay what they are. A DuckDB relation is on DuckDB's default
    connection, so that two of them can be joined; `connect()` gives a connection of your own.

    `edition` is a year: the rows of its race alone. Tables whose rows belong to no race, such as
    athletes, are whole.

    Raises UnknownName, a ValueError, for a table, backend or edition that does not exist, and
    ImportError with the pip line where the backend is not installed.

    >>> load("results", edition=2024).num_rows
    16
    """
    if backend not in _CONVERTERS:
        raise UnknownName("backend", backend, get_args(Backend))
    return _CONVERTERS[backend](of_edition(read(name), edition))


def connect() -> duckdb.DuckDBPyConnection:
    """Open an in-memory DuckDB connection in which every table is a view of its own name.

    Raises ImportError with the pip line where DuckDB is not installed.

    >>> connect().sql("select min(mark) from results where place = 1").fetchall()
    [('3:43.73',)]
    """
    require("duckdb")
    import duckdb

    connection = duckdb.connect()
    for name in TABLES:
        connection.register(name, read(name))
    return connection


def _to_arrow(table: pa.Table) -> pa.Table:
    return table


def _to_pandas(table: pa.Table) -> pd.DataFrame:
    require("pandas")
    import pandas as pd

    return table.to_pandas(types_mapper=pd.ArrowDtype, use_threads=False)


def _to_polars(table: pa.Table) -> pl.DataFrame:
    require("polars")
    import polars as pl

    return pl.DataFrame(table)


def _to_duckdb(table: pa.Table) -> duckdb.DuckDBPyRelation:
    require("duckdb")
    import duckdb

    return duckdb.from_arrow(table)


_CONVERTERS: dict[str, Callable[[pa.Table], pa.Table | pd.DataFrame | pl.DataFrame | duckdb.DuckDBPyRelation]] = {
    "arrow": _to_arrow,
    "pandas": _to_pandas,
    "polars": _to_polars,
    "duckdb": _to_duckdb,
}
