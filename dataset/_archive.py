"""Archives: Parquet in the contract's columns and types that is too large to be held, and is read in place."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bowerman_data.errors import InputError
from bowerman_data.schemas.arrow import arrow_type
from bowerman_data.schemas.tables import TABLES, Table

__all__ = ["HELD", "Archive", "archive_of", "parquet_files"]

# Rows up to which a table is held in memory, where every value of it is looked at before it is trusted.
HELD = 200_000
_BATCH = 65_536


@dataclass(frozen=True)
class Archive:
    """A Parquet file, or a folder of them in order of their names, with its rows and columns."""

    path: Path
    files: tuple[Path, ...]
    rows: int
    schema: pa.Schema

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[tuple[Path, int, pa.RecordBatch]]:
        """The rows in pieces, each with its file and the number in it of its first row, from 0."""
        for file in self.files:
            yield from _numbered(file, columns, None)

    def batches_with(
        self, column: str, values: Sequence[str], columns: Sequence[str]
    ) -> Iterator[tuple[Path, int, pa.RecordBatch]]:
        """The same, without row groups that hold none of the values, which are sorted."""
        for file in self.files:
            yield from _numbered(file, columns, (column, values))


def archive_of(path: Path, files: Sequence[Path]) -> Archive | None:
    """The archive in these files; None where they are small, or have to be read as other people's columns.

    Raises InputError where the columns of two files differ.
    """
    metadata = [pq.read_metadata(file) for file in files]
    rows, schemas = sum(one.num_rows for one in metadata), [one.schema.to_arrow_schema() for one in metadata]
    for file, schema in zip(files, schemas, strict=True):
        if sorted(schema.names) != sorted(schemas[0].names):
            raise InputError(f"{file}: its columns differ from those of {files[0]}, expected one table in all files")
    if rows <= HELD or not any(all(_declared(one, table) for one in schemas) for table in TABLES.values()):
        return None
    return Archive(path, tuple(files), rows, schemas[0].remove_metadata())


def parquet_files(path: Path) -> list[Path]:
    """The Parquet files in a folder and below it, in order of their names."""
    return sorted(file for file in path.rglob("*.parquet") if file.is_file())


def _declared(schema: pa.Schema, table: Table) -> bool:
    return all(
        column.name in schema.names and _is(schema.field(column.name).type, arrow_type(column.dtype))
        for column in table.declared()
    )


def _is(dtype: pa.DataType, wanted: pa.DataType) -> bool:
    return bool(dtype.equals(wanted) or (pa.types.is_large_string(dtype) and pa.types.is_string(wanted)))


def _numbered(
    file: Path, columns: Sequence[str] | None, within: tuple[str, Sequence[str]] | None
) -> Iterator[tuple[Path, int, pa.RecordBatch]]:
    with pq.ParquetFile(file, memory_map=True) as source:
        first = 0
        for group in range(source.num_row_groups):
            rows = source.metadata.row_group(group).num_rows
            if within is None or (
                _may_hold(source.metadata.row_group(group), *within) and _holds(source, group, *within)
            ):
                yield from _of_group(file, source, group, first, columns)
            first += rows


def _of_group(
    file: Path, source: pq.ParquetFile, group: int, first: int, columns: Sequence[str] | None
) -> Iterator[tuple[Path, int, pa.RecordBatch]]:
    for batch in source.iter_batches(_BATCH, [group], None if columns is None else list(columns), use_threads=False):
        yield file, first, batch
        first += batch.num_rows


def _holds(source: pq.ParquetFile, group: int, column: str, values: Sequence[str]) -> bool:
    """Whether the row group has one of the values; the other columns need not be read to know."""
    held = source.read_row_group(group, [column], use_threads=False).column(0)
    return bool(pc.any(pc.is_in(held, pa.array(values, held.type))).as_py())


def _may_hold(group: pq.RowGroupMetaData, column: str, values: Sequence[str]) -> bool:
    """Whether one of the values lies between the least and the greatest of the row group."""
    chunks = (group.column(number) for number in range(group.num_columns))
    found = next((chunk.statistics for chunk in chunks if chunk.path_in_schema == column), None)
    if found is None or not found.has_min_max or found.null_count != 0:
        return True
    at = bisect_left(values, str(found.min))
    return at < len(values) and values[at] <= str(found.max)
