"""How any table goes wrong: types, nulls, keys, references, order, distances."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pyarrow as pa

from bowerman_data._mutants import Base, Row, Site, named, operator, put
from bowerman_data.schemas._races import COVERED_TO_MS
from bowerman_data.schemas.reference import points_scales
from bowerman_data.schemas.tables import TABLES

__all__: list[str] = []


def _given(base: Base) -> list[str]:
    return [name for name in TABLES if name in base.tables]


def _put(base: Base, table: str, i: int, **cells: object) -> Site:
    rows = base.rows(table)
    return f"{named(table, rows[i])}: {', '.join(cells)}", {table: put(rows, i, **cells)}


@operator("column-lost", "declared-columns")
def column_lost(base: Base, rng: Random) -> Iterator[Site]:
    """A column is missing, renamed, widened, or out of its place."""
    for name in _given(base):
        table = base.tables[name]
        column = rng.choice(table.column_names)
        yield f"{name}.{column} is missing", {name: table.drop_columns([column])}
        spaced = [f"{one} " if one == column else one for one in table.column_names]
        yield f"{name}.{column} has a space behind its name", {name: table.rename_columns(spaced)}
        yield f"{name}: columns backwards", {name: table.select(table.column_names[::-1])}
        yield from _widened(name, table)


def _widened(name: str, table: pa.Table) -> Iterator[Site]:
    for i, column in enumerate(table.schema):
        if column.type in (pa.int16(), pa.int32()):
            wide = table.column(i).cast(pa.float64())
            yield f"{name}.{column.name} is a float", {name: table.set_column(i, column.name, wide)}


@operator("table-emptied", "never-empty")
def table_emptied(base: Base, rng: Random) -> Iterator[Site]:
    """A table has lost all its rows."""
    for name in _given(base):
        yield name, {name: base.tables[name].slice(0, 0)}


@operator("value-lost", "no-missing-value")
def value_lost(base: Base, rng: Random) -> Iterator[Site]:
    """A cell that may not be null is null."""
    for name in _given(base):
        for column in TABLES[name].columns:
            if column not in TABLES[name].nulls:
                yield _put(base, name, rng.randrange(len(base.rows(name))), **{column: None})


@operator("space-behind", "value-in-domain")
def space_behind(base: Base, rng: Random) -> Iterator[Site]:
    """A value has a space behind it, or a line break, or is written in capitals."""
    for name in _given(base):
        for column in TABLES[name].declared():
            i = rng.randrange(len(base.rows(name)))
            value = base.rows(name)[i][column.name]
            if column.dtype == "string" and value is not None and (column.pattern or column.values):
                yield _put(base, name, i, **{column.name: value + rng.choice(" \n")})


@operator("number-out-of-bounds", "value-in-domain")
def number_out_of_bounds(base: Base, rng: Random) -> Iterator[Site]:
    """A number is nought or less, infinite, or none at all."""
    for name in _given(base):
        for column in TABLES[name].declared():
            wrong = {"int16": -1, "int32": -1, "float64": rng.choice((float("nan"), float("inf"), -400.0))}
            if column.dtype in wrong:
                yield _put(base, name, rng.randrange(len(base.rows(name))), **{column.name: wrong[column.dtype]})


@operator("row-twice", "unique-key", "one-time-per-athlete", "one-split-per-stretch")
def row_twice(base: Base, rng: Random) -> Iterator[Site]:
    """A row stands twice, one below the other."""
    for name in _given(base):
        rows = base.rows(name)
        for i, row in enumerate(rows):
            yield named(name, row), {name: [*rows[: i + 1], *rows[i:]]}


@operator("reference-to-nothing", "known-reference")
def reference_to_nothing(base: Base, rng: Random) -> Iterator[Site]:
    """A value refers to a row that is not there."""
    for name in _given(base):
        for reference in TABLES[name].references:
            i = rng.randrange(len(base.rows(name)))
            yield _put(base, name, i, **{reference.column: "nobody-and-nothing"})


@operator("person-forgotten", "known-reference")
def person_forgotten(base: Base, rng: Random) -> Iterator[Site]:
    """Somebody named in the results does not stand among the athletes."""
    people = base.rows("athletes")
    named_there = {row["athlete_id"] for row in base.rows("results")}
    for i, row in enumerate(people):
        if row["athlete_id"] in named_there and len(people) > 1:
            yield named("athletes", row), {"athletes": [*people[:i], *people[i + 1 :]]}


@operator("rows-shuffled", "row-order", generated="other people's rows may stand in any order")
def rows_shuffled(base: Base, rng: Random) -> Iterator[Site]:
    """Two neighbouring rows have changed places."""
    for name in _given(base):
        rows = base.rows(name)
        for i in range(len(rows) - 1):
            if _order(name, rows[i]) != _order(name, rows[i + 1]):
                yield named(name, rows[i]), {name: [*rows[:i], rows[i + 1], rows[i], *rows[i + 2 :]]}


def _order(name: str, row: Row) -> list[object]:
    return [row[column] for column in TABLES[name].order]


@operator("yards-for-metres", "discipline-is-its-distance")
def yards_for_metres(base: Base, rng: Random) -> Iterator[Site]:
    """A distance is that of another event: 1600 m for the mile."""
    for name in ("races", "marks"):
        for i, row in enumerate(base.rows(name)):
            yield _put(base, name, i, distance_m=row["distance_m"] + rng.choice((-9.344, 9.344)))


@operator("scale-of-another-season", "scale-follows-season")
def scale_of_another_season(base: Base, rng: Random) -> Iterator[Site]:
    """A race of the Diamond League has the scale of another season, or none."""
    for i, row in enumerate(base.rows("races")):
        if _scale_is_known(row):
            for scale in ([5, 3, 1], [*(row["points_scale"] or []), 1], None):
                if scale != row["points_scale"]:
                    yield _put(base, "races", i, points_scale=scale)


def _scale_is_known(race: Row) -> bool:
    year = race["date"].year
    return any(one.series == race["series"] and one.from_year <= year <= one.until_year for one in points_scales())


@operator("scale-guessed", "no-other-scale", generated="other people's series may have a scale of their own")
def scale_guessed(base: Base, rng: Random) -> Iterator[Site]:
    """A race of which no scale is known has one."""
    for i, row in enumerate(base.rows("races")):
        if not _scale_is_known(row):
            yield _put(base, "races", i, points_scale=[4, 2, 1])


@operator("coverage-narrowed", "coverage-holds")
def coverage_narrowed(base: Base, rng: Random) -> Iterator[Site]:
    """A list with more on it is said to have the finishers alone, those to 3:56.00, or the podium."""
    for i, row in enumerate(base.rows("races")):
        rows = [one for one in base.rows("results") if one["race_id"] == row["race_id"]]
        stopped = any(one["status"] != "OK" for one in rows)
        slower = any((one["time_ms"] or 0) > COVERED_TO_MS for one in rows)
        beyond = {"finishers": stopped, "to-3:56": stopped or slower, "podium": stopped or _placed(rows) > 3}
        for coverage, told in beyond.items():
            if told and row["coverage"] != coverage:
                yield _put(base, "races", i, coverage=coverage)


def _placed(rows: list[Row]) -> int:
    return max((row["place"] or 0 for row in rows), default=0)


@operator("coverage-widened", "full-shows-all", generated="of other people's races nobody says how they end")
def coverage_widened(base: Base, rng: Random) -> Iterator[Site]:
    """A list that ends at 3:56.00 or with the podium is said to be full."""
    for i, row in enumerate(base.rows("races")):
        if row["coverage"] in ("to-3:56", "podium"):
            yield _put(base, "races", i, coverage="full")


@operator("iso-nation-of-a-person", "known-nation")
def iso_nation_of_a_person(base: Base, rng: Random) -> Iterator[Site]:
    """A person's nation has its ISO code."""
    for i, _ in enumerate(base.rows("athletes")):
        yield _put(base, "athletes", i, nation=rng.choice(("DEU", "NLD", "CHE", "ZAF", "PRT")))
