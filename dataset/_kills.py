"""Judging mutants: who noticed, who did not, who fell over, and whether the engines say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from bowerman_data._mutants import Base, Mutant, Operator, Tables
from bowerman_data.schemas.verdicts import Verdict

__all__ = ["ENGINES", "Fate", "Finding", "Judged", "Sentence", "differences", "judge", "sentence"]

ENGINES = {"pandera": "bowerman_data.schemas.engine", "gx": "bowerman_data.expectations.engine"}
"""The engines by name, and the module whose `run` judges."""

Fate = Literal["killed", "killed by another", "survived", "crashed"]
Finding = tuple[str, str, str, str, str | None, str | None]
"""The six fields of a violation in which the engines must agree."""

Run = Callable[..., list[Verdict]]


@dataclass(frozen=True, slots=True)
class Sentence:
    """What one engine said of some tables.

    `findings` are its violations, counted; `crash` says what fell over.
    """

    findings: Counter[Finding]
    outcomes: Mapping[tuple[str, str], tuple[str, int]]
    crash: str | None = None

    def noticed(self, base: Sentence) -> frozenset[str]:
        """The invariants that found more here than in the uncorrupted tables."""
        return frozenset(finding[0] for finding in self.findings - base.findings)


@dataclass(frozen=True, slots=True)
class Judged:
    """One mutant as each engine saw it; `differs` says where they disagree."""

    operator: str
    base: str
    where: str
    fates: dict[str, Fate]
    by: dict[str, tuple[str, ...]]
    crashes: dict[str, str]
    differs: tuple[str, ...] = ()


def sentence(engine: str, tables: Tables, *, shipped: bool) -> Sentence:
    """The verdicts of an engine, given by its module; whatever it raises is a crash, never a kill."""
    run: Run = import_module(engine).run
    try:
        verdicts = run(tables, shipped=shipped, cap=5000)
    except Exception as error:  # noqa: BLE001  (whatever an engine raises is what is counted here)
        return Sentence(Counter(), {}, f"{type(error).__name__}: {error}")
    return Sentence(_findings(verdicts), _outcomes(verdicts), _crash(verdicts))


def _findings(verdicts: Iterable[Verdict]) -> Counter[Finding]:
    violations = (violation for verdict in verdicts for violation in verdict.violations)
    return Counter((v.invariant, v.table, v.key, v.column, v.value, v.expected) for v in violations)


def _outcomes(verdicts: Iterable[Verdict]) -> dict[tuple[str, str], tuple[str, int]]:
    return {(verdict.invariant, verdict.table): (verdict.outcome, verdict.failed) for verdict in verdicts}


def _crash(verdicts: Collection[Verdict]) -> str | None:
    """The first invariant that could not run, unless the table itself is not what was declared."""
    excused = {
        f"{verdict.table} does not have its declared columns"
        for verdict in verdicts
        if verdict.invariant == "declared-columns" and verdict.outcome == "fail"
    }
    errors = [v for v in verdicts if v.outcome == "error" and v.reason not in excused]
    return f"{errors[0].invariant} on {errors[0].table}: {errors[0].reason}" if errors else None


def judge(
    mutant: Mutant, operator: Operator, base: Base, clean: Mapping[str, Sentence], engines: Mapping[str, str]
) -> Judged:
    """The mutant before each engine; `clean` is what each said of the base."""
    tables = mutant.tables(base)
    said = {name: sentence(module, tables, shipped=base.shipped) for name, module in engines.items()}
    by = {name: tuple(sorted(said[name].noticed(clean[name]))) for name in engines}
    fates: dict[str, Fate] = {name: _fate(said[name], by[name], operator) for name in engines}
    crashes = {name: one.crash for name, one in said.items() if one.crash is not None}
    return Judged(mutant.operator, mutant.base, mutant.where, fates, by, crashes, differences(said))


def _fate(said: Sentence, by: tuple[str, ...], operator: Operator) -> Fate:
    if said.crash is not None:
        return "crashed"
    if not by:
        return "survived"
    return "killed" if set(by) & set(operator.meant) else "killed by another"


def differences(said: Mapping[str, Sentence]) -> tuple[str, ...]:
    """How the engines' sentences differ from the first one's, row for row; a few of them."""
    (first, one), *rest = said.items()
    found = []
    for name, other in rest:
        for finding in [*(one.findings - other.findings), *(other.findings - one.findings)][:3]:
            found.append(f"{first} {one.findings[finding]} times, {name} {other.findings[finding]} times: {finding}")
        unlike = {key for key in {*one.outcomes, *other.outcomes} if one.outcomes.get(key) != other.outcomes.get(key)}
        for key in sorted(unlike)[:3]:
            found.append(f"{first} {one.outcomes.get(key)}, {name} {other.outcomes.get(key)}: {' on '.join(key)}")
    return tuple(found)
