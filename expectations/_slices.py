"""Results and splits a few races at a time, where they are too many to be judged at once.

Archives stand race by race, and in most the splits follow the races in the order of the results.
Whether they do is looked up in one pass over `race_id`; where they do not, both are first sorted by
it, into Parquet files in a temporary folder.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["AT_ONCE", "Rows", "Slicing", "rows_of", "slicing_of"]

# Rows of results and splits that are not cut. Of more, a slice has up to twice as many: of two at once, what fits a few
# hundred MB, and planning its queries takes little beside them.
AT_ONCE = 2_000_000

Span = tuple[int, int]
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table by their positions: an Arrow table, or Parquet files one after the other."""

    data: pa.Table | tuple[tuple[str, int], ...]

    def __len__(self) -> int:
        """How many rows there are."""
        return self.data.num_rows if isinstance(self.data, pa.Table) else sum(rows for _, rows in self.data)

    def read(self, connection: duckdb.DuckDBPyConnection, span: Span) -> duckdb.DuckDBPyRelation:
        """The rows from one position up to another."""
        start, stop = span
        if isinstance(self.data, pa.Table):
            return connection.from_arrow(self.data.slice(start, stop - start))
        return connection.sql(" UNION ALL ".join(_within(self.data, start, stop)))

    def show(self, cursor: duckdb.DuckDBPyConnection, name: str, span: Span) -> None:
        """Have a name stand for the rows from one position up to another, for this cursor alone."""
        start, stop = span
        if isinstance(self.data, pa.Table):
            cursor.register(name, self.data.slice(start, stop - start))
        else:
            cursor.execute(f"CREATE TEMP VIEW {name} AS {' UNION ALL '.join(_within(self.data, start, stop))}")


def _within(files: Iterable[tuple[str, int]], start: int, stop: int) -> Iterator[str]:
    """Queries for the rows of files between two positions; of the first, if only for the columns."""
    before = 0
    for path, rows in files:
        first, last = max(start - before, 0), min(stop - before, rows)
        if first < last or before == 0:
            read = f"read_parquet({_text(path)}, file_row_number = true, hive_partitioning = false)"
            within = f"file_row_number >= {first} AND file_row_number < {last}"
            yield f"SELECT * EXCLUDE (file_row_number) FROM {read} WHERE {within}"
        before += rows


def _text(path: str) -> str:
    return f"'{path.replace(chr(39), chr(39) * 2)}'"


def rows_of(connection: duckdb.DuckDBPyConnection, data: pa.Table | Path) -> Rows:
    """A table's rows; of a folder its Parquet files in the order of their names."""
    if isinstance(data, pa.Table):
        return Rows(data)
    paths = sorted(map(str, data.rglob("*.parquet"))) if data.is_dir() else [str(data)]
    counted = "SELECT num_rows FROM parquet_file_metadata({})"
    return Rows(tuple((path, connection.sql(counted.format(_text(path))).fetchall()[0][0]) for path in paths))


@dataclass(frozen=True, slots=True)
class Slicing:
    """Where the races' rows are: for each slice, from where to where in each table."""

    rows: Mapping[str, Rows]
    spans: Sequence[Mapping[str, Span]]


def _runs(connection: duckdb.DuckDBPyConnection, name: str, rows: Rows) -> str:
    """A table of where each race begins; one that stands in two places begins twice.

    Races go by the hash of their id, which is compared in a fifth of the time. Two of one hash are taken for one:
    beside each other they come into one slice, apart they have the rows sorted.
    """
    whole = rows.read(connection, (0, len(rows)))
    whole.select("hash(race_id) AS race").select(
        "race, lag(race) OVER () AS above, row_number() OVER () - 1 AS first"
    ).filter("first = 0 OR race <> above").select("race, first").create(f"{name}_runs")
    return f"{name}_runs"


def _grouped(connection: duckdb.DuckDBPyConnection, runs: str) -> bool:
    return bool(connection.sql(f"SELECT count(*) = count(DISTINCT race) FROM {runs}").fetchall()[0][0])


def _begins(connection: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> dict[str, Positions] | None:
    """Where each race of the first table begins in each; None unless they stand race by race in one order."""
    runs = [f"{name}_runs" for name in tables]
    if not all(_grouped(connection, name) for name in runs):
        return None
    joins = " ".join(f"LEFT JOIN {name} USING (race)" for name in runs[1:])
    columns = ", ".join(f"{name}.first AS {table}" for name, table in zip(runs, tables, strict=True))
    found = connection.sql(f"SELECT {columns} FROM {runs[0]} {joins} ORDER BY 1").fetchnumpy()
    begins = {table: np.ma.filled(found[table].astype(np.int64), -1) for table in tables}
    return begins if all(_rising(positions) for positions in begins.values()) else None


def _rising(positions: Positions) -> bool:
    return bool(np.all(np.diff(positions[positions >= 0]) > 0))


def _spans(begins: dict[str, Positions], rows: Mapping[str, Rows], size: int) -> list[Mapping[str, Span]]:
    """Slices of whole races, of at most about twice so many rows of all tables together, and of equal size."""
    # A race without rows in a table begins where the next one does.
    starts = {name: _carried(positions, len(rows[name])) for name, positions in begins.items()}
    ahead = np.sum(list(starts.values()), axis=0)
    every = sum(map(len, rows.values()))
    slices = 2 * math.ceil(every / (2 * size) / 2)  # two are judged at once, and neither is to wait for the other
    cuts = np.unique(np.searchsorted(ahead, np.arange(1, slices) * every / slices))
    cuts = cuts[(cuts > 0) & (cuts < len(ahead))]
    edges = {name: [0, *at[cuts].tolist(), len(rows[name])] for name, at in starts.items()}
    return [{name: (at[n], at[n + 1]) for name, at in edges.items()} for n in range(len(cuts) + 1)]


def _carried(positions: Positions, end: int) -> Positions:
    known = np.where(positions >= 0, positions, end)
    return np.minimum.accumulate(known[::-1])[::-1]


def _sorted(connection: duckdb.DuckDBPyConnection, name: str, rows: Rows, folder: Path) -> Rows:
    """The rows race by race, as archives stand: results in order of place, in which it is seen at once whether times fall."""
    path = folder / f"{name}.parquet"
    order = "hash(race_id), place, time_ms" if name == "results" else "hash(race_id)"
    rows.read(connection, (0, len(rows))).order(order).write_parquet(str(path), row_group_size=100_000)
    return rows_of(connection, path)


def slicing_of(
    connection: duckdb.DuckDBPyConnection,
    rows: Mapping[str, Rows],
    folder: Path,
    size: int = AT_ONCE,
    beside: Mapping[str, Rows] = MappingProxyType({}),
) -> Slicing:
    """Find out how the rows stand, sort them if they must be, and say where to cut.

    Tables `beside` are cut too if theirs stand in the same order.
    """
    every = {**rows, **beside}
    with ThreadPoolExecutor() as pool:  # what looks at the row above keeps to one core
        list(pool.map(lambda name: _runs(connection.cursor(), name, every[name]), every))
    begins = _begins(connection, list(every)) or _begins(connection, list(rows))
    for name in every:
        connection.execute(f"DROP TABLE {name}_runs")
    if begins is None:
        arranged = {name: _sorted(connection, name, rows[name], folder) for name in rows}
        return slicing_of(connection, arranged, folder, size, beside)
    return Slicing(every, _spans(begins, every, size))
