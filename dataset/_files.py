"""The shipped Parquet files, found through the package so that they are read wherever it is installed."""

from __future__ import annotations

from functools import cache
from importlib.abc import Traversable
from importlib.resources import files

import pyarrow as pa
import pyarrow.parquet as pq

from bowerman_data.errors import UnknownName
from bowerman_data.schemas.tables import TABLES

__all__ = ["known_table", "parquet_file", "read", "rows"]


def known_table(name: str) -> str:
    """The name, if it is a table's; raises UnknownName with the nearest spelling otherwise."""
    if name not in TABLES:
        raise UnknownName("table", name, TABLES)
    return name


def parquet_file(name: str) -> Traversable:
    """The file of a table."""
    return files("bowerman_data") / "tables" / f"{known_table(name)}.parquet"


@cache
def read(name: str) -> pa.Table:
    """A table, read once; Arrow tables cannot be changed, so that all callers may share it."""
    # Not pq.read_table, which imports pandas where it is installed; and no threads, which tables this
    # small do not repay and which can abort a process that ends while they start.
    return pq.ParquetFile(pa.BufferReader(parquet_file(name).read_bytes())).read(use_threads=False)


def rows(name: str) -> int:
    """The rows of a table, from the footer of its file alone."""
    with parquet_file(name).open("rb") as file:
        return pq.read_metadata(file).num_rows
