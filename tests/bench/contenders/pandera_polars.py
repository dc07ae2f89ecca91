"""Pandera on Polars as its manual shows it: built-in checks a column, one check a rule over the frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pandera.polars as pa
import polars as pl
from pandera.config import ValidationDepth, config_context
from pandera.errors import SchemaError, SchemaErrorReason, SchemaErrors

from tests.bench.contenders._rules import JUDGED, LAPS, MARK, NATIONS, RESULTS, SLUG, SPLITS, frames

__all__ = ["judge"]


def checks(rules: Mapping[str, pl.Expr]) -> list[pa.Check]:
    """A check a rule."""
    return [pa.Check(_holding(holds), name=name) for name, holds in rules.items()]


def _holding(holds: pl.Expr) -> Callable[[pa.PolarsData], pl.LazyFrame]:
    return lambda data: data.lazyframe.select(holds.fill_null(True))


def _known(data: pa.PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select(pl.col(data.key).is_in(NATIONS))


RESULTS_SCHEMA = pa.DataFrameSchema(
    {
        "race_id": pa.Column(str, pa.Check.str_matches(SLUG)),
        "athlete_id": pa.Column(str, pa.Check.str_matches(SLUG)),
        "nation": pa.Column(str, [pa.Check.str_matches("^[A-Z]{3}$"), pa.Check(_known, name="known-nation")]),
        "role": pa.Column(str, pa.Check.isin(["athlete", "pacemaker"])),
        "status": pa.Column(str, pa.Check.isin(["OK", "DNF", "DQ", "DNS"])),
        "place": pa.Column(pl.Int16, pa.Check.in_range(1, 999), nullable=True),
        "time_ms": pa.Column(pl.Int32, pa.Check.in_range(1, 86_400_000), nullable=True),
        "decimals": pa.Column(pl.Int16, pa.Check.in_range(0, 3), nullable=True),
        "mark": pa.Column(str, pa.Check.str_matches(MARK), nullable=True),
        "codes": pa.Column(pl.List(pl.String)),
        "points": pa.Column(pl.Int16, pa.Check.in_range(1, 999), nullable=True),
    },
    checks=checks(RESULTS),
    unique=["race_id", "athlete_id"],
)
SPLITS_SCHEMA = pa.DataFrameSchema(
    {
        "race_id": pa.Column(str, pa.Check.str_matches(SLUG)),
        "from_m": pa.Column(float, pa.Check.in_range(0, 1_000_000)),
        "to_m": pa.Column(float, pa.Check.in_range(1, 1_000_000)),
        "basis": pa.Column(str, pa.Check.isin(["athlete", "leader"])),
        "athlete_id": pa.Column(str, pa.Check.str_matches(SLUG), nullable=True),
        "time_ms": pa.Column(pl.Int32, pa.Check.in_range(1, 86_400_000)),
        "decimals": pa.Column(pl.Int16, pa.Check.in_range(0, 3)),
        "mark": pa.Column(str, pa.Check.str_matches(MARK)),
    },
    checks=checks(SPLITS),
    unique=["race_id", "from_m", "to_m", "whose"],
)
LAPS_SCHEMA = pa.DataFrameSchema(checks=checks(LAPS))


def judge(folder: Path) -> dict[str, int]:
    """Violations by rule."""
    found, tables = Counter(JUDGED), frames(folder)
    # Of a lazy frame Pandera would check the schema alone.
    with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
        found.update(_violations(RESULTS_SCHEMA, tables["results"], "one-time-per-athlete"))
        found.update(_violations(SPLITS_SCHEMA, tables["splits"], "one-split-per-stretch"))
        found.update(_violations(LAPS_SCHEMA, tables["laps"], ""))
    return dict(found)


def _violations(schema: pa.DataFrameSchema, table: pl.DataFrame, key: str) -> Counter[str]:
    found: Counter[str] = Counter()
    try:
        schema.validate(table, lazy=True)
    except SchemaErrors as raised:
        for error in raised.schema_errors:
            cases = error.failure_cases
            found[_slug(error, key)] += 1 if cases is None else cases.height
    return found


def _slug(error: SchemaError, key: str) -> str:
    """Our name for what failed: its check's, or what Pandera checks of itself."""
    if error.reason_code is SchemaErrorReason.SERIES_CONTAINS_NULLS:
        return "no-missing-value"
    if error.reason_code is SchemaErrorReason.DUPLICATES:
        return key
    name = getattr(error.check, "name", None)
    if error.reason_code is not SchemaErrorReason.DATAFRAME_CHECK or name is None:
        raise RuntimeError(str(error))
    return name if name in JUDGED else "value-in-domain"
