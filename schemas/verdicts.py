"""What a check says: a verdict for each invariant, a violation for each row that breaks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Engine", "Outcome", "Severity", "Verdict", "Violation"]

# The reader judges the cells of somebody else's file, before either engine does.
# `spark` is the suites of `gx` where Spark runs them.
Engine = Literal["pandera", "gx", "spark", "reader"]
Outcome = Literal["pass", "fail", "error", "skipped"]
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One cell of one row that breaks an invariant.

    `key` names the row as `column=value` pairs joined by spaces, null as `null`. `value` is the
    cell as text, None where it is null; `expected` is what the rule wanted, where it can be said.
    """

    invariant: str
    table: str
    key: str
    column: str
    value: str | None
    expected: str | None
    severity: Severity
    message: str
    engine: Engine


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one engine found on one invariant in one table.

    `rows` is how many rows were looked at, `failed` the exact count of violations; `violations`
    holds the first of them. `reason` says why an invariant was skipped or could not run.
    """

    invariant: str
    table: str
    engine: Engine
    outcome: Outcome
    rows: int
    failed: int
    seconds: float
    violations: tuple[Violation, ...] = ()
    reason: str | None = None
