"""What holds and what does not, as two files for each that was read: every input row is in one of them."""

from __future__ import annotations

import csv
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from bowerman_data._cells import texts
from bowerman_data._frames import key_texts
from bowerman_data._rules import severity_of
from bowerman_data._sheet import Sheet
from bowerman_data.errors import InputError
from bowerman_data.reading import Reading
from bowerman_data.schemas.verdicts import Verdict

__all__ = ["write_quarantine"]

# For each sheet and row of it, the invariants that it breaks and why.
Broken = dict[str, dict[int, list[tuple[str, str]]]]


def write_quarantine(folder: Path, readings: list[Reading], verdicts: list[Verdict]) -> None:
    """Write `<stem>-holds.csv` and `<stem>-fails.csv` for each file; a warning is no failure.

    Either every file is written or none.
    """
    # The splits of a FinishLynx file stand in the rows of its results, which come first.
    sheets: dict[str, Sheet] = {}
    for reading in readings:
        for source in reading.sources:
            sheets.setdefault(source.sheet.name, source.sheet)
    if not sheets:
        raise InputError("quarantine: got no rows to part, expected files or tables of your own")
    broken = _broken(readings, verdicts)
    files = {stem: (sheet, broken[sheet.name]) for stem, sheet in _stems(sheets.values())}
    try:
        _write_all(folder, files)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error}") from error


def _broken(readings: list[Reading], verdicts: list[Verdict]) -> Broken:
    found: Broken = defaultdict(lambda: defaultdict(list))
    for reading in readings:
        if reading.sources:
            for row, invariant, reason in _failing(reading, [v for v in verdicts if v.table == reading.name]):
                sheet, line = _source(reading, row)
                found[sheet][line].append((invariant, reason))
    return found


def _source(reading: Reading, row: int) -> tuple[str, int]:
    for source in reading.sources:
        if row < len(source.rows):
            return source.sheet.name, source.line(row)
        row -= len(source.rows)
    raise IndexError(row)


def _failing(reading: Reading, verdicts: list[Verdict]) -> Iterator[tuple[int, str, str]]:
    """Each row that breaks an invariant; a fault of the whole table is one of each of its rows."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, key in enumerate(key_texts(reading.table, reading.name)):
        rows[key].append(row)
    everything = range(reading.table.num_rows)
    seen = set()
    for invariant, key, message in _reasons(verdicts):
        for row in rows[key] if key else everything:
            if (row, invariant, message) not in seen:
                seen.add((row, invariant, message))
                yield row, invariant, message


def _reasons(verdicts: list[Verdict]) -> Iterator[tuple[str, str, str]]:
    for verdict in verdicts:
        if verdict.outcome == "error":
            yield verdict.invariant, "", f"could not be judged: {verdict.reason}"
        elif severity_of(verdict.invariant) == "error":
            for violation in verdict.violations:
                yield violation.invariant, violation.key, violation.message


def _stems(sheets: Iterable[Sheet]) -> Iterator[tuple[str, Sheet]]:
    """A stem for each sheet; files of one name in different folders are numbered."""
    taken: set[str] = set()
    for sheet in sheets:
        number, stem = 1, sheet.stem
        while stem.casefold() in taken:
            number += 1
            stem = f"{sheet.stem}-{number}"
        taken.add(stem.casefold())
        yield stem, sheet


def _write_all(folder: Path, files: dict[str, tuple[Sheet, dict[int, list[tuple[str, str]]]]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".writing-") as scratch:
        for stem, (sheet, broken) in files.items():
            _write(Path(scratch), stem, sheet, broken)
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
