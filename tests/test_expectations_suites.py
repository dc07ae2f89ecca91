# ruff: noqa: ANN401 -- the fluent interface of Great Expectations has no types to name
"""The suites in a user's own Great Expectations: contexts, checkpoints, data sources, Data Docs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import great_expectations as gx
import pytest
from great_expectations.data_context import AbstractDataContext
from great_expectations.data_context.types.base import ProgressBarsConfig

from bowerman_data.expectations import ExpectInvariantToHold, register, suite
from bowerman_data.schemas.catalogue import INVARIANTS, invariants_of
from bowerman_data.schemas.tables import TABLES
from tests.lawful import ALDER, LAWFUL
from tests.tables import Tables, change

KEY = f"race_id={ALDER} athlete_id=emil-horn"


register()


def _gap() -> Tables:
    """The last of five is sixth."""
    return change(LAWFUL, "results", KEY, place=6)


def _file(folder: Path, tables: Tables, names: dict[str, str] | None = None) -> Path:
    path = folder / "mine.duckdb"
    with duckdb.connect(str(path)) as connection:
        for name, table in tables.items():
            mine = (names or {}).get(name, name)
            connection.from_arrow(table).create(mine)
    return path


def _quiet(context: AbstractDataContext) -> AbstractDataContext:
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


@pytest.fixture
def context() -> Iterator[Any]:
    yield _quiet(gx.get_context(mode="ephemeral"))


def _batch(context: Any, path: Path, table: str = "results", add: str = "add_bowerman_duckdb") -> Any:
    source = getattr(context.data_sources, add)(name="mine", connection_string=f"duckdb:///{path}")
    return source.add_table_asset(table, table_name=table).add_batch_definition_whole_table("all")


def _failed(result: Any) -> set[str]:
    return {r.expectation_config.kwargs["invariant"] for r in result.results if not r.success}


def test_a_checkpoint_judges_a_users_own_duckdb_file(context: Any, tmp_path: Path) -> None:
    batch = _batch(context, _file(tmp_path, _gap()))
    mine = context.suites.add(suite("results"))
    definition = context.validation_definitions.add(gx.ValidationDefinition(name="mine", data=batch, suite=mine))
    checkpoint = context.checkpoints.add(gx.Checkpoint(name="mine", validation_definitions=[definition]))
    outcome = checkpoint.run()
    (result,) = outcome.run_results.values()
    assert not outcome.success
    assert _failed(result) == {"places-count-up"}


def test_great_expectations_own_sql_data_source_will_do(context: Any, tmp_path: Path) -> None:
    batch = _batch(context, _file(tmp_path, _gap()), add="add_sql").get_batch()
    assert _failed(batch.validate(suite("results"))) == {"places-count-up"}


def test_the_batch_is_the_judged_table_whatever_its_name(context: Any, tmp_path: Path) -> None:
    path = _file(tmp_path, {"finishers": _gap()["results"], "results": LAWFUL["results"]})
    batch = _batch(context, path, table="finishers").get_batch()
    assert _failed(batch.validate(suite("results"))) == {"places-count-up"}


def test_relations_are_judged_by_the_names_that_a_user_gives(context: Any, tmp_path: Path) -> None:
    wrong = change(LAWFUL, "results", KEY, points=99)
    path = _file(tmp_path, wrong, {"results": "finishers"})
    batch = _batch(context, path, table="finishers").get_batch()
    failed = _failed(batch.validate(suite("relations", tables={"results": "finishers"})))
    assert {"points-follow-scale"} <= failed <= {"points-follow-scale", "every-value-claimed", "verdicts-recompute"}


def test_relations_say_which_table_they_would_need(context: Any, tmp_path: Path) -> None:
    batch = _batch(context, _file(tmp_path, {"results": LAWFUL["results"]})).get_batch()
    outcome = batch.validate(suite("relations"))
    said = {r.result["observed_value"] for r in outcome.results if r.expectation_config.kwargs["table"] == "results"}
    assert outcome.success, _failed(outcome)
    assert "skipped: needs races" in said


def test_a_pandas_frame_is_judged_as_its_arrow_table(context: Any) -> None:
    frame = _gap()["results"].to_pandas()
    asset = context.data_sources.add_pandas("mine").add_dataframe_asset("results")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    assert _failed(batch.validate(suite("results"))) == {"places-count-up"}


def test_a_suite_is_read_back_from_a_context_on_disk(tmp_path: Path) -> None:
    context = gx.get_context(mode="file", project_root_dir=tmp_path)
    context.suites.add(suite("splits"))
    script = (
        "import bowerman_data.expectations as e; e.register(); import great_expectations as gx;"
        f"c = gx.get_context(mode='file', project_root_dir={str(tmp_path)!r});"
        "print(len(c.suites.get('bowerman-splits').expectations))"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(said.stdout) == len(suite("splits").expectations)


def test_data_docs_show_the_sentence_and_the_row(tmp_path: Path) -> None:
    context: Any = _quiet(gx.get_context(mode="file", project_root_dir=tmp_path / "project"))
    batch = _batch(context, _file(tmp_path, _gap()))
    mine = context.suites.add(suite("results"))
    definition = context.validation_definitions.add(gx.ValidationDefinition(name="mine", data=batch, suite=mine))
    context.checkpoints.add(gx.Checkpoint(name="mine", validation_definitions=[definition])).run()
    context.build_data_docs()
    pages = [p.read_text() for p in (tmp_path / "project").rglob("data_docs/**/*.html") if "validations" in p.parts]
    (page,) = [page for page in pages if "mine" in page or KEY in page]
    assert INVARIANTS["places-count-up"].sentence in page
    assert KEY in page


@pytest.mark.parametrize("name", [*TABLES, "relations"])
def test_a_suite_is_json(name: str) -> None:
    assert json.loads(json.dumps(suite(name).to_json_dict()))["name"] == f"bowerman-{name}"


def test_every_invariant_stands_in_one_suite() -> None:
    register()
    told = [
        (e.configuration.kwargs["invariant"], e.configuration.kwargs["table"])
        for name in (*TABLES, "relations")
        for e in suite(name, shipped=True).expectations
    ]
    assert sorted(told) == sorted((i.slug, table) for table in TABLES for i in invariants_of(table))


def test_a_suite_that_is_none_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ValueError, match="got 'result', expected one of results"):
        suite("result")


def test_an_invariant_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="got 'nonsense'"):
        ExpectInvariantToHold(invariant="nonsense", table="results")


def test_importing_the_package_imports_no_engine() -> None:
    script = (
        "import sys, bowerman_data.expectations;"
        "print(sorted({'duckdb', 'great_expectations', 'pandas', 'polars', 'pyarrow', 'pyspark'} & sys.modules.keys()))"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
