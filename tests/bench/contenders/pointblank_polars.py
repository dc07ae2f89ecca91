"""pointblank on Polars: a plan a table, its own steps where there is one, an expression a rule where not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pointblank as pb
import polars as pl

from tests.bench.contenders._rules import JUDGED, LAPS, MARK, NATIONS, RESULTS, SLUG, SPLITS, frames

__all__ = ["judge"]


def judge(folder: Path) -> dict[str, int]:
    """Violations by rule."""
    found = Counter(JUDGED)
    tables = frames(folder)
    for plan in (_results(tables["results"]), _splits(tables["splits"]), _laps(tables["laps"])):
        # The brief names the rule; rows are not kept, which only costs.
        for step in plan.interrogate(collect_extracts=False).validation_info:
            if step.eval_error:
                raise RuntimeError(f"{step.brief}: {step.eval_error}")
            found[str(step.brief)] += step.n_failed or 0
    return dict(found)


def _results(table: pl.DataFrame) -> pb.Validate:
    plan = (
        pb.Validate(table)
        .col_vals_not_null(["race_id", "athlete_id", "nation", "role", "status", "codes"], brief="no-missing-value")
        .col_vals_regex(["race_id", "athlete_id"], SLUG, brief="value-in-domain")
        .col_vals_regex("nation", "^[A-Z]{3}$", brief="value-in-domain")
        .col_vals_in_set("role", ["athlete", "pacemaker"], brief="value-in-domain")
        .col_vals_in_set("status", ["OK", "DNF", "DQ", "DNS"], brief="value-in-domain")
        .col_vals_between(["place", "points"], 1, 999, na_pass=True, brief="value-in-domain")
        .col_vals_between("time_ms", 1, 86_400_000, na_pass=True, brief="value-in-domain")
        .col_vals_between("decimals", 0, 3, na_pass=True, brief="value-in-domain")
        .col_vals_regex("mark", MARK, na_pass=True, brief="value-in-domain")
        .col_vals_in_set("nation", NATIONS, brief="known-nation")
        .rows_distinct(columns_subset=["race_id", "athlete_id"], brief="one-time-per-athlete")
    )
    return _with_rules(plan, RESULTS)


def _splits(table: pl.DataFrame) -> pb.Validate:
    plan = (
        pb.Validate(table)
        .col_vals_not_null(
            ["race_id", "from_m", "to_m", "basis", "time_ms", "decimals", "mark"], brief="no-missing-value"
        )
        .col_vals_regex(["race_id", "athlete_id"], SLUG, na_pass=True, brief="value-in-domain")
        .col_vals_between("from_m", 0, 1_000_000, brief="value-in-domain")
        .col_vals_between("to_m", 1, 1_000_000, brief="value-in-domain")
        .col_vals_in_set("basis", ["athlete", "leader"], brief="value-in-domain")
        .col_vals_between("time_ms", 1, 86_400_000, brief="value-in-domain")
        .col_vals_between("decimals", 0, 3, brief="value-in-domain")
        .col_vals_regex("mark", MARK, brief="value-in-domain")
        .rows_distinct(columns_subset=["race_id", "from_m", "to_m", "whose"], brief="one-split-per-stretch")
    )
    return _with_rules(plan, SPLITS)


def _laps(table: pl.DataFrame) -> pb.Validate:
    return _with_rules(pb.Validate(table), LAPS)


def _with_rules(plan: pb.Validate, rules: dict[str, pl.Expr]) -> pb.Validate:
    for name, holds in rules.items():
        plan = plan.col_vals_expr(holds.fill_null(True), brief=name)
    return plan
