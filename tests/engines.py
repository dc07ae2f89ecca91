"""Both engines behind one call, and what they said in a form that can be compared."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from typing import NamedTuple

from bowerman_data.schemas.verdicts import Verdict, Violation
from tests.tables import Tables

__all__ = ["ENGINES", "Finding", "faults", "findings", "outcomes", "run"]

ENGINES = {"pandera": "bowerman_data.schemas.engine", "gx": "bowerman_data.expectations.engine"}
_HOMES = ENGINES | {"spark": "bowerman_data.expectations.spark"}  # which has a session of its own


class Finding(NamedTuple):
    """The six fields of a violation in which the engines must agree."""

    invariant: str
    table: str
    key: str
    column: str
    value: str | None
    expected: str | None


def run(engine: str, tables: Tables, *, shipped: bool = False, cap: int = 1000) -> list[Verdict]:
    """The verdicts of one engine; it is imported when it is first called for."""
    judge: Callable[..., list[Verdict]] = importlib.import_module(_HOMES[engine]).run
    return judge(tables, shipped=shipped, cap=cap)


def _finding(violation: Violation) -> Finding:
    return Finding(*(getattr(violation, name) for name in Finding._fields))


def _sortable(finding: Finding) -> tuple[str, ...]:
    return tuple("" if field is None else f"={field}" for field in finding)


def findings(verdicts: Iterable[Verdict]) -> list[Finding]:
    """Every violation, sorted; one that stands twice stays twice."""
    return sorted((_finding(v) for verdict in verdicts for v in verdict.violations), key=_sortable)


def faults(verdicts: Iterable[Verdict]) -> list[str]:
    """What could not be run, and why."""
    return [f"{v.invariant} on {v.table}: {v.reason}" for v in verdicts if v.outcome == "error"]


def outcomes(verdicts: Iterable[Verdict]) -> dict[tuple[str, str], tuple[str, int, int, str | None]]:
    """The outcome, counts and reason of each invariant on each table."""
    return {(v.invariant, v.table): (v.outcome, v.rows, v.failed, v.reason) for v in verdicts}
