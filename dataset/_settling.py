"""What the engines say of a table that was read by its headings, put right by what was not given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

import pyarrow as pa

from bowerman_data._positions import first_values, key_columns, matches
from bowerman_data.reading import Reading
from bowerman_data.report import Place
from bowerman_data.schemas.catalogue import INVARIANTS
from bowerman_data.schemas.verdicts import Engine, Verdict, Violation

__all__ = ["lines_of", "not_given", "places", "settle"]

# Which given columns an invariant on a table judges; without one of them it has nothing to say.
_JUDGES: dict[str, dict[str, tuple[str, ...]]] = {
    "results": {
        "known-nation": ("nation",),
        "nation-of-its-day": ("nation",),
        "ordered-finish-times": ("place",),
        "places-count-up": ("place",),
        "points-follow-scale": ("place", "points"),
        "mark-is-its-time": ("time_ms",),
        "known-codes": ("codes",),
        "consistent-codes": ("codes",),
        "record-beats-record": ("codes", "nation"),
        "at-most-one-world-lead": ("codes",),
    },
    "splits": {
        "mark-is-its-time": ("time_ms",),
        "lap-belongs-to-its-leader": ("athlete_id",),
        "split-has-an-entrant": ("athlete_id",),
        "split-before-finish": ("athlete_id",),
    },
}
# What an invariant needs of a race, where the races table is made of what was stated.
_NEEDS = {
    "nation-of-its-day": ("date",),
    "record-beats-record": ("date",),
    "points-follow-scale": ("points_scale",),
    "coverage-holds": ("coverage",),
}
_HINTS = {"date": "--date tells it", "points_scale": "a races table tells it", "coverage": "a races table tells it"}
# Lines told of a key that stands in many rows.
_PLACES = 3
_MARK_OR_TIME = "one of mark and time_ms was given, so the two cannot differ"
_NO_RACES = "needs races: a races table, or --discipline and perhaps --sex and --date"


def settle(verdict: Verdict, readings: Mapping[str, Reading]) -> Verdict:
    """The verdict, skipped where what it judges was not given, without the cells that could not be read."""
    reading = readings.get(verdict.table)
    if reading is None:
        return verdict
    reason = _why_not(verdict, reading, readings.get("races"))
    if reason is not None:
        return replace(verdict, outcome="skipped", rows=0, failed=0, violations=(), reason=reason)
    if verdict.reason == "needs races" and reading.read_by_heading:
        return replace(verdict, reason=_NO_RACES)
    return _without(verdict, reading)


def not_given(given: Collection[str], engines: Collection[Engine]) -> list[Verdict]:
    """A verdict on each check of a table that nobody gave: it was skipped, and says so."""
    return [
        Verdict(invariant.slug, table, engine, "skipped", 0, 0, 0.0, reason=f"no {table} given")
        for invariant in INVARIANTS.values()
        for table in invariant.tables
        if table not in given
        for engine in engines
    ]


def _why_not(verdict: Verdict, reading: Reading, races: Reading | None) -> str | None:
    if reading.made:
        return f"no {reading.name} given"
    columns = _JUDGES.get(verdict.table, {}).get(verdict.invariant, ())
    missing = [column for column in columns if column in reading.absent]
    if missing:
        return _MARK_OR_TIME if missing == ["time_ms"] else f"no {' and no '.join(missing)} given"
    needs = _NEEDS.get(verdict.invariant, ()) if races is not None and races.made else ()
    return next((f"no {need} given: {_HINTS[need]}" for need in needs if races and need in races.absent), None)


def _without(verdict: Verdict, reading: Reading) -> Verdict:
    """The verdict without the nulls that stand where a cell could not be read: those are found already."""
    excused = [(key, column) for invariant, key, column in reading.excused if invariant == verdict.invariant]
    if verdict.outcome != "fail" or not excused:
        return verdict
    cells = set(excused)
    left = tuple(violation for violation in verdict.violations if (violation.key, violation.column) not in cells)
    failed = verdict.failed - len(excused)
    return replace(verdict, outcome="fail" if failed else "pass", failed=failed, violations=left)


def places(
    readings: Iterable[Reading], verdicts: Iterable[Verdict]
) -> dict[tuple[str, str] | Violation, tuple[Place, ...]]:
    """The lines from which the rows of the violations were read, by table and key; of the reader's, by violation."""
    listed = {violation for verdict in verdicts for violation in verdict.violations}
    wanted: dict[str, set[str]] = defaultdict(set)
    for violation in listed:
        wanted[violation.table] |= {violation.key} - {""}
    found: dict[tuple[str, str] | Violation, tuple[Place, ...]] = {}
    for reading in readings:
        of_reader = zip(reading.found, reading.found_at, strict=True)
        found |= {violation: (Place(*at),) for violation, at in of_reader if violation in listed}
        if (reading.sources or reading.archive) and wanted[reading.name]:
            found |= {(reading.name, key): tuple(at) for key, at in lines_of(reading, wanted[reading.name]).items()}
    return found


def lines_of(reading: Reading, keys: set[str]) -> dict[str, list[Place]]:
    """For each key, where the first of its rows stood."""
    found: dict[str, list[Place]] = defaultdict(list)
    key = key_columns(reading.name, reading.table.column_names)
    first = first_values(key, keys) if key else []
    for columns, place in _pieces(reading, key, first):
        for row, text in matches(columns, reading.name, keys, first):
            if len(found[text]) < _PLACES:
                found[text].append(place(row))
    return found


def _pieces(
    reading: Reading, key: list[str], first: list[str]
) -> Iterator[tuple[pa.Table | pa.RecordBatch, Callable[[int], Place]]]:
    """The key columns, whole or of an archive piece by piece, and the place of each row in them."""
    if reading.archive is None:
        yield reading.table, partial(_place, reading)
    elif key:
        for file, before, batch in reading.archive.batches_with(key[0], first, key):
            yield batch, partial(_in_file, str(file), before)


def _in_file(file: str, before: int, row: int) -> Place:
    return Place(file, before + row + 1)


def _place(reading: Reading, row: int) -> Place:
    for source in reading.sources:
        if row < len(source.rows):
            return Place(source.sheet.name, source.line(row))
        row -= len(source.rows)
    raise IndexError(row)
