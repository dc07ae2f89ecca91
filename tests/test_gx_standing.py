"""The Great Expectations side judges few rows on a connection that outlasts a run, and each run by itself."""

from __future__ import annotations

import subprocess
import sys
from multiprocessing import get_context

import pyarrow as pa
import pytest

from bowerman_data.expectations.engine import run
from tests.cases import CASES
from tests.engines import findings, outcomes
from tests.lawful import LAWFUL

_wrong = next(case for case in CASES if case.invariant == "splits-increase").change(LAWFUL)


def _failed() -> int:
    return sum(verdict.failed for verdict in run(_wrong))


def test_no_row_of_a_run_is_there_in_the_next() -> None:
    before = outcomes(run(LAWFUL))
    assert findings(run(_wrong)) != []
    assert outcomes(run(LAWFUL)) == before


def test_a_table_that_was_there_in_the_run_before_is_missed() -> None:
    run(LAWFUL)
    verdict = next(v for v in run({"splits": LAWFUL["splits"]}) if v.invariant == "split-has-an-entrant")
    assert (verdict.outcome, verdict.reason) == ("skipped", "needs results")


def test_tables_that_are_not_as_declared_are_judged_and_leave_nothing() -> None:
    odd = LAWFUL | {"athletes": LAWFUL["athletes"].append_column("height", pa.nulls(LAWFUL["athletes"].num_rows))}
    assert [v.outcome for v in run(odd) if (v.invariant, v.table) == ("declared-columns", "athletes")] == ["fail"]
    assert findings(run(LAWFUL)) == []


def test_the_rows_that_many_runs_left_are_cleared_away() -> None:
    few = {"results": _wrong["results"]}
    assert {outcomes(run(few))["ordered-finish-times", "results"] for _ in range(60)} == {("pass", 20, 0, None)}


@pytest.mark.skipif(sys.platform == "win32", reason="processes are not forked there")
def test_a_process_that_was_forked_has_a_connection_of_its_own() -> None:
    with get_context("fork").Pool(1) as pool:
        assert pool.apply(_failed) == _failed()


def test_a_process_that_has_judged_ends_without_a_word() -> None:
    judge = "import bowerman_data as bd; bd.validate(engine='gx')"
    assert subprocess.run([sys.executable, "-c", judge], capture_output=True, check=True).stderr == b""
