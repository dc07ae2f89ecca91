"""Write the tables as files of another format: whole, or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, get_args

import pyarrow as pa
import pyarrow.parquet as pq

from bowerman_data._editions import of_edition
from bowerman_data._files import parquet_file, read
from bowerman_data._formats import write_csv, write_duckdb, write_json, write_sqlite
from bowerman_data.errors import ExportConflict, UnknownName, require
from bowerman_data.schemas.tables import TABLES

__all__ = ["Format", "export"]

Format = Literal["csv", "parquet", "json", "duckdb", "sqlite"]
_Write = Callable[[Path, dict[str, pa.Table]], None]


def export(
    directory: str | os.PathLike[str], format: Format = "csv", *, edition: int | None = None, force: bool = False
) -> tuple[Path, ...]:
    """Write every table into a directory, which is made where it is not there; return the files.

    csv: UTF-8, one file a table, nulls empty, lists joined by "; ". parquet: the shipped files.
    json: JSON Lines, one file a table. duckdb and sqlite: one file, `bowerman.duckdb` or
    `bowerman.sqlite`, with keys, references and comments; SQLite holds lists as JSON arrays and
    dates as ISO text. Files are written aside and moved into place when all are whole.

    `edition` is a year: the rows of its race alone; tables whose rows belong to no race are whole.

    Raises UnknownName for another format or edition and ExportConflict where a file is in the way, unless
    `force` replaces it (both are ValueErrors); ImportError where DuckDB is wanted and not there.

    >>> import tempfile
    >>> [path.name for path in export(tempfile.mkdtemp(), "sqlite")]
    ['bowerman.sqlite']
    """
    if format not in get_args(Format):
        raise UnknownName("format", format, get_args(Format))
    if format == "duckdb":
        require("duckdb")
    tables = {name: of_edition(read(name), edition) for name in TABLES}
    target = Path(directory)
    _refuse(target, [] if force else _names(format))
    with _aside(target) as stage:
        _WRITERS[format if format != "parquet" or edition is None else "parquet of an edition"](stage, tables)
        return _move(stage, target)


def _names(format: Format) -> list[str]:
    suffix = _SUFFIXES[format]
    return [f"bowerman{suffix}"] if format in ("duckdb", "sqlite") else [f"{name}{suffix}" for name in TABLES]


def _refuse(target: Path, names: list[str]) -> None:
    """Raise where a file is in the way of the directory, or one of those names is taken in it."""
    if target.exists() and not target.is_dir():
        raise ExportConflict(f"{target}: got a file, expected a directory")
    taken = [name for name in names if os.path.lexists(target / name)]
    if taken:
        raise ExportConflict(f"{target}: {', '.join(taken)} already there; choose another directory, or force")


@contextmanager
def _aside(target: Path) -> Iterator[Path]:
    """A scratch directory on the same disk as the target, gone afterwards whatever happens."""
    home = target if target.is_dir() else target.parent
    home.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=".bowerman-data-", dir=home))
    try:
        yield stage
    finally:
        shutil.rmtree(stage)


def _move(stage: Path, target: Path) -> tuple[Path, ...]:
    target.mkdir(exist_ok=True)
    return tuple(path.replace(target / path.name) for path in sorted(stage.iterdir()))


def _each(suffix: str, write: Callable[[str, pa.Table, Path], None]) -> _Write:
    def write_all(stage: Path, tables: dict[str, pa.Table]) -> None:
        for name, table in tables.items():
            write(name, table, stage / f"{name}{suffix}")

    return write_all


def _copy(name: str, _: pa.Table, path: Path) -> None:
    path.write_bytes(parquet_file(name).read_bytes())


def _write_parquet(_: str, table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="zstd")


_SUFFIXES: dict[Format, str] = {
    "csv": ".csv",
    "parquet": ".parquet",
    "json": ".jsonl",
    "duckdb": ".duckdb",
    "sqlite": ".sqlite",
}
_WRITERS: dict[str, _Write] = {
    "csv": _each(".csv", write_csv),
    "parquet": _each(".parquet", _copy),
    "parquet of an edition": _each(".parquet", _write_parquet),
    "json": _each(".jsonl", write_json),
    "duckdb": lambda stage, tables: write_duckdb(tables, stage / "bowerman.duckdb"),
    "sqlite": lambda stage, tables: write_sqlite(tables, stage / "bowerman.sqlite"),
}
