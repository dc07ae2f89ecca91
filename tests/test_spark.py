"""Spark says what the embedded engines say. Needs Java and pyspark, so it has a nox session of its own."""

# pyright: reportMissingImports=false

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

import bowerman_data as bd
from bowerman_data.schemas.catalogue import INVARIANTS
from bowerman_data.schemas.tables import TABLES
from bowerman_data.schemas.verdicts import Verdict
from tests.cases import CASES, Case
from tests.cluster import Cluster, cluster, free_port
from tests.engines import faults, findings, outcomes, run
from tests.lawful import LAWFUL
from tests.oddities import ODDITIES
from tests.tables import Tables
from tests.together import mixable, together

pytest.importorskip("pyspark", reason="Spark is not installed here: nox -s spark")

from bowerman_data.expectations._session import SparkUnavailable, check_master, session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_TRACK = ("results", "splits", "races", "athletes", "marks")
_ALL = tuple(TABLES)


@pytest.fixture(scope="module", autouse=True)
def spark() -> Iterator[SparkSession]:
    """One session for all, as if it were the user's: to start one takes ten seconds."""
    with session("local[2]", small=True) as started:
        yield started


def _of_track(case: Case) -> bool:
    """Whether a case needs no more than results, splits and what stands beside them."""
    invariant, table = INVARIANTS[case.invariant], case.violations[0].table
    return {table, *invariant.needs(table), *invariant.uses} <= {*_TRACK}


def _mixable(only: tuple[str, ...]) -> list[Case]:
    return [case for case in CASES if mixable(case.change(LAWFUL), only)]


def _on_track() -> dict[str, Case]:
    """All cases of results, splits, races, athletes and marks by themselves."""
    return {f"t{n}": case for n, case in enumerate(case for case in _mixable(_TRACK) if _of_track(case))}


def _on_paper() -> dict[str, Case]:
    """Of the rest one case for each invariant and table."""
    rest = {(c.invariant, c.violations[0].table): c for c in reversed(_mixable(_ALL)) if not _of_track(c)}
    return {f"p{n}": case for n, case in enumerate(rest.values())}


@cache
def _batch(name: str) -> tuple[Mapping[str, Case], Tables]:
    cases, only = (_on_track(), _TRACK) if name == "track" else (_on_paper(), (*_ALL, "documents"))
    return cases, together({mark: case.change for mark, case in cases.items()}, only)


@cache
def _judged(engine: str, name: str) -> list[Verdict]:
    # What is listed must be all, or the engines could agree on its beginning alone.
    return run(engine, _batch(name)[1], shipped=True, cap=100_000)


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
        for mark, case in _batch(name)[0].items()
        if not any(
            (slug, table) == (case.invariant, case.violations[0].table) and mark in key for slug, table, key in fired
        )
    ]
    assert silent == []


@_batches
def test_nothing_stops_on_spark(name: str) -> None:
    assert faults(_judged("spark", name)) == []


@pytest.mark.parametrize("case", [c for c in CASES if c.invariant in ("declared-columns", "never-empty")], ids=str)
def test_tables_that_are_not_as_declared_are_told_as_duckdb_tells_them(case: Case) -> None:
    (name,) = {wrong.table for wrong in case.violations}
    alone = {name: case.change(LAWFUL)[name]}
    assert findings(run("spark", alone)) == findings(run("gx", alone))
    assert outcomes(run("spark", alone)) == outcomes(run("gx", alone))


def test_lawful_oddities_pass_on_spark() -> None:
    changes = {f"o{n}": change for n, change in enumerate(ODDITIES.values()) if mixable(change(LAWFUL), _TRACK)}
    tables = together(changes, _TRACK)
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

    tables = {name: table for name, table in _batch("track")[1].items() if name in ("results", "races")}
    verdicts = on_spark(tables, cap=1, every=tmp_path)
    written = pq.read_table(tmp_path)
    assert written.num_rows == sum(verdict.failed for verdict in verdicts)
    assert written.column_names == ["invariant", "table", "key", "column", "value", "expected"]


# -- a real cluster, and the command line, each in a process of its own


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as standalone:
        yield standalone


def _validate(*words: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bowerman_data", "validate", *words, "--engine", "spark"]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)


def _bad_race(folder: Path) -> list[str]:
    """Files of the bad cases on the track: results and splits with theirs, as Parquet."""
    files = []
    for name in ("results", "splits", "races"):
        path = folder / f"{name}.parquet"
        pq.write_table(_batch("track")[1][name], path)
        files.append(str(path))
    return files


def _said(report: dict[str, Any], engine: str) -> list[tuple[str, ...]]:
    names = ("invariant", "table", "key", "column", "value", "expected")
    return sorted(tuple(str(v[name]) for name in names) for v in report["violations"] if v["engine"] == engine)


def test_a_standalone_master_with_two_workers_says_the_same_as_duckdb(workers: Cluster, tmp_path: Path) -> None:
    files = _bad_race(tmp_path)
    done = _validate(*files, "--spark-master", workers.url, "--json", "-")
    assert (done.returncode, done.stderr) == (1, "")
    embedded = [sys.executable, "-m", "bowerman_data", "validate", *files, "--engine", "gx", "--json", "-"]
    other = subprocess.run(embedded, capture_output=True, text=True, check=False)
    assert _said(json.loads(done.stdout), "spark") == _said(json.loads(other.stdout), "gx") != []
    assert workers.took_part() == [True, True]


_IN_PLACE = """
import json, sys
from pathlib import Path
from bowerman_data.expectations.spark import run
folder, master = Path(sys.argv[1]), sys.argv[2]
verdicts = run({name: folder / f"{name}.parquet" for name in ("results", "splits", "races")}, master=master)
print(json.dumps([[v.invariant, v.table, v.outcome, v.rows, v.failed, v.reason] for v in verdicts]))
"""


def test_workers_read_files_in_place(workers: Cluster, tmp_path: Path) -> None:
    _bad_race(tmp_path)
    command = [sys.executable, "-c", _IN_PLACE, str(tmp_path), workers.url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.stderr == ""
    tables = {name: pq.read_table(tmp_path / f"{name}.parquet") for name in ("results", "splits", "races")}
    told = {(slug, table): tuple(rest) for slug, table, *rest in json.loads(done.stdout)}
    assert told == outcomes(run("gx", tables))


def test_a_master_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    done = _validate(*_bad_race(tmp_path), "--spark-master", f"spark://127.0.0.1:{free_port()}", timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert "nobody answers" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_master_that_is_none_is_refused() -> None:
    done = _validate("--spark-master", "127.0.0.1:7077", timeout=60)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "expected local[*] or spark://HOST:PORT" in done.stderr


def test_no_java_is_one_line() -> None:
    code = (
        "import os, sys; os.environ |= {'PATH': '', 'JAVA_HOME': ''}\n"
        "from bowerman_data.cli import main; sys.exit(main(['validate', '--engine', 'spark']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "needs Java" in done.stderr


def test_a_master_is_not_asked_for_where_a_session_is_active(spark: SparkSession) -> None:
    check_master("nonsense")


def test_unavailable_is_an_oserror() -> None:
    assert issubclass(SparkUnavailable, OSError)
