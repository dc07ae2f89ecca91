"""Every invariant fires on what it is for, says exactly that, and lets lawful races pass."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from bowerman_data.schemas.catalogue import INVARIANTS
from tests.cases import CASES, Case
from tests.engines import ENGINES, Finding, faults, findings, outcomes
from tests.judged import judged
from tests.oddities import ODDITIES

_named = pytest.mark.parametrize("case", CASES, ids=lambda case: re.sub(r"[^\w=.-]+", "-", case.name))
_engines = pytest.mark.parametrize("engine", ENGINES)
_odd = pytest.mark.parametrize("oddity", ODDITIES, ids=lambda name: name.replace(" ", "-"))


def _expected(case: Case) -> Counter[Finding]:
    return Counter(Finding(case.invariant, *wrong) for wrong in case.violations)


@_named
@_engines
def test_a_bad_case_fires_its_invariant_and_names_the_cells(engine: str, case: Case) -> None:
    found = [finding for finding in findings(judged(engine, case.name)) if finding.invariant == case.invariant]
    assert Counter(found) == _expected(case)


@_named
@_engines
def test_a_bad_case_fires_nothing_but_its_companions(engine: str, case: Case) -> None:
    others = [finding for finding in findings(judged(engine, case.name)) if finding.invariant != case.invariant]
    assert {finding.invariant for finding in others} == case.companions, others


@_named
@_engines
def test_a_bad_case_stops_no_invariant(engine: str, case: Case) -> None:
    stopped = faults(judged(engine, case.name))
    if case.invariant == "declared-columns":
        (table,) = {wrong.table for wrong in case.violations}
        assert all(fault.endswith(f": {table} does not have its declared columns") for fault in stopped)
    else:
        assert stopped == []


@_named
def test_engines_agree_on_a_bad_case(case: Case) -> None:
    pandera, gx = (judged(engine, case.name) for engine in ENGINES)
    assert findings(pandera) == findings(gx)
    assert outcomes(pandera) == outcomes(gx)


@_engines
def test_lawful_tables_pass_everything(engine: str) -> None:
    verdicts = judged(engine, "lawful")
    assert [v for v in verdicts if v.outcome != "pass"] == []
    assert {(v.invariant, v.table) for v in verdicts} == {(i.slug, t) for i in INVARIANTS.values() for t in i.tables}


@_odd
@_engines
def test_a_lawful_oddity_passes(engine: str, oddity: str) -> None:
    verdicts = judged(engine, oddity)
    assert findings(verdicts) == []
    assert faults(verdicts) == []


@_odd
def test_engines_agree_on_a_lawful_oddity(oddity: str) -> None:
    pandera, gx = (outcomes(judged(engine, oddity)) for engine in ENGINES)
    assert pandera == gx


@pytest.mark.parametrize("slug", INVARIANTS)
def test_every_invariant_has_a_bad_case(slug: str) -> None:
    assert slug in {case.invariant for case in CASES}


def test_every_table_of_an_invariant_over_one_clause_is_judged_in_some_case() -> None:
    judged = {(case.invariant, wrong.table) for case in CASES for wrong in case.violations}
    alike = {"never-empty", "no-missing-value", "value-in-domain", "row-order", "declared-columns", "unique-key"}
    owed = {(i.slug, table) for i in INVARIANTS.values() for table in i.tables if i.slug not in alike}
    assert owed - judged == set()


def test_names_of_cases_are_all_different() -> None:
    names = Counter([case.name for case in CASES] + list(ODDITIES))
    assert [name for name, times in names.items() if times > 1] == []
