"""The Hypothesis strategies behind `bowerman_data.testing`; importing this needs hypothesis."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from bowerman_data._lawful import METRES, Plan
from bowerman_data.testing import numbered, tables_of

__all__ = ["archives", "plans", "races"]

Tables = dict[str, Any]


@st.composite
def plans(draw: st.DrawFn, fixed: dict[str, Any]) -> Plan:
    """A plan that can be run; what is fixed is not drawn."""
    drawn: dict[str, Any] = dict(fixed)
    for name, strategy in _free().items():
        if name not in drawn:
            drawn[name] = draw(strategy)
    left = drawn["field"]
    for name in ("pacemakers", "dnf", "dq", "dns"):
        if name not in fixed:
            drawn[name] = draw(st.integers(0, min(left, 3)))
        left -= drawn[name] if name != "pacemakers" or not drawn["pacemakers_finish"] else 0
    return Plan(**drawn)


def _free() -> dict[str, st.SearchStrategy[Any]]:
    tenths = st.sampled_from((2, 2, 2, 1, 0, 3))
    return {
        "field": st.integers(1, 40),
        "seed": st.integers(0, 9999),
        "discipline": st.sampled_from([*("mile", "1500m") * 3, *METRES, "mile-indoor", "3000m-indoor"]),
        "sex": st.sampled_from("MWX"),
        "date": st.dates(dt.date(1970, 1, 1), dt.date(2026, 12, 31)),
        "scored": st.booleans(),
        "pacemakers_finish": st.booleans(),
        "ties": st.integers(0, 3),
        "dead_heat": st.booleans(),
        "photo_finishes": st.integers(0, 3),
        "tactical": st.booleans(),
        "world_record": st.booleans(),
        "decimals": tenths,
        "split_decimals": tenths,
        "splits": st.sampled_from(("none", "leader", "athletes", "both")),
        "missing": st.sampled_from((0, 0, 10, 50, 90)),
    }


def races(fixed: dict[str, Any]) -> st.SearchStrategy[Tables]:
    """One race or its heats."""
    heats = fixed.get("heats")
    rest = {name: value for name, value in fixed.items() if name != "heats"}
    return st.builds(_heats, plans(rest), st.integers(1, 3) if heats is None else st.just(heats))


def _heats(plan: Plan, heats: int) -> Tables:
    return tables_of(plan.seed, [replace(plan, heat=i + 1) for i in range(heats)] if heats > 1 else [plan])


def archives(most: int, fixed: dict[str, Any]) -> st.SearchStrategy[Tables]:
    """Several races; a small crowd, so that the same people meet again."""
    crowded = {"people": 60, **fixed}
    return st.lists(plans(crowded), min_size=1, max_size=most).map(_archive)


def _archive(drawn: list[Plan]) -> Tables:
    return tables_of(drawn[0].seed, [replace(plan, name=numbered(i)) for i, plan in enumerate(drawn)])
