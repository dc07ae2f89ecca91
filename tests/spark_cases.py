"""The bad cases as Spark is asked of them: many at once, since a query takes it a second."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from bowerman_data.schemas.catalogue import INVARIANTS
from bowerman_data.schemas.tables import TABLES
from tests.cases import CASES, Case
from tests.lawful import LAWFUL
from tests.tables import Tables
from tests.together import mixable, together

__all__ = ["TRACK", "batch"]

TRACK = ("results", "splits", "races", "athletes", "marks")
_ALL = tuple(TABLES)


def _of_track(case: Case) -> bool:
    """Whether a case needs no more than results, splits and what stands beside them."""
    invariant, table = INVARIANTS[case.invariant], case.violations[0].table
    return {table, *invariant.needs(table), *invariant.uses} <= {*TRACK}


def _mixable(only: tuple[str, ...]) -> list[Case]:
    return [case for case in CASES if mixable(case.change(LAWFUL), only)]


def _on_track() -> dict[str, Case]:
    """All cases of results, splits, races, athletes and marks by themselves."""
    return {f"t{n}": case for n, case in enumerate(case for case in _mixable(TRACK) if _of_track(case))}


def _on_paper() -> dict[str, Case]:
    """Of the rest one case for each invariant and table."""
    rest = {(c.invariant, c.violations[0].table): c for c in reversed(_mixable(_ALL)) if not _of_track(c)}
    return {f"p{n}": case for n, case in enumerate(rest.values())}


@cache
def batch(name: str) -> tuple[Mapping[str, Case], Tables]:
    """The cases of `track` or of `paper` by the mark of their ids, and the tables of them all; `few` is some of track."""
    cases, only = (_on_paper(), (*_ALL, "documents")) if name == "paper" else (_on_track(), TRACK)
    cases = dict(list(cases.items())[::12]) if name == "few" else cases
    return cases, together({mark: case.change for mark, case in cases.items()}, only)
