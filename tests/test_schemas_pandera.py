"""The schemas as a Pandera user meets them: frames, lazy frames, decorators, errors."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pandera.polars as pa
import polars as pl
import pytest
from pandera.config import config_context
from pandera.errors import SchemaError, SchemaErrors, SchemaWarning

from bowerman_data import schemas
from bowerman_data.schemas.engine import run
from bowerman_data.schemas.provenance import recomputed_verdicts
from bowerman_data.schemas.tables import TABLES
from tests.lawful import LAWFUL

FRAMES = {name: pl.DataFrame(table) for name, table in LAWFUL.items()}
RESULTS = FRAMES["results"]
SECOND = pl.col("athlete_id") == "bruno-falk"
WRONG = RESULTS.with_columns(time_ms=pl.when(SECOND).then(229_000).otherwise("time_ms").cast(pl.Int32))
BRUNO = "race_id=alder-mile-2021 athlete_id=bruno-falk"

Frame = pl.DataFrame | pl.LazyFrame
_kinds = pytest.mark.parametrize("wrong", [WRONG, WRONG.lazy()], ids=["DataFrame", "LazyFrame"])


def _failures(frame: Frame, schema: pa.DataFrameSchema = schemas.results) -> pl.DataFrame:
    with pytest.raises(SchemaErrors) as raised:
        schema.validate(frame.lazy(), lazy=True)
    failures: pl.DataFrame = raised.value.failure_cases
    return failures


@pytest.mark.parametrize("name", TABLES)
def test_lawful_tables_pass_their_schema(name: str) -> None:
    frame = FRAMES[name]
    assert schemas.schema(name).validate(frame).equals(frame)
    assert schemas.schema(name).validate(frame.lazy(), lazy=True).collect().equals(frame)


@_kinds
def test_a_wrong_row_fails_by_slug_sentence_key_and_position(wrong: pl.DataFrame) -> None:
    with pytest.raises(SchemaErrors) as raised:
        schemas.results.validate(wrong, lazy=True)
    late = raised.value.failure_cases.filter(pl.col("check").str.starts_with("ordered-finish-times: Finish times"))
    assert late["failure_case"].to_list() == [f"{BRUNO}: time_ms is 229000, expected at least 230120"]
    assert late["index"].to_list() == [4]


@_kinds
def test_a_wrong_row_fails_at_once_without_lazy(wrong: pl.DataFrame) -> None:
    with pytest.raises(SchemaError, match=r"ordered-finish-times.*bruno-falk"):
        schemas.results.validate(wrong)


@_kinds
def test_decorators_look_at_the_rows(wrong: Frame) -> None:
    @pa.check_input(schemas.results)
    def taken(frame: Frame) -> Frame:
        return frame

    @pa.check_output(schemas.results)
    def given() -> Frame:
        return wrong

    with pytest.raises(SchemaError, match="ordered-finish-times"):
        taken(wrong)
    with pytest.raises(SchemaError, match="ordered-finish-times"):
        given()


def test_a_chosen_validation_depth_is_respected() -> None:
    with config_context(validation_depth="SCHEMA_ONLY"):
        schemas.results.validate(WRONG)


def test_only_the_given_rows_are_judged() -> None:
    assert schemas.results.validate(WRONG, head=1).equals(WRONG)


def test_rows_that_fail_can_be_dropped() -> None:
    schema = schemas.schema("athletes").remove_columns([])
    schema.drop_invalid_rows = True
    wrong = FRAMES["athletes"].with_columns(nation=pl.when(SECOND).then(pl.lit("ENG")).otherwise("nation"))
    assert schema.validate(wrong, lazy=True).equals(FRAMES["athletes"].filter(~SECOND))


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (lambda frame: frame.drop("nation"), "column_in_dataframe"),
        (lambda frame: frame.with_columns(pl.col("time_ms").cast(pl.Int64)), "dtype('Int32')"),
        (lambda frame: frame.with_columns(lane=1), "column_in_schema"),
        (lambda frame: frame.select(reversed(frame.columns)), "column_ordered"),
        (lambda frame: frame.clear(), "never-empty: A table has rows."),
    ],
)
def test_columns_fail_as_pandera_says_it(change: Callable[[pl.DataFrame], Frame], check: str) -> None:
    assert check in _failures(change(RESULTS).lazy())["check"].to_list()


def test_a_column_that_a_user_adds_is_checked() -> None:
    wider = schemas.results.add_columns({"lane": pa.Column(pl.Int64, pa.Check.gt(0))})
    assert wider.validate(RESULTS.with_columns(lane=pl.lit(4, pl.Int64))).width == 12
    with pytest.raises(SchemaError, match="greater_than"):
        wider.validate(RESULTS.with_columns(lane=pl.lit(-1, pl.Int64)))


def test_a_column_that_a_user_takes_out_does_not_pass_in_silence() -> None:
    failures = _failures(RESULTS.drop("points"), schemas.results.remove_columns(["points"]))
    assert any(check.startswith("status-explains-nulls") for check in failures["check"])


def test_relations_hold_between_lawful_tables() -> None:
    schemas.relations(**FRAMES)


def test_relations_name_the_row_that_another_table_contradicts() -> None:
    with pytest.raises(SchemaErrors) as raised:
        schemas.relations(results=WRONG, splits=FRAMES["splits"].lazy(), races=FRAMES["races"])
    assert any(
        case.startswith("race_id=alder-mile-2021 from_m=") for case in raised.value.failure_cases["failure_case"]
    )


def test_relations_refuse_a_table_nobody_declared() -> None:
    with pytest.raises(ValueError, match=r"table: got heats, expected some of results"):
        schemas.relations(heats=RESULTS)


def test_a_warning_warns_and_passes() -> None:
    slow = RESULTS.with_columns(time_ms=pl.when(SECOND).then(700_000).otherwise("time_ms").cast(pl.Int32))
    with pytest.warns(SchemaWarning, match="humanly-plausible"):
        schemas.relations(results=slow, races=FRAMES["races"])


def test_counts_are_exact_where_the_list_is_capped() -> None:
    wrong = RESULTS.with_columns(nation=pl.lit("ENG"))
    (verdict,) = [v for v in run({"results": wrong}, cap=3) if v.invariant == "known-nation"]
    assert (verdict.failed, len(verdict.violations)) == (RESULTS.height, 3)
    assert list(verdict.violations) == sorted(verdict.violations)


def test_run_judges_although_the_user_switched_pandera_off() -> None:
    with config_context(validation_enabled=False):
        outcomes = {v.invariant: v.outcome for v in run({"results": WRONG.lazy()})}
    assert outcomes["ordered-finish-times"] == "fail"


def test_a_frame_that_cannot_be_read_is_an_error_and_no_exception() -> None:
    missing = pl.scan_parquet("nowhere/results.parquet")
    verdicts = run({"results": missing, "splits": FRAMES["splits"]})
    assert {v.outcome for v in verdicts if v.table == "results"} == {"error"}
    assert {v.outcome for v in verdicts if v.table == "splits"} >= {"pass", "error"}


def test_a_frame_that_breaks_while_it_is_read_is_an_error_and_no_exception() -> None:
    broken = RESULTS.lazy().map_batches(_break, schema=RESULTS.schema)
    verdicts = run({"results": broken, "races": FRAMES["races"]})
    assert {v.outcome for v in verdicts if v.table == "results" and v.invariant != "declared-columns"} == {"error"}
    assert all("disk on fire" in (v.reason or "") for v in verdicts if v.outcome == "error")


def _break(frame: pl.DataFrame) -> pl.DataFrame:
    raise OSError("disk on fire")


def test_verdicts_are_recomputed_without_reading_them() -> None:
    placeholder = FRAMES["claims"].with_columns(verdict=pl.lit("to come"))
    found = recomputed_verdicts({**FRAMES, "claims": placeholder})
    assert found.equals(FRAMES["claims"].select("claim_id", "verdict"))


def test_importing_the_schemas_loads_neither_pandera_nor_polars() -> None:
    code = "import sys, bowerman_data.schemas; print({'pandera', 'polars'} & sys.modules.keys())"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
