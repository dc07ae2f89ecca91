"""The suites: one a table, and one for what reads several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from great_expectations import ExpectationSuite
from great_expectations.expectations.metadata_types import FailureSeverity

from bowerman_data.expectations._judge import CAP, reads_of
from bowerman_data.expectations.rules import ExpectInvariantToHold
from bowerman_data.schemas.catalogue import INVARIANTS, Invariant, invariants_of
from bowerman_data.schemas.tables import TABLES

__all__ = ["RELATIONS", "expectations_of", "suite"]

RELATIONS = "relations"


def _alone(invariant: Invariant, table: str) -> bool:
    return not any(reads_of(invariant, table))


def expectations_of(
    table: str,
    invariants: list[str],
    *,
    tables: Mapping[str, str],
    by_name: bool,
    shipped: bool,
    cap: int,
) -> Iterator[ExpectInvariantToHold]:
    """An expectation for each invariant of one table, which together cost one query."""
    for slug in invariants:
        yield ExpectInvariantToHold(
            invariant=slug,
            table=table,
            asked=invariants,
            tables=dict(tables),
            by_name=by_name,
            shipped=shipped,
            cap=cap,
            severity=FailureSeverity.WARNING if INVARIANTS[slug].severity == "warning" else FailureSeverity.CRITICAL,
            meta={"source": INVARIANTS[slug].source, "reason": INVARIANTS[slug].reason},
        )


def _asked(name: str, shipped: bool) -> Iterator[tuple[str, list[str]]]:
    """The invariants that a suite asks of each table."""
    alone = name != RELATIONS
    for table in TABLES if name == RELATIONS else (name,):
        owed = [i for i in invariants_of(table) if _alone(i, table) is alone and (shipped or not i.shipped_only)]
        yield table, [i.slug for i in owed]


def suite(
    name: str, *, tables: Mapping[str, str] | None = None, shipped: bool = False, cap: int = CAP
) -> ExpectationSuite:
    """The suite of a table, or `relations`: every invariant that reads several tables.

    The suite of a table judges the batch. `relations` judges tables by name, on the connection that
    the batch came from, whichever table that is: on SQL, tables and views with the contract's
    names, or those that `tables` gives them (`{"results": "meet.finishers"}`); on Spark, views of
    the session; on pandas, Parquet files that `tables` names. What needs a table that is not there
    is skipped, and says so.

    Raises:
        ValueError: no table has that name.
    """
    if name not in (*TABLES, RELATIONS):
        raise ValueError(f"suite: got {name!r}, expected one of {', '.join((*TABLES, RELATIONS))}")
    expectations = [
        expectation
        for table, asked in _asked(name, shipped)
        for expectation in expectations_of(
            table, asked, tables=tables or {}, by_name=name == RELATIONS, shipped=shipped, cap=cap
        )
    ]
    return ExpectationSuite(name=f"bowerman-{name}", expectations=list(expectations))
