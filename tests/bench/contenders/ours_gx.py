"""bowerman-data, Great Expectations side, on an embedded DuckDB."""

from __future__ import annotations

from pathlib import Path

from bowerman_data.expectations.engine import run
from tests.bench.contenders._ours import counts, paths

__all__ = ["judge"]


def judge(folder: Path) -> dict[str, int]:
    """Violations by rule."""
    return counts(run(paths(folder)))
