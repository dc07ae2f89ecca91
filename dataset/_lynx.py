"""FinishLynx `.lif` files: one race, its results, and the splits beside them.

The file has no heading: a row for the event, then a row a runner, read by position; exports stop
after any of the columns from the time on. Splits are cumulative times at the finish line, so their
distances follow from the race's: of a mile, 409.344 m, 809.344 m and so on.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from bowerman_data._races import LAPS, crossings, metres
from bowerman_data._sheet import Sheet
from bowerman_data.errors import InputError
from bowerman_data.marks import MarkError, parse_mark

__all__ = ["lynx_sheets"]

_COLUMNS = ("place", "bib", "lane", "family", "given", "affiliation", "time", "license", "delta", "reaction", "splits")
_EVENT, _ROUND, _HEAT, _NAME, _DISTANCE = 0, 1, 2, 3, 9
_PAIR = re.compile(r"([0-9:.]+)\s*(?:\(([0-9:.]+)\))?")
Row = dict[str, str]


def lynx_sheets(path: Path, text: str) -> list[Sheet]:
    """The results of a `.lif` file, and its splits where it has any."""
    rows = _rows(path, text)
    event, runners = rows[0][1], [(line, _runner(cells)) for line, cells in rows[1:]]
    _check_event(path, event)
    stated = _stated(event)
    lines = tuple(line for line, _ in runners)
    splits, why_not = _splits(path, runners, stated)
    note = f"{path}: read as FinishLynx results of {stated['race']}, {stated.get('discipline', 'distance not given')}"
    notes = (note, why_not) if why_not else (note,)
    return [Sheet(str(path), path.stem, _results(runners), lines, "results", stated, notes), *splits]


def _rows(path: Path, text: str) -> list[tuple[int, list[str]]]:
    kept = [(n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip(" ,\t") and not line.startswith(";")]
    if not kept:
        raise InputError(f"{path}: the file is blank, expected a row for the event and a row a runner")
    try:
        return [(number, [cell.strip() for cell in next(csv.reader([line]))]) for number, line in kept]
    except csv.Error as error:
        raise InputError(f"{path}: got a cell that cannot be read: {error}") from error


def _check_event(path: Path, event: list[str]) -> None:
    if len(event) <= _NAME or not event[_EVENT]:
        got = ",".join(event)[:60]
        raise InputError(f"{path}:1: got {got!r}, expected the event: number, round, heat, name")


def _runner(cells: list[str]) -> Row:
    return {column: cells[i] if i < len(cells) else "" for i, column in enumerate(_COLUMNS)}


def _stated(event: list[str]) -> dict[str, str]:
    """What the first row says of the race."""
    number = "-".join(part for part in event[_EVENT : _HEAT + 1] if part)
    stated = {"race": f"{event[_NAME]} {number}".strip()}
    if len(event) > _DISTANCE and event[_DISTANCE]:
        stated["discipline"] = event[_DISTANCE]
    for sex, word in (("W", r"\b(women|girls|ladies)"), ("M", r"\b(men|boys)")):
        if re.search(word, event[_NAME], re.IGNORECASE):
            return stated | {"sex": sex}
    return stated


def _results(runners: list[tuple[int, Row]]) -> pa.Table:
    columns = ("place", "bib", "family", "given", "affiliation", "time", "splits")
    return pa.table({c: pa.array([row[c] or None for _, row in runners], pa.string()) for c in columns})


def _splits(path: Path, runners: list[tuple[int, Row]], stated: dict[str, str]) -> tuple[list[Sheet], str | None]:
    """The splits as a sheet, if there are any; or why there is none."""
    timed = [(line, row, _pairs(row["splits"])) for line, row in runners if row["splits"]]
    if not timed:
        return [], None
    points = _crossings(stated.get("discipline"), [(row["time"], pairs) for _, row, pairs in timed])
    if not points:
        return [], f"{path}: the splits were left out: they do not fit the distance of the race, or it is not given"
    whole = [(line, row, pairs) for line, row, pairs in timed if _fits(row["time"], pairs, points)]
    rows = [(line, row, *stretch) for line, row, pairs in whole for stretch in _stretches(pairs, row["time"], points)]
    note = f"{path}: splits taken at the finish line, at {', '.join(f'{metre:g}' for metre in points)} m"
    table, lines = _split_table([cells[1:] for cells in rows]), tuple(line for line, *_ in rows)
    notes = (f"{note}{_left_out([line for line, *_ in timed], [line for line, *_ in whole])}",)
    return [Sheet(str(path), path.stem, table, lines, "splits", stated, notes)], None


def _left_out(timed: list[int], whole: list[int]) -> str:
    """On which lines splits are missing, so that nobody knows where the others were taken."""
    lines = [str(line) for line in timed if line not in whole]
    return f"; left out those of line {', '.join(lines)}: as many as there are crossings were expected" if lines else ""


def _pairs(cell: str) -> list[tuple[str, str]]:
    """Cumulative and lap times; a piece that is no pair stays whole, to be found unreadable."""
    found = []
    for piece in filter(None, map(str.strip, cell.split(","))):
        pair = _PAIR.fullmatch(piece)
        found.append((pair[1], pair[2] or "") if pair else (piece, ""))
    return found


def _crossings(distance: str | None, timed: list[tuple[str, list[tuple[str, str]]]]) -> list[Decimal]:
    """Where the finish line was crossed, the finish last, by most who finished; nowhere where that fits no distance."""
    total = metres(distance or "")
    finishers = [(time, pairs) for time, pairs in timed if time] or timed
    for points in (crossings(total, lap) for lap in LAPS if total):
        if 2 * sum(_fits(*finisher, points) for finisher in finishers) > len(finishers):
            return points
    return []


def _fits(time: str, pairs: list[tuple[str, str]], points: list[Decimal]) -> bool:
    """Whether somebody was timed at every crossing, or stepped off before the last of them."""
    timed = len(pairs) + bool(time and pairs and not _same(pairs[-1][0], time))
    return timed == len(points) if time else timed <= len(points)


def _stretches(pairs: list[tuple[str, str]], time: str, points: list[Decimal]) -> list[tuple[Decimal, Decimal, str]]:
    """Each cumulative time and each lap after the first; the finish is in the results already."""
    found = []
    for number, (cumulative, lap) in enumerate(pairs):
        if number < len(points) - 1 or not _same(cumulative, time):
            found.append((Decimal(0), points[number], cumulative))
        if number and lap:
            found.append((points[number - 1], points[number], lap))
    return found


def _split_table(rows: Sequence[tuple[Row, Decimal, Decimal, str]]) -> pa.Table:
    columns: dict[str, list[str | None]] = {
        "bib": [row["bib"] or None for row, *_ in rows],
        "family": [row["family"] or None for row, *_ in rows],
        "given": [row["given"] or None for row, *_ in rows],
        "from_m": [str(start) for _, start, _, _ in rows],
        "to_m": [str(end) for _, _, end, _ in rows],
        "time": [time for *_, time in rows],
    }
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _same(one: str, other: str) -> bool:
    try:
        return parse_mark(one).time_ms == parse_mark(other).time_ms
    except MarkError:
        return False
