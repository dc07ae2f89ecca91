"""Great Expectations on pandas: its own expectations, and a column of true and false for each rule that has none.

Those columns come from Polars, which makes them faster than pandas would; they are part of the work all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
import polars as pl
from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.data_context.types.base import ProgressBarsConfig

from tests.bench.contenders._rules import JUDGED, LAPS, MARK, NATIONS, RESULTS, SLUG, SPLITS, frames

__all__ = ["judge"]

RULES = {"results": RESULTS, "splits": SPLITS, "laps": LAPS}
NEVER_NULL = {
    "results": ["race_id", "athlete_id", "nation", "role", "status", "codes"],
    "splits": ["race_id", "from_m", "to_m", "basis", "time_ms", "decimals", "mark"],
    "laps": [],
}
BOUNDS = {
    "place": (1, 999),
    "points": (1, 999),
    "time_ms": (1, 86_400_000),
    "decimals": (0, 3),
    "from_m": (0, 1_000_000),
    "to_m": (1, 1_000_000),
}
PATTERNS = {"race_id": SLUG, "athlete_id": SLUG, "nation": "^[A-Z]{3}$", "mark": MARK}
SETS = {
    "role": ["athlete", "pacemaker"],
    "status": ["OK", "DNF", "DQ", "DNS"],
    "basis": ["athlete", "leader"],
}
KEYS = {
    "results": ("one-time-per-athlete", ["race_id", "athlete_id"]),
    "splits": ("one-split-per-stretch", ["race_id", "from_m", "to_m", "whose"]),
}


def judge(folder: Path) -> dict[str, int]:
    """Violations by rule."""
    found, tables = Counter(JUDGED), frames(folder)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_pandas("archive")
    for name in list(tables):
        table = _as_pandas(name, tables.pop(name))
        asset = source.add_dataframe_asset(name)
        batch = asset.add_batch_definition_whole_dataframe(name).get_batch({"dataframe": table})
        suite = gx.ExpectationSuite(name, expectations=list(_expectations(name, list(table.columns))))
        found.update(_violations(batch.validate(suite, result_format="BASIC")))
    return dict(found)


def _as_pandas(name: str, table: pl.DataFrame) -> pd.DataFrame:
    judged = [*BOUNDS, *PATTERNS, *SETS, "codes", "whose"]
    rules = (holds.fill_null(True).alias(rule) for rule, holds in RULES[name].items())
    return table.select(*(column for column in judged if column in table.columns), *rules).to_pandas()


def _expectations(name: str, columns: list[str]) -> Iterator[gxe.Expectation]:
    for column in NEVER_NULL[name]:
        yield gxe.ExpectColumnValuesToNotBeNull(column=column, meta={"rule": "no-missing-value"})
    yield from _domains(columns)
    if "nation" in columns:
        yield gxe.ExpectColumnValuesToBeInSet(column="nation", value_set=NATIONS, meta={"rule": "known-nation"})
    if name in KEYS:
        rule, key = KEYS[name]
        yield gxe.ExpectCompoundColumnsToBeUnique(column_list=key, meta={"rule": rule})
    for rule in RULES[name]:
        yield gxe.ExpectColumnValuesToBeInSet(column=rule, value_set=[True], meta={"rule": rule})


def _domains(columns: list[str]) -> Iterator[gxe.Expectation]:
    meta = {"rule": "value-in-domain"}
    for column in columns:
        if column in BOUNDS:
            least, most = BOUNDS[column]
            yield gxe.ExpectColumnValuesToBeBetween(column=column, min_value=least, max_value=most, meta=meta)
        if column in PATTERNS:
            yield gxe.ExpectColumnValuesToMatchRegex(column=column, regex=PATTERNS[column], meta=meta)
        if column in SETS:
            yield gxe.ExpectColumnValuesToBeInSet(column=column, value_set=SETS[column], meta=meta)


def _violations(verdict: ExpectationSuiteValidationResult) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in verdict.results:
        config = one.expectation_config
        if config is None or "unexpected_count" not in one.result:
            raise RuntimeError(str(one.exception_info))
        found[config.meta["rule"]] += one.result["unexpected_count"]
    return found
