"""Read somebody else's race: files and frames, with our columns or theirs, into the contract's tables.

A table with every declared column is taken as it is. Results and splits with other columns are
read by their usual headings; what is lenient is a warning, what cannot be read a violation with its
file, line and column, and the rest of the table is judged all the same.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from bowerman_data import _cells as cells
from bowerman_data._archive import Archive
from bowerman_data._columns import Found, People
from bowerman_data._excused import excused
from bowerman_data._frames import contract_shaped, lossless, to_arrow
from bowerman_data._headings import recognised
from bowerman_data._positions import key_texts
from bowerman_data._races import Facts, RaceFacts, races_table
from bowerman_data._results import read_results
from bowerman_data._rules import READING
from bowerman_data._sheet import Sheet, from_arrow
from bowerman_data._sheets import sheets_of
from bowerman_data._splits import read_splits
from bowerman_data._typed import Misfit, typed
from bowerman_data._wide import NO_SPLITS, Beside, splits_beside
from bowerman_data.errors import InputError, UnknownName
from bowerman_data.schemas.arrow import arrow_schema
from bowerman_data.schemas.tables import TABLES
from bowerman_data.schemas.verdicts import Violation

__all__ = ["Facts", "Reading", "Source", "read_everything"]

# Headings of which a note names those that were not used.
_NAMED = 20


@dataclass(frozen=True)
class Source:
    """The sheet that rows were read from: for each row of the table, its row in the sheet."""

    sheet: Sheet
    rows: tuple[int, ...] | range

    def line(self, row: int) -> int:
        """The line in the file of a row of the table."""
        return self.sheet.lines[self.rows[row]]


@dataclass(frozen=True)
class Reading:
    """One table as it was read.

    `found` are the violations of the rules of reading, `found_at` the file and line of each; `absent`
    our columns of which nothing was given; `excused` the cells, as (invariant, key, column), that are
    null since they could not be read, or made of one that is found. `made` marks a table that nobody gave: its own rows are not judged. An `archive` is read
    where it is, and the table has its columns alone.
    """

    name: str
    table: pa.Table
    sources: tuple[Source, ...] = ()
    found: tuple[Violation, ...] = ()
    found_at: tuple[tuple[str, int], ...] = ()
    absent: frozenset[str] = frozenset()
    excused: tuple[tuple[str, str, str], ...] = ()
    notes: tuple[str, ...] = ()
    races: Mapping[str, RaceFacts] = field(default_factory=dict)
    read_by_heading: bool = False
    made: bool = False
    archive: Archive | None = None

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return self.table.num_rows if self.archive is None else self.archive.rows

    @property
    def data(self) -> pa.Table | Path:
        """The table, or where it is."""
        return self.table if self.archive is None else self.archive.path


def read_everything(tables: Mapping[str, Any], paths: list[Path], facts: Facts) -> list[Reading]:
    """Frames by table, and files, as tables ready to be judged; InputError for what cannot be used."""
    sheets = [*_frames(tables), *(sheet for path in paths for sheet in sheets_of(path))]
    _check_mapping(facts, sheets)
    named = [(table_of(sheet), sheet) for sheet in sheets]
    theirs = [(name, sheet) for name, sheet in named if not _ours(name, sheet)]
    ours = [_as_given(name, sheet) for name, sheet in named if _ours(name, sheet)]
    readings = _merged([*ours, *_by_heading(theirs, ours, facts)])
    return [*readings, *_races(readings)]


def _ours(name: str, sheet: Sheet) -> bool:
    """Whether a sheet is taken as it is, and not read by its headings."""
    return sheet.archive is not None or contract_shaped(sheet.table.column_names, name)


def _frames(tables: Mapping[str, Any]) -> Iterator[Sheet]:
    for name, frame in tables.items():
        if name not in TABLES:
            raise UnknownName("table", name, TABLES)
        if isinstance(frame, str | os.PathLike):
            yield from (replace(sheet, says=sheet.says or name) for sheet in sheets_of(Path(frame)))
        else:
            yield from_arrow(to_arrow(frame, name), name, name, says=name)


def _check_mapping(facts: Facts, sheets: list[Sheet]) -> None:
    """Each column that the user names is there."""
    headings = {heading for sheet in sheets for heading in sheet.table.column_names}
    for ours, theirs in facts.mapping.items():
        if theirs not in headings:
            raise UnknownName(f"heading for {ours}", theirs, sorted(headings))


def table_of(sheet: Sheet) -> str:
    """Which table a sheet is: what it says, its stem, its columns, or else results."""
    if sheet.says or sheet.stem in TABLES:
        return sheet.says or sheet.stem
    columns = set(sheet.table.column_names)
    fitting = [name for name, table in TABLES.items() if set(table.columns) <= columns]
    words = [word for word in cells.slug(sheet.stem).split("-") if word in TABLES]
    if words[-1:] == ["splits"] and "to_m" not in recognised(sheet.table.column_names, "splits"):
        words = []  # a list of results with a column for each split
    return next(iter([*fitting, *words[-1:]]), "results")


def _as_given(name: str, sheet: Sheet) -> Reading:
    """A table in our columns: text is read into their types, a wider type narrowed where nothing is lost."""
    if sheet.archive is not None:
        return Reading(name, sheet.table, notes=(f"{sheet.name}: read in place",), archive=sheet.archive)
    table, misfits = (sheet.table, []) if sheet.typed else typed(sheet.table)
    table = lossless(table)
    source = Source(sheet, range(table.num_rows))
    if not misfits:
        return Reading(name, table, (source,), notes=sheet.notes)
    keys = dict(enumerate(key_texts(table, name)))
    found = [Found(misfit.row, "cell-readable", misfit.column, misfit.value, misfit.expected) for misfit in misfits]
    left = _left_null(name, table, keys, misfits)
    return Reading(name, table, (source,), *_violations(name, sheet, keys, found), excused=left, notes=sheet.notes)


def _left_null(
    name: str, table: pa.Table, keys: dict[int, str], misfits: list[Misfit]
) -> tuple[tuple[str, str, str], ...]:
    """The nulls that an invariant is sure to find again."""
    statuses = table.column("status").to_pylist() if name == "results" else []
    found = []
    for row, column, *_ in misfits:
        if column not in TABLES[name].nulls:
            found.append(("no-missing-value", keys[row], column))
        elif column != "points" and name == "results" and statuses[row] == "OK":
            found.append(("status-explains-nulls", keys[row], column))
    return tuple(found)


def _by_heading(theirs: list[tuple[str, Sheet]], ours: list[Reading], facts: Facts) -> list[Reading]:
    """Results first, since splits without a race belong to theirs."""
    results = [sheet for name, sheet in theirs if name == "results"]
    races = [race for reading in ours if reading.name in ("results", "races") for race in _race_ids(reading.table)]
    several = len(results) > 1
    people = [
        (sheet, read_results(sheet, facts, _race(sheet, [] if several else races, results), among_others=several))
        for sheet in results
    ]
    splits = [sheet for name, sheet in theirs if name == "splits"]
    given = bool(splits) or any(reading.name == "splits" for reading in ours)
    beside = [NO_SPLITS if given else splits_beside(sheet, found) for sheet, found in people]
    read = [_reading("results", *one, columns) for one, columns in zip(people, beside, strict=True)]
    races += [race for reading in read for race in _race_ids(reading.table)]
    splits += [sheet for columns in beside for sheet in columns.sheets]
    alone = len(set(races)) == 1
    return [*read, *(_reading("splits", s, read_splits(s, facts, _race(s, races), alone=alone)) for s in splits)]


def _race_ids(table: pa.Table) -> list[str]:
    return [race for race in table.column("race_id").unique().to_pylist() if isinstance(race, str)]


def _race(sheet: Sheet, races: list[str], others: Iterable[Sheet] = ()) -> str:
    """The race of a sheet that names none: the one it states, the only one there is, or its file's name.

    Where files in several folders have one name, the folder is part of it.
    """
    if "race" in sheet.stated:
        return cells.slug(sheet.stated["race"])
    namesake = any(other.stem == sheet.stem and other.name != sheet.name for other in others)
    name = str(Path(sheet.name).with_suffix("")) if namesake else sheet.stem
    return races[0] if len(set(races)) == 1 else cells.slug(name)


def _reading(name: str, sheet: Sheet, people: People, beside: Beside = NO_SPLITS) -> Reading:
    table = pa.Table.from_pylist(people.rows, schema=arrow_schema(name))
    keys = dict(zip(people.source, key_texts(table, name), strict=True))
    return Reading(
        name,
        table,
        (Source(sheet, tuple(people.source)),),
        *_violations(name, sheet, keys, people.found),
        people.absent,
        tuple(excused(name, people, keys)),
        (*(sheet.notes or (_understood(sheet, people.columns, beside.headings),)), *beside.notes),
        people.races,
        read_by_heading=True,
    )


def _violations(
    name: str, sheet: Sheet, keys: Mapping[int, str], found: list[Found]
) -> tuple[tuple[Violation, ...], tuple[tuple[str, int], ...]]:
    """What was found as violations, and the file and line of each."""
    return (
        tuple(_violation(name, sheet, keys[one.row], one) for one in found),
        tuple((sheet.name, sheet.lines[one.row]) for one in found),
    )


def _violation(name: str, sheet: Sheet, key: str, found: Found) -> Violation:
    rule = READING[found.rule]
    got = "blank" if found.value is None else repr(found.value)
    came = "read as" if rule.slug == "read-leniently" else "expected"
    message = (
        f"{sheet.name}:{sheet.lines[found.row]}: {found.column}: got {got}, {came} {found.expected}. {rule.sentence}"
    )
    return Violation(rule.slug, name, key, found.column, found.value, found.expected, rule.severity, message, "reader")


def _understood(sheet: Sheet, columns: Mapping[str, str], beside: Collection[str]) -> str:
    read = ", ".join(f"{ours} from {theirs!r}" for ours, theirs in columns.items())
    used = {*columns.values(), *beside}
    rest = [heading for heading in sheet.table.column_names if heading not in used]
    more = f" and {len(rest) - _NAMED:,} more" if len(rest) > _NAMED else ""
    unused = f"; not used: {', '.join(map(repr, rest[:_NAMED]))}{more}" if rest else ""
    return f"{sheet.name}: read {read}{unused}"


def _merged(readings: list[Reading]) -> list[Reading]:
    """One reading a table, in the order of the tables: files of the same table are one table."""
    by_name: dict[str, list[Reading]] = {}
    for reading in readings:
        by_name.setdefault(reading.name, []).append(reading)
    return [_together(by_name[name]) for name in TABLES if name in by_name]


def _together(parts: list[Reading]) -> Reading:
    if len(parts) == 1:
        return parts[0]
    large = next((part.archive for part in parts if part.archive), None)
    if large is not None:
        raise InputError(
            f"{large.path}: more files are {parts[0].name}, expected them in one folder with it, as Parquet"
        )
    absent = [part.absent for part in parts]
    return replace(
        parts[0],
        table=_concatenated(parts),
        sources=tuple(source for part in parts for source in part.sources),
        found=tuple(violation for part in parts for violation in part.found),
        found_at=tuple(place for part in parts for place in part.found_at),
        # What one file tells and another does not cannot be told apart in the table.
        absent=frozenset().union(*absent),
        excused=tuple(cell for part in parts for cell in part.excused),
        notes=tuple(note for part in parts for note in part.notes),
        races={race: facts for part in parts for race, facts in part.races.items()},
        read_by_heading=any(part.read_by_heading for part in parts),
    )


def _concatenated(parts: list[Reading]) -> pa.Table:
    try:
        return pa.concat_tables([part.table.replace_schema_metadata(None) for part in parts])
    except pa.ArrowException as error:
        names = ", ".join(source.sheet.name for part in parts for source in part.sources)
        raise InputError(f"{names}: these files are not one table: their columns or types differ") from error


def _races(readings: list[Reading]) -> list[Reading]:
    """A races table of what was stated, where nobody gave one and every race's discipline is known."""
    if any(reading.name == "races" for reading in readings):
        return []
    results = next((reading for reading in readings if reading.name == "results" and reading.races), None)
    if results is None or set(_race_ids(results.table)) - results.races.keys():
        return []
    dated = all(facts.date for facts in results.races.values())
    absent = frozenset({"points_scale", "coverage"} | (set() if dated else {"date"}))
    return [Reading("races", races_table(results.races), absent=absent, made=True)]
