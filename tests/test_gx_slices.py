"""The Great Expectations side judges an archive some races at a time, and says what it says of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from bowerman_data.expectations._query import clauses_of, is_by_race
from bowerman_data.expectations._slice import Slice
from bowerman_data.expectations._suspects import SCREENED
from bowerman_data.expectations.engine import run
from bowerman_data.schemas.catalogue import INVARIANTS
from tests.bench.archive import Archive, write
from tests.cases import CASES, Case
from tests.engines import Finding, findings, outcomes
from tests.judged import judged
from tests.lawful import LAWFUL
from tests.oddities import backwards
from tests.tables import Tables

_FEW = 12  # rows at once: a race or two

# A case of each invariant: each costs two runs in this file alone.
_of_races = {c.invariant: c for c in CASES if {"results", "splits"} & set(INVARIANTS[c.invariant].tables)}
_named = pytest.mark.parametrize("case", _of_races.values(), ids=lambda case: case.name.replace(" ", "-"))


def _alternating(table: pa.Table) -> pa.Table:
    """Every other row, and then the rest: no race stands in one place."""
    return pa.concat_tables([table.take(pa.array(range(start, table.num_rows, 2))) for start in (0, 1)])


def _shuffled(tables: Tables) -> Tables:
    return tables | {name: _alternating(tables[name]) for name in ("results", "splits") if name in tables}


def _files(folder: Path, tables: Tables) -> dict[str, Path]:
    """Each table as a folder of two Parquet files."""
    for name, table in tables.items():
        (folder / name).mkdir(parents=True)
        half = table.num_rows // 2
        pq.write_table(table.slice(0, half), folder / name / "a.parquet")
        pq.write_table(table.slice(half), folder / name / "b.parquet")
    return {name: folder / name for name in tables}


def _wrong() -> Tables:
    """The lawful tables with one bad case of each invariant of results and splits that can be laid over the others."""
    tables = LAWFUL
    for slug in ("mark-is-its-time", "known-nation", "splits-increase", "split-before-finish", "humanly-possible"):
        case = next(case for case in CASES if case.invariant == slug)
        tables = case.change(tables)
    return tables


@_named
def test_some_races_at_a_time_say_what_all_together_say(case: Case) -> None:
    tables = case.change(LAWFUL)
    verdicts = run(tables, shipped=case.shipped, at_once=_FEW)
    assert findings(verdicts) == findings(judged("gx", case.name))
    assert outcomes(verdicts) == outcomes(judged("gx", case.name))


@pytest.mark.parametrize("rearranged", [_shuffled, backwards])
@pytest.mark.parametrize("at_once", [1, 40])
def test_races_that_stand_in_no_order_say_the_same(rearranged: Callable[[Tables], Tables], at_once: int) -> None:
    tables = rearranged(_wrong())
    few, whole = run(tables, at_once=at_once), run(tables)
    assert findings(whole) != []
    assert findings(few) == findings(whole)
    assert outcomes(few) == outcomes(whole)


@pytest.mark.parametrize("at_once", [30, 10_000])
def test_files_say_what_frames_say(tmp_path: Path, at_once: int) -> None:
    read, held = run(_files(tmp_path, _wrong()), at_once=at_once), run(_wrong(), at_once=at_once)
    assert findings(read) == findings(held)
    assert outcomes(read) == outcomes(held)


@pytest.mark.parametrize("at_once", [30, 10_000])
def test_every_violation_goes_to_parquet_whatever_is_listed(tmp_path: Path, at_once: int) -> None:
    verdicts = run(_wrong(), cap=1, every=tmp_path / "all", at_once=at_once)
    written = pa.concat_tables([pq.read_table(path) for path in (tmp_path / "all").glob("gx-*.parquet")])
    assert written.column_names == ["invariant", "table", "key", "column", "value", "expected"]
    assert Counter(Finding(**row) for row in written.to_pylist()) == Counter(findings(run(_wrong())))
    assert sum(verdict.failed for verdict in verdicts) == written.num_rows


def test_the_first_violations_are_the_same_however_many_rows_are_judged_at_once() -> None:
    few, whole = run(_wrong(), cap=1, at_once=20), run(_wrong(), cap=1)
    assert findings(few) == findings(whole)


@pytest.mark.parametrize("at_once", [30, 10_000])
def test_what_is_tried_again_after_an_error_is_written_once(tmp_path: Path, at_once: int) -> None:
    (tmp_path / "gx-00002.parquet").mkdir()  # where the second file would go
    verdicts = run(_wrong(), every=tmp_path, at_once=at_once)
    written = pa.concat_tables([pq.read_table(path) for path in tmp_path.glob("gx-*.parquet") if path.is_file()])
    assert Counter(Finding(**row) for row in written.to_pylist()) == Counter(findings(verdicts))


@pytest.mark.parametrize("table", ["results", "splits"])
def test_what_is_judged_by_race_is_asked_of_suspects_alone_only_if_suspects_are_known(table: str) -> None:
    by_race = {c.relation for i in INVARIANTS for c in clauses_of(i, table) if is_by_race(c)}
    assert by_race == SCREENED[table]


def _archive(folder: Path, bad: float) -> dict[str, Path]:
    write(folder, Archive(2_000, bad))
    return {name: folder / f"{name}.parquet" for name in ("results", "splits", "races", "athletes")}


def test_races_of_an_archive_that_holds_are_judged_by_the_look_at_suspects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doubted: list[bool] = []
    look = Slice.doubted

    def noted(part: Slice, *, sieved: bool) -> bool:
        doubted.append(look(part, sieved=sieved))
        return doubted[-1]

    monkeypatch.setattr(Slice, "doubted", noted)
    assert {verdict.outcome for verdict in run(_archive(tmp_path, 0), at_once=2_000)} == {"pass", "skipped"}
    assert doubted == [False] * 8


@pytest.mark.parametrize("without", ["", "results", "races", "athletes"])
def test_a_few_bad_rows_of_an_archive_are_found_among_the_suspects(tmp_path: Path, without: str) -> None:
    tables = {name: path for name, path in _archive(tmp_path, 0.003).items() if name != without}
    _judged_alike(tables)


def test_where_most_races_are_suspects_all_are_judged_without_a_look_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[bool] = []
    look = Slice.doubted

    def noted(part: Slice, *, sieved: bool) -> bool:
        looks.append(sieved)
        return look(part, sieved=sieved)

    monkeypatch.setattr(Slice, "doubted", noted)
    _judged_alike(_archive(tmp_path, 0.1))
    assert looks[0] and not looks[-1]


@pytest.mark.parametrize("column", ["race_id", "athlete_id"])
def test_what_else_is_wrong_is_found_where_an_id_is_none(tmp_path: Path, column: str) -> None:
    read = {name: pq.read_table(path) for name, path in _archive(tmp_path, 0.1).items()}
    known = read["splits"][column].drop_null()[0]
    _judged_alike({name: _renamed(table, column, known, "No Id") for name, table in read.items()})


def _renamed(table: pa.Table, column: str, known: pa.Scalar[Any], name: str) -> pa.Table:
    """The table with another id in place of one."""
    if column not in table.column_names:
        return table
    ids = table[column]
    renamed = pc.if_else(pc.equal(ids, known), name, ids)
    return table.set_column(table.column_names.index(column), table.schema.field(column), renamed)


def _judged_alike(tables: Mapping[str, Path | pa.Table]) -> None:
    few, whole = run(tables, at_once=2_000), run(tables)
    assert findings(whole) != []
    assert findings(few) == findings(whole)
    assert outcomes(few) == outcomes(whole)


def _wrong_values(field: pa.Field[Any]) -> list[object]:
    """What no column of a type may hold, and null."""
    if pa.types.is_list(field.type):
        return [None, [None], ["pb"], ["PB", None]]
    return [None, "No such", "no-such"] if pa.types.is_string(field.type) else [None, -1, 32_000]


@pytest.mark.parametrize("name", ["results", "splits"])
def test_one_value_that_is_wrong_makes_its_race_a_suspect_whatever_else_holds(tmp_path: Path, name: str) -> None:
    tables = {table: pq.read_table(path) for table, path in _archive(tmp_path, 0).items()}
    rows, schema = tables[name].to_pylist(), tables[name].schema
    firsts = [n for n, row in enumerate(rows) if n and row["race_id"] != rows[n - 1]["race_id"]]
    wrong = [(field.name, value) for field in schema for value in _wrong_values(field)]
    for n, (column, value) in zip(firsts, wrong, strict=False):
        rows[n + 5][column] = value  # each in a race of its own
    assert len(firsts) > len(wrong)
    _judged_alike(tables | {name: pa.Table.from_pylist(rows, schema)})


def _lap_from_where_he_led(race: list[dict[str, Any]]) -> None:
    """The winner led at 1200 m: his own time there goes, and his lap no longer adds up with the leader's."""
    own = next(row for row in race[3:] if row["athlete_id"] == race[2]["athlete_id"] and row["to_m"] == 1200)
    lap = next(row for row in race[3:] if row["athlete_id"] == race[2]["athlete_id"] and row["from_m"] == 1200)
    race.remove(own)
    lap["time_ms"] += 700


# What goes wrong in a race: its first three rows are the leader's, then four are each man's.
_FAULTS: list[Callable[[list[dict[str, Any]]], Any]] = [
    lambda race: race[1].update(time_ms=race[0]["time_ms"]),
    lambda race: race[0].update(time_ms=race[0]["time_ms"] + 5_000),
    _lap_from_where_he_led,
    lambda race: race.append(race[2] | {"from_m": 800.0, "time_ms": 50_000}),
    lambda race: race.append(dict(race[1])),
    lambda race: race.append(race[1] | {"athlete_id": race[9]["athlete_id"], "time_ms": 200_000}),
    lambda race: race.append(race[4] | {"time_ms": race[4]["time_ms"] + 90_000}),
    lambda race: race[7].update(time_ms=race[7]["time_ms"] // 1000),
    lambda race: race[8].update(time_ms=race[7]["time_ms"]),
    lambda race: race[9].update(to_m=2400.0),
    lambda race: race[9].update(to_m=1234.5),
    lambda race: race[10].update(time_ms=race[10]["time_ms"] + 500),
    lambda race: race[5].update(time_ms=400_000),
    lambda race: race[7].update(athlete_id="nobody-known"),
    lambda race: race[7].update(athlete_id=race[11]["athlete_id"]),
    lambda race: race[0].update(athlete_id=None),
    lambda race: race[11].update(athlete_id=None),
    lambda race: race[11].update(basis="runner"),
    lambda race: race[11].update(basis="leader"),
]


@pytest.mark.parametrize("without", ["", "results", "races", "athletes"])
def test_each_fault_of_splits_is_found_among_the_doubted_runners_of_its_race(tmp_path: Path, without: str) -> None:
    tables = {name: pq.read_table(path) for name, path in _archive(tmp_path, 0).items() if name != without}
    splits = tables["splits"]
    races = [list(rows) for _, rows in groupby(splits.to_pylist(), key=itemgetter("race_id"))]
    for fault, race in zip(_FAULTS, races[3::4], strict=False):
        fault(race)
    assert len(races[3::4]) > len(_FAULTS)
    _judged_alike(tables | {"splits": pa.Table.from_pylist([row for race in races for row in race], splits.schema)})


def test_a_race_of_splits_alone_is_found_wherever_it_stands_among_races(tmp_path: Path) -> None:
    tables = {name: pq.read_table(path) for name, path in _archive(tmp_path, 0).items()}
    races = tables["races"]
    lone = races.column("race_id")[40]
    tables["results"] = tables["results"].filter(pc.field("race_id") != lone)
    tables["races"] = pa.concat_tables([races.slice(0, 40), races.slice(41), races.slice(40, 1)])
    _judged_alike(tables)


@pytest.mark.parametrize("column", ["time_ms", "to_m"])
def test_numbers_at_the_ends_of_their_types_are_judged(tmp_path: Path, column: str) -> None:
    tables = {name: pq.read_table(path) for name, path in _archive(tmp_path, 0).items()}
    least, most = {"time_ms": (-(2**31), 2**31 - 1), "to_m": (-1e308, 1e308)}[column]
    splits = tables["splits"]
    values = splits.column(column).to_pylist()
    values[6], values[7], values[16], values[17], values[30] = least, most, most, least, None
    at, field = splits.column_names.index(column), splits.schema.field(column)
    tables["splits"] = splits.set_column(at, field, pa.array(values, field.type))
    _judged_alike(tables)


@pytest.mark.parametrize("name", ["results", "splits", "races"])
@pytest.mark.parametrize("times", [0, 2], ids=["empty", "twice"])
def test_a_table_that_is_empty_or_stands_twice_is_judged_alike(name: str, times: int) -> None:
    table = LAWFUL[name]
    tables = LAWFUL | {name: pa.concat_tables([table] * times) if times else table.slice(0, 0)}
    few, whole = run(tables, at_once=_FEW), run(tables)
    assert findings(whole) != []
    assert findings(few) == findings(whole)
    assert outcomes(few) == outcomes(whole)
