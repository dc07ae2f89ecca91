"""What holds and what does not, as two files for each that was read: every input row is in one of them.

They are CSV; those of an archive are Parquet, written as it is read.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from bowerman_data._cells import texts
from bowerman_data._parting import Reasons, part_archive
from bowerman_data._positions import key_texts
from bowerman_data._rules import severity_of
from bowerman_data._sheet import Sheet
from bowerman_data._violations import Everything
from bowerman_data.errors import InputError
from bowerman_data.reading import Reading
from bowerman_data.schemas.verdicts import Verdict

__all__ = ["write_quarantine"]

# For each sheet and row of it, the invariants that it breaks and why.
Broken = dict[str, dict[int, list[tuple[str, str]]]]


def write_quarantine(folder: Path, readings: list[Reading], verdicts: list[Verdict], everything: Everything) -> None:
    """Write `<stem>-holds.csv` and `<stem>-fails.csv` for each file, of an archive Parquet; a warning is no failure.

    Either every file is written or none.
    """
    # The splits of a FinishLynx file stand in the rows of its results, which come first.
    sheets: dict[str, Sheet] = {}
    for reading in readings:
        for source in reading.sources:
            sheets.setdefault(source.sheet.name, source.sheet)
    archives = {reading.name: reading for reading in readings if reading.archive}
    if not sheets and not archives:
        raise InputError("quarantine: got no rows to part, expected files or tables of your own")
    reasons = {reading.name: _reasons(reading.name, verdicts, everything) for reading in readings}
    broken = _broken(readings, reasons)
    try:
        with _scratch(folder) as scratch:
            for stem, sheet in _stems(sheets.values(), archives):
                _write(scratch, stem, sheet, broken[sheet.name])
            for name, reading in archives.items():
                part_archive(scratch, reading, reasons[name])
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error}") from error


def _broken(readings: list[Reading], reasons: dict[str, Reasons]) -> Broken:
    found: Broken = defaultdict(lambda: defaultdict(list))
    for reading in readings:
        for violation, (sheet, line) in zip(reading.found, reading.found_at, strict=True):
            if violation.severity == "error":
                found[sheet][line].append((violation.invariant, violation.message))
        if reading.sources:
            for row, invariant, reason in _failing(reading, reasons[reading.name]):
                sheet, line = _source(reading, row)
                found[sheet][line].append((invariant, reason))
    return found


def _source(reading: Reading, row: int) -> tuple[str, int]:
    for source in reading.sources:
        if row < len(source.rows):
            return source.sheet.name, source.line(row)
        row -= len(source.rows)
    raise IndexError(row)


def _failing(reading: Reading, reasons: Reasons) -> Iterator[tuple[int, str, str]]:
    """Each row that breaks an invariant; a fault of the whole table is one of each of its rows."""
    for row, key in enumerate(key_texts(reading.table, reading.name)):
        for invariant, message in (*reasons.get("", {}), *(reasons.get(key, {}) if key else ())):
            yield row, invariant, message


def _reasons(table: str, verdicts: list[Verdict], everything: Everything) -> Reasons:
    """Why rows fail, by their key; what is said of the whole table stands under none. Each reason once.

    What the reader found is known by its line.
    """
    found: Reasons = defaultdict(dict)
    for verdict in verdicts:
        if verdict.table == table and verdict.outcome == "error":
            found[""][verdict.invariant, f"could not be judged: {verdict.reason}"] = None
        elif verdict.table == table and verdict.engine != "reader" and severity_of(verdict.invariant) == "error":
            for violation in everything.of(verdict):
                found[violation.key][violation.invariant, violation.message] = None
    return found


def _stems(sheets: Iterable[Sheet], taken_by: Iterable[str]) -> Iterator[tuple[str, Sheet]]:
    """A stem for each sheet; files of one name in different folders are numbered."""
    taken = set(taken_by)
    for sheet in sheets:
        number, stem = 1, sheet.stem
        while stem.casefold() in taken:
            number += 1
            stem = f"{sheet.stem}-{number}"
        taken.add(stem.casefold())
        yield stem, sheet


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A folder whose files are moved to where they belong when all are written."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".writing-") as scratch:
        yield Path(scratch)
        for file in sorted(Path(scratch).iterdir()):
            os.replace(file, folder / file.name)


def _write(folder: Path, stem: str, sheet: Sheet, broken: dict[int, list[tuple[str, str]]]) -> None:
    headings = sheet.table.column_names
    columns = [texts(column, names=True) for column in sheet.table.columns]
    with _opened(folder / f"{stem}-holds.csv") as holds, _opened(folder / f"{stem}-fails.csv") as fails:
        good, bad = csv.writer(holds), csv.writer(fails)
        good.writerow(headings)
        bad.writerow([*headings, "line", "invariant", "reason"])
        for row, line in enumerate(sheet.lines):
            cells = [column[row] for column in columns]
            if line in broken:
                invariants, reasons = zip(*broken[line], strict=True)
                bad.writerow([*cells, line, "; ".join(dict.fromkeys(invariants)), "; ".join(reasons)])
            else:
                good.writerow(cells)


def _opened(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="")
