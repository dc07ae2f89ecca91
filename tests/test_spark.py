"""Spark says what the embedded engines say. Needs Java and pyspark, so it has a nox session of its own."""

# pyright: reportMissingImports=false

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

import bowerman_data as bd
from bowerman_data.schemas.catalogue import INVARIANTS
from bowerman_data.schemas.verdicts import Verdict
from tests.cases import CASES, Case
from tests.engines import faults, findings, outcomes, run
from tests.lawful import LAWFUL
from tests.oddities import ODDITIES
from tests.spark_cases import TRACK, batch
from tests.together import mixable, together

pytest.importorskip("pyspark", reason="Spark is not installed here: nox -s spark")

from bowerman_data.expectations._session import SparkUnavailable, check_master, session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture(scope="module", autouse=True)
def spark() -> Iterator[SparkSession]:
    """One session for all, as if it were the user's: to start one takes ten seconds."""
    with session("local[2]", rows=0) as started:
        yield started


@cache
def _judged(engine: str, name: str) -> list[Verdict]:
    # What is listed must be all, or the engines could agree on its beginning alone.
    return run(engine, batch(name)[1], shipped=True, cap=100_000)


_batches = pytest.mark.parametrize("name", ["track", "paper"])


@_batches
def test_spark_says_the_same_of_bad_cases_as_duckdb(name: str) -> None:
    assert findings(_judged("spark", name)) == findings(_judged("gx", name))
    assert outcomes(_judged("spark", name)) == outcomes(_judged("gx", name))


@_batches
def test_every_bad_case_fires_its_invariant_on_spark(name: str) -> None:
    fired = {(f.invariant, f.table, f.key) for f in findings(_judged("spark", name))}
    silent = [
        case.name
        for mark, case in batch(name)[0].items()
        if not any(
            (slug, table) == (case.invariant, case.violations[0].table) and mark in key for slug, table, key in fired
        )
    ]
    assert silent == []


@_batches
def test_nothing_stops_on_spark(name: str) -> None:
    assert faults(_judged("spark", name)) == []


@pytest.mark.parametrize(
    "case",
    [c for c in CASES if c.invariant in ("declared-columns", "never-empty")],
    ids=lambda case: case.name.replace(" ", "-"),
)
def test_tables_that_are_not_as_declared_are_told_as_duckdb_tells_them(case: Case) -> None:
    (name,) = {wrong.table for wrong in case.violations}
    alone = {name: case.change(LAWFUL)[name]}
    assert findings(run("spark", alone)) == findings(run("gx", alone))
    assert outcomes(run("spark", alone)) == outcomes(run("gx", alone))


def test_lawful_oddities_pass_on_spark() -> None:
    changes = {f"o{n}": change for n, change in enumerate(ODDITIES.values()) if mixable(change(LAWFUL), TRACK)}
    tables = together(changes, TRACK)
    assert findings(run("spark", tables)) == findings(run("gx", tables))


def test_the_shipped_tables_pass_everything_on_spark() -> None:
    report, embedded = bd.validate(engine="spark"), bd.validate(engine="gx")
    assert report.ok
    assert outcomes(report.verdicts) == outcomes(embedded.verdicts)


def test_a_session_of_the_users_is_left_as_it_was(spark: SparkSession) -> None:
    spark.sql("SELECT 1 AS mine").createOrReplaceTempView("results")
    run("spark", {"results": LAWFUL["results"]})
    assert spark.table("results").columns == ["mine"]
    assert spark.conf.get("spark.sql.adaptive.enabled") == "false"


def test_every_violation_is_written_where_that_is_asked_for(tmp_path: Path) -> None:
    from bowerman_data.expectations.spark import run as on_spark

    tables = {name: table for name, table in batch("track")[1].items() if name in ("results", "races")}
    verdicts = on_spark(tables, cap=1, every=tmp_path)
    written = pq.read_table(tmp_path)
    assert written.num_rows == sum(verdict.failed for verdict in verdicts)
    assert written.column_names == ["invariant", "table", "key", "column", "value", "expected"]


def test_a_master_is_not_asked_for_where_a_session_is_active(spark: SparkSession) -> None:
    check_master("nonsense")


def test_unavailable_is_an_oserror() -> None:
    assert issubclass(SparkUnavailable, OSError)


def test_every_invariant_that_reads_rows_fires_on_spark() -> None:
    fired = {finding.invariant for name in ("track", "paper") for finding in findings(_judged("spark", name))}
    assert INVARIANTS.keys() - fired == {"declared-columns", "never-empty"}
