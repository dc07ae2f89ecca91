"""Spark from the command line, and on a real standalone master: each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.cluster import Cluster, cluster, free_port
from tests.engines import outcomes, run
from tests.spark_cases import batch

pytest.importorskip("pyspark", reason="Spark is not installed here: nox -s spark")


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as standalone:
        yield standalone


def _validate(*words: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bowerman_data", "validate", *words, "--engine", "spark"]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)


def _bad_race(folder: Path) -> list[str]:
    """Parquet files of some bad cases of results and splits."""
    files = []
    for name in ("results", "splits", "races"):
        path = folder / f"{name}.parquet"
        pq.write_table(batch("few")[1][name], path)
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
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.stderr == ""
    tables = {name: pq.read_table(tmp_path / f"{name}.parquet") for name in ("results", "splits", "races")}
    told = {(slug, table): tuple(rest) for slug, table, *rest in json.loads(done.stdout)}
    assert told == outcomes(run("gx", tables))


def test_a_master_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    done = _validate(*_bad_race(tmp_path), "--spark-master", f"spark://127.0.0.1:{free_port()}", timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert "nobody answers" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("master", ["127.0.0.1:7077", "local[x]", "local[0]"])
def test_a_master_that_is_none_is_refused(master: str) -> None:
    done = _validate("--spark-master", master, timeout=60)
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
