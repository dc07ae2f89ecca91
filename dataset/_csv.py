"""Delimited text: which encoding, which delimiter, which line has the headings, and the rows."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pyarrow as pa

from bowerman_data._headings import ALIASES, fold, recognised
from bowerman_data._sheet import Sheet, no_doubles
from bowerman_data.errors import InputError
from bowerman_data.schemas.tables import TABLES

__all__ = ["csv_sheet", "text_of"]

_DELIMITERS = (",", ";", "\t", "|")
# Titles may stand above the headings, but not a page of them.
_HEADING_WITHIN = 15
_LONGEST_LINE = 1_000_000
_CHUNK = 65_536
# What stands alone in a row and begins a heat: `Heat 2`, folded.
_HEAT = re.compile(rf"(?:{'|'.join(ALIASES['heat'])})[0-9]+")
Row = tuple[int, list[str]]
# Stands alone in the last row, unless a quotation mark that nobody closed took it in; no text of ours has it.
_END = "\0"


def text_of(path: Path) -> str:
    """The text of a file: UTF-8 with or without its mark, UTF-16 with it, or else Windows' Latin-1.

    Raises InputError where it holds NUL bytes: such a file is no text.
    """
    data = path.read_bytes()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.decode("utf-16").encode()
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise InputError(f"{path}:{line}: got a NUL byte, expected text")
    return _decoded(data).replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Five bytes of cp1252 mean nothing; in Latin-1 every byte is a character.
        return data.decode("cp1252") if not set(data) & set(b"\x81\x8d\x8f\x90\x9d") else data.decode("latin-1")


def csv_sheet(path: Path, text: str) -> Sheet:
    """Comma, semicolon, tab or bar separated text as a sheet; every cell is text, a blank one null."""
    _refuse_long_lines(path, text)
    delimiter, heading = _layout(path, text)
    rows = _rows(path, text, delimiter)
    above: list[str] = []
    cells: list[str] = []
    for line, row in rows:
        above, cells = cells, row
        if line == heading:
            break
    headings = _headings(path, cells)
    lines, table = _table(path, _heats(rows, cells, above), headings)
    return Sheet(str(path), path.stem, table, tuple(lines), typed=False)


def _refuse_long_lines(path: Path, text: str) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > _LONGEST_LINE:
            raise InputError(
                f"{path}:{number}: got a line of {len(line):,} characters, expected at most {_LONGEST_LINE:,}"
            )


def _layout(path: Path, text: str) -> tuple[str, int]:
    """The delimiter and the line of the headings: those of a table of ours, or else most that are known."""
    head = "\n".join(text.split("\n")[: _HEADING_WITHIN + 5])
    found = []
    for delimiter in _DELIMITERS:
        for line, cells in _first_rows(head, delimiter):
            if _ours(cells):
                return delimiter, line
            known = max(len(recognised(cells, table)) for table in ("results", "splits"))
            found.append(((known, -line, len(cells)), delimiter, line))
    if not found:
        raise InputError(f"{path}: the file is blank, expected a heading and rows")
    score, delimiter, line = max(found, key=lambda candidate: candidate[0])
    if score[0] < 2:
        # Nothing is known here: the first line is the heading, cut where it has most cells.
        _, delimiter, line = max(found, key=lambda candidate: candidate[0][1:])
    return delimiter, line


def _ours(headings: list[str]) -> bool:
    return any(set(table.columns) <= set(headings) for table in TABLES.values())


def _first_rows(head: str, delimiter: str) -> list[Row]:
    rows = []
    # What is wrong below the heading is found when all rows are read.
    with suppress(csv.Error):
        for line, cells in _numbered(head, delimiter):
            if line <= _HEADING_WITHIN and not _blank(cells):
                rows.append((line, cells))
    return rows


def _numbered(text: str, delimiter: str) -> Iterator[Row]:
    """Rows with the line on which each begins, which csv.Error has too: a quoted cell may run over several."""
    reader = csv.reader(_lines(text), delimiter=delimiter)
    before = 0
    try:
        for cells in reader:
            yield before + 1, cells
            before = reader.line_num
    except csv.Error as error:
        raise csv.Error(before + 1) from error


def _lines(text: str) -> Iterator[str]:
    return (line + "\n" for line in text.split("\n"))


def _rows(path: Path, text: str, delimiter: str) -> Iterator[Row]:
    line = 1
    try:
        for line, cells in _numbered(f"{text}\n{_END}", delimiter):
            if cells == [_END]:
                return
            if not _blank(cells):
                yield line, cells
    except csv.Error as error:  # a cell is too long
        line = error.args[0]
    raise InputError(f"{path}:{line}: a quotation mark is opened here and never closed")


def _headings(path: Path, cells: list[str]) -> list[str]:
    names = [cell.strip() or f"column {number}" for number, cell in enumerate(cells, 1)]
    if len(set(names)) < len(names) and not recognised(names):
        got = ", ".join(map(repr, names[:6]))
        raise InputError(f"{path}: got {got}, expected a line of headings such as Place, Name, Time above the rows")
    no_doubles(names, str(path))
    return names


def _heats(rows: Iterator[Row], heading: list[str], above: list[str]) -> Iterator[tuple[int, list[str], str]]:
    """Rows and the heat of each.

    Where the heading stands again another begins, named by the title above it; so it does at a title such as `Heat 2`.
    """
    number, heat, held = 1, _title(above) or "1", None
    for line, cells in rows:
        again = cells == heading
        title = _title(held[1]) if held else ""
        if held and not (title and (again or _HEAT.match(fold(title)))):
            yield held
            title = ""
        number += again
        heat = title or (str(number) if again else heat)
        held = None if again else (line, cells, heat)
    if held:
        yield held


def _title(cells: list[str]) -> str:
    """What a row says that has a first cell alone."""
    return cells[0].strip() if cells and _blank(cells[1:]) else ""


def _blank(cells: list[str]) -> bool:
    return not "".join(cells).strip()


def _table(path: Path, rows: Iterator[tuple[int, list[str], str]], headings: list[str]) -> tuple[list[int], pa.Table]:
    schema = pa.schema([(heading, pa.string()) for heading in headings])
    batches, lines, heats, chunk = [], [], [], []
    for line, cells, heat in rows:
        lines.append(line)
        heats.append(heat)
        chunk.append(_fitted(path, line, cells, len(headings)))
        if len(chunk) == _CHUNK:
            batches.append(_batch(chunk, schema))
            chunk = []
    batches.append(_batch(chunk, schema))
    table = pa.Table.from_batches(batches, schema)
    if len(set(heats)) > 1 and "heat" not in recognised(headings) and not _ours(headings):
        table = table.append_column("heat", pa.array(heats, pa.string()))
    return lines, table


def _batch(rows: list[list[str]], schema: pa.Schema) -> pa.RecordBatch:
    columns = [pa.array([row[i] or None for row in rows], pa.string()) for i in range(len(schema))]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _fitted(path: Path, line: int, cells: list[str], width: int) -> list[str]:
    """A row as wide as the heading: blank cells at its end may be left out, none may be too many."""
    if len(cells) == width:
        return cells
    if not _blank(cells[width:]):
        got = f"got {len(cells)} cells, expected {width}, as in the heading"
        raise InputError(f"{path}:{line}: {got}; a cell that holds the delimiter needs quotation marks around it")
    return cells[:width] + [""] * (width - len(cells))
