"""What the tests of the proof share: tables to corrupt, engines that are blind, and figures of what came of it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from types import ModuleType
from typing import Any

import pytest

import bowerman_data
from bowerman_data import prove
from bowerman_data._kills import ENGINES
from bowerman_data._mutants import Base, Mutant, operators
from bowerman_data._proof import Setting, judge_operator, spread
from bowerman_data._proof_cells import CellFate
from bowerman_data._proof_sums import operator_figures
from bowerman_data._single_cells import CellChange, cell_changes
from bowerman_data.schemas.engine import run as pandera
from bowerman_data.schemas.tables import TABLES
from bowerman_data.schemas.verdicts import Verdict
from bowerman_data.testing import Tables, lawful_race

__all__ = ["BASES", "MADE", "PANDERA", "SHIPPED", "Run", "blind_to", "cells", "fate", "judged", "mutants", "plant"]

PANDERA = {"pandera": ENGINES["pandera"]}
SHIPPED = Base("shipped", {name: bowerman_data.load(name) for name in TABLES}, shipped=True)
MADE = Base("made", lawful_race(seed=3, field=10, dnf=1, scored=True))
BASES = {base.name: base for base in (SHIPPED, *prove.generated(3, seed=0))}
Run = Callable[..., list[Verdict]]


def plant(monkeypatch: pytest.MonkeyPatch, run: Run) -> dict[str, str]:
    """Engines of which one is planted beside the real one."""
    module = ModuleType("planted_engine")
    module.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "planted_engine", module)
    return {"pandera": ENGINES["pandera"], "planted": "planted_engine"}


def blind_to(slug: str) -> Run:
    """The Pandera engine, which passes one invariant whatever is wrong."""

    def run(tables: Tables, *, shipped: bool = False, cap: int = 1000) -> list[Verdict]:
        seen = (
            replace(v, outcome="pass", failed=0, violations=()) if v.invariant == slug else v
            for v in pandera(tables, shipped=shipped, cap=cap)
        )
        return list(seen)

    return run


def judged(engines: dict[str, str], slug: str, base: Base = MADE) -> dict[str, Any]:
    """The figures of one operator on one base."""
    setting = Setting({base.name: base}, engines, sites=2).judged()
    done = list(spread(setting, judge_operator, [(slug, base.name)], jobs=1))
    return operator_figures(done[0], {slug: operators()[slug]}, engines)


def mutants(slug: str, most: int = 3) -> list[tuple[Base, Mutant]]:
    """Some mutants of an operator on every base."""
    return [(base, mutant) for base in BASES.values() for mutant in operators()[slug].mutants(base, 0, most)]


@cache
def cells() -> list[CellChange]:
    """Every change of a cell of the shipped tables."""
    return list(cell_changes(SHIPPED.tables, seed=0))


def fate(column: str, change: str, by: str | None, resolved: bool | None, table: str = "quotes") -> CellFate:
    """What came of one change of a cell."""
    return CellFate(CellChange(table, 0, column, change), by, resolved)
