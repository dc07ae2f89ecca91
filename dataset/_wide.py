"""Splits that stand beside the results, in a column for each distance or each lap.

`400m` and `800m` may have times from the start or laps, and `Lap 2` either too: the cells tell.
Where they do not, the columns are not used.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import pyarrow as pa

from bowerman_data import _cells as cells
from bowerman_data._columns import People, Row
from bowerman_data._races import LAPS, crossings
from bowerman_data._sheet import Sheet
from bowerman_data.marks import MarkError, Result, parse_result

__all__ = ["NO_SPLITS", "Beside", "splits_beside"]

_TOKEN = re.compile(r"[0-9]+(?:,[0-9]+)?(?:\.[0-9]+)?|[^\W\d_]+")
_UNITS = {"m": 1, "meter": 1, "meters": 1, "metre": 1, "metres": 1, "k": 1000, "km": 1000}
_LAP = frozenset({"lap", "laps", "l", "runde", "rd", "tour", "giro", "vuelta", "varv", "ronde", "split", "splits"})
_TIME = frozenset({"lap", "split", "splits", "time", "times", "at", "cum", "zeit", "zwischenzeit", "passage"})
# Of numbers without a unit, round ones from here on are distances: 400 is, and no year is.
_LEAST = 100
# So many of the cells may speak against a reading, or one of three and more: they are slips, for the rules to find.
_SLIPS = 0.1
# Laps are rounded one by one, so that their sum may be above the time at the finish.
_ROUNDING_MS = 1000
# Whether its columns are numbered laps, and the words in their headings.
Group = tuple[bool, frozenset[str]]


class Beside(NamedTuple):
    """The splits beside results: the headings they have, their sheets, and why others are not used."""

    headings: Collection[str]
    sheets: Sequence[Sheet]
    notes: Sequence[str]


NO_SPLITS = Beside((), (), ())


class _Column(NamedTuple):
    """Splits under one heading, whose number is a distance in metres or tells which lap it is."""

    number: Decimal
    heading: str
    texts: list[str | None]


class _Split(NamedTuple):
    """A cell: where its lap begins, where it ends, what is written there, and that as a time; 0 where it is none."""

    start: Decimal
    end: Decimal
    text: str
    time_ms: int


def splits_beside(sheet: Sheet, people: People) -> Beside:
    """The splits in columns that the reading of the results had no use for."""
    headings: list[str] = []
    sheets: list[Sheet] = []
    notes: list[str] = []
    told: set[tuple[int, _Split]] = set()
    for (numbered, _), columns in _groups(sheet, people).items():
        ends = _ends([column.number for column in columns], numbered, _total(people))
        rows = [_laps(row, columns, ends) for row in range(len(people.rows))]
        from_start = _from_start(rows, people.rows) if ends else None
        note = f"{sheet.name}: {_note(columns, ends, from_start)}"
        if from_start is None:
            notes.append(note)
            continue
        splits = list(_splits(people.rows, rows, from_start, told))
        headings += [column.heading for column in columns]
        sheets.append(_sheet(sheet, people, splits, note))
        told.update(splits)
    return Beside(headings, sheets, notes)


def _note(columns: Sequence[_Column], ends: Sequence[Decimal], from_start: bool | None) -> str:
    names = ", ".join(repr(column.heading) for column in columns)
    if from_start is None:
        unclear = "--discipline tells where laps 1, 2, ... end" if columns[0].number < _LEAST else "one stands twice"
        return f"not read as splits: {names}; {'they are neither times from the start nor laps' if ends else unclear}"
    kind = "times from the start, at" if from_start else "laps, to"
    return f"read splits from {names}: {kind} {', '.join(f'{end.normalize():f}' for end in ends)} m"


def _total(people: People) -> Decimal:
    """The distance of the race, 0 where it is not known."""
    distances = {race.distance_m for race in people.races.values()}
    return Decimal(str(distances.pop())) if len(distances) == 1 else Decimal(0)


def _groups(sheet: Sheet, people: People) -> dict[Group, list[_Column]]:
    """The columns of splits, in order, those together whose headings differ in their number alone."""
    groups: dict[Group, list[_Column]] = defaultdict(list)
    for heading in sheet.table.column_names:
        found = None if heading in people.columns.values() else _numbered(heading)
        if found is not None:
            texts = [text if text and _timed(text) else None for text in cells.texts(sheet.table.column(heading))]
            groups[found[0]].append(_Column(found[1], heading, texts))
    return {group: sorted(columns) for group, columns in groups.items() if any(any(c.texts) for c in columns)}


def _numbered(heading: str) -> tuple[Group, Decimal] | None:
    """Of `400 m split` the metres, of `Lap 2` the lap; None where a heading says neither or more.

    >>> _numbered("400m"), _numbered("PB 2023")
    (((False, frozenset()), Decimal('400')), None)
    """
    tokens = _TOKEN.findall(heading.lower())
    numbers = [token for token in tokens if token[0].isdigit()]
    words = frozenset(tokens).difference(numbers)
    if len(numbers) != 1:
        return None
    unit = next((unit for unit in _UNITS if unit in words), None)
    metres = _UNITS[unit or "m"] * Decimal(numbers[0].replace(",", "." if unit in ("k", "km") else ""))
    if words - {unit} <= _TIME and metres >= _LEAST and (unit or metres % 100 == 0):
        return (False, words - {unit}), metres
    lap = words & _LAP and words <= _LAP | _TIME and metres < _LEAST
    return ((True, words), metres) if lap else None


def _ends(numbers: list[Decimal], numbered: bool, total: Decimal) -> list[Decimal]:
    """Where the splits end: at distances that differ, or of all laps at the finish line; nowhere where that is not told."""
    count = len(numbers)
    if not numbered:
        return numbers if len(set(numbers)) == count else []
    # The last lap ends at the finish, or is left to be reckoned.
    fitting = (points for points in (crossings(total, lap) for lap in LAPS) if 0 <= len(points) - count <= 1)
    return next(fitting, []) if total and numbers == list(range(1, count + 1)) else []


def _laps(row: int, columns: Sequence[_Column], ends: Iterable[Decimal]) -> list[_Split]:
    """What a row has of them."""
    laps = zip(pairwise([Decimal(0), *ends]), columns, strict=False)
    return [_Split(start, end, text, _time(text)) for (start, end), column in laps if (text := column.texts[row])]


def _timed(text: str) -> bool:
    """Whether a cell has something: who is out has a dash, or DNF."""
    said = _said(text)
    return said is None or said.mark is not None


@cache
def _time(text: str) -> int:
    """The time as a result would have it."""
    said = _said(text)
    return said.mark.official().time_ms if said and said.mark else 0


@cache
def _said(text: str) -> Result | None:
    try:
        return parse_result(text, road=True)
    except MarkError:
        return None


def _from_start(rows: list[list[_Split]], results: list[Row]) -> bool | None:
    """Whether the times are from the start, False where they are laps; None where that cannot be told."""
    if not _nearly_all(bool(split.time_ms) for splits in rows for split in splits):
        return None
    votes = [vote for splits in rows for vote in _votes([split for split in splits if split.time_ms])]
    from_start = _nearly_all(votes)
    if not from_start and not _nearly_all(not vote for vote in votes):
        return None
    together = max if from_start else sum
    ran = [
        (together(split.time_ms for split in splits), row["time_ms"])
        for splits, row in zip(rows, results, strict=True)
        if splits
    ]
    within = _nearly_all(reached <= time + _ROUNDING_MS for reached, time in ran if time)
    return from_start if within else None


def _votes(splits: list[_Split]) -> Iterator[bool]:
    """Of each time after the first, whether at the pace of the first it is nearer to one from the start than to a lap."""
    for split in splits[1:]:
        from_start = splits[0].time_ms * split.end / splits[0].end
        lap = splits[0].time_ms * (split.end - split.start) / (splits[0].end - splits[0].start)
        yield split.time_ms**2 > from_start * lap


def _nearly_all(votes: Iterable[bool]) -> bool:
    cast = list(votes)
    return len(cast) - sum(cast) <= max(_SLIPS * len(cast), min(1, len(cast) // 3))


def _splits(
    results: list[Row], rows: list[list[_Split]], from_start: bool, told: Collection[tuple[int, _Split]]
) -> Iterator[tuple[int, _Split]]:
    """The splits and the row of each, save those that another column or the result itself has told."""
    for number, (row, splits) in enumerate(zip(results, rows, strict=True)):
        for lap in splits:
            split = lap._replace(start=Decimal(0)) if from_start else lap
            finish = not split.start and split.time_ms == row["time_ms"]
            # Nobody has splits of his own without a name.
            if row["athlete_id"] and not finish and (number, split) not in told:
                yield number, split


def _sheet(sheet: Sheet, people: People, splits: list[tuple[int, _Split]], note: str) -> Sheet:
    """The splits as a sheet of their own, a row each, with the line of their result."""
    columns = {
        "race": [people.rows[row]["race_id"] for row, _ in splits],
        "athlete": [people.rows[row]["athlete_id"] for row, _ in splits],
        "from_m": [str(split.start) for _, split in splits],
        "to_m": [str(split.end) for _, split in splits],
        "time": [split.text for _, split in splits],
    }
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    lines = tuple(sheet.lines[row] for row, _ in splits)
    discipline = next((race.discipline for race in people.races.values()), None)
    stated = sheet.stated | ({"discipline": discipline} if discipline else {})
    return Sheet(sheet.name, sheet.stem, table, lines, "splits", stated, (note,), typed=False)
