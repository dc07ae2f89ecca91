"""Operators change what they say, and an engine that is blind, mute or falls over is noticed."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from bowerman_data._kills import ENGINES, sentence
from bowerman_data._lawful_draw import drawn_plan
from bowerman_data._mutants import Base, Mutant, Row, operators
from bowerman_data._proof import Setting, judge_lawful, judge_operator, spread
from bowerman_data._proof_sums import failures, lawful_figures
from bowerman_data.schemas.catalogue import INVARIANTS, violation
from bowerman_data.schemas.engine import run as pandera
from bowerman_data.schemas.verdicts import Verdict, Violation
from bowerman_data.testing import Tables
from tests.proof import BASES, MADE, SHIPPED, blind_to, judged, mutants, plant


@pytest.mark.parametrize("slug", operators())
def test_an_operator_applies_somewhere_and_changes_only_what_it_says(slug: str) -> None:
    made = mutants(slug)
    assert made
    for base, mutant in made:
        tables = mutant.tables(base)
        assert all(tables[name] is base.tables[name] for name in tables.keys() - mutant.changed.keys())
        assert all(not tables[name].equals(base.tables[name]) for name in mutant.changed)


@pytest.mark.parametrize("slug", operators())
def test_an_operator_says_what_it_does_and_who_is_to_notice(slug: str) -> None:
    operator = operators()[slug]
    assert operator.sentence.endswith(".")
    assert operator.meant
    assert set(operator.meant) <= INVARIANTS.keys()
    assert operator.unseen.keys() <= {"shipped", "generated", "documents"}


def test_every_invariant_has_an_operator_that_is_meant_for_it() -> None:
    assert {slug for one in operators().values() for slug in one.meant} == INVARIANTS.keys()


def _pairs(base: Base, mutant: Mutant) -> list[tuple[Row, Row]]:
    """Each row of the one changed table before and after."""
    ((table, rows),) = mutant.changed.items()
    assert isinstance(rows, list)
    return list(zip(base.rows(table), rows, strict=True))


def _changed_cells(base: Base, mutant: Mutant) -> set[str]:
    return {column for one, other in _pairs(base, mutant) for column in one if one[column] != other[column]}


@pytest.mark.parametrize(
    ("slug", "columns"),
    [
        ("hundredth-off", {"time_ms", "mark"}),
        ("minute-slip", {"time_ms", "mark"}),
        ("iso-nation", {"nation"}),
        ("unit-slip", {"time_ms"}),
        ("points-off", {"points"}),
        ("unknown-code", {"codes"}),
        ("dnf-given-a-time", {"time_ms", "decimals", "mark"}),
        ("leaders-split-to-the-winner", {"athlete_id"}),
        ("shifted-span", {"start_char", "end_char", "quote_id"}),
        ("word-misheard", {"text", "quote_id"}),
        ("verdict-flipped", {"verdict"}),
        ("claim-edited", {"printed"}),
        ("printed-misread", {"printed", "claim_id"}),
        ("wrong-year", {"year"}),
        ("rejection-lost", {"rejected", "ruling_id"}),
    ],
)
def test_an_operator_of_cells_changes_these_columns(slug: str, columns: set[str]) -> None:
    for base, mutant in mutants(slug):
        assert _changed_cells(base, mutant) == columns


def test_a_hundredth_off_is_one_unit_of_the_last_decimal() -> None:
    for base, mutant in mutants("hundredth-off"):
        ((one, other),) = [pair for pair in _pairs(base, mutant) if pair[0] != pair[1]]
        assert abs(one["time_ms"] - other["time_ms"]) == 10 ** (3 - one["decimals"])


def test_transposed_digits_are_the_same_digits() -> None:
    for base, mutant in mutants("transpose-digits"):
        pairs = _pairs(base, mutant)
        assert all(sorted(one["mark"] or "") == sorted(other["mark"] or "") for one, other in pairs)


def test_the_same_seed_draws_the_same_mutants_and_another_others() -> None:
    def drawn(seed: int) -> list[str]:
        return [mutant.where for mutant in operators()["hundredth-off"].mutants(SHIPPED, seed, 5)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_an_honest_engine_kills_what_is_meant_for_it() -> None:
    figures = judged({"pandera": ENGINES["pandera"]}, "iso-nation")
    assert figures["operators"][0]["fates"]["pandera"] == {
        "killed": 2,
        "killed by another": 0,
        "survived": 0,
        "crashed": 0,
    }


def test_a_blind_engine_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = judged(plant(monkeypatch, blind_to("known-nation")), "iso-nation")
    assert figures["operators"][0]["fates"]["planted"]["survived"] == 2
    found = failures({"operators": figures})
    assert "iso-nation survived in generated tables, undeclared (2)" in found
    assert "known-nation: planted noticed nothing that it alone is for (1)" in found
    assert "operators: disagreements (2)" in found


def test_a_kill_by_another_invariant_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = judged(plant(monkeypatch, blind_to("every-value-claimed")), "nought-lost", SHIPPED)
    assert figures["operators"][0]["fates"]["pandera"]["killed"] == 2
    figures = judged(plant(monkeypatch, blind_to("ordered-finish-times")), "swap-neighbours", SHIPPED)
    assert figures["operators"][0]["fates"]["planted"]["killed by another"] == 2


def test_an_engine_that_falls_over_has_killed_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fall(tables: Tables, *, shipped: bool = False, cap: int = 1000) -> list[Verdict]:
        raise ZeroDivisionError("a bug")

    figures = judged(plant(monkeypatch, fall), "iso-nation")
    assert figures["operators"][0]["fates"]["planted"] == {
        "killed": 0,
        "killed by another": 0,
        "survived": 0,
        "crashed": 2,
    }
    assert figures["crashes"][0]["planted"] == "ZeroDivisionError: a bug"
    assert "operators: crashes (2)" in failures({"operators": figures})


def test_an_invariant_that_could_not_run_is_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(tables: Tables, *, shipped: bool = False, cap: int = 1000) -> list[Verdict]:
        return [replace(v, outcome="error", reason="a bug") for v in pandera(tables, shipped=shipped, cap=cap)]

    figures = judged(plant(monkeypatch, stumble), "iso-nation")
    assert figures["operators"][0]["fates"]["planted"]["crashed"] == 2


def test_a_table_that_is_not_as_declared_stops_others_without_a_crash() -> None:
    figures = judged({"pandera": ENGINES["pandera"]}, "column-lost")
    fates = figures["operators"][0]["fates"]["pandera"]
    assert (fates["crashed"], fates["survived"]) == (0, 0)


def _with(violation: Violation, field: str) -> Violation:
    changed: dict[str, Any] = {field: "else"}
    return replace(violation, **changed)


@pytest.mark.parametrize("field", ["key", "column", "value", "expected"])
def test_engines_that_differ_in_a_field_disagree(monkeypatch: pytest.MonkeyPatch, field: str) -> None:
    def other(tables: Tables, *, shipped: bool = False, cap: int = 1000) -> list[Verdict]:
        said = pandera(tables, shipped=shipped, cap=cap)
        return [replace(v, violations=tuple(_with(x, field) for x in v.violations)) for v in said]

    figures = judged(plant(monkeypatch, other), "iso-nation")
    assert len(figures["disagreements"]) == 2


def test_what_was_wrong_before_is_no_kill(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = operators()["iso-nation"].mutants(MADE, 0, 1)[0].tables(MADE)
    base = Base("broken", broken)
    assert list(Setting({"broken": base}, {"pandera": ENGINES["pandera"]}).judged().unclean())
    figures = judged({"pandera": ENGINES["pandera"]}, "name-misspelt", base)
    assert figures["operators"][0]["fates"]["pandera"]["survived"] == 2


@pytest.mark.parametrize("base", BASES)
def test_a_base_breaks_no_rule_before_it_is_corrupted(base: str) -> None:
    said = sentence(ENGINES["pandera"], BASES[base].tables, shipped=BASES[base].shipped)
    assert (dict(said.findings), said.crash) == ({}, None)


def test_lawful_races_are_let_pass_and_counted() -> None:
    setting = Setting({}, {"pandera": ENGINES["pandera"]})
    (refusals,) = spread(setting, judge_lawful, [(0, 20)], jobs=1)
    assert lawful_figures(20, refusals) == {"races": 20, "refused": []}


def test_an_engine_that_refuses_a_lawful_race_fails_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    def strict(tables: Tables, *, shipped: bool = False, cap: int = 1000) -> list[Verdict]:
        wrong = violation("known-nation", "results", "race_id=a athlete_id=b", "nation", "GBR", None, "pandera")
        return [replace(v, violations=(wrong,)) for v in pandera(tables, shipped=shipped, cap=cap)[:1]]

    setting = Setting({}, plant(monkeypatch, strict))
    (refusals,) = spread(setting, judge_lawful, [(0, 2)], jobs=1)
    (found,) = failures({"lawful": lawful_figures(2, refusals)})
    assert found.startswith("planted refused lawful races: known-nation results")


def test_drawn_races_are_of_every_sort() -> None:
    plans = [drawn_plan(Random(i), f"Race {i}") for i in range(400)]
    assert {plan.sex for plan in plans} == {"M", "W", "X"}
    assert {plan.decimals for plan in plans} == {0, 1, 2, 3}
    assert {plan.splits for plan in plans} == {"none", "leader", "athletes", "both"}
    assert all(any(getattr(plan, odd) for plan in plans) for odd in ("ties", "dead_heat", "dq", "dns", "world_record"))


def test_two_processes_find_what_one_does() -> None:
    setting = Setting({"made": MADE}, {"pandera": ENGINES["pandera"]}, sites=1).judged()
    tasks = [("iso-nation", "made"), ("man-twice", "made")]
    found = [sorted(j.where for some in spread(setting, judge_operator, tasks, jobs) for j in some) for jobs in (1, 2)]
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "slug", ["iso-nation", "swap-neighbours", "leaders-split-to-the-winner", "quote-to-the-other-man"]
)
def test_both_engines_kill_a_sample_and_agree(slug: str) -> None:
    for base in (SHIPPED, MADE):
        figures = judged(ENGINES, slug, base)
        assert figures["disagreements"] == []
        assert figures["crashes"] == []
