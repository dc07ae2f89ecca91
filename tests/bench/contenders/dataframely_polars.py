"""dataframely on Polars: a schema reads like its table, and a rule is an expression."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import dataframely as dy
import polars as pl
from dataframely._rule import RuleFactory

from tests.bench.contenders._rules import JUDGED, LAPS, MARK, NATIONS, RESULTS, SLUG, SPLITS, frames

__all__ = ["judge"]


def rule(holds: pl.Expr) -> RuleFactory:
    """A rule of a schema, of an expression."""
    return dy.rule()(lambda schema: holds)


class Results(dy.Schema):
    """A row for each person on the start list, and what its rules compare it with."""

    race_id = dy.String(primary_key=True, regex=SLUG)
    athlete_id = dy.String(primary_key=True, regex=SLUG)
    nation = dy.String(regex="^[A-Z]{3}$")
    role = dy.String(check=lambda value: value.is_in(["athlete", "pacemaker"]))
    status = dy.String(check=lambda value: value.is_in(["OK", "DNF", "DQ", "DNS"]))
    place = dy.Int16(nullable=True, min=1, max=999)
    time_ms = dy.Int32(nullable=True, min=1, max=86_400_000)
    decimals = dy.Int16(nullable=True, min=0, max=3)
    mark = dy.String(nullable=True, regex=MARK)
    codes = dy.List(dy.String(nullable=True))
    points = dy.Int16(nullable=True, min=1, max=999)

    hard_min_ms = dy.Int64(nullable=True)
    warn_min_ms = dy.Int64(nullable=True)
    warn_max_ms = dy.Int64(nullable=True)
    hard_max_ms = dy.Int64(nullable=True)
    race_found = dy.Bool()
    athlete_found = dy.Bool()

    known_nation = rule(pl.col("nation").is_in(NATIONS))
    known_reference = rule(RESULTS["known-reference"])
    ordered_finish_times = rule(RESULTS["ordered-finish-times"])
    places_count_up = rule(RESULTS["places-count-up"])
    status_explains_nulls = rule(RESULTS["status-explains-nulls"])
    mark_is_its_time = rule(RESULTS["mark-is-its-time"])
    known_codes = rule(RESULTS["known-codes"])
    humanly_possible = rule(RESULTS["humanly-possible"])
    humanly_plausible = rule(RESULTS["humanly-plausible"])
    at_most_one_world_lead = rule(RESULTS["at-most-one-world-lead"])


class Splits(dy.Schema):
    """A row for each stretch that somebody timed, and what its rules compare it with."""

    race_id = dy.String(primary_key=True, regex=SLUG)
    from_m = dy.Float64(primary_key=True, min=0, max=1_000_000)
    to_m = dy.Float64(primary_key=True, min=1, max=1_000_000)
    basis = dy.String(check=lambda value: value.is_in(["athlete", "leader"]))
    athlete_id = dy.String(nullable=True, regex=SLUG)
    time_ms = dy.Int32(min=1, max=86_400_000)
    decimals = dy.Int16(min=0, max=3)
    mark = dy.String(regex=MARK)
    whose = dy.String(primary_key=True)

    distance_m = dy.Float64(nullable=True)
    sex = dy.String(nullable=True)
    finish_ms = dy.Int32(nullable=True)
    leader_ms = dy.Int32(nullable=True)
    started = dy.Bool()
    race_found = dy.Bool()
    athlete_found = dy.Bool()

    known_reference = rule(SPLITS["known-reference"])
    mark_is_its_time = rule(SPLITS["mark-is-its-time"])
    splits_increase = rule(SPLITS["splits-increase"])
    split_before_finish = rule(SPLITS["split-before-finish"])
    leader_is_fastest = rule(SPLITS["leader-is-fastest"])
    pace_is_human = rule(SPLITS["pace-is-human"])
    split_has_an_entrant = rule(SPLITS["split-has-an-entrant"])
    within_the_distance = rule(SPLITS["within-the-distance"])


class Laps(dy.Schema):
    """A row for each stretch that begins on the way, beside the time between its ends."""

    time_ms = dy.Int32()
    between_ms = dy.Int32(nullable=True)
    slack_ms = dy.Int32(nullable=True)

    laps_add_up = rule(LAPS["laps-add-up"])


def judge(folder: Path) -> dict[str, int]:
    """Violations by rule."""
    found = Counter(JUDGED)
    tables = frames(folder)
    for schema, key in ((Results, "one-time-per-athlete"), (Splits, "one-split-per-stretch"), (Laps, "")):
        _, failure = schema.filter(tables[schema.__name__.lower()])
        for name, count in failure.counts().items():
            found[_slug(name, key)] += count
    return dict(found)


def _slug(name: str, key: str) -> str:
    """Our name for a rule of dataframely: `column|min` and so on for a column's, its function's for ours."""
    _, _, of_column = name.partition("|")
    if of_column:
        return "no-missing-value" if of_column == "nullability" else "value-in-domain"
    return key if name == "primary_key" else name.replace("_", "-")
