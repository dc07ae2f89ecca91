"""Files as sheets, by what they are: Parquet, Arrow, JSON, FinishLynx, or else delimited text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pyarrow import feather

from bowerman_data._archive import archive_of, parquet_files
from bowerman_data._csv import csv_sheet, text_of
from bowerman_data._lynx import lynx_sheets
from bowerman_data._sheet import Sheet, from_arrow, no_doubles
from bowerman_data.errors import InputError
from bowerman_data.schemas.tables import TABLES

__all__ = ["sheets_of"]


def sheets_of(path: Path) -> list[Sheet]:
    """The sheets of a file, or of a folder of Parquet files; InputError where it cannot be used."""
    try:
        return _sheets(path)
    except InputError:
        raise
    except (pa.ArrowException, OSError, UnicodeError, MemoryError, RecursionError) as error:
        lines = str(error).splitlines() or [type(error).__name__]
        raise InputError(f"{path}: cannot be read: {lines[0]}") from error


def _sheets(path: Path) -> list[Sheet]:
    if not path.exists():
        raise InputError(f"{path}: no such file")
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        raise InputError(f"{path}: got a pipe or a device, expected a file")
    if path.stat().st_size == 0:
        raise InputError(f"{path}: the file is empty, expected a heading and rows")
    return _file(path)


def _folder(path: Path) -> list[Sheet]:
    """A folder is one table in several files, or several tables, each in a file of its name."""
    files = sorted(file for file in path.iterdir() if file.suffix == ".parquet")
    tables = [file for file in files if file.stem in TABLES]
    if tables:
        return [sheet for file in tables for sheet in _file(file)]
    parts = parquet_files(path)
    if not parts:
        raise InputError(f"{path}: got a folder without Parquet files, expected a file, or a folder of Parquet files")
    return [_parquet(path, parts)]


def _file(path: Path) -> list[Sheet]:
    with path.open("rb") as file:
        magic = file.read(6)
    suffix = path.suffix.lower()
    if magic.startswith(b"PAR1") or suffix == ".parquet":
        return [_parquet(path, [path])]
    if magic == b"ARROW1" or suffix in (".arrow", ".ipc", ".feather", ".arrows"):
        return [_checked(_ipc(path, magic), path)]
    if magic.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")):
        raise InputError(f"{path}: got a spreadsheet or a compressed file, expected text; save it as CSV, unpacked")
    return _text(path, suffix)


def _parquet(path: Path, files: list[Path]) -> Sheet:
    """Parquet files as one sheet; what is too large to be held stays where it is."""
    archive = archive_of(path, files)
    if archive is not None:
        return Sheet(str(path), path.stem, archive.schema.empty_table(), range(0), archive=archive)
    schema = pa.unify_schemas([pq.read_schema(file) for file in files], promote_options="permissive")
    return _checked(ds.dataset(files, schema, format="parquet").to_table(), path)


def _text(path: Path, suffix: str) -> list[Sheet]:
    if suffix == ".lif":
        return lynx_sheets(path, text_of(path))
    if suffix in (".jsonl", ".ndjson", ".json"):
        return [_json(path, text_of(path))]
    return [csv_sheet(path, text_of(path))]


def _ipc(path: Path, magic: bytes) -> pa.Table:
    if magic == b"ARROW1":
        return feather.read_table(path, memory_map=True)
    with pa.OSFile(str(path), "rb") as source:
        return pa.ipc.open_stream(source).read_all()


def _checked(table: pa.Table, path: Path) -> Sheet:
    """A broken file can hold text that is no text; what is trusted later is looked at here."""
    table.validate(full=True)
    no_doubles(table.column_names, str(path))
    return from_arrow(table, str(path), path.stem)


def _json(path: Path, text: str) -> Sheet:
    """JSON lines, or one JSON list of objects; a value that is no text stays what it is."""
    numbered = list(_objects(path, text))
    headings = list(dict.fromkeys(key for _, row in numbered for key in row))
    columns = [_array([_cell(row.get(key)) for _, row in numbered]) for key in headings]
    lines = tuple(line for line, _ in numbered)
    return Sheet(str(path), path.stem, pa.table(columns, names=headings), lines, typed=False)


def _array(values: list[Any]) -> pa.Array[Any]:
    """A column; where a place is 1 in one row and "DNF" in another, all of it is text."""
    try:
        array: pa.Array[Any] = pa.array(values)
    except (pa.ArrowException, OverflowError):
        texts = [value if value is None or isinstance(value, str) else json.dumps(value) for value in values]
        array = pa.array(texts, pa.string())
    return array


def _objects(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    if text.lstrip().startswith("["):
        rows = _parsed(path, 1, text)
        yield from ((number, _object(path, number, row)) for number, row in enumerate(rows, 1))
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, _object(path, number, _parsed(path, number, line))


def _parsed(path: Path, line: int, text: str) -> Any:  # noqa: ANN401  (JSON)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}:{line}: got {text[:40]!r}, expected JSON: {error}") from error


def _object(path: Path, line: int, row: object) -> dict[str, Any]:
    if isinstance(row, dict):
        return row
    raise InputError(f"{path}:{line}: got {type(row).__name__}, expected an object with a value for each column")


def _cell(value: Any) -> Any:  # noqa: ANN401  (JSON)
    """Lists of texts stay lists; an object that has a name stands for it; whatever is deeper becomes its text."""
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        return value["name"]
    nested = isinstance(value, dict) or (isinstance(value, list) and any(isinstance(v, list | dict) for v in value))
    return json.dumps(value, ensure_ascii=False) if nested else value
