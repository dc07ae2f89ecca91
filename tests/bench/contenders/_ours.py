"""What our engines have in common: the verdicts as counts by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bowerman_data.schemas.verdicts import Verdict

__all__ = ["counts", "paths"]


def paths(folder: Path) -> dict[str, Path]:
    """The files of an archive by table."""
    return {name: folder / f"{name}.parquet" for name in ("results", "splits", "races", "athletes")}


def counts(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """Violations by invariant, all tables together; what was skipped is left out.

    Raises:
        RuntimeError: an invariant could not be judged.
    """
    found: Counter[str] = Counter()
    for verdict in verdicts:
        if verdict.outcome == "error":
            raise RuntimeError(f"{verdict.invariant} on {verdict.table}: {verdict.reason}")
        if verdict.outcome != "skipped":
            found[verdict.invariant] += verdict.failed
    return dict(found)
