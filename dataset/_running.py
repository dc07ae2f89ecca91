"""How an engine is run, and what it writes of every violation where that is asked for."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from bowerman_data.schemas.verdicts import Verdict

__all__ = ["CAP", "EVERY", "Run"]

Run = Callable[..., list[Verdict]]

# Violations listed of one invariant in one table; the counts are exact beyond it.
CAP = 1000
# The columns of the Parquet files `<engine>-*.parquet` in the folder `every`.
EVERY = pa.schema([(name, pa.string()) for name in ("invariant", "table", "key", "column", "value", "expected")])
