"""bowerman-data, Pandera side: every invariant of the catalogue that the four tables allow."""

from __future__ import annotations

from pathlib import Path

from bowerman_data.schemas.engine import run
from tests.bench.contenders._ours import counts, paths

__all__ = ["judge"]


def judge(folder: Path) -> dict[str, int]:
    """Violations by rule."""
    return counts(run(paths(folder)))
