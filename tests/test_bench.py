from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tests.bench.archive import Archive, write
from tests.bench.contenders import GX, OTHERS, OURS_ALONE, PANDERA

CELL_BY_CELL = {"mark-is-its-time", "status-explains-nulls"}
"""Rules of which ours count the cells and the others the rows."""

cell = pl.when(pl.int_range(pl.len()) == 0)
second = pl.when(pl.int_range(pl.len()) == 1)
lap = pl.when((pl.col("from_m") > 0).cum_sum() == 1).then
nobody = pl.lit("nobody-at-all")

FAULTS: dict[tuple[str, str], dict[str, pl.Expr]] = {
    ("results", "no-missing-value"): {"role": cell.then(None).otherwise("role")},
    ("results", "value-in-domain"): {"decimals": cell.then(4).otherwise("decimals")},
    ("results", "known-reference"): {"athlete_id": cell.then(nobody).otherwise("athlete_id")},
    ("results", "known-nation"): {"nation": cell.then(pl.lit("DEU")).otherwise("nation")},
    ("results", "one-time-per-athlete"): {
        "athlete_id": second.then(pl.col("athlete_id").first()).otherwise("athlete_id")
    },
    ("results", "ordered-finish-times"): {"time_ms": cell.then(300_000).otherwise("time_ms")},
    ("results", "places-count-up"): {"place": second.then(3).otherwise("place")},
    ("results", "status-explains-nulls"): {"status": cell.then(pl.lit("DNF")).otherwise("status")},
    ("results", "mark-is-its-time"): {"mark": cell.then(pl.lit("3:59.99")).otherwise("mark")},
    ("results", "known-codes"): {"codes": cell.then(["PB", "WL"]).otherwise("codes")},
    ("results", "humanly-possible"): {"time_ms": cell.then(200_000).otherwise("time_ms")},
    ("results", "humanly-plausible"): {"time_ms": cell.then(220_000).otherwise("time_ms")},
    ("results", "at-most-one-world-lead"): {"codes": second.then(["WL"]).otherwise("codes")},
    ("splits", "no-missing-value"): {"mark": cell.then(None).otherwise("mark")},
    ("splits", "value-in-domain"): {"basis": cell.then(pl.lit("runner")).otherwise("basis")},
    ("splits", "known-reference"): {"race_id": cell.then(nobody).otherwise("race_id")},
    ("splits", "mark-is-its-time"): {"time_ms": cell.then(pl.col("time_ms") + 1).otherwise("time_ms")},
    ("splits", "one-split-per-stretch"): {"to_m": second.then(pl.col("to_m").first()).otherwise("to_m")},
    ("splits", "splits-increase"): {"time_ms": second.then(pl.col("time_ms").first()).otherwise("time_ms")},
    ("splits", "laps-add-up"): {"time_ms": lap(pl.col("time_ms") + 50).otherwise("time_ms")},
    ("splits", "split-before-finish"): {"time_ms": pl.when(pl.col("to_m") == 1200).then(240_000).otherwise("time_ms")},
    ("splits", "leader-is-fastest"): {"time_ms": cell.then(pl.col("time_ms") + 9000).otherwise("time_ms")},
    ("splits", "pace-is-human"): {"time_ms": cell.then(40_000).otherwise("time_ms")},
    ("splits", "split-has-an-entrant"): {"athlete_id": cell.then(nobody).otherwise("athlete_id")},
    ("splits", "within-the-distance"): {"to_m": cell.then(1700.0).otherwise("to_m")},
}
"""A fault for every rule of each table that the other tools judge."""


def judged(contender: str, folder: Path) -> dict[str, int]:
    judge: Callable[[Path], dict[str, int]] = importlib.import_module(f"tests.bench.contenders.{contender}").judge
    return judge(folder)


@pytest.fixture(scope="module")
def lawful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("lawful")
    write(folder, Archive(16))
    return folder


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("spoilt")
    write(folder, Archive(1600, bad=0.05))
    return folder


@pytest.mark.parametrize("contender", [PANDERA, GX, *OTHERS])
def test_a_lawful_archive_is_lawful_to_every_contender(contender: str, lawful: Path) -> None:
    found = judged(contender, lawful)
    assert found
    assert not any(found.values())


@pytest.mark.parametrize(("table", "rule"), FAULTS, ids=[" ".join(fault) for fault in FAULTS])
@pytest.mark.parametrize("contender", OTHERS)
def test_every_contender_sees_a_fault_of_each_kind(
    contender: str, table: str, rule: str, lawful: Path, tmp_path: Path
) -> None:
    for file in lawful.iterdir():
        frame = pl.read_parquet(file)
        if file.stem == table:
            frame = frame.with_columns(
                value.cast(frame.schema[name]).alias(name) for name, value in FAULTS[table, rule].items()
            )
        frame.write_parquet(tmp_path / file.name)
    assert judged(contender, tmp_path)[rule]


@pytest.mark.parametrize("contender", OTHERS)
def test_every_contender_judges_the_same_rules(contender: str, lawful: Path) -> None:
    assert judged(contender, lawful).keys() == {rule for _, rule in FAULTS}


def test_what_the_others_are_spared_is_told(lawful: Path) -> None:
    assert judged(PANDERA, lawful).keys() - {rule for _, rule in FAULTS} == set(OURS_ALONE)


@pytest.mark.parametrize("contender", [GX, *OTHERS])
def test_every_contender_counts_what_we_count(contender: str, spoilt: Path) -> None:
    ours, theirs = judged(PANDERA, spoilt), judged(contender, spoilt)
    compared = theirs.keys() - CELL_BY_CELL
    assert {rule: theirs[rule] for rule in compared} == {rule: ours[rule] for rule in compared}
    assert {rule for rule in theirs if theirs[rule]} == {rule for rule in theirs if ours[rule]}


@pytest.mark.parametrize("bad", [0.00001, 0.01])
def test_a_spoilt_archive_is_not_lawful_however_small(bad: float, tmp_path: Path) -> None:
    write(tmp_path, Archive(16, bad=bad))
    assert any(judged(PANDERA, tmp_path).values())


def test_an_archive_is_the_same_for_the_same_seed(lawful: Path, tmp_path: Path) -> None:
    write(tmp_path, Archive(16))
    for file in lawful.iterdir():
        assert pl.read_parquet(file).equals(pl.read_parquet(tmp_path / file.name))


def test_a_shuffled_archive_has_the_same_rows(tmp_path: Path) -> None:
    for name, shuffled in (("sorted", False), ("shuffled", True)):
        write(tmp_path / name, Archive(160, shuffled=shuffled))
    for table in ("results", "splits"):
        one, other = (pl.read_parquet(tmp_path / name / f"{table}.parquet") for name in ("sorted", "shuffled"))
        assert not one.equals(other)
        assert one.sort(pl.all().exclude("codes")).equals(other.sort(pl.all().exclude("codes")))
