"""All invariants on tables at hand, through Great Expectations on an embedded DuckDB."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import great_expectations as gx
import pyarrow as pa
from great_expectations.core.batch import Batch as _Batch

from bowerman_data.expectations._judge import CAP, one_line
from bowerman_data.expectations.duckdb import Connected
from bowerman_data.expectations.suites import expectations_of
from bowerman_data.schemas.catalogue import INVARIANTS, invariants_of, violation
from bowerman_data.schemas.tables import TABLES
from bowerman_data.schemas.verdicts import Verdict

if TYPE_CHECKING:
    import polars as pl

__all__ = ["run"]
